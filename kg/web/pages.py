"""The pages of a release: the landing page, things and their documents, the ontology."""

from __future__ import annotations

import pyoxigraph as ox
from flask import Blueprint, Response, redirect, render_template, request

from kg import description, questions
from kg.store import evaluate
from kg.vocabulary import DEF, ID, bind, ontology
from kg.web.edition import edition
from kg.web.negotiation import choose

pages = Blueprint("pages", __name__)

SUFFIXES = {
    "html": "text/html",
    "ttl": "text/turtle",
    "nt": "application/n-triples",
    "jsonld": "application/ld+json",
}
SERIALISATIONS = {"text/turtle": "turtle", "application/n-triples": "nt", "application/ld+json": "json-ld"}
COUNTED = ("Claim", "Goal", "Theme", "Instrument", "Treaty", "Organisation", "Country", "Event", "Document")


def language() -> str:
    """Return ``nl`` or ``en``: what the address or the browser asks for."""
    asked = request.args.get("lang")
    if asked in ("nl", "en"):
        return asked
    return request.accept_languages.best_match(["en", "nl"]) or "en"


def release_store() -> ox.Store:
    """Return the store behind the pages; there are no pages of things where no release is served."""
    store = edition().store
    if store is None:
        raise description.UnknownThingError(request.base_url)
    return store


@pages.get("/")
def landing() -> str:
    """Show what is in the release and which questions it answers."""
    now = edition()
    if now.store is None:
        return render_template("files.html", name=now.name, quads=now.quads)
    return render_template(
        "landing.html",
        release=now.name,
        counts=_counts(now.store),
        asked=questions.questions(),
        language=language(),
    )


@pages.get("/id/<path:name>")
def thing(name: str) -> Response:
    """Send the client from a thing to its document."""
    if not description.exists(release_store(), ID + name):
        raise description.UnknownThingError(ID + name)
    return redirect(f"/doc/{name}", 303)  # type: ignore[return-value]


@pages.get("/def")
def definitions() -> Response:
    """Return the ontology."""
    return Response(bind(ontology()).serialize(format="turtle"), content_type="text/turtle; charset=utf-8")


@pages.get("/doc/<path:name>")
def document(name: str) -> Response:
    """Describe a thing in HTML or RDF."""
    store = release_store()
    stem, dot, suffix = name.rpartition(".")
    kind = SUFFIXES.get(suffix) if dot else None
    iri = ID + (stem if kind else name)
    kind = kind or choose(["text/html", *SERIALISATIONS], request.headers.get("Accept", "")) or "text/html"
    if "Accept" not in request.headers or request.headers["Accept"] == "*/*":
        kind = SUFFIXES.get(suffix, "text/html") if dot else "text/html"
    if kind != "text/html":
        return Response(
            description.graph_of(store, iri).serialize(format=SERIALISATIONS[kind]), content_type=kind
        )
    found = description.describe(store, iri, language())
    page = render_template(
        "thing.html",
        found=found,
        quote=lambda e: _quote(edition().texts, e),
        language=language(),
        local=_local,
    )
    return Response(page, content_type="text/html; charset=utf-8")


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


def _counts(store: ox.Store) -> dict[str, int]:
    counts = {}
    for name in COUNTED:
        answer = evaluate(store, f"SELECT (COUNT(DISTINCT ?x) AS ?n) {{ ?x a gro:{name} }}")
        assert isinstance(answer, ox.QuerySolutions)
        counts[name] = int(next(answer)["n"].value)
    return counts
