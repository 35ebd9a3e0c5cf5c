"""A damaged text in, its repaired text out: deterministic, with every offset traceable to the raw file.

Three steps, in this order, each recorded in the offset map:

1. *mojibake*: runs of non-ASCII characters that are UTF-8 read as Windows-1257 are read again;
2. *joins*: words the extraction broke, from the document's table in ``data/repairs/``;
3. *lines*: soft line ends become one space, runs of spaces become one, paragraphs stay.

Nothing else is touched: footnote marks glued to words stay, for they are evidence.
"""

from __future__ import annotations

import csv
import hashlib
import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

from kg.errors import KGError

NON_ASCII_RUN = re.compile(r"[^\x00-\x7f\u2003\u2022]+")
HEADING = re.compile(
    r"^\s?(?:[1-5]  ?(?=[A-Z])(?=.{0,90}$)|[A-Z]\. |Doelstelling I|[IV]+ |[A-Z][a-z]+$|https?://)"
)
LINK = re.compile(r"^\s?https?://")
ITEM = re.compile(r"^ (?=[A-Z])|^\s*(?:[•–-]\s|\d\. |\d{1,2} (?=[A-Z]))")
SENTENCE_ENDS = (".", "!", "?", ":", ";", "")
NEW_LINE_MARK = "⏎"


class RepairError(KGError):
    """A repair table does not fit the text it is meant for."""

    def __init__(self, document: str, found: str, times: int) -> None:
        self.document, self.found, self.times = document, found, times
        super().__init__(
            f"data/repairs/{document}.tsv: {found!r} occurs {times} times in the text where it should"
            " occur exactly once: lengthen it, or remove the line"
        )


@dataclass(frozen=True)
class Join:
    """One broken word: *found* stands once in the raw text and reads *repaired*."""

    found: str
    repaired: str


@dataclass(frozen=True)
class RepairedText:
    """The text that selectors point into.

    ``text``: what is quoted; offsets are code points, 0-based, end exclusive.
    ``raw_offsets``: for each code point of ``text`` the code point of the raw file it came from.
    ``raw_line_starts``: the raw code point at which each raw line begins.
    """

    document: str
    text: str
    raw_offsets: tuple[int, ...]
    raw_line_starts: tuple[int, ...]
    raw_sha256: str

    @property
    def sha256(self) -> str:
        """The hash that names the repaired text."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def words(self) -> int:
        """How many words it has, split at white space."""
        return len(self.text.split())

    def raw_offset(self, offset: int) -> int:
        """Return the code point of the raw file behind *offset*; the end of the text maps to its end."""
        if offset >= len(self.raw_offsets):
            return self.raw_offsets[-1] + 1 if self.raw_offsets else 0
        return self.raw_offsets[offset]

    def line(self, offset: int) -> int:
        """Return the line of the raw file, counted from 1, on which *offset* stands."""
        return bisect_right(self.raw_line_starts, self.raw_offset(offset))


def _common(one: str, other: str) -> int:
    """Return how many characters two strings share from the start."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


@dataclass
class _Draft:
    """Text under repair, each code point with the raw code point it came from."""

    text: str
    offsets: list[int]

    def replace(self, start: int, end: int, new: str) -> None:
        """Replace a span; what the old and new ends share keeps its place, what is between takes the first."""
        old, places = self.text[start:end], self.offsets[start:end]
        head = _common(old, new)
        tail = _common(old[head:][::-1], new[head:][::-1])
        between = [places[min(head, len(places) - 1)]] * (len(new) - head - tail)
        self.text = self.text[:start] + new + self.text[end:]
        self.offsets[start:end] = places[:head] + between + places[len(places) - tail :]


def _read_again(run: str) -> str:
    """Return the UTF-8 text that *run* was before it was read as Windows-1257, or *run* as it is."""
    try:
        return run.encode("cp1257").decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return run


def _mend_mojibake(draft: _Draft) -> None:
    for match in reversed(list(NON_ASCII_RUN.finditer(draft.text))):
        mended = _read_again(match.group())
        if mended != match.group():
            draft.replace(match.start(), match.end(), mended)


def _mend_joins(draft: _Draft, document: str, joins: Iterable[Join]) -> None:
    for join in joins:
        times = draft.text.count(join.found)
        if times != 1:
            raise RepairError(document, join.found, times)
        start = draft.text.index(join.found)
        draft.replace(start, start + len(join.found), join.repaired)


def _is_soft(before: str, after: str) -> bool:
    """Tell whether the line end between two lines is only where the page was full."""
    if LINK.match(after) or LINK.match(before) or ITEM.match(after):
        return False
    if after.lstrip()[:1].islower() and before.rstrip()[-1:] not in SENTENCE_ENDS:
        return True
    return not (HEADING.match(after) or HEADING.match(before))


def _mend_lines(draft: _Draft) -> None:
    places: list[int] = []
    gap: list[int] = []
    at, before = 0, ""
    for line in draft.text.split("\n"):
        if line.strip():
            is_blank_between = len(gap) > 1
            goes_on = line.lstrip()[:1].islower() and before.rstrip()[-1:] not in SENTENCE_ENDS
            if before and _is_soft(before, line) and (goes_on or not is_blank_between):
                places += gap
            before, gap = line, []
        at += len(line)
        gap.append(at)
        at += 1
    for place in reversed(places):
        draft.replace(place, place + 1, " ")
    for match in reversed(list(re.finditer(r"[ \u2003]{2,}|\u2003", draft.text))):
        draft.replace(match.start(), match.end(), " ")
    for match in reversed(list(re.finditer(r" ?\n ?|^ | $", draft.text))):
        draft.replace(match.start(), match.end(), match.group().strip(" "))


def read_joins(path: Path) -> list[Join]:
    """Read a repair table (columns ``found``, ``repaired``); ``⏎`` stands for a line end."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as stream:
        rows = csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [Join(*(row[c].replace(NEW_LINE_MARK, "\n") for c in ("found", "repaired"))) for row in rows]


def repair(document: str, raw: str, joins: Iterable[Join] = ()) -> RepairedText:
    """Repair *raw*, the whole text of *document*.

    >>> text = repair("x", "De OekraĆÆne-steun, terug\\ndringen", [Join("terug\\ndringen", "terugdringen")])
    >>> text.text
    'De Oekraïne-steun, terugdringen'
    >>> text.line(text.text.index("dringen"))
    2
    """
    draft = _Draft(raw, list(range(len(raw))))
    _mend_mojibake(draft)
    _mend_joins(draft, document, joins)
    _mend_lines(draft)
    line_starts = [0, *(match.end() for match in re.finditer("\n", raw))]
    return RepairedText(
        document=document,
        text=draft.text,
        raw_offsets=tuple(draft.offsets),
        raw_line_starts=tuple(line_starts),
        raw_sha256=hashlib.sha256(raw.encode()).hexdigest(),
    )
