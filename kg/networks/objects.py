"""networkx objects, which is what users get, and rustworkx ones, which compute."""

from __future__ import annotations

from typing import Any

import rustworkx as rx

from kg.networks.model import Network, edge_attributes, edge_key, facts, key, node_attributes

Graph = Any  # nx.Graph and its three subclasses, which their stubs make generic


def to_networkx(network: Network) -> Graph:
    """Return *network* as a networkx graph: a multigraph when edges are parallel, directed when they are.

    Nodes are named by prefixed names (``country:UKR``); their IRIs, labels, classes and external IRIs, and
    the claims and passages of each edge, are attributes.
    """
    import networkx as nx  # here, so that a server's first answer does not wait for it

    kinds: dict[tuple[bool, bool], Any] = {
        (True, True): nx.MultiDiGraph,
        (True, False): nx.DiGraph,
        (False, True): nx.MultiGraph,
        (False, False): nx.Graph,
    }
    graph = kinds[network.directed, network.is_parallel](**facts(network))
    for iri, node in network.nodes.items():
        graph.add_node(key(iri), **node_attributes(network, node))
    for number, edge in enumerate(network.edges, 1):
        named = {"key": edge_key(edge, number)} if network.is_parallel else {"id": edge_key(edge, number)}
        graph.add_edge(key(edge.source), key(edge.target), **named, **edge_attributes(network, edge))
    return graph


def to_rustworkx(network: Network, *, weight: str = "weight") -> tuple[rx.PyGraph[str, float], list[str]]:
    """Return the simple undirected graph of *network*, its weights added up, and the IRI of each index.

    *weight* is ``weight`` (claims) or ``share`` (each document weighs the same).
    """
    iris = list(network.nodes)
    index = {iri: number for number, iri in enumerate(iris)}
    weights: dict[tuple[int, int], float] = {}
    for edge in network.edges:
        one, other = sorted((index[edge.source], index[edge.target]))
        if one != other:
            value = edge.share if weight == "share" else edge.weight
            weights[one, other] = weights.get((one, other), 0.0) + value
    graph: rx.PyGraph[str, float] = rx.PyGraph(multigraph=False)
    graph.add_nodes_from(iris)
    graph.add_edges_from([(one, other, value) for (one, other), value in sorted(weights.items())])
    return graph, iris
