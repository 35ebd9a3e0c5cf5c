"""The application: one release, opened once, answered from.

A request for SPARQL answers in the format that the client prefers; an identifier answers 303 to its
document, which answers in HTML or Turtle.
"""

from __future__ import annotations

from typing import Any

import pyoxigraph as ox
from flask import Flask, Response, jsonify, request

from kg import connections, description, questions
from kg.errors import KGError
from kg.release import build, releases_folder
from kg.sources import read_source, sources_folder
from kg.store import QuerySyntaxError, evaluate, open_store
from kg.web import reading
from kg.web.definitions import definitions
from kg.web.editor import editor
from kg.web.entity import entity
from kg.web.explorer import explorer
from kg.web.front import front
from kg.web.graphs import graphs
from kg.web.overviews import overviews

STATUS: dict[type[KGError], int] = {
    QuerySyntaxError: 400,
    description.UnknownThingError: 404,
    questions.UnknownQuestionError: 404,
    questions.UnknownParameterError: 400,
    questions.ParameterValueError: 400,
    connections.UnconnectedError: 404,
    reading.NothingToReadError: 404,
}
"""Which HTTP status a cause has; every other KGError is 500."""

SOLUTION_FORMATS = {
    "application/sparql-results+json": ox.QueryResultsFormat.JSON,
    "application/json": ox.QueryResultsFormat.JSON,
    "application/sparql-results+xml": ox.QueryResultsFormat.XML,
    "text/csv": ox.QueryResultsFormat.CSV,
    "text/tab-separated-values": ox.QueryResultsFormat.TSV,
}
GRAPH_FORMATS = {
    "text/turtle": ox.RdfFormat.TURTLE,
    "application/n-triples": ox.RdfFormat.N_TRIPLES,
    "application/rdf+xml": ox.RdfFormat.RDF_XML,
}


def status_of(error: KGError) -> int:
    """Return the HTTP status of *error*: that of the nearest class in the table."""
    return next((STATUS[c] for c in type(error).__mro__ if c in STATUS), 500)


def problem(status: int, title: str, detail: str) -> Response:
    """Return a problem document (RFC 9457)."""
    response = jsonify({"type": "about:blank", "title": title, "status": status, "detail": detail})
    response.status_code = status
    response.content_type = "application/problem+json"
    return response


def _query() -> str | None:
    if request.method == "POST" and request.mimetype == "application/sparql-query":
        return request.get_data().decode("utf-8")
    given = request.form if request.method == "POST" else request.args
    return given.get("query")


def _negotiate(formats: dict[str, Any]) -> str | None:
    first = next(iter(formats))
    return first if not request.accept_mimetypes else request.accept_mimetypes.best_match(list(formats))


def create_app(releases: str | None = None, sources: str | None = None) -> Flask:
    """Return the application over the current release (built first, where its inputs changed)."""
    app = Flask(__name__)
    folder = sources_folder(sources)
    release = build(releases_folder(releases))
    store = open_store(release.nquads)
    texts = {d: t.text for d in _documents(store) if folder and (t := read_source(folder, d))}
    now = reading.read(store, release, texts)
    reading.register(app, lambda: now)
    for blueprint in (front, entity, graphs, definitions, editor, explorer, overviews):
        app.register_blueprint(blueprint)

    @app.errorhandler(KGError)
    def explain(error: KGError) -> Response:
        return problem(status_of(error), type(error).__name__.removesuffix("Error"), str(error))

    @app.errorhandler(404)
    def nothing_here(_: Exception) -> Response:
        return problem(404, "NotFound", f"there is nothing at {request.path}: start at /")

    @app.after_request
    def headers(response: Response) -> Response:
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.vary.add("Accept")
        return response

    @app.route("/sparql", methods=["GET", "POST"])
    def sparql() -> Response:
        query = _query()
        if query is None:
            return problem(400, "NoQuery", "give the query as ?query=… or as the body of a POST")
        answer = evaluate(store, query)
        if isinstance(answer, ox.QueryTriples):
            kind = _negotiate(GRAPH_FORMATS)
            body = answer.serialize(format=GRAPH_FORMATS[kind]) if kind else None
        else:
            kind = _negotiate(SOLUTION_FORMATS)
            body = answer.serialize(format=SOLUTION_FORMATS[kind]) if kind else None
        if kind is None or body is None:
            return problem(406, "NotAcceptable", "this answer has no such format: ask for JSON, CSV or Turtle")
        return Response(body, content_type=kind + ("; charset=utf-8" if kind.startswith("text/") else ""))

    return app


def _documents(store: ox.Store) -> list[str]:
    answer = evaluate(store, "SELECT ?text { ?text a gro:SourceText } ORDER BY ?text")
    assert isinstance(answer, ox.QuerySolutions)
    return [s["text"].value.rsplit("/", 1)[-1] for s in answer]
