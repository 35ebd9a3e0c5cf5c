"""The reconciliation service at ``/reconcile``: version 0.2 of the Reconciliation API, complete.

https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/. The addresses in the manifest
are those under which the request came. The names of a release are read at the first request that needs them.
"""

from __future__ import annotations

import re
from html import escape
from importlib.metadata import version
from threading import Lock
from typing import Any

import pyoxigraph as ox
from flask import Blueprint, Response, current_app, jsonify, request
from flask.sansio.blueprints import BlueprintSetupState

from kg.linking.query_batch import MOST, ReconciliationError, UnknownEntityError, read_batch, read_extension
from kg.linking.reconciling import Candidate, Reconciler, comment_of
from kg.vocabulary import DEF, ID
from kg.web.reading import reading

pages = Blueprint("reconciliation", __name__, url_prefix="/reconcile")
PREVIEW_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors *"
"""A preview is shown inside the pages of others; it has no script and loads nothing."""


CALLBACK = re.compile(r"[A-Za-z_$][\w$.]{0,80}", re.ASCII)


class OfRelease:
    """The reconciler of the release that is served; made anew when another release takes its place."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._made: tuple[str, Reconciler] | None = None

    def get(self, release: str, store: ox.Store) -> Reconciler:
        """Return the reconciler over *store*, which holds *release*."""
        with self._lock:
            if self._made is None or self._made[0] != release:
                self._made = release, Reconciler(store)
            return self._made[1]


@pages.record
def _prepare(state: BlueprintSetupState) -> None:
    state.app.extensions["reconciliation"] = OfRelease()


def _reconciler() -> Reconciler:
    kept: OfRelease = current_app.extensions["reconciliation"]
    now = reading()
    return kept.get(now.release, now.store)


def _language() -> str:
    asked = request.values.get("lang")
    return asked if asked in ("nl", "en") else request.accept_languages.best_match(["en", "nl"]) or "en"


def _limit(default: int) -> int:
    text = request.values.get("limit", "")
    return max(1, min(int(text), 100)) if re.fullmatch(r"\d{1,6}", text) else default


def _identifier(iri: str) -> str:
    return iri.removeprefix(ID)


def _type(found: Reconciler, name: str) -> dict[str, str]:
    return {"id": name, "name": found.class_name(name, _language())}


def _type_in_its_tree(found: Reconciler, name: str) -> dict[str, Any]:
    broader = [_type(found, above) for above in found.broader(name)]
    return {**_type(found, name), **({"broader": broader} if broader else {})}


def _manifest() -> dict[str, Any]:
    here, found = request.url_root.rstrip("/"), _reconciler()
    suggest = {
        kind: {
            "service_url": here,
            "service_path": f"/reconcile/suggest/{kind}",
            "flyout_service_url": here,
            "flyout_service_path": f"/reconcile/flyout/{kind}?id=${{id}}",
        }
        for kind in ("entity", "property", "type")
    }
    settings = [
        {
            "name": "limit",
            "label": "Limit",
            "type": "number",
            "default": 0,
            "help_text": "Values per row; 0: all.",
        },
        {
            "name": "language",
            "label": "Language",
            "type": "select",
            "default": "en",
            "help_text": "Of names and texts.",
            "choices": [{"value": "en", "name": "English"}, {"value": "nl", "name": "Nederlands"}],
        },
    ]
    return {
        "versions": ["0.2"],
        "name": "Grotius: Dutch policy on human rights, democracy and the international legal order",
        "identifierSpace": ID,
        "schemaSpace": DEF,
        "documentation": f"{here}/help",
        "logo": f"{here}/static/icon.svg",
        "serviceVersion": version("grotius"),
        "batchSize": MOST,
        "defaultTypes": [
            _type_in_its_tree(found, name)
            for name in ("Country", "Organisation", "Instrument", "Theme", "Goal")
        ],
        "view": {"url": f"{here}/id/{{{{id}}}}"},
        "preview": {"url": f"{here}/reconcile/preview?id={{{{id}}}}", "width": 420, "height": 220},
        "suggest": suggest,
        "extend": {
            "propose_properties": {"service_url": here, "service_path": "/reconcile/properties"},
            "property_settings": settings,
        },
    }


def _candidate(found: Reconciler, one: Candidate) -> dict[str, Any]:
    return {
        "id": _identifier(one.iri),
        "name": found.name_of(one.iri, _language()),
        "description": _description(found, one.iri),
        "type": [_type(found, found.class_of(one.iri))],
        "score": one.score,
        "match": one.match,
        "features": [{"id": name, "value": value} for name, value in one.features.items()],
    }


def _description(found: Reconciler, iri: str) -> str:
    texts = found.values(iri, "definition", _language())
    return texts[0] if texts else found.class_name(found.class_of(iri), _language())


def _cell(found: Reconciler, value: str, language: str) -> dict[str, Any]:
    if value.startswith(ID) and value in found.index.things:
        return {"id": _identifier(value), "name": found.name_of(value, language)}
    if value.startswith(("http://", "https://")):
        return {"str": found.name_of(value, language) if value.startswith(ID) else value}
    return {"str": value}


def _extend(text: str) -> dict[str, Any]:
    ids, asked = read_extension(text)
    found, rows = _reconciler(), {}
    for identifier in ids:
        iri, cells = found.identify(identifier), {}
        for one in asked:
            settings = one.get("settings", {})
            language = settings.get("language", _language())
            values = found.values(iri, one["id"], language) if iri else []
            most = str(settings.get("limit", 0))
            kept = values[: int(most)] if re.fullmatch(r"[1-9]\d*", most) else values
            cells[one["id"]] = [_cell(found, value, language) for value in kept]
        rows[identifier] = cells
    meta: list[dict[str, Any]] = []
    for one in asked:
        about: dict[str, Any] = {"id": one["id"], "name": found.property_name(one["id"], _language())}
        if kind := found.range_of(one["id"]):
            about["type"] = _type(found, kind)
        meta.append(about)
    return {"meta": meta, "rows": rows}


@pages.route("", methods=["GET", "POST"], strict_slashes=False)
def root() -> Response:
    """Answer a batch of queries, a data extension, or else describe the service."""
    if (text := request.values.get("queries")) is not None:
        found = _reconciler()
        batch = read_batch(text)
        return jsonify(
            {name: {"result": [_candidate(found, c) for c in found.reconcile(q)]} for name, q in batch.items()}
        )
    if (text := request.values.get("extend")) is not None:
        return jsonify(_extend(text))
    if request.method == "POST":
        raise ReconciliationError("the form has neither queries nor extend")
    return jsonify(_manifest())


@pages.get("/suggest/<kind>")
def suggest(kind: str) -> Response:
    """Complete what a person began to type: entities, properties or types."""
    prefix = request.args.get("prefix", "")
    found, start, most = _reconciler(), request.args.get("cursor", "0"), _limit(10)
    first = int(start) if re.fullmatch(r"\d{1,6}", start) else 0
    if kind == "entity":
        things = found.suggest_things(prefix, first + most)[first:]
        answer: list[dict[str, Any]] = [
            {
                "id": _identifier(iri),
                "name": found.name_of(iri, _language()),
                "description": _description(found, iri),
                "notable": [_type(found, found.class_of(iri))],
            }
            for iri in things
        ]
    elif kind == "type":
        names = found.suggest_terms(prefix, found.classes)[first : first + most]
        answer = [{**_type_in_its_tree(found, name), "description": comment_of(name)} for name in names]
    elif kind == "property":
        names = found.suggest_terms(prefix, found.properties_of(None))[first : first + most]
        answer = [
            {"id": name, "name": found.property_name(name, _language()), "description": comment_of(name)}
            for name in names
        ]
    else:
        raise UnknownEntityError(f"there is nothing to suggest of kind {kind!r}: entity, property or type")
    return jsonify({"result": answer})


@pages.get("/flyout/<kind>")
def flyout(kind: str) -> Response:
    """Say a little about one entity, property or type."""
    found, name = _reconciler(), request.args.get("id", "")
    if kind == "entity":
        iri = found.identify(name)
        text = f"{found.name_of(iri, _language())}: {_description(found, iri)}" if iri else ""
    elif kind in ("type", "property"):
        bare = name.removeprefix(DEF)
        known = found.classes if kind == "type" else found.properties_of(None)
        text = (
            f"{found.property_name(bare) if kind == 'property' else found.class_name(bare)}: {comment_of(bare)}"
        )
        text = text if bare in known else ""
    else:
        text = ""
    if not text:
        raise UnknownEntityError(f"there is no {kind} {name!r}")
    return jsonify({"id": name, "html": f"<p>{escape(text)}</p>"})


@pages.get("/properties")
def properties() -> Response:
    """Propose the properties that things of a type have."""
    found, kind, most = _reconciler(), request.args.get("type"), _limit(50)
    names = found.properties_of(kind)[:most]
    listed = [{"id": name, "name": found.property_name(name, _language())} for name in names]
    return jsonify({"limit": most, **({"type": kind} if kind else {}), "properties": listed})


@pages.get("/preview")
def preview() -> Response:
    """Show one entity in a small page."""
    found, language = _reconciler(), _language()
    name = request.args.get("id", "")
    iri = found.identify(name)
    if iri is None:
        raise UnknownEntityError(f"there is no entity {name!r}")
    label, kind = escape(found.name_of(iri, language)), escape(found.class_name(found.class_of(iri), language))
    texts = "".join(f"<p>{escape(text)}</p>" for text in found.values(iri, "definition", language))
    codes = ", ".join(escape(f"{s} {c}") for s in ("iso-alpha-3", "wikidata") for c in found.codes(iri, s))
    body = (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{label}</title>'
        "<style>body{font:14px system-ui}h1{font-size:1.1em;margin:0}p{margin:.4em 0}</style></head>"
        f"<body><h1>{label}</h1><p>{kind}</p>{texts}<p>{codes}</p></body></html>"
    )
    response = Response(body, content_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = PREVIEW_POLICY
    return response


@pages.after_request
def pad(response: Response) -> Response:
    """Call the function that an older client names (JSONP), where the answer is JSON and no error."""
    name = request.args.get("callback", "")
    if response.status_code == 200 and response.is_json and CALLBACK.fullmatch(name):
        response.set_data(f"/**/{name}({response.get_data(as_text=True).strip()});")
        response.content_type = "text/javascript; charset=utf-8"
    return response
