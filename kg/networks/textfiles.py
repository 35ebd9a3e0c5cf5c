"""DOT, Cytoscape JSON, node-link JSON and CSV lists."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping

from kg.networks.model import Network, edge_attributes, edge_key, facts, key, node_attributes
from kg.networks.objects import to_networkx
from kg.networks.palette import colour
from kg.networks.xmlfiles import EDGE_KEYS, NODE_KEYS


def _quoted(value: object) -> str:
    """Return a double-quoted string of DOT, whose only escape is that of the quotation mark.

    A backslash would be read as an escape by Graphviz's labels, so it is doubled.
    """
    text = str(value).replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
    return f'"{text}"'


def _attributes(attributes: Mapping[str, object]) -> str:
    return ", ".join(f"{name}={_quoted(value)}" for name, value in attributes.items())


def dot(network: Network) -> Iterator[str]:
    """Yield the lines of a DOT file (https://graphviz.org/doc/info/lang.html)."""
    arrow = "->" if network.directed else "--"
    yield f"{'digraph' if network.directed else 'graph'} {_quoted(network.view)} {{\n"
    graph = {("comment" if name == "edges" else name): value for name, value in facts(network).items()}
    yield f"  graph [{_attributes(graph)}];\n"
    yield '  node [shape=box, style="rounded,filled", fontcolor=white, fontname="sans-serif"];\n'
    for iri, node in network.nodes.items():
        drawn = {"fillcolor": colour(node.kind), **node_attributes(network, node)}
        yield f"  {_quoted(key(iri))} [{_attributes(drawn)}];\n"
    for number, edge in enumerate(network.edges, 1):
        said = {"id": edge_key(edge, number), **edge_attributes(network, edge)}
        yield f"  {_quoted(key(edge.source))} {arrow} {_quoted(key(edge.target))} [{_attributes(said)}];\n"
    yield "}\n"


def _json(content: object) -> Iterator[str]:
    yield json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def cytoscape(network: Network) -> Iterator[str]:
    """Yield Cytoscape JSON: ``elements`` with nodes and edges, ``data`` with what the file says of itself."""
    nodes = [
        {"data": {"id": key(iri), "value": key(iri), "name": node.en, **node_attributes(network, node)}}
        for iri, node in network.nodes.items()
    ]
    edges = [
        {
            "data": {
                "id": edge_key(edge, number),
                "key": edge_key(edge, number),
                "source": key(edge.source),
                "target": key(edge.target),
                "interaction": edge_attributes(network, edge)["label"],
                **edge_attributes(network, edge),
            }
        }
        for number, edge in enumerate(network.edges, 1)
    ]
    said = [[name, value] for name, value in facts(network).items()]
    yield from _json(
        {
            "data": said,
            "directed": network.directed,
            "multigraph": network.is_parallel,
            "elements": {"nodes": nodes, "edges": edges},
        }
    )


def node_link(network: Network) -> Iterator[str]:
    """Yield node-link JSON, as ``networkx.node_link_graph`` and d3 read it."""
    from networkx import node_link_data  # here, so that a server's first answer does not wait for it

    yield from _json(node_link_data(to_networkx(network), edges="links"))


def listed(header: list[str], rows: Iterable[Mapping[str, object]]) -> str:
    """Return *rows* as CSV (RFC 4180); what a row does not have stays empty."""
    text = io.StringIO()
    writer = csv.DictWriter(text, header, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def edge_list(network: Network) -> Iterator[str]:
    """Yield a CSV list of edges: ids and labels of both ends, then every attribute; Gephi reads it."""
    ends = ["Source", "Target", "Type", "source_label", "target_label", "source_label_nl", "target_label_nl"]
    kind = "Directed" if network.directed else "Undirected"

    def rows() -> Iterator[dict[str, object]]:
        for number, edge in enumerate(network.edges, 1):
            source, target = network.nodes[edge.source], network.nodes[edge.target]
            labels = (source.en, target.en, source.nl, target.nl)
            known = dict(zip(ends, (key(edge.source), key(edge.target), kind, *labels), strict=True))
            yield {"Id": edge_key(edge, number), **known, **edge_attributes(network, edge)}

    yield listed(["Id", *ends, *EDGE_KEYS], rows())


def node_list(network: Network) -> Iterator[str]:
    """Yield a CSV list of nodes."""
    rows = ({"Id": key(iri), **node_attributes(network, node)} for iri, node in network.nodes.items())
    yield listed(["Id", *NODE_KEYS], rows)
