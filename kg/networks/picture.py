"""A picture of a network: labelled boxes in the colour of their class, a legend, a title; SVG, or PNG of it.

Each relation has a colour in the legend; an edge that is not asserted is dashed. Each box leads to its thing.
CSS classes name what is drawn (``sheet``, ``ink``, ``k-Goal``, ``e0``), so that a page can show it in the dark.
"""

from __future__ import annotations

import textwrap
from collections import defaultdict
from collections.abc import Callable, Iterator
from html import escape

from kg.networks.layout import HEIGHT, WIDTH, Layout, lay_out
from kg.networks.legend import LINE, MARGIN, STROKES, is_asserted, legend, strokes
from kg.networks.model import Network, key
from kg.networks.palette import colour

HEAD = 78.0
FONT = "font-family=\"'DejaVu Sans', 'Noto Sans', Verdana, sans-serif\""
WORDS = {
    "en": {
        "of": "shows {} of {} things and {} of {} edges: those with the most edges",
        "all": "{} things, {} edges",
        "release": "release {}",
        "documents": "claims of",
    },
    "nl": {
        "of": "toont {} van {} dingen en {} van {} verbindingen: die met de meeste verbindingen",
        "all": "{} dingen, {} verbindingen",
        "release": "uitgave {}",
        "documents": "beweringen uit",
    },
}
DEFINED = (
    '<defs><marker id="net-to" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="9" markerHeight="9" '
    'markerUnits="userSpaceOnUse" orient="auto"><path class="tip" d="M0 0L8 4L0 8z" fill="#444"/>'
    "</marker></defs>\n"
)
MOST_PARALLEL = 5
"""Edges drawn between two boxes; more would not be told apart."""


def wrapped(label: str, width: int = 32) -> list[str]:
    """Return a label in at most three lines, cut with … where it is longer (its title has it whole)."""
    return textwrap.wrap(label, width, max_lines=3, placeholder=" …", break_on_hyphens=False) or [""]


def _text(kind: str, x: float, y: float, size: int, fill: str, said: str, more: str = "") -> str:
    return (
        f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{fill}"{more}>'
        f"{escape(said)}</text>"
    )


def _border(place: tuple[float, float], towards: tuple[float, float], room: float) -> tuple[float, float]:
    """Return the point where the line to *towards* leaves the box around *place*."""
    dx, dy = towards[0] - place[0], towards[1] - place[1]
    if not dx and not dy:
        return place
    scale = min((WIDTH / 2 + room) / abs(dx) if dx else 1e9, (HEIGHT / 2 + room) / abs(dy) if dy else 1e9, 1.0)
    return place[0] + dx * scale, place[1] + dy * scale


def ports(layout: Layout) -> dict[tuple[int, str], float]:
    """Return how far above or below the middle of a box's side each edge between columns meets it.

    Keys are the edge's number and the IRI of the box; edges to higher boxes meet it higher.
    """
    sides: dict[tuple[str, bool], list[tuple[float, int]]] = defaultdict(list)
    for n, edge in enumerate(layout.network.edges):
        (x1, y1), (x2, y2) = layout.places[edge.source], layout.places[edge.target]
        if x1 != x2:
            sides[edge.source, x2 > x1].append((y2, n))
            sides[edge.target, x1 > x2].append((y1, n))
    return {
        (n, iri): (place - (len(ends) - 1) / 2) * min(9.0, (HEIGHT - 10) / len(ends))
        for (iri, _), ends in sides.items()
        for place, (_, n) in enumerate(sorted(ends))
    }


