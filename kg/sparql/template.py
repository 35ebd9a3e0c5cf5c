"""A query without its constants: what queries that ask the same of different things have in common."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

COMMENT = r"#[^\n\r]*"
IRI = r"""<(?!<)[^<>"{}|^`\x00-\x20]*>"""
PROLOGUE = re.compile(
    rf"""(?:\s|{COMMENT})*+(?:PREFIX\s+[\w.\-]*:\s*{IRI}(?:\s|{COMMENT})*+)*(?=(?:SELECT|ASK|CONSTRUCT|DESCRIBE)\b)""",
    re.IGNORECASE | re.ASCII,
)
"""Declarations of prefixes; nothing else but comments."""
PART = re.compile(
    rf"""{COMMENT}|("[^"\\\n\r]*"|'[^'\\\n\r]*'|{IRI}"""
    r"""|(?<![\w?$@:.\-])(?:[^\W\d_](?:[\w.\-]*[\w\-])?)?:[\w:\-]*(?:\.+[\w:\-]+)*)"""
)
"""A comment, or what is a constant: a short string, an IRI, or a prefixed name."""
OF_PROLOGUE = re.compile(rf"({IRI})|{COMMENT}")
NOT_PLAIN = ("\\", '"""', "'''")
LONGEST = 5000
"""Characters of a query that is taken apart."""


class Template(NamedTuple):
    """What is the same: the prologue, and the text after it with each constant as ``<>``; and the constants.

    Comments are left out; *commented* tells that there were some.
    """

    prologue: str
    text: str
    constants: tuple[str, ...]
    commented: bool = False


@lru_cache(maxsize=200)
def template(query: str) -> Template | None:
    """Return *query* taken apart; None where it is long, or has escapes or long strings.

    >>> template('ASK { ?s rdfs:label "Rusland"@nl } # the country')
    Template(prologue='', text='ASK { ?s <> <>@nl }  ', constants=('rdfs:label', '"Rusland"'), commented=True)
    """
    begun = PROLOGUE.match(query) if len(query) <= LONGEST else None
    if begun is None:
        return None
    prologue, body = begun.group(), query[begun.end() :]
    if any(sign in body for sign in NOT_PLAIN):
        return None
    parts = PART.split(body)
    constants = parts[1::2]
    if None not in constants and not _has_comment(prologue):
        return Template(prologue, "<>".join(parts[::2]), tuple(constants))
    text = parts[0] + "".join(
        (" " if constant is None else "<>") + after
        for constant, after in zip(constants, parts[2::2], strict=True)
    )
    prologue = OF_PROLOGUE.sub(lambda match: match.group(1) or " ", prologue)
    return Template(prologue, text, tuple(c for c in constants if c is not None), commented=True)


@lru_cache(maxsize=1000)
def _has_comment(prologue: str) -> bool:
    return any(match.group(1) is None for match in OF_PROLOGUE.finditer(prologue))
