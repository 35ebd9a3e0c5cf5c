"""What follows from asserted claims, by the rules in ``queries/rules/``, each with its premises.

A rule is a SPARQL SELECT that returns ``?subject ?predicate ?object ?act`` and ``?premise1 …``. All
premises of one conclusion share a speech act, so a manifesto never completes a report. Rules are run
until nothing new follows. Superclasses are written as plain types: their premise is the ontology.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
from rdflib import Dataset, Graph, Literal, URIRef
from rdflib.namespace import RDF, RDFS

from kg.resources import resource
from kg.vocabulary import GRAPH, GRO, ID, ontology

ENTAILED = URIRef(GRAPH + "entailed")
STATEMENT_TERMS = ("subject", "predicate", "object", "speechAct", "isAsserted")


def rule_files() -> list[Path]:
    """Return the rules in the order in which they are tried."""
    return sorted((resource("queries") / "rules").glob("*.rq"))


def entailment_iri(rule: str, key: tuple[str, ...]) -> URIRef:
    """Return the IRI of a conclusion: it depends on what follows and by which rule, on nothing else."""
    return URIRef(f"{ID}entailment/{rule}-{hashlib.sha256(' '.join(key).encode()).hexdigest()[:12]}")


def _working_store(dataset: Dataset) -> ox.Store:
    """Return a store with the asserted claims and the ontology, the only things that rules may see."""
    working = Graph()
    for triple in ontology():
        working.add(triple)
    for claim in dataset.subjects(GRO.isAsserted, Literal(True)):
        for name in STATEMENT_TERMS:
            for value in dataset.objects(claim, getattr(GRO, name)):
                working.add((claim, getattr(GRO, name), value))
    store = ox.Store()
    store.load(working.serialize(format="nt").encode(), format=ox.RdfFormat.N_TRIPLES)
    return store


def _conclusions(store: ox.Store, path: Path) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Yield (subject, predicate, object, act) and the premises that one rule finds, sorted."""
    solutions = store.query(path.read_text(encoding="utf-8"))
    assert isinstance(solutions, ox.QuerySolutions)
    names = [v.value for v in solutions.variables]
    premises = [n for n in names if n.startswith("premise")]
    found = [
        (
            tuple(s[n].value for n in ("subject", "predicate", "object", "act")),
            tuple(s[n].value for n in premises),
        )
        for s in solutions
    ]
    yield from sorted(found)


def _add(store: ox.Store, graph: Graph, rule: str, key: tuple[str, ...], premises: tuple[str, ...]) -> None:
    node = entailment_iri(rule, key)
    subject, predicate, obj, act = (URIRef(k) for k in key)
    described = [
        (node, GRO.subject, subject),
        (node, GRO.predicate, predicate),
        (node, GRO.object, obj),
        (node, GRO.speechAct, act),
        (node, GRO.isAsserted, Literal(True)),
    ]
    for s, p, o in described:
        graph.add((s, p, o))
        term = ox.NamedNode(str(o)) if isinstance(o, URIRef) else ox.Literal(True)
        store.add(ox.Quad(ox.NamedNode(str(s)), ox.NamedNode(str(p)), term))
    graph.add((node, RDF.type, GRO.Entailment))
    graph.add((node, GRO.rule, Literal(rule)))
    for premise in premises:
        graph.add((node, GRO.hasPremise, URIRef(premise)))
    graph.add((subject, predicate, obj))


def entail(dataset: Dataset) -> int:
    """Add to the graph ``graph/entailed`` of *dataset* all that follows; return how many conclusions."""
    store = _working_store(dataset)
    graph = dataset.graph(ENTAILED)
    known = {
        tuple(str(dataset.value(c, p)) for p in (GRO.subject, GRO.predicate, GRO.object, GRO.speechAct))
        for c in dataset.subjects(GRO.isAsserted, Literal(True))
    }
    count = 0
    while True:
        before = count
        for path in rule_files():
            for key, premises in _conclusions(store, path):
                if key not in known:
                    known.add(key)
                    _add(store, graph, path.stem, key, premises)
                    count += 1
        if count == before:
            break
    _add_types(dataset, graph)
    return count


def _add_types(dataset: Dataset, graph: Graph) -> None:
    for subclass, superclass in _superclasses():
        for thing in dataset.subjects(RDF.type, subclass):
            if (thing, RDF.type, superclass) not in dataset:
                graph.add((thing, RDF.type, superclass))


def _superclasses() -> Iterator[tuple[URIRef, URIRef]]:
    for subclass in sorted(set(ontology().subjects(RDFS.subClassOf)), key=str):
        for superclass in ontology().transitive_objects(subclass, RDFS.subClassOf):
            if superclass != subclass and isinstance(superclass, URIRef):
                yield URIRef(str(subclass)), superclass
