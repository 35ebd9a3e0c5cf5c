"""What every page needs to show what was read: names, links, stances, passages with anchors marked."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar, cast
from urllib.parse import quote, urlencode

import pyoxigraph as ox
from cachetools import LRUCache
from flask import Flask, Response, current_app, render_template, request, url_for
from markupsafe import Markup, escape

from kg.catalogue import Catalogue, Passage, Statement, Text
from kg.errors import KGError
from kg.finding import Index
from kg.release import Release
from kg.vocabulary import DEF, GRAPH, ID, shorten
from kg.web.language import LANGUAGES, asked_language, say
from kg.web.policy import style_nonce

UNREMARKABLE = frozenset(DEF + n for n in ("explicit", "affirmative", "ongoing", "unmarked"))
"""The values of a stance that need no mention."""

KEEPING = Lock()
T = TypeVar("T")

REMARKED = ("polarity", "realisation", "commitment", "status", "listKind")


@dataclass(frozen=True)
class Reading:
    """One release as the pages read it, with the repaired texts by document where they are here."""

    store: ox.Store
    catalogue: Catalogue
    index: Index
    texts: dict[str, str]
    release: str
    nquads: Path
    kept: LRUCache[Hashable, Any] = field(default_factory=lambda: LRUCache(100), repr=False)
    """What pages worked out from this release and may show again; it goes when the release goes."""

    def once(self, make: Callable[..., T], *asked: Any) -> T:
        """Return ``make(self, *asked)``, worked out now or kept from before."""
        key = (make, *asked)
        with KEEPING:
            if key in self.kept:
                return cast(T, self.kept[key])
        made = make(self, *asked)
        with KEEPING:
            self.kept[key] = made
        return made


class NothingToReadError(KGError):
    """The pages need a release, and this server serves something else."""

    def __init__(self, path: str) -> None:
        self.path = path
        super().__init__(f"{path} needs a release, and none is served here: ask /sparql, or run `kg serve`")


def read(store: ox.Store, release: Release, texts: dict[str, str]) -> Reading:
    """Return *release*, which *store* holds, as the pages read it."""
    catalogue = Catalogue(store)
    return Reading(store, catalogue, Index(catalogue), texts, release.name, release.nquads)


def reading() -> Reading:
    """Return what this application reads from at this moment; raises NothingToReadError."""
    now = current_app.extensions["reading"]()
    if now is None:
        raise NothingToReadError(request.path)
    return cast(Reading, now)


def has_reading() -> bool:
    """Tell whether a release is served, so that there are pages of things."""
    return current_app.extensions["reading"]() is not None


def name(iri: str) -> Text:
    """Return the label of *iri* in the page's language."""
    return reading().catalogue.label(iri, asked_language())


def text_of(iri: str, predicate: str) -> Text | None:
    """Return one literal of *iri* in the page's language, else in the other one."""
    return reading().catalogue.text(iri, predicate, asked_language())


def address(iri: str) -> str:
    """Return where this server shows *iri*; the IRI itself where it is somebody else's."""
    if iri.startswith(ID):
        return "/doc/" + quote(iri.removeprefix(ID))
    if iri.startswith(DEF):
        return "/def#" + quote(iri.removeprefix(DEF))
    return "/graph/" + quote(iri.removeprefix(GRAPH)) if iri.startswith(GRAPH) else iri


def spoken(text: Text | None) -> Markup:
    """Return *text* as HTML, with its language where that is not the page's."""
    if text is None:
        return Markup("")
    if text.language in ("", asked_language()):
        return escape(text.value)
    return Markup('<span lang="{}">{}</span>').format(text.language, text.value)


def link(iri: str) -> Markup:
    """Return a link to *iri* by its name, marked with its class."""
    kind = reading().catalogue.kind(iri)
    safe = address(iri) if iri.startswith(("http://", "https://")) else "#"
    return Markup('<a class="thing k-{}" href="{}" title="{}">{}</a>').format(
        kind or "other", safe, shorten(iri), spoken(name(iri))
    )


