"""One query: read, evaluated and serialised in one function, on one thread.

A result of pyoxigraph that another thread touches aborts the process, so nothing lazy leaves this module.
"""

from __future__ import annotations

import io
import re
from dataclasses import replace
from itertools import islice
from typing import Any

import pyoxigraph as ox

from kg.evaluation.cutting import cut
from kg.evaluation.messages import Answer, Query
from kg.sparql.errors import ForbiddenOperationError, TooComplexError, UnknownGraphError
from kg.sparql.reading import Reading, bound, next_page, read, refuse_remote, with_limit
from kg.sparql.strictness import check, with_small_booleans

SOLUTION_FORMATS = {
    "application/sparql-results+json": ox.QueryResultsFormat.JSON,
    "application/sparql-results+xml": ox.QueryResultsFormat.XML,
    "text/csv": ox.QueryResultsFormat.CSV,
    "text/tab-separated-values": ox.QueryResultsFormat.TSV,
}
GRAPH_FORMATS = {
    "text/turtle": ox.RdfFormat.TURTLE,
    "application/n-triples": ox.RdfFormat.N_TRIPLES,
    "application/rdf+xml": ox.RdfFormat.RDF_XML,
    "application/ld+json": ox.RdfFormat.JSON_LD,
    "application/trig": ox.RdfFormat.TRIG,
    "application/n-quads": ox.RdfFormat.N_QUADS,
    "text/n3": ox.RdfFormat.N3,
}
LARGE = 2**20
"""Bytes of an answer that it takes long to count the rows of."""
UNKNOWN_FUNCTION = re.compile(r"custom (?:aggregate )?function <([^>]*)> is not supported")
Refused = ForbiddenOperationError | TooComplexError | UnknownGraphError


class TooLargeError(Exception):
    """The serialised result is larger than the limit."""


class NotAcceptedError(Exception):
    """The client accepts no format of this kind of result."""

    def __init__(self, form: str) -> None:
        self.form = form
        super().__init__(form)


class Spool(io.BytesIO):
    """Keeps what is written, and ends the query when that is more than *limit* bytes."""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self.limit = limit

    def write(self, chunk: Any) -> int:
        """Keep *chunk*; raises TooLargeError."""
        if self.tell() + len(chunk) > self.limit:
            raise TooLargeError
        return super().write(chunk)


def graph_iri(reading: Reading, target: Any, base: str | None) -> str:
    """Return the IRI that the token *target* stands for in *reading*."""
    try:
        turtle = reading.resolvable(target)
        return str(next(ox.parse(turtle, format=ox.RdfFormat.TURTLE, base_iri=base)).object.value)
    except (SyntaxError, StopIteration):
        return ""


def absent(iri: str) -> str:
    """Return the note on a graph that the protocol's parameters name and that is not here."""
    return f"there is no graph <{iri}> here, and nothing is fetched: it counts as empty"


def _dataset(store: ox.Store, reading: Reading, query: Query) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return the dataset for the engine, with notes; raises UnknownGraphError for FROM of no graph here."""

    plain = not query.default_graphs and not query.named_graphs
    if plain and not reading.mentions("FROM"):
        return {}, ()

    def has(iri: str) -> bool:
        try:
            return bool(store.contains_named_graph(ox.NamedNode(iri)))
        except ValueError:
            return False

    if plain:
        for target in reading.after("FROM"):
            iri = graph_iri(reading, target, query.base)
            if iri and not has(iri):
                raise UnknownGraphError(iri)
        return {}, ()
    default = [ox.NamedNode(i) for i in query.default_graphs if has(i)]
    named = [ox.NamedNode(i) for i in query.named_graphs if has(i)]
    asked = dict.fromkeys([*query.default_graphs, *query.named_graphs])
    return {"default_graph": default, "named_graphs": named}, tuple(absent(i) for i in asked if not has(i))


def evaluate(store: ox.Store, query: Query, max_bytes: int) -> Answer:
    """Answer *query* from *store*.

    Raises SyntaxError, the errors of ``kg.sparql``, TooLargeError, NotAcceptedError, and RuntimeError where
    the engine gives up. A function that the engine does not know is an error of the expression (SPARQL 1.1,
    § 17.3), noted in the answer.
    """
    reading = read(query.text)
    bound(reading)
    refuse_remote(reading)
    check(reading)
    if (lowered := with_small_booleans(reading)) != reading.text:
        reading = read(lowered)
    dataset, notes = _dataset(store, reading, query)
    unknown: dict[str, None] = {}
    while True:
        try:
            answer = _evaluate(store, reading, query, dataset, max_bytes, tuple(unknown))
            return replace(answer, notes=answer.notes + notes) if notes else answer
        except RuntimeError as error:
            found = UNKNOWN_FUNCTION.search(str(error))
            if not found or found.group(1) in unknown or len(unknown) >= 100:
                raise
            unknown[found.group(1)] = None


def _graph(result: ox.QueryTriples, query: Query, max_bytes: int) -> tuple[bytes, bool]:
    """Return the triples of *result*, serialised, no more than the limit, and whether there were more."""
    assert query.triples is not None
    form = GRAPH_FORMATS[query.triples]
    known = query.prefixes if form in (ox.RdfFormat.TURTLE, ox.RdfFormat.TRIG, ox.RdfFormat.N3) else None
    spool = Spool(max_bytes)
    ox.serialize(islice(result, query.rows), spool, format=form, prefixes=known)
    return spool.getvalue(), next(result, None) is not None


def _evaluate(
    store: ox.Store,
    reading: Reading,
    query: Query,
    dataset: dict[str, Any],
    max_bytes: int,
    unknown: tuple[str, ...],
) -> Answer:
    result = store.query(
        with_limit(reading, query.rows + 1),
        base_iri=query.base,
        prefixes=query.prefixes,
        custom_functions={ox.NamedNode(f): lambda *_: None for f in unknown},
        **dataset,
    )
    notes = tuple(f"the function <{f}> is unknown here: each use of it is an error" for f in unknown)
    spool = Spool(max_bytes)
    if isinstance(result, ox.QueryTriples):
        if query.triples is None:
            raise NotAcceptedError("CONSTRUCT")
        body, more = _graph(result, query, max_bytes)
        return Answer("CONSTRUCT", query.triples, body, more, query.rows, reading.repeatable, None, notes)
    if query.solutions is None:
        raise NotAcceptedError("SELECT")
    result.serialize(spool, format=SOLUTION_FORMATS[query.solutions])
    body = spool.getvalue()
    if isinstance(result, ox.QueryBoolean):
        return Answer("ASK", query.solutions, body, False, query.rows, reading.repeatable, None, notes)
    more = False
    if len(body) < LARGE or with_limit(reading, query.rows) != reading.text:  # not if its own LIMIT is enough
        body, more = cut(body, query.solutions, query.rows)
    following = next_page(reading, query.rows) if more else None
    return Answer("SELECT", query.solutions, body, more, query.rows, reading.repeatable, following, notes)
