"""The ontology at ``/def``: every term with definition, examples, rules, uses, and questions that need it."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from flask import Blueprint, Response, request
from rdflib import BNode, Graph, URIRef
from rdflib.collection import Collection
from rdflib.namespace import OWL, RDF, RDFS, SH, SKOS

from kg import questions
from kg.catalogue import Catalogue
from kg.release import shapes
from kg.vocabulary import DEF, GRO, bind, label, ontology, relations
from kg.web.language import asked_language
from kg.web.reading import page, reading

definitions = Blueprint("definitions", __name__)

FORMATS = {
    "ttl": ("text/turtle", "turtle"),
    "nt": ("application/n-triples", "nt"),
    "jsonld": ("application/ld+json", "json-ld"),
    "rdf": ("application/rdf+xml", "xml"),
}
INSTANCES_SHOWN = 3
LINE, STEP = 26, 190


@dataclass(frozen=True)
class Term:
    """One term of the ontology with what a reader wants to know of it."""

    iri: str
    local: str
    type: str
    parents: tuple[str, ...]
    children: tuple[str, ...]
    domain: tuple[str, ...]
    range: tuple[str, ...]
    rules: tuple[str, ...]
    uses: int
    instances: tuple[str, ...]
    questions: tuple[str, ...]


@definitions.get("/def")
@definitions.get("/def.<suffix>")
def ontology_page(suffix: str = "") -> Response:
    """The whole ontology: as a page for browsers, as RDF for programs."""
    wanted = request.accept_mimetypes.best_match(
        [k for k, _ in FORMATS.values()] + ["text/html"], "text/turtle"
    )
    known = FORMATS.get(suffix) or next((f for f in FORMATS.values() if f[0] == wanted), None)
    if known and suffix != "html":
        body = bind(Graph() + ontology()).serialize(format=known[1], encoding="utf-8")
        return Response(body, content_type=known[0] + ("; charset=utf-8" if known[0] == "text/turtle" else ""))
    language, about = asked_language(), reading().catalogue
    asked, used = questions.questions(), count_uses(about)
    grouped: dict[str, list[Term]] = defaultdict(list)
    for local in sorted({str(s).removeprefix(DEF) for s in ontology().subjects() if str(s).startswith(DEF)}):
        term = read_term(about, local, language, asked, used)
        grouped[term.type].append(term)
    return page(
        "definitions.html",
        groups=[(k, grouped[k]) for k in ("class", "relation", "property", "value") if grouped[k]],
        picture=class_tree(about),
        example=str(SKOS.example),
        definition=str(SKOS.definition),
    )


def read_term(
    about: Catalogue,
    local: str,
    language: str,
    asked: Mapping[str, questions.Question],
    used: Mapping[str, int],
) -> Term:
    """Return what the ontology, the shapes, the release and the questions say of ``gro:local``."""
    graph, term = ontology(), URIRef(DEF + local)
    kind = _type(graph, term)
    stated = (
        [s.iri for s in about.statements.values() if s.predicate == str(term)] if kind == "relation" else []
    )
    times = len(stated) or len(about.instances.get(str(term), ())) or used.get(str(term), 0)
    instances = stated or sorted(about.instances.get(str(term), ()), key=lambda i: (-about.degree(i), i))
    return Term(
        str(term),
        local,
        kind,
        _named(graph.objects(term, RDFS.subClassOf)) + _named(graph.objects(term, RDFS.subPropertyOf)),
        _named(graph.subjects(RDFS.subClassOf, term)) + _named(graph.subjects(RDFS.subPropertyOf, term)),
        _members(graph, term, RDFS.domain),
        _members(graph, term, RDFS.range),
        tuple(_rules().get((str(term), language), ())),
        times,
        tuple(instances[:INSTANCES_SHOWN]),
        tuple(n for n, q in asked.items() if re.search(rf"gro:{re.escape(local)}\b", q.sparql)),
    )


def _type(graph: Graph, term: URIRef) -> str:
    if (term, RDF.type, OWL.Class) in graph:
        return "class"
    if term in relations() or term == GRO.isRelatedTo:
        return "relation"
    is_property = any(
        (term, RDF.type, t) in graph for t in (OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)
    )
    return "property" if is_property else "value"


def _named(nodes: Any) -> tuple[str, ...]:
    return tuple(sorted(str(n) for n in nodes if isinstance(n, URIRef)))


def _members(graph: Graph, term: URIRef, predicate: URIRef) -> tuple[str, ...]:
    """Return the classes that the domain or range names, one by one where it is a union."""
    found: list[str] = []
    for node in graph.objects(term, predicate):
        union = graph.value(node, OWL.unionOf) if isinstance(node, BNode) else None
        found += [str(m) for m in Collection(graph, union)] if union is not None else [str(node)]
    return tuple(found)


@cache
def _rules() -> dict[tuple[str, str], list[str]]:
    """Return the messages of the shapes by term (target class or path) and language."""
    graph = shapes()
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for shape, message in graph.subject_objects(SH.message):
        terms = set(graph.objects(shape, SH.path)) | set(graph.objects(shape, SH.targetClass))
        for owner in graph.subjects(SH.property, shape):
            terms |= set(graph.objects(owner, SH.targetClass))
        for term in terms:
            words, language = str(message), str(getattr(message, "language", "") or "")
            if isinstance(term, URIRef) and words not in found[str(term), language]:
                found[str(term), language].append(words)
    return dict(found)


def count_uses(about: Catalogue) -> Counter[str]:
    """Count how often the release uses each term as a property or as a value."""
    counted: Counter[str] = Counter()
    for properties in about.properties.values():
        for predicate, values in properties.items():
            counted[predicate] += len(values)
            if predicate.startswith(DEF):
                counted.update(v.value for v in values if v.value.startswith(DEF))
    return counted


def class_tree(about: Catalogue) -> dict[str, Any]:
    """Return the classes as a drawn tree: boxes with their place, and the lines between them."""
    graph = ontology()
    classes = {str(c) for c in graph.subjects(RDF.type, OWL.Class) if str(c).startswith(DEF)}
    parents = {
        c: [p for p in _named(graph.objects(URIRef(c), RDFS.subClassOf)) if p in classes] for c in classes
    }
    boxes: list[dict[str, Any]] = []
    lines: list[tuple[int, int, int, int]] = []

    def draw(iri: str, depth: int) -> int:
        top = len(boxes) * LINE + 18
        name = label(graph, URIRef(iri), asked_language())
        boxes.append(
            {"iri": iri, "label": name, "x": depth * STEP + 8, "y": top, "n": len(about.instances.get(iri, ()))}
        )
        for child in sorted(c for c in classes if iri in parents[c][:1]):
            y = draw(child, depth + 1)
            lines.append((depth * STEP + 20, top + 8, (depth + 1) * STEP, y))
        return top

    for root in sorted(c for c in classes if not parents[c]):
        draw(root, 0)
    return {"boxes": boxes, "lines": lines, "height": len(boxes) * LINE + 12, "width": 4 * STEP}
