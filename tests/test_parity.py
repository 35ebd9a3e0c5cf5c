"""What the rules derive on the real data is what two OWL 2 RL reasoners derive, triple by triple."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

import owlrl
import pytest
import reasonable
from rdflib import Dataset, Graph, URIRef
from rdflib.namespace import OWL, RDF, RDFS

from kg.assertion import assert_claims
from kg.curation import load
from kg.entailment import asserted, follow, working_store
from kg.vocabulary import GRO, ontology, relations

Triple = tuple[URIRef, URIRef, URIRef]


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    curated = load()
    assert_claims(curated)
    return curated


@pytest.fixture(scope="module")
def stated(dataset: Dataset) -> dict[str, set[Triple]]:
    """The asserted triples of each speech act: no conclusion has premises of two."""
    by_act = defaultdict(set)
    for _, s, p, o, act in asserted(dataset):
        by_act[act].add((URIRef(s), URIRef(p), URIRef(o)))
    return by_act


def axioms() -> Graph:
    """What OWL 2 RL has to know of the relations; domains and ranges give types, not relations."""
    graph = Graph()
    for s, p, o in ontology():
        if s in relations() and (p == RDFS.subPropertyOf or (p == RDF.type and str(o).startswith(str(OWL)))):
            graph.add((s, p, o))
    return graph


def owlrl_closure(graph: Graph) -> Graph:
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(graph)
    return graph


def reasonable_closure(graph: Graph) -> Graph:
    reasoner = reasonable.PyReasoner()
    reasoner.from_graph(graph)
    closure = Graph()
    for triple in reasoner.reason():
        closure.add(triple)
    return closure


def ours(dataset: Dataset, *, without: str) -> set[tuple[str, ...]]:
    return {c.key for c in follow(working_store(asserted(dataset))) if c.rule != without}


@pytest.mark.parametrize("close", [owlrl_closure, reasonable_closure], ids=["owlrl", "reasonable"])
def test_the_rules_derive_what_an_owl_rl_reasoner_derives(
    close: Callable[[Graph], Graph], dataset: Dataset, stated: dict[str, set[Triple]]
) -> None:
    theirs = set()
    for act, triples in stated.items():
        graph = axioms()
        for triple in triples:
            graph.add(triple)
        for s, p, o in close(graph):
            # Three differences, all by intent: a thing is not related to itself; the top relation says nothing
            # by itself; and the reasoners repeat what was stated.
            if p in relations() and s != o and p != GRO.isRelatedTo and (s, p, o) not in triples:
                theirs.add((str(s), str(p), str(o), act))
    # The fourth: that what serves a subgoal serves the goal is a rule of ours, and no axiom of the ontology.
    mine = ours(dataset, without="subgoal")
    assert theirs <= mine
    assert {k for k in mine - theirs if not follows_from_a_subgoal(k, dataset)} == set()
    assert len(theirs) > 50


def follows_from_a_subgoal(key: tuple[str, ...], dataset: Dataset) -> bool:
    """Whether a conclusion rests, directly or not, on the rule that is no axiom."""
    conclusions = {str(c.iri): c for c in follow(working_store(asserted(dataset)))}
    found = next(c for c in conclusions.values() if c.key == key)
    below = [found]
    while below:
        one = below.pop()
        if one.rule == "subgoal":
            return True
        below += [conclusions[p] for p in one.premises if p in conclusions]
    return False


def test_every_conclusion_names_premises_that_are_there(dataset: Dataset) -> None:
    known = {claim for claim, *_ in asserted(dataset)}
    for conclusion in follow(working_store(asserted(dataset))):
        assert set(conclusion.premises) <= known
        assert conclusion.premises
        known.add(str(conclusion.iri))
