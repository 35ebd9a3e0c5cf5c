"""Found, looked for and not found, or not covered: what an answer that is short or empty means.

A coverage record says that somebody looked in a document for a class or a relation. "No" is said only
where every term that a question asks for was looked for in every document it is about.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

import pyoxigraph as ox
from rdflib import URIRef, Variable
from rdflib.namespace import OWL, RDF, RDFS

from kg.algebra import nodes, parse, triple_patterns
from kg.store import evaluate
from kg.vocabulary import DEF, GRO, ontology, relations, shorten
from kg.witness import terms_of

FOUND, NOT_FOUND, NOT_COVERED = "found", "looked-for-and-not-found", "not-covered"
BY_REFERENCE = ("actsFor", "asksAgainst", "concerns", "isRelatedTo")
"""Relations that no reader looks for: they are reference data."""

RECORDS = """
SELECT ?term ?document ?found ?record WHERE {
  ?record a gro:Coverage ; gro:coversTerm ?term ; gro:coversDocument ?document ; gro:found ?found .
}
"""
READ = "SELECT ?document WHERE { ?document gro:hasText ?text } ORDER BY ?document"


@dataclass(frozen=True)
class Cell:
    """One class or relation in one document: how many were found, or None where nobody looked."""

    term: str
    document: str
    found: int | None
    record: str | None


@dataclass(frozen=True)
class Verdict:
    """Which of the three an answer is, and the cells that it falls in."""

    state: str
    cells: tuple[Cell, ...]

    @property
    def gaps(self) -> tuple[Cell, ...]:
        """The cells in which nobody looked."""
        return tuple(c for c in self.cells if c.found is None)


def _rows(store: ox.Store, query: str) -> Iterable[Any]:
    answer = evaluate(store, query)
    assert isinstance(answer, ox.QuerySolutions)
    return answer


def documents(store: ox.Store) -> list[str]:
    """Return the documents that were read, sorted."""
    return [r["document"].value for r in _rows(store, READ)]


def records(store: ox.Store) -> dict[tuple[str, str], Cell]:
    """Return every coverage record by term and document."""
    found = {}
    for row in _rows(store, RECORDS):
        key = (row["term"].value, row["document"].value)
        found[key] = Cell(*key, int(row["found"].value), row["record"].value)
    return found


@cache
def classes() -> tuple[str, ...]:
    """Return the classes that readers look for: those of things, without the ones that only gather others."""
    graph = ontology()
    below = {c for c in graph.transitive_subjects(RDFS.subClassOf, GRO.Matter) if isinstance(c, URIRef)}
    return tuple(
        sorted(str(c) for c in below - {GRO.Matter, GRO.Actor, GRO.Issue} if (c, RDF.type, OWL.Class) in graph)
    )


@cache
def narrower(term: str) -> tuple[str, ...]:
    """Return the classes that stand for *term*: itself, or those below a class that only gathers others."""
    if term in (str(GRO.Actor), str(GRO.Matter)):
        below = {str(c) for c in ontology().transitive_subjects(RDFS.subClassOf, URIRef(term))}
        return tuple(sorted(below & set(classes())))
    return (term,)


def terms_asked(sparql: str) -> list[str]:
    """Return the classes and relations that a query asks for, sorted."""
    algebra = parse(sparql)
    terms = terms_of(algebra)
    for node in nodes(algebra):
        if node.name == "values":
            terms.update(str(v) for row in node.res for v in row.values())
        elif node.name == "RelationalExpression" and node.op == "IN":
            terms.update(str(v) for v in node.other if isinstance(v, URIRef))
    looked_for = {str(r) for r in relations()} - {DEF + n for n in BY_REFERENCE}
    relational = terms & looked_for
    asked = {c for t in terms for c in narrower(t) if c in classes()}
    if not relational and _asks_any_relation(algebra):
        relational = looked_for
    # where a question asks for relations, a class only says of what kind their ends are
    return sorted(relational or asked)


def _asks_any_relation(algebra: Any) -> bool:
    """Tell whether a query leaves open which relation it asks for."""
    return any(isinstance(p, Variable) for _, p, _ in triple_patterns(algebra))


def documents_asked(store: ox.Store, sparql: str) -> list[str]:
    """Return the documents that a query is about: those it names, else all that were read."""
    algebra = parse(sparql)
    named = {str(t) for triple in triple_patterns(algebra) for t in triple if isinstance(t, URIRef)}
    for node in nodes(algebra):
        if node.name == "values":
            named.update(str(v) for row in node.res for v in row.values())
    read = documents(store)
    return [d for d in read if d in named] or read


def cells(store: ox.Store, terms: Iterable[str], about: Iterable[str]) -> tuple[Cell, ...]:
    """Return the coverage of each of *terms* in each document of *about*."""
    known, about = records(store), list(about)
    return tuple(known.get((t, d), Cell(t, d, None, None)) for t in terms for d in about)


def judge(store: ox.Store, sparql: str, rows: int) -> Verdict:
    """Return which of the three an answer of *rows* rows is."""
    found = cells(store, terms_asked(sparql), documents_asked(store, sparql))
    if rows:
        return Verdict(FOUND, found)
    covered = bool(found) and all(c.found is not None for c in found)
    return Verdict(NOT_FOUND if covered else NOT_COVERED, found)


def matrix(store: ox.Store) -> tuple[list[str], list[tuple[str, list[Cell]]]]:
    """Return the documents, and for each class and relation its cell in each document, classes first."""
    read = documents(store)
    looked_for = [str(r) for r in relations() if str(r) not in {DEF + n for n in BY_REFERENCE}]
    terms = [*classes(), *sorted(looked_for)]
    return read, [(t, list(cells(store, [t], read))) for t in terms]


def to_csv(store: ox.Store, reader: Any) -> str:
    """Return the matrix as CSV; an empty cell is written as ``-``: nobody looked."""
    out = io.StringIO()
    writer = csv.writer(out)
    read, rows = matrix(store)
    writer.writerow(["term", "label", *(d.rsplit("/", 1)[-1] for d in read)])
    for term, found in rows:
        counts = ["-" if c.found is None else str(c.found) for c in found]
        writer.writerow([shorten(term), reader.label(term), *counts])
    return out.getvalue()
