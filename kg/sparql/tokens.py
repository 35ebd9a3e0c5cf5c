"""The terminals of SPARQL 1.2, read from left to right; nothing is looked for inside a string or a comment.

The grammar: https://www.w3.org/TR/sparql12-query/#terminals. What is no terminal becomes a token of one
character, so that reading never fails: the parser of the engine has the last word on what is valid.
"""

from __future__ import annotations

import re
from typing import NamedTuple

TERMINALS = re.compile(
    r"""
      (?P<space>[\x00-\x20\uFEFF\xA0]+|\#[^\n\r]*)
    | (?P<string>\"\"\"(?:[^"\\]|\\.|\"{1,2}(?!\"))*\"\"\" | '''(?:[^'\\]|\\.|'{1,2}(?!'))*'''
        | "(?:[^"\\\n\r]|\\.)*" | '(?:[^'\\\n\r]|\\.)*')
    | (?P<iri><(?!<)[^<>"{}|^`\x00-\x20]*>)
    | (?P<variable>[?$]\w+)
    | (?P<blank>_:[\w.\-]*\w)
    | (?P<language>@[A-Za-z]+(?:-[A-Za-z0-9]+)*(?:--[a-z]+)?)
    | (?P<name>(?:[^\W\d_](?:[\w.\-]*[\w\-])?)?:(?:[\w:\-]|%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?\#@%]
        |\.+(?=[\w:\-%\\]))*)
    | (?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
    | (?P<word>[^\W\d]\w*)
    | (?P<sign><<\(|\)>>|<<|>>|\|\||&&|\^\^|!=|<=|>=|\{\||\|\}|.)
    """,
    re.VERBOSE | re.DOTALL,
)
ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")


class Token(NamedTuple):
    """One terminal: its *kind* (a group of ``TERMINALS``), its text, and where it starts (code points)."""

    kind: str
    text: str
    start: int

    @property
    def word(self) -> str:
        """The keyword this is, in capitals; empty for anything else."""
        return self.text.upper() if self.kind == "word" else ""

    @property
    def end(self) -> int:
        """Where the token ends (code points, exclusive)."""
        return self.start + len(self.text)


def tokenise(query: str) -> list[Token]:
    """Return the terminals of *query* without white space and comments.

    >>> [t.text for t in tokenise('ASK { ?s a "SERVICE <x>" } # SERVICE')]
    ['ASK', '{', '?s', 'a', '"SERVICE <x>"', '}']
    """
    return [
        Token(match.lastgroup or "sign", match.group(), match.start())
        for match in TERMINALS.finditer(query)
        if match.lastgroup != "space"
    ]


def unescape(query: str) -> str:
    r"""Return *query* with its code point escapes replaced, as an engine may do before it parses (§ 19.2).

    >>> unescape(r"\u0053ERVICE")
    'SERVICE'
    """

    def character(match: re.Match[str]) -> str:
        code = int(match.group(1) or match.group(2), 16)
        return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else match.group()

    return ESCAPE.sub(character, query)
