"""Engine mode: a SPARQL server behind this one; ours stays the negotiation, the limits and the errors.

Results are read and written again, so that every engine answers alike.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from urllib.parse import urlencode, urlsplit, urlunsplit

import pyoxigraph as ox
import urllib3

from kg.evaluation.cutting import cut
from kg.evaluation.errors import (
    BusyError,
    EvaluationError,
    NotAcceptableError,
    QueryTimeoutError,
    ResultTooLargeError,
)
from kg.evaluation.messages import Answer, Query
from kg.evaluation.worker import GRAPH_FORMATS, SOLUTION_FORMATS, absent, graph_iri
from kg.sparql.errors import UnknownGraphError
from kg.sparql.reading import Reading, bound, next_page, read, refuse_remote, with_limit
from kg.sparql.strictness import check, with_small_booleans
from kg.store import QuerySyntaxError
from kg.web.errors import EngineError
from kg.web.settings import Settings

FORM = "application/x-www-form-urlencoded"
TOO_MANY_TO_SORT = "SR353"
"""Virtuoso's word for a LIMIT beside ORDER BY that is larger than it sorts for one, though it sorts without."""
SHORTENED = ("X-SPARQL-MaxRows", "X-SPARQL-Anytime")
"""Headers by which an engine says that it shortened its answer."""


def addresses(settings: Settings) -> tuple[str, str, str]:
    """Return where the engine takes queries, updates and graphs.

    >>> addresses(Settings(store="http://localhost:7878"))
    ('http://localhost:7878/query', 'http://localhost:7878/update', 'http://localhost:7878/store')
    >>> addresses(Settings(store="http://localhost:8890/sparql"))[2]
    'http://localhost:8890/sparql-graph-crud'
    """
    scheme, host, path, _, _ = urlsplit(settings.store)
    path = path if path.strip("/") else "/query"

    def at(name: str) -> str:
        return urlunsplit((scheme, host, name, "", ""))

    stem = path.rsplit("/", 1)[0]
    if path.endswith("/query"):
        update, graphs = at(f"{stem}/update"), at(f"{stem}/store")
    else:
        update, graphs = at(path), at(f"{path}-graph-crud")
    return at(path), settings.store_update or update, settings.store_graphs or graphs


@dataclass(frozen=True)
class Reply:
    """What the engine answered, read to its end."""

    status: int
    headers: dict[str, str]
    whole: bytes


def truth(reply: Reply) -> bool:
    """Return the answer to an ASK query; Virtuoso gives it as a table of one number."""
    kind = reply.headers.get("Content-Type", "").partition(";")[0].strip()
    source = ox.QueryResultsFormat.from_media_type(kind) or ox.QueryResultsFormat.JSON
    result = ox.parse_query_results(reply.whole, format=source)
    if isinstance(result, ox.QueryBoolean):
        return bool(result)
    assert isinstance(result, ox.QuerySolutions)
    return any(term.value in ("1", "true") for row in result for term in row if isinstance(term, ox.Literal))


def boolean(value: bool, media_type: str) -> bytes:
    """Return *value* as an answer of *media_type*."""
    answer = ox.Store().query("ASK {}" if value else "ASK { FILTER(false) }")
    assert isinstance(answer, ox.QueryBoolean)
    return answer.serialize(format=SOLUTION_FORMATS[media_type]) or b""


