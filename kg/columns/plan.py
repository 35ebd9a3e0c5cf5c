"""From a query without its constants to the parts that answer it; raises OutsideError for what is not covered.

The algebra is rdflib's. Each constant of the template stands as a term made of its number, so that the plan
can be run with any others in their places.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from rdflib import BNode, Literal, URIRef, Variable
from rdflib.paths import AlternativePath, InvPath, MulPath, Path, SequencePath
from rdflib.plugins.sparql.algebra import translateQuery
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.plugins.sparql.parserutils import CompValue

from kg.columns.conditions import Choice, Condition, choice, condition, conjuncts
from kg.columns.index import Columns
from kg.columns.nodes import (
    Alone,
    Basic,
    Both,
    Count,
    Either,
    Grouped,
    Kept,
    Minus,
    Node,
    Pattern,
    Perhaps,
    Renamed,
    Selected,
    Sliced,
    Sorted,
    Term,
    Values,
)
from kg.columns.running import ALLOWANCE, ONE, Run, Table
from kg.columns.terms import UNBOUND, OutsideError
from kg.sparql.reading import ENGINE_ONLY
from kg.sparql.template import Template

STAND_IN = "urn:constant:"
PREFIX = re.compile(r"PREFIX\s+([\w.\-]*):\s*<([^>]*)>", re.IGNORECASE)
ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:(?!.*/\.)")
"""An IRI that is the same whatever the base is, and whoever reads it."""
EXISTS = {"Builtin_EXISTS": True, "Builtin_NOTEXISTS": False}
LOCAL = re.compile(r"(?:[A-Za-z0-9_:](?:[A-Za-z0-9_:.\-]*[A-Za-z0-9_:\-])?)?")
"""A local name that needs no second look: there are others."""
UNREAD = re.compile(r"\b(?:true|false)\b|FILTER[\s(]*[-+.]?\d", re.IGNORECASE)
"""What rdflib may leave out: a filter that is a constant."""
FEW, WORD = 100, 100
"""Rows whose length is not added up but estimated, and bytes of a variable's name, which may be longer."""
STAR = re.compile(r"SELECT\s*(?:(?:DISTINCT|REDUCED)\s*)?\*", re.IGNORECASE)
QUOTES = "\"'"


@dataclass(frozen=True)
class Constant:
    """A constant of the query: its number in the template, or its own *value*; and its language, if any."""

    number: int | None
    value: str
    is_iri: bool
    language: str | None = None


class Most(NamedTuple):
    """What an answer may have at most: rows, bytes, and numbers that are made for it."""

    rows: int
    size: int = 2**26
    made: int = ALLOWANCE


class Result(NamedTuple):
    """An answer in JSON, and how many numbers were made for it."""

    body: bytes
    made: int


@dataclass
class Plan:
    """A compiled template: the parts, what is selected (None: it is asked whether), and the constants."""

    node: Node
    names: tuple[str, ...] | None
    constants: list[Constant]
    prefixes: Mapping[str, str]

    def run(
        self,
        columns: Columns,
        given: tuple[str, ...],
        most: Most,
        *,
        any_order: bool = False,
    ) -> Result:
        """Return the answer, with the constants *given*, where that is within *most*.

        With *any_order*, a LIMIT may cut what is in no order; the same rows each time. Raises OutsideError
        where the engine has to answer, and ValueError for what is no IRI.
        """
        words = [self._word(c, given) for c in self.constants]
        numbers = [columns.number(w, c.is_iri, c.language) for c, w in zip(self.constants, words, strict=True)]
        run = Run(columns, numbers, words, allowance=most.made, any_order=any_order)
        table = self.node.evaluate(run, ONE)
        if self.names is None:
            return Result(b'{"head":{},"boolean":%s}' % (b"true" if table.rows else b"false"), run.made)
        if table.rows > most.rows or _length(run, self.names, table) > most.size:
            raise OutsideError
        return Result(written(run, self.names, table), run.made)

    def _word(self, constant: Constant, given: tuple[str, ...]) -> str:
        """Return the IRI or the text of *constant*; raises OutsideError where its IRI depends on more."""
        if constant.number is None:
            return constant.value
        text = given[constant.number]
        if text[0] in QUOTES:
            return text[1:-1]
        if text[0] == "<":
            iri = text[1:-1]
        else:
            prefix, _, local = text.partition(":")
            if prefix not in self.prefixes or not LOCAL.fullmatch(local):
                raise OutsideError
            iri = self.prefixes[prefix] + local
        if not ABSOLUTE.match(iri) or iri.lower().startswith(ENGINE_ONLY):
            raise OutsideError
        return iri


