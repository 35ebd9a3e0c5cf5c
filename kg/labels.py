"""Labels nl and en for what nobody names by hand: claims, passages, selectors and entailments."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from rdflib import Dataset, Graph, URIRef
from rdflib.namespace import RDF, RDFS
from rdflib.term import Literal, Node

from kg.curation import union
from kg.vocabulary import GRO, OA, in_languages, label

DENIED = {"nl": "niet: ", "en": "not: "}
CONDITIONAL = {"nl": "voorwaardelijk", "en": "conditional"}
LINES = {"nl": "regel", "en": "line"}
ANCHOR = {"nl": "anker", "en": "anchor"}


def _as_iri(term: Node | None) -> URIRef:
    return URIRef(str(term))


def claim_label(graph: Graph, claim: Node, language: str) -> str:
    """Return the claim as a sentence, with what keeps it from being asserted in brackets."""
    subject, predicate, obj = (
        label(graph, _as_iri(graph.value(claim, p)), language) for p in (GRO.subject, GRO.predicate, GRO.object)
    )
    stance = [
        label(graph, _as_iri(value), language)
        for value in (graph.value(claim, GRO.realisation), graph.value(claim, GRO.commitment))
        if value not in (None, GRO.ongoing, GRO.realised)
    ]
    if graph.value(claim, GRO.condition) is not None:
        stance.append(CONDITIONAL[language])
    denied = DENIED[language] if graph.value(claim, GRO.polarity) == GRO.negative else ""
    return f"{denied}{subject} – {predicate} – {obj}" + (f" ({', '.join(stance)})" if stance else "")


def passage_label(graph: Graph, passage: Node, language: str) -> str:
    """Return the section and the lines of a passage."""
    section = label(graph, _as_iri(graph.value(passage, GRO.isInSection)), language)
    first, last = graph.value(passage, GRO.firstLine), graph.value(passage, GRO.lastLine)
    lines = f"{LINES[language]} {first}" + (f"–{last}" if last != first else "")
    return f"{section}, {lines}"


def selector_label(graph: Graph, selector: Node, language: str) -> str:
    """Return the anchor phrase itself."""
    return f"{ANCHOR[language]} “{graph.value(selector, OA.exact)}”"


def makers() -> dict[Node, Callable[[Graph, Node, str], str]]:
    """Return what makes the label of each class."""
    return {
        GRO.Claim: claim_label,
        GRO.Entailment: claim_label,
        GRO.Passage: passage_label,
        OA.TextQuoteSelector: selector_label,
    }


def generated(graph: Graph, whole: Graph) -> Iterator[tuple[Node, URIRef, Literal]]:
    """Yield a label in each language for each thing of *graph* that has none; *whole* has the other labels."""
    for kind, make in makers().items():
        for thing in graph.subjects(RDF.type, kind):
            if (thing, RDFS.label, None) not in graph:
                for text in in_languages(make(whole, thing, "nl"), make(whole, thing, "en")):
                    yield thing, RDFS.label, text


def label_everything(dataset: Dataset) -> None:
    """Add the generated labels to the graph that describes each thing."""
    whole = union(dataset)
    for graph in list(dataset.graphs()):
        for triple in list(generated(graph, whole)):
            graph.add(triple)
