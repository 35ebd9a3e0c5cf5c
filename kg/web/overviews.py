"""Whole-document views: the matrix, the map of countries by role, the comparison of two documents."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, request
from rdflib.namespace import SKOS

from kg import description
from kg.catalogue import Statement
from kg.comparison import compare
from kg.crosstable import countries_by_role, objectives_by_parts, results_by_priority
from kg.vocabulary import DEF
from kg.web.language import say
from kg.web.reading import name, page, reading, world

overviews = Blueprint("overviews", __name__)

THINGS_SHOWN = 60

ROLES = {
    ("isActiveIn", False): ("Actief in", "Active in"),
    ("targets", False): ("Doelwit of bestemming van", "Target or addressee of"),
    ("cooperatesWith", False): ("Partner van", "Partner of"),
    ("cooperatesWith", True): ("Werkt samen met", "Cooperates with"),
    ("hosts", True): ("Gastland van", "Host of"),
    ("isLocatedIn", False): ("Plaats van", "Location of"),
    ("isMemberOf", True): ("Lid van", "Member of"),
    ("isPartyTo", True): ("Partij bij", "Party to"),
    ("participatesIn", True): ("Neemt deel aan", "Participates in"),
    ("violates", True): ("Zou schenden", "Said to violate"),
    ("undermines", True): ("Zou ondermijnen", "Said to undermine"),
    ("holdsAccountable", False): ("Wordt ter verantwoording geroepen", "Held accountable"),
    ("supports", False): ("Ontvangt steun van", "Supported by"),
}
"""Names of roles, for relation and whether the country is their subject; other roles go by their relation."""


@overviews.get("/matrix")
def matrix() -> Response:
    """Objectives × parts of the renewed approach, and priorities × intended results."""
    about = reading().catalogue
    return page("matrix.html", table=objectives_by_parts(about), results=results_by_priority(about))


@overviews.get("/map")
def countries() -> Response:
    """Countries by role: a map, with the same as a list beside it."""
    about = reading().catalogue
    by_role = countries_by_role(about)
    every = request.args.get("stance") == "all"
    shown: dict[str, dict[str, list[Statement]]] = {}
    for (predicate, forward), found in by_role.items():
        kept = {c: k for c, ss in found.items() if (k := [s for s in ss if every or s.asserted])}
        if kept:
            shown[predicate.removeprefix(DEF) + ("" if forward else "-by")] = kept
    names = {key: _role_name(key) for key in shown}
    role = request.args.get("role", "isActiveIn-by")
    found = shown.get(role, {})
    codes = {c: next((t.value for t in about.literals(c, str(SKOS.notation))), "") for c in found}
    return page(
        "map.html",
        role=role,
        roles=sorted(names.items(), key=lambda item: (-len(shown[item[0]]), item[1])),
        sizes={key: len(countries) for key, countries in shown.items()},
        found=sorted(found.items(), key=lambda item: (-len(item[1]), str(name(item[0])))),
        codes=codes,
        by_code={code: (c, found[c]) for c, code in codes.items()},
        world=world(str(current_app.static_folder)),
        every=every,
    )


def _role_name(key: str) -> str:
    predicate, forward = key.removesuffix("-by"), not key.endswith("-by")
    words = ROLES.get((predicate, forward))
    if words:
        return say(*words)
    relation = str(name(DEF + predicate))
    return (
        say(f"land {relation} …", f"country {relation} …")
        if forward
        else say(f"… {relation} land", f"… {relation} country")
    )


@overviews.get("/compare")
def comparison() -> Response:
    """Two documents: what both say, what only one names; the silence of an excerpt is marked as such."""
    about = reading().catalogue
    first = description.to_iri(request.args.get("a") or about.read_documents[0])
    second = description.to_iri(request.args.get("b") or about.read_documents[-1])
    for iri in (first, second):
        if iri not in about.read_documents:
            raise description.UnknownThingError(iri)
    return page(
        "compare.html",
        first=first,
        second=second,
        found=compare(about, first, second),
        most=THINGS_SHOWN,
        share=DEF + "shareOfWhole",
    )
