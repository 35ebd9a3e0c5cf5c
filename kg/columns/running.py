"""One query over columns: tables of numbers, and what joins, follows and filters them.

Each operation first tells how many numbers it is about to make; a run that would make more than its allowance
ends with OutsideError, before it does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import pyoxigraph as ox
from numpy.typing import NDArray
from rdflib.paths import AlternativePath, InvPath, MulPath, SequencePath

from kg.columns.index import Columns, Index, Numbers
from kg.columns.terms import ABSENT, UNBOUND, OutsideError, fragment

ALLOWANCE = 4_000_000
"""Numbers that one run may make: some fifty milliseconds, measured at 5 to 20 ns for each."""
Mask = NDArray[np.bool_]


class Table(NamedTuple):
    """Solutions: for each variable a column of as many numbers as there are rows."""

    columns: dict[str, Numbers]
    rows: int

    def take(self, places: Numbers | Mask) -> Table:
        """Return the rows at *places*."""
        columns = {name: column[places] for name, column in self.columns.items()}
        rows = int(np.count_nonzero(places)) if places.dtype == np.bool_ else len(places)
        return Table(columns, rows)

    def extended(self, more: Mapping[str, Numbers]) -> Table:
        """Return the table with *more* columns."""
        return Table({**self.columns, **more}, self.rows)


ONE = Table({}, 1)
"""The table of one solution that binds nothing."""


@dataclass
class Run:
    """The state of one run.

    *constants* are the numbers of the query's constants, *words* their text; *made* is what was spent of the
    *allowance*, *new* the terms that only this answer has, *strict* whether the last sorting told all rows
    apart; *any_order*: where nothing is sorted, a slice may be taken in the order that the columns have.
    """

    columns: Columns
    constants: Sequence[int]
    words: Sequence[str]
    allowance: int = ALLOWANCE
    made: int = 0
    new: list[bytes] = field(default_factory=list)
    strict: bool = False
    any_order: bool = False

    def spend(self, numbers: int) -> None:
        """Count what is about to be made; raises OutsideError where that is too much."""
        self.made += numbers
        if self.made > self.allowance:
            raise OutsideError

    def count(self, values: Iterable[int]) -> None:
        """Number the whole *values*, which come in their order, after the terms of the graph."""
        self.new += [fragment(ox.Literal(value)) for value in values]


def combined(run: Run, columns: Sequence[Numbers]) -> Numbers:
    """Return one number for each row, the same for equal rows."""
    key = columns[0]
    for column in columns[1:]:
        run.spend(4 * len(key))
        key = np.unique(key, return_inverse=True)[1] * (run.columns.size + len(run.new) + 2) + (column + 2)
    return key


def repeated(run: Run, begin: Numbers, end: Numbers) -> tuple[Numbers, Numbers]:
    """Return, for spans, the row of each span once for each of its places, and the places."""
    counts = end - begin
    total = int(counts.sum())
    run.spend(total + len(counts))
    if total == len(counts) and (counts == 1).all():
        return np.arange(total), begin
    rows = np.repeat(np.arange(len(counts)), counts)
    places = np.arange(total) + np.repeat(begin - (np.cumsum(counts) - counts), counts)
    return rows, places


def among(values: NDArray[np.int32], wanted: Numbers) -> Mask:
    """Tell which of *wanted* are in the sorted *values*."""
    if not len(values):
        return np.zeros(len(wanted), dtype=np.bool_)
    at = values.searchsorted(wanted.astype(np.int32, copy=False))
    found: Mask = values[np.minimum(at, len(values) - 1)] == wanted
    return found


End = Numbers | int | None
"""One end of a pattern: a column, a constant, or nothing known."""


def _column(end: Numbers | int, rows: int) -> Numbers:
    return np.full(rows, end, dtype=np.int64) if isinstance(end, int) else end


def _both(run: Run, base: Numbers | int, s: Numbers | int, o: Numbers | int, rows: int) -> Numbers:
    """Return the rows whose triple there is, of the predicate whose keys begin at *base*."""
    by_subject, by_object = run.columns.ps, run.columns.po
    run.spend(rows)
    if isinstance(base, int):
        for near, far, index in ((o, s, by_object), (s, o, by_subject)):
            if isinstance(near, int) and not isinstance(far, int):
                begin, end = index.span(base + near)
                return np.flatnonzero(among(index.values[0][begin:end], far))
    s, o = _column(s, rows), _column(o, rows)
    forth, back = by_subject.spans(base + s), by_object.spans(base + o)
    if (forth[1] - forth[0]).sum() <= (back[1] - back[0]).sum():
        found, places = repeated(run, *forth)
        same: Mask = by_subject.values[0][places] == o[found]
    else:
        found, places = repeated(run, *back)
        same = by_object.values[0][places] == s[found]
    return found.compress(same)


class Found(NamedTuple):
    """What a pattern found: the row that each solution extends, and the ends that were not known."""

    rows: Numbers
    subject: Numbers | None = None
    predicate: Numbers | None = None
    object: Numbers | None = None


def _from(run: Run, index: Index, key: Numbers | int, rows: int) -> tuple[Numbers, Numbers]:
    """Return the other ends of the triples of each *key*, and the rows of those keys."""
    if rows == 1 and isinstance(key, int):  # the usual look-up, without columns of one number
        begin, end = index.span(key)
        run.spend(end - begin)
        return np.zeros(end - begin, dtype=np.int64), index.values[0][begin:end].astype(np.int64)
    run.spend(rows)
    found, places = repeated(run, *index.spans(_column(key, rows)))
    return found, index.values[0][places].astype(np.int64)


def by_predicate(run: Run, predicate: Numbers | int, s: End, o: End, rows: int) -> Found:
    """Match triples of a known *predicate*."""
    graph = run.columns
    base = predicate * graph.size
    if s is not None and o is not None:
        return Found(_both(run, base, s, o, rows))
    if s is not None:
        found, ends = _from(run, graph.ps, base + s, rows)
        return Found(found, object=ends)
    if o is not None:
        found, ends = _from(run, graph.po, base + o, rows)
        return Found(found, subject=ends)
    bases = _column(base, rows)
    begin, end = graph.ps.spans(bases)[0], graph.ps.spans(bases + graph.size - 1)[1]
    found, places = repeated(run, begin, end)
    return Found(
        found, subject=graph.ps.key[places] - bases[found], object=graph.ps.values[0][places].astype(np.int64)
    )


def by_any_predicate(run: Run, s: End, o: End, rows: int) -> Found:
    """Match triples of whatever predicate."""
    graph = run.columns
    run.spend(rows)
    if s is not None:
        found, places = repeated(run, *graph.s.spans(_column(s, rows)))
        predicate, end = (v[places].astype(np.int64) for v in graph.s.values)
        if o is None:
            return Found(found, predicate=predicate, object=end)
        same = end == _column(o, rows)[found]
        return Found(found[same], predicate=predicate[same])
    if o is not None:
        found, places = repeated(run, *graph.o.spans(_column(o, rows)))
        predicate, start = (v[places].astype(np.int64) for v in graph.o.values)
        return Found(found, subject=start, predicate=predicate)
    run.spend(rows * graph.triples * 3)
    found, places = np.repeat(np.arange(rows), graph.triples), np.tile(np.arange(graph.triples), rows)
    return Found(
        found,
        graph.s.key[places].astype(np.int64),
        *(value[places].astype(np.int64) for value in graph.s.values),
    )


def follow(run: Run, path: object, starts: Numbers, *, forth: bool) -> tuple[Numbers, Numbers]:
    """Return where *path* leads from each of *starts*: rows of *starts*, and the ends.

    Its predicates are places among the constants. https://www.w3.org/TR/sparql11-query/#propertypaths
    """
    if isinstance(path, int):
        predicate = run.constants[path]
        if predicate == ABSENT:
            return starts[:0], starts[:0]
        if forth:
            hops = by_predicate(run, predicate, starts, None, len(starts))
            return hops.rows, _known(hops.object)
        hops = by_predicate(run, predicate, None, starts, len(starts))
        return hops.rows, _known(hops.subject)
    if isinstance(path, InvPath):
        return follow(run, path.arg, starts, forth=not forth)
    if isinstance(path, AlternativePath):
        parts = [follow(run, part, starts, forth=forth) for part in path.args]
        found = np.concatenate([rows * run.columns.size + ends for rows, ends in parts])
        run.spend(4 * len(found))
        return np.divmod(np.unique(found), run.columns.size)  # each end once, as the engine has it
    if isinstance(path, SequencePath):
        rows, ends = np.arange(len(starts)), starts
        for part in path.args if forth else reversed(path.args):
            more, ends = follow(run, part, ends, forth=forth)
            rows = rows[more]
        return rows, ends
    assert isinstance(path, MulPath)
    return _closure(run, path, starts, forth=forth)


def _known(column: Numbers | None) -> Numbers:
    assert column is not None
    return column


def _closure(run: Run, path: MulPath, starts: Numbers, *, forth: bool) -> tuple[Numbers, Numbers]:
    """Follow a path of ``*``, ``+`` or ``?``: each end once for each start."""
    wide = run.columns.size
    origin = np.arange(len(starts))
    reached = origin * wide + starts if path.zero else origin[:0]
    reached = reached[run.columns.is_node[starts]] if path.zero else reached  # as the engine has it
    rows, ends = origin, starts
    while len(rows):
        more, ends = follow(run, path.path, ends, forth=forth)
        run.spend(4 * (len(more) + len(reached)))
        step = np.unique(rows[more] * wide + ends)
        step = step[~_within(reached, step)]
        reached = np.sort(np.concatenate((reached, step)))
        rows, ends = np.divmod(step, wide)
        if not path.more:
            break
    return np.divmod(reached, wide)


def _within(values: Numbers, wanted: Numbers) -> Mask:
    if not len(values):
        return np.zeros(len(wanted), dtype=np.bool_)
    at = values.searchsorted(wanted)
    found: Mask = values[np.minimum(at, len(values) - 1)] == wanted
    return found


def joined(run: Run, left: Table, right: Table, shared: Sequence[str]) -> Table:
    """Join two tables by the variables that both bind for certain; all pairs where they share none."""
    if shared:
        both = [np.concatenate((left.columns[v], right.columns[v])) for v in shared]
        key = combined(run, both)
        mine, theirs = key[: left.rows], key[left.rows :]
        order = np.argsort(theirs, kind="stable")
        run.spend(4 * len(key))
        rows, places = repeated(
            run, theirs[order].searchsorted(mine, "left"), theirs[order].searchsorted(mine, "right")
        )
        matches = order[places]
    else:
        run.spend(left.rows * right.rows)
        rows = np.repeat(np.arange(left.rows), right.rows)
        matches = np.tile(np.arange(right.rows), left.rows)
    run.spend(len(rows) * (len(left.columns) + len(right.columns)))
    found = left.take(rows)
    return found.extended({n: c[matches] for n, c in right.columns.items() if n not in left.columns})


def stacked(run: Run, tables: Sequence[Table]) -> Table:
    """Return the rows of all *tables*; what one of them does not bind is unbound in its rows."""
    run.spend(sum(t.rows * len(t.columns) for t in tables))
    names = dict.fromkeys(name for table in tables for name in table.columns)
    columns = {
        name: np.concatenate([t.columns.get(name, np.full(t.rows, UNBOUND, dtype=np.int64)) for t in tables])
        for name in names
    }
    return Table(columns, sum(t.rows for t in tables))
