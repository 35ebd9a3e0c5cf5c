"""Chains of claims between two things, the shortest first, each step with the passage that proves it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import Any

import networkx as nx
import pyoxigraph as ox

from kg.description import UnknownThingError, exists, expand
from kg.networks.collecting import collect, coverage
from kg.networks.errors import NotConnectedError
from kg.networks.model import Edge, Network
from kg.store import evaluate
from kg.vocabulary import shorten

ANCHORS = """SELECT ?claim ?passage ?line ?anchor WHERE { VALUES ?claim { @ }
  ?claim gro:isStatedIn ?passage . ?passage gro:firstLine ?line ; oa:hasSelector/oa:exact ?anchor
} ORDER BY ?claim ?line ?anchor"""


@dataclass(frozen=True)
class Proof:
    """A claim behind a step: what it says, and where it stands."""

    claim: str
    source: str
    relation: str
    target: str
    document: str
    passage: str
    line: int
    anchor: str


@dataclass(frozen=True)
class Path:
    """A chain of things; *steps* holds the claims between each thing and the next."""

    things: tuple[str, ...]
    steps: tuple[tuple[Proof, ...], ...]

    @property
    def documents(self) -> frozenset[str]:
        """The documents that between them prove every step."""
        return frozenset(p.document for step in self.steps for p in step)

    @property
    def in_one_document(self) -> bool:
        """Tell whether one document alone proves every step."""
        return any(all(any(p.document == d for p in step) for step in self.steps) for d in self.documents)


def _by_length(graph: Any, start: str, end: str, k: int) -> Iterator[list[str]]:
    """Yield simple paths, the shortest first, those of one length in the order of their IRIs."""
    batch: list[list[str]] = []
    for path in islice(nx.shortest_simple_paths(graph, start, end), 50 * k):
        if batch and len(path) > len(batch[0]):
            yield from sorted(batch)
            batch = []
        batch.append(path)
    yield from sorted(batch)


def _proofs(store: ox.Store, network: Network, edges: list[Edge]) -> Iterator[Proof]:
    by_claim = {e.claims[0]: e for e in edges}
    query = ANCHORS.replace("@", " ".join(f"<{c}>" for c in sorted(by_claim)))
    solutions = evaluate(store, query)
    assert isinstance(solutions, ox.QuerySolutions)
    done: set[str] = set()
    for row in solutions:
        claim = row["claim"].value
        if claim in done:
            continue
        done.add(claim)
        edge = by_claim[claim]
        yield Proof(
            claim,
            edge.source,
            edge.relations[0],
            edge.target,
            network.evidence[claim].document,
            row["passage"].value,
            int(row["line"].value),
            row["anchor"].value,
        )


def paths(
    store: ox.Store, start: str, end: str, k: int = 3, values: Mapping[str, str] | None = None
) -> tuple[Network, list[Path]]:
    """Return the *k* shortest chains of claims between two things, in either direction of the verbs.

    Raises UnknownThingError, and NotConnectedError with the claims that were looked through.
    """
    ends = expand(start), expand(end)
    for iri in ends:
        if not exists(store, iri):
            raise UnknownThingError(iri)
    network = collect(store, "everything", values, allow_empty=True)
    between: dict[frozenset[str], list[Edge]] = defaultdict(list)
    for edge in network.edges:
        between[frozenset((edge.source, edge.target))].append(edge)
    graph: Any = nx.Graph()
    graph.add_nodes_from(network.nodes)
    graph.add_edges_from(sorted(tuple(sorted(pair)) for pair in between if len(pair) == 2))
    if not all(iri in graph for iri in ends) or not nx.has_path(graph, *ends):
        names = [f"{network.name(iri)} ({shorten(iri)})" for iri in ends]
        raise NotConnectedError(names[0], names[1], coverage(store, network.parameters))
    found = []
    for things in islice(_by_length(graph, *ends, k), k):
        steps = [tuple(_proofs(store, network, between[frozenset(pair)])) for pair in pairwise(things)]
        found.append(Path(tuple(things), tuple(steps)))
    return network, found