def _length(run: Run, names: tuple[str, ...], table: Table) -> int:
    """Return how many bytes the answer is going to have, or more; counts what is made for it."""
    run.spend(table.rows * len(names))
    if table.rows < FEW:
        return table.rows * len(names) * (run.columns.longest + WORD)
    found, ends = 0, run.columns.ends
    for name in names:
        column = table.columns[name]
        ids = column[(column >= 0) & (column < run.columns.size)]
        found += int((ends[ids + 1] - ends[ids]).sum()) + table.rows * WORD
    return found


def written(run: Run, names: tuple[str, ...], table: Table) -> bytes:
    """Return *table* as SPARQL's JSON."""
    quoted = [_quoted(n) for n in names]
    head = b'{"head":{"vars":[' + b",".join(quoted) + b']},"results":{"bindings":['
    if not table.rows:
        return head + b"]}}"
    if len(names) == 1 and table.rows == 1 and (only := int(table.columns[names[0]][0])) != UNBOUND:
        return b"%s{%s:%s}]}}" % (head, quoted[0], _text(run, only))
    columns, partly = [], False
    for name, key in zip(names, quoted, strict=True):
        column = table.columns[name].tolist()
        texts = {n: b"%s:%s" % (key, _text(run, n)) for n in set(column) if n != UNBOUND}
        partly |= UNBOUND in column
        columns.append([texts.get(n, b"") for n in column])
    rows = zip(*columns, strict=True)
    lines = (b",".join(filter(None, row)) for row in rows) if partly else map(b",".join, rows)
    body = b"},{".join(lines) if names else b"},{" * (table.rows - 1)
    return head + b"{" + body + b"}]}}"


def _quoted(name: str) -> bytes:
    """Return the name of a variable in quotes."""
    return f'"{name}"'.encode()


def _text(run: Run, number: int) -> bytes:
    size = run.columns.size
    return run.columns.written(number) if number < size else run.new[number - size]


def compiled(template: Template, prefixes: Mapping[str, str]) -> Plan:
    """Return the plan of *template*, which has the constants of one query; raises OutsideError."""
    if ":" in template.text or UNREAD.search(template.text):
        raise OutsideError  # a name that is none of the constants, or what rdflib leaves out
    declared = dict(PREFIX.findall(template.prologue))
    parts = template.text.split("<>")
    text = parts[0]
    for i, (given, after) in enumerate(zip(template.constants, parts[1:], strict=True)):
        text += (f'"{STAND_IN}{i}"' if given[0] in QUOTES else f"<{STAND_IN}{i}>") + after
    try:
        query = translateQuery(parseQuery(text)).algebra
    except Exception as error:  # rdflib has no class of its own for what it cannot read
        raise OutsideError from error
    if query.get("datasetClause") or query.name not in ("SelectQuery", "AskQuery"):
        raise OutsideError
    reader = _Reader()
    node = reader.node(query.p)
    names: tuple[str, ...] | None = None
    if query.name == "SelectQuery":
        names = tuple(str(v) for v in query.PV)
        stars = len(STAR.findall(template.text))
        if STAR.match(template.text.lstrip()):
            visible = {n for n in _selected(node).one.variables if not n.startswith("_:")}
            if not visible <= set(names):
                raise OutsideError
            names, stars = tuple(sorted(visible)), stars - 1
        if stars and "VALUES" in template.text.upper():
            raise OutsideError  # rdflib leaves some of them out
    return Plan(node, names, reader.constants, {**prefixes, **declared})


