"""The parts of a compiled query: each gives a table of solutions, joined to those that it is given.

*variables* are what a part may bind, *sure* what it binds in each of its solutions.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from kg.columns.conditions import Choice, Condition
from kg.columns.index import Numbers
from kg.columns.running import (
    ONE,
    End,
    Found,
    Mask,
    Run,
    Table,
    by_any_predicate,
    by_predicate,
    combined,
    follow,
    joined,
    stacked,
)
from kg.columns.terms import ABSENT, BLANK, LITERAL, TYPED, UNBOUND, OutsideError

Term = str | int
"""The name of a variable, or the place of a constant."""
GUESS = 50
"""Ends of a path from one start, when it is guessed which pattern to begin with."""


class Node(Protocol):
    """A part of a query."""

    @property
    def variables(self) -> frozenset[str]:
        """What it may bind."""

    @property
    def sure(self) -> frozenset[str]:
        """What it binds in each solution."""

    def evaluate(self, run: Run, seed: Table) -> Table:
        """Return the solutions of this part that fit those of *seed*, with their columns."""


def _empty(names: Iterable[str]) -> Table:
    return Table({name: np.empty(0, dtype=np.int64) for name in names}, 0)


@dataclass(frozen=True)
class Pattern:
    """A triple pattern; its predicate may be a path whose predicates are places of constants."""

    subject: Term
    predicate: Any
    object: Term

    @property
    def variables(self) -> frozenset[str]:
        """The variables of the three places."""
        return frozenset(t for t in (self.subject, self.predicate, self.object) if isinstance(t, str))

    def guess(self, run: Run, table: Table) -> float:
        """Return how many rows there will be after this pattern, about."""
        ends = self.subject, self.predicate, self.object
        s, p, o = (isinstance(t, int) or t in table.columns for t in ends)
        if not isinstance(self.predicate, str | int):
            return table.rows * GUESS ** (2 - s - o) if s or o else math.inf
        if s and o:
            return table.rows / 2
        graph = run.columns
        if isinstance(self.predicate, str):
            if not s and not o and not p:
                return float(table.rows * graph.triples)
            if isinstance(end := self.subject if s else self.object, int) and (s or o):
                begin, stop = (graph.s if s else graph.o).span(run.constants[end])
                return float(table.rows * (stop - begin))
            return float(table.rows * GUESS)
        predicate = run.constants[self.predicate]
        width = graph.widths.get(predicate)
        if width is None:
            return 0.0
        if s or o:
            end = self.subject if s else self.object
            if isinstance(end, int):
                index = graph.ps if s else graph.po
                begin, stop = index.span(predicate * graph.size + run.constants[end])
                return float(table.rows * (stop - begin))
            return table.rows * width.triples / (width.subjects if s else width.objects)
        return float(table.rows * width.triples)

    def match(self, run: Run, table: Table) -> Table:
        """Return *table* joined to the triples of this pattern."""

        def end(term: Term) -> End:
            return run.constants[term] if isinstance(term, int) else table.columns.get(term)

        s, o = end(self.subject), end(self.object)
        is_path = not isinstance(self.predicate, str | int)
        p = None if is_path else end(self.predicate)
        if any(isinstance(x, int) and x == ABSENT for x in (s, p, o)):
            if is_path:
                raise OutsideError  # a path of no steps ends where it begins, in the graph or not
            return _empty([*table.columns, *self.variables])
        if is_path:
            found = self._along(run, table, s, o)
        elif p is None:
            found = by_any_predicate(run, s, o, table.rows)
        else:
            found = by_predicate(run, p, s, o, table.rows)
        return self._extended(run, table, found)

    def _along(self, run: Run, table: Table, s: End, o: End) -> Found:
        forth = s is not None
        near, far = (s, o) if forth else (o, s)
        if near is None:
            raise OutsideError
        if isinstance(near, int):  # followed once, whatever the number of rows
            reached = follow(run, self.predicate, np.array([near]), forth=forth)[1]
            if far is None:
                run.spend(table.rows * len(reached))
                rows, ends = np.repeat(np.arange(table.rows), len(reached)), np.tile(reached, table.rows)
            else:
                ends = np.full(table.rows, far) if isinstance(far, int) else far
                times = (np.sort(reached)).searchsorted(ends, "right") - np.sort(reached).searchsorted(ends)
                rows = np.repeat(np.arange(table.rows), times)
                return Found(rows)
        else:
            rows, ends = follow(run, self.predicate, near, forth=forth)
            if far is not None:
                return Found(rows[ends == (far if isinstance(far, int) else far[rows])])
        return Found(rows, object=ends) if forth else Found(rows, subject=ends)

    def _extended(self, run: Run, table: Table, found: Found) -> Table:
        """Return *table* with what was found; where a new variable stands twice, only where both agree."""
        run.spend(len(found.rows) * (len(table.columns) + 1))
        grown = table.take(found.rows)
        mask = None
        terms = self.subject, self.predicate, self.object
        for term, column in zip(terms, found[1:], strict=True):
            if column is None:
                continue
            assert isinstance(term, str)
            if term in grown.columns:
                same = grown.columns[term] == column
                mask = same if mask is None else mask & same
            else:
                grown.columns[term] = column
        return grown if mask is None else grown.take(mask)


@dataclass
class Basic:
    """Triple patterns, in whatever order is cheapest, and what their variables have to be."""

    patterns: list[Pattern]
    choices: list[Choice] = field(default_factory=list)
    conditions: list[Condition] = field(default_factory=list)

    @property
    def variables(self) -> frozenset[str]:
        """The variables of all patterns."""
        return frozenset().union(*(p.variables for p in self.patterns))

    @property
    def sure(self) -> frozenset[str]:
        """The variables of all patterns."""
        return self.variables

    def evaluate(self, run: Run, seed: Table) -> Table:
        """Match the pattern that leaves the fewest rows, then the next."""
        table, left, late = seed, list(self.patterns), list(self.conditions)
        choices = {c.variable: self._numbers(run, c) for c in self.choices}
        while True:
            for variable in choices.keys() & table.columns.keys():
                run.spend(table.rows * len(table.columns))
                table = table.take(np.isin(table.columns[variable], choices.pop(variable)))
            ready = [c for c in late if c.variables <= table.columns.keys()]
            table = _holding(run, table, ready)
            late = [c for c in late if c not in ready]
            if not left or not table.rows:
                break
            if len(left) == 1 and not choices:
                table = left.pop().match(run, table)
                continue
            guesses = [p.guess(run, table) for p in left]
            fewest = min(range(len(left)), key=guesses.__getitem__)
            shortest = min(choices, key=lambda v: len(choices[v]), default=None)
            if shortest is not None and len(choices[shortest]) * table.rows < guesses[fewest]:
                numbers = choices.pop(shortest)
                run.spend(table.rows * len(numbers) * (len(table.columns) + 1))
                grown = table.take(np.repeat(np.arange(table.rows), len(numbers)))
                table = grown.extended({shortest: np.tile(numbers, table.rows)})
                continue
            table = left.pop(fewest).match(run, table)
        return table if table.rows else _empty(table.columns.keys() | self.variables)

    @staticmethod
    def _numbers(run: Run, choice: Choice) -> Numbers:
        numbers = {run.constants[c] for c in choice.constants} - {ABSENT}
        return np.array(sorted(numbers), dtype=np.int64)

    def count(self, run: Run) -> int | None:
        """Return how many solutions there are, where that is known without looking for them."""
        if len(self.patterns) != 1 or self.choices or self.conditions or len(self.variables) < 2:
            return None
        only = self.patterns[0]
        if not isinstance(only.subject, str) or not isinstance(only.object, str) or only.subject == only.object:
            return None
        if isinstance(only.predicate, str):
            return run.columns.triples if len(self.variables) == 3 else None
        if not isinstance(only.predicate, int):
            return None
        width = run.columns.widths.get(run.constants[only.predicate])
        return width.triples if width else 0


@dataclass(frozen=True)
class Values:
    """Inline data: rows of constants."""

    names: tuple[str, ...]
    rows: tuple[tuple[int, ...], ...]

    @property
    def variables(self) -> frozenset[str]:
        """Its names."""
        return frozenset(self.names)

    @property
    def sure(self) -> frozenset[str]:
        """Its names: UNDEF is not compiled."""
        return self.variables

    def evaluate(self, run: Run, seed: Table) -> Table:
        """Return the rows that fit *seed*; a term that the graph does not have is left to the engine."""
        numbers = np.array([[run.constants[c] for c in row] for row in self.rows], dtype=np.int64)
        if (numbers == ABSENT).any():
            raise OutsideError
        mine = Table({name: numbers[:, i] for i, name in enumerate(self.names)}, len(self.rows))
        return joined(run, seed, mine, [n for n in self.names if n in seed.columns])


@dataclass(frozen=True)
class Both:
    """A join: the second part is given what the first found."""

    one: Node
    other: Node

    @property
    def variables(self) -> frozenset[str]:
        """What either binds."""
        return self.one.variables | self.other.variables

    @property
    def sure(self) -> frozenset[str]:
        """What either binds for certain."""
        return self.one.sure | self.other.sure

    def evaluate(self, run: Run, seed: Table) -> Table:
        """Evaluate one after the other."""
        return self.other.evaluate(run, self.one.evaluate(run, seed))


@dataclass(frozen=True)
class Either:
    """A union."""

    parts: tuple[Node, ...]

    @property
    def variables(self) -> frozenset[str]:
        """What any of the parts binds."""
        return frozenset().union(*(p.variables for p in self.parts))

    @property
    def sure(self) -> frozenset[str]:
        """What all parts bind."""
        return frozenset.intersection(*(p.sure for p in self.parts))

    def evaluate(self, run: Run, seed: Table) -> Table:
        """Return the solutions of each part."""
        return stacked(run, [p.evaluate(run, seed) for p in self.parts])


def _holding(run: Run, table: Table, conditions: Iterable[Condition]) -> Table:
    """Return the rows of *table* of which all *conditions* hold."""
    masks = []
    for one in conditions:
        run.spend(2 * table.rows)
        masks.append(one.test(run, table))
    if not masks:
        return table
    run.spend(table.rows * len(table.columns))
    return table.take(np.logical_and.reduce(masks))


def _numbered(table: Table, name: str) -> Table:
    return table.extended({name: np.arange(table.rows)})


def _without(table: Table, name: str) -> Table:
    return Table({n: c for n, c in table.columns.items() if n != name}, table.rows)


def _hit(table: Table, name: str, rows: int) -> Mask:
    mask = np.zeros(rows, dtype=np.bool_)
    mask[table.columns[name]] = True
    return mask


@dataclass(frozen=True)
class Perhaps:
    """OPTIONAL."""

    one: Node
    other: Node
    conditions: tuple[Condition, ...] = ()

    @property
    def variables(self) -> frozenset[str]:
        """What either binds."""
        return self.one.variables | self.other.variables

    @property
    def sure(self) -> frozenset[str]:
        """What the first binds for certain."""
        return self.one.sure

    def evaluate(self, run: Run, seed: Table) -> Table:
        """Return the first's solutions, each with all that the second adds to it, or as it is."""
        if (seed.columns.keys() & self.other.variables) - self.one.variables:
            raise OutsideError
        left, number = self.one.evaluate(run, seed), f"#{id(self)}"
        right = self.other.evaluate(run, _numbered(left, number))
        right = _holding(run, right, self.conditions)
        run.spend(left.rows * len(left.columns))
        alone = left.take(~_hit(right, number, left.rows))
        return stacked(run, [_without(right, number), alone])


