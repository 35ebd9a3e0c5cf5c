"""The legend of a picture: what the colours of its boxes and lines mean."""

from __future__ import annotations

from collections import Counter
from html import escape

from kg.networks.model import Edge, Network
from kg.networks.palette import colour
from kg.vocabulary import GRO, label, ontology

MARGIN, LINE = 24.0, 20.0
STROKES = ("#2f5d8a", "#a8570f", "#0b6e4f", "#7a5195", "#b3261e", "#00707f", "#6b6b00", "#8c1c4a", "#444444")
NOT_ASSERTED = {
    "en": "not asserted: a wish, a plan, a condition or a denial",
    "nl": "niet gesteld: een wens, plan, voorwaarde of ontkenning",
}
OTHER = len(STROKES) - 1
REST = {"en": "other relations (point at a line to read which)", "nl": "andere relaties (wijs een lijn aan)"}
DASH = ' stroke-dasharray="6 4"'


def is_asserted(network: Network, edge: Edge) -> bool:
    """Tell whether an edge rests on an asserted claim, or on none."""
    says = [network.evidence[c].says.get("asserted") for c in edge.claims if c in network.evidence]
    return not says or "true" in says


def strokes(network: Network) -> dict[str, int]:
    """Return the stroke of each relation: one for each of the most frequent, and one for all the rest."""
    counted = Counter(e.relations[0] for e in network.edges)
    ordered = sorted(counted, key=lambda relation: (-counted[relation], relation))
    return {relation: min(n, OTHER) for n, relation in enumerate(ordered)}


def class_labels(network: Network, language: str) -> dict[str, str]:
    """Return the classes that a network has nodes of, with the labels that the ontology gives them."""
    kinds = sorted({node.kind for node in network.nodes.values()})
    return {kind: label(ontology(), getattr(GRO, kind), language) for kind in kinds}


def legend(
    network: Network, language: str, number: dict[str, int], top: float, width: float
) -> tuple[list[str], float]:
    """Return the elements of the legend below *top*, and where it ends; *number* has the relations' strokes."""
    entries = [
        ("box", f"k-{kind}", colour(kind), words) for kind, words in class_labels(network, language).items()
    ]
    entries += [
        ("line", f"e{n}", STROKES[n], network.name(r, language)) for r, n in number.items() if n < OTHER
    ]
    if OTHER in number.values():
        entries.append(("line", f"e{OTHER}", STROKES[OTHER], REST[language]))
    if any(not is_asserted(network, e) for e in network.edges):
        entries.append(("dash", "soft", "#444", NOT_ASSERTED[language]))
    x, y, drawn, before = MARGIN, top, [], "box"
    for shape, name, code, words in entries:
        room = 40 + 7.2 * len(words)
        turned, before = before == "box" != shape, shape
        if (turned or x + room > width - MARGIN) and x > MARGIN:
            x, y = MARGIN, y + LINE
        if shape == "box":
            place = f'x="{x:.0f}" y="{y - 11:.0f}" width="18" height="13" rx="3"'
            drawn.append(f'<g class="box {name}"><rect {place} fill="{code}"/></g>')
        else:
            dash = DASH if shape == "dash" else ""
            place = f'd="M{x:.0f} {y - 4:.0f}h18"'
            drawn.append(f'<path class="{name}" {place} stroke="{code}" stroke-width="2.5"{dash}/>')
        place = f'x="{x + 24:.0f}" y="{y:.0f}"'
        drawn.append(f'<text class="ink" {place} font-size="12" fill="#222">{escape(words)}</text>\n')
        x += room
    return drawn, y + LINE
