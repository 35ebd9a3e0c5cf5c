"""What a release carries beside its data: the description inside the store, and the files beside it."""

from __future__ import annotations

import pyoxigraph as ox
from rdflib import Dataset, Graph, URIRef
from rdflib.namespace import DCAT, FOAF, SH, VOID

from kg.publishing.addresses import DATASET, dump
from kg.publishing.dcat import catalogue
from kg.publishing.examples import examples, prefixes
from kg.publishing.void import describe
from kg.vocabulary import GRAPH, PREFIXES

DESCRIPTION = URIRef(f"{GRAPH}description")


def add_description(dataset: Dataset, graph: Graph) -> None:
    """Add the description of *dataset* (its triples, each once, are *graph*) as a graph of its own."""
    described = dataset.graph(DESCRIPTION)
    for triple in (*describe(dataset, graph), *prefixes(), *examples()):
        described.add(triple)


def _turtle(graph: Graph) -> bytes:
    """Return Turtle, the same bytes for the same triples (rdflib numbers unknown prefixes as they come)."""
    lines = graph.serialize(format="nt", encoding="utf-8").splitlines()
    triples = [quad.triple for quad in ox.parse(b"\n".join(sorted(lines)), format=ox.RdfFormat.N_TRIPLES)]
    known = {**PREFIXES, "void": str(VOID), "dcat": str(DCAT), "foaf": str(FOAF), "sh": str(SH)}
    text = b"".join(lines).decode()
    prefixes = {prefix: space for prefix, space in known.items() if f"<{space}" in text}
    return ox.serialize(triples, format=ox.RdfFormat.TURTLE, prefixes=prefixes) or b""


def files_beside(dataset: Dataset, release: str, size: int, sha256: str) -> dict[str, bytes]:
    """Return the files that describe one release, by name; the same release gives the same bytes."""
    void = Graph()
    for triple in dataset.graph(DESCRIPTION):
        void.add(triple)
    void.add((URIRef(DATASET), VOID.dataDump, URIRef(dump(release))))
    return {
        "void.ttl": _turtle(void),
        "dcat.ttl": _turtle(catalogue(release, size, sha256)),
    }
