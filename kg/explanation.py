"""Why a query returns less than expected: pattern by pattern, how many candidates each one removed.

The patterns are matched in join order: what is fixed first, then what hangs on to it. After each, the
values of a variable that were there before and are gone now are counted, and some are named.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

import pyoxigraph as ox
from rdflib import BNode, Graph, Literal, URIRef, Variable
from rdflib.paths import Path as PropertyPath
from rdflib.plugins.sparql.evaluate import evalPart
from rdflib.plugins.sparql.parserutils import CompValue
from rdflib.plugins.sparql.sparql import QueryContext
from rdflib.term import Node

from kg.algebra import conjuncts, nodes, parse, predicates_of
from kg.coverage import Verdict, judge
from kg.proof import Reader
from kg.store import evaluate
from kg.view import view
from kg.vocabulary import shorten
from kg.witness import holds

MAX_CANDIDATES = 50_000
EXAMPLES = 5
SAMPLE = 500
Solution = Mapping[Node, Node]


@dataclass(frozen=True)
class Loss:
    """How many values of a variable a pattern took away, and some of their labels."""

    variable: str
    before: int
    removed: int
    examples: tuple[str, ...]


@dataclass(frozen=True)
class Step:
    """One pattern: in words, the candidates before and after it, and what it removed of each variable."""

    pattern: str
    before: int
    after: int
    losses: tuple[Loss, ...]
    cut: bool = False

    def in_words(self, language: str = "en") -> str:
        """Return the step as one or more sentences."""
        nl = language == "nl"
        more = "≥ " if self.cut else ""
        lines = [f"{self.pattern}: {self.before} → {more}{self.after}"]
        for loss in self.losses:
            named = ", ".join(loss.examples) + ("…" if loss.removed > len(loss.examples) else "")
            lines.append(
                f"  {loss.removed} van de {loss.before} {loss.variable} hebben dit niet: {named}"
                if nl
                else f"  {loss.removed} of {loss.before} {loss.variable} do not have it: {named}"
            )
        return "\n".join(lines)


@dataclass(frozen=True)
class Explanation:
    """Every step of a query, how many rows it returns, and what an empty answer means."""

    steps: tuple[Step, ...]
    rows: int
    verdict: Verdict

    @property
    def culprit(self) -> Step | None:
        """The step that left nothing, where one did."""
        return next((s for s in self.steps if s.after == 0), None)


def parts(part: CompValue) -> Iterator[CompValue | tuple[str, Any]]:
    """Yield the conjuncts of a pattern: single triple patterns, and whatever else stands beside them."""
    name = part.name
    if name == "BGP":
        for triple in part.triples:
            yield CompValue("BGP", triples=[triple])
    elif name == "Join":
        yield from parts(part.p1)
        yield from parts(part.p2)
    elif name == "LeftJoin":
        yield from parts(part.p1)
    elif name == "Minus":
        yield from parts(part.p1)
        yield ("minus", part.p2)
    elif name == "Filter":
        yield from parts(part.p)
        yield from (("filter", e) for e in conjuncts(part.expr))
    elif name in ("Union", "ToMultiSet", "Graph"):
        yield part
    elif isinstance(part.get("p"), CompValue):
        yield from parts(part.p)


def variables(part: Any) -> set[Node]:
    """Return the variables (and blank nodes) that a conjunct mentions."""
    if isinstance(part, tuple):
        part = part[1]
    if isinstance(part, Variable):
        return {part}
    found: set[Node] = set()
    for node in nodes(part):
        if node.name == "BGP":
            found |= {t for triple in node.triples for t in triple if isinstance(t, (Variable, BNode))}
        found |= {v for key in node for v in _flat(node[key]) if isinstance(v, Variable)}
    return found


def _flat(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        yield from value
    elif isinstance(value, (list, tuple, set)):
        for one in value:
            yield from _flat(one)
    else:
        yield value


def next_part(graph: Graph, left: list[Any], bound: set[Node], sample: Solution) -> Any:
    """Return the conjunct to match next: a condition that can be told, else the pattern with fewest matches.

    *sample* is one candidate so far: patterns are tried on it to see how many matches each has.
    """
    patterns = [c for c in left if not isinstance(c, tuple)]
    later = set().union(*(variables(c) for c in patterns)) - bound
    told = next((c for c in left if isinstance(c, tuple) and not variables(c) & later), None)
    if told is not None or not patterns:
        return told or left[0]

    def cost(part: CompValue) -> tuple[bool, int]:
        mentioned = variables(part)
        apart = bool(bound) and not mentioned & bound and not _is_single(part)
        return (apart, sum(1 for _ in islice(_solutions(graph, part, sample), SAMPLE)))

    return min(patterns, key=cost)


def _is_single(part: CompValue) -> bool:
    """Tell whether *part* gives a variable its one value."""
    return bool(part.name == "ToMultiSet" and part.p.name == "values" and len(part.p.res) == 1)


class _Words:
    """Says patterns with labels."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader

    def term(self, term: Any) -> str:
        """Return a term as a reader knows it."""
        if isinstance(term, Variable):
            return f"?{term}"
        if isinstance(term, BNode):
            return "…"
        if isinstance(term, PropertyPath):
            return "/".join(self.reader.label(str(p)) for p in predicates_of(term))
        return f"“{term}”" if isinstance(term, Literal) else self.reader.label(str(term))

    def pattern(self, part: Any) -> str:
        """Return a conjunct in words."""
        nl = self.reader.language == "nl"
        if isinstance(part, tuple):
            kind, inner = part
            absent = kind == "minus" or getattr(inner, "name", "") == "Builtin_NOTEXISTS"
            triples = [t for n in nodes(inner) if n.name == "BGP" for t in n.triples]
            said = "; ".join(self.triple(t) for t in triples)
            if absent:
                return f"{'er is geen' if nl else 'there is no'} {said}"
            told = ", ".join(sorted(f"?{v}" for v in variables(part)))
            return said or f"{'voorwaarde op' if nl else 'condition on'} {told}"
        if part.name == "BGP":
            return self.triple(part.triples[0])
        if part.name == "ToMultiSet" and part.p.name == "values":
            values = {self.term(v) for row in part.p.res for v in row.values()}
            names = {f"?{k}" for row in part.p.res for k in row}
            return f"{', '.join(sorted(names))} = {' | '.join(sorted(values))}"
        triples = [t for n in nodes(part) if n.name == "BGP" for t in n.triples]
        joiner = (" of " if nl else " or ") if part.name == "Union" else "; "
        return joiner.join(self.triple(t) for t in triples)

    def triple(self, triple: Any) -> str:
        """Return a triple pattern in words."""
        s, p, o = triple
        if isinstance(p, URIRef) and shorten(str(p)) == "rdf:type":
            return f"{self.term(s)} {'is een' if self.reader.language == 'nl' else 'is a'} {self.term(o)}"
        return f"{self.term(s)} {self.term(p)} {self.term(o)}"