def _lines(layout: Layout, language: str, number: dict[str, int]) -> Iterator[str]:
    network = layout.network
    meets = ports(layout) if network.layers else {}
    seen: dict[tuple[str, str], int] = {}
    for n, edge in enumerate(network.edges):
        first, second = sorted((edge.source, edge.target))
        again = seen[first, second] = seen.get((first, second), -1) + 1
        if again >= MOST_PARALLEL:
            continue
        (x1, y1), (x2, y2) = layout.places[edge.source], layout.places[edge.target]
        if network.layers and x1 != x2:  # from side to side, so that no line runs behind its own column
            out = WIDTH / 2 if x2 > x1 else -WIDTH / 2
            start = x1 + out, y1 + meets[n, edge.source]
            end = x2 - out - (3 if out > 0 else -3), y2 + meets[n, edge.target]
        else:
            start, end = _border((x1, y1), (x2, y2), 0), _border((x2, y2), (x1, y1), 3)
        length = max(((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5, 1.0)
        side = (again + 1) // 2 * (18 if again % 2 else -18) * (1 if edge.source == first else -1)
        bend = (0 if (n, edge.source) in meets else side) + length * 0.04
        mx = (start[0] + end[0]) / 2 - bend * (y2 - y1) / length
        my = (start[1] + end[1]) / 2 + bend * (x2 - x1) / length
        names = " | ".join(network.name(r, language) for r in edge.relations)
        source, target = network.name(edge.source, language), network.name(edge.target, language)
        where = " ".join(key(c) for c in edge.claims[:4])
        kind = number[edge.relations[0]]
        dash = "" if is_asserted(network, edge) else ' stroke-dasharray="6 4"'
        head = ' marker-end="url(#net-to)"' if network.directed else ""
        width = min(1.1 + 0.5 * (edge.weight - 1 if edge.weight > 1 else 0), 5)
        yield (
            f'<path class="e{kind}" '
            f'd="M{start[0]:.1f} {start[1]:.1f}Q{mx:.1f} {my:.1f} {end[0]:.1f} {end[1]:.1f}" '
            f'stroke="{STROKES[kind]}" stroke-width="{width:.1f}"{dash}{head}>'
            f"<title>{escape(f'{source} – {names} – {target} ({where})')}</title></path>\n"
        )


def _boxes(layout: Layout, language: str, address: Callable[[str], str]) -> Iterator[str]:
    for iri, (x, y) in layout.places.items():
        node = layout.network.nodes[iri]
        yield (
            f'<a href="{escape(address(iri))}" class="box k-{node.kind}">'
            f"<title>{escape(f'{node.label(language)} ({node.kind}, {key(iri)})')}</title>"
            f'<rect x="{x - WIDTH / 2:.1f}" y="{y - HEIGHT / 2:.1f}" width="{WIDTH:g}" height="{HEIGHT:g}" '
            f'rx="5" fill="{colour(node.kind)}"/>'
        )
        lines = wrapped(node.label(language))
        for n, line in enumerate(lines):
            yield _text(
                "on", x, y + 4 + (n - (len(lines) - 1) / 2) * 13, 11, "#fff", line, ' text-anchor="middle"'
            )
        yield "</a>\n"


def svg(network: Network, language: str = "en", address: Callable[[str], str] = str) -> str:
    """Return the picture as SVG; the same network gives the same bytes.

    Each box is a link to the *address* of its IRI, by default the IRI itself.
    """
    layout, words = lay_out(network), WORDS[language]
    part = layout.network
    number = strokes(part)
    width = max(layout.width + 2 * MARGIN, 760.0)
    explained, foot = legend(part, language, number, HEAD + layout.height + 44, width)
    counts = (len(part.nodes), len(network.nodes), len(part.edges), len(network.edges))
    said = words["all"].format(counts[1], counts[3]) if counts[0] == counts[1] else words["of"].format(*counts)
    said += " · " + words["release"].format(network.release or "–")
    documents = f"{words['documents']} {'; '.join(network.name(d, language) for d in network.documents())}"
    told = textwrap.wrap(documents, int(width / 6.6))
    height = foot + LINE * (len(told) + 1)
    size = f'viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" height="{height:.0f}"'
    title = network.title[language]
    body = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} class="network" role="group" '
        f'aria-labelledby="net-title" {FONT}>\n',
        f'<title id="net-title">{escape(title)}</title>\n',
        DEFINED,
        f'<rect class="sheet" width="{width:.0f}" height="{height:.0f}" fill="#fffefb"/>\n',
        _text("ink", MARGIN, 34, 20, "#1c1c1a", title, ' font-weight="bold"') + "\n",
        _text("soft", MARGIN, 54, 12, "#444", said) + "\n",
        f'<g transform="translate({(width - layout.width) / 2:.1f} {HEAD:g})">',
        '<g fill="none" stroke-opacity=".7">\n',
        *_lines(layout, language, number),
        "</g>\n",
        *_boxes(layout, language, address),
        "</g>\n",
        *explained,
        *(_text("soft", MARGIN, foot + n * LINE, 11, "#444", line) + "\n" for n, line in enumerate(told)),
        "</svg>\n",
    ]
    return "".join(body)


def png(network: Network, language: str = "en") -> bytes:
    """Return the picture as PNG, at twice its size; its letters are those of the machine's own fonts."""
    from resvg_py import svg_to_bytes

    return bytes(svg_to_bytes(svg_string=svg(network, language), zoom=2, background="#fffefb"))
