"""The query editor, which a browser gets at ``/sparql`` when it brings no query."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request

from kg import questions
from kg.vocabulary import PREFIXES
from kg.web.language import asked_language
from kg.web.reading import page, wants_page

editor = Blueprint("editor", __name__)

FIRST = """# Which instruments are active in which countries, and which words prove it?
SELECT ?instrument ?country ?anchor WHERE {
  ?claim gro:subject ?instrument ; gro:predicate gro:isActiveIn ; gro:object ?country ;
    gro:isAsserted true ; gro:isStatedIn/oa:hasSelector/oa:exact ?anchor .
} ORDER BY ?instrument ?country
"""


def wants_editor() -> bool:
    """Tell whether this request to the endpoint is a person's without a query."""
    return (
        request.method == "GET"
        and "query" not in request.args
        and "update" not in request.args
        and wants_page()
    )


def editor_page() -> Response:
    """Return the editor, with the query ``?edit=`` in it; it works on the public endpoint like any client."""
    first = request.args.get("edit") or _with_prefixes(FIRST)
    return page("editor.html", examples=questions.questions(), first=first, prefixes=PREFIXES)


def _with_prefixes(query: str) -> str:
    used = [p for p in PREFIXES if f"{p}:" in query]
    return "".join(f"PREFIX {p}: <{PREFIXES[p]}>\n" for p in used) + query


@editor.before_app_request
def open_editor() -> Response | None:
    """Answer a browser that comes to the endpoint without a query; the protocol has the rest."""
    return editor_page() if request.path == "/sparql" and wants_editor() else None


@editor.get("/examples.json")
def examples() -> Response:
    """The questions of the library as queries, for this editor and others."""
    language = asked_language()
    return jsonify(
        [
            {"name": q.name, "title": q.title[language], "query": q.sparql}
            for q in questions.questions().values()
        ]
    )
