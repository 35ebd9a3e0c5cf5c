"""The explorer: what stands around a thing, how two things are connected, and both as files for other tools."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, request

from kg import description
from kg.catalogue import Statement
from kg.connections import (
    Choice,
    Neighbourhood,
    UnconnectedError,
    around,
    between,
    chain,
    neighbours,
    shortest_paths,
)
from kg.finding import kinds_of_interest
from kg.networks import Network, view, write
from kg.networks.collecting import assemble
from kg.networks.formats import format_named
from kg.vocabulary import PREFIXES
from kg.web.grouping import by_relation
from kg.web.language import LANGUAGES
from kg.web.reading import address, name, page, place, reading, remarks, segments

explorer = Blueprint("explorer", __name__)

START = "instrument:vernieuwde-aanpak"
SUGGESTED = ("instruments-and-goals", "who-works-with-whom", "treaties-and-goals")
MOST = 120
"""How many things a picture begins with; the page asks for more when its reader does."""


def chosen() -> Choice:
    """Return what this request's filters admit."""
    args = request.args
    return Choice(
        relations=frozenset(_iri(r, "gro") for r in args.getlist("relation") if r),
        documents=frozenset(_iri(d, "document") for d in args.getlist("document") if d),
        kinds=frozenset(k for k in args.getlist("kind") if k),
        asserted_only=args.get("stance", "asserted") != "all",
        entailed=args.get("entailed") == "yes",
    )


def _iri(given: str, prefix: str) -> str:
    return description.to_iri(given if ":" in given else f"{prefix}:{given}")


def asked_for(key: str) -> list[str]:
    """Return the things that the request names under *key*; a name that people use does as well as an IRI."""
    about, found = reading().catalogue, []
    for given in request.args.getlist(key):
        if not given:
            continue
        iri = description.to_iri(given.strip())
        if not about.knows(iri):
            hits = reading().index.find(given, limit=1)
            if not hits:
                raise description.UnknownThingError(given)
            iri = hits[0].iri
        found.append(iri)
    return found


@explorer.get("/network")
def network() -> Response:
    """The picture, and the same in words: it works without a script, and by keyboard."""
    about, choice = reading().catalogue, chosen()
    start, goal = asked_for("from") or [description.to_iri(START)], asked_for("to")
    start = [i for i in start if about.knows(i)] or about.read_documents[:1]
    steps: list[list[Statement]] = []
    unconnected = ""
    if goal:
        try:
            steps = shortest_paths(about, start[0], goal[0], choice)[0]
        except UnconnectedError as error:
            unconnected = str(error)
    statements = [s for s in about.about.get(start[0], []) if choice.admits(s)]
    around_it = neighbours(about, start[0], choice)
    return page(
        "network.html",
        start=start[0],
        goal=goal[0] if goal else None,
        steps=steps,
        chain=chain(start[0], steps),
        unconnected=unconnected,
        relations=by_relation(statements, start[0]),
        around=around_it.most_common(60),
        around_left=max(0, len(around_it) - 60),
        choice=choice,
        kinds=kinds_of_interest(about),
        predicates=sorted({s.predicate for s in about.statements.values()}, key=lambda p: str(name(p))),
        prefixes=PREFIXES,
        views=[view(name) for name in SUGGESTED],
    )


def pictured() -> tuple[Neighbourhood, list[str]]:
    """Return the picture asked for (a path, some things, or what is around one) and its chosen things."""
    about, choice = reading().catalogue, chosen()
    start, goal = asked_for("from"), asked_for("to")
    if start and goal:
        passed = chain(start[0], shortest_paths(about, start[0], goal[0], choice)[0])
        return between(about, passed, choice), passed
    if nodes := asked_for("node"):
        return between(about, nodes[:300], choice), nodes
    start = start or [description.to_iri(START)]
    most = min(request.args.get("most", MOST, type=int) or MOST, 300)
    return around(about, start, choice, most), start


@explorer.get("/network.json")
def network_json() -> Response:
    """The picture: nodes with how many more neighbours each has, edges with their claim and its passages."""
    about, choice = reading().catalogue, chosen()
    found, focus = pictured()
    inside = set(found.nodes)
    nodes = []
    for iri in found.nodes:
        near = neighbours(about, iri, choice)
        nodes.append(
            {
                "id": iri,
                "label": str(name(iri)),
                "kind": about.kind(iri),
                "address": address(iri),
                "more": sum(n not in inside for n in near),
                "focus": iri in focus,
            }
        )
    return jsonify({"nodes": nodes, "edges": [_edge(s) for s in found.statements], "left_out": found.left_out})


def _edge(s: Statement) -> dict[str, Any]:
    about = reading().catalogue
    return {
        "id": s.iri,
        "source": s.subject,
        "target": s.object,
        "label": str(name(s.predicate)),
        "asserted": s.asserted,
        "entailed": s.entailed,
        "document": str(name(s.document)) if s.document else "",
        "address": address(s.iri),
        "remarks": [str(words) for _, words in remarks(s)],
        "passages": [
            {"place": place(about.passages[p]), "words": segments(about.passages[p])} for p in s.passages[:2]
        ],
    }


@explorer.get("/network.<any(graphml, gexf):form>")
def network_file(form: str) -> Response:
    """The picture for Gephi and its like, with the evidence on every edge."""
    found, focus = pictured()
    rows = [(s.subject, s.object, s.predicate, "" if s.entailed else s.iri) for s in found.statements]
    title = {
        language: " – ".join(str(reading().catalogue.label(i, language)) for i in focus)
        for language in LANGUAGES
    }
    asked = {name: ",".join(request.args.getlist(name)) for name in request.args}
    drawn = assemble(reading().store, rows, Network("explorer", title, title, asked, reading().release))
    answer = Response(b"".join(write(drawn, form)), content_type=format_named(form).media_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="grotius.{form}"'
    return answer
