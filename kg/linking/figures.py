"""Figures as tables write them: with a decimal point or comma, with grouped thousands, as percentages."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from kg.linking.names import is_empty

PLAIN = re.compile(r"[-+]?\d+")
POINT = re.compile(r"[-+]?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?(e[-+]?\d+)?", re.IGNORECASE)
COMMA = re.compile(r"[-+]?(\d+|\d{1,3}([.  ]\d{3})+)(,\d+)?")
AMBIGUOUS = re.compile(r"[-+]?\d{1,3}[.,]\d{3}")

Normaliser = Callable[[str], str]


def _point(cell: str) -> str:
    return cell.replace(",", "").lstrip("+")


def _comma(cell: str) -> str:
    return re.sub(r"[.  ]", "", cell).replace(",", ".").lstrip("+")


def datatype_of(cells: Sequence[str]) -> tuple[str, Normaliser, str]:
    """Return the XSD datatype of a column, how to write its cells so, and a remark where it was in doubt.

    A column whose only separator stands before three digits (``1.234``) can mean two things and stays text.

    >>> datatype_of(["1,5", "12"])[0], datatype_of(["7", "8"])[0], datatype_of(["1.234", "2.500"])[::2]
    ('decimal', 'integer', ('string', 'figures such as “1.234” can mean two things: kept as text'))
    """
    values = [c.strip() for c in cells if not is_empty(c)]
    if not values:
        return "string", str.strip, ""
    if all(PLAIN.fullmatch(v) for v in values):
        # a code with leading zeros is not a figure
        return ("string" if any(re.match(r"0\d", v) for v in values) else "integer"), str.strip, ""
    marked = [v for v in values if "." in v or "," in v]
    if marked and all(AMBIGUOUS.fullmatch(v) for v in marked):
        return "string", str.strip, f"figures such as “{marked[0]}” can mean two things: kept as text"
    if all(POINT.fullmatch(v) for v in values):
        return ("double" if any("e" in v.casefold() for v in values) else "decimal"), _point, ""
    if all(COMMA.fullmatch(v) for v in values):
        return "decimal", _comma, ""
    return "string", str.strip, ""
