"""Where the boxes of a picture stand: in columns by class, or by force; the same network, the same places.

Boxes never overlap, so every label can be read. A picture shows no more boxes and lines than can be read
(``MOST_BOXES``, ``MOST_LINES``): the things with the most edges; how many are left out is said in the picture.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, replace

import rustworkx as rx

from kg.networks.model import Network
from kg.networks.objects import to_rustworkx

MOST_BOXES, MOST_LINES = 60, 90
COLUMN, ROW, WIDTH, HEIGHT = 430.0, 58.0, 210.0, 46.0
APART = (56.0, 34.0)
"""Room between two boxes, across and down, in which an arrow can be seen."""
Places = dict[str, tuple[float, float]]


@dataclass(frozen=True)
class Layout:
    """The nodes that are shown with the centres of their boxes, in pixels from the top left."""

    network: Network
    places: Places
    width: float
    height: float


def shown(network: Network, boxes: int = MOST_BOXES, lines: int = MOST_LINES) -> Network:
    """Return the part of *network* that a picture shows: its most connected nodes that have an edge there."""
    degree = Counter(end for e in network.edges for end in {e.source, e.target})
    best = sorted(network.nodes, key=lambda iri: (-degree[iri], iri))[:boxes]
    rank = {iri: n for n, iri in enumerate(best)}
    inside = [e for e in network.edges if e.source in rank and e.target in rank and e.source != e.target]
    # the lines that come with each box, if boxes are drawn in the order of their rank
    coming = Counter(max(rank[a], rank[b]) for a, b in {(min(e[:2]), max(e[:2])) for e in inside})
    total, last = 0, 1
    for n in range(len(best)):
        total += coming[n]
        if total > lines and n > 1:
            break
        last = n
    edges = tuple(e for e in inside if rank[e.source] <= last and rank[e.target] <= last)
    kept = {end for e in edges for end in (e.source, e.target)}
    nodes = {iri: node for iri, node in network.nodes.items() if iri in kept}
    return replace(network, nodes=nodes, edges=edges)


def layer_of(network: Network, kind: str) -> int:
    """Return the column of a class; classes that the view does not name stand last."""
    return next((n for n, kinds in enumerate(network.layers) if kind in kinds), len(network.layers) - 1)


def _columns(network: Network) -> Places:
    """Stand each class in its column, each node near the middle of its neighbours."""
    neighbours: dict[str, set[str]] = defaultdict(set)
    for edge in network.edges:
        neighbours[edge.source].add(edge.target)
        neighbours[edge.target].add(edge.source)
    columns: list[list[str]] = [[] for _ in network.layers]
    for iri, node in network.nodes.items():
        columns[layer_of(network, node.kind)].append(iri)
    columns = [column for column in columns if column]
    position = {iri: float(n) for column in columns for n, iri in enumerate(column)}
    for sweep in range(12):
        for column in columns if sweep % 2 == 0 else columns[::-1]:
            middle = {
                iri: sum(position[n] for n in neighbours[iri]) / max(len(neighbours[iri]), 1) for iri in column
            }
            column.sort(key=lambda iri: (round(middle[iri], 6), iri))
            position.update({iri: n / max(len(column), 1) for n, iri in enumerate(column)})
    tallest = max(len(column) for column in columns)
    return {
        iri: (x * COLUMN, (y + 0.5) * ROW * tallest / len(column))
        for x, column in enumerate(columns)
        for y, iri in enumerate(column)
    }


def _force(network: Network) -> Places:
    """Stand each connected part by the lengths of its chains (Kamada & Kawai 1989), the parts on shelves."""
    graph, iris = to_rustworkx(network)
    groups = sorted((sorted(group) for group in rx.connected_components(graph)), key=lambda g: (-len(g), g))
    places: Places = {}
    x = y = shelf = 0.0
    limit = max(1500.0, 190.0 * len(iris) ** 0.5)
    for group in groups:
        part = graph.subgraph(group)
        found = rx.kamada_kawai_layout(part)
        side = 29.0 * len(group) ** 0.75
        spots = {
            iris[n]: (round(found[k][0] * side * 2.2, 2), round(found[k][1] * side, 2))
            for k, n in enumerate(group)
        }
        spots = parted(spots)
        left, top = min(a for a, _ in spots.values()), min(b for _, b in spots.values())
        width = max(a for a, _ in spots.values()) - left + WIDTH + APART[0]
        height = max(b for _, b in spots.values()) - top + HEIGHT + APART[1] * 1.5
        if x and x + width > limit:
            x, y, shelf = 0.0, y + shelf, 0.0
        places.update({iri: (a - left + x, b - top + y) for iri, (a, b) in spots.items()})
        x, shelf = x + width, max(shelf, height)
    return places


def parted(places: Places) -> Places:
    """Push boxes apart until none overlaps, each pair along the axis on which they overlap least."""
    spots = {iri: list(place) for iri, place in sorted(places.items())}
    names = list(spots)
    for _ in range(600):
        moved = False
        for n, one in enumerate(names):
            for other in names[n + 1 :]:
                a, b = spots[one], spots[other]
                over_x = WIDTH + APART[0] - abs(a[0] - b[0])
                over_y = HEIGHT + APART[1] - abs(a[1] - b[1])
                if over_x <= 0.01 or over_y <= 0.01:
                    continue
                moved, axis = True, 0 if over_x < over_y else 1
                push = (over_x if axis == 0 else over_y) / 2
                sign = 1 if a[axis] >= b[axis] else -1
                a[axis] += sign * push
                b[axis] -= sign * push
        if not moved:
            break
    return {iri: (place[0], place[1]) for iri, place in spots.items()}


def lay_out(network: Network) -> Layout:
    """Return the places of the boxes of *network*."""
    part = shown(network)
    if not part.nodes:
        return Layout(part, {}, WIDTH, HEIGHT)
    places = _columns(part) if part.layers else _force(part)
    left = min(x for x, _ in places.values()) - WIDTH / 2
    top = min(y for _, y in places.values()) - HEIGHT / 2
    places = {iri: (round(x - left, 1), round(y - top, 1)) for iri, (x, y) in places.items()}
    width = max(x for x, _ in places.values()) + WIDTH / 2
    return Layout(part, places, width, max(y for _, y in places.values()) + HEIGHT / 2)