@dataclass(frozen=True)
class Minus:
    """MINUS, where both sides bind for certain what they share."""

    one: Node
    other: Node

    @property
    def variables(self) -> frozenset[str]:
        """What the first binds."""
        return self.one.variables

    @property
    def sure(self) -> frozenset[str]:
        """What the first binds for certain."""
        return self.one.sure

    def evaluate(self, run: Run, seed: Table) -> Table:
        """Return the first's solutions that none of the second fits."""
        if (seed.columns.keys() & self.other.variables) - self.one.variables:
            raise OutsideError
        left, shared = self.one.evaluate(run, seed), sorted(self.one.variables & self.other.variables)
        if not shared:
            return left
        right = self.other.evaluate(run, ONE)
        run.spend(left.rows * len(left.columns))
        both = combined(run, [np.concatenate((left.columns[v], right.columns[v])) for v in shared])
        return left.take(~np.isin(both[: left.rows], both[left.rows :]))


@dataclass(frozen=True)
class Kept:
    """FILTER: conditions, and patterns that have to be there or may not."""

    one: Node
    conditions: tuple[Condition, ...]
    exist: tuple[tuple[Node, bool], ...] = ()

    @property
    def variables(self) -> frozenset[str]:
        """What the filtered part binds."""
        return self.one.variables

    @property
    def sure(self) -> frozenset[str]:
        """What the filtered part binds for certain."""
        return self.one.sure

    def evaluate(self, run: Run, seed: Table) -> Table:
        """Return the solutions of which all holds."""
        table, number = self.one.evaluate(run, seed), f"#{id(self)}"
        if self.exist and {n for n in seed.columns if n[0] != "#"} - self.one.variables:
            raise OutsideError  # it must not see what is beside this group
        table = _holding(run, table, self.conditions)
        for pattern, wanted in self.exist:
            run.spend(table.rows * len(table.columns))
            found = pattern.evaluate(run, _numbered(table, number))
            table = table.take(_hit(found, number, table.rows) == wanted)
        return table


