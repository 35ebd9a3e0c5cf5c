"""Networks of things from named views: collected, written, drawn, measured, compared."""

from kg.networks.collecting import collect, merged
from kg.networks.formats import FORMATS, write
from kg.networks.model import Edge, Network, Node
from kg.networks.objects import to_networkx, to_rustworkx
from kg.networks.sensitivity import measure
from kg.networks.views import view, views

__all__ = [
    "FORMATS",
    "Edge",
    "Network",
    "Node",
    "collect",
    "measure",
    "merged",
    "to_networkx",
    "to_rustworkx",
    "view",
    "views",
    "write",
]
