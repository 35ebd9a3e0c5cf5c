"""Named graphs: each answers at its IRI with its triples, for they say who says so."""

from __future__ import annotations

from typing import Any

import pyoxigraph as ox
from flask import Blueprint, Response, request

from kg import description
from kg.vocabulary import GRAPH, PREFIXES
from kg.web.reading import page, reading

graphs = Blueprint("graphs", __name__)

FORMATS = {
    "html": ("text/html", None),
    "ttl": ("text/turtle", ox.RdfFormat.TURTLE),
    "nt": ("application/n-triples", ox.RdfFormat.N_TRIPLES),
    "rdf": ("application/rdf+xml", ox.RdfFormat.RDF_XML),
}


@graphs.get("/graph/<path:local>")
def graph(local: str) -> Response:
    """Answer with every triple of one named graph, in the format of the suffix or the one preferred."""
    stem, _, suffix = local.rpartition(".")
    iri = GRAPH + (stem if suffix in FORMATS else local)
    try:
        named = ox.NamedNode(iri)
    except ValueError as error:
        raise description.UnknownThingError(iri) from error
    triples = [q.triple for q in reading().store.quads_for_pattern(None, None, None, named)]
    if not triples:
        raise description.UnknownThingError(iri)
    wanted = request.accept_mimetypes.best_match([kind for kind, _ in FORMATS.values()], "text/html")
    kind, form = FORMATS.get(suffix) or next(f for f in FORMATS.values() if f[0] == wanted)
    if form is None:
        return page("graph.html", iri=iri, total=len(triples), subjects=sorted(_subjects(triples))[:500])
    body: Any = ox.serialize(triples, format=form, prefixes=PREFIXES)
    return Response(body, content_type=kind + ("; charset=utf-8" if kind == "text/turtle" else ""))


def _subjects(triples: list[ox.Triple]) -> set[str]:
    return {t.subject.value for t in triples if isinstance(t.subject, ox.NamedNode)}