@dataclass(frozen=True)
class Alone:
    """A part that is evaluated by itself, then joined: a query in the query."""

    one: Node

    @property
    def variables(self) -> frozenset[str]:
        """What it selects."""
        return self.one.variables

    @property
    def sure(self) -> frozenset[str]:
        """What it selects and binds for certain."""
        return self.one.sure

    def evaluate(self, run: Run, seed: Table) -> Table:
        """Evaluate, and join."""
        table = self.one.evaluate(run, ONE)
        return joined(run, seed, table, sorted(seed.columns.keys() & table.columns.keys()))


@dataclass(frozen=True)
class Count:
    """One COUNT: of rows, of a variable, or of its different values."""

    name: str
    variable: str | None
    distinct: bool


@dataclass(frozen=True)
class Grouped:
    """GROUP BY variables, with counts; *samples* are other names of the variables."""

    one: Node
    keys: tuple[str, ...]
    counts: tuple[Count, ...]
    samples: tuple[tuple[str, str], ...]

    @property
    def variables(self) -> frozenset[str]:
        """The counts and the samples."""
        return self.sure

    @property
    def sure(self) -> frozenset[str]:
        """The counts and the samples."""
        return frozenset([*(c.name for c in self.counts), *(name for name, _ in self.samples)])

    def evaluate(self, run: Run, seed: Table) -> Table:
        """Return a row for each group."""
        if run.new:
            raise OutsideError  # numbers for new terms are given once, in their order
        if not self.keys and isinstance(self.one, Basic) and all(c.variable is None for c in self.counts):
            known = self.one.count(run)
            if known is not None:
                return self._with_counts(run, Table({}, 1), [np.array([known])])
        table = self.one.evaluate(run, ONE)
        run.spend(4 * table.rows * (1 + len(self.keys) + len(self.counts)))
        if self.keys:
            key = combined(run, [table.columns[k] for k in self.keys])
            _, first, group, sizes = np.unique(key, return_index=True, return_inverse=True, return_counts=True)
            columns = {k: table.columns[k][first] for k in self.keys}
            groups = Table(columns, len(first))
        else:
            group, sizes = np.zeros(table.rows, dtype=np.int64), np.array([table.rows])
            groups = Table({}, 1)
        found = [self._count(run, table, c, group, sizes) for c in self.counts]
        return self._with_counts(run, groups, found)

    @staticmethod
    def _count(run: Run, table: Table, count: Count, group: Numbers, sizes: Numbers) -> Numbers:
        if count.variable is None:
            return sizes
        column = table.columns[count.variable]
        bound = column >= 0
        group, column = group[bound], column[bound]
        if count.distinct:
            run.spend(4 * len(group))
            group = group[np.unique(combined(run, [group, column]), return_index=True)[1]]
        return np.bincount(group, minlength=len(sizes))

    def _with_counts(self, run: Run, groups: Table, found: list[Numbers]) -> Table:
        """Return the counts of *groups*, for which numbers are given in their order, and the samples."""
        values = np.unique(np.concatenate(found)) if found else np.empty(0, dtype=np.int64)
        run.count(values.tolist())
        columns = {
            c.name: run.columns.size + values.searchsorted(v) for c, v in zip(self.counts, found, strict=True)
        }
        columns |= {name: groups.columns[key] for name, key in self.samples}
        return Table(columns, groups.rows)


