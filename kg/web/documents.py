"""Documents as documents: their sections in order, each passage with the claims that rest on it."""

from __future__ import annotations

from collections import defaultdict

from flask import Response
from rdflib.namespace import DCTERMS

from kg.catalogue import Passage, Statement
from kg.vocabulary import DEF
from kg.web.citing import citation
from kg.web.grouping import by_relation
from kg.web.reading import page, reading


def document_page(iri: str) -> Response | None:
    """Show a document and its sections with their claims in order; None for one that was not read."""
    about = reading().catalogue
    sections = sorted(
        (s for p, s in about.incoming.get(iri, []) if p == DEF + "isSectionOf"),
        key=lambda s: (about.number(s, "firstLine"), s),
    )
    if not sections:
        return None
    inside = passages_by_section(iri)
    return page(
        "document.html",
        iri=iri,
        sections=[(s, inside.get(s, [])) for s in sections],
        speech_act=about.iris(iri, DEF + "speechAct"),
        publisher=about.iris(iri, str(DCTERMS.publisher)),
        kinds=about.iris(iri, DEF + "kind"),
        sources=about.iris(iri, str(DCTERMS.source)),
        identifiers=about.literals(iri, str(DCTERMS.identifier)),
        issued=about.literals(iri, str(DCTERMS.issued)),
        texts=about.iris(iri, DEF + "hasText"),
        stated=[s for s in about.statements.values() if s.document == iri],
        relations=by_relation(about.about.get(iri, []), iri),
        citation=citation(iri),
    )


def passages_by_section(document: str) -> dict[str, list[tuple[Passage, list[Statement]]]]:
    """Return the passages of a document in order, by section, each with the claims that rest on it."""
    about = reading().catalogue
    found: dict[str, list[tuple[Passage, list[Statement]]]] = defaultdict(list)
    for p in sorted(about.passages.values(), key=lambda p: (p.start, p.end, p.iri)):
        if p.document == document:
            found[p.section].append((p, sorted(about.resting_on.get(p.iri, []), key=lambda s: s.iri)))
    return found


def section_page(iri: str) -> Response:
    """Show one section: its passages in order, each with the claims that rest on it."""
    about = reading().catalogue
    document = next(iter(about.iris(iri, DEF + "isSectionOf")), "")
    row = sorted(
        (s for p, s in about.incoming.get(document, []) if p == DEF + "isSectionOf"),
        key=lambda s: (about.number(s, "firstLine"), s),
    )
    at = row.index(iri)
    return page(
        "section.html",
        iri=iri,
        document=document,
        treats=about.iris(iri, DEF + "treats"),
        passages=passages_by_section(document).get(iri, []),
        before=row[at - 1] if at else None,
        after=row[at + 1] if at + 1 < len(row) else None,
        citation=citation(iri),
    )
