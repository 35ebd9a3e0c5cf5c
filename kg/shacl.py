"""Two SHACL engines and one report: pySHACL, which is the reference, and pyshacl-turbo, which is fast.

pyshacl-turbo (Rust; MIT or Apache 2.0) gives the same reports 20 times faster; it is handed N-Triples as text,
since going through rdflib costs it three quarters of its time, and a pyoxigraph store gives it plain strings
with a type, that is false violations. https://www.w3.org/TR/shacl/#validation-report
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import pyoxigraph as ox
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.namespace import XSD

from kg.errors import KGError


class UnreadableGraphError(KGError):
    """A file given for validation cannot be read as RDF."""

    def __init__(self, path: Path, problem: str) -> None:
        self.path, self.problem = path, problem
        super().__init__(f"{path}: cannot be read as RDF: {problem}: correct the file, or its ending")


class UnusableShapesError(KGError):
    """The shapes graph has no shapes, or shapes that SHACL does not allow."""

    def __init__(self, problem: str) -> None:
        self.problem = problem
        super().__init__(f"the shapes cannot be used: {problem}: correct the shapes file")


def read_triples(path: Path) -> str:
    """Return one RDF file (of any format, known by its ending) as N-Triples, named graphs merged.

    Takes about 400 bytes of memory per triple. Raises UnreadableGraphError.
    """
    form = ox.RdfFormat.from_extension(path.suffix.removeprefix("."))
    if form is None:
        raise UnreadableGraphError(path, f"no RDF format has the ending {path.suffix!r}")
    try:
        quads = ox.parse(path=path, format=form, base_iri=path.resolve().as_uri())
        return (ox.serialize((q.triple for q in quads), format=ox.RdfFormat.N_TRIPLES) or b"").decode()
    except FileNotFoundError as error:
        raise UnreadableGraphError(path, "no such file") from error
    except (SyntaxError, OSError) as error:
        raise UnreadableGraphError(path, " ".join(str(error).split())) from error


def read_graph(path: Path) -> Graph:
    """Return one RDF file as a graph whose literals keep their lexical form; raises UnreadableGraphError.

    rdflib would turn ``"1"^^xsd:boolean`` into ``true``, which a shape may tell apart.
    """
    graph = Graph()
    for quad in ox.parse(read_triples(path), format=ox.RdfFormat.N_TRIPLES):
        s, p, o = (_term(t) for t in quad.triple)
        graph.add((s, p, o))
    return graph


def _term(term: object) -> URIRef | BNode | Literal:
    if isinstance(term, ox.NamedNode):
        return URIRef(term.value)
    if isinstance(term, ox.BlankNode):
        return BNode(term.value)
    assert isinstance(term, ox.Literal)
    if term.language:
        return Literal(term.value, lang=term.language)
    kept = None if term.datatype.value == str(XSD.string) else URIRef(term.datatype.value)
    return Literal(term.value, datatype=kept, normalize=False)


Engine = Callable[[Graph | str, Graph, Graph | None], Graph]
"""Data (a graph, or N-Triples), the shapes, the ontology beside the data; returns the report graph."""


def reference(data: Graph | str, shapes: Graph, ontology: Graph | None = None) -> Graph:
    """Validate with pySHACL; raises UnusableShapesError where the shapes are not valid SHACL."""
    import pyshacl  # here, since a server that starts with a release validates nothing

    if isinstance(data, str):
        data = Graph().parse(data=data, format="nt")
    try:
        _, report, _ = pyshacl.validate(data, shacl_graph=shapes, ont_graph=ontology, inference="none")
    except (ValueError, RuntimeError, NotImplementedError) as error:
        raise UnusableShapesError(" ".join(str(error).split())) from error
    if not isinstance(report, Graph):
        raise UnusableShapesError(str(report))
    return report


def fast(data: Graph | str, shapes: Graph, ontology: Graph | None = None) -> Graph:
    """Validate with pyshacl-turbo; raises UnusableShapesError where the shapes are not valid SHACL."""
    import pyshacl_turbo
    from pyshacl_turbo.rdf import Input

    def given(text: str) -> Input:  # blank nodes keep their names, literals their form
        return Input(text, "nt", None, {}, preserve_ids=True)

    triples = data if isinstance(data, str) else data.serialize(format="nt")
    beside = ontology.serialize(format="nt") if ontology is not None else ""
    try:
        compiled = pyshacl_turbo.compile_shapes(given(shapes.serialize(format="nt")))  # type: ignore[no-untyped-call]
        _, report, _ = compiled.validate(given(f"{triples}\n{beside}"))
    except (ValueError, RuntimeError, NotImplementedError, pyshacl_turbo.ValidationFailure) as error:
        raise UnusableShapesError(" ".join(str(error).split())) from error
    assert isinstance(report, Graph)
    return report


ENGINES: dict[str, Engine] = {"fast": fast, "reference": reference}


def triples_of(files: Iterable[Path]) -> str:
    """Return files as N-Triples."""
    return "\n".join(read_triples(path) for path in files)
