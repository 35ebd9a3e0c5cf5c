"""What a release carries beside its data: the description inside the store, and the files beside it."""

from __future__ import annotations

from rdflib import Dataset, Graph, URIRef
from rdflib.namespace import VOID

from kg.publishing.addresses import DATASET, dump
from kg.publishing.dcat import catalogue
from kg.publishing.examples import examples, prefixes
from kg.publishing.void import describe
from kg.vocabulary import GRAPH, bind

DESCRIPTION = URIRef(f"{GRAPH}description")


def add_description(dataset: Dataset, graph: Graph) -> None:
    """Add the description of *dataset* (its triples, each once, are *graph*) as a graph of its own."""
    described = dataset.graph(DESCRIPTION)
    for triple in (*describe(dataset, graph), *prefixes(), *examples()):
        described.add(triple)


def files_beside(dataset: Dataset, release: str, size: int, sha256: str) -> dict[str, bytes]:
    """Return the files that describe one release, by name; the same release gives the same bytes."""
    void = bind(Graph())
    void.bind("void", VOID)
    for triple in dataset.graph(DESCRIPTION):
        void.add(triple)
    void.add((URIRef(DATASET), VOID.dataDump, URIRef(dump(release))))
    return {
        "void.ttl": void.serialize(format="longturtle", encoding="utf-8"),
        "dcat.ttl": catalogue(release, size, sha256).serialize(format="longturtle", encoding="utf-8"),
    }
