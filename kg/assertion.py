"""Which claims are asserted, and the plain triples they yield.

A claim is asserted when it is affirmative, unconditional, and realised or ongoing, and not merely
advocated. A wish, a plan, a condition or a denial stays in its claim node, so that a naive query never
reports it as policy.
"""

from __future__ import annotations

from collections.abc import Iterator

from rdflib import Dataset, Graph, Literal, URIRef
from rdflib.namespace import RDF
from rdflib.term import Node

from kg.vocabulary import GRO

Triple = tuple[Node, Node, Node]


def is_asserted(graph: Graph, claim: Node) -> bool:
    """Tell whether *claim*, described in *graph*, yields a plain triple."""
    return (
        graph.value(claim, GRO.polarity) == GRO.affirmative
        and graph.value(claim, GRO.realisation) in (GRO.realised, GRO.ongoing)
        and graph.value(claim, GRO.commitment) in (None, GRO.decided)
        and graph.value(claim, GRO.condition) is None
    )


def plain_triple(graph: Graph, claim: Node) -> Triple | None:
    """Return subject, predicate and object of *claim*; None where one is missing."""
    parts = (graph.value(claim, p) for p in (GRO.subject, GRO.predicate, GRO.object))
    subject, predicate, obj = parts
    return None if subject is None or predicate is None or obj is None else (subject, predicate, obj)


def derived(graph: Graph) -> Iterator[Triple]:
    """Yield what the claims of *graph* entail by themselves: the flag on each, and the plain triples."""
    for claim in graph.subjects(RDF.type, GRO.Claim):
        asserted = is_asserted(graph, claim)
        yield claim, GRO.isAsserted, Literal(asserted)
        triple = plain_triple(graph, claim)
        if asserted and triple:
            yield triple


def assert_claims(dataset: Dataset) -> None:
    """Add to each named graph the plain triples of its own asserted claims: ``GRAPH ?g`` says who says so."""
    for graph in list(dataset.graphs()):
        if isinstance(graph.identifier, URIRef):
            for triple in list(derived(graph)):
                graph.add(triple)
