"""Help at ``/help``: the Markdown of the project as pages, with the pictures and files that it shows."""

from __future__ import annotations

import posixpath
from functools import cache
from pathlib import Path
from urllib.parse import quote, unquote

from flask import Blueprint, Response, abort, send_file

from kg.resources import resource
from kg.web.language import asked_language, say
from kg.web.markdown import Rendered, Words, render
from kg.web.reading import page

help_pages = Blueprint("help", __name__)

FOLDERS = ("data", "queries", "ontology")
"""Folders beside ``docs`` whose README is a page too."""
BESIDE = {".png", ".ipynb", ".rq", ".csv", ".tsv", ".json", ".xml", ".ttl"}
"""Files of ``docs`` that pages show or link."""
PAGES = (
    "/sparql",
    "/def",
    "/network",
    "/matrix",
    "/map",
    "/compare",
    "/coverage",
    "/questions",
    "/search",
    "/help",
)
"""Pages that a text links by naming their address."""
LONG = 40
"""A text with more headings than this lists only its chapters at the start."""


@cache
def texts() -> dict[str, str]:
    """Return the texts: the last steps of their addresses, and their paths in the project; "" is the start.

    >>> texts()["methods"]
    'docs/METHODS.md'
    """
    root = resource("docs").parent
    found = {p.stem.lower(): p for p in sorted((root / "docs").rglob("*.md")) if p.stem != "README"}
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("README.md")):
            found[path.parent.relative_to(root).as_posix()] = path
    return {"": "docs/README.md"} | {name: p.relative_to(root).as_posix() for name, p in found.items()}


def place(path: str, text: str) -> str | None:
    """Return where the link *path* in *text* (both paths in the project) leads on this site, or None.

    >>> place("../METHODS.md", "docs/tutorials/first-sparql.md")
    '/help/methods'
    """
    target = posixpath.normpath(posixpath.join(posixpath.dirname(text), unquote(path)))
    target = f"{target}/README.md" if target in FOLDERS or target == "docs" else target
    addresses = {known: f"/help/{name}".rstrip("/") for name, known in texts().items()}
    if target in addresses:
        return addresses[target]
    beside = target.startswith("docs/") and Path(target).suffix in BESIDE
    there = beside and (resource("docs").parent / target).is_file()
    return "/help/" + quote(target.removeprefix("docs/")) if there else None


@cache
def rendered(name: str, language: str, changed: int) -> Rendered:
    """Return the text *name*, read when its file was *changed* (its time in nanoseconds)."""
    dutch, path = language == "nl", texts()[name]
    words = Words("tabel", "Antwoord", "Probeer het in de editor", "bewaar") if dutch else Words()
    source = (resource("docs").parent / path).read_text(encoding="utf-8")
    return render(source, lambda link: place(link, path), words, PAGES)


@help_pages.get("/help")
@help_pages.get("/help/")
@help_pages.get("/help/<path:name>")
def text(name: str = "") -> Response:
    """A text of the help, its Markdown (``.md``), or a picture or file beside it."""
    if name in texts():
        path = resource("docs").parent / texts()[name]
        shown = rendered(name, asked_language(), path.stat().st_mtime_ns)
        deepest = 3 if sum(h.level <= 3 for h in shown.headings) <= LONG else 2
        return page(
            "help.html",
            text=shown,
            name=name,
            contents=[h for h in shown.headings if h.level <= deepest],
            others=menu(),
        )
    if (stem := name.removesuffix(".md")) in texts() and stem != name:
        return send_file(resource("docs").parent / texts()[stem], mimetype="text/markdown")
    path = resource("docs") / posixpath.normpath(name)
    if Path(name).suffix not in BESIDE or ".." in Path(name).parts or not path.is_file():
        abort(404)
    mimetype = {".ipynb": "application/x-ipynb+json", ".rq": "application/sparql-query", ".ttl": "text/turtle"}
    return send_file(path, mimetype=mimetype.get(path.suffix))


def menu() -> list[tuple[str, str]]:
    """Return the texts that a reader goes to from any other: (address, words)."""
    chosen = {
        "first-sparql": ("Uw eerste SPARQL", "Your first SPARQL"),
        "your-own-table": ("Uw eigen tabel", "Your own table"),
        "network": ("Een netwerk", "A network"),
        "add-a-document": ("Een document toevoegen", "Add a document"),
        "reference": ("Naslag", "Reference"),
    }
    return [(f"/help/{name}", say(*words)) for name, words in chosen.items() if name in texts()]
