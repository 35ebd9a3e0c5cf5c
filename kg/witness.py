"""Which triples a row of an answer rests on: the pattern of the query, matched again for that row.

Every solution of the expanded query (kg.algebra) belongs to one row. For each, the triple patterns are
filled in: OPTIONAL where it matched, each branch of a UNION that holds, the edges of one shortest way for
a property path, one way for EXISTS. What must *not* be there (NOT EXISTS, MINUS) is an absence: its proof
is coverage.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import pyoxigraph as ox
from rdflib import BNode, Graph, URIRef, Variable
from rdflib.paths import (
    AlternativePath,
    InvPath,
    MulPath,
    NegatedPath,
    OneOrMore,
    SequencePath,
    ZeroOrOne,
    eval_path,
)
from rdflib.plugins.sparql.evaluate import evalPart
from rdflib.plugins.sparql.evalutils import _ebv, _eval
from rdflib.plugins.sparql.parserutils import CompValue
from rdflib.plugins.sparql.sparql import QueryContext
from rdflib.term import Node

from kg.algebra import (
    EXISTS,
    NoProofError,
    Select,
    conjuncts,
    nodes,
    predicates_of,
    take_apart,
    triple_patterns,
)
from kg.store import evaluate
from kg.view import to_rdflib, view

Triple = tuple[Node, Node, Node]
Solution = Mapping[Node, Node]
MAX_SOLUTIONS = 200_000
MAX_WAYS = 2_000


@dataclass
class Witness:
    """What one row rests on: triples that are there, and terms whose absence was established."""

    triples: set[Triple] = field(default_factory=set)
    absent: set[str] = field(default_factory=set)
    done: set[Any] = field(default_factory=set, repr=False)


def witnesses(store: ox.Store, text: str) -> tuple[Select, list[Witness]]:
    """Return *text* taken apart, and for each row of its answer, in order, what the row rests on.

    Raises NoProofError where this cannot be computed, and says why.
    """
    query = take_apart(text)
    answer = evaluate(store, text)
    assert isinstance(answer, ox.QuerySolutions)
    keys = [tuple(str(row[k]) for k in query.keys) for row in answer]
    wanted = set(keys)
    expanded = evaluate(store, query.expanded)
    assert isinstance(expanded, ox.QuerySolutions)
    names = [v.value for v in expanded.variables]
    by_key: dict[tuple[str, ...], list[dict[Node, Node]]] = defaultdict(list)
    for count, row in enumerate(expanded):
        if count >= MAX_SOLUTIONS:
            raise NoProofError(f"it matches in more than {MAX_SOLUTIONS} ways: make the pattern narrower")
        key = tuple(str(row[k]) for k in query.keys)
        if key in wanted:
            by_key[key].append({Variable(n): to_rdflib(row[n]) for n in names if row[n] is not None})
    walk = _Walk(view(store))
    found: dict[tuple[str, ...], Witness] = {}
    for key in wanted:
        found[key] = witness = Witness()
        for solution in by_key[key]:
            walk.support(query.algebra.p, solution, witness)
        if not by_key[key] and not query.groups:
            raise NoProofError("its values differ each time it is asked (RAND, NOW, UUID or BNODE)")
        if not by_key[key]:
            witness.absent.update(terms_of(query.algebra))
    return query, [found[k] for k in keys]


def terms_of(part: Any) -> set[str]:
    """Return the IRIs that the triple patterns of *part* ask for: predicates, and objects of types."""
    terms: set[str] = set()
    for _, p, o in triple_patterns(part):
        terms.update(str(t) for t in predicates_of(p))
        if isinstance(o, URIRef):
            terms.add(str(o))
    return terms


def mandatory(part: CompValue) -> set[Node]:
    """Return the variables that every solution of *part* binds."""
    name = part.name
    if name == "BGP":
        return {t for triple in part.triples for t in triple if isinstance(t, Variable)}
    if name == "Join":
        return mandatory(part.p1) | mandatory(part.p2)
    if name in ("LeftJoin", "Minus"):
        return mandatory(part.p1)
    if name == "Union":
        return mandatory(part.p1) & mandatory(part.p2)
    if name == "Project":
        return mandatory(part.p) & set(part.PV)
    inner = part.get("p")
    return mandatory(inner) if isinstance(inner, CompValue) and inner.name != "values" else set()


class _Walk:
    """Walks an algebra with one solution in hand."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self._mentioned: dict[int, set[Node]] = {}

    def mentioned(self, part: CompValue) -> set[Node]:
        """Return every variable that stands somewhere in *part*."""
        if id(part) not in self._mentioned:
            found: set[Node] = set()
            for node in nodes(part):
                found.update(v for v in (node.get("_vars") or ()) if isinstance(v, Variable))
                if node.name == "BGP":
                    found.update(t for triple in node.triples for t in triple if isinstance(t, Variable))
            self._mentioned[id(part)] = found
        return self._mentioned[id(part)]

    def solutions(self, part: CompValue, known: Solution) -> Iterator[dict[Node, Node]]:
        """Yield the solutions of *part* that agree with *known*, each together with *known*."""
        context = QueryContext(self.graph, initBindings=dict(known))  # type: ignore[arg-type]
        for solution in evalPart(context, part):
            yield {**known, **dict(solution.items())}

    def support(self, part: CompValue, known: Solution, into: Witness) -> None:
        """Add to *into* what *part* rests on for the solution *known*, each part of it once."""
        name = part.name
        if name in ("BGP", "LeftJoin", "Union", "ToMultiSet"):
            mentioned = self.mentioned(part)
            key = (id(part), frozenset((v, t) for v, t in known.items() if v in mentioned))
            if key in into.done:
                return
            into.done.add(key)
        if name == "BGP":
            self.basic(part, known, into)
        elif name == "Join":
            self.support(part.p1, known, into)
            self.support(part.p2, known, into)
        elif name == "LeftJoin":
            self.support(part.p1, known, into)
            self.optional(part, known, into)
        elif name == "Union":
            for branch in (part.p1, part.p2):
                if mandatory(branch) <= set(known) and self.is_matched(branch, known):
                    self.support(branch, known, into)
        elif name == "Minus":
            self.support(part.p1, known, into)
            into.absent.update(terms_of(part.p2))
        elif name == "Filter":
            self.support(part.p, known, into)
            for condition in conjuncts(part.expr):
                if getattr(condition, "name", "") == "Builtin_NOTEXISTS":
                    into.absent.update(terms_of(condition.graph))  # the row passed, so there is none
                else:
                    self.expression(condition, known, into)
        elif name == "Extend":
            self.support(part.p, known, into)
            self.expression(part.expr, known, into)
        elif name == "ToMultiSet":
            if part.p.name != "values":
                self.subquery(part.p, known, into)
        elif isinstance(part.get("p"), CompValue):
            self.support(part.p, known, into)

    def is_matched(self, part: CompValue, known: Solution) -> bool:
        """Tell whether *part* holds for *known*, which binds all that *part* must bind."""
        name = part.name
        if name == "Join":
            return self.is_matched(part.p1, known) and self.is_matched(part.p2, known)
        if name == "LeftJoin":
            return self.is_matched(part.p1, known)
        if name == "Union":
            return self.is_matched(part.p1, known) or self.is_matched(part.p2, known)
        if name == "Filter":
            return self.is_matched(part.p, known) and holds(self.graph, part.expr, known)
        if name == "Extend":
            agrees = part.var not in known or computes(self.graph, part.expr, known) == known[part.var]
            return agrees and self.is_matched(part.p, known)
        if name == "BGP" and all(
            t in known or not isinstance(t, (Variable, BNode)) for s in part.triples for t in s
        ):
            return all(tuple(known.get(t, t) for t in triple) in self.graph for triple in part.triples)
        return any(True for _ in self.solutions(part, known))

    def basic(self, part: CompValue, known: Solution, into: Witness) -> None:
        """Fill in the triple patterns of a basic graph pattern."""
        free = {t for triple in part.triples for t in triple if isinstance(t, (Variable, BNode))} - set(known)
        ways = [dict(known)] if not free else list(islice(self.solutions(part, known), MAX_WAYS))
        for way in ways:
            for s, p, o in part.triples:
                subject, obj = way.get(s, s), way.get(o, o)
                into.triples.update(self.edges(subject, way.get(p, p), obj))

    def optional(self, part: CompValue, known: Solution, into: Witness) -> None:
        """Add what an OPTIONAL contributed, where it matched."""
        new = mandatory(part.p2) - mandatory(part.p1)
        if not new <= set(known):
            return
        if new:  # only this pattern binds them, so it matched
            self.support(part.p2, known, into)
            return
        for way in islice(self.solutions(part.p2, known), 1):
            self.support(part.p2, way, into)

    def subquery(self, part: CompValue, known: Solution, into: Witness) -> None:
        """Add what a subquery rests on: all its inner solutions that agree with what it hands out."""
        outward = {v: known[v] for v in (part.get("PV") or ()) if v in known}
        inner = part
        while inner.name in ("Project", "Distinct", "Reduced", "Slice", "OrderBy", "ToList"):
            outward = {v: known[v] for v in inner.PV if v in known} if inner.name == "Project" else outward
            inner = inner.p
        computed = set()
        while inner.name in ("Extend", "Filter", "AggregateJoin", "Group") and any(
            n.name == "AggregateJoin" for n in nodes(inner)
        ):
            if inner.name == "Extend":
                computed.add(inner.var)
            inner = inner.p
        if inner.name == "Group":
            computed -= set(inner.get("expr") or ())
            inner = inner.p
        agreed = {v: t for v, t in outward.items() if v not in computed}
        for way in islice(self.solutions(inner, agreed), MAX_WAYS):
            self.support(inner, way, into)

    def expression(self, expression: Any, known: Solution, into: Witness) -> None:
        """Add the witness of each EXISTS in an expression, and the absence in each NOT EXISTS."""
        for node in nodes(expression):
            if node.name in EXISTS:
                way = next(self.solutions(node.graph, known), None)
                if way is None:
                    into.absent.update(terms_of(node.graph))
                else:
                    self.support(node.graph, way, into)

    def edges(self, s: Node, path: Any, o: Node) -> set[Triple]:
        """Return the triples of one shortest way along *path* from *s* to *o*."""
        if isinstance(path, URIRef):
            return {(s, path, o)} if (s, path, o) in self.graph else set()
        if isinstance(path, AlternativePath):
            return set().union(*(self.edges(s, one, o) for one in path.args if self.leads(s, one, o)))
        if isinstance(path, InvPath):
            return self.edges(o, path.arg, s)
        if isinstance(path, NegatedPath):
            return {
                t
                for t in self.graph.triples((s, None, o))
                if (s, o) in set(eval_path(self.graph, (s, path, o)))
            }
        if isinstance(path, SequencePath):
            return self.sequence(s, list(path.args), o)
        if isinstance(path, MulPath):
            if path.mod == ZeroOrOne:
                return set() if s == o else self.edges(s, path.path, o)
            if s == o and path.mod != OneOrMore:
                return set()
            return self.shortest(s, path.path, o)
        raise NoProofError(f"the property path {path} is of an unknown kind")

    def leads(self, s: Node, path: Any, o: Node) -> bool:
        """Tell whether *path* leads from *s* to *o*."""
        return (s, path, o) in self.graph

    def sequence(self, s: Node, steps: list[Any], o: Node) -> set[Triple]:
        """Return the triples of one way along *steps*."""
        if len(steps) == 1:
            return self.edges(s, steps[0], o)
        for middle in sorted(set(self.graph.objects(s, steps[0])), key=str):
            rest = SequencePath(*steps[1:]) if len(steps) > 2 else steps[1]
            if self.leads(middle, rest, o):
                return self.edges(s, steps[0], middle) | self.sequence(middle, steps[1:], o)
        return set()

    def shortest(self, s: Node, step: Any, o: Node) -> set[Triple]:
        """Return the triples of one shortest way of one or more *step* from *s* to *o*."""
        came: dict[Node, Node] = {}
        queue = deque([s])
        while queue:
            here = queue.popleft()
            for there in sorted(set(self.graph.objects(here, step)), key=str):
                if there not in came:
                    came[there] = here
                    queue.append(there)
            if o in came:
                break
        if o not in came:
            return set()
        way, there = set(), o
        while True:
            way |= self.edges(came[there], step, there)
            there = came[there]
            if there == s:
                return way


def holds(graph: Graph, expression: Any, known: Solution) -> bool:
    """Tell whether a filter's *expression* is true for the solution *known*."""
    context = QueryContext(graph, initBindings=dict(known))  # type: ignore[arg-type]
    return bool(_ebv(expression, context.solution()))


def computes(graph: Graph, expression: Any, known: Solution) -> Node | None:
    """Return the value of *expression* for the solution *known*, or None where it has none."""
    context = QueryContext(graph, initBindings=dict(known))  # type: ignore[arg-type]
    value = _eval(expression, context.solution(), raise_not_bound_error=False)
    return value if isinstance(value, Node) else None
