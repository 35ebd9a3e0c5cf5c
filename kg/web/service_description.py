"""What this service can do, in its own vocabulary: https://www.w3.org/TR/sparql11-service-description/."""

from __future__ import annotations

import pyoxigraph as ox

from kg.evaluation.worker import GRAPH_FORMATS, SOLUTION_FORMATS
from kg.web.edition import Edition

SD = "http://www.w3.org/ns/sparql-service-description#"
RDF_TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
FORMATS = "http://www.w3.org/ns/formats/"
FORMAT_NAMES = {
    "application/sparql-results+json": "SPARQL_Results_JSON",
    "application/sparql-results+xml": "SPARQL_Results_XML",
    "text/csv": "SPARQL_Results_CSV",
    "text/tab-separated-values": "SPARQL_Results_TSV",
    "text/turtle": "Turtle",
    "application/n-triples": "N-Triples",
    "application/rdf+xml": "RDF_XML",
    "application/ld+json": "JSON-LD",
    "application/trig": "TriG",
    "application/n-quads": "N-Quads",
    "text/n3": "N3",
}


def describe(edition: Edition, endpoint: str, media_type: str) -> bytes:
    """Return the description as RDF of *media_type*; it says nothing that is not so (no federation)."""

    def sd(name: str) -> ox.NamedNode:
        return ox.NamedNode(SD + name)

    endpoint = endpoint.rstrip("/")
    service, dataset = ox.NamedNode(endpoint), ox.NamedNode(f"{endpoint}#dataset")
    default = ox.NamedNode(f"{endpoint}#default")
    triples = [
        ox.Triple(service, RDF_TYPE, sd("Service")),
        ox.Triple(service, sd("endpoint"), service),
        ox.Triple(service, sd("supportedLanguage"), sd("SPARQL10Query")),
        ox.Triple(service, sd("supportedLanguage"), sd("SPARQL11Query")),
        ox.Triple(service, sd("defaultDataset"), dataset),
        ox.Triple(dataset, RDF_TYPE, sd("Dataset")),
        ox.Triple(dataset, sd("defaultGraph"), default),
        ox.Triple(default, RDF_TYPE, sd("Graph")),
    ]
    if not edition.immutable:
        triples.append(ox.Triple(service, sd("supportedLanguage"), sd("SPARQL11Update")))
    if edition.quads:
        count = ox.Literal(edition.quads)
        triples.append(ox.Triple(dataset, ox.NamedNode("http://rdfs.org/ns/void#triples"), count))
    for kind in (*SOLUTION_FORMATS, *GRAPH_FORMATS):
        triples.append(ox.Triple(service, sd("resultFormat"), ox.NamedNode(FORMATS + FORMAT_NAMES[kind])))
    prefixes = {"sd": SD, "formats": FORMATS, "void": "http://rdfs.org/ns/void#"}
    form = GRAPH_FORMATS[media_type]
    known = prefixes if form in (ox.RdfFormat.TURTLE, ox.RdfFormat.TRIG, ox.RdfFormat.N3) else None
    return ox.serialize(triples, format=form, prefixes=known) or b""
