"""Everything the graph says of one thing: its triples, and the claims about it with their passages."""

from __future__ import annotations

from dataclasses import dataclass

import pyoxigraph as ox
from rdflib import Graph

from kg.errors import KGError
from kg.store import evaluate
from kg.vocabulary import DEF, ID, OA, bind, expand, shorten

CLAIMS = """
SELECT ?claim ?label ?asserted ?document ?line ?exact ?start ?end ?source ?contextStart ?contextEnd
WHERE {
  VALUES ?thing { <THING> }
  { ?claim gro:subject ?thing } UNION { ?claim gro:object ?thing }
  ?claim a gro:Claim ; rdfs:label ?label ; gro:isAsserted ?asserted ; gro:isStatedIn ?passage .
  ?passage gro:isInSection/gro:isSectionOf/rdfs:label ?document ; gro:firstLine ?line ; oa:hasSource ?source ;
    gro:contextStart ?contextStart ; gro:contextEnd ?contextEnd ; oa:hasSelector ?selector .
  ?selector oa:exact ?exact ; oa:start ?start ; oa:end ?end .
  FILTER (LANG(?label) = "LANGUAGE" && LANG(?document) = "LANGUAGE")
} ORDER BY ?document ?line ?claim ?start
"""

FACTS = """
SELECT ?p ?o ?pLabel ?oLabel WHERE {
  <THING> ?p ?o .
  OPTIONAL { ?p rdfs:label ?pLabel . FILTER (LANG(?pLabel) = "LANGUAGE") }
  OPTIONAL { ?o rdfs:label ?oLabel . FILTER (LANG(?oLabel) = "LANGUAGE") }
} ORDER BY ?pLabel ?oLabel ?o
"""


class UnknownThingError(KGError):
    """Nothing in the graph has this IRI."""

    def __init__(self, iri: str) -> None:
        self.iri = iri
        super().__init__(
            f"nothing in the graph has the IRI {shorten(iri)}: look it up with `kg sparql` or at /sparql"
        )


@dataclass(frozen=True)
class Evidence:
    """One claim about a thing with one anchor of one of its passages."""

    claim: str
    label: str
    asserted: bool
    document: str
    line: int
    anchor: str
    start: int
    end: int
    source: str
    context: tuple[int, int]


@dataclass(frozen=True)
class Fact:
    """One triple of a thing, with labels where there are any."""

    predicate: str
    predicate_label: str
    object: str
    object_label: str
    is_iri: bool


@dataclass(frozen=True)
class Description:
    """A thing with its label, its triples and the evidence about it."""

    iri: str
    label: str
    facts: tuple[Fact, ...]
    evidence: tuple[Evidence, ...]


def to_iri(name: str) -> str:
    """Return the IRI behind a prefixed name or a path such as ``country/UKR``; IRIs stay as they are."""
    iri = expand(name)
    return iri if "://" in iri else ID + name.removeprefix("/").removeprefix("id/")


def _select(store: ox.Store, query: str, iri: str, language: str) -> list[ox.QuerySolution]:
    solutions = evaluate(store, query.replace("THING", iri).replace("LANGUAGE", language))
    assert isinstance(solutions, ox.QuerySolutions)
    return list(solutions)


def exists(store: ox.Store, iri: str) -> bool:
    """Tell whether the graph says anything of *iri*."""
    try:
        return next(store.quads_for_pattern(ox.NamedNode(iri), None, None), None) is not None
    except ValueError:
        return False


def describe(store: ox.Store, iri: str, language: str = "en") -> Description:
    """Return what the graph says of *iri*; raises UnknownThingError."""
    if not exists(store, iri):
        raise UnknownThingError(iri)
    facts = tuple(
        Fact(
            s["p"].value,
            s["pLabel"].value if s["pLabel"] else shorten(s["p"].value),
            s["o"].value,
            s["oLabel"].value if s["oLabel"] else shorten(s["o"].value),
            isinstance(s["o"], ox.NamedNode),
        )
        for s in _select(store, FACTS, iri, language)
        if not (isinstance(s["o"], ox.Literal) and s["o"].language not in (None, language))
    )
    evidence = tuple(
        Evidence(
            s["claim"].value,
            s["label"].value,
            s["asserted"].value == "true",
            s["document"].value,
            int(s["line"].value),
            s["exact"].value,
            int(s["start"].value),
            int(s["end"].value),
            s["source"].value,
            (int(s["contextStart"].value), int(s["contextEnd"].value)),
        )
        for s in _select(store, CLAIMS, iri, language)
    )
    name = next((f.object_label for f in facts if f.predicate.endswith("rdf-schema#label")), shorten(iri))
    return Description(iri, name, facts, evidence)


def graph_of(store: ox.Store, iri: str) -> Graph:
    """Return the triples of *iri*, of the claims about it and of their passages, as an rdflib graph."""
    if not exists(store, iri):
        raise UnknownThingError(iri)
    query = f"""CONSTRUCT {{ <{iri}> ?p ?o . ?claim ?cp ?co . ?passage ?pp ?po . ?selector ?sp ?so }} WHERE {{
      {{ <{iri}> ?p ?o }} UNION {{
        {{ ?claim <{DEF}subject> <{iri}> }} UNION {{ ?claim <{DEF}object> <{iri}> }} ?claim ?cp ?co
        OPTIONAL {{ ?claim <{DEF}isStatedIn> ?passage . ?passage ?pp ?po .
          OPTIONAL {{ ?passage <{OA.hasSelector}> ?selector . ?selector ?sp ?so }} }} }} }}"""
    triples = evaluate(store, query)
    assert isinstance(triples, ox.QueryTriples)
    data = triples.serialize(format=ox.RdfFormat.N_TRIPLES) or b""
    return bind(Graph().parse(data=data, format="nt"))
