"""VoID: how many of what, and which sets of links lead where (https://www.w3.org/TR/void/)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from hashlib import sha256

from rdflib import Dataset, Graph, Literal, URIRef
from rdflib.namespace import DCTERMS, FOAF, RDF, RDFS, VOID, XSD
from rdflib.term import Node

from kg.linking.index import SPACES
from kg.links import MATCHES
from kg.publishing.addresses import DATA_LICENCE, DATASET, DESCRIPTION, HOME, SPARQL, TITLE
from kg.vocabulary import DEF, GRAPH, ID, PREFIXES, shorten

Triple = tuple[Node, Node, Node]
LINKS = f"{GRAPH}links/"


def number(count: int) -> Literal:
    """Return a count as a literal."""
    return Literal(count, datatype=XSD.integer)


def labelled(thing: URIRef, nl: str, en: str) -> Iterator[Triple]:
    """Yield the two labels of a described thing."""
    yield thing, RDFS.label, Literal(nl, lang="nl")
    yield thing, RDFS.label, Literal(en, lang="en")


def part(kind: str, of: str) -> URIRef:
    """Return the IRI of a part of the description: stable, made of what it is a part for."""
    return URIRef(f"{ID}description/{kind}-{sha256(of.encode()).hexdigest()[:12]}")


def _partitions(graph: Graph) -> Iterator[Triple]:
    dataset = URIRef(DATASET)
    kinds = Counter(str(o) for o in graph.objects(None, RDF.type))
    used = Counter(str(p) for p in graph.predicates())
    for name, count in sorted(kinds.items()):
        node = part("class", name)
        yield dataset, VOID.classPartition, node
        yield node, RDF.type, VOID.Dataset
        yield node, VOID["class"], URIRef(name)
        yield node, VOID.entities, number(count)
        yield from labelled(node, f"deel: {shorten(name)}", f"part: {shorten(name)}")
    for name, count in sorted(used.items()):
        node = part("property", name)
        yield dataset, VOID.propertyPartition, node
        yield node, RDF.type, VOID.Dataset
        yield node, VOID.property, URIRef(name)
        yield node, VOID.triples, number(count)
        yield from labelled(node, f"deel: {shorten(name)}", f"part: {shorten(name)}")


def linksets(dataset: Dataset) -> Iterator[Triple]:
    """Yield a linkset for each mapping set, relation and other dataset, with its number of links."""
    counts: Counter[tuple[str, URIRef, str]] = Counter()
    for graph in dataset.graphs():
        name = str(graph.identifier)
        if not name.startswith(LINKS):
            continue
        for predicate in MATCHES.values():
            for obj in graph.objects(None, predicate):
                scheme = next((s for s, space in SPACES.items() if str(obj).startswith(space)), "others")
                counts[name, predicate, scheme] += 1
    for (name, predicate, scheme), count in sorted(counts.items()):
        node = part("linkset", f"{name} {predicate} {scheme}")
        target = part("dataset", scheme)
        short = f"{name.removeprefix(LINKS)} → {scheme} ({shorten(str(predicate))})"
        yield node, RDF.type, VOID.Linkset
        yield URIRef(DATASET), VOID.subset, node
        yield node, VOID.subjectsTarget, URIRef(DATASET)
        yield node, VOID.objectsTarget, target
        yield node, VOID.linkPredicate, predicate
        yield node, VOID.triples, number(count)
        yield node, DCTERMS.source, URIRef(name)
        yield from labelled(node, f"koppelingen {short}", f"links {short}")
        yield target, RDF.type, VOID.Dataset
        yield from labelled(target, scheme, scheme)
        if scheme in SPACES:
            yield target, VOID.uriSpace, Literal(SPACES[scheme])


def describe(dataset: Dataset, graph: Graph) -> Iterator[Triple]:
    """Yield the VoID description of *dataset*, whose triples, each once, are *graph*."""
    this = URIRef(DATASET)
    yield this, RDF.type, VOID.Dataset
    for language in ("nl", "en"):
        yield this, RDFS.label, Literal(TITLE[language], lang=language)
        yield this, DCTERMS.title, Literal(TITLE[language], lang=language)
        yield this, DCTERMS.description, Literal(DESCRIPTION[language], lang=language)
    yield this, DCTERMS.license, URIRef(DATA_LICENCE)
    yield this, FOAF.homepage, URIRef(HOME)
    yield this, VOID.sparqlEndpoint, URIRef(SPARQL)
    yield this, VOID.uriSpace, Literal(ID)
    yield this, VOID.triples, number(len(graph))
    yield (
        this,
        VOID.entities,
        number(sum(1 for s in graph.subjects(RDF.type, unique=True) if str(s).startswith(ID))),
    )
    yield this, VOID.distinctSubjects, number(sum(1 for _ in graph.subjects(unique=True)))
    yield this, VOID.classes, number(sum(1 for _ in graph.objects(None, RDF.type, unique=True)))
    yield this, VOID.properties, number(sum(1 for _ in graph.predicates(unique=True)))
    yield this, VOID.exampleResource, URIRef(f"{PREFIXES['country']}UKR")
    yield this, VOID.vocabulary, URIRef(DEF.rstrip("#"))
    yield from _partitions(graph)
    yield from linksets(dataset)
