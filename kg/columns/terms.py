"""How a term is written in an answer in JSON, which is also how it is known here."""

from __future__ import annotations

from hashlib import blake2b
from json import dumps

import pyoxigraph as ox

STRING = "http://www.w3.org/2001/XMLSchema#string"
BLANK, IRI, LITERAL = 0, 1, 2
ABSENT, UNBOUND = -2, -1
"""In the place of a term's number: a term that the graph does not have, and no term at all."""
NO_LITERAL, PLAIN, TYPED = -1, 0, -2
"""In the place of a language's number, for a term without one."""


class OutsideError(Exception):
    """The columns cannot hold this graph, or cannot answer this query: the engine does."""


def _quoted(text: str) -> str:
    return dumps(text, ensure_ascii=False)


def fragment(term: object) -> bytes:
    """Return *term* as an answer in SPARQL's JSON has it; raises OutsideError for triples and directions.

    >>> fragment(ox.Literal("Rusland", language="nl"))
    b'{"type":"literal","value":"Rusland","xml:lang":"nl"}'
    """
    if isinstance(term, ox.NamedNode):
        return f'{{"type":"uri","value":{_quoted(term.value)}}}'.encode()
    if isinstance(term, ox.BlankNode):
        return f'{{"type":"bnode","value":{_quoted(term.value)}}}'.encode()
    if not isinstance(term, ox.Literal) or term.direction:
        raise OutsideError
    start = f'{{"type":"literal","value":{_quoted(term.value)}'
    if term.language:
        return f'{start},"xml:lang":"{term.language}"}}'.encode()
    datatype = term.datatype.value
    return f"{start}}}".encode() if datatype == STRING else f'{start},"datatype":{_quoted(datatype)}}}'.encode()


def digest(written: bytes) -> int:
    """Return 64 bits by which a fragment is found; who finds one compares the whole."""
    return int.from_bytes(blake2b(written, digest_size=8).digest(), "little")
