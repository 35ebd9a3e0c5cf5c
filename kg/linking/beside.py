"""A further column of things in the same rows: the country beside the treaty, recipient beside donor."""

from __future__ import annotations

from dataclasses import dataclass, replace

from kg.linking.columns import ColumnError, read_columns
from kg.linking.index import Index
from kg.linking.matching import Outcome, match_rows
from kg.linking.tables import Row, Table


@dataclass(frozen=True)
class Beside:
    """What became of one column by itself: the class of its things, an outcome for each row of the table."""

    title: str
    kind: str
    outcomes: tuple[Outcome, ...]


def link_beside(index: Index, table: Table, title: str, kind: str | None = None) -> Beside:
    """Link the column *title* by itself; raises ColumnError where it identifies nothing."""
    if title not in table.header:
        raise ColumnError(title, f"not in the table, which has {', '.join(table.header)}")
    position = table.header.index(title)
    rows = tuple(Row(row.line, (row.cells[position],)) for row in table.rows)
    alone = replace(table, header=(title,), rows=rows)
    reading = read_columns(index, alone, kind=kind)
    return Beside(title, reading.kind, tuple(match_rows(index, alone, reading)))
