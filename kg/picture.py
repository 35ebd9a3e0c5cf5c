"""What of an answer can be drawn: bars where its header names a column of numbers, countries for a map."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from kg.answers import Answer, Cell
from kg.vocabulary import ID

MOST_BARS = 40


@dataclass(frozen=True)
class Bar:
    """One row: what it is about, its number, and that number as a share (0 to 1) of the largest."""

    words: str
    value: float
    share: float


def bars(answer: Answer, column: str | None) -> list[Bar]:
    """Return the first rows of *answer* as bars of *column*, a column of numbers that are not negative."""
    names = [c.name for c in answer.columns]
    if column not in names:
        return []
    at = names.index(column)
    drawn: list[tuple[str, float]] = []
    for row in answer.rows[:MOST_BARS]:
        number = row[at]
        words = " – ".join(c.label for c in row if c and c.label)
        if number is not None:
            drawn.append((words, float(number.value)))
    top = max((value for _, value in drawn), default=0) or 1
    return [Bar(words, value, value / top) for words, value in drawn]


def countries(answer: Answer) -> dict[str, tuple[Cell, int]]:
    """Return the countries in *answer* by ISO 3166-1 alpha-3 code, each with the number of its rows.

    Only a column that holds nothing but countries counts, such as that of where an instrument is active.
    """
    place = ID + "country/"
    for at, column in enumerate(answer.columns):
        cells = [c for row in answer.rows if (c := row[at])]
        if column.type == "gro:Country" and len({c.value for c in cells}) > 1:
            counts = Counter(c.value for c in cells)
            return {c.value.removeprefix(place): (c, counts[c.value]) for c in cells}
    return {}
