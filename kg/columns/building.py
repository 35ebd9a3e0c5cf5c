"""From a store to columns: done once, in a process of its own, and sent as plain arrays."""

from __future__ import annotations

import io
from array import array
from collections.abc import Iterable
from operator import itemgetter
from typing import Any

import numpy as np
import pyoxigraph as ox

from kg.columns.terms import BLANK, IRI, LITERAL, NO_LITERAL, PLAIN, STRING, TYPED, digest, fragment

Arrays = dict[str, np.ndarray[Any, Any]]


class _Numbering(io.BytesIO):
    """Takes a graph in N-Triples, piece by piece; keeps its triples as numbers, in the order of appearance."""

    def __init__(self) -> None:
        super().__init__()
        self.numbers: dict[bytes, int] = {}
        self.triples, self.left = array("i"), b""

    def write(self, chunk: Any) -> int:
        """Take the next piece."""
        *lines, self.left = (self.left + bytes(chunk)).split(b"\n")
        number = self.numbers.setdefault
        for line in lines:
            subject, predicate, rest = line.split(b" ", 2)
            for term in (subject, predicate, rest[:-2]):
                self.triples.append(number(term, len(self.numbers)))
        return len(chunk)


def _kind(term: Any) -> int:
    if isinstance(term, ox.NamedNode):
        return IRI
    return BLANK if isinstance(term, ox.BlankNode) else LITERAL


def _terms(seen: Iterable[bytes]) -> list[tuple[int, str, int, Any]]:
    """Return the terms *seen*, in N-Triples: blank nodes, IRIs, literals, each sorted by codepoints.

    With each comes its kind, its text, and its place in *seen*. Among IRIs, and among strings of one language,
    that is SPARQL's ORDER BY. The engine is not asked to sort: it breaks off where numbers and texts are mixed.
    """
    lines = b"".join(b"<urn:t> <urn:t> " + term + b" .\n" for term in seen)
    terms = (quad.object for quad in ox.parse(lines, format=ox.RdfFormat.N_TRIPLES))
    found = [(_kind(term), getattr(term, "value", ""), place, term) for place, term in enumerate(terms)]
    return sorted(found, key=itemgetter(0, 1, 2))


def build(store: ox.Store) -> Arrays:
    """Return the default graph of *store* as arrays; raises OutsideError where it has terms of RDF 1.2 only."""
    seen = _Numbering()
    store.dump(seen, format=ox.RdfFormat.N_TRIPLES, from_graph=ox.DefaultGraph())
    size = len(seen.numbers)
    place = np.empty(size, dtype=np.int32)
    kinds, tongues, digests, ends = array("b"), array("h"), array("Q"), array("q", [0])
    languages: dict[str, int] = {}
    text = bytearray()
    for number, (kind, _, first, term) in enumerate(_terms(seen.numbers)):
        place[first] = number
        written = fragment(term)
        text += written
        ends.append(len(text))
        digests.append(digest(written))
        kinds.append(kind)
        if kind != LITERAL:
            tongues.append(NO_LITERAL)
        elif term.language:
            tongues.append(languages.setdefault(term.language, len(languages) + 1))
        else:
            tongues.append(PLAIN if term.datatype.value == STRING else TYPED)
    s, p, o = place[np.frombuffer(seen.triples, dtype=np.int32)].reshape(-1, 3).T
    known = np.frombuffer(digests, dtype=np.uint64)
    order = np.argsort(known)
    found: Arrays = {
        "text": np.frombuffer(bytes(text), dtype=np.uint8),
        "ends": np.frombuffer(ends, dtype=np.int64),
        "kinds": np.frombuffer(kinds, dtype=np.int8),
        "tongues": np.frombuffer(tongues, dtype=np.int16),
        "languages": np.frombuffer("\n".join(languages).encode(), dtype=np.uint8),
        "digests": known[order],
        "numbers": order.astype(np.int32),
    }
    wide = s.astype(np.int64), p.astype(np.int64), o.astype(np.int64)
    for name, key, values in (
        ("ps", wide[1] * size + wide[0], (o,)),
        ("po", wide[1] * size + wide[2], (s,)),
        ("s", s, (p, o)),
        ("o", o, (p, s)),
    ):
        order = np.lexsort((*reversed(values), key))
        found[f"{name}-key"] = key[order]
        found |= {f"{name}-{i}": value[order] for i, value in enumerate(values)}
    # The widest first: laid out in a row, each begins where its numbers may, and is used without a copy.
    return dict(sorted(found.items(), key=lambda named: -named[1].itemsize))
