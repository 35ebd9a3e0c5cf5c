"""Rules that the real graph keeps, whatever is added to it."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from rdflib import BNode

from kg.checks import graph_checks
from kg.curation import load
from kg.questions import questions
from kg.vocabulary import DEF, terms
from tests.conftest import select


def test_the_graph_passes_every_check(store: ox.Store) -> None:
    assert graph_checks(store) == []


def test_every_claim_has_a_passage_with_an_anchor(store: ox.Store) -> None:
    rows = select(
        store,
        "SELECT ?c { ?c a gro:Claim FILTER NOT EXISTS { ?c gro:isStatedIn/oa:hasSelector/oa:exact ?x } }",
    )
    assert rows == []


def test_no_wish_plan_condition_or_denial_is_a_plain_triple(store: ox.Store) -> None:
    rows = select(
        store,
        """SELECT ?c { ?c a gro:Claim ; gro:subject ?s ; gro:predicate ?p ; gro:object ?o .
          { ?c gro:polarity gro:negative } UNION { ?c gro:condition ?x }
          UNION { ?c gro:realisation ?r FILTER (?r IN (gro:planned, gro:hypothetical)) }
          UNION { ?c gro:commitment ?m FILTER (?m IN (gro:advocated, gro:intended)) }
          ?s ?p ?o
          FILTER NOT EXISTS {
            ?other gro:isAsserted true ; gro:subject ?s ; gro:predicate ?p ; gro:object ?o } }""",
    )
    assert rows == []


def test_there_are_no_blank_nodes_in_data() -> None:
    data = [g for g in load().graphs() if "ontology" not in str(g.identifier)]
    blank = [s for g in data for s in g.subjects() if isinstance(s, BNode)]
    assert blank == []


def test_an_entailment_never_crosses_speech_acts(store: ox.Store) -> None:
    rows = select(
        store,
        """SELECT ?e { ?e a gro:Entailment ; gro:speechAct ?a ; gro:hasPremise/gro:speechAct ?b
          FILTER (?a != ?b) }""",
    )
    assert rows == []


@pytest.mark.parametrize("name", sorted(terms()))
def test_a_term_has_labels_a_definition_and_an_example(name: str, store: ox.Store) -> None:
    rows = select(
        store,
        f"""SELECT ?kind ?en ?nl ?den ?dnl ?x ?counter {{ VALUES ?t {{ <{DEF}{name}> }} ?t a ?kind .
          OPTIONAL {{ ?t rdfs:label ?en FILTER (LANG(?en) = "en") }}
          OPTIONAL {{ ?t rdfs:label ?nl FILTER (LANG(?nl) = "nl") }}
          OPTIONAL {{ ?t skos:definition ?den FILTER (LANG(?den) = "en") }}
          OPTIONAL {{ ?t skos:definition ?dnl FILTER (LANG(?dnl) = "nl") }}
          OPTIONAL {{ ?t skos:example ?x }} OPTIONAL {{ ?t gro:counterExample ?counter }} }}""",
    )
    assert rows and all("en" in r and "nl" in r for r in rows)
    kinds = {r["kind"].rsplit("#", 1)[1] for r in rows}
    if kinds & {"Class", "ObjectProperty", "DatatypeProperty", "AnnotationProperty"}:
        assert all({"den", "dnl", "x"} <= r.keys() for r in rows)
    if "Class" in kinds:
        assert all("counter" in r for r in rows)


@pytest.mark.parametrize("name", sorted(questions()))
def test_a_question_finds_something_with_its_default_blanks(name: str, store: ox.Store) -> None:
    assert next(iter(select(store, questions()[name].sparql)), None) is not None


def test_every_object_of_a_triple_is_described(store: ox.Store) -> None:
    rows = select(
        store,
        """SELECT DISTINCT ?o { ?s ?p ?o FILTER (isIRI(?o) && STRSTARTS(STR(?o), "https://w3id.org/grotius/id/"))
          FILTER NOT EXISTS { ?o a ?c } }""",
    )
    assert rows == []
