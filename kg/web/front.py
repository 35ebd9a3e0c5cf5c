"""The pages that lead to the others: landing, search, report a claim, and errors as pages for people."""

from __future__ import annotations

import os
from itertools import islice
from typing import Any

import pyoxigraph as ox
from flask import Blueprint, Response, abort, jsonify, request
from rdflib.namespace import DCTERMS, SKOS

from kg import description, questions
from kg.catalogue import matters
from kg.finding import kinds_of_interest
from kg.store import evaluate
from kg.vocabulary import DEF, PREFIXES, ontology, relations
from kg.web.describing import as_dataset, signpost_dataset
from kg.web.edition import edition
from kg.web.language import asked_language, remember, say
from kg.web.policy import protect
from kg.web.reading import address, has_reading, name, page, place, reading, sentence, text_of, wants_page

front = Blueprint("front", __name__)
front.after_app_request(remember)
front.after_app_request(protect)

ON_THE_LANDING = ("countries-of-an-instrument", "budget-of-an-instrument", "means-to-a-goal")
"""Three questions whose answers a newcomer sees first; others stand in for those that a release lacks."""

ROWS_SHOWN = 3
NO_ANSWER = ("", "Claim", "Passage", "Section", "Entailment", "StanceValue", "Document")
"""Classes that a row carries as its proof, not as its answer."""
HITS_ON_A_PAGE = 40


@front.get("/")
def landing() -> Response:
    """One search box, what the graph holds, three answered questions, the documents."""
    if not has_reading():
        return page("files.html", name=edition().name, quads=edition().quads)
    about = reading().catalogue
    known = questions.questions()
    chosen = [n for n in ON_THE_LANDING if n in known] + [n for n in known if n not in ON_THE_LANDING]
    documents = [
        {
            "iri": iri,
            "act": about.iris(iri, DEF + "speechAct"),
            "by": about.iris(iri, str(DCTERMS.publisher)),
            "year": next((t.value[:4] for t in about.literals(iri, str(DCTERMS.issued))), ""),
            "claims": sum(s.document == iri for s in about.statements.values()),
            "share": text_of(iri, DEF + "shareOfWhole"),
        }
        for iri in about.read_documents
    ]
    shown = page(
        "landing.html",
        dataset=as_dataset(),
        counts=[(kind, n) for kind, n in matters(about).most_common() if n],
        claims=len(about.instances[DEF + "Claim"]),
        passages=len(about.passages),
        answered=answered(chosen),
        asked=len(known),
        documents=sorted(documents, key=lambda d: (str(d["year"]), str(d["iri"]))),
    )
    return signpost_dataset(shown)


def answered(names: list[str]) -> list[dict[str, Any]]:
    """Return the first three of the questions *names* that have an answer, each with its first rows."""
    now = reading()
    if now.release not in _ANSWERED:
        # asked once for each release: its answers never change
        found = (_answer(questions.question(n)) for n in names)
        _ANSWERED.clear()
        _ANSWERED[now.release] = list(islice((a for a in found if a["rows"]), 3))
    return _ANSWERED[now.release]


_ANSWERED: dict[str, list[dict[str, Any]]] = {}


def _answer(asked: questions.Question) -> dict[str, Any]:
    """Return a question with the things in the first rows of its answer."""
    answer = evaluate(reading().store, questions.bind(asked, {}))
    assert isinstance(answer, ox.QuerySolutions)
    rows: list[list[str]] = []
    total = 0
    for solution in answer:
        total += 1
        things = [t.value for t in solution if isinstance(t, ox.NamedNode) and _is_matter(t.value)]
        row = list(dict.fromkeys(things))
        if len(rows) < ROWS_SHOWN and row and row not in rows:
            rows.append(row)
    return {"question": asked, "rows": rows, "total": total}


def _is_matter(iri: str) -> bool:
    return reading().catalogue.kind(iri) not in NO_ANSWER


@front.get("/things/<kind>")
def things(kind: str) -> Response:
    """Every thing of one class, the best connected first."""
    about = reading().catalogue
    if kind not in kinds_of_interest(about):
        abort(404)
    found = [(iri, about.degree(iri)) for iri in about.things([kind])]
    return page(
        "things.html",
        kind=kind,
        things=sorted(found, key=lambda t: (-t[1], t[0])),
        definition=str(SKOS.definition),
    )


