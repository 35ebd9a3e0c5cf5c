"""HermiT: the ontology is consistent, it sees every class, and a contradiction is found and explained."""

from __future__ import annotations

from rdflib import Graph, URIRef
from rdflib.namespace import OWL, RDF

from kg.reasoning import reason
from kg.vocabulary import GRO, ID, ontology


def named_classes(graph: Graph) -> int:
    return sum(1 for c in graph.subjects(RDF.type, OWL.Class) if isinstance(c, URIRef))


def test_the_reasoner_sees_as_many_classes_as_rdflib_does(tiny: Graph) -> None:
    verdict = reason(ontology() + tiny)
    assert verdict.consistent
    assert verdict.classes == named_classes(ontology())


def test_a_seeded_contradiction_is_found_and_explained(tiny: Graph) -> None:
    tiny.add((URIRef(ID + "instrument/fund"), RDF.type, GRO.Country))
    verdict = reason(ontology() + tiny)
    assert not verdict.consistent
    assert len(verdict.explanation) == 2
    assert all("instrument:fund" in line for line in verdict.explanation)


def test_a_relation_that_leaves_its_range_is_a_contradiction(tiny: Graph) -> None:
    tiny.add((URIRef(ID + "instrument/fund"), GRO.isActiveIn, URIRef(ID + "amount/ten")))
    assert not reason(ontology() + tiny).consistent
