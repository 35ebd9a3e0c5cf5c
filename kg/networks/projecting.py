"""Projection of a two-class network onto one class: things that share something are tied together.

Two things that share a third one that many share say little; the weight of each shared thing is therefore
1/(d-1), where d is how many things share it (Newman, Physical Review E 64, 016132, 2001). What is shared
is counted inside one document at a time: half a tie in a report and half in a manifesto is no tie.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from itertools import combinations

from kg.networks.model import PROJECTED, Edge, Network


def project(network: Network, onto: str) -> Network:
    """Return the undirected network of the nodes of class *onto*, one edge per pair and document."""
    sharing: dict[tuple[str, str], dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    relations: dict[str, str] = {}
    for edge in network.edges:
        one, through = edge.target, edge.source
        if network.nodes[one].kind != onto:
            one, through = through, one
        document = network.evidence[edge.claims[0]].document
        sharing[document, through][one].update(edge.claims)
        relations.update(dict.fromkeys(edge.claims, edge.relations[0]))
    weight: dict[tuple[str, str, str], float] = defaultdict(float)
    via: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    claims: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for (document, through), sharers in sorted(sharing.items()):
        for one, other in combinations(sorted(sharers), 2):
            tie = (one, other, document)
            weight[tie] += 1 / (len(sharers) - 1)
            via[tie].add(through)
            claims[tie] |= sharers[one] | sharers[other]
    total: dict[str, float] = defaultdict(float)
    for (_, _, document), value in sorted(weight.items()):
        total[document] += value
    edges = tuple(
        Edge(
            one,
            other,
            tuple(sorted({relations[c] for c in claims[one, other, document]})),
            tuple(sorted(claims[one, other, document])),
            round(value, 9),
            value / total[document],
            "projection",
            tuple(sorted(via[one, other, document])),
            document,
        )
        for (one, other, document), value in sorted(weight.items())
    )
    kept = {n for e in edges for n in (e.source, e.target)}
    return replace(
        network,
        nodes={iri: node for iri, node in network.nodes.items() if iri in kept},
        edges=edges,
        directed=False,
        edges_are=PROJECTED,
        labels={
            **network.labels,
            **{i: {"nl": n.nl, "en": n.en} for i, n in network.nodes.items() if i not in kept},
        },
    )
