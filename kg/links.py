"""Mappings to other people's identifiers: SSSOM tables become ``skos:…Match`` triples."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml
from rdflib import Dataset, URIRef
from rdflib.namespace import SKOS

from kg.errors import KGError
from kg.resources import resource
from kg.vocabulary import GRAPH

MATCHES = {f"skos:{name}": SKOS[name] for name in ("exactMatch", "closeMatch", "broadMatch", "relatedMatch")}


class MappingError(KGError):
    """A mapping table has a row that cannot be used."""

    def __init__(self, path: Path, line: int, problem: str) -> None:
        self.path, self.line, self.problem = path, line, problem
        super().__init__(f"{path}:{line}: {problem}: correct the row")


def _expand(curie: str, curie_map: dict[str, str], path: Path, line: int) -> URIRef:
    prefix, _, local = curie.partition(":")
    if prefix not in curie_map:
        raise MappingError(path, line, f"the prefix {prefix!r} is not in the curie_map")
    return URIRef(curie_map[prefix] + local)


@dataclass(frozen=True)
class Mapping:
    """One row of a mapping set; a negative one says that the match must never be suggested again."""

    subject: URIRef
    predicate: URIRef
    object: URIRef
    negative: bool
    subject_label: str
    comment: str


def read_rows(path: Path) -> Iterator[Mapping]:
    """Yield the rows of one SSSOM/TSV file (https://mapping-commons.github.io/sssom/)."""
    lines = path.read_text(encoding="utf-8").splitlines()
    head = [line[1:] for line in lines if line.startswith("#")]
    curie_map: dict[str, str] = (yaml.safe_load("\n".join(head)) or {}).get("curie_map", {})
    rows = csv.DictReader(lines[len(head) :], delimiter="\t", quoting=csv.QUOTE_NONE)
    for line, row in enumerate(rows, len(head) + 2):
        if row["predicate_id"] not in MATCHES:
            raise MappingError(path, line, f"{row['predicate_id']!r} is not one of {', '.join(MATCHES)}")
        yield Mapping(
            _expand(row["subject_id"], curie_map, path, line),
            MATCHES[row["predicate_id"]],
            _expand(row["object_id"], curie_map, path, line),
            row.get("predicate_modifier") == "Not",
            row.get("subject_label") or "",
            row.get("comment") or "",
        )


def read_mappings(path: Path) -> Iterator[tuple[URIRef, URIRef, URIRef]]:
    """Yield the triples of one mapping set; a negative mapping makes none."""
    for mapping in read_rows(path):
        if not mapping.negative:
            yield mapping.subject, mapping.predicate, mapping.object


def mapping_sets() -> list[Path]:
    """Return the mapping sets of the project."""
    return sorted((resource("data") / "links").glob("*.sssom.tsv"))


def add_links(dataset: Dataset) -> None:
    """Add each mapping set of ``data/links/`` as the graph ``graph/links/<name>``."""
    for path in mapping_sets():
        graph = dataset.graph(URIRef(f"{GRAPH}links/{path.name.removesuffix('.sssom.tsv')}"))
        for triple in read_mappings(path):
            graph.add(triple)
