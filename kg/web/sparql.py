"""The endpoint: one address for queries, updates, the description of the service, and the form for browsers."""

from __future__ import annotations

import json

from flask import Blueprint, Response, current_app, g, render_template, request

from kg.evaluation.errors import NotAcceptableError, NothingRunsError
from kg.evaluation.messages import Answer, Query
from kg.web import service_description
from kg.web.answering import body_of, headers_of, query_of, wish
from kg.web.cache import AnswerCache
from kg.web.edition import Edition, edition, settings
from kg.web.errors import RequestError
from kg.web.negotiation import HTML, JSON, SOLUTIONS, TRIPLES, choose, with_charset
from kg.web.protocol import Operation, read_operation
from kg.web.writing import update

pages = Blueprint("sparql", __name__)
ADDRESSES = ("/sparql", "/sparql/", "/query")
ENDPOINT = "sparql.sparql"
SHOWN = 500
"""Rows that the page shows."""
FALLBACK_BASE = "http://localhost/sparql"
REFUSED = "kg.refused"
"""Where the shortcut leaves, in the WSGI environment, the error that it met and when it began."""


def base_iri() -> str:
    """Return the address of the endpoint, against which relative IRIs are resolved."""
    address = request.base_url
    return address if address.isascii() and not set(' <>"{}|\\^`') & set(address) else FALLBACK_BASE


def sparql() -> Response:
    """Answer a query, forward an update, or say what this service is."""
    operation = read_operation(request, settings().request, settings().upload)
    if operation.update is not None:
        return update(operation)
    if operation.query is None:
        return describe_or_show()
    g.query = operation.query
    return answer(operation)


for _address in ADDRESSES:
    pages.add_url_rule(_address, view_func=sparql, methods=["GET", "POST"])


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


def answer(operation: Operation) -> Response:
    """Answer the query in *operation* in the format that the client prefers."""
    if refused := request.environ.get(REFUSED):
        raise refused[0]
    now = edition()
    asked = wish(operation, request.headers.get("Accept", ""), request.url_root, request.base_url)
    query, tag = query_of(asked, base_iri(), now, settings().rows)
    found = g.answer = cached(now, query, tag)
    repeatable = found.repeatable and now.immutable
    headers = headers_of(asked, found, tag if repeatable else None)
    if repeatable and request.method in ("GET", "HEAD") and has_already(tag):
        return Response(status=304, headers=headers[1:])
    if asked.kind(found) == HTML:
        return Response(show(query, found), headers=headers)
    return Response(body_of(asked, found), headers=headers)


def cached(now: Edition, query: Query, tag: str) -> Answer:
    """Return the answer to *query*, from the cache if it is there."""
    ticket = request.headers.get("Grotius-Ticket", "")
    if not now.immutable:
        return now.evaluator.evaluate(query, ticket)
    cache: AnswerCache = current_app.extensions["cache"]
    found = cache.get(tag)
    if found is None:
        found = now.evaluator.evaluate(query, ticket)
        cache.keep(tag, found)
    return found


def has_already(tag: str) -> bool:
    """Tell whether the client named *tag*, with or without the suffix of an encoding, in If-None-Match."""
    return any(t and t.split("-")[0] == tag for t in request.if_none_match) or request.if_none_match.star_tag


def show(query: Query, found: Answer) -> str:
    """Return the page with the form and the answer."""
    table = json.loads(found.body) if found.media_type == JSON else None
    return render_template(
        "sparql.html",
        query=query.text,
        answer=found,
        table=table,
        shown=SHOWN,
        text=found.body[:200_000].decode(errors="ignore"),
    )
