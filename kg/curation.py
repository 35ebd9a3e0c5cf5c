"""Curated Turtle in, one dataset out: each file becomes the named graph its path spells."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox
from rdflib import Dataset, Graph, URIRef

from kg.errors import KGError
from kg.resources import resource
from kg.vocabulary import GRAPH, bind, ontology


class TurtleSyntaxError(KGError):
    """A file is not Turtle."""

    def __init__(self, path: Path, line: int | None, problem: str) -> None:
        self.path, self.line, self.problem = path, line, problem
        place = f"{path}:{line}" if line else str(path)
        super().__init__(f"{place}: not valid Turtle: {problem}: correct the file and run `kg check`")


def graph_name(path: Path, root: Path) -> URIRef:
    """Return the graph that *path*, a file below *root*, spells.

    >>> str(graph_name(Path("data/reference/goal.ttl"), Path("data")))
    'https://w3id.org/grotius/graph/reference/goal'
    """
    return URIRef(GRAPH + path.relative_to(root).with_suffix("").as_posix())


def parse(dataset: Dataset, name: URIRef, path: Path) -> None:
    """Read one Turtle file into the graph *name*; pyoxigraph checks it first, for its errors have lines."""
    data = path.read_bytes()
    try:
        for _ in ox.parse(data, format=ox.RdfFormat.TURTLE, base_iri=str(name)):
            pass
    except SyntaxError as error:
        raise TurtleSyntaxError(path, error.lineno, error.msg) from error
    dataset.graph(name).parse(data=data, format="turtle", publicID=str(name))


def load(root: Path | None = None, extra: Iterable[Path] = ()) -> Dataset:
    """Read every Turtle file under *root* (the project's ``data``) and each *extra* file of a user.

    A user's file becomes the graph ``graph/with/<file name>``. Query the result as one graph, or
    file by file.
    """
    root = root or resource("data")
    dataset = Dataset(default_union=True)
    for path in sorted(root.rglob("*.ttl")):
        parse(dataset, graph_name(path, root), path)
    for path in extra:
        parse(dataset, URIRef(f"{GRAPH}with/{path.stem}"), path)
    ontology_graph = dataset.graph(URIRef(GRAPH + "ontology"))
    for triple in ontology():
        ontology_graph.add(triple)
    bind(dataset)
    return dataset


def union(dataset: Dataset) -> Graph:
    """Return all triples of *dataset*, each once, as one graph."""
    graph = Graph()
    for s, p, o, _ in dataset.quads():
        graph.add((s, p, o))
    return graph
