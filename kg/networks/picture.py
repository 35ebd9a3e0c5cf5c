"""A picture of a network: labelled boxes in the colour of their class, a legend, a title; SVG, or PNG of it.

Each relation has a colour and a letter of its own in the legend; an edge that is not asserted is dashed.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from html import escape

from kg.networks.layout import HEIGHT, WIDTH, Layout, lay_out
from kg.networks.model import Edge, Network, key
from kg.networks.palette import colour

MARGIN, HEAD, LINE = 24.0, 78.0, 20.0
STROKES = ("#2f5d8a", "#a8570f", "#0b6e4f", "#7a5195", "#b3261e", "#00707f", "#6b6b00", "#8c1c4a", "#444444")
FONT = "font-family=\"'DejaVu Sans', 'Noto Sans', Verdana, sans-serif\""
WORDS = {
    "en": {
        "of": "shows {} of {} things and {} of {} edges: those with the most edges",
        "all": "{} things, {} edges",
        "not": "not asserted: a wish, a plan, a condition or a denial",
        "release": "release {}",
        "documents": "claims of",
    },
    "nl": {
        "of": "toont {} van {} dingen en {} van {} verbindingen: die met de meeste verbindingen",
        "all": "{} dingen, {} verbindingen",
        "not": "niet gesteld: een wens, plan, voorwaarde of ontkenning",
        "release": "release {}",
        "documents": "beweringen uit",
    },
}


def wrapped(label: str, width: int = 33) -> list[str]:
    """Return a label in at most two lines, cut with … where it is longer (its title has it whole)."""
    lines = textwrap.wrap(label, width) or [""]
    if len(lines) <= 2:
        return lines
    return [
        lines[0],
        textwrap.shorten(" ".join(lines[1:]), width, placeholder=" …") or lines[1][: width - 1] + "…",
    ]


def is_asserted(network: Network, edge: Edge) -> bool:
    """Tell whether an edge rests on an asserted claim, or on none."""
    says = [network.evidence[c].says.get("asserted") for c in edge.claims if c in network.evidence]
    return not says or "true" in says


def _border(place: tuple[float, float], towards: tuple[float, float], room: float) -> tuple[float, float]:
    """Return the point where the line to *towards* leaves the box around *place*."""
    dx, dy = towards[0] - place[0], towards[1] - place[1]
    if not dx and not dy:
        return place
    scale = min((WIDTH / 2 + room) / abs(dx) if dx else 1e9, (HEIGHT / 2 + room) / abs(dy) if dy else 1e9, 1.0)
    return place[0] + dx * scale, place[1] + dy * scale


def _lines(layout: Layout, language: str, stroke: dict[str, str]) -> Iterator[str]:
    network = layout.network
    seen: dict[tuple[str, str], int] = {}
    for edge in network.edges:
        first, second = sorted((edge.source, edge.target))
        again = seen[first, second] = seen.get((first, second), -1) + 1
        if again > 4:
            continue
        (x1, y1), (x2, y2) = layout.places[edge.source], layout.places[edge.target]
        if network.layers and x1 != x2:  # from side to side, so that no line runs behind its own column
            out = WIDTH / 2 if x2 > x1 else -WIDTH / 2
            start, end = (x1 + out, y1), (x2 - out - (3 if out > 0 else -3), y2)
        else:
            start, end = _border((x1, y1), (x2, y2), 0), _border((x2, y2), (x1, y1), 3)
        length = max(((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5, 1.0)
        side = (again + 1) // 2 * (18 if again % 2 else -18) * (1 if edge.source == first else -1)
        bend = side + length * 0.04
        mx, my = (
            (start[0] + end[0]) / 2 - bend * (y2 - y1) / length,
            (start[1] + end[1]) / 2 + bend * (x2 - x1) / length,
        )
        names = " | ".join(network.name(r, language) for r in edge.relations)
        source, target = network.name(edge.source, language), network.name(edge.target, language)
        dash = "" if is_asserted(network, edge) else ' stroke-dasharray="6 4"'
        head = ' marker-end="url(#to)"' if network.directed else ""
        width = min(1.1 + 0.5 * (edge.weight - 1 if edge.weight > 1 else 0), 5)
        where = " ".join(key(c) for c in edge.claims[:4])
        yield (
            f'<path d="M{start[0]:.1f} {start[1]:.1f}Q{mx:.1f} {my:.1f} {end[0]:.1f} {end[1]:.1f}" '
            f'stroke="{stroke[edge.relations[0]]}" stroke-width="{width:.1f}"{dash}{head}>'
            f"<title>{escape(f'{source} – {names} – {target} ({where})')}</title></path>\n"
        )


def _boxes(layout: Layout, language: str) -> Iterator[str]:
    for iri, (x, y) in layout.places.items():
        node = layout.network.nodes[iri]
        yield (
            f"<g><title>{escape(f'{node.label(language)} ({node.kind}, {key(iri)})')}</title>"
            f'<rect x="{x - WIDTH / 2:.1f}" y="{y - HEIGHT / 2:.1f}" width="{WIDTH:g}" height="{HEIGHT:g}" '
            f'rx="5" fill="{colour(node.kind)}"/>'
        )
        lines = wrapped(node.label(language))
        for number, line in enumerate(lines):
            base = y + 4 + (number - (len(lines) - 1) / 2) * 13
            yield (
                f'<text x="{x:.1f}" y="{base:.1f}" text-anchor="middle" fill="#fff" font-size="11">'
                f"{escape(line)}</text>"
            )
        yield "</g>\n"


def _legend(
    network: Network, language: str, stroke: dict[str, str], labels: dict[str, str], top: float, width: float
) -> tuple[list[str], float]:
    entries = [("box", colour(kind), label) for kind, label in labels.items()]
    entries += [("line", code, network.name(relation, language)) for relation, code in stroke.items()]
    if any(not is_asserted(network, e) for e in network.edges):
        entries.append(("dash", "#444444", WORDS[language]["not"]))
    x, y, drawn = MARGIN, top, []
    for shape, code, label in entries:
        room = 40 + 7.2 * len(label)
        if x + room > width - MARGIN and x > MARGIN:
            x, y = MARGIN, y + LINE
        if shape == "box":
            drawn.append(f'<rect x="{x:.0f}" y="{y - 11:.0f}" width="18" height="13" rx="3" fill="{code}"/>')
        else:
            dash = ' stroke-dasharray="6 4"' if shape == "dash" else ""
            drawn.append(f'<path d="M{x:.0f} {y - 4:.0f}h18" stroke="{code}" stroke-width="2.5"{dash}/>')
        drawn.append(f'<text x="{x + 24:.0f}" y="{y:.0f}" font-size="12" fill="#222">{escape(label)}</text>')
        x += room
    return drawn, y + LINE


def class_labels(network: Network, language: str) -> dict[str, str]:
    """Return the classes that a network has nodes of, with the labels that the ontology gives them."""
    from kg.vocabulary import GRO, label, ontology

    kinds = sorted({node.kind for node in network.nodes.values()})
    return {kind: label(ontology(), getattr(GRO, kind), language) for kind in kinds}


def svg(network: Network, language: str = "en") -> str:
    """Return the picture as SVG; the same network gives the same bytes."""
    layout, words = lay_out(network), WORDS[language]
    part = layout.network
    relations = sorted({e.relations[0] for e in part.edges})
    stroke = {relation: STROKES[n % len(STROKES)] for n, relation in enumerate(relations)}
    width = max(layout.width + 2 * MARGIN, 760.0)
    legend, foot = _legend(
        part, language, stroke, class_labels(part, language), HEAD + layout.height + 44, width
    )
    counts = (len(part.nodes), len(network.nodes), len(part.edges), len(network.edges))
    said = words["all"].format(counts[1], counts[3]) if counts[0] == counts[1] else words["of"].format(*counts)
    documents = "; ".join(network.name(d, language) for d in network.documents())
    shift = (width - layout.width) / 2
    foot_lines = textwrap.wrap(f"{words['documents']} {documents}", int(width / 6.6))
    height = foot + LINE * (len(foot_lines) + 1)
    body = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" '
        f'height="{height:.0f}" role="img" aria-labelledby="title" {FONT}>\n',
        f'<title id="title">{escape(network.title[language])}</title>\n',
        '<defs><marker id="to" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="9" markerHeight="9" '
        'markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0L8 4L0 8z" fill="#444"/></marker></defs>\n',
        f'<rect width="{width:.0f}" height="{height:.0f}" fill="#fffefb"/>\n',
        f'<text x="{MARGIN:g}" y="34" font-size="20" font-weight="bold" fill="#1c1c1a">'
        f"{escape(network.title[language])}</text>\n",
        f'<text x="{MARGIN:g}" y="54" font-size="12" fill="#444">{escape(said)} · '
        f"{escape(words['release'].format(network.release or '–'))}</text>\n",
        f'<g transform="translate({shift:.1f} {HEAD:g})"><g fill="none" stroke-opacity=".7">\n',
        *_lines(layout, language, stroke),
        "</g>\n",
        *_boxes(layout, language),
        "</g>\n",
        *legend,
        *(
            f'<text x="{MARGIN:g}" y="{foot + n * LINE:.0f}" font-size="11" fill="#444">{escape(line)}</text>\n'
            for n, line in enumerate(foot_lines)
        ),
        "</svg>\n",
    ]
    return "".join(body)


def png(network: Network, language: str = "en") -> bytes:
    """Return the picture as PNG, at twice its size; its letters are those of the machine's own fonts."""
    from resvg_py import svg_to_bytes

    return bytes(svg_to_bytes(svg_string=svg(network, language), zoom=2, background="#fffefb"))
