"""The description of the release on the web: VoID, DCAT, its data, the sitemap, and what robots may read."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import pyoxigraph as ox
from flask import Blueprint, Response, abort, current_app, request

from kg.publishing import sitemap
from kg.publishing.signposting import header, links_of_dataset
from kg.release import Release
from kg.vocabulary import ID

pages = Blueprint("describing", __name__)
FILES = {
    "void.ttl": "text/turtle; charset=utf-8",
    "dcat.ttl": "text/turtle; charset=utf-8",
    "manifest.json": "application/json",
    "grotius.nq": "application/n-quads",
}
OWN = ("claim", "passage", "selector", "prefix", "description", "entailment", "coverage", "reading")
"""What has an address but is read on the page of something else: not in the sitemap."""


def _release() -> Release:
    current: Callable[[], Release] = current_app.extensions["release"]
    return current()


def _base() -> str:
    return request.url_root.rstrip("/")


@lru_cache(maxsize=2)
def _things(nquads: str) -> tuple[str, ...]:
    """Return the local names of the things that have a page of their own."""
    found = set()
    with open(nquads, "rb") as file:  # noqa: PTH123  # pyoxigraph reads from the open file
        for quad in ox.parse(file, format=ox.RdfFormat.N_QUADS):
            if isinstance(quad.subject, ox.NamedNode) and quad.subject.value.startswith(ID):
                name = quad.subject.value.removeprefix(ID)
                if name.partition("/")[0] not in OWN:
                    found.add(name)
    return tuple(sorted(found))


@pages.get("/.well-known/void")
def well_known_void() -> Response:
    """Answer where VoID is looked for (https://www.w3.org/TR/void/#well-known)."""
    return release_file("void.ttl")


@pages.get("/data/<name>")
def release_file(name: str) -> Response:
    """Answer with one of the files of the release."""
    path = _release().folder / name
    if name not in FILES or not path.exists():
        abort(404)
    response = Response(path.read_bytes(), content_type=FILES[name])
    response.headers["Link"] = header(links_of_dataset(_base(), _release().name))
    response.set_etag(f"{_release().name}-{name}")
    response.make_conditional(request)
    return response


@pages.get("/sitemap.xml")
def site_map() -> Response:
    """List the pages of this site."""
    fixed = [f"{_base()}{path}" for path in ("/", "/def", "/data/dcat.ttl", "/.well-known/void")]
    things = [f"{_base()}/doc/{name}.html" for name in _things(str(_release().nquads))]
    return Response(sitemap.urlset(sitemap.parts([*fixed, *things])[0]), content_type="application/xml")


@pages.get("/robots.txt")
def robots() -> Response:
    """Say what crawlers may read, and where the sitemap is."""
    text = f"User-agent: *\nDisallow: /sparql\nDisallow: /reconcile\nSitemap: {_base()}/sitemap.xml\n"
    return Response(text, content_type="text/plain; charset=utf-8")
