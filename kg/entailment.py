"""What follows from asserted claims, by the rules in ``queries/rules/``, each with its premises.

A rule is a SPARQL SELECT that returns ``?subject ?predicate ?object ?act`` and ``?premise1 …``. All
premises of one conclusion share a speech act, so a manifesto never completes a report. Rules are run
until nothing new follows. Superclasses are written as plain types: their premise is the ontology.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox
from rdflib import Dataset, Graph, Literal, URIRef
from rdflib.namespace import RDF, RDFS

from kg.resources import resource
from kg.vocabulary import GRAPH, GRO, ID, ontology

ENTAILED = URIRef(GRAPH + "entailed")
STATEMENT_TERMS = ("subject", "predicate", "object", "speechAct", "isAsserted")
ASSERTED = """PREFIX gro: <https://w3id.org/grotius/def#>
SELECT ?claim ?subject ?predicate ?object ?act WHERE { ?claim gro:isAsserted true ; gro:subject ?subject ;
  gro:predicate ?predicate ; gro:object ?object ; gro:speechAct ?act }"""
"""The statements that rules may use."""


def rule_files() -> list[Path]:
    """Return the rules in the order in which they are tried."""
    return sorted((resource("queries") / "rules").glob("*.rq"))


def entailment_iri(rule: str, key: tuple[str, ...]) -> URIRef:
    """Return the IRI of a conclusion: it depends on what follows and by which rule, on nothing else."""
    return URIRef(f"{ID}entailment/{rule}-{hashlib.sha256(' '.join(key).encode()).hexdigest()[:12]}")


@dataclass(frozen=True, order=True)
class Conclusion:
    """Subject, predicate, object and speech act of what follows, by which rule, and from which statements."""

    key: tuple[str, str, str, str]
    premises: tuple[str, ...]
    rule: str

    @property
    def iri(self) -> URIRef:
        """The IRI of the conclusion."""
        return entailment_iri(self.rule, self.key)

    def triples(self) -> Iterator[tuple[URIRef, URIRef, URIRef | Literal]]:
        """Yield the node with its premises, and the plain triple."""
        subject, predicate, obj, act = (URIRef(k) for k in self.key)
        node = self.iri
        yield node, RDF.type, GRO.Entailment
        yield node, GRO.subject, subject
        yield node, GRO.predicate, predicate
        yield node, GRO.object, obj
        yield node, GRO.speechAct, act
        yield node, GRO.isAsserted, Literal(True)
        yield node, GRO.rule, Literal(self.rule)
        for premise in self.premises:
            yield node, GRO.hasPremise, URIRef(premise)
        yield subject, predicate, obj


def _terms() -> dict[str, ox.NamedNode]:
    return {name: ox.NamedNode(str(getattr(GRO, name))) for name in STATEMENT_TERMS}


def working_store(statements: Iterable[tuple[str, str, str, str, str]]) -> ox.Store:
    """Return a store of the ontology and of *statements*, the only things that rules may see.

    *statements*: the IRIs of each statement, its subject, predicate, object and speech act.
    """
    store, terms = ox.Store(), _terms()
    store.load(ontology().serialize(format="nt").encode(), format=ox.RdfFormat.N_TRIPLES)

    def quads() -> Iterator[ox.Quad]:
        for statement, *ends in statements:
            yield from _statement(statement, ends, terms)

    store.bulk_extend(quads())
    return store


def _statement(statement: str, ends: Iterable[str], terms: dict[str, ox.NamedNode]) -> Iterator[ox.Quad]:
    node = ox.NamedNode(statement)
    for name, end in zip(STATEMENT_TERMS, ends, strict=False):
        yield ox.Quad(node, terms[name], ox.NamedNode(end))
    yield ox.Quad(node, terms["isAsserted"], ox.Literal(True))


def asserted_in(store: ox.Store) -> Iterator[tuple[str, str, str, str, str]]:
    """Yield the asserted claims in a store (in any of its graphs), for ``working_store``."""
    solutions = store.query(ASSERTED, use_default_graph_as_union=True)
    assert isinstance(solutions, ox.QuerySolutions)
    for claim, subject, predicate, obj, act in solutions:
        yield claim.value, subject.value, predicate.value, obj.value, act.value


def _found(store: ox.Store, path: Path) -> Iterator[Conclusion]:
    """Yield what one rule finds, known or new."""
    solutions = store.query(path.read_text(encoding="utf-8"))
    assert isinstance(solutions, ox.QuerySolutions)
    names = [v.value for v in solutions.variables]
    ends = [names.index(n) for n in ("subject", "predicate", "object", "act")]
    premises = [i for i, n in enumerate(names) if n.startswith("premise")]
    for solution in solutions:
        s, p, o, act = (solution[i].value for i in ends)
        yield Conclusion((s, p, o, act), tuple(solution[i].value for i in premises), path.stem)


def follow(store: ox.Store) -> Iterator[Conclusion]:
    """Yield all that follows from a ``working_store``, each conclusion once, by the first rule that finds it.

    Where several premises give one conclusion, the first of them in the order of their IRIs are kept, so that
    the same claims give the same conclusions on any machine. The conclusions are added to *store* as they come.
    """
    known = {(s, p, o, act) for _, s, p, o, act in asserted_in(store)}
    terms, grown = _terms(), True
    while grown:
        grown = False
        for path in rule_files():
            first: dict[tuple[str, str, str, str], Conclusion] = {}
            for found in _found(store, path):
                if found.key not in known and (found.key not in first or found < first[found.key]):
                    first[found.key] = found
            known.update(first)
            store.bulk_extend(q for c in first.values() for q in _statement(str(c.iri), c.key, terms))
            yield from sorted(first.values())
            grown = grown or bool(first)


def asserted(dataset: Dataset) -> Iterator[tuple[str, str, str, str, str]]:
    """Yield the asserted claims of *dataset*, for ``working_store``."""
    for claim in dataset.subjects(GRO.isAsserted, Literal(True)):
        s, p, o, act = (str(dataset.value(claim, getattr(GRO, name))) for name in STATEMENT_TERMS[:4])
        yield str(claim), s, p, o, act


def entail(dataset: Dataset) -> int:
    """Add to the graph ``graph/entailed`` of *dataset* all that follows; return how many conclusions."""
    graph = dataset.graph(ENTAILED)
    count = 0
    for conclusion in follow(working_store(asserted(dataset))):
        count += 1
        for triple in conclusion.triples():
            graph.add(triple)
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