@dataclass(frozen=True)
class Renamed:
    """``(?one AS ?name)``."""

    one: Node
    variable: str
    name: str

    @property
    def variables(self) -> frozenset[str]:
        """What there was, and the name."""
        return self.one.variables | {self.name}

    @property
    def sure(self) -> frozenset[str]:
        """What there was for certain, and the name where that is so for the variable."""
        return self.one.sure | ({self.name} if self.variable in self.one.sure else set())

    def evaluate(self, run: Run, seed: Table) -> Table:
        """Return the solutions with one more column."""
        table = self.one.evaluate(run, seed)
        if self.name in table.columns:
            raise OutsideError
        return table.extended({self.name: table.columns[self.variable]})


@dataclass(frozen=True)
class Selected:
    """Of the solutions only some columns; *distinct*: each row once."""

    one: Node
    names: tuple[str, ...]
    distinct: bool

    @property
    def variables(self) -> frozenset[str]:
        """The columns."""
        return frozenset(self.names)

    @property
    def sure(self) -> frozenset[str]:
        """The columns that are bound for certain."""
        return self.one.sure & self.variables

    def evaluate(self, run: Run, seed: Table) -> Table:
        """Return the columns, in the order that the rows had."""
        table = self.one.evaluate(run, ONE)
        unbound = np.full(table.rows, UNBOUND, dtype=np.int64)
        table = Table({n: table.columns.get(n, unbound) for n in self.names}, table.rows)
        if not self.distinct or not self.names:
            return table
        run.spend(4 * table.rows * len(self.names))
        key = combined(run, [table.columns[n] for n in self.names])
        return table.take(np.sort(np.unique(key, return_index=True)[1]))


