"""The most steps that a query can take over a store, told before it runs: for the shapes where that is certain.

A step is a triple that the engine passes over; what it does for a row of an answer counts as twenty. Every
triple pattern has to hang on one constant, by hops from subject to object; each hop is taken to be as wide as
the widest of its predicate, and at each the engine may have to pass over all triples of its subject. Any other
shape has no bound here, whatever it would really take.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import pyoxigraph as ox
from pyparsing import ParseException
from rdflib import BNode, URIRef, Variable
from rdflib.paths import InvPath, SequencePath
from rdflib.plugins.sparql.algebra import translateQuery
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.plugins.sparql.parserutils import CompValue
from rdflib.plugins.sparql.sparql import SPARQLError

from kg.sparql.template import template

PLAIN_PARTS = {"SelectQuery", "AskQuery", "ConstructQuery", "Project", "Distinct", "Reduced", "Slice"}
"""What adds no more steps than it gets rows."""
PLAIN_EXPRESSIONS = {
    *("RelationalExpression", "ConditionalAndExpression", "ConditionalOrExpression", "UnaryNot"),
    *(f"Builtin_{n}" for n in ("LANG", "LANGMATCHES", "STR", "DATATYPE", "BOUND", "LCASE", "UCASE")),
    *(f"Builtin_{n}" for n in ("CONTAINS", "STRSTARTS", "STRENDS", "isIRI", "isURI", "isLITERAL", "isBLANK")),
}
"""What takes about as long as its arguments are, and yields nothing longer."""
MOST_PATTERNS = 12
ROW = 20

WIDEST = """SELECT ?p (SUM(?n) AS ?all) (MAX(?n) AS ?most) {{
  SELECT ?p {end} (COUNT(*) AS ?n) {{ ?s ?p ?o }} GROUP BY ?p {end} }} GROUP BY ?p"""
WIDEST_OF_ALL = "SELECT (MAX(?n) AS ?most) {{ SELECT {end} (COUNT(*) AS ?n) {{ ?s ?p ?o }} GROUP BY {end} }}"


class UnreckonableError(Exception):
    """There is no certain bound on the steps of this query."""


@dataclass(frozen=True)
class Fans:
    """How wide the predicates of a store are: by predicate its triples, and the most of one subject or object.

    ``any_out`` and ``any_into`` are the most triples, of whatever predicate, of one subject and of one object.
    """

    triples: Mapping[str, int]
    out: Mapping[str, int]
    into: Mapping[str, int]
    any_out: int
    any_into: int

    def all_of(self, predicate: str | None) -> int:
        """Return how many triples have *predicate*, or have any."""
        return sum(self.triples.values()) if predicate is None else self.triples.get(str(predicate), 0)


def _rows(store: ox.Store, query: str) -> ox.QuerySolutions:
    found = store.query(query)
    assert isinstance(found, ox.QuerySolutions)
    return found


def fans(store: ox.Store) -> Fans:
    """Measure *store*, its default graph."""

    def of(end: str) -> tuple[dict[str, int], dict[str, int]]:
        found = list(_rows(store, WIDEST.format(end=end)))
        return (
            {row["p"].value: int(row["all"].value) for row in found},
            {row["p"].value: int(row["most"].value) for row in found},
        )

    def of_all(end: str) -> int:
        most = next(_rows(store, WIDEST_OF_ALL.format(end=end)))["most"]
        return int(most.value) if most else 0

    (triples, out), (_, into) = of("?s"), of("?o")
    return Fans(triples, out, into, of_all("?s"), of_all("?o"))


def algebra(text: str, prefixes: Mapping[str, str]) -> Any:
    """Return the algebra of *text* with its prologue; raises UnreckonableError where rdflib cannot read it."""
    try:
        return translateQuery(parseQuery(text), initNs=dict(prefixes))
    except (ParseException, SPARQLError, RecursionError, ValueError) as error:
        raise UnreckonableError from error


def steps(text: str, fans: Fans, prefixes: Mapping[str, str]) -> int:
    """Return the most steps that the query *text* can take; raises UnreckonableError."""
    query = algebra(text, prefixes).algebra
    if query.get("datasetClause"):
        raise UnreckonableError
    rows = _steps(query, fans)
    return rows * max(1, len(query.template or ())) if query.name == "ConstructQuery" else rows


def decisive(text: str, prefixes: Mapping[str, str]) -> tuple[int, ...]:
    """Return the places, in the template of *text*, of the constants that the bound depends on: predicates.

    With any other constant in place of one of the rest, the bound stays what it is. Raises UnreckonableError.
    """
    plain, read = template(text), algebra(text, prefixes)
    if plain is None:
        raise UnreckonableError
    predicates = {hop.predicate for triple in _patterns(read.algebra) for hop in _hops(triple)}

    def term(constant: str) -> URIRef | None:
        if constant[0] == "<":
            return URIRef(constant[1:-1])
        prefix, _, local = constant.partition(":")
        return None if constant[0] in "\"'" else read.prologue.resolvePName(prefix, local)

    return tuple(i for i, c in enumerate(plain.constants) if term(c) in predicates)


class _Hop(NamedTuple):
    """A triple pattern; the predicate is None where any will do."""

    subject: Any
    predicate: URIRef | None
    object: Any


def _hops(triple: tuple[Any, Any, Any]) -> list[_Hop]:
    """Return *triple* as plain patterns: a path that is a sequence is a chain of them."""
    subject, path, end = triple
    parts = list(path.args) if isinstance(path, SequencePath) else [path]
    inner = [Variable(f"{id(path)}.{i}") for i in range(len(parts) - 1)]
    found = []
    for part, start, stop in zip(parts, [subject, *inner], [*inner, end], strict=True):
        if isinstance(part, InvPath) and isinstance(part.arg, URIRef):
            found.append(_Hop(stop, part.arg, start))
        elif isinstance(part, URIRef | Variable):
            found.append(_Hop(start, part if isinstance(part, URIRef) else None, stop))
        else:
            raise UnreckonableError
    return found


def _patterns(part: CompValue) -> list[tuple[Any, Any, Any]]:
    """Return the triple patterns that *part* joins, those of both sides of a UNION too."""
    if part.name == "BGP":
        return list(part.triples)
    if part.name in ("Join", "Union"):
        return _patterns(part.p1) + _patterns(part.p2)
    if part.name in PLAIN_PARTS | {"Filter", "OrderBy"}:
        return _patterns(part.p)
    raise UnreckonableError


def _steps(part: CompValue, fans: Fans) -> int:
    if part.name == "Union":
        return _steps(part.p1, fans) + _steps(part.p2, fans)
    if part.name == "Filter" and all(n.name in PLAIN_EXPRESSIONS for n in _expressions(part.expr)):
        return _steps(part.p, fans)
    if part.name == "OrderBy" and all(isinstance(c.expr, Variable) for c in part.expr):
        return 4 * _steps(part.p, fans)
    if part.name in PLAIN_PARTS:
        return _steps(part.p, fans)
    if part.name == "BGP":
        return _chain([hop for triple in part.triples for hop in _hops(triple)], fans)
    raise UnreckonableError


def _expressions(expression: Any) -> Iterator[CompValue]:
    if isinstance(expression, CompValue):
        yield expression
        for name in expression:
            if name != "_vars":
                yield from _expressions(expression[name])
    elif isinstance(expression, list | tuple):
        for one in expression:
            yield from _expressions(one)


def _chain(hops: list[_Hop], fans: Fans) -> int:
    """Return the most steps of one basic graph pattern: what hangs on a constant first, then hop by hop."""
    if not 0 < len(hops) <= MOST_PATTERNS:
        raise UnreckonableError
    anchors: set[Any] = set()
    rows, passed, left = 1, 0, []
    for hop in hops:
        free = [end for end in (hop.subject, hop.object) if isinstance(end, Variable | BNode)]
        if len(free) == 2:
            left.append(hop)
            continue
        anchors.update(free)
        if free:
            forth = free[0] is hop.object
            rows = max(rows, _width(hop, fans, forth=forth))
            passed += fans.any_out if forth else min(fans.any_into, fans.all_of(hop.predicate))
    if len(anchors) > 1 or (left and not anchors):
        raise UnreckonableError
    known, found = set(anchors), passed + rows * ROW * len(hops)
    while left:
        ready = [h for h in left if h.subject in known and h.object not in known]
        if not ready or ready[0].predicate is None:
            raise UnreckonableError
        hop = ready[0]
        left.remove(hop)
        found += rows * fans.any_out + fans.all_of(hop.predicate) * ROW
        rows *= max(1, _width(hop, fans, forth=True))
        found += rows * ROW
        known.add(hop.object)
    return found


def _width(hop: _Hop, fans: Fans, *, forth: bool) -> int:
    """Return the most triples that *hop* finds from one end: from the subject (*forth*) or the object."""
    if hop.predicate is None:
        return fans.any_out if forth else fans.any_into
    return (fans.out if forth else fans.into).get(str(hop.predicate), 0)
