"""How things hang together: the claims as a graph, a neighbourhood of it, the shortest proven paths."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from kg.catalogue import Catalogue, Statement
from kg.errors import KGError
from kg.vocabulary import DEF, shorten

MOST_NODES = 300
"""A picture with more nodes than this is no picture; the rest is counted and said."""

BROAD = frozenset({DEF + "isKindOf"})
"""Relations that a proven path does not use unless asked: everything is a kind of something."""


class UnconnectedError(KGError):
    """No chain of claims joins two things; the message says which claims were looked through, and how."""

    def __init__(self, start: str, goal: str, coverage: str) -> None:
        self.start, self.goal, self.coverage = start, goal, coverage
        super().__init__(
            f"{shorten(start)} and {shorten(goal)} are not connected in {coverage}:"
            " allow claims that are not asserted, or other documents"
        )


@dataclass(frozen=True)
class Choice:
    """Which statements count: by relation, document, class of neighbour and stance; empty means all."""

    relations: frozenset[str] = frozenset()
    documents: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    asserted_only: bool = True
    entailed: bool = False

    def admits(self, statement: Statement) -> bool:
        """Tell whether *statement* counts."""
        return (
            (statement.asserted or not self.asserted_only)
            and (self.entailed or not statement.entailed)
            and (not self.relations or statement.predicate in self.relations)
            and (not self.documents or statement.document in self.documents)
        )


@dataclass(frozen=True)
class Neighbourhood:
    """Things around others with the statements between them; *left_out* things did not fit."""

    nodes: tuple[str, ...]
    statements: tuple[Statement, ...]
    left_out: int


def neighbours(catalogue: Catalogue, iri: str, choice: Choice) -> Counter[str]:
    """Count the statements between *iri* and each of its neighbours."""
    counted: Counter[str] = Counter()
    for statement in catalogue.about.get(iri, ()):
        other = statement.object if statement.subject == iri else statement.subject
        if (
            other != iri
            and choice.admits(statement)
            and (not choice.kinds or catalogue.kind(other) in choice.kinds)
        ):
            counted[other] += 1
    return counted


def around(catalogue: Catalogue, iris: Sequence[str], choice: Choice, most: int = MOST_NODES) -> Neighbourhood:
    """Return *iris*, their neighbours (best connected first) and every statement between any two of them."""
    found: Counter[str] = Counter()
    for iri in iris:
        found.update(neighbours(catalogue, iri, choice))
    ranked = sorted((n for n in found if n not in iris), key=lambda n: (-found[n], -catalogue.degree(n), n))
    room = max(0, most - len(iris))
    return between(catalogue, [*iris, *ranked[:room]], choice, left_out=len(ranked[room:]))


def between(catalogue: Catalogue, nodes: Sequence[str], choice: Choice, left_out: int = 0) -> Neighbourhood:
    """Return *nodes* with every statement between any two of them."""
    inside = set(nodes)
    statements = {
        s.iri: s
        for node in nodes
        for s in catalogue.about.get(node, ())
        if s.subject in inside and s.object in inside and s.subject != s.object and choice.admits(s)
    }
    return Neighbourhood(tuple(nodes), tuple(statements.values()), left_out)


def looked_through(catalogue: Catalogue, choice: Choice) -> str:
    """Say how many claims of which documents *choice* admits, and how these were read."""
    counted = Counter(s.document for s in catalogue.statements.values() if s.document and choice.admits(s))
    claims = "; ".join(f"{catalogue.label(d, 'en')} ({n})" for d, n in sorted(counted.items())) or "no document"
    records = catalogue.instances[DEF + "Coverage"]
    methods = {t.value for r in records for t in catalogue.literals(r, DEF + "method") if t.language == "en"}
    asserted = "asserted " if choice.asserted_only else ""
    return (
        f"the {asserted}claims of {claims}, {'; '.join(sorted(methods)) or 'of which no coverage is recorded'}"
    )


def joined(catalogue: Catalogue, choice: Choice) -> dict[tuple[str, str], list[Statement]]:
    """Return for each two things, in order of their IRIs, the statements between them that *choice* admits."""
    between: dict[tuple[str, str], list[Statement]] = defaultdict(list)
    for s in catalogue.statements.values():
        if choice.admits(s) and s.subject != s.object:
            between[min(s.subject, s.object), max(s.subject, s.object)].append(s)
    return between


def shortest_paths(
    catalogue: Catalogue, start: str, goal: str, choice: Choice, count: int = 1
) -> list[list[list[Statement]]]:
    """Return the steps of the *count* shortest chains of statements between two things, the shortest first.

    A chain may follow a statement either way, and meets no thing twice. Each step lists every statement
    between its two ends, those with a passage first. Of equally short chains those come first that lead past
    the least connected things, for a chain through "human rights" says little. Raises UnconnectedError.
    """
    import networkx as nx  # here, so that a server's first answer does not wait for it

    between = joined(catalogue, choice)
    graph: nx.Graph[str] = nx.Graph()
    for pair, statements in between.items():
        if choice.relations or {s.predicate for s in statements} - BROAD:
            # half of each end's small change, so that a chain adds up what it passes; a hop always costs more
            change = sum(min(catalogue.degree(end), 5000) for end in pair) / 200_000
            graph.add_edge(*pair, cost=1 + change)
    try:
        found = [*itertools.islice(nx.shortest_simple_paths(graph, start, goal, "cost"), count)]
    except (nx.NetworkXNoPath, nx.NodeNotFound) as error:
        raise UnconnectedError(start, goal, looked_through(catalogue, choice)) from error
    return [[_proven(between, *pair) for pair in itertools.pairwise(chain)] for chain in found]


def _proven(between: dict[tuple[str, str], list[Statement]], one: str, other: str) -> list[Statement]:
    statements = between[min(one, other), max(one, other)]
    return sorted(statements, key=lambda s: (s.entailed, not s.asserted, s.iri))


def chain(start: str, steps: Sequence[Sequence[Statement]]) -> list[str]:
    """Return the things that a path from *start* passes, in order."""
    passed = [start]
    for step in steps:
        passed.append(step[0].object if step[0].subject == passed[-1] else step[0].subject)
    return passed


def proving(steps: Sequence[Sequence[Statement]]) -> list[str]:
    """Return the documents that alone prove every step of a path."""
    each = [{s.document for s in step if s.document} for step in steps]
    return sorted(set.intersection(*each)) if each else []
