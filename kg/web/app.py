"""The application: one release, opened once, answered from.

A request for SPARQL answers in the format that the client prefers; an identifier answers 303 to its
document, which answers in HTML or Turtle.
"""

from __future__ import annotations

from typing import Any

import pyoxigraph as ox
from flask import Flask, Response, jsonify, redirect, render_template, request

from kg import description, questions
from kg.errors import KGError
from kg.release import build, releases_folder
from kg.sources import read_source, sources_folder
from kg.store import QuerySyntaxError, evaluate, open_store
from kg.vocabulary import DEF, ID, bind, ontology
from kg.web import network

STATUS: dict[type[KGError], int] = {
    QuerySyntaxError: 400,
    description.UnknownThingError: 404,
    questions.UnknownQuestionError: 404,
    questions.UnknownParameterError: 400,
    questions.ParameterValueError: 400,
    **network.STATUS,
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
SUFFIXES = {
    "html": "text/html",
    "ttl": "text/turtle",
    "nt": "application/n-triples",
    "jsonld": "application/ld+json",
}
COUNTED = ("Claim", "Goal", "Theme", "Instrument", "Treaty", "Organisation", "Country", "Event", "Document")


def status_of(error: KGError) -> int:
    """Return the HTTP status of *error*: that of the nearest class in the table."""
    return next((STATUS[c] for c in type(error).__mro__ if c in STATUS), 500)


def problem(status: int, title: str, detail: str) -> Response:
    """Return a problem document (RFC 9457)."""
    response = jsonify({"type": "about:blank", "title": title, "status": status, "detail": detail})
    response.status_code = status
    response.content_type = "application/problem+json"
    return response


def _language() -> str:
    asked = request.args.get("lang")
    if asked in ("nl", "en"):
        return asked
    return request.accept_languages.best_match(["en", "nl"]) or "en"


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

    app.register_blueprint(network.blueprint(store, release.name))

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

    @app.get("/")
    def landing() -> str:
        return render_template(
            "landing.html",
            release=release.name,
            counts=_counts(store),
            asked=questions.questions(),
            language=_language(),
        )

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

    @app.get("/id/<path:name>")
    def thing(name: str) -> Response:
        if not description.exists(store, ID + name):
            raise description.UnknownThingError(ID + name)
        return redirect(f"/doc/{name}", 303)  # type: ignore[return-value]

    @app.get("/def")
    def definitions() -> Response:
        return Response(bind(ontology()).serialize(format="turtle"), content_type="text/turtle; charset=utf-8")

    @app.get("/doc/<path:name>")
    def document(name: str) -> Response:
        stem, dot, suffix = name.rpartition(".")
        kind = SUFFIXES.get(suffix) if dot else None
        iri = ID + (stem if kind else name)
        kind = kind or request.accept_mimetypes.best_match(list(SUFFIXES.values()), "text/html")
        if kind != "text/html":
            form = {"text/turtle": "turtle", "application/n-triples": "nt", "application/ld+json": "json-ld"}[
                kind
            ]
            return Response(description.graph_of(store, iri).serialize(format=form), content_type=kind)
        found = description.describe(store, iri, _language())
        page = render_template(
            "thing.html", found=found, quote=lambda e: _quote(texts, e), language=_language(), local=_local
        )
        return Response(page, content_type="text/html; charset=utf-8")

    return app


def _local(iri: str) -> str | None:
    """Return the path under which this server has *iri*, or None."""
    if iri.startswith(ID):
        return "/id/" + iri.removeprefix(ID)
    return "/def#" + iri.removeprefix(DEF) if iri.startswith(DEF) else None


def _quote(texts: dict[str, str], evidence: description.Evidence) -> tuple[str, str, str]:
    """Return what stands before the anchor, the anchor, and what stands after it, as far as shown."""
    text = texts.get(evidence.source.rsplit("/", 1)[-1], "")
    if not text:
        return "", evidence.anchor, ""
    start, end = evidence.context
    return text[start : evidence.start], text[evidence.start : evidence.end], text[evidence.end : end]


def _documents(store: ox.Store) -> list[str]:
    answer = evaluate(store, "SELECT ?text { ?text a gro:SourceText } ORDER BY ?text")
    assert isinstance(answer, ox.QuerySolutions)
    return [s["text"].value.rsplit("/", 1)[-1] for s in answer]


def _counts(store: ox.Store) -> dict[str, int]:
    counts = {}
    for name in COUNTED:
        answer = evaluate(store, f"SELECT (COUNT(DISTINCT ?x) AS ?n) {{ ?x a gro:{name} }}")
        assert isinstance(answer, ox.QuerySolutions)
        counts[name] = int(next(answer)["n"].value)
    return counts
