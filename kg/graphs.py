"""An answer as RDF: the things, claims and passages it rests on, as they stand in the release."""

from __future__ import annotations

import pyoxigraph as ox
from rdflib import Graph, Literal, URIRef
from rdflib.namespace import DCTERMS, PROV, RDFS

from kg.answers import Answer
from kg.view import to_rdflib
from kg.vocabulary import OA, bind


def _describe(store: ox.Store, graph: Graph, iri: str) -> None:
    for quad in store.quads_for_pattern(ox.NamedNode(iri), None, None, ox.DefaultGraph()):
        graph.add((URIRef(iri), to_rdflib(quad.predicate), to_rdflib(quad.object)))


def to_turtle(answer: Answer, store: ox.Store) -> str:
    """Return the triples of what the answer names and rests on, with where the answer came from."""
    graph = bind(Graph())
    proof = answer.proof
    if proof:
        for table in (proof.claims, proof.entailments, proof.passages):
            for iri in table:
                _describe(store, graph, iri)
        for iri in proof.passages:
            for selector in list(graph.objects(URIRef(iri), OA.hasSelector)):
                _describe(store, graph, str(selector))
    for row in answer.rows:
        for cell in row:
            if cell is not None and cell.type == "iri":
                for label in store.quads_for_pattern(
                    ox.NamedNode(cell.value), ox.NamedNode(str(RDFS.label)), None, ox.DefaultGraph()
                ):
                    graph.add((URIRef(cell.value), RDFS.label, to_rdflib(label.object)))
    here = URIRef(f"https://w3id.org/grotius{answer.address}")
    graph.add((here, DCTERMS.title, Literal(answer.title, lang=answer.language)))
    graph.add((here, DCTERMS.identifier, Literal(answer.result_hash)))
    graph.add((here, PROV.wasDerivedFrom, URIRef(f"https://w3id.org/grotius/release/{answer.release['name']}")))
    return str(graph.serialize(format="turtle"))
