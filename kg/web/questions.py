"""The pages of the questions: a form for each, its answer with proof in every format, and the coverage.

``blueprint(release, store, releases)`` is all that the application needs to register.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import pyoxigraph as ox
from flask import Blueprint, Response, jsonify, render_template, request

from kg import coverage, openapi, tables
from kg.answers import Answer, ask
from kg.footnotes import citation, footnotes, to_bibtex, to_csl, to_text
from kg.graphs import to_turtle
from kg.parameters import Parameter, choices
from kg.proof import Reader
from kg.questions import question, questions
from kg.release import Release, named
from kg.repetition import repeat
from kg.store import open_store
from kg.vocabulary import ID, shorten

RESERVED = ("lang", "proof", "release", "result")
TEXTS = {
    "txt": "text/plain",
    "bib": "application/x-bibtex",
    "csljson": "application/vnd.citationstyles.csl+json",
}
MAX_CHOICES = 400


def language() -> str:
    """Return the language that the request asks for."""
    given = request.args.get("lang")
    return given if given in ("nl", "en") else request.accept_languages.best_match(["en", "nl"]) or "en"


def local(iri: str) -> str:
    """Return the path under which this server shows a thing."""
    return "/id/" + iri.removeprefix(ID) if iri.startswith(ID) else iri


def blueprint(release: Release, store: ox.Store, releases: Path) -> Blueprint:
    """Return the pages over *release*, open as *store*; older ones are looked up in the folder *releases*."""
    pages = Blueprint("questions", __name__)

    @lru_cache(maxsize=3)
    def older(name: str) -> tuple[Release, ox.Store]:
        found = named(releases, name)
        return found, open_store(found.nquads)

    def chosen() -> tuple[Release, ox.Store]:
        name = request.args.get("release", "")
        return (release, store) if not name or release.name.startswith(name) else older(name)

    @lru_cache(maxsize=64)
    def values(parameter: Parameter) -> list[Any]:
        return choices(store, parameter)

    @lru_cache(maxsize=256)
    def answered(name: str, given: tuple[tuple[str, str], ...], spoken: str, proof: bool, of: str) -> Answer:
        made, opened = (release, store) if of == release.name else older(of)
        return ask(opened, made, name, dict(given), language=spoken, proof=proof)

    def answer(name: str, proof: bool) -> tuple[Answer, ox.Store]:
        made, opened = chosen()
        given = tuple(sorted((k, v) for k, v in request.args.items() if k not in RESERVED))
        proof = proof and request.args.get("proof") not in ("false", "0", "no")
        return answered(name, given, language(), proof, made.name), opened

    @pages.get("/questions")
    @pages.get("/questions.html")
    def index() -> str:
        return render_template("questions/index.html", asked=questions(), language=language())

    @pages.get("/questions.json")
    def index_json() -> Response:
        return jsonify(
            {
                name: {
                    "title": asked.title,
                    "question": asked.text,
                    "tags": asked.tags,
                    "parameters": {
                        p.name: {"type": p.kind, "default": p.default, "values": p.allowed}
                        for p in asked.parameters
                    },
                    "columns": asked.columns,
                }
                for name, asked in questions().items()
            }
        )

    @pages.get("/openapi.json")
    def described() -> Response:
        return jsonify(openapi.document(release.name, language()))

    @pages.get("/questions/<name>")
    def page_or_data(name: str) -> Response:
        best = request.accept_mimetypes.best_match(list(openapi.MEDIA_TYPES.values()), "text/html")
        suffix = next(s for s, kind in openapi.MEDIA_TYPES.items() if kind == best)
        return in_format(name, "html" if not request.accept_mimetypes.provided else suffix)

    @pages.get("/questions/<name>.<suffix>")
    def in_format(name: str, suffix: str) -> Response:
        question(name)
        found, opened = answer(name, suffix != "csv" or "proof" in request.args)
        if suffix == "html":
            return _html(found, opened)
        kind = {**openapi.MEDIA_TYPES, **TEXTS}.get(suffix)
        if kind is None:
            return _problem(404, f"a question answers as {', '.join([*openapi.MEDIA_TYPES, *TEXTS])}")
        makers: dict[str, Any] = {
            "json": found.to_json,
            "csv": lambda: tables.to_csv(found),
            "xlsx": lambda: tables.to_xlsx(found),
            "md": lambda: tables.to_markdown(found),
            "ttl": lambda: to_turtle(found, opened),
            "txt": lambda: to_text(found),
            "bib": lambda: to_bibtex(found, opened),
            "csljson": lambda: to_csl(found, opened),
        }
        response = Response(
            makers[suffix](), content_type=kind + ("; charset=utf-8" if kind[:4] == "text" else "")
        )
        response.headers["X-Completeness"] = "complete" if found.complete else f"cut; rows={found.limit}"
        response.headers["X-Coverage"] = found.verdict.state
        response.headers["Link"] = f'<{found.address}>; rel="canonical"'
        response.set_etag(f"{found.result_hash[:24]}-{found.release['name']}-{found.language}-{suffix}")
        response.make_conditional(request)
        return response

    def _html(found: Answer, opened: ox.Store) -> Response:
        asked = question(str(found.name))
        notes, numbers = footnotes(found)
        expected = request.args.get("result")
        newest = None
        if found.release["name"] != release.name:
            newest = repeat(found.to_dict(), store, release).in_words(found.language)
        blanks = [
            (p, c if len(c := values(p)) <= MAX_CHOICES else [], found.parameters[p.name])
            for p in asked.parameters
        ]
        page = render_template(
            "questions/answer.html",
            answer=found,
            asked=asked,
            blanks=blanks,
            notes=notes,
            numbers=numbers,
            cite=citation(found),
            language=found.language,
            local=local,
            shorten=shorten,
            newest=newest,
            altered=expected is not None and not found.result_hash.startswith(expected),
            formats=[*openapi.MEDIA_TYPES, *TEXTS],
            query=request.query_string.decode("ascii", "replace"),
        )
        return Response(page, content_type="text/html; charset=utf-8")

    @pages.get("/coverage")
    @pages.get("/coverage.html")
    def coverage_page() -> str:
        read, rows = coverage.matrix(store)
        return render_template(
            "questions/coverage.html",
            read=read,
            rows=rows,
            reader=Reader(store, language()),
            language=language(),
            local=local,
        )

    @pages.get("/coverage.csv")
    def coverage_csv() -> Response:
        body = coverage.to_csv(store, Reader(store, language()))
        return Response(body, content_type="text/csv; charset=utf-8")

    return pages


def _problem(status: int, detail: str) -> Response:
    response = jsonify({"type": "about:blank", "title": "NotFound", "status": status, "detail": detail})
    response.status_code, response.content_type = status, "application/problem+json"
    return response
