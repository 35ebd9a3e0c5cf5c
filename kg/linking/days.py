"""Days as tables write them: ISO 8601, or day, month and year in an order that the column itself shows."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Sequence

PARTED = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})")


def _is_day(text: str) -> bool:
    try:
        datetime.date.fromisoformat(text)
    except ValueError:
        return False
    return len(text) == 10


def days(values: Sequence[str]) -> tuple[Callable[[str], str] | None, str]:
    """Return how to write the cells of a column of days as xsd:date, or None; with a remark where in doubt.

    >>> write, _ = days(["31-12-2022", "1-2-2022"])
    >>> write("1-2-2022") if write else None
    '2022-02-01'
    >>> days(["1-2-2022"])
    (None, 'days such as “1-2-2022” can mean two things: kept as text')
    """
    if values and all(_is_day(v) for v in values):
        return str.strip, ""
    parts = [PARTED.fullmatch(v) for v in values]
    found = [(int(m[1]), int(m[2])) for m in parts if m]
    if not values or len(found) < len(values):
        return None, ""
    day_first, month_first = any(a > 12 for a, _ in found), any(b > 12 for _, b in found)
    if day_first == month_first:
        return None, f"days such as “{values[0]}” can mean two things: kept as text"

    def write(cell: str) -> str:
        first, second, year = (int(x) for x in re.split(r"[-/.]", cell.strip()))
        day, month = (first, second) if day_first else (second, first)
        return f"{year}-{month:02}-{day:02}"

    return (write, "") if all(_is_day(write(v)) for v in values) else (None, "")
