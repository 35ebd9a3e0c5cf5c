"""The IRIs of this project: its ontology, its things, its graphs, and the prefixes that shorten them."""

from __future__ import annotations

from functools import cache

from rdflib import Graph, Literal, Namespace, URIRef
from rdflib.namespace import OWL, RDF, RDFS, SKOS, NamespaceManager

from kg.errors import KGError
from kg.resources import resource

DEF = "https://w3id.org/grotius/def#"
ID = "https://w3id.org/grotius/id/"
GRAPH = "https://w3id.org/grotius/graph/"
OA = Namespace("http://www.w3.org/ns/oa#")

ID_CLASSES = {
    "goal": "Goal",
    "result": "IntendedResult",
    "theme": "Theme",
    "instrument": "Instrument",
    "treaty": "Treaty",
    "norm": "LegalNorm",
    "organisation": "Organisation",
    "group": "Group",
    "country": "Country",
    "region": "Region",
    "place": "Place",
    "event": "Event",
    "role": "Role",
    "amount": "Amount",
    "document": "Document",
    "issue": "Issue",
    "claim": "Claim",
    "passage": "Passage",
    "section": "Section",
    "text": "SourceText",
    "coverage": "Coverage",
    "entailment": "Entailment",
    "kind": "Kind",
}
"""The first step of an identifier and the class its things were minted in."""

PREFIXES = {
    "gro": DEF,
    "owl": str(OWL),
    "rdf": str(RDF),
    "rdfs": str(RDFS),
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "skos": str(SKOS),
    "dcterms": "http://purl.org/dc/terms/",
    "oa": str(OA),
    "prov": "http://www.w3.org/ns/prov#",
    **{name: f"{ID}{name}/" for name in ID_CLASSES},
    "selector": f"{ID}selector/",
    "reader": f"{ID}reader/",
    "graph": GRAPH,
}
NAMESPACES = {namespace: prefix for prefix, namespace in PREFIXES.items()}


class UnknownTermError(KGError):
    """The ontology has no such term."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"the ontology has no term gro:{name}: see ontology/core.ttl")


@cache
def ontology() -> Graph:
    """Return the ontology with its alignments, as one graph."""
    graph = Graph()
    for name in ("core.ttl", "alignments.ttl"):
        graph.parse(resource("ontology") / name, format="turtle")
    return graph


@cache
def terms() -> frozenset[str]:
    """Return the local names that the ontology declares."""
    return frozenset(
        str(term).removeprefix(DEF) for term in ontology().subjects(unique=True) if str(term).startswith(DEF)
    )


class _Ontology:
    """``GRO.Claim`` is the IRI of the term; a misspelt term raises."""

    def __getattr__(self, name: str) -> URIRef:
        if name.startswith("__"):
            raise AttributeError(name)
        if name not in terms():
            raise UnknownTermError(name)
        return URIRef(DEF + name)


GRO = _Ontology()


@cache
def relations() -> frozenset[URIRef]:
    """Return the predicates that a claim may state: the properties below ``gro:isRelatedTo``."""
    found = ontology().transitive_subjects(RDFS.subPropertyOf, GRO.isRelatedTo)
    return frozenset(URIRef(str(p)) for p in found if p != GRO.isRelatedTo)


def bind(graph: Graph) -> Graph:
    """Give *graph* the project's prefixes and no others."""
    graph.namespace_manager = NamespaceManager(graph, bind_namespaces="none")
    for prefix, namespace in PREFIXES.items():
        graph.bind(prefix, namespace, override=True)
    return graph


def shorten(iri: str) -> str:
    """Return *iri* with a prefix where one fits.

    >>> shorten("https://w3id.org/grotius/id/country/UKR")
    'country:UKR'
    """
    cut = len(iri)
    while (cut := max(iri.rfind("/", 0, cut), iri.rfind("#", 0, cut))) >= 0:  # where namespaces end
        if prefix := NAMESPACES.get(iri[: cut + 1]):
            return f"{prefix}:{iri[cut + 1 :]}"
    return iri


def expand(name: str) -> str:
    """Return the IRI behind a prefixed name; what has none of our prefixes stays as it is.

    >>> expand("country:UKR")
    'https://w3id.org/grotius/id/country/UKR'
    """
    prefix, colon, local = name.partition(":")
    is_ours = colon and prefix in PREFIXES and not local.startswith("//")
    return PREFIXES[prefix] + local if is_ours else name


def label(graph: Graph, term: URIRef, language: str) -> str:
    """Return the label of *term* in *language* (``nl`` or ``en``), else any label, else its short IRI."""
    found = {o.language: str(o) for o in graph.objects(term, RDFS.label) if isinstance(o, Literal)}
    return found.get(language) or next(iter(found.values()), shorten(str(term)))


def in_languages(nl: str, en: str) -> tuple[Literal, Literal]:
    """Return the two literals of a label."""
    return Literal(nl, lang="nl"), Literal(en, lang="en")