@dataclass(frozen=True)
class Sorted:
    """ORDER BY variables whose terms are IRIs or strings of one language: their numbers are in that order."""

    one: Node
    keys: tuple[tuple[str, bool], ...]

    @property
    def variables(self) -> frozenset[str]:
        """What is sorted."""
        return self.one.variables

    @property
    def sure(self) -> frozenset[str]:
        """What is sorted."""
        return self.one.sure

    def evaluate(self, run: Run, seed: Table) -> Table:
        """Return the solutions in order."""
        table = self.one.evaluate(run, ONE)
        run.spend(table.rows * (8 * len(self.keys) + len(table.columns)))
        columns = [table.columns[name] for name, _ in self.keys]
        if not all(self._comparable(run, c) for c in columns):
            raise OutsideError
        signed = [-c if descending else c for c, (_, descending) in zip(columns, self.keys, strict=True)]
        order = np.lexsort(signed[::-1])
        run.strict = self._differ([c[order] for c in columns])
        return table.take(order)

    @staticmethod
    def _comparable(run: Run, column: Numbers) -> bool:
        """Tell whether SPARQL orders all terms of this column, and none are equal to it but the same."""
        ids = column[(column >= 0) & (column < run.columns.size)]
        kinds = run.columns.kinds[ids]
        if (kinds == BLANK).any():
            return False
        tongues = np.unique(run.columns.tongues[ids[kinds == LITERAL]])
        return len(tongues) == 0 or (len(tongues) == 1 and int(tongues[0]) != TYPED)

    @staticmethod
    def _differ(columns: Sequence[Numbers]) -> bool:
        return bool(np.logical_or.reduce([c[1:] != c[:-1] for c in columns]).all())


@dataclass(frozen=True)
class Sliced:
    """LIMIT and OFFSET: of all rows, or of rows whose order is certain."""

    one: Node
    start: int
    length: int | None
    sorted: bool

    @property
    def variables(self) -> frozenset[str]:
        """What is cut."""
        return self.one.variables

    @property
    def sure(self) -> frozenset[str]:
        """What is cut."""
        return self.one.sure

    def evaluate(self, run: Run, seed: Table) -> Table:
        """Return the slice; raises OutsideError where which rows it has is the engine's choice."""
        run.strict = False
        table = self.one.evaluate(run, ONE)
        stop = table.rows if self.length is None else min(table.rows, self.start + self.length)
        if self.start == 0 and stop == table.rows:
            return table
        if not (run.strict if self.sorted else run.any_order):
            raise OutsideError
        return table.take(np.arange(min(self.start, stop), stop))
