"""SHACL: does what is said conform? Before any reasoning; the results grouped, labelled and placed.

The ontology is passed beside the data, so that shapes that rely on subclasses fire, and no inference is
switched on: with it a dangling pointer would conform.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.namespace import RDF, RDFS, SH, SKOS
from rdflib.term import Node

from kg.shacl import ENGINES, triples_of
from kg.vocabulary import PREFIXES, label, shorten

NAMES = {**PREFIXES, "sh": str(SH)}
SEVERITIES = {SH.Violation: "violation", SH.Warning: "warning", SH.Info: "info"}


@dataclass(frozen=True)
class Result:
    """One validation result, in the terms of the SHACL specification (§ 3.6.2)."""

    focus_node: Node
    focus_label: str
    rule: str
    component: str
    path: str
    value: Node | None
    message: str
    severity: str
    place: str = ""
    example: str = ""


@dataclass(frozen=True)
class Report:
    """A validation report; not conforming is an answer, not an error."""

    conforms: bool
    results: tuple[Result, ...]
    graph: Graph

    def to_json(self) -> str:
        """Return the report as JSON, results in a fixed order."""
        rows = [
            {
                "focusNode": str(r.focus_node),
                "label": r.focus_label,
                "rule": r.rule,
                "component": r.component,
                "path": r.path,
                "value": None if r.value is None else str(r.value),
                "message": r.message,
                "severity": r.severity,
                "place": r.place,
            }
            for r in self.results
        ]
        return json.dumps({"conforms": self.conforms, "results": rows}, ensure_ascii=False, indent=2)

    def to_turtle(self) -> str:
        """Return the report as the W3C report graph."""
        quads = ox.parse(self.graph.serialize(format="nt"), format=ox.RdfFormat.N_TRIPLES)
        return (ox.serialize(quads, format=ox.RdfFormat.TURTLE, prefixes=NAMES) or b"").decode()

    def to_text(self) -> str:
        """Return the report for people: grouped by rule, each record by label, place and one example."""
        if not self.results:
            return "conforms: nothing to report"
        groups: dict[tuple[str, str], list[Result]] = defaultdict(list)
        for result in self.results:
            groups[(result.rule, result.message)].append(result)
        head = "conforms, with remarks" if self.conforms else "does not conform"
        lines = [f"{head}: {len(self.results)} in {len(groups)} rules"]
        for (_, message), results in sorted(groups.items(), key=lambda g: (-len(g[1]), g[0])):
            first = results[0]
            lines += ["", f"{first.severity} ×{len(results)}: {message}"]
            for r in results:
                value = "" if r.value is None else f" – found {_short(r.value)}"
                lines.append(f"  {r.place or _short(r.focus_node)}  {r.focus_label}{value}")
            if first.example:
                lines.append(f"  correct: {first.example}")
        return "\n".join(lines)


def _short(term: Node) -> str:
    return shorten(str(term)) if isinstance(term, URIRef) else str(term)


def places(files: Iterable[Path]) -> dict[str, str]:
    """Return ``file:line`` for each subject, full or prefixed, that begins a line in a Turtle file."""
    found: dict[str, str] = {}
    for path in files:
        if path.suffix not in (".ttl", ".nt", ".trig"):
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            match = re.match(r"(<[^>]*>|[\w-]*:[\w.-]+)\s", line)
            if match:
                found.setdefault(match.group(1).strip("<>"), f"{path}:{number}")
    return found


def _message(results: Graph, node: Node, language: str) -> str:
    said = [m for m in results.objects(node, SH.resultMessage) if isinstance(m, Literal)]
    best = [m for m in said if m.language == language] or [m for m in said if m.language == "en"] or said
    return str(min(best, key=str)) if best else "the shape does not hold"


def _path_text(graph: Graph, path: Node | None) -> str:
    if path is None:
        return ""
    if isinstance(path, BNode):
        inverse = graph.value(path, SH.inversePath)
        return f"^{_short(inverse)}" if inverse else "a path"
    return _short(path)


def _example(shapes: Graph, shape: Node | None) -> str:
    """Return the correct example that a shape, or the shape around it, gives."""
    seen = set()
    while shape is not None and shape not in seen:  # shapes may contain one another
        seen.add(shape)
        for example in shapes.objects(shape, SKOS.example):
            return str(example)
        shape = shapes.value(predicate=SH.property, object=shape) or shapes.value(
            predicate=SH.sparql, object=shape
        )
    return ""


def validate(
    data: Graph | Iterable[Path],
    shapes: Graph,
    ontology: Graph | None = None,
    *,
    language: str = "en",
    files: Iterable[Path] = (),
    engine: str = "reference",
) -> Report:
    """Validate *data* (a graph, or files) against *shapes*; *ontology* says which classes are subclasses.

    *files*: where the data was read from, so that each result can say file and line.
    *engine*: ``fast`` or ``reference``, see ``kg.shacl``.
    Raises UnusableShapesError where the shapes are not valid SHACL, and UnreadableGraphError.
    """
    given = data if isinstance(data, Graph) else triples_of(data)
    results = ENGINES[engine](given, shapes, ontology)
    nodes = list(results.subjects(RDF.type, SH.ValidationResult))
    focus_nodes = {str(n) for n in results.objects(None, SH.focusNode)}
    labels = given if isinstance(given, Graph) else _labels_of(given, focus_nodes)
    where = places(files) if nodes else {}
    found = []
    for node in nodes:
        focus = results.value(node, SH.focusNode) or BNode()
        shape = results.value(node, SH.sourceShape)
        iri = str(focus)
        found.append(
            Result(
                focus_node=focus,
                focus_label=label(labels, URIRef(iri), language)
                if (focus, RDFS.label, None) in labels
                else _short(focus),
                rule=_short(shape) if isinstance(shape, URIRef) else _message(results, node, "en"),
                component=_short(results.value(node, SH.sourceConstraintComponent) or BNode()),
                path=_path_text(results, results.value(node, SH.resultPath)),
                value=results.value(node, SH.value),
                message=_message(results, node, language),
                severity=SEVERITIES.get(URIRef(str(results.value(node, SH.resultSeverity))), "violation"),
                place=where.get(iri) or where.get(shorten(iri), ""),
                example=_example(shapes, shape),
            )
        )
    found.sort(key=lambda r: (r.rule, r.message, str(r.focus_node), r.path, str(r.value)))
    conforms = (None, SH.conforms, Literal(True)) in results
    return Report(conforms, tuple(found), results)


def _labels_of(triples: str, nodes: set[str]) -> Graph:
    """Return the labels of *nodes*, found among the lines of *triples*."""
    if not nodes:
        return Graph()
    marked = (line for line in triples.splitlines() if f"> <{RDFS.label}> " in line)
    lines = [line for line in marked if line[1 : line.find("> ")] in nodes]
    return Graph().parse(data="\n".join(lines), format="nt")
