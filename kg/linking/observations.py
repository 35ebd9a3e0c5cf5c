"""CSVW metadata and their table to RDF: an RDF Data Cube in a graph of its own.

Implements minimal mode of https://www.w3.org/TR/csv2rdf/ over the library csvw, which reads and types the
cells; the structure of the cube (https://www.w3.org/TR/vocab-data-cube/) follows from the columns.
"""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from rdflib import Dataset, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCTERMS, RDF, RDFS, SKOS, XSD
from rdflib.term import Node
from uritemplate import expand as expand_template

from kg.errors import KGError
from kg.linking.index import Index, build_index, names_in_graph
from kg.linking.mapping import METADATA, PERIOD, RETRIEVED, UNIT
from kg.vocabulary import GRAPH, bind

QB = Namespace("http://purl.org/linked-data/cube#")
NAMESPACES = {"rdf": str(RDF), "rdfs": str(RDFS), "dc": str(DCTERMS), "skos": str(SKOS), "xsd": str(XSD)}
"""The prefixes that a term of the metadata may use."""

Triple = tuple[Node, Node, Node]


class MetadataError(KGError):
    """CSVW metadata cannot be used."""

    def __init__(self, path: Path, problem: str) -> None:
        self.path, self.problem = path, problem
        super().__init__(f"{path}: {problem}: write it anew with `kg link table`")


def is_metadata(path: Path) -> bool:
    """Tell whether *path* is named as CSVW metadata are."""
    return path.name.endswith(METADATA)


def _read(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise MetadataError(path, f"not JSON: {error}") from error
    if not isinstance(content, dict) or not {"@id", "url", "dc:title", "tableSchema"} <= content.keys():
        raise MetadataError(path, "it lacks @id, url, dc:title or tableSchema")
    return content


def table_of(path: Path) -> Path:
    """Return the table that CSVW metadata describe."""
    return path.parent / str(_read(path)["url"])


def _term(name: str) -> URIRef:
    prefix, colon, local = name.partition(":")
    return URIRef(NAMESPACES[prefix] + local if colon and prefix in NAMESPACES else name)


def _value(raw: Any) -> Node:
    if isinstance(raw, dict) and "@id" in raw:
        return URIRef(raw["@id"])
    if isinstance(raw, dict):
        return Literal(raw["@value"], datatype=_term(raw["@type"]) if "@type" in raw else None)
    return Literal(raw)


def _cells(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the typed rows of the table that *path* describes; the metadata are checked on the way."""
    try:
        from csvw import CSVW
    except ImportError as error:
        raise MetadataError(path, "reading it needs `pip install grotius[tables]`") from error
    try:
        yield from CSVW(str(path)).tables[0].iterdicts()
    except (ValueError, OSError) as error:
        raise MetadataError(path, str(error)) from error


def _object(column: dict[str, Any], cell: Any, row: dict[str, Any]) -> Node | None:
    if template := column.get("valueUrl"):
        there = column.get("virtual") or cell is not None
        return URIRef(expand_template(template, dict(row))) if there else None
    if cell is None or cell == "":
        return None
    if language := column.get("lang"):
        return Literal(cell, lang=language)
    datatype = column.get("datatype", "string")
    if datatype == "gYear":
        cell = str(cell)
    elif datatype == "date" and isinstance(cell, datetime.datetime):  # the library reads days as midnights
        cell = cell.date()
    return Literal(cell, datatype=None if datatype == "string" else XSD[datatype])


def _rows(path: Path, content: dict[str, Any]) -> Iterator[Triple]:
    schema = content["tableSchema"]
    for row in _cells(path):
        texts: dict[str, Any] = {k: str(v) for k, v in row.items() if v is not None}
        subject = URIRef(expand_template(schema["aboutUrl"], dict(texts)))
        for column in schema["columns"]:
            found = _object(column, row.get(column["name"]), texts)
            if found is not None:
                yield subject, _term(column["propertyUrl"]), found


def _structure(content: dict[str, Any]) -> Iterator[Triple]:
    """Yield the dataset, its structure and its measures."""
    dataset = URIRef(content["@id"])
    title = str(content["dc:title"])
    structure = URIRef(f"{dataset}#structure")
    yield dataset, RDF.type, QB.DataSet
    yield dataset, QB.structure, structure
    yield structure, RDF.type, QB.DataStructureDefinition
    for language, text in (("nl", f"opbouw van {title}"), ("en", f"structure of {title}")):
        yield dataset, RDFS.label, Literal(title, lang=language)
        yield structure, RDFS.label, Literal(text, lang=language)
    for key in ("dc:title", "dc:source", "dc:license", RETRIEVED):
        if key in content:
            yield dataset, _term(key), _value(content[key])
    for column in content["tableSchema"]["columns"]:
        term = _term(column["propertyUrl"])
        own = str(term).startswith(f"{dataset}#")
        is_thing = "valueUrl" in column and not column.get("virtual")
        if not own and not is_thing and str(term) != PERIOD:
            continue
        role, kind = (
            (QB.dimension, QB.DimensionProperty)
            if is_thing or str(term) == PERIOD
            else (QB.measure, QB.MeasureProperty)
        )
        component = URIRef(f"{dataset}#component-{column['name']}")
        yield structure, QB.component, component
        yield component, role, term
        if own:
            yield term, RDF.type, kind
            for language in ("nl", "en"):
                yield term, RDFS.label, Literal(str(column.get("dc:title", column["name"])), lang=language)
            if UNIT in column:
                yield term, URIRef(UNIT), Literal(column[UNIT])


def observe(path: Path, index: Index | None = None) -> Graph:
    """Return the cube that the CSVW metadata at *path* describe; raises MetadataError.

    With an *index*, countries that no document names are described too, so that their rows can be read.
    """
    content = _read(path)
    graph = bind(Graph())
    graph.bind("qb", QB)
    for triple in (*_structure(content), *_rows(path, content)):
        graph.add(triple)
    refer = [_term(c["propertyUrl"]) for c in content["tableSchema"]["columns"] if "valueUrl" in c]
    for thing in {o for term in refer for o in graph.objects(None, term)} if index else ():
        known = index.things.get(str(thing)) if index else None
        if known and known.kind == "country" and not known.in_graph:
            graph.add((thing, RDF.type, SKOS.Concept))
            graph.add((thing, SKOS.notation, Literal(re.sub(r".*/", "", known.iri))))
            graph.add((thing, RDFS.label, Literal(known.label_nl, lang="nl")))
            graph.add((thing, RDFS.label, Literal(known.label_en, lang="en")))
    return graph


def add_tables(dataset: Dataset, paths: Sequence[Path]) -> None:
    """Add each linked table as the graph ``graph/with/<name>``."""
    if not paths:
        return
    index = build_index(names_in_graph(dataset))
    for path in paths:
        graph = dataset.graph(
            URIRef(f"{GRAPH}with/{path.name.removesuffix(METADATA).removesuffix('.linked.csv')}")
        )
        for triple in observe(path, index):
            graph.add(triple)
