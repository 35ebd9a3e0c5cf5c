"""The release describes itself on the web: VoID, DCAT, the files of now and before, sitemap, robots.txt."""

from __future__ import annotations

import re
from urllib.parse import quote

from flask import Blueprint, Response, abort, current_app, redirect, request, send_file

from kg.publishing import sitemap
from kg.publishing.dcat import dataset_json
from kg.publishing.signposting import header, links_of_dataset, links_of_thing
from kg.release import Release, named
from kg.vocabulary import ID, ID_CLASSES
from kg.web.edition import Editions
from kg.web.language import asked_language
from kg.web.reading import reading

pages = Blueprint("describing", __name__)
FILES = {
    "void.ttl": "text/turtle",
    "dcat.ttl": "text/turtle",
    "manifest.json": "application/json",
    "grotius.nq": "application/n-quads",
}
NAME = re.compile(r"[0-9a-f]{6,64}")
OWN = ("Claim", "Passage", "Coverage", "Entailment", "SourceText")
"""Classes whose things have an address but are read on the page of something else: not in the sitemap."""
FIXED = (
    "/",
    "/questions",
    "/coverage",
    "/matrix",
    "/map",
    "/compare",
    "/def",
    "/data/dcat.ttl",
    "/.well-known/void",
)


def release_served() -> Release:
    """Return the release that is served at this moment; raises NothingToReadError."""
    return Release(reading().nquads.parent)


def base() -> str:
    """Return the address of this site as the client asked for it, without the last slash."""
    return request.url_root.rstrip("/")


def signpost(response: Response, iri: str) -> Response:
    """Add to the page of the thing *iri* the typed links to its data (https://signposting.org/)."""
    response.headers.add("Link", header(links_of_thing(iri, f"{base()}/doc/{iri.removeprefix(ID)}")))
    return response


def signpost_dataset(response: Response) -> Response:
    """Add to a page of the whole the typed links to its description and its data."""
    response.headers.add("Link", header(links_of_dataset(base(), release_served().name)))
    return response


def as_dataset() -> dict[str, object]:
    """Return the release as schema.org sees it, in the language of this page."""
    return dataset_json(release_served().name, reading().nquads.stat().st_size, asked_language())


@pages.get("/.well-known/void")
def well_known_void() -> Response:
    """Answer where VoID is looked for (https://www.w3.org/TR/void/#well-known)."""
    return _file(release_served(), "void.ttl")


@pages.get("/data")
def data() -> Response:
    """Lead from the data set to what describes it: its page for people, its catalogue for programs."""
    wants = request.accept_mimetypes.best_match(["text/html", "text/turtle"], "text/html")
    return redirect("/" if wants == "text/html" else "/data/dcat.ttl", 303)  # type: ignore[return-value]


@pages.get("/data/<name>")
def file_or_release(name: str) -> Response:
    """Answer with a file of the release that is served, or lead from a release to its catalogue."""
    if name in FILES:
        return _file(release_served(), name)
    if not NAME.fullmatch(name):
        abort(404)
    return redirect(f"/data/{_named(name).name}/dcat.ttl", 303)  # type: ignore[return-value]


@pages.get("/data/<release>/<name>")
def file_of_release(release: str, name: str) -> Response:
    """Answer with a file of any release that is kept here; one that is not is 410, and how to get it."""
    if name not in FILES or not NAME.fullmatch(release):
        abort(404)
    return _file(_named(release), name)


def _named(name: str) -> Release:
    now = release_served()
    editions: Editions = current_app.extensions["editions"]
    if now.name.startswith(name) or editions.releases is None:
        return now
    return named(editions.releases, name)


def _file(release: Release, name: str) -> Response:
    path = release.folder / name
    if not path.exists():
        abort(404)
    response = send_file(path, mimetype=FILES[name], etag=f"{release.name}-{name}", conditional=True)
    response.headers.add("Link", header(links_of_dataset(base(), release.name)))
    return response


def _site_map() -> list[list[str]]:
    """Return the addresses of all pages, in parts that each fit one file."""
    fixed = [f"{base()}{path}" for path in FIXED]
    kinds = [name for name in ID_CLASSES.values() if name not in OWN]
    things = [f"{base()}/doc/{quote(i.removeprefix(ID))}.html" for i in reading().catalogue.things(kinds)]
    return sitemap.parts([*fixed, *things])


@pages.get("/sitemap.xml")
def site_map() -> Response:
    """List the pages of this site, or the parts of that list where it is too long for one file."""
    parts = _site_map()
    whole = [f"{base()}/sitemap-{n}.xml" for n in range(1, len(parts) + 1)]
    body = sitemap.urlset(parts[0]) if len(parts) == 1 else sitemap.index(whole)
    return Response(body, content_type="application/xml")


@pages.get("/sitemap-<int:number>.xml")
def part_of_site_map(number: int) -> Response:
    """List one part of the pages, counted from 1."""
    parts = _site_map()
    if not 1 <= number <= len(parts):
        abort(404)
    return Response(sitemap.urlset(parts[number - 1]), content_type="application/xml")


@pages.get("/robots.txt")
def robots() -> Response:
    """Say what crawlers may read, and where the sitemap is."""
    text = f"User-agent: *\nDisallow: /sparql\nDisallow: /reconcile\nSitemap: {base()}/sitemap.xml\n"
    return Response(text, content_type="text/plain; charset=utf-8")
