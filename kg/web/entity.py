"""Every minted IRI as a page and as data: ``/id/…`` leads to ``/doc/…``, and each suffix is a format."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from flask import Blueprint, Response, redirect, request
from rdflib import Graph
from rdflib.namespace import DCTERMS, RDF, SKOS

from kg import description
from kg.catalogue import MATCHES, SHOWN_ELSEWHERE, Passage
from kg.vocabulary import DEF, ID, PREFIXES
from kg.web.citing import citation
from kg.web.describing import signpost
from kg.web.documents import document_page, section_page
from kg.web.grouping import by_relation
from kg.web.language import asked_language
from kg.web.reading import page, reading
from kg.web.shape import as_json

entity = Blueprint("entity", __name__)

FORMATS = {
    "html": "text/html",
    "ttl": "text/turtle",
    "nt": "application/n-triples",
    "jsonld": "application/ld+json",
    "json": "application/json",
}
SERIALISERS = {"text/turtle": "turtle", "application/n-triples": "nt", "application/ld+json": "json-ld"}
NEIGHBOURS_SHOWN = 24


@entity.get("/id/<path:local>")
def identifier(local: str) -> Any:
    """Answer 303 See Other: a thing is not its page (https://www.w3.org/TR/cooluris/)."""
    stem, dot, suffix = local.rpartition(".")
    iri = ID + (stem if dot and suffix in FORMATS and not reading().catalogue.knows(ID + local) else local)
    if not reading().catalogue.knows(iri):
        raise description.UnknownThingError(iri)
    return redirect(
        f"/doc/{local}" + ("?" + request.query_string.decode() if request.query_string else ""), 303
    )


@entity.get("/doc/<path:local>")
def document(local: str) -> Response:
    """Answer in the format of the suffix, else in the one the client prefers."""
    about = reading().catalogue
    stem, dot, suffix = local.rpartition(".")
    given = FORMATS.get(suffix) if dot and not about.knows(ID + local) else None
    iri = ID + (stem if given else local)
    if not about.knows(iri):
        raise description.UnknownThingError(iri)
    kind = given or request.accept_mimetypes.best_match(list(FORMATS.values()), "text/html")
    if kind == "application/json":
        body = json.dumps(as_json(iri), ensure_ascii=False, indent=1)
        return signpost(Response(body, content_type="application/json"), iri)
    if kind != "text/html":
        return signpost(serialised(description.graph_of(reading().store, iri), kind), iri)
    shown = {"Document": document_page, "Section": section_page}.get(about.kind(iri))
    return signpost((shown(iri) if shown else None) or thing_page(iri), iri)


def serialised(graph: Graph, kind: str) -> Response:
    """Return *graph* in one of the RDF formats."""
    options: dict[str, Any] = {"context": PREFIXES} if kind == "application/ld+json" else {}
    body = graph.serialize(format=SERIALISERS[kind], encoding="utf-8", **options)
    return Response(body, content_type=kind + ("; charset=utf-8" if kind == "text/turtle" else ""))


def thing_page(iri: str) -> Response:
    """Show a thing: what it is, what is claimed of it and where, what it hangs together with."""
    about = reading().catalogue
    statements = about.about.get(iri, [])
    others = Counter(s.object if s.subject == iri else s.subject for s in statements)
    others.pop(iri, None)
    # the relations of a thing are shown as claims with their proof, so not once more as bare facts
    stated = {s.predicate for s in statements if s.subject == iri}
    facts = [
        (p, values)
        for p, values in sorted(about.properties[iri].items())
        if p not in SHOWN_ELSEWHERE and p not in stated
    ]
    named = [about.passages[p] for p in about.iris(iri, DEF + "isNamedIn") if p in about.passages]
    return page(
        "statement.html" if iri in about.statements else "thing.html",
        iri=iri,
        kind=about.kind(iri),
        types=[t for t in about.iris(iri, str(RDF.type)) if t.startswith(DEF)],
        relations=by_relation(statements, iri),
        total=len(statements),
        facts=facts,
        matches=[(p, o) for p in (*MATCHES, str(DCTERMS.source)) for o in about.iris(iri, p)],
        also=[t for p in (SKOS.altLabel,) for t in about.literals(iri, str(p))],
        definition=about.text(iri, str(SKOS.definition), asked_language()),
        neighbours=others.most_common(NEIGHBOURS_SHOWN),
        neighbours_left=max(0, len(others) - NEIGHBOURS_SHOWN),
        coverage=coverage(about.kind(iri), named) if statements or named else [],
        statement=about.statements.get(iri),
        passage=about.passages.get(iri),
        follows=[s for s in about.statements.values() if iri in s.premises],
        citation=citation(iri),
        incoming=about.incoming.get(iri, [])[:200] if not statements else [],
    )


def coverage(kind: str, named: list[Passage]) -> list[dict[str, Any]]:
    """Return for each read document how often it names a thing of class *kind*, and how it was looked for."""
    about = reading().catalogue
    counts = Counter(p.document for p in named)
    found = []
    for read in about.read_documents:
        records = [
            c
            for c in about.instances[DEF + "Coverage"]
            if about.iris(c, DEF + "coversDocument") == [read]
            and DEF + kind in about.iris(c, DEF + "coversTerm")
        ]
        found.append({"document": read, "passages": counts[read], "records": records})
    return found
