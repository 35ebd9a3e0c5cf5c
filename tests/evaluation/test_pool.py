"""Queries in processes of their own: limits are kept, and the next query is answered."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kg.evaluation.errors import (
    BusyError,
    QueryMemoryError,
    QueryStoppedError,
    QueryTimeoutError,
    ResultTooLargeError,
    UnreadableFileError,
)
from kg.evaluation.loading import rdf_files
from kg.evaluation.messages import Query
from kg.evaluation.nursery import Upbringing
from kg.evaluation.pool import Pool
from kg.store import QuerySyntaxError

TINY = str(Path(__file__).parents[1] / "tiny.ttl")
RUNAWAY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n2 ?o }"
DOUBLING = " ".join(f"BIND(CONCAT(?a{i},?a{i}) AS ?a{i + 1})" for i in range(40))


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    made = Pool(Upbringing(files=(TINY,), time_limit=1.0, max_bytes=200_000), workers=2, queue=1)
    yield made
    made.close()


def test_a_query_is_killed_at_its_limit_and_the_next_is_answered_at_once(pool: Pool) -> None:
    began = time.monotonic()
    with pytest.raises(QueryTimeoutError):
        pool.evaluate(Query(RUNAWAY))
    assert 0.9 < time.monotonic() - began < 1.5
    began = time.monotonic()
    assert pool.evaluate(Query("ASK {}")).form == "ASK"
    assert time.monotonic() - began < 0.5


def test_memory_and_size_are_bounded(pool: Pool) -> None:
    with pytest.raises((QueryMemoryError, QueryTimeoutError)):
        pool.evaluate(Query(f"SELECT (STRLEN(?a40) AS ?n) {{ BIND('xxxxxxxxxx' AS ?a0) {DOUBLING} }}"))
    with pytest.raises(ResultTooLargeError):
        pool.evaluate(Query("SELECT * { ?a ?b ?c . ?d ?e ?f }"))
    assert pool.evaluate(Query("ASK {}")).body


def test_a_query_is_stopped_by_its_ticket_and_by_no_other(pool: Pool) -> None:
    began = time.monotonic()
    threading.Timer(0.3, lambda: (pool.stop("another"), pool.stop("mine"))).start()
    with pytest.raises(QueryStoppedError):
        pool.evaluate(Query(RUNAWAY), "mine")
    assert time.monotonic() - began < 0.9, "stopped before its limit"
    assert not pool.stop("mine")
    assert pool.evaluate(Query("ASK {}"), "mine").form == "ASK"


def test_more_queries_than_places_are_refused_not_kept(pool: Pool) -> None:
    errors: list[type] = []

    def run() -> None:
        try:
            pool.evaluate(Query(RUNAWAY))
        except (BusyError, QueryTimeoutError) as error:
            errors.append(type(error))

    threads = [threading.Thread(target=run) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors.count(BusyError) == 2
    assert errors.count(QueryTimeoutError) == 3
    assert pool.evaluate(Query("ASK {}")).body


def test_a_mistake_is_told_with_its_place(pool: Pool) -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        pool.evaluate(Query("SELECT *\n{ ?s ?p }"))
    assert caught.value.line == 2


def test_many_threads_share_few_workers(pool: Pool) -> None:
    answers = []

    def run(i: int) -> None:
        for _ in range(20):
            try:
                answers.append(pool.evaluate(Query(f"SELECT ({i} AS ?x) {{}}", solutions="text/csv")).body)
            except BusyError:
                answers.append(b"busy")

    threads = [threading.Thread(target=run, args=(i,)) for i in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 120
    assert {a for a in answers if a != b"busy"} <= {f"x\r\n{i}\r\n".encode() for i in range(6)}


def test_a_file_that_is_no_rdf_is_named(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.ttl"
    wrong.write_text("<a> <b> .")
    with pytest.raises(UnreadableFileError, match=r"wrong\.ttl"):
        Pool(Upbringing(files=(str(wrong),)))
    with pytest.raises(UnreadableFileError, match=r"tells no RDF format"):
        rdf_files([Path("notes.txt")])
    bomb = tmp_path / "bomb.rdf"
    bomb.write_text('<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><x>&b;</x>')
    with pytest.raises(UnreadableFileError, match="entity"):
        Pool(Upbringing(files=(str(bomb),)))


def test_where_the_engine_cannot_sort_that_is_said_too(pool: Pool) -> None:
    values = [text for number in range(150) for text in (str(number), f'"{number}"')]
    with pytest.raises(QueryMemoryError, match="numbers, dates and texts in one column"):
        for seed in range(20):  # whether it notices depends on the order
            random.Random(seed).shuffle(values)
            pool.evaluate(Query(f"SELECT ?x {{ VALUES ?x {{ {' '.join(values)} }} }} ORDER BY ?x"))
    assert pool.evaluate(Query("ASK {}")).body