def _apply(graph: Graph, part: Any, candidates: list[Solution]) -> Iterator[Solution]:
    """Yield the candidates that survive *part*, extended with what it binds."""
    for known in candidates:
        if isinstance(part, tuple):
            kind, inner = part
            if kind == "filter":
                if holds(graph, inner, known):
                    yield known
            elif not any(True for _ in _solutions(graph, inner, known)):
                yield known
        else:
            yield from _solutions(graph, part, known)


def _solutions(graph: Graph, part: CompValue, known: Solution) -> Iterator[Solution]:
    context = QueryContext(graph, initBindings=dict(known))  # type: ignore[arg-type]
    for solution in evalPart(context, part):
        yield {**known, **dict(solution.items())}


def _losses(reader: Reader, part: Any, before: list[Solution], after: list[Solution]) -> Iterator[Loss]:
    for variable in sorted(v for v in variables(part) if isinstance(v, Variable)):
        was = {c[variable] for c in before if variable in c}
        gone = was - {c[variable] for c in after if variable in c}
        if gone:
            names = sorted(reader.label(str(g)) if isinstance(g, URIRef) else str(g) for g in gone)
            yield Loss(f"?{variable}", len(was), len(gone), tuple(names[:EXAMPLES]))


def explain(store: ox.Store, sparql: str, language: str = "en") -> Explanation:
    """Return how many candidates each pattern of *sparql* removed; raises NoProofError for what is no query."""
    algebra = parse(sparql)
    graph, reader = view(store), Reader(store, language)
    words, steps = _Words(reader), []
    candidates: list[Solution] = [{}]
    left, bound = list(parts(algebra)), set[Node]()
    while left and candidates:
        part = next_part(graph, left, bound, candidates[0])
        left.remove(part)
        bound |= set() if isinstance(part, tuple) else variables(part)
        after = list(islice(_apply(graph, part, candidates), MAX_CANDIDATES))
        losses = tuple(_losses(reader, part, candidates, after))
        steps.append(
            Step(words.pattern(part), len(candidates), len(after), losses, len(after) == MAX_CANDIDATES)
        )
        candidates = after
    rows = _count(store, sparql)
    return Explanation(tuple(steps), rows, judge(store, sparql, rows))


def _count(store: ox.Store, sparql: str) -> int:
    answer = evaluate(store, sparql)
    return sum(1 for _ in answer) if isinstance(answer, ox.QuerySolutions) else int(bool(answer))
