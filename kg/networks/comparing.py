"""Two documents' networks side by side: per relation what they share, and the edges gained and lost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import pyoxigraph as ox

from kg.networks.collecting import collect
from kg.networks.measures import part
from kg.networks.model import Network

Triple = tuple[str, str, str]


@dataclass(frozen=True)
class Difference:
    """The edges of one relation in two documents; an edge is the same when source, relation and target are.

    *among_both* is Jaccard over the edges between things that both documents speak of: a document
    cannot share an edge about what it never names.
    """

    one: str
    other: str
    relation: str
    shared: tuple[Triple, ...]
    lost: tuple[Triple, ...]
    gained: tuple[Triple, ...]
    among_both: float | None

    @property
    def jaccard(self) -> float:
        """The number of shared edges over the number of edges in either, 0 to 1."""
        return len(self.shared) / (len(self.shared) + len(self.lost) + len(self.gained))


def _by_relation(network: Network) -> dict[str, set[Triple]]:
    found: dict[str, set[Triple]] = defaultdict(set)
    for edge in network.edges:
        ends = (edge.source, edge.target)
        for relation in edge.relations:
            found[relation].add((ends[0], relation, ends[1]))
    return found


def compare(network: Network, one: str, other: str) -> list[Difference]:
    """Compare what two documents (IRIs) say in *network*, relation by relation."""
    first, second = part(network, one), part(network, other)
    common = set(first.nodes) & set(second.nodes)
    a, b = _by_relation(first), _by_relation(second)
    differences = []
    for relation in sorted(a.keys() | b.keys()):
        here, there = a.get(relation, set()), b.get(relation, set())
        possible = {t for t in here | there if t[0] in common and t[2] in common}
        among = len(here & there) / len(possible) if possible else None
        differences.append(
            Difference(
                one,
                other,
                relation,
                tuple(sorted(here & there)),
                tuple(sorted(here - there)),
                tuple(sorted(there - here)),
                among,
            )
        )
    return differences


def comparison(
    store: ox.Store, name: str, values: Mapping[str, str] | None = None
) -> tuple[Network, list[Difference]]:
    """Compare every two documents that the view *name* finds claims in."""
    network = collect(store, name, values)
    pairs = combinations(network.documents(), 2)
    return network, [d for one, other in pairs for d in compare(network, one, other)]
