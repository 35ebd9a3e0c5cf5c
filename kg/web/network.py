"""Pages and files of named views: ``/network/VIEW`` and ``/network/VIEW.graphml`` and so on.

``/network`` itself is left to the explorer; ``/network/views`` lists the views.
"""

from __future__ import annotations

from urllib.parse import urlencode

import pyoxigraph as ox
from flask import Blueprint, Response, render_template, request

from kg.networks.collecting import collect, coverage
from kg.networks.errors import (
    EmptyNetworkError,
    NotConnectedError,
    UnknownFormatError,
    UnknownMeasureError,
    UnknownViewError,
)
from kg.networks.formats import FORMATS, format_named, write
from kg.networks.measures import MEASURES
from kg.networks.model import MERGES, PARALLEL, SAYS, key
from kg.networks.tables import answer
from kg.networks.views import settings, view, views
from kg.questions import ParameterValueError
from kg.vocabulary import ID

STATUS = {
    UnknownViewError: 404,
    UnknownFormatError: 404,
    UnknownMeasureError: 400,
    EmptyNetworkError: 404,
    NotConnectedError: 404,
}
"""Which HTTP status a cause has."""

OWN = ("lang", "merge", "measure")


def _language() -> str:
    asked = request.args.get("lang")
    return asked if asked in ("nl", "en") else request.accept_languages.best_match(["en", "nl"]) or "en"


def _values() -> dict[str, str]:
    return {name: value for name, value in request.args.items() if name not in OWN and value}


def _merge() -> str:
    asked = request.args.get("merge", PARALLEL)
    if asked not in MERGES:
        raise ParameterValueError("merge", asked, f"choose from {', '.join(MERGES)}")
    return asked


def blueprint(store: ox.Store, release: str) -> Blueprint:
    """Return the pages and files of every view over *store*."""
    pages = Blueprint("networks", __name__)

    @pages.get("/network/views")
    def all_views() -> str:
        return render_template("views.html", views=views(), language=_language())

    @pages.get("/network/<name>")
    def one_view(name: str) -> Response | str:
        stem, dot, form = name.partition(".")
        asked, language, values = view(stem), _language(), _values()
        if dot:
            way = format_named(form)
            network = collect(store, stem, values, merge=_merge(), release=release)
            kind = way.media_type + ("; charset=utf-8" if "text" in way.media_type else "")
            response = Response(b"".join(write(network, form, language)), content_type=kind)
            response.headers["Content-Disposition"] = f'inline; filename="{stem}.{way.name}"'
            response.headers["Content-Language"] = language
            return response
        merge = _merge()
        measure = request.args.get("measure", "degree")
        network = collect(store, stem, values, merge=merge, release=release, allow_empty=True)
        means, rows, stability = answer(store, stem, measure, values, 10) if network.edges else ("", [], [])
        page = render_template(
            "view.html",
            asked=asked,
            network=network,
            settings=settings(asked, values),
            query=urlencode({**values, "merge": merge, "lang": language}),
            formats=FORMATS,
            merges=SAYS,
            merge=merge,
            measures=[*MEASURES, "comparison"],
            measure=measure,
            means=MEASURES[measure].means[language] if measure in MEASURES else means,
            rows=rows,
            stability=stability,
            coverage=coverage(store, settings(asked, values)),
            language=language,
            local=lambda iri: "/id/" + iri.removeprefix(ID) if iri.startswith(ID) else iri,
            key=key,
        )
        return Response(page, status=200 if network.edges else 404, content_type="text/html; charset=utf-8")

    return pages
