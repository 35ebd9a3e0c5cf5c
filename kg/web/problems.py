"""Every error as a problem document (RFC 9457), whose type is the address of its explanation."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, Response, abort, jsonify, render_template, request
from werkzeug.exceptions import HTTPException

from kg import connections, description, questions
from kg.algebra import NoProofError
from kg.errors import KGError
from kg.evaluation import errors as evaluation
from kg.linking.query_batch import LargeBatchError, ReconciliationError, UnknownEntityError
from kg.networks import errors as networks
from kg.openapi import UnknownFormatError
from kg.release import AbsentReleaseError
from kg.sparql import errors as sparql
from kg.store import QuerySyntaxError
from kg.web import errors as web
from kg.web import reading

STATUS: dict[type[KGError], int] = {
    QuerySyntaxError: 400,
    description.UnknownThingError: 404,
    questions.UnknownQuestionError: 404,
    questions.UnknownParameterError: 400,
    questions.ParameterValueError: 400,
    sparql.ForbiddenOperationError: 403,
    sparql.UnknownGraphError: 403,
    sparql.TooComplexError: 400,
    evaluation.QueryTimeoutError: 503,
    evaluation.QueryMemoryError: 503,
    evaluation.QueryStoppedError: 503,
    evaluation.NothingRunsError: 404,
    evaluation.ResultTooLargeError: 503,
    evaluation.BusyError: 503,
    evaluation.NurseryError: 503,
    evaluation.EvaluationError: 400,
    evaluation.NotAcceptableError: 406,
    web.RequestError: 400,
    web.MediaTypeError: 415,
    web.TooLargeRequestError: 413,
    web.TooManyRequestsError: 429,
    web.ReadOnlyError: 403,
    web.WritingDisabledError: 403,
    web.NotAuthorisedError: 401,
    web.NoGraphError: 404,
    web.EngineError: 502,
    AbsentReleaseError: 410,
    UnknownFormatError: 404,
    NoProofError: 400,
    connections.UnconnectedError: 404,
    networks.UnknownViewError: 404,
    networks.UnknownNetworkFormatError: 404,
    networks.UnknownMeasureError: 400,
    networks.EmptyNetworkError: 404,
    reading.NothingToReadError: 404,
    ReconciliationError: 400,
    LargeBatchError: 413,
    UnknownEntityError: 404,
}
"""Which HTTP status a cause has; every other KGError is 500."""

FACTS = (
    "line",
    "column",
    "operation",
    "iri",
    "limit",
    "found",
    "seconds",
    "retry_after",
    "offered",
    "accepted",
)
"""Attributes of an error that its problem document repeats."""

pages = Blueprint("problems", __name__)


def status_of(error: KGError) -> int:
    """Return the HTTP status of *error*: that of the nearest class in the table."""
    return next((STATUS[c] for c in type(error).__mro__ if c in STATUS), 500)


def name_of(kind: type[KGError]) -> str:
    """Return the last step of a problem's address.

    >>> name_of(evaluation.QueryTimeoutError)
    'query-timeout'
    """
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", kind.__name__.removesuffix("Error")).lower()


def known() -> dict[str, type[KGError]]:
    """Return every class of error by its name."""
    found: dict[str, type[KGError]] = {}
    open_classes = list(KGError.__subclasses__())
    while open_classes:
        kind = open_classes.pop()
        found[name_of(kind)] = kind
        open_classes += kind.__subclasses__()
    return dict(sorted(found.items()))


def problem(status: int, name: str, detail: str, **facts: Any) -> Response:
    """Return a problem document."""
    title = name.replace("-", " ").capitalize()
    content = {"type": f"{request.url_root}problems/{name}", "title": title, "status": status, "detail": detail}
    response = jsonify({**content, **facts})
    response.status_code = status
    response.content_type = "application/problem+json"
    response.headers["Grotius-Completeness"] = "failed"
    response.headers["Cache-Control"] = "no-store"
    if "retry_after" in facts:
        response.headers["Retry-After"] = str(facts["retry_after"])
    return response


def explain(error: KGError) -> Response:
    """Return the problem document of *error*, with its facts."""
    facts = {name: value for name in FACTS if (value := getattr(error, name, None)) is not None}
    response = problem(status_of(error), name_of(type(error)), str(error), **facts)
    if response.status_code == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="grotius", Basic realm="grotius"'
    return response


def explain_http(error: HTTPException) -> Response:
    """Return the problem document of what Flask itself refuses (404, 405, 413 …)."""
    status = error.code or 500
    if status < 400 and error.response is not None:
        return error.response  # type: ignore[return-value]
    name = re.sub(r"[^a-z]+", "-", error.name.lower()).strip("-")
    detail = f"there is nothing at {request.path}: start at /" if status == 404 else str(error.description)
    response = problem(status, name, detail)
    for header, value in error.get_headers():
        if header == "Allow":
            response.headers[header] = value
    return response


@pages.get("/problems/<name>")
def explanation(name: str) -> str:
    """Explain one kind of problem."""
    kind = known().get(name)
    if kind is None:
        if name in HTTP_PROBLEMS:
            return render_template("problem.html", name=name, text=HTTP_PROBLEMS[name], status=None)
        abort(404)
    status = next((STATUS[c] for c in kind.__mro__ if c in STATUS), 500)
    return render_template("problem.html", name=name, text=kind.__doc__, status=status)


@pages.get("/problems")
def index() -> str:
    """List the kinds of problems."""
    return render_template("problems.html", known={n: k.__doc__ for n, k in known().items()} | HTTP_PROBLEMS)


HTTP_PROBLEMS = {
    "not-found": "There is nothing at this address.",
    "method-not-allowed": "The address exists, but not for this method: the header Allow lists its methods.",
    "bad-request": "The request is not HTTP as it should be.",
    "request-entity-too-large": "The request is larger than is read here.",
    "internal-server-error": "A fault of this server; the operator's log has its trace.",
}
