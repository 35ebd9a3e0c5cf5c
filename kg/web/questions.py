"""The pages of the questions: a form for each, its answer with proof in every format, and the coverage."""

from __future__ import annotations

from collections import defaultdict
from threading import Lock
from typing import Any
from urllib.parse import urlencode

import pyoxigraph as ox
from cachetools import LRUCache, cached
from flask import Blueprint, Response, current_app, jsonify, request

from kg import coverage, openapi, picture, tables
from kg.answers import Answer, ask
from kg.footnotes import citation, footnotes, to_bibtex, to_csl, to_text
from kg.graphs import to_turtle
from kg.parameters import Choice, Parameter, choices, to_iri
from kg.proof import Reader
from kg.questions import Question, question, questions
from kg.release import Release
from kg.repetition import repeat
from kg.web.edition import Edition, Editions, edition
from kg.web.language import asked_language
from kg.web.reading import NothingToReadError, page, world

pages = Blueprint("questions", __name__)

RESERVED = ("lang", "proof", "release", "result")
MAX_CHOICES = 400


def of_release(now: Edition) -> tuple[Release, ox.Store]:
    """Return the release of an edition and its store; raises NothingToReadError where it has none."""
    if now.release is None or now.store is None:
        raise NothingToReadError(request.path)
    return now.release, now.store


@cached(LRUCache(256), key=lambda now, *rest: (now.name, *rest), lock=Lock())
def _answered(now: Edition, name: str, given: tuple[tuple[str, str], ...], spoken: str, proof: bool) -> Answer:
    release, store = of_release(now)
    return ask(store, release, name, dict(given), language=spoken, proof=proof)


@cached(LRUCache(64), key=lambda now, parameter: (now.name, parameter), lock=Lock())
def _choices(now: Edition, parameter: Parameter) -> list[Choice]:
    return choices(of_release(now)[1], parameter)


def answer(name: str, proof: bool) -> Answer:
    """Return the answer that the request of now asks for."""
    given = tuple(sorted((k, v) for k, v in request.args.items() if k not in RESERVED))
    proof = proof and request.args.get("proof") not in ("false", "0", "no")
    return _answered(edition(), name, given, asked_language(), proof)


@pages.get("/questions")
@pages.get("/questions.html")
def index() -> Response:
    """All questions, gathered under their first tag."""
    by_tag: dict[str, list[Question]] = defaultdict(list)
    for asked in questions().values():
        by_tag[asked.tags[0]].append(asked)
    return page("questions/index.html", by_tag=sorted(by_tag.items()))


@pages.get("/questions.json")
def index_json() -> Response:
    """All questions, as data."""
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
    """These addresses, as OpenAPI describes them."""
    return jsonify(openapi.document(of_release(edition())[0].name, asked_language()))


@pages.get("/questions/<name>")
def page_or_data(name: str) -> Response:
    """The answer in the format that the client prefers: a page, unless it says otherwise."""
    best = request.accept_mimetypes.best_match(list(openapi.MEDIA_TYPES.values()), "text/html")
    suffix = next(s for s, kind in openapi.MEDIA_TYPES.items() if kind == best)
    return in_format(name, suffix if request.accept_mimetypes.provided else "html")


@pages.get("/questions/<name>.<suffix>")
def in_format(name: str, suffix: str) -> Response:
    """The answer in one format."""
    question(name)
    found = answer(name, suffix != "csv" or "proof" in request.args)
    if suffix == "html":
        return _html(found)
    kind = {**openapi.MEDIA_TYPES, **openapi.TEXTS}.get(suffix)
    if kind is None:
        raise openapi.UnknownFormatError(suffix)
    store = of_release(edition())[1]
    makers: dict[str, Any] = {
        "json": found.to_json,
        "csv": lambda: tables.to_csv(found),
        "xlsx": lambda: tables.to_xlsx(found),
        "md": lambda: tables.to_markdown(found),
        "ttl": lambda: to_turtle(found, store),
        "txt": lambda: to_text(found),
        "bib": lambda: to_bibtex(found, store),
        "csljson": lambda: to_csl(found, store),
    }
    response = Response(makers[suffix](), content_type=kind + ("; charset=utf-8" if kind[:4] == "text" else ""))
    response.headers["X-Completeness"] = "complete" if found.complete else f"cut; rows={found.limit}"
    response.headers["X-Coverage"] = found.verdict.state
    response.headers["Link"] = f'<{found.address}>; rel="canonical"'
    response.set_etag(f"{found.result_hash[:24]}-{found.release['name']}-{found.language}-{suffix}")
    response.make_conditional(request)
    return response


def _newest(found: Answer) -> str | None:
    """Return in words what the newest release answers, where *found* is of an older one."""
    editions: Editions = current_app.extensions["editions"]
    release, store = of_release(editions.now)
    if found.release["name"] == release.name:
        return None
    return repeat(found.to_dict(), store, release).in_words(found.language)


def _numbered(label: str, kinds: list[str], place: int) -> str:
    """Return *label*, with its number where several blanks are of one kind."""
    return f"{label} {kinds[: place + 1].count(kinds[place])}" if kinds.count(kinds[place]) > 1 else label


def _html(found: Answer) -> Response:
    asked = question(str(found.name))
    notes, numbers = footnotes(found)
    expected = request.args.get("result")
    reader = Reader(of_release(edition())[1], found.language)
    kinds = [p.kind for p in asked.parameters]
    blanks = [
        (
            p,
            p.name if p.is_literal else _numbered(reader.label(to_iri(p.name, p.kind)), kinds, i),
            c if len(c := _choices(edition(), p)) <= MAX_CHOICES else [],
            found.parameters[p.name],
        )
        for i, p in enumerate(asked.parameters)
    ]
    return page(
        "questions/answer.html",
        answer=found,
        blanks=blanks,
        notes=notes,
        numbers=numbers,
        cite=citation(found),
        newest=_newest(found),
        altered=expected is not None and not found.result_hash.startswith(expected),
        formats=[s for s in (*openapi.MEDIA_TYPES, *openapi.TEXTS) if s != "html"],
        query=request.query_string.decode("ascii", "replace"),
        editor="/sparql?" + urlencode({"edit": found.sparql}),
        bars=picture.bars(found, asked.bars),
        countries=picture.countries(found),
        world=world(str(current_app.static_folder)),
    )


@pages.get("/coverage")
@pages.get("/coverage.html")
def coverage_page() -> Response:
    """Classes by documents: what was looked for, and how many were found."""
    store = of_release(edition())[1]
    read, rows = coverage.matrix(store)
    return page("questions/coverage.html", read=read, rows=rows, reader=Reader(store, asked_language()))


@pages.get("/coverage.csv")
def coverage_csv() -> Response:
    """The coverage as a table."""
    store = of_release(edition())[1]
    body = coverage.to_csv(store, Reader(store, asked_language()))
    return Response(body, content_type="text/csv; charset=utf-8")
