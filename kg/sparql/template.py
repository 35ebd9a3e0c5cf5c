"""A query without its constants: what queries that ask the same of different things have in common."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

PROLOGUE = re.compile(
    r"""\s*(?:PREFIX\s+[\w.\-]*:\s*<[^<>"{}|^`\x00-\x20]*>\s*)*(?=(?:SELECT|ASK|CONSTRUCT|DESCRIBE)\b)""",
    re.IGNORECASE | re.ASCII,
)
"""Declarations of prefixes; nothing else, no comment either."""
CONSTANT = re.compile(
    r"""("[^"\\\n\r]*"|'[^'\\\n\r]*'|<(?!<)[^<>"{}|^`\x00-\x20]*>"""
    r"""|(?<![\w?$@:.\-])(?:[^\W\d_](?:[\w.\-]*[\w\-])?)?:[\w:\-]*(?:\.+[\w:\-]+)*)"""
)
"""A short string, an IRI, or a prefixed name."""
NOT_PLAIN = ("\\", '"""', "'''")
LONGEST = 5000
"""Characters of a query that is taken apart."""


class Template(NamedTuple):
    """What is the same: the prologue, and the text after it with each constant as ``<>``; and the constants."""

    prologue: str
    text: str
    constants: tuple[str, ...]


@lru_cache(maxsize=200)
def template(query: str) -> Template | None:
    """Return *query* taken apart; None where it is long, or has escapes, long strings or comments.

    >>> template('SELECT ?s { ?s rdfs:label "Rusland"@nl }')
    Template(prologue='', text='SELECT ?s { ?s <> <>@nl }', constants=('rdfs:label', '"Rusland"'))
    """
    begun = PROLOGUE.match(query) if len(query) <= LONGEST else None
    if begun is None:
        return None
    body = query[begun.end() :]
    if any(sign in body for sign in NOT_PLAIN):
        return None
    parts = CONSTANT.split(body)
    text = "<>".join(parts[::2])
    return None if "#" in text else Template(begun.group(), text, tuple(parts[1::2]))
