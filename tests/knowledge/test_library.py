"""Every question of the library: headed rightly, proved row by row, quick, and the same in another engine."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pyoxigraph as ox
import pytest
from rdflib import Graph
from rdflib.plugins.sparql import prepareQuery

from kg.answers import ask
from kg.library import to_markdown
from kg.questions import bind, questions
from kg.release import Release
from kg.store import evaluate
from kg.view import to_ox

ROOT = Path(__file__).parents[2]
IN_BOTH_ENGINES = (
    "countries-of-an-instrument",
    "parts-of-an-instrument",
    "partners-for-a-treaty",
    "implementers-of-an-instrument",
    "means-to-a-goal",
)
NAMES = sorted(questions())


@pytest.fixture(scope="module")
def rdflib_graph(store: ox.Store) -> Graph:
    lines = b"".join(
        f"{q.triple} .\n".encode() for q in store.quads_for_pattern(None, None, None, ox.DefaultGraph())
    )
    return Graph().parse(data=lines, format="nt")


def test_there_are_more_than_forty() -> None:
    assert len(NAMES) >= 40


@pytest.mark.parametrize("name", NAMES)
def test_the_header_says_what_the_query_does(name: str, store: ox.Store) -> None:
    asked = questions()[name]
    assert asked.tags
    answer = evaluate(store, asked.sparql)
    assert isinstance(answer, ox.QuerySolutions)
    assert list(asked.columns) == [v.value for v in answer.variables]
    defaults = {p.name: p.default for p in asked.parameters}
    assert Counter(map(str, evaluate(store, bind(asked, defaults)))) == Counter(map(str, answer))


@pytest.mark.parametrize("name", NAMES)
def test_every_row_is_proved(name: str, store: ox.Store, release: Release) -> None:
    answer = ask(store, release, name, proof=True)
    assert answer.rows, "the default of a question has an answer"
    assert answer.no_proof is None and answer.proof is not None
    assert len(answer.proof.rows) == len(answer.rows)
    assert all(row.is_proved for row in answer.proof.rows)


@pytest.mark.parametrize("name", NAMES)
def test_another_engine_understands_the_question(name: str) -> None:
    assert prepareQuery(questions()[name].sparql) is not None


@pytest.mark.parametrize("name", IN_BOTH_ENGINES)
def test_rdflib_finds_the_same_rows(name: str, store: ox.Store, rdflib_graph: Graph) -> None:
    sparql = questions()[name].sparql
    ours = evaluate(store, sparql)
    assert isinstance(ours, ox.QuerySolutions)
    names = [v.value for v in ours.variables]
    mine = Counter(tuple(_number(str(row[n])) for n in names) for row in ours)
    theirs = Counter(
        tuple(_number("None" if row[n] is None else str(to_ox(row[n]))) for n in names)
        for row in rdflib_graph.query(sparql)  # type: ignore[union-attr]
    )
    assert theirs == mine


def _number(term: str) -> str:
    """Numbers by value: engines differ in the datatype of a sum and in trailing zeros."""
    match = re.fullmatch(r'"(-?[\d.]+)"\^\^<[^>]*#(integer|decimal|nonNegativeInteger)>', term)
    return str(float(match[1])) if match else term


def test_the_index_is_current() -> None:
    assert (ROOT / "docs" / "QUESTIONS.md").read_text(encoding="utf-8") == to_markdown()
