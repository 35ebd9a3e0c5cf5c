"""What a column holds: days, or figures with a decimal point or comma, grouped thousands, per cent signs."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from kg.linking.days import days
from kg.linking.names import is_empty

PLAIN = re.compile(r"[-+]?\d+")
SPACES = " \u00a0\u202f’'"
POINT = re.compile(rf"[-+]?(\d+|\d{{1,3}}([,{SPACES}]\d{{3}})+)(\.\d+)?(e[-+]?\d+)?", re.IGNORECASE)
COMMA = re.compile(rf"[-+]?(\d+|\d{{1,3}}([.{SPACES}]\d{{3}})+)(,\d+)?")
AMBIGUOUS = re.compile(r"[-+]?[1-9]\d{0,2}[.,]\d{3}")
FRACTION = re.compile(r"[-+]?0([.,])\d{3}")
"""Three figures after a zero are no thousands, so they say which mark the column has."""

MISSING = {"na", "n.a.", "nd", "n.d.", "nb", "m", "x", "missing", "no data"}
"""What a column of figures has where there is none; in a column of texts these are texts."""

Normaliser = Callable[[str], str]


def _point(cell: str) -> str:
    return re.sub(f"[,{SPACES}]", "", cell).lstrip("+")


def _comma(cell: str) -> str:
    return re.sub(f"[.{SPACES}]", "", cell).replace(",", ".").lstrip("+")


def is_missing(cell: str) -> bool:
    """Tell whether a cell of a column of figures holds none."""
    return is_empty(cell) or cell.strip().casefold() in MISSING


def datatype_of(cells: Sequence[str]) -> tuple[str, Normaliser, str]:
    """Return the XSD datatype of a column, how to write its cells so, and a remark where it was in doubt.

    A column whose only separator stands before three digits (``1.234``) can mean two things and stays text.

    >>> datatype_of(["1,5", "12"])[0], datatype_of(["7", "8"])[0], datatype_of(["1.234", "2.500"])[::2]
    ('decimal', 'integer', ('string', 'figures such as “1.234” can mean two things: kept as text'))
    >>> datatype, write, _ = datatype_of(["1.234.567,5", "NA", "12"])
    >>> datatype, write("1.234.567,5"), write("NA")
    ('decimal', '1234567.5', '')
    """
    values = [c.strip() for c in cells if not is_missing(c)]
    day, in_doubt = days(values)
    if day:
        return "date", lambda cell: "" if is_missing(cell) else day(cell), ""
    if in_doubt:
        return "string", str.strip, in_doubt
    if not values or not all(re.match(r"[-+]?\d", v) for v in values):
        return "string", str.strip, ""
    if all(v.endswith("%") for v in values):
        datatype, write, _ = _figures([v.rstrip("%").rstrip() for v in values])
        if datatype != "string":
            said = "per cent; the sign is left out, so give --unit"
            return (
                datatype,
                lambda cell: "" if is_missing(cell) else write(cell.strip().rstrip("%").rstrip()),
                said,
            )
    datatype, write, remark = _figures(values)
    if datatype == "string":
        return datatype, str.strip, remark
    return datatype, lambda cell: "" if is_missing(cell) else write(cell.strip()), remark


def _figures(values: Sequence[str]) -> tuple[str, Normaliser, str]:
    if all(PLAIN.fullmatch(v) for v in values):
        # a code with leading zeros is not a figure
        return ("string" if any(re.match(r"0\d", v) for v in values) else "integer"), str.strip, ""
    marked = [v for v in values if "." in v or "," in v]
    marks = {m.group(1) for v in marked if (m := FRACTION.fullmatch(v))}
    if marks == {","} and all(COMMA.fullmatch(v) for v in values):
        return "decimal", _comma, ""
    if marked and all(AMBIGUOUS.fullmatch(v) for v in marked):
        return "string", str.strip, f"figures such as “{marked[0]}” can mean two things: kept as text"
    if all(POINT.fullmatch(v) for v in values):
        return ("double" if any("e" in v.casefold() for v in values) else "decimal"), _point, ""
    if all(COMMA.fullmatch(v) for v in values):
        return "decimal", _comma, ""
    return "string", str.strip, ""