@dataclass
class _Reader:
    """Reads the algebra of one query."""

    constants: list[Constant] = field(default_factory=list)

    def place(self, term: Any) -> int:
        """Return the place among the constants of an IRI or a string; raises OutsideError for any other."""
        if not isinstance(term, URIRef | Literal) or (isinstance(term, Literal) and term.datatype):
            raise OutsideError
        value = str(term)
        number = int(value.removeprefix(STAND_IN)) if value.startswith(STAND_IN) else None
        found = Constant(number, value, isinstance(term, URIRef), getattr(term, "language", None))
        if found not in self.constants:
            self.constants.append(found)
        return self.constants.index(found)

    def node(self, part: CompValue, outer: frozenset[str] = frozenset()) -> Node:
        """Return *part* compiled; inside EXISTS, *outer* are the variables of the row that is looked at."""
        reading = getattr(self, f"_{part.name.lower()}", None)
        if reading is None:
            raise OutsideError
        found: Node = reading(part, outer)
        return found

    def _bgp(self, part: CompValue, outer: frozenset[str]) -> Node:
        return Basic([p for t in part.triples for p in self._patterns(*t)])

    def _patterns(self, subject: Any, predicate: Any, end: Any) -> list[Pattern]:
        """Return a triple pattern; a path that is a sequence as several."""
        if isinstance(predicate, SequencePath):
            found, start = [], subject
            for i, step in enumerate(predicate.args):
                stop = end if i == len(predicate.args) - 1 else BNode()
                found += self._patterns(start, step, stop)
                start = stop
            return found
        if isinstance(predicate, InvPath) and not isinstance(predicate.arg, MulPath):
            return self._patterns(end, predicate.arg, subject)
        path: Any = self._path(predicate) if isinstance(predicate, Path) else self._term(predicate)
        return [Pattern(self._term(subject), path, self._term(end))]

    def _path(self, path: Any) -> Any:
        """Return *path* with places for predicates; rdflib's classes do not mind what they hold."""
        if isinstance(path, URIRef):
            return self.place(path)
        if isinstance(path, InvPath):
            return InvPath(self._path(path.arg))
        if isinstance(path, AlternativePath | SequencePath):
            return type(path)(*map(self._path, path.args))
        if isinstance(path, MulPath):
            return MulPath(self._path(path.path), path.mod)
        raise OutsideError

    def _term(self, term: Any) -> Term:
        if isinstance(term, Variable):
            return str(term)
        return f"_:{term}" if isinstance(term, BNode) else self.place(term)

    def _join(self, part: CompValue, outer: frozenset[str]) -> Node:
        one, other = self.node(part.p1, outer), self.node(part.p2, outer)
        if isinstance(one, Basic) and isinstance(other, Basic):
            parts = ("patterns", "choices", "conditions")
            return _chosen_once(Basic(*(getattr(one, part) + getattr(other, part) for part in parts)))
        if isinstance(other, Basic) and not isinstance(one, Basic):
            one, other = (one, other) if isinstance(one, Values | Alone) else (other, one)
        _surely_shared(one, other)
        return Both(one, other)

    def _union(self, part: CompValue, outer: frozenset[str]) -> Node:
        return Either((self.node(part.p1, outer), self.node(part.p2, outer)))

    def _leftjoin(self, part: CompValue, outer: frozenset[str]) -> Node:
        one, other = self.node(part.p1, outer), self.node(part.p2, outer)
        _surely_shared(one, other)
        expression = part.expr
        if not (isinstance(expression, CompValue) and expression.name == "TrueFilter"):
            conditions, exist = self._conditions(expression, one.variables | other.variables | outer)
            if exist:
                raise OutsideError
            return Perhaps(one, other, tuple(conditions))
        return Perhaps(one, other)

    def _minus(self, part: CompValue, outer: frozenset[str]) -> Node:
        if outer:
            raise OutsideError  # the engine has the row that is looked at on both sides
        one, other = self.node(part.p1), self.node(part.p2)
        _surely_shared(one, other)
        return Minus(one, other)

    def _filter(self, part: CompValue, outer: frozenset[str]) -> Node:
        one = self.node(part.p, outer)
        if _groups(one):
            raise OutsideError
        conditions, exist = [], []
        choices: list[Choice] = []
        for expression in conjuncts(part.expr):
            chosen = choice(expression, self.place)
            if chosen and isinstance(one, Basic) and chosen.variable in one.variables:
                choices.append(chosen)
            else:
                more, patterns = self._conditions(expression, one.variables | outer, one)
                conditions += more
                exist += patterns
        if isinstance(one, Basic):
            one = Basic(one.patterns, [*one.choices, *choices], [*one.conditions, *conditions])
            _chosen_once(one)
            return Kept(one, (), tuple(exist)) if exist else one
        return Kept(one, tuple(conditions), tuple(exist))

    def _conditions(
        self, expression: Any, known: frozenset[str], one: Node | None = None
    ) -> tuple[list[Condition], list[tuple[Node, bool]]]:
        """Return what *expression* asks of variables that are *known*, and what has to exist beside *one*."""
        conditions, exist = [], []
        for part in conjuncts(expression):
            wanted, inner = True, part
            while isinstance(inner, CompValue) and inner.name == "UnaryNot":
                wanted, inner = not wanted, inner.expr
            if isinstance(inner, CompValue) and inner.name in EXISTS and one is not None:
                pattern = self.node(inner.graph, known)
                _surely_shared(one, pattern)
                exist.append((pattern, EXISTS[inner.name] == wanted))
                continue
            found = condition(part, self.place)
            if not found.variables <= known:
                raise OutsideError
            conditions.append(found)
        return conditions, exist

    def _tomultiset(self, part: CompValue, outer: frozenset[str]) -> Node:
        if part.p.name == "values":
            names = tuple(dict.fromkeys(str(v) for row in part.p.res for v in row))
            if any(len(row) != len(names) for row in part.p.res) or not names:
                raise OutsideError
            rows = tuple(tuple(self.place(row[Variable(n)]) for n in names) for row in part.p.res)
            return Values(names, rows)
        found = self.node(part.p)
        selected = _selected(found)
        if outer or _groups(found) or not selected.variables <= selected.one.variables:
            raise OutsideError
        return Alone(found)

    def _project(self, part: CompValue, outer: frozenset[str]) -> Node:
        return Selected(self.node(part.p), tuple(str(v) for v in part.PV), distinct=False)

    def _distinct(self, part: CompValue, outer: frozenset[str]) -> Node:
        found = self.node(part.p)
        if not isinstance(found, Selected):
            raise OutsideError
        return replace(found, distinct=True)

    def _slice(self, part: CompValue, outer: frozenset[str]) -> Node:
        found = self.node(part.p)
        is_sorted = isinstance(found, Selected) and isinstance(found.one, Sorted)
        return Sliced(found, part.start or 0, part.length, is_sorted)

    def _orderby(self, part: CompValue, outer: frozenset[str]) -> Node:
        found = self.node(part.p)
        keys: dict[str, bool] = {}
        for one in part.expr:
            keys.setdefault(str(one.expr), one.order == "DESC")
        if not all(isinstance(c.expr, Variable) and str(c.expr) in found.variables for c in part.expr):
            raise OutsideError
        return Sorted(found, tuple(keys.items()))

    def _extend(self, part: CompValue, outer: frozenset[str]) -> Node:
        found = self.node(part.p)
        if not isinstance(part.expr, Variable) or str(part.expr) not in found.variables:
            raise OutsideError
        return Renamed(found, str(part.expr), str(part.var))

    def _aggregatejoin(self, part: CompValue, outer: frozenset[str]) -> Node:
        group = part.p
        keys = group.expr or []
        one = self.node(group.p)
        if not all(isinstance(k, Variable) and str(k) in one.variables for k in keys):
            raise OutsideError
        counts, samples = [], []
        for aggregate in part.A:
            of, name = aggregate.vars, str(aggregate.res)
            if aggregate.name == "Aggregate_Sample" and of in keys:
                samples.append((name, str(of)))
            elif aggregate.name == "Aggregate_Count" and (of == "*" or isinstance(of, Variable)):
                everything = not isinstance(of, Variable)
                if (everything and aggregate.distinct) or not (everything or str(of) in one.variables):
                    raise OutsideError
                counts.append(Count(name, None if everything else str(of), bool(aggregate.distinct)))
            else:
                raise OutsideError
        return Grouped(one, tuple(map(str, keys)), tuple(counts), tuple(samples))


def _chosen_once(node: Basic) -> Basic:
    """Return *node*; raises OutsideError where a variable has two choices."""
    if len({c.variable for c in node.choices}) < len(node.choices):
        raise OutsideError
    return node


def _surely_shared(one: Node, other: Node) -> None:
    """Raise OutsideError where the two share a variable that either may leave unbound."""
    shared = one.variables & other.variables
    if not shared <= one.sure & other.sure:
        raise OutsideError


def _selected(node: Any) -> Selected:
    """Return the part of a query that says what is selected."""
    while not isinstance(node, Selected):
        node = node.one
    return node


def _groups(node: Any) -> bool:
    """Tell whether *node* has counts in it, whose numbers are no terms of the graph."""
    return isinstance(node, Grouped) or (hasattr(node, "one") and _groups(node.one))
