"""What the columns cover is answered in the serving process, and as a worker would answer it."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from kg.bench.invention import invent
from kg.errors import KGError
from kg.evaluation.errors import NotAcceptableError
from kg.evaluation.messages import Answer, Query
from kg.evaluation.nursery import Upbringing
from kg.evaluation.pool import Pool
from kg.sparql.template import template
from kg.vocabulary import PREFIXES
from kg.web.near import JSON, Near, _name

LABEL = 'SELECT ?s { ?s rdfs:label "Rule of law instrument 8"@en }'
COVERED = (
    LABEL,
    "SELECT ?p ?o { instrument:3 ?p ?o }",
    "ASK { instrument:1 gro:isActiveIn country:1 }",
    "# PREFIX gro: <urn:no>\nSELECT ?s { ?s a gro:Treaty # don't { \n } # LIMIT 1",
    "SELECT DISTINCT ?part { ?part gro:isPartOf+ organisation:0 }",
    "SELECT ?p (COUNT(*) AS ?n) { ?c a gro:Claim ; gro:predicate ?p } GROUP BY ?p",
    "SELECT ?i ?v { ?i a gro:Instrument OPTIONAL { ?i gro:hasBudget ?b . ?b gro:value ?v } }",
)
OTHERS = (
    "SELECT ?s { ?s rdfs:label ?l } LIMIT 3",
    "SELECT ?s { ?s rdfs:label ?l FILTER REGEX(?l, 'x') }",
    "SELECT ?o { GRAPH ?g { theme:1 ?p ?o } }",
    "CONSTRUCT { theme:3 ?p ?o } { theme:3 ?p ?o }",
    "SELECT * { theme:1 ?p ?o SERVICE <http://localhost/> { ?o ?q ?r } }",
    "SELECT * { theme:1 ?p",
)


@pytest.fixture(scope="module")
def near(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Near]:
    file: Path = tmp_path_factory.mktemp("near") / "policy.nt"
    file.write_text("".join(invent(20_000)), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("kg.web.near.PAUSE", 0)
        patch.setattr("kg.web.near.HEAD_START", 0)
        found = Near(Pool(Upbringing((str(file),)), workers=2), PREFIXES)
        while found.columns is None:
            time.sleep(0.01)
        yield found
    found.close()


def is_covered(near: Near, query: Query) -> bool:
    """Tell whether *near* answers *query* itself, once it has had the time to compile it."""
    for _ in range(2):
        with suppress(KGError):
            near.evaluate(query)
    deadline = time.monotonic() + 5
    while near.waiting.unfinished_tasks and time.monotonic() < deadline:
        time.sleep(0.005)
    with pytest.MonkeyPatch.context() as patch:
        asked: list[Query] = []
        patch.setattr(near.pool, "evaluate", lambda query, *_: asked.append(query))
        near.evaluate(query)
        if asked:  # perhaps what was light is not
            asked.clear()
            near.evaluate(query)
    return not asked


def told(evaluator: Near | Pool, query: Query) -> Any:
    """Return what is answered, so that the same rows in whatever order are equal."""
    try:
        found: Answer = evaluator.evaluate(query)
    except KGError as error:
        return f"{type(error).__name__}: {error}"
    if found.media_type.endswith("json"):
        body = json.loads(found.body)
        rows = Counter(json.dumps(r, sort_keys=True) for r in body.get("results", {}).get("bindings", ()))
        return {**vars(found), "body": (body["head"], body.get("boolean"), rows)}
    return {**vars(found), "body": sorted(found.body.splitlines())}


@pytest.mark.parametrize("text", [*COVERED, *OTHERS])
def test_near_and_far_answer_the_same(near: Near, text: str) -> None:
    query = Query(text, triples="application/n-triples", prefixes=PREFIXES)
    assert is_covered(near, query) == (text in COVERED)
    assert told(near, query) == told(near.pool, query)


def test_another_format_comes_from_a_worker(near: Near) -> None:
    query = Query(LABEL, solutions="text/csv", prefixes=PREFIXES)
    assert is_covered(near, Query(LABEL, prefixes=PREFIXES))
    assert near.evaluate(query).body.startswith(b"s\r\n")


def test_an_answer_that_has_to_be_cut_comes_from_a_worker(near: Near) -> None:
    query = Query(COVERED[1], prefixes=PREFIXES, rows=2)
    assert is_covered(near, Query(COVERED[1], prefixes=PREFIXES))
    assert near.evaluate(query).cut


def test_once_it_is_compiled_no_worker_is_asked(near: Near, monkeypatch: pytest.MonkeyPatch) -> None:
    assert is_covered(near, Query(LABEL, prefixes=PREFIXES))
    monkeypatch.setattr(near.pool, "evaluate", lambda *_: pytest.fail("a worker was asked"))
    assert near.evaluate(Query(LABEL.replace("8", "0"), prefixes=PREFIXES)).body.count(b"instrument/") == 1


def test_a_query_that_can_be_stopped_goes_to_a_worker(near: Near, monkeypatch: pytest.MonkeyPatch) -> None:
    assert is_covered(near, Query(LABEL, prefixes=PREFIXES))
    asked: list[str] = []
    monkeypatch.setattr(near.pool, "evaluate", lambda _, ticket: asked.append(ticket))
    near.evaluate(Query(LABEL, prefixes=PREFIXES), "ticket")
    assert asked == ["ticket"]


def all_pages(evaluator: Near | Pool, text: str, size: int) -> list[str]:
    """Return the rows of *text*, asked for page by page until one is not full."""
    found: list[str] = []
    while len(found) % size == 0:
        query = Query(f"{text} LIMIT {size} OFFSET {len(found)}", prefixes=PREFIXES)
        body = json.loads(evaluator.evaluate(query).body)
        found += [json.dumps(row, sort_keys=True) for row in body["results"]["bindings"]]
    return found


def test_pages_of_what_is_in_no_order_fit_one_another(near: Near, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "SELECT ?c ?p ?o { ?c a gro:Claim ; ?p ?o }"
    monkeypatch.setattr("kg.web.near.LARGE_PAGE", 1000)
    far = all_pages(near.pool, text, 1000)
    close = all_pages(near, text, 1000)
    assert is_covered(near, Query(f"{text} LIMIT 1000", prefixes=PREFIXES))
    assert close != far, "in an order of its own"
    assert len(far) > 3000
    assert Counter(close) == Counter(far)


def test_who_gave_the_first_page_gives_the_others(near: Near, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "SELECT ?c ?s { ?c gro:subject ?s }"
    monkeypatch.setattr("kg.web.near.LARGE_PAGE", 200)
    with monkeypatch.context() as patch:
        patch.setattr(near, "columns", None)
        first = near.evaluate(Query(f"{text} LIMIT 200", prefixes=PREFIXES))
    assert first == near.pool.evaluate(Query(f"{text} LIMIT 200", prefixes=PREFIXES))
    assert all_pages(near, text, 200) == all_pages(near.pool, text, 200)


def test_a_short_page_of_what_is_in_no_order_comes_from_a_worker(near: Near) -> None:
    assert not is_covered(near, Query("SELECT ?c { ?c a gro:Claim } LIMIT 9999", prefixes=PREFIXES))


def test_pages_of_another_format_are_a_workers(near: Near) -> None:
    query = Query("SELECT ?c ?o { ?c gro:object ?o } LIMIT 10000", prefixes=PREFIXES, solutions="text/csv")
    assert is_covered(near, replace(query, solutions=JSON))
    assert near.evaluate(query) == near.pool.evaluate(query)


def test_a_plan_that_is_of_no_use_is_asked_no_more(near: Near, monkeypatch: pytest.MonkeyPatch) -> None:
    query = Query("ASK { ?a ?p ?c . ?b ?q ?d }")  # the engine stops at the first
    plain = template(query.text)
    assert plain
    assert not is_covered(near, query)
    for _ in range(3):
        assert near._answer(query, plain, near.known[_name(plain)]) is None
    plan = near.known[_name(plain)].plan
    assert plan
    monkeypatch.setattr(plan, "run", lambda *_, **__: pytest.fail("it was asked again"))
    assert near._answer(query, plain, near.known[_name(plain)]) is None


def test_a_turn_that_did_not_come_is_not_held_against_a_plan(near: Near) -> None:
    query, plain = Query(COVERED[-1], prefixes=PREFIXES), template(COVERED[-1])
    assert plain
    assert is_covered(near, query)
    known = near.known[_name(plain)]
    known.light = False
    with near.heavy:
        for _ in range(5):
            assert near._answer(query, plain, near.known[_name(plain)]) is None
    assert near._answer(query, plain, near.known[_name(plain)])


def test_what_is_light_with_one_constant_may_not_be_with_another(near: Near) -> None:
    light, heavy = (f"SELECT ?s ?p {{ ?s ?p {one} }}" for one in ("instrument:1", "gro:Claim"))
    plain = template(heavy)
    assert plain
    assert is_covered(near, Query(light, prefixes=PREFIXES))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("kg.web.near.LIGHT", 200)
        assert near._answer(Query(heavy, prefixes=PREFIXES), plain, near.known[_name(plain)]) is None, (
            "given back in the light turn"
        )
        assert near._answer(Query(heavy, prefixes=PREFIXES), plain, near.known[_name(plain)]), (
            "answered in the other"
        )


def test_what_rdflib_cannot_read_ends_nothing(near: Near) -> None:
    for text in ("SELECT ?s { ?s gro:hasTheme ?o.gro:a ?p ?x }", "SELECT ?s { ?s no:p ?o }"):
        for tail in ("", " LIMIT 20000"):
            query = Query(text + tail, prefixes=PREFIXES)
            assert told(near, query) == told(near.pool, query)
            with suppress(KGError):
                assert not is_covered(near, query)
    assert is_covered(near, Query(LABEL, prefixes=PREFIXES))


def test_nothing_is_evaluated_to_see_whether_it_can_be(near: Near) -> None:
    doubling = " ".join(f"BIND (CONCAT(?a{i}, ?a{i}) AS ?a{i + 1})" for i in range(22))
    query = Query(f"SELECT ?a0 {{ BIND ('{'x' * 100}' AS ?a0) {doubling} }} LIMIT 10000")
    before = psutil.Process().memory_info().rss
    with suppress(KGError):
        near.evaluate(query)
    assert psutil.Process().memory_info().rss - before < 2**27


def test_a_constant_that_is_no_iri_is_refused_as_a_worker_does(near: Near) -> None:
    query = Query("SELECT ?s { ?s <urn:p> <urn:%zz> }", prefixes=PREFIXES)
    assert is_covered(near, Query("SELECT ?s { ?s <urn:p> <urn:o> }", prefixes=PREFIXES))
    assert told(near, query) == told(near.pool, query)


def test_a_format_that_nobody_makes_is_refused_in_a_sentence(near: Near) -> None:
    assert is_covered(near, Query(LABEL, prefixes=PREFIXES))
    with pytest.raises(NotAcceptableError):
        near.evaluate(Query(LABEL, solutions=None, prefixes=PREFIXES))


def test_a_query_that_takes_long_to_read_is_not_read(near: Near) -> None:
    text = "SELECT ?s { ?s gro:value " + ",".join(["theme:1"] * 300) + " }"
    assert not is_covered(near, Query(text, prefixes=PREFIXES))


def test_without_columns_workers_answer_everything(tmp_path: Path) -> None:
    file = tmp_path / "odd.ttl"
    file.write_text("<urn:a> <urn:p> <<( <urn:b> <urn:q> 1 )>> .", encoding="utf-8")
    found = Near(Pool(Upbringing((str(file),)), workers=1), {})
    try:
        assert found.pool.columns() is None
        assert b"urn:p" in found.evaluate(Query("SELECT ?p { ?s ?p ?o }")).body
    finally:
        found.close()