@front.get("/search")
def search() -> Response:
    """Things by name, in both languages at once; a single exact hit is not opened unasked."""
    asked, kind = request.args.get("q", "").strip(), request.args.get("kind", "")
    index = reading().index
    hits = index.find(asked, [kind] if kind else ())
    kinds: dict[str, int] = {}
    for hit in index.find(asked):
        kinds[hit.kind] = kinds.get(hit.kind, 0) + 1
    return page(
        "search.html",
        asked=asked,
        kind=kind,
        hits=hits[:HITS_ON_A_PAGE],
        total=len(hits),
        kinds=kinds,
        near=[] if hits else index.nearest(asked),
        definition=str(SKOS.definition),
    )


@front.get("/search.json")
def search_json() -> Response:
    """The same for scripts and programs: ``q``, ``kind`` (may be repeated), ``limit`` (at most 100)."""
    limit = min(request.args.get("limit", 20, type=int) or 20, 100)
    hits = reading().index.find(request.args.get("q", ""), request.args.getlist("kind"))
    found = [
        {"iri": h.iri, "label": str(name(h.iri)), "kind": h.kind, "matched": h.by, "address": address(h.iri)}
        for h in hits[:limit]
    ]
    return jsonify({"hits": found, "total": len(hits)})


@front.post("/labels.json")
def labels() -> Response:
    """The labels of up to 5000 IRIs, given as a JSON list."""
    given = request.get_json(silent=True)
    if not isinstance(given, list) or len(given) > 5000:
        abort(400)
    about = reading().catalogue
    return jsonify(
        {
            i: {"label": str(name(i)), "address": address(i)}
            for i in given
            if isinstance(i, str) and about.knows(i)
        }
    )


@front.get("/vocabulary.json")
def vocabulary() -> Response:
    """The terms, classes of things and prefixes that the editor completes."""
    about, language = reading().catalogue, asked_language()
    stated = relations()
    terms = [
        {
            "name": f"gro:{iri.removeprefix(DEF)}",
            "label": str(about.label(iri, language)),
            "definition": str(text_of(iri, str(SKOS.definition)) or ""),
            "type": "relation" if any(iri == str(r) for r in stated) else "term",
        }
        for iri in sorted({str(s) for s in ontology().subjects() if str(s).startswith(DEF)})
    ]
    return jsonify({"terms": terms, "prefixes": PREFIXES, "kinds": kinds_of_interest(about)})


@front.get("/report")
def report() -> Response:
    """A report about one claim, filled in as far as we can: what it says, where, and in which release."""
    about, iri = reading().catalogue, request.args.get("claim", "")
    iri = description.to_iri(iri)
    statement = about.statements.get(iri)
    if statement is None:
        abort(404)
    places = [
        f"{name(p.document)}, {place(p)} <{p.iri}>" for p in (about.passages[i] for i in statement.passages)
    ]
    anchors = [f"“{a.exact}”" for i in statement.passages for a in about.passages[i].anchors]
    lines = [
        say("Bewering", "Claim") + f": {sentence(statement)}",
        f"IRI: {iri}",
        f"Release: {reading().release}",
        *(say("Passage", "Passage") + f": {p}" for p in places),
        say("Anker", "Anchor") + ": " + ", ".join(anchors),
        "",
        say("Wat klopt er niet, en wat zou er moeten staan?", "What is wrong, and what should it say?"),
        "",
    ]
    tracker = os.environ.get("KG_TRACKER", "")
    title = say("Bewering ", "Claim ") + iri.rsplit("/", 1)[-1]
    return page("report.html", statement=statement, body="\n".join(lines), title=title, tracker=tracker)


@front.after_app_request
def explain_to_people(response: Response) -> Response:
    """Show a problem document as a page to a browser: the same facts, with a way on.

    Programs keep the one error body of the whole product.
    """
    if response.mimetype != "application/problem+json" or not wants_page():
        return response
    facts = response.get_json(silent=True) or {}
    shown = page("mistake.html", response.status_code, problem=facts)
    shown.headers.extend((k, v) for k, v in response.headers if k in ("Access-Control-Allow-Origin", "Vary"))
    return shown