def remarks(statement: Statement) -> list[tuple[str, Text]]:
    """Return what keeps a statement from being a plain fact: (kind of remark, words), in a fixed order."""
    about, language = reading().catalogue, asked_language()
    found = [
        (axis, name(value))
        for axis in REMARKED
        if (value := statement.stance.get(axis)) and value not in UNREMARKABLE
    ]
    for term in ("condition", "qualification", "statedCount", "startDate", "endDate"):
        worded = about.text(statement.iri, DEF + term, language)
        if worded:
            found.append((term, Text(f"{about.label(DEF + term, language)}: {worded}", worded.language)))
    return found


def segments(passage: Passage) -> list[tuple[str, bool]]:
    """Return the words of a passage in order, each with whether it is an anchor.

    Without the texts only the anchors are known; they come with a gap between them.
    """
    text = reading().texts.get(passage.source.rsplit("/", 1)[-1], "")
    if not text:
        return [("… ", False)] + [part for a in passage.anchors for part in ((a.exact, True), (" … ", False))]
    found, at = [], passage.start
    for anchor in passage.anchors:
        start = max(anchor.start, at)
        found.append((text[at:start], False))
        found.append((text[start : anchor.end], True))
        at = max(at, anchor.end)
    found.append((text[at : max(at, passage.end)], False))
    return [(words, marked) for words, marked in found if words]


def place(passage: Passage) -> str:
    """Return where a passage stands, as a reader cites it: section, page, footnote, lines."""
    parts = [str(name(passage.section))]
    if passage.page:
        parts.append(say("blz. ", "p. ") + passage.page)
    if passage.footnote:
        parts.append(say("voetnoot ", "footnote ") + passage.footnote)
    lines = f"{passage.first_line}" + (
        f"–{passage.last_line}" if passage.last_line != passage.first_line else ""
    )
    return ", ".join([*parts, say("regel ", "line ") + lines])


def sentence(statement: Statement) -> str:
    """Return a statement in words."""
    return " – ".join(str(name(i)) for i in (statement.subject, statement.predicate, statement.object))


def here(**changed: str | None) -> str:
    """Return the address of this page with some of its parameters changed, or taken away (None)."""
    pairs = [(k, v) for k, v in request.args.items(multi=True) if k not in changed]
    pairs += [(k, v) for k, v in changed.items() if v is not None]
    return request.path + ("?" + urlencode(pairs) if pairs else "")


def address_with(path: str, **parameters: str) -> str:
    """Return *path* with *parameters*."""
    return f"{path}?{urlencode(parameters)}"


@cache
def _stamp(path: str) -> str:
    try:
        return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:10]
    except FileNotFoundError:
        return "absent"


def asset(file: str) -> str:
    """Return the address of one of our own files, with its content in the address so that it may be kept."""
    return url_for("static", filename=file, v=_stamp(f"{current_app.static_folder}/{file}"))


@cache
def world(folder: str) -> dict[str, Any]:
    """Return the outlines of the countries by ISO 3166-1 code, drawn when the front-end was built."""
    path = Path(folder) / "built" / "world.json"
    drawn: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return drawn or {"width": 960, "height": 480, "countries": {}}


def page(template: str, status: int = 200, **given: Any) -> Response:
    """Return *template* as an HTML answer."""
    return Response(render_template(template, **given), status, content_type="text/html; charset=utf-8")


def wants_page() -> bool:
    """Tell whether this client would rather have HTML than data."""
    accepted = request.accept_mimetypes
    return bool(accepted) and accepted["text/html"] > max(accepted["application/json"], accepted["text/turtle"])


def register(app: Flask, now: Callable[[], Reading | None]) -> None:
    """Give *app* what its pages read (*now* is asked at each request) and its templates their words."""
    app.extensions["reading"] = now
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(WORDS)

    @app.context_processor
    def of_this_request() -> dict[str, Any]:
        found = app.extensions["reading"]()
        return {
            "language": asked_language(),
            "kg": found and found.catalogue,
            "release": found.release if found else "",
            "has_texts": bool(found and found.texts),
        }


WORDS: dict[str, Any] = {
    "say": say,
    "languages": LANGUAGES,
    "here": here,
    "asset": asset,
    "address": address,
    "address_with": address_with,
    "shorten": shorten,
    "name": name,
    "text_of": text_of,
    "spoken": spoken,
    "link": link,
    "remarks": remarks,
    "segments": segments,
    "place": place,
    "sentence": sentence,
    "style_nonce": style_nonce,
    "DEF": DEF,
    "ID": ID,
}
"""What templates can say and show."""
