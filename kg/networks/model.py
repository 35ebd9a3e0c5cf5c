"""What a network is: things, the edges that claims put between them, and those claims.

Nodes and edges are plain records; a literal is never a node. Every file that is written and every
networkx object is made from these, with the attributes that :func:`node_attributes` and
:func:`edge_attributes` name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from kg.vocabulary import shorten

Value = str | int | float | bool
PARALLEL = "parallel"
MERGES = (PARALLEL, "relation", "pair")
SEPARATOR = " | "

PROJECTED, REPROJECTED = "projected", "projected and merged"
SAYS: dict[str, dict[str, str]] = {
    PARALLEL: {
        "en": "parallel: one edge for each claim",
        "nl": "parallel: één verbinding voor elke bewering",
    },
    "relation": {
        "en": "merged: one edge for each source, relation and target; weight = number of claims",
        "nl": "samengevoegd: één verbinding per bron, relatie en doel; gewicht = aantal beweringen",
    },
    "pair": {
        "en": "merged: one edge for each source and target; weight = number of claims",
        "nl": "samengevoegd: één verbinding per bron en doel; gewicht = aantal beweringen",
    },
    PROJECTED: {
        "en": "projected, one edge for each document: weight = Newman’s collaboration weight, the sum over "
        "what two things share of 1/(d-1), where d is how many things share it; shared = how many they share",
        "nl": "geprojecteerd, één verbinding per document: gewicht = het samenwerkingsgewicht van Newman, de "
        "som over wat twee dingen delen van 1/(d-1), waarin d het aantal dingen is dat het deelt",
    },
    REPROJECTED: {
        "en": "projected, and merged over documents: weight = the sum of the weights in each document",
        "nl": "geprojecteerd, en samengevoegd over documenten: gewicht = de som van de gewichten per document",
    },
}
"""What the edges of a network are, in words; every file says it."""


class Node(NamedTuple):
    """A thing with its labels, its class (a local name of the ontology) and other people's IRIs for it."""

    iri: str
    nl: str
    en: str
    kind: str
    external: tuple[str, ...] = ()

    def label(self, language: str) -> str:
        """Return the label in *language*, ``nl`` or ``en``."""
        return self.nl if language == "nl" else self.en


class Evidence(NamedTuple):
    """A claim as an edge needs it: where it stands and what it says of itself."""

    iri: str
    document: str
    passages: tuple[str, ...]
    anchors: tuple[str, ...]
    says: Mapping[str, str]


class Edge(NamedTuple):
    """An edge from one thing to another; *claims* are the IRIs of the claims it rests on.

    *share* adds up to 1 over each document of the network: a long document weighs no more than a short one.
    """

    source: str
    target: str
    relations: tuple[str, ...]
    claims: tuple[str, ...] = ()
    weight: float = 1.0
    share: float = 0.0
    basis: str = "claim"
    via: tuple[str, ...] = ()
    document: str = ""


@dataclass(frozen=True)
class Network:
    """Nodes and edges of one view with its parameters, and the labels of all that its edges mention."""

    view: str
    title: Mapping[str, str]
    question: Mapping[str, str]
    parameters: Mapping[str, str]
    release: str
    edges_are: str = PARALLEL
    directed: bool = True
    nodes: Mapping[str, Node] = field(default_factory=dict)
    edges: tuple[Edge, ...] = ()
    evidence: Mapping[str, Evidence] = field(default_factory=dict, repr=False)
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict, repr=False)
    layers: tuple[tuple[str, ...], ...] = ()

    @property
    def is_parallel(self) -> bool:
        """Tell whether two nodes may have several edges."""
        return self.edges_are in (PARALLEL, PROJECTED)

    def name(self, iri: str, language: str = "en") -> str:
        """Return the label of whatever an edge mentions."""
        node = self.nodes.get(iri)
        return node.label(language) if node else self.labels.get(iri, {}).get(language, shorten(iri))

    def documents(self) -> list[str]:
        """Return the IRIs of the documents that the edges rest on."""
        return sorted({d for edge in self.edges for d in documents_of(self, edge)})


def documents_of(network: Network, edge: Edge) -> set[str]:
    """Return the documents whose claims *edge* rests on."""
    return {network.evidence[c].document for c in edge.claims if c in network.evidence}


def key(iri: str) -> str:
    """Return the name of a thing inside a file: its prefixed name, which fits everywhere.

    >>> key("https://w3id.org/grotius/id/country/UKR")
    'country:UKR'
    """
    return shorten(iri)


def edge_key(edge: Edge, number: int) -> str:
    """Return the name of an edge inside a file: its claim where it rests on one alone."""
    alone = len(edge.claims) == 1 and not edge.via and edge.weight == 1
    return shorten(edge.claims[0]) if alone else f"edge-{number}"


def join(values: Iterable[str]) -> str:
    """Return distinct *values* in order, in one text."""
    return SEPARATOR.join(sorted({v for v in values if v}))


def node_attributes(network: Network, node: Node) -> dict[str, Value]:
    """Return the attributes of a node: ``external`` holds IRIs of skos:exactMatch."""
    found: dict[str, Value] = {
        "label": node.en,
        "label_nl": node.nl,
        "label_en": node.en,
        "class": node.kind,
        "iri": node.iri,
    }
    if node.external:
        found["external"] = SEPARATOR.join(node.external)
    return found


SAID = ("status", "polarity", "realisation", "commitment", "speechAct", "holder", "asserted")
TEXTS = ("condition", "start", "end")


def edge_attributes(network: Network, edge: Edge) -> dict[str, Value]:
    """Return the attributes of an edge; where it rests on several claims, their distinct values joined."""
    first = edge.relations[0]
    found: dict[str, Value] = {
        "label": network.name(first) if len(edge.relations) == 1 else join(map(network.name, edge.relations)),
        "label_nl": join(network.name(r, "nl") for r in edge.relations),
        "relation": join(shorten(r) for r in edge.relations),
        "basis": edge.basis,
        "weight": edge.weight,
    }
    if edge.share:
        found["share"] = round(edge.share, 9)
    if edge.via:
        found["shared"] = len(edge.via)
        found["via"] = join(map(shorten, edge.via))
    if not edge.claims:
        return found
    claims = [network.evidence[c] for c in edge.claims if c in network.evidence]
    found["claims"] = len(edge.claims)
    found["claim"] = SEPARATOR.join(edge.claims)
    found["passage"] = join(p for c in claims for p in c.passages)
    found["anchor"] = join(a for c in claims for a in c.anchors)
    found["document"] = join(c.document for c in claims)
    found["document_label"] = join(network.name(c.document) for c in claims)
    for term in SAID:
        if value := join(shorten(c.says.get(term, "")) for c in claims):
            found[term] = value.replace("gro:", "")
    for term in TEXTS:
        if value := join(c.says.get(term, "") for c in claims):
            found[term] = value
    return found


def facts(network: Network) -> dict[str, Value]:
    """Return what the file says of itself: the view, its parameters, the release, what its edges are."""
    parameters = "; ".join(f"{name}={value}" for name, value in network.parameters.items())
    return {
        "title": network.title["en"],
        "titel": network.title["nl"],
        "view": network.view,
        "question": network.question["en"],
        "parameters": parameters,
        "release": network.release,
        "edges": SAYS[network.edges_are]["en"],
        "share": "each document's edges share 1 between them, so that documents of any length weigh the same",
        "nodes": len(network.nodes),
        "edge_count": len(network.edges),
        "licence": "https://creativecommons.org/licenses/by/4.0/",
    }
