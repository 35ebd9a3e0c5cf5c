"""A table in, rows of text out: encoding, separator, header and sheet are found, and said."""

from __future__ import annotations

import csv
import datetime
import io
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg.errors import KGError
from kg.linking.iati import transactions

SEPARATORS = ",;\t|"
EXPECTED = set("éèëêïîíöóôòüúûáàâäãçñåøæßÉÈËÏÖÜÁÇÑÅØ’‘“”–—€")
"""The letters beyond ASCII that tables in Dutch, English and their neighbours hold."""
LEGACY = ("cp1252", "mac_roman", "cp850", "cp1250")


class TableError(KGError):
    """A file cannot be read as a table."""

    def __init__(self, path: Path, problem: str) -> None:
        self.path, self.problem = path, problem
        super().__init__(f"{path}: {problem}")


@dataclass(frozen=True)
class Row:
    """One row: the line (or row of the sheet) on which it starts, and its cells as text."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A header and its rows, with how they were read and the lines that are not part of the table."""

    path: Path
    header: tuple[str, ...]
    rows: tuple[Row, ...]
    reading: str
    aside: tuple[str, ...] = ()

    def column(self, position: int) -> list[str]:
        """Return the cells of one column."""
        return [row.cells[position] for row in self.rows]


def decode(raw: bytes) -> tuple[str, str]:
    """Return the text in *raw* and the name of its encoding.

    Byte order marks and valid UTF-8 decide; else the encoding that reads most bytes as letters one expects.
    """
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if raw.startswith(mark):
            return raw.decode(encoding, errors="replace"), encoding
    if raw[1:200:2].count(0) > len(raw[1:200:2]) // 2:
        return raw.decode("utf-16-le", errors="replace"), "utf-16-le"
    try:
        return raw.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass
    read = {encoding: raw.decode(encoding, errors="replace") for encoding in LEGACY}
    best = max(LEGACY, key=lambda e: (sum(c in EXPECTED for c in read[e]), -LEGACY.index(e)))
    return read[best], best


def separator(text: str) -> str:
    """Return the separator that cuts most lines into equally many cells, at least two."""
    head = "\n".join(text.splitlines()[:300])

    def evenness(mark: str) -> tuple[float, int]:
        widths = Counter(len(r) for r in csv.reader(io.StringIO(head), delimiter=mark) if r)
        width, lines = max(widths.items(), key=lambda item: (item[0] > 1, item[1], item[0]), default=(0, 0))
        return (lines / max(1, sum(widths.values())) if width > 1 else 0.0, width)

    return max(SEPARATORS, key=evenness)


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, (datetime.datetime, datetime.date)):
        return cell.isoformat()[:10]
    return str(cell).strip()


def _assemble(path: Path, records: Iterable[tuple[int, list[str]]], reading: str) -> Table:
    """Find the header among *records* (line, cells): the first as wide as the table, all cells filled."""
    given = [(line, cells) for line, cells in records if any(c.strip() for c in cells)]
    if not given:
        raise TableError(path, "there is nothing in it: give a file with a header and rows")
    filled = [sum(1 for c in cells if c.strip()) for _, cells in given]
    width = Counter(len(cells) for _, cells in given if len(cells) > 1).most_common(1)
    if not width:
        raise TableError(path, "it has one column only: is the separator one of , ; tab | ?")
    wide = width[0][0]
    head = next(
        (i for i, (_, cells) in enumerate(given) if len(cells) >= wide and filled[i] >= max(2, wide * 0.6)), 0
    )
    names: list[str] = []
    for i, name in enumerate(given[head][1][:wide]):
        base = name.strip().lstrip("\ufeff") or f"column {i + 1}"
        names.append(base if base not in names else f"{base} ({i + 1})")
    rows = [
        Row(line, tuple(([c.strip() for c in cells] + [""] * wide)[:wide])) for line, cells in given[head + 1 :]
    ]
    aside = [f"line {line}: before the header: {' '.join(cells).strip()}" for line, cells in given[:head]]
    aside += [
        f"line {line}: {len(cells)} cells where the header has {wide}: those beyond were not read"
        for line, cells in given[head + 1 :]
        if len(cells) > wide and any(c.strip() for c in cells[wide:])
    ]
    return Table(path, tuple(names), tuple(rows), reading, tuple(aside))


def _read_text(path: Path) -> Table:
    text, encoding = decode(path.read_bytes())
    mark = separator(text)
    reader = csv.reader(io.StringIO(text, newline=None), delimiter=mark)  # old files end lines with CR alone
    records, line = [], 1
    try:
        for cells in reader:
            records.append((line, cells))
            line = reader.line_num + 1
    except csv.Error as error:
        raise TableError(path, f"line {line}: {error}") from error
    shown = {"\t": "tab"}.get(mark, mark)
    return _assemble(path, records, f"encoding {encoding}, separator {shown}")


def _read_sheet(path: Path, sheet: str | None) -> Table:
    try:
        from python_calamine import CalamineError, CalamineWorkbook
    except ImportError as error:
        raise TableError(path, "reading a spreadsheet needs `pip install grotius[tables]`") from error
    try:
        book = CalamineWorkbook.from_path(str(path))
        name = sheet or max(book.sheet_names, key=lambda n: len(book.get_sheet_by_name(n).to_python()))
        cells = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except CalamineError as error:
        raise TableError(path, f"not a spreadsheet: {error}") from error
    records = [(i, [_text(c) for c in row]) for i, row in enumerate(cells, 1)]
    return _assemble(path, records, f"sheet {name!r} of {', '.join(book.sheet_names)}")


def _read_parquet(path: Path) -> Table:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise TableError(path, "reading Parquet needs `pip install grotius[tables]`") from error
    try:
        table = pq.read_table(path)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise TableError(path, f"not Parquet: {error}") from error
    columns = [[_text(v) for v in column.to_pylist()] for column in table.columns]
    rows = tuple(Row(i, cells) for i, cells in enumerate(zip(*columns, strict=True), 1))
    return Table(path, tuple(table.column_names), rows, "Parquet")


def _read_activities(path: Path) -> Table:
    try:
        header, *rows = transactions(path)
    except ET.ParseError as error:
        raise TableError(path, f"not an IATI activity file: {error}") from error
    numbered = tuple(Row(i, tuple(cells)) for i, cells in enumerate(rows, 1))
    return Table(path, tuple(header), numbered, "IATI activities, one row per transaction")


def read_table(path: Path, sheet: str | None = None) -> Table:
    """Read a CSV, TSV, Excel, OpenDocument, Parquet or IATI activity file as text; raises TableError.

    *sheet*: of a workbook, else the one with the most rows.
    """
    if not path.is_file():
        raise TableError(path, "there is no such file")
    suffix = path.suffix.casefold()
    if suffix in (".xlsx", ".xls", ".xlsb", ".xlsm", ".ods"):
        return _read_sheet(path, sheet)
    if suffix in (".parquet", ".pq"):
        return _read_parquet(path)
    if suffix == ".xml":
        return _read_activities(path)
    return _read_text(path)
