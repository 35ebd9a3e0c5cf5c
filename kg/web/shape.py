"""The one JSON shape of a thing: for people who do not want RDF, and valid JSON-LD 1.1 for those who do."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from rdflib import URIRef
from rdflib.namespace import DCTERMS, RDF, RDFS, SKOS

from kg.catalogue import Statement
from kg.vocabulary import DEF, OA
from kg.web.reading import reading


def as_json(iri: str) -> dict[str, Any]:
    """Return a thing in the one stable JSON shape, which is also JSON-LD 1.1."""
    about = reading().catalogue

    def words(predicate: URIRef) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for text in about.literals(iri, str(predicate)):
            found[text.language or "und"].append(text.value)
        return dict(found)

    def claim(s: Statement) -> dict[str, Any]:
        return {
            "@id": s.iri,
            "@type": [DEF + ("Entailment" if s.entailed else "Claim")],
            "subject": s.subject,
            "predicate": s.predicate,
            "object": s.object,
            "asserted": s.asserted,
            **dict(s.stance.items()),
            "passages": [
                {
                    "@id": p.iri,
                    "document": p.document,
                    "firstLine": p.first_line,
                    "lastLine": p.last_line,
                    "anchors": [
                        {"@id": a.iri, "exact": a.exact, "start": a.start, "end": a.end} for a in p.anchors
                    ],
                }
                for p in (about.passages[i] for i in s.passages)
            ],
        }

    stated = about.statements.get(iri)
    return {
        "@context": CONTEXT,
        "@id": iri,
        "@type": about.iris(iri, str(RDF.type)),
        "label": words(RDFS.label),
        "altLabel": words(SKOS.altLabel),
        "definition": words(SKOS.definition),
        "release": reading().release,
        "claims": [claim(s) for s in ([stated] if stated else about.about.get(iri, []))],
    }


def _refers(term: str) -> dict[str, str]:
    return {"@id": DEF + term, "@type": "@id"}


CONTEXT: dict[str, Any] = {
    "@version": 1.1,
    "label": {"@id": str(RDFS.label), "@container": "@language"},
    "altLabel": {"@id": str(SKOS.altLabel), "@container": "@language"},
    "definition": {"@id": str(SKOS.definition), "@container": "@language"},
    "release": None,
    "claims": "@included",
    **{
        t: _refers(t)
        for t in (
            "subject",
            "predicate",
            "object",
            "status",
            "polarity",
            "realisation",
            "commitment",
            "listKind",
        )
    },
    **{t: _refers(t) for t in ("speechAct", "holder", "extendsTo")},
    "asserted": DEF + "isAsserted",
    "passages": DEF + "isStatedIn",
    "document": {"@id": str(DCTERMS.isPartOf), "@type": "@id"},
    "firstLine": DEF + "firstLine",
    "lastLine": DEF + "lastLine",
    "anchors": str(OA.hasSelector),
    "exact": str(OA.exact),
    "start": str(OA.start),
    "end": str(OA.end),
}
