"""Measures of a network, one document at a time or with every document weighing the same.

The policy note is four fifths of the text: over a naive pool, every centrality would be that of the note.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import rustworkx as rx

from kg.networks.errors import UnknownMeasureError
from kg.networks.model import Network, documents_of
from kg.networks.objects import to_rustworkx
from kg.vocabulary import shorten

Scores = dict[str, float]
EQUAL = "each document weighing the same"
SEED = 1


def part(network: Network, document: str) -> Network:
    """Return the edges of *network* that rest on claims of *document*, with their nodes."""
    edges = tuple(e for e in network.edges if document in documents_of(network, e))
    kept = {end for e in edges for end in (e.source, e.target)}
    return replace(network, edges=edges, nodes={i: n for i, n in network.nodes.items() if i in kept})


def parts(network: Network) -> dict[str, Network]:
    """Return the network of each document."""
    return {document: part(network, document) for document in network.documents()}


def degree(network: Network, weight: str = "weight") -> Scores:
    """Return for each node the sum of the weights of its edges."""
    total: Scores = dict.fromkeys(network.nodes, 0.0)
    for edge in network.edges:
        for end in {edge.source, edge.target}:
            total[end] += edge.share if weight == "share" else edge.weight
    return total


def degree_by_relation(network: Network) -> dict[str, Counter[str]]:
    """Return for each node how many edges of each relation leave it (``x →``) and reach it (``→ x``)."""
    counted: dict[str, Counter[str]] = defaultdict(Counter)
    for edge in network.edges:
        for relation in edge.relations:
            counted[edge.source][f"{shorten(relation)} →"] += 1
            counted[edge.target][f"→ {shorten(relation)}"] += 1
    return dict(counted)


def betweenness(network: Network, weight: str = "weight") -> Scores:
    """Return the share of shortest paths between other things that pass each node, 0 to 1.

    Directions and weights are left out: a broker stands between, whichever way the verb reads. With
    ``share`` it is the mean over the documents, a document without the node counting as 0: a path never
    runs through claims of two documents.
    """
    if weight == "share":
        each = [betweenness(p) for p in parts(network).values()]
        return {iri: sum(scores.get(iri, 0.0) for scores in each) / max(len(each), 1) for iri in network.nodes}
    graph, iris = to_rustworkx(network)
    scores = rx.betweenness_centrality(graph, normalized=True)
    return {iri: scores[n] for n, iri in enumerate(iris)}


def pagerank(network: Network, weight: str = "weight") -> Scores:
    """Return PageRank with damping 0.85: the share of a walk along the edges that is spent at each node."""
    iris = list(network.nodes)
    index = {iri: n for n, iri in enumerate(iris)}
    weights: dict[tuple[int, int], float] = defaultdict(float)
    for edge in network.edges:
        value = edge.share if weight == "share" else edge.weight
        ends = (index[edge.source], index[edge.target])
        weights[ends] += value
        if not network.directed:
            weights[ends[::-1]] += value
    graph: rx.PyDiGraph[str, float] = rx.PyDiGraph(multigraph=False)
    graph.add_nodes_from(iris)
    graph.add_edges_from([(s, t, w) for (s, t), w in sorted(weights.items())])
    scores = rx.pagerank(graph, alpha=0.85, weight_fn=float, tol=1e-10, max_iter=500)
    return {iri: scores[n] for n, iri in enumerate(iris)}


def communities(network: Network, weight: str = "weight") -> dict[str, int]:
    """Return the community of each node, numbered from 1 by size: Leiden, maximising modularity, seeded.

    A node without a neighbour is a community of its own.
    """
    from graspologic_native import leiden

    graph, iris = to_rustworkx(network, weight=weight)
    edges = [(iris[s], iris[t], w) for s, t, w in graph.weighted_edge_list()]
    found: Mapping[str, int] = leiden(edges, seed=SEED)[1] if edges else {}
    groups: dict[int, list[str]] = defaultdict(list)
    for n, iri in enumerate(iris):
        groups[found.get(iri, -1 - n)].append(iri)
    ordered = sorted(groups.values(), key=lambda members: (-len(members), min(members)))
    return {iri: number for number, members in enumerate(ordered, 1) for iri in members}


def _as_scores(network: Network, weight: str) -> Scores:
    return {iri: float(number) for iri, number in communities(network, weight).items()}


@dataclass(frozen=True)
class Measure:
    """A measure with what it means in words; *is_partition* where values are names of groups, not amounts."""

    name: str
    compute: Callable[[Network, str], Scores]
    means: Mapping[str, str]
    is_partition: bool = False


MEASURES = {
    m.name: m
    for m in (
        Measure(
            "degree",
            degree,
            {
                "en": "how many claims tie the thing to others here (in a projection: the sum of weights)",
                "nl": "hoeveel beweringen het ding hier met andere verbinden (projectie: som van gewichten)",
            },
        ),
        Measure(
            "betweenness",
            betweenness,
            {
                "en": "what part of the shortest chains between others runs through this one: who brokers",
                "nl": "welk deel van de kortste ketens tussen andere hierlangs loopt: wie een schakel is",
            },
        ),
        Measure(
            "pagerank",
            pagerank,
            {
                "en": "how often a walk along the claims, in their direction, comes here: what claims lead to",
                "nl": "hoe vaak een wandeling langs de beweringen hier komt: waar zij heen leiden",
            },
        ),
        Measure(
            "communities",
            _as_scores,
            {
                "en": "which things are tied more to each other than to the rest (Leiden; 1 is the largest)",
                "nl": "welke dingen meer met elkaar dan met de rest verbonden zijn (Leiden; 1: de grootste)",
            },
            True,
        ),
    )
}


def measure_named(name: str) -> Measure:
    """Return the measure *name*; raises UnknownMeasureError."""
    if name not in MEASURES:
        raise UnknownMeasureError(name, [*MEASURES, "comparison", "changes"])
    return MEASURES[name]
