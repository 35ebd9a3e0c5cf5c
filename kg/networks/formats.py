"""The formats in which a network is written, with their media types."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from kg.networks import textfiles, xmlfiles
from kg.networks.errors import UnknownNetworkFormatError
from kg.networks.model import Network
from kg.networks.picture import png, svg

Parts = Iterator[bytes]


@dataclass(frozen=True)
class Format:
    """A way to write a network: its name, which is also the suffix of its address, and its media type.

    What is *spoken* is in one language; other formats carry the labels of both.
    """

    name: str
    media_type: str
    write: Callable[[Network, str], Parts]
    spoken: bool = False


def _text(lines: Callable[[Network], Iterator[str]]) -> Callable[[Network, str], Parts]:
    return lambda network, _: (line.encode() for line in lines(network))


FORMATS = {
    f.name: f
    for f in (
        Format("graphml", "application/graphml+xml", _text(xmlfiles.graphml)),
        Format("gexf", "application/gexf+xml", _text(xmlfiles.gexf)),
        Format("dot", "text/vnd.graphviz", _text(textfiles.dot)),
        Format("cytoscape.json", "application/json", _text(textfiles.cytoscape)),
        Format("json", "application/json", _text(textfiles.node_link)),
        Format("csv", "text/csv", _text(textfiles.edge_list)),
        Format("nodes.csv", "text/csv", _text(textfiles.node_list)),
        Format("svg", "image/svg+xml", lambda n, language: iter((svg(n, language).encode(),)), True),
        Format("png", "image/png", lambda n, language: iter((png(n, language),)), True),
    )
}
ALIASES = {"cytoscape": "cytoscape.json", "node-link": "json"}


def format_named(name: str) -> Format:
    """Return the format *name*; raises UnknownNetworkFormatError."""
    found = FORMATS.get(ALIASES.get(name, name))
    if found is None:
        raise UnknownNetworkFormatError(name, FORMATS)
    return found


def write(network: Network, name: str, language: str = "en") -> Parts:
    """Yield the bytes of *network* in the format *name*, in parts."""
    return format_named(name).write(network, language)
