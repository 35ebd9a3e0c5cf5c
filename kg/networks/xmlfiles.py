"""GraphML and GEXF, written line by line: a network of hundreds of thousands of edges in seconds.

networkx writes both, but slowly, and neither the labels of GEXF edges nor its periods as dates.
GraphML: http://graphml.graphdrawing.org/specification.html · GEXF 1.3: https://gexf.net
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from xml.sax.saxutils import escape, quoteattr

from kg.networks.model import Network, Value, edge_attributes, edge_key, facts, key, node_attributes
from kg.networks.palette import rgb

Attributes = dict[str, Value]
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
TYPES = {bool: "boolean", int: "int", float: "double", str: "string"}
NODE_KEYS: dict[str, type] = dict.fromkeys(("label", "label_nl", "label_en", "class", "iri", "external"), str)
EDGE_KEYS: dict[str, type] = {
    **dict.fromkeys(("label", "label_nl", "relation", "basis", "claim", "passage", "anchor"), str),
    **dict.fromkeys(("document", "document_label", "status", "polarity", "realisation", "commitment"), str),
    **dict.fromkeys(("speechAct", "holder", "asserted", "condition", "start", "end", "via"), str),
    "weight": float,
    "share": float,
    "claims": int,
    "shared": int,
}
"""Every attribute that nodes and edges may have, with its type; the same in every network and release."""


def text(value: Value) -> str:
    """Return *value* as XML character data."""
    return escape(CONTROL.sub("", str(value)))


def _attribute(value: Value) -> str:
    return quoteattr(CONTROL.sub("", str(value)))


def identifier(iri: str) -> str:
    """Return a name for a thing that XML allows as a token."""
    return re.sub(r"[^\w:.\-]", "_", key(iri))


def _keys(domain: str, declared: dict[str, type], prefix: str) -> Iterator[str]:
    for number, (name, kind) in enumerate(declared.items()):
        yield (f'  <key id="{prefix}{number}" for="{domain}" attr.name="{name}" attr.type="{TYPES[kind]}"/>\n')


def _data(numbers: dict[str, str], attributes: Attributes) -> str:
    return "".join(f'<data key="{numbers[n]}">{text(v)}</data>' for n, v in attributes.items())


def _numbers(declared: Iterable[str], prefix: str) -> dict[str, str]:
    return {name: f"{prefix}{number}" for number, name in enumerate(declared)}


def graphml(network: Network) -> Iterator[str]:
    """Yield the lines of a GraphML file."""
    said = facts(network)
    graph_keys: dict[str, type] = {name: type(value) for name, value in said.items()}
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n'
    yield from _keys("graph", graph_keys, "g")
    yield from _keys("node", NODE_KEYS, "n")
    yield from _keys("edge", EDGE_KEYS, "e")
    direction = "directed" if network.directed else "undirected"
    yield f'  <graph id="{network.view}" edgedefault="{direction}">\n'
    yield f"    {_data(_numbers(graph_keys, 'g'), said)}\n"
    numbers = _numbers(NODE_KEYS, "n")
    for iri, node in network.nodes.items():
        yield f'    <node id="{identifier(iri)}">{_data(numbers, node_attributes(network, node))}</node>\n'
    numbers = _numbers(EDGE_KEYS, "e")
    names = {iri: identifier(iri) for iri in network.nodes}
    bare: dict[tuple[tuple[str, ...], str, float], str] = {}  # edges without a claim differ in little else
    for number, edge in enumerate(network.edges, 1):
        same = (edge.relations, edge.basis, edge.weight)
        if edge.claims or same not in bare:
            data = _data(numbers, edge_attributes(network, edge))
            if not edge.claims:
                bare[same] = data
        else:
            data = bare[same]
        name = identifier(edge_key(edge, number)) if edge.claims else f"edge-{number}"
        yield (
            f'    <edge id="{name}" source="{names[edge.source]}" target="{names[edge.target]}">{data}</edge>\n'
        )
    yield "  </graph>\n</graphml>\n"


GEXF_TYPES = {bool: "boolean", int: "integer", float: "double", str: "string"}
RESERVED = ("label", "weight")


def _day(value: str, *, last: bool) -> str:
    """Return the first or the last day of a year, a month or a day.

    >>> _day("2022", last=True), _day("2022-02", last=True), _day("2022-02-24", last=False)
    ('2022-12-31', '2022-02-28', '2022-02-24')
    """
    from calendar import monthrange

    parts = [int(part) for part in value.split("-")]
    if len(parts) == 1:
        return f"{parts[0]:04d}-12-31" if last else f"{parts[0]:04d}-01-01"
    if len(parts) == 2:
        return f"{parts[0]:04d}-{parts[1]:02d}-{monthrange(*parts)[1] if last else 1:02d}"
    return value[:10]


def _period(attributes: Attributes) -> str:
    """Return the start and end attributes of an edge with a stated period; the widest of several."""
    starts, ends = str(attributes.get("start", "")).split(" | "), str(attributes.get("end", "")).split(" | ")
    said = f' start="{_day(min(starts), last=False)}"' if starts[0] else ""
    return said + (f' end="{_day(max(ends), last=True)}"' if ends[0] else "")


def _declare(domain: str, declared: dict[str, type]) -> Iterator[str]:
    yield f'    <attributes class="{domain}" mode="static">\n'
    for name, kind in declared.items():
        if name not in RESERVED:
            yield f'      <attribute id="{name}" title="{name}" type="{GEXF_TYPES[kind]}"/>\n'
    yield "    </attributes>\n"


def _values(attributes: Attributes) -> str:
    inner = "".join(
        f'<attvalue for="{n}" value={_attribute(v)}/>' for n, v in attributes.items() if n not in RESERVED
    )
    return f"<attvalues>{inner}</attvalues>"


def gexf(network: Network) -> Iterator[str]:
    """Yield the lines of a GEXF 1.3 file; edges with a stated period have it as start and end dates."""
    said = facts(network)
    described = "; ".join(f"{name}: {value}" for name, value in said.items())
    dated = any("start" in c.says or "end" in c.says for c in network.evidence.values())
    mode = 'mode="dynamic" timeformat="date"' if dated else 'mode="static"'
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield '<gexf xmlns="http://gexf.net/1.3" xmlns:viz="http://gexf.net/1.3/viz" version="1.3">\n'
    yield f"  <meta><creator>Grotius</creator><description>{text(described)}</description></meta>\n"
    yield f'  <graph defaultedgetype="{"directed" if network.directed else "undirected"}" {mode}>\n'
    yield from _declare("node", NODE_KEYS)
    yield from _declare("edge", EDGE_KEYS)
    yield f'    <nodes count="{len(network.nodes)}">\n'
    for iri, node in network.nodes.items():
        red, green, blue = rgb(node.kind)
        yield (
            f'      <node id="{identifier(iri)}" label={_attribute(node.en)}>'
            f"{_values(node_attributes(network, node))}"
            f'<viz:color r="{red}" g="{green}" b="{blue}"/></node>\n'
        )
    yield f'    </nodes>\n    <edges count="{len(network.edges)}">\n'
    for number, edge in enumerate(network.edges, 1):
        attributes = edge_attributes(network, edge)
        yield (
            f'      <edge id="{identifier(edge_key(edge, number))}" source="{identifier(edge.source)}" '
            f'target="{identifier(edge.target)}" label={_attribute(attributes["label"])} '
            f'weight="{edge.weight:g}"{_period(attributes)}>{_values(attributes)}</edge>\n'
        )
    yield "    </edges>\n  </graph>\n</gexf>\n"
