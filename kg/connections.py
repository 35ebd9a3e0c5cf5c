"""How things hang together: the claims as a graph, a neighbourhood of it, the shortest proven path."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import networkx as nx

from kg.catalogue import Catalogue, Statement
from kg.errors import KGError
from kg.vocabulary import DEF, shorten

MOST_NODES = 300
"""A picture with more nodes than this is no picture; the rest is counted and said."""

BROAD = frozenset({DEF + "isKindOf"})
"""Relations that a proven path does not use unless asked: everything is a kind of something."""


class UnconnectedError(KGError):
    """No chain of claims joins two things."""

    def __init__(self, start: str, goal: str) -> None:
        self.start, self.goal = start, goal
        super().__init__(
            f"no chain of claims joins {shorten(start)} and {shorten(goal)} under these filters:"
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


def as_graph(catalogue: Catalogue, choice: Choice) -> nx.MultiDiGraph[str]:
    """Return every statement that *choice* admits as an edge from its subject to its object."""
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for statement in catalogue.statements.values():
        if choice.admits(statement) and statement.subject != statement.object:
            graph.add_edge(statement.subject, statement.object, statement.iri)
    return graph


def shortest_path(catalogue: Catalogue, start: str, goal: str, choice: Choice) -> list[list[Statement]]:
    """Return the steps of a shortest chain of statements from *start* to *goal*, whichever way each points.

    Each step lists every statement between its two ends, those with a passage first. Of equally short
    chains the one is taken that leads past the least connected things, for a chain through "human rights"
    says little. Raises UnconnectedError.
    """
    graph = as_graph(catalogue, choice).to_undirected()

    def weight(_: str, other: str, edges: dict[str, object]) -> float | None:
        predicates = {catalogue.statements[iri].predicate for iri in edges}
        if not choice.relations and predicates <= BROAD:
            return None
        # a hop always costs more than any sum of the small change
        return 1 + min(catalogue.degree(other), 5000) / 100_000

    try:
        nodes: list[str] = nx.shortest_path(graph, start, goal, weight=weight)
    except (nx.NetworkXNoPath, nx.NodeNotFound) as error:
        raise UnconnectedError(start, goal) from error
    return [
        sorted(
            (catalogue.statements[iri] for iri in graph[one][other]),
            key=lambda s: (s.entailed, not s.asserted, s.iri),
        )
        for one, other in itertools.pairwise(nodes)
    ]


def to_networkx(
    catalogue: Catalogue, nodes: Iterable[str], statements: Iterable[Statement], name: Callable[[str], str]
) -> nx.MultiDiGraph[str]:
    """Return a picture as a networkx graph; labels, classes and the evidence of each edge are attributes."""
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for node in nodes:
        graph.add_node(node, label=name(node), kind=catalogue.kind(node))
    for s in statements:
        anchors = [a.exact for p in s.passages for a in catalogue.passages[p].anchors]
        graph.add_edge(
            s.subject,
            s.object,
            s.iri,
            label=name(s.predicate),
            relation=s.predicate,
            asserted=s.asserted,
            document=s.document,
            passages=" ".join(s.passages),
            anchors=" | ".join(anchors),
        )
    return graph
