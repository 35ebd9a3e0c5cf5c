"""Short queries are answered in the serving process; which are short is certain before they run."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.bench.invention import invent
from kg.errors import KGError
from kg.evaluation.errors import NotAcceptableError
from kg.evaluation.loading import load
from kg.evaluation.messages import Answer, Query
from kg.evaluation.nursery import Upbringing
from kg.evaluation.pool import Pool
from kg.reckoning import Fans, UnreckonableError, decisive, fans, steps
from kg.sparql.template import template
from kg.vocabulary import PREFIXES
from kg.web.near import SHORT, Near

LABEL = 'SELECT ?s { ?s rdfs:label "Rule of law instrument 8"@en }'
SHAPES = (
    LABEL,
    "SELECT ?p ?o { instrument:3 ?p ?o }",
    "CONSTRUCT { theme:3 ?p ?o . ?s ?q theme:3 } { { theme:3 ?p ?o } UNION { ?s ?q theme:3 } }",
    "ASK { instrument:1 gro:isActiveIn country:1 }",
    "SELECT DISTINCT ?l { ?c gro:subject goal:2 ; gro:object ?o . ?o rdfs:label ?l . FILTER (?l != ?c) }",
    "SELECT ?x { ?c gro:subject instrument:5 ; gro:isStatedIn/oa:hasSelector/oa:exact ?x } ORDER BY ?x LIMIT 3",
    "SELECT ?l { document:1 ^gro:isSectionOf/rdfs:label ?l }",
)
UNCERTAIN = {
    "a path without an end": "SELECT * { ?s gro:isPartOf+ organisation:0 }",
    "no constant": "SELECT * { ?s rdfs:label ?l }",
    "every triple": "SELECT * { ?s ?p ?o }",
    "two that do not meet": "SELECT * { ?s gro:hasTheme theme:1 . ?t gro:hasTheme theme:2 }",
    "a hop by whatever predicate": "SELECT * { ?s gro:hasTheme theme:1 ; ?p ?o . ?o ?q ?r }",
    "a ring": "SELECT * { ?s gro:hasTheme theme:1 ; gro:isPartOf ?t . ?t gro:isPartOf ?s }",
    "a hop from object to subject": "SELECT * { ?s gro:hasTheme theme:1 . ?c gro:subject ?s }",
    "OPTIONAL": "SELECT * { ?s gro:hasTheme theme:1 OPTIONAL { ?s gro:hasBudget ?b } }",
    "a group": "SELECT (COUNT(*) AS ?n) { ?s gro:hasTheme theme:1 }",
    "an expression that grows": "SELECT * { ?s gro:hasTheme theme:1 BIND (REPLACE('aa', 'a', 'aaaa') AS ?x) }",
    "a regular expression": "SELECT * { ?s rdfs:label 'x' FILTER REGEX(STR(?s), '(a*)*b') }",
    "a function": "SELECT * { ?s rdfs:label 'x' FILTER (<http://example.org/f>(?s)) }",
    "EXISTS": "SELECT * { ?s rdfs:label 'x' FILTER EXISTS { ?a ?b ?c } }",
    "MINUS": "SELECT * { ?s rdfs:label 'x' MINUS { ?a ?b ?c } }",
    "a query in the query": "SELECT * { { SELECT * { ?s ?p ?o } } }",
    "VALUES": "SELECT * { VALUES ?s { theme:1 } ?s ?p ?o }",
    "a graph by name": "SELECT * { GRAPH ?g { theme:1 ?p ?o } }",
    "another graph": "SELECT * FROM <http://example.org/g> { theme:1 ?p ?o }",
    "an order by an expression": "SELECT * { theme:1 ?p ?o } ORDER BY STRLEN(STR(?o))",
    "another server": "SELECT * { theme:1 ?p ?o SERVICE <http://localhost/> { ?o ?q ?r } }",
    "no query": "SELECT * { theme:1 ?p",
    "nothing": "ASK {}",
}


@pytest.fixture(scope="module")
def invented(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("near") / "policy.nt"
    file.write_text("".join(invent(20_000)), encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def store(invented: Path) -> ox.Store:
    store = ox.Store()
    load(store, [invented])
    return store


@pytest.fixture(scope="module")
def widths(store: ox.Store) -> Fans:
    return fans(store)


@pytest.fixture(scope="module")
def near(invented: Path, store: ox.Store) -> Iterator[Near]:
    found = Near(Pool(Upbringing((str(invented),)), workers=2), lambda: store, PREFIXES)
    while found.fans is None:
        time.sleep(0.01)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("kg.web.near.PAUSE", 0)
        yield found
    found.close()


def is_short(near: Near, query: Query) -> bool:
    """Tell whether *near* finds *query* short, once it has had the time to reckon."""
    plain = template(query.text)
    for _ in range(2):
        near._is_short(query)
    while plain and (known := near.known.get((plain.prologue, plain.text))) and known.waiting:
        time.sleep(0.005)
    return near._is_short(query)


def rows(store: ox.Store, text: str) -> int:
    found = store.query(text, prefixes=PREFIXES)
    return 1 if isinstance(found, ox.QueryBoolean) else len(list(found))


@pytest.mark.parametrize("text", SHAPES)
def test_a_bound_holds(store: ox.Store, widths: Fans, text: str) -> None:
    assert rows(store, text) <= steps(text, widths, PREFIXES) <= SHORT


def test_bounds_hold_whatever_constants_and_predicates(store: ox.Store, widths: Fans) -> None:
    chance, predicates = random.Random(1), [f"<{p}>" for p in widths.triples]
    nodes = [f"<{q.object.value}>" for q in store if isinstance(q.object, ox.NamedNode)][::50]
    for _ in range(300):
        chain = "".join(f"?v{i} {chance.choice(predicates)} ?v{i + 1} . " for i in range(chance.randrange(3)))
        start = chance.choice(
            (f"?v0 {chance.choice(predicates)} {chance.choice(nodes)} . ", f"{chance.choice(nodes)} ?p ?v0 . ")
        )
        text = f"SELECT * {{ {start}{chain}}}"
        assert rows(store, text) <= steps(text, widths, PREFIXES), text


def test_bounds_hold_for_the_most_that_there_is(store: ox.Store, widths: Fans) -> None:
    assert rows(store, "SELECT * { ?s a gro:Claim }") <= steps("SELECT * { ?s a gro:Claim }", widths, PREFIXES)
    assert widths.any_into == max(
        int(row["n"].value) for row in store.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?o")
    )


@pytest.mark.parametrize("text", UNCERTAIN.values(), ids=UNCERTAIN)
def test_what_is_not_certain_is_not_reckoned(widths: Fans, text: str) -> None:
    with pytest.raises(UnreckonableError):
        steps(text, widths, PREFIXES)


def test_predicates_decide_and_other_constants_do_not() -> None:
    text = 'SELECT * { ?s gro:hasTheme theme:1 ; rdfs:label "a b"@nl ; <urn:p> <urn:o> }'
    plain = template(text)
    assert plain
    assert [plain.constants[i] for i in decisive(text, PREFIXES)] == [
        "gro:hasTheme",
        "rdfs:label",
        "<urn:p>",
    ]


def test_a_wide_predicate_is_not_short(near: Near) -> None:
    assert near.fans
    wide = replace(near.fans, into={**near.fans.into, PREFIXES["rdfs"] + "label": SHORT + 1})
    kept, near.fans = near.fans, wide
    try:
        query = Query(LABEL.replace("?s {", "?wide {").replace("{ ?s", "{ ?wide"), prefixes=PREFIXES)
        assert not is_short(near, query)
    finally:
        near.fans = kept


@pytest.mark.parametrize("solutions", ["application/sparql-results+json", "text/csv"])
@pytest.mark.parametrize("text", [*SHAPES, *UNCERTAIN.values()])
def test_near_and_far_answer_the_same(near: Near, text: str, solutions: str) -> None:
    query = Query(text, solutions=solutions, triples="application/n-triples", prefixes=PREFIXES, rows=20)

    def asked(evaluator: Near | Pool) -> Answer | str:
        try:
            found = evaluator.evaluate(query)
        except KGError as error:
            return f"{type(error).__name__}: {error}"
        if text.startswith("CONSTRUCT"):
            return replace(found, body=b"\n".join(sorted(found.body.split(b"\n"))))
        return found

    far = asked(near.pool)
    assert is_short(near, query) == (text in SHAPES)
    assert asked(near) == far


def test_once_it_is_known_no_worker_is_asked(near: Near, monkeypatch: pytest.MonkeyPatch) -> None:
    assert is_short(near, Query(LABEL, prefixes=PREFIXES))
    monkeypatch.setattr(near.pool, "evaluate", lambda *_: pytest.fail("a worker was asked"))
    assert near.evaluate(Query(LABEL.replace("8", "0"), prefixes=PREFIXES)).body.count(b"instrument/") == 1


def test_a_query_that_can_be_stopped_goes_to_a_worker(near: Near, monkeypatch: pytest.MonkeyPatch) -> None:
    assert is_short(near, Query(LABEL, prefixes=PREFIXES))
    asked: list[str] = []
    monkeypatch.setattr(near.pool, "evaluate", lambda _, ticket: asked.append(ticket))
    near.evaluate(Query(LABEL, prefixes=PREFIXES), "ticket")
    assert asked == ["ticket"]


def test_a_format_that_nobody_makes_is_refused_in_a_sentence(near: Near) -> None:
    assert is_short(near, Query(LABEL, prefixes=PREFIXES))
    with pytest.raises(NotAcceptableError):
        near.evaluate(Query(LABEL, solutions=None, prefixes=PREFIXES))


def test_a_query_that_takes_long_to_read_is_not_read(near: Near) -> None:
    text = "SELECT * { ?s gro:value 1" + ",2" * 300 + " }"
    assert not is_short(near, Query(text, prefixes=PREFIXES))
