"""Which claims are asserted, and the plain triples they yield.

A claim is asserted when it is affirmative, unconditional, and realised or ongoing, and not merely
advocated. A wish, a plan, a condition or a denial stays in its claim node, so that a naive query never
reports it as policy.
"""

from __future__ import annotations

from collections.abc import Iterator

from rdflib import Dataset, Graph, Literal, URIRef
from rdflib.namespace import DCTERMS, RDF
from rdflib.term import Node

from kg.vocabulary import GRO, ID

NETHERLANDS = URIRef(ID + "country/NLD")
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


def own_positions(dataset: Dataset, graph: Graph) -> Iterator[Triple]:
    """Yield of each claim in *graph* whose own position it is, where it is a document's.

    So it is when its publisher is the holder, and says it of itself, of the document, or of the Netherlands and
    who acts for it: neither a report of what others hold, nor a remark about others.
    """
    for claim, passage in graph.subject_objects(GRO.isStatedIn):
        section = dataset.value(passage, GRO.isInSection)
        document = section and dataset.value(section, GRO.isSectionOf)
        publisher = document and dataset.value(document, DCTERMS.publisher)
        subject = graph.value(claim, GRO.subject)
        if document is None or publisher is None or graph.value(claim, GRO.holder) != publisher:
            continue
        if subject in (publisher, document, NETHERLANDS) or dataset.value(subject, GRO.actsFor):
            yield claim, GRO.isPositionOf, document


def assert_claims(dataset: Dataset) -> None:
    """Add to each named graph what follows from its own claims: ``GRAPH ?g`` says who says so."""
    for graph in list(dataset.graphs()):
        if isinstance(graph.identifier, URIRef):
            for triple in [*derived(graph), *own_positions(dataset, graph)]:
                graph.add(triple)
