"""The endpoint: one address for queries, updates, the description of the service, and the form for browsers."""

from __future__ import annotations

import json

from flask import Blueprint, Response, current_app, g, render_template, request

from kg.evaluation.errors import NotAcceptableError, NothingRunsError
from kg.evaluation.messages import Answer, Query
from kg.web import completeness, service_description
from kg.web.cache import AnswerCache, key
from kg.web.edition import Edition, edition, settings
from kg.web.errors import RequestError
from kg.web.negotiation import HTML, JSON, SHORT_NAMES, SOLUTIONS, TRIPLES, choose, with_charset
from kg.web.protocol import Operation, read_operation
from kg.web.writing import update

pages = Blueprint("sparql", __name__)
SHOWN = 500
"""Rows that the page shows."""
FALLBACK_BASE = "http://localhost/sparql"


def base_iri() -> str:
    """Return the address of the endpoint, against which relative IRIs are resolved."""
    address = request.base_url
    return address if address.isascii() and not set(' <>"{}|\\^`') & set(address) else FALLBACK_BASE


@pages.route("/sparql", methods=["GET", "POST"])
@pages.route("/sparql/", methods=["GET", "POST"])
@pages.route("/query", methods=["GET", "POST"])
def sparql() -> Response:
    """Answer a query, forward an update, or say what this service is."""
    operation = read_operation(request, settings().request, settings().upload)
    if operation.update is not None:
        return update(operation)
    if operation.query is None:
        return describe_or_show()
    g.query = operation.query
    return answer(operation)


@pages.delete("/sparql/running/<ticket>")
def stop(ticket: str) -> Response:
    """End the query that was sent with this ``Grotius-Ticket``: a name that only its sender knows."""
    if not edition().evaluator.stop(ticket):
        raise NothingRunsError(ticket)
    return Response(status=204)


def describe_or_show() -> Response:
    """Answer a GET without a query: RDF for a machine, the form for a browser."""
    accept = request.headers.get("Accept", "")
    kind = choose(TRIPLES, accept)
    if kind is None and choose(SOLUTIONS, accept):
        raise RequestError(
            "there is no query: send it as ?query=…, or ask for text/turtle to get the description"
        )
    if kind is None:
        raise NotAcceptableError("description", tuple(TRIPLES))
    if kind == HTML:
        return Response(render_template("sparql.html", query="", answer=None), content_type=with_charset(HTML))
    body = service_description.describe(edition(), request.base_url, TRIPLES[kind])
    return Response(body, content_type=with_charset(kind))


def asked_formats(asked: str) -> tuple[str | None, str | None]:
    """Return the preferred media type for either kind of result; ``?format=`` comes before Accept."""
    accept = request.headers.get("Accept", "")
    named = SHORT_NAMES.get(asked.lower(), asked.lower())
    return (
        named if named in SOLUTIONS else choose(SOLUTIONS, accept),
        named if named in TRIPLES else choose(TRIPLES, accept),
    )


def answer(operation: Operation) -> Response:
    """Answer the query in *operation* in the format that the client prefers."""
    assert operation.query is not None
    solutions, triples = asked_formats(operation.format)
    now = edition()
    query = Query(
        operation.query,
        base_iri(),
        operation.default_graphs,
        operation.named_graphs,
        None if solutions is None else JSON if solutions == HTML else SOLUTIONS[solutions],
        None if triples is None else "text/turtle" if triples == HTML else TRIPLES[triples],
        settings().rows,
        now.prefixes,
    )
    tag = key(f"{now.name} {solutions} {triples} {request.url_root}", query)
    found, repeated = cached(now, query, tag)
    if repeated:
        return repeated
    assert found is not None
    g.answer = found
    kind = (triples if found.form == "CONSTRUCT" else solutions) or found.media_type
    if kind == HTML:
        response = show(query, found)
    else:
        body = completeness.mark(found.body, found, request.url_root)
        response = Response(body, content_type=with_charset(kind))
    completeness.announce(response, found, request.base_url)
    if found.repeatable and now.immutable:
        response.set_etag(tag)
        response.headers["Cache-Control"] = "public, max-age=0, must-revalidate"
    else:
        response.headers["Cache-Control"] = "no-store"
    return response


def cached(now: Edition, query: Query, tag: str) -> tuple[Answer | None, Response | None]:
    """Return the answer to *query*, from the cache if it is there; with 304 if the client has it already."""
    ticket = request.headers.get("Grotius-Ticket", "")
    if not now.immutable:
        return now.evaluator.evaluate(query, ticket), None
    cache: AnswerCache = current_app.extensions["cache"]
    found = cache.get(tag)
    if found is None:
        found = now.evaluator.evaluate(query, ticket)
        cache.put(tag, found)
    if found.repeatable and request.method in ("GET", "HEAD") and has_already(tag):
        response = Response(status=304)
        response.set_etag(tag)
        completeness.announce(response, found, request.base_url)
        return found, response
    return found, None


def has_already(tag: str) -> bool:
    """Tell whether the client named *tag*, with or without the suffix of an encoding, in If-None-Match."""
    return any(t and t.split("-")[0] == tag for t in request.if_none_match) or request.if_none_match.star_tag


def show(query: Query, found: Answer) -> Response:
    """Return the page with the form and the answer."""
    table = json.loads(found.body) if found.media_type == JSON else None
    page = render_template(
        "sparql.html",
        query=query.text,
        answer=found,
        table=table,
        shown=SHOWN,
        text=found.body[:200_000].decode(errors="ignore"),
    )
    return Response(page, content_type=with_charset(HTML))