class Engine:
    """A SPARQL 1.1 server that is spoken to over HTTP."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.query_address, self.update_address, self.graphs_address = addresses(settings)
        self.http = urllib3.PoolManager(maxsize=settings.workers, retries=False, block=True)

    def close(self) -> None:
        """Close the connections."""
        self.http.clear()

    def send(self, method: str, address: str, body: bytes, headers: dict[str, str], megabytes: int) -> Reply:
        """Return the engine's response, its body read; redirects are not followed.

        Raises EngineError, QueryTimeoutError, ResultTooLargeError, BusyError.
        """
        limit = self.settings.timeout
        deadline = time.monotonic() + limit
        try:
            response = self.http.request(
                method,
                address,
                body=body or None,
                headers=headers,
                redirect=False,
                preload_content=False,
                timeout=urllib3.Timeout(connect=min(limit, 5), read=limit),
                pool_timeout=limit,
            )
            chunks, size = [], 0
            for chunk in response.stream(65536):
                chunks.append(chunk)
                size += len(chunk)
                if size > megabytes * 2**20:
                    response.close()
                    raise ResultTooLargeError(megabytes * 2**20)
                if time.monotonic() > deadline:
                    response.close()
                    raise QueryTimeoutError(limit)
            response.release_conn()
        except urllib3.exceptions.EmptyPoolError as error:
            raise BusyError(self.settings.workers) from error
        except urllib3.exceptions.ReadTimeoutError as error:
            raise QueryTimeoutError(limit) from error
        except urllib3.exceptions.HTTPError as error:
            raise EngineError(type(error).__name__) from error
        return Reply(response.status, dict(response.headers), b"".join(chunks))

    def _ask(self, text: str, query: Query, accept: str) -> Reply:
        fields = [("query", text)]
        fields += [("default-graph-uri", iri) for iri in query.default_graphs]
        fields += [("named-graph-uri", iri) for iri in query.named_graphs]
        headers = {"Content-Type": FORM, "Accept": accept}
        response = self.send(
            "POST", self.query_address, urlencode(fields).encode(), headers, self.settings.result
        )
        if response.status >= 400:
            said = response.whole[:2000].decode(errors="replace").strip()
            if response.status == 400:
                raise QuerySyntaxError(said)
            raise (
                EngineError(f"HTTP {response.status}: {said[:300]}")
                if response.status >= 500
                else EvaluationError(said)
            )
        return response

    def _check_graphs(self, reading: Reading, query: Query) -> tuple[str, ...]:
        """Return notes on the graphs of the parameters; raises UnknownGraphError for those of FROM."""
        wanted = dict.fromkeys([*query.default_graphs, *query.named_graphs])
        if wanted:
            return tuple(absent(iri) for iri in wanted if not self.has_graph(iri))
        for target in reading.after("FROM"):
            iri = graph_iri(reading, target, query.base)
            if iri and not self.has_graph(iri):
                raise UnknownGraphError(iri)
        return ()

    def has_graph(self, iri: str) -> bool:
        """Tell whether the engine has the graph *iri*."""
        try:
            node = ox.NamedNode(iri)
        except ValueError:
            return False
        response = self._ask(
            f"ASK {{ GRAPH {node} {{ ?s ?p ?o }} }}", Query(""), "application/sparql-results+json"
        )
        return truth(response)

    def stop(self, ticket: str) -> bool:
        """Say that nothing was stopped: the protocol has no way to tell an engine to."""
        return False

    def evaluate(self, query: Query, ticket: str = "") -> Answer:
        """Answer *query* from the engine; raises what the pool of workers raises, and EngineError."""
        reading = read(query.text)
        bound(reading)
        refuse_remote(reading)
        try:
            check(reading)
        except SyntaxError as error:
            raise QuerySyntaxError(str(error)) from error
        notes = self._check_graphs(reading, query)
        reading = read(with_small_booleans(reading))
        graph = reading.form in ("CONSTRUCT", "DESCRIBE")
        accept = "application/n-triples, text/turtle;q=0.9" if graph else "application/sparql-results+json"
        wanted = query.triples if graph else query.solutions
        if wanted is None:
            raise NotAcceptableError(reading.form, tuple(GRAPH_FORMATS if graph else SOLUTION_FORMATS))
        base = f"BASE <{query.base}> " if query.base else ""
        try:
            response = self._ask(base + with_limit(reading, query.rows + 1), query, accept)
        except EngineError as error:
            if TOO_MANY_TO_SORT not in str(error):
                raise
            response = self._ask(base + reading.text, query, accept)
        shortened = any(response.headers.get(name) for name in SHORTENED)
        try:
            return replace(self._rewrite(reading, query, response, wanted, shortened), notes=notes)
        except (SyntaxError, ValueError) as error:
            raise EngineError(f"its answer is not what it says: {error}") from error

    def _rewrite(self, reading: Reading, query: Query, response: Reply, wanted: str, shortened: bool) -> Answer:
        kind = response.headers.get("Content-Type", "").partition(";")[0].strip()
        if wanted in GRAPH_FORMATS:
            form = ox.RdfFormat.from_media_type(kind) or ox.RdfFormat.TURTLE
            triples = list(dict.fromkeys(q.triple for q in ox.parse(response.whole, format=form)))
            more = len(triples) > query.rows or shortened
            target = GRAPH_FORMATS[wanted]
            known = (
                query.prefixes if target in (ox.RdfFormat.TURTLE, ox.RdfFormat.TRIG, ox.RdfFormat.N3) else None
            )
            body = ox.serialize(triples[: query.rows], format=target, prefixes=known) or b""
            return Answer("CONSTRUCT", wanted, body, more, query.rows, reading.repeatable)
        source = ox.QueryResultsFormat.from_media_type(kind) or ox.QueryResultsFormat.JSON
        if reading.form == "ASK":
            body = boolean(truth(response), wanted)
            return Answer("ASK", wanted, body, False, query.rows, reading.repeatable)
        result = ox.parse_query_results(response.whole, format=source)
        body = result.serialize(format=SOLUTION_FORMATS[wanted]) or b""
        body, more = cut(body, wanted, query.rows)
        following = next_page(reading, query.rows) if more else None
        return Answer("SELECT", wanted, body, more or shortened, query.rows, reading.repeatable, following)
