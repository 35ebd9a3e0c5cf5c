"""The fast SHACL engine says what the reference says, triple by triple, and the W3C suites are passed whole."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from rdflib import Graph
from rdflib.compare import graph_diff, isomorphic

from kg.bench.invention import invent
from kg.curation import load
from kg.release import shapes, union
from kg.shacl import fast, read_graph, reference
from kg.vocabulary import ontology
from tests.knowledge.test_shapes import BREAKS, PREFIXES


def assert_same_report(triples: Graph | str, kinds: Graph) -> Graph:
    """Both engines' reports, as graphs up to blank nodes."""
    first, second = reference(triples, kinds, ontology()), fast(triples, kinds, ontology())
    if not isomorphic(first, second):
        _, lost, added = graph_diff(first, second)
        pytest.fail(f"only the reference: {lost.serialize()}\nonly the fast engine: {added.serialize()}")
    return second


@pytest.mark.parametrize("name", BREAKS)
def test_both_engines_report_a_broken_graph_alike(name: str, tiny: Graph) -> None:
    tiny.update(PREFIXES + BREAKS[name])
    assert len(assert_same_report(tiny, shapes())) > 2


def test_both_engines_report_the_release_alike() -> None:
    assert_same_report(union(load()), shapes())


def test_both_engines_report_the_invented_violations_alike() -> None:
    triples = "".join(invent(10_000, violations=37))
    assert len(assert_same_report(triples, shapes())) > 100


def test_an_invented_graph_without_violations_conforms() -> None:
    report = fast("".join(invent(10_000)), shapes(), ontology())
    assert len(report) == 2, report.serialize()


def test_shapes_keep_the_lexical_form_of_their_literals(tmp_path: Path) -> None:
    file = tmp_path / "one.ttl"
    file.write_text('<urn:x> <urn:y> "1"^^<http://www.w3.org/2001/XMLSchema#boolean> .')
    assert [str(o) for o in read_graph(file).objects()] == ["1"]


def test_the_w3c_suites_are_passed_whole(tmp_path: Path) -> None:
    folder = os.environ.get("KG_CONFORMANCE")
    if not folder:
        reason = "the W3C suites are not here: set KG_CONFORMANCE to a folder with them and shacl.py"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    command = f"{sys.executable} -m kg validate --shapes {{shapes}} --data {{data}} --format turtle"
    arguments = ["-v", "--timeout", "120", "--out", str(tmp_path / "out.json"), "--cli", command]
    done = subprocess.run(
        [sys.executable, "-B", f"{folder}/shacl.py", *arguments], capture_output=True, text=True, check=False
    )
    found = re.findall(r"(core|sparql): (\d+) of (\d+) full \(", done.stdout)
    assert found == [("core", "98", "98"), ("sparql", "22", "22")], done.stdout + done.stderr
