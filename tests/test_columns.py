"""What the columns answer is what the engine answers; what they do not cover they say so."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pyoxigraph as ox
import pytest

from kg.bench.invention import invent
from kg.bench.workload import analytic
from kg.columns import running
from kg.columns.building import build
from kg.columns.index import Columns
from kg.columns.plan import Most, compiled
from kg.columns.terms import OutsideError
from kg.questions import questions
from kg.sparql.template import template
from kg.vocabulary import PREFIXES

MOST = Most(rows=100_000)
ODD = """
PREFIX : <urn:x:> PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
:a :p :b, :c, "x", "x"@nl, "x"@en, "x"@en-GB, 1, 1.0, "01"^^xsd:integer, "2020-01-01"^^xsd:date, true, _:one ;
   :q :a, "line\\nfeed \\"quoted\\" \\\\ tab\\t \\u0001 é 😀" ; :r :b .
:b :p :c, :d ; :q "x" ; :n :a . :c :p :a ; :n :b . :d :r _:one . _:one :p :d ; :q "y" .
:p :r :p . :a :a :a .
"""
ODD_PREFIXES = "PREFIX : <urn:x:> PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> "
COVERED = (
    "SELECT ?s { ?s :p :c }",
    'SELECT ?s { ?s :p "x" }',
    'SELECT ?s ?o { ?s :p "x"@EN ; :q ?o }',
    "SELECT ?x { ?x ?x ?x }",
    "SELECT ?p { :a ?p :a }",
    "SELECT * { ?z :p ?b . ?b :p ?a }",
    "SELECT ?s ?o { ?s :p+ ?o . ?s :n :a }",
    "SELECT ?o { :a :p* ?o }",
    "SELECT ?o { :a :p? ?o }",
    "SELECT ?o { ?o (:p|^:n)+ :d }",
    "SELECT ?o { :a (:p/:p) ?o }",
    "SELECT ?o { :a (:p/:p)+ ?o }",
    "SELECT ?s ?o { ?s ^:p ?o }",
    "SELECT ?s ?o { ?s :p|:n ?o . ?s :r ?x }",
    "SELECT ?s ?o { ?s :n ?t . ?t :p? ?o }",
    "ASK { :a :p :a }",
    "ASK { :a :p :b . :b :p :c }",
    "SELECT DISTINCT ?p { ?s ?p ?o }",
    "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
    "SELECT (COUNT(*) AS ?n) { ?s :p ?o }",
    "SELECT (COUNT(*) AS ?n) { ?s :nothing ?o }",
    "SELECT (COUNT(?x) AS ?n) { ?s :p ?o OPTIONAL { ?o :r ?x } }",
    "SELECT ?p (COUNT(DISTINCT ?o) AS ?n) (COUNT(*) AS ?m) { ?s ?p ?o } GROUP BY ?p ORDER BY DESC(?n) ?p",
    "SELECT ?s ?x { ?s :p ?o OPTIONAL { ?s :r ?x } }",
    "SELECT ?s ?x { ?s :q ?o OPTIONAL { ?s :p ?x FILTER (?x = ?s || isIRI(?x)) } }",
    "SELECT ?s ?o { { ?s :p ?o } UNION { ?o :n ?s } }",
    "SELECT ?s ?x ?y { { ?s :p ?x } UNION { ?s :n ?y } }",
    "SELECT ?s { ?s :p ?o MINUS { ?s :n ?z } }",
    "SELECT ?s { ?s :p ?o FILTER NOT EXISTS { ?s :n ?z FILTER (?z != ?o) } }",
    "SELECT ?s { ?s :p ?o FILTER (EXISTS { ?o :p ?z } && isIRI(?o)) }",
    "SELECT ?s { ?s :p ?o FILTER (!EXISTS { ?o :p ?z }) }",
    "SELECT ?s ?o { VALUES ?s { :a :b } ?s :p ?o }",
    "SELECT ?s ?o { VALUES (?s ?o) { (:a :b) (:b :b) (:a :b) } ?s :p ?o }",
    "SELECT ?s ?o { ?s :p ?o FILTER (?s = :a || ?s IN (:b, :zzz)) }",
    "SELECT ?s ?o { ?s :p ?o FILTER (?o NOT IN (:b, :c)) }",
    "SELECT ?o { :a :p ?o FILTER (?o != :b) }",
    'SELECT ?o { :a :p ?o FILTER (LANG(?o) = "en") }',
    'SELECT ?o { :a :p ?o FILTER (LANG(?o) = "") }',
    'SELECT ?o { :a :p ?o FILTER (!(LANG(?o) = "nl")) }',
    'SELECT ?o { :a :p ?o FILTER (LANGMATCHES(LANG(?o), "EN")) }',
    'SELECT ?o { :a :p ?o FILTER (LANGMATCHES(LANG(?o), "*")) }',
    'SELECT ?o { :a :p ?o FILTER (?o = "x"@nl) }',
    "SELECT ?o { :a :p ?o FILTER isLITERAL(?o) }",
    "SELECT ?o { :a :p ?o FILTER (!isBLANK(?o) && (isIRI(?o) || isLITERAL(?o))) }",
    "SELECT ?s ?x { ?s :p ?o OPTIONAL { ?o :n ?x } FILTER (!BOUND(?x)) }",
    "SELECT ?s ?o { ?s :p ?o . { SELECT DISTINCT ?s { ?s :n ?x } } }",
    "SELECT ?x ?y { ?x :n ?y . ?y :n ?z } ORDER BY ?x ?y",
    "SELECT ?o { :b :p ?o } ORDER BY DESC(?o) LIMIT 1",
    "SELECT ?o { :b :p ?o } ORDER BY ?o OFFSET 1",
    "SELECT ?o { :b :p ?o } LIMIT 10",
    "SELECT (?s AS ?t) ?o { ?s :n ?o }",
    "SELECT ?s ?t { ?s :n ?o BIND (?o AS ?t) }",
    "SELECT ?s ?never { ?s :n ?o }",
    "SELECT ?s ?t { ?s :n :a . ?t :n :b }",
    "SELECT ?l { ?s :q ?l } ORDER BY ?l",
    "SELECT ?s { ?s :p [ :p :d ] }",
    "SELECT ?self ?run ?name { ?self :n ?run OPTIONAL { ?run :r ?name } }",
    "SELECT ?s ?o { { ?s :p ?o FILTER (?o = :c) } FILTER (isIRI(?o)) }",
    "SELECT ?s ?o { { ?s :p ?o FILTER (isIRI(?o)) } FILTER (?s = :a) }",
    "SELECT ?b ?a { { SELECT * { ?a :n ?b } } }",
    "SELECT ?never ?a { { SELECT * { ?a :n ?b } } }",
    "SELECT*{ ?z :n ?a }",
    "select  distinct*where{ ?z :n ?a }",
    "SELECT ?x { :n :p* ?x }",
    "SELECT ?x { ?x :p* :n }",
    "SELECT ?x ?y { ?x :q* ?y FILTER (?x = :n) }",
    "SELECT ?x ?y { VALUES ?x { :n :a } ?x :p? ?y }",
    "SELECT ?s { OPTIONAL { ?s :nothing ?o } FILTER (!isIRI(?s) || LANG(?s) = 'nl') }",
    "SELECT ?a ?b { ?a :n ?b } ORDER BY ?b ?a ?b DESC(?a)",
    'SELECT ?o { :a :p ?o FILTER (LANGMATCHES(LANG(?o), "K")) }',
    "ASK {}",
)
OUTSIDE = (
    "SELECT * { ?a :p :c } VALUES ?b { :a :b }",
    "SELECT ?s { ?s :p ?o FILTER (false) }",
    "SELECT ?s { ?s :p ?o FILTER ((0)) }",
    "SELECT ?s { ?s :p 1 }",
    'SELECT ?s { ?s :p "1"^^xsd:integer }',
    "SELECT ?s { ?s :p ?o FILTER (?o > 0) }",
    'SELECT ?s { ?s :p ?o FILTER REGEX(STR(?o), "x") }',
    'SELECT ?s { ?s :p ?o FILTER (?o != "x") }',
    "SELECT ?s { ?s :p ?o FILTER (?o = ?q) }",
    "SELECT ?s { ?s :p ?o } LIMIT 1",
    "SELECT ?s { ?s :p ?o } OFFSET 1",
    "SELECT ?s { ?s :p ?o } ORDER BY ?s LIMIT 1",
    "SELECT ?s ?o { ?s :p+ ?o }",
    "SELECT ?o { :zzz :p* ?o }",
    "SELECT ?s ?o { ?s !:p ?o }",
    "SELECT (SUM(?o) AS ?n) { ?s :p ?o }",
    "SELECT ?p (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?p HAVING (COUNT(*) > 1)",
    "SELECT ?x { { SELECT (COUNT(*) AS ?n) { ?s :p ?o } } ?x :p ?n }",
    "SELECT ?x { VALUES ?x { :zzz } }",
    "SELECT ?x { VALUES ?x { UNDEF :a } ?x :p ?o }",
    "SELECT ?s { GRAPH ?g { ?s :p ?o } }",
    "SELECT ?s FROM <urn:g> { ?s :p ?o }",
    "SELECT REDUCED ?s { ?s :p ?o }",
    "SELECT (STR(?o) AS ?t) { ?s :p ?o }",
    "CONSTRUCT { ?s :p ?o } { ?s :p ?o }",
    "SELECT ?x ?y { ?s :p ?o OPTIONAL { ?s :n ?x } OPTIONAL { ?x :n ?y } }",
    "SELECT ?s { ?s :p ?o . { ?s :n ?x OPTIONAL { ?x :n ?o } } }",
    "SELECT ?x ?y { ?x :p ?o ; :p ?y } ORDER BY ?o ?y",
    "SELECT ?s { ?s <relative> ?o }",
    "SELECT ?s { ?s <urn:a/./b> ?o }",
    "SELECT ?s { ?s none:p ?o }",
    "SELECT ?s { ?s :p",
    "SELECT ?s { { ?s :p ?o FILTER (?s = :a) } { ?s :n ?x FILTER (?s = :b) } }",
    "SELECT ?s { { ?s :p ?o FILTER (?s = :a) } FILTER (?s = :b) }",
    "SELECT ?s ?x { ?s :n ?o OPTIONAL { ?s :p ?x FILTER (false) } }",
    "SELECT ?s ?x { ?s :n ?o OPTIONAL { ?s :p ?x FILTER (?x) } }",
    "SELECT ?a ?c { ?a :n ?b . { ?c :q ?d FILTER EXISTS { ?a :r ?c } } }",
    "SELECT ?s { ?s :p ?o OPTIONAL { ?s :n ?a } FILTER EXISTS { ?s :p ?y FILTER EXISTS { ?y :q ?a } } }",
    "SELECT ?b { ?b :q :a FILTER EXISTS { ?x :p ?y MINUS { ?z :q ?w } } }",
    "SELECT ?s { ?s :p ?o.:a :q ?x }",
    "PREFIX rdfs: <urn:x:> SELECT ?s { ?s :n ?o.rdfs:a :p ?x }",
    "SELECT ?s { ?s :p :a\u00b2 }",
    "SELECT ?s { ?s :p <bif:x> }",
)


@pytest.fixture(scope="module")
def odd() -> tuple[ox.Store, Columns]:
    store = ox.Store()
    store.load(ODD.encode(), format=ox.RdfFormat.TURTLE)
    store.load(b"<urn:x:a> <urn:x:p> <urn:elsewhere> <urn:g> .", format=ox.RdfFormat.N_QUADS)
    return store, Columns(build(store))


@pytest.fixture(scope="module")
def invented() -> tuple[ox.Store, Columns]:
    store = ox.Store()
    store.load("".join(invent(20_000)).encode(), format=ox.RdfFormat.N_TRIPLES)
    return store, Columns(build(store))


def near(columns: Columns, text: str, most: Most = MOST) -> Any:
    plain = template(text)
    if plain is None:
        raise OutsideError
    return json.loads(compiled(plain, PREFIXES).run(columns, plain.constants, most).body)


def far(store: ox.Store, text: str) -> Any:
    result = store.query(text, prefixes=PREFIXES)
    assert not isinstance(result, ox.QueryTriples)
    return json.loads(result.serialize(format=ox.QueryResultsFormat.JSON) or b"")


def bag(answer: Any) -> Any:
    """Return an answer so that two with the same rows, in whatever order, are equal."""
    if "boolean" in answer:
        return answer
    rows = Counter(json.dumps(row, sort_keys=True) for row in answer["results"]["bindings"])
    return answer["head"], rows


@pytest.mark.parametrize("text", COVERED)
def test_what_is_covered_is_answered_as_the_engine_does(odd: tuple[ox.Store, Columns], text: str) -> None:
    store, columns = odd
    text = ODD_PREFIXES + text
    mine, theirs = near(columns, text), far(store, text)
    assert bag(mine) == bag(theirs)
    if "ORDER BY" in text:
        assert mine == theirs


@pytest.mark.parametrize("text", OUTSIDE)
def test_what_is_not_covered_is_left_to_the_engine(odd: tuple[ox.Store, Columns], text: str) -> None:
    with pytest.raises(OutsideError):
        near(odd[1], ODD_PREFIXES + text)


def test_a_constant_that_is_no_iri_is_left_to_the_engine(odd: tuple[ox.Store, Columns]) -> None:
    plain = template("SELECT ?s { ?s <urn:p> ?o }")
    assert plain
    with pytest.raises(ValueError, match="IRI"):
        compiled(plain, {}).run(odd[1], ("<urn:%zz>",), MOST)


def test_a_plan_serves_all_queries_that_differ_in_constants_only(odd: tuple[ox.Store, Columns]) -> None:
    store, columns = odd
    text = ODD_PREFIXES + "SELECT ?s ?t { ?s %s %s . ?t %s %s }"
    plans = [compiled(plain, {}) for n in [(":p", ":c", ":p", ":c")] if (plain := template(text % n))]
    for other in ((":p", ":d", ":n", ":a"), (":n", ":b", ":n", ":a"), (":p", ":zzz", ":p", ":b")):
        plain = template(text % other)
        assert plain
        mine = json.loads(plans[0].run(columns, plain.constants, MOST).body)
        assert bag(mine) == bag(far(store, text % other))


@pytest.mark.parametrize("asked", [a for a in analytic() if "json" in a.media_type], ids=lambda a: a.name)
def test_the_analytic_queries(invented: tuple[ox.Store, Columns], asked: Any) -> None:
    try:
        mine = near(invented[1], asked.text)
    except OutsideError:
        assert asked.name in ("11-regex", "15-dates")
        return
    assert bag(mine) == bag(far(invented[0], asked.text))


def _random(chance: random.Random, nodes: list[str], predicates: list[str]) -> str:
    """Return a query made at random: patterns in a chain or star, and one thing more."""
    names = ["?a", "?b", "?c", "?d"]

    def end(*, variable: float = 0.75) -> str:
        return chance.choice(names) if chance.random() < variable else chance.choice(nodes)

    def predicate() -> str:
        one, other = chance.choice(predicates), chance.choice(predicates)
        return chance.choices([one, f"{one}+", f"^{one}", f"({one}|{other})", "?p"], [8, 1, 1, 1, 1])[0]

    def group(patterns: int) -> str:
        return " ".join(f"{end()} {predicate()} {end()} ." for _ in range(patterns))

    more = chance.choice(
        [
            "",
            f"FILTER ({end(variable=1)} = {chance.choice(nodes)})",
            f"FILTER ({end(variable=1)} != {chance.choice(nodes)})",
            f"OPTIONAL {{ {group(1)} }}",
            f"MINUS {{ {group(1)} }}",
            f"FILTER NOT EXISTS {{ {group(1)} }}",
            f"FILTER EXISTS {{ {group(2)} }}",
            f"{{ {group(1)} }} UNION {{ {group(1)} }}",
            f"VALUES {end(variable=1)} {{ {chance.choice(nodes)} {chance.choice(nodes)} }}",
            f"{{ SELECT DISTINCT ?a ?b {{ {group(1)} }} }}",
            'FILTER (isIRI(?a) || LANG(?b) = "nl")',
        ]
    )
    heads = ["SELECT ?a ?b ?c", "SELECT DISTINCT ?a ?d", "SELECT *", "ASK", "SELECT (COUNT(?a) AS ?n)"]
    head = chance.choice(heads)
    return f"{head} {{ {group(chance.randrange(1, 4))} {more} }}"


def _tried(store: ox.Store, columns: Columns, count: int, seed: int, most: Most = MOST) -> Iterator[str]:
    chance = random.Random(seed)
    predicates = sorted({str(q.predicate) for q in store})
    nodes = sorted({str(t) for q in store for t in (q.subject, q.object) if isinstance(t, ox.NamedNode)})
    for _ in range(count):
        text = _random(chance, nodes, predicates)
        try:
            mine = near(columns, text, most)
        except OutsideError:
            continue
        assert bag(mine) == bag(far(store, text)), text
        yield text


def test_queries_made_at_random(odd: tuple[ox.Store, Columns]) -> None:
    assert len(list(_tried(*odd, 1500, 1))) > 700


def test_queries_made_at_random_on_the_shape_of_the_graph(invented: tuple[ox.Store, Columns]) -> None:
    few = MOST._replace(made=60_000)  # so that the engine has no millions of rows to find
    assert len(list(_tried(*invented, 300, 2, few))) > 30


def test_the_library(store: ox.Store) -> None:
    columns, covered = Columns(build(store)), 0
    for question in questions().values():
        text = "\n".join(x for x in question.sparql.splitlines() if not x.startswith("#"))
        try:
            mine = near(columns, text)
        except OutsideError:
            continue
        theirs = far(store, text)
        assert bag(mine) == bag(theirs), question.name
        covered += 1
    assert covered > 25


def test_what_would_grow_is_given_up_before_it_does(
    invented: tuple[ox.Store, Columns], monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[int] = []
    spend = running.Run.spend

    def watched(run: running.Run, numbers: int) -> None:
        spend(run, numbers)
        made.append(run.made)

    monkeypatch.setattr(running.Run, "spend", watched)
    with pytest.raises(OutsideError):
        near(invented[1], "SELECT (COUNT(?a) AS ?n) { ?a ?p ?b . ?c ?q ?d }")
    assert max(made, default=0) <= running.ALLOWANCE


def test_more_rows_than_asked_for_are_left_to_the_engine(odd: tuple[ox.Store, Columns]) -> None:
    plain = template("SELECT ?s ?o { ?s <urn:x:p> ?o }")
    assert plain
    with pytest.raises(OutsideError):
        compiled(plain, {}).run(odd[1], plain.constants, Most(rows=3))


def test_a_graph_with_triples_as_terms_has_no_columns() -> None:
    store = ox.Store()
    store.load(b"<urn:a> <urn:p> <<( <urn:b> <urn:q> 1 )>> .", format=ox.RdfFormat.TURTLE)
    with pytest.raises(OutsideError):
        build(store)


def test_wide_rows_and_long_answers_are_given_up_too(invented: tuple[ox.Store, Columns]) -> None:
    names = [f"?v{i}" for i in range(200)]
    wide = f"VALUES ({' '.join(names)}) {{ ({'gro:Claim ' * 200}) }} ?s rdfs:label ?l"
    for text in (f"ASK {{ {wide} }}", f"SELECT * {{ {wide} }}"):
        with pytest.raises(OutsideError):
            near(invented[1], text, MOST._replace(made=300_000))
    with pytest.raises(OutsideError):
        near(invented[1], "SELECT ?s ?l { ?s rdfs:label ?l }", MOST._replace(size=50_000))


def test_an_empty_graph_answers() -> None:
    columns = Columns(build(ox.Store()))
    assert near(columns, "SELECT ?s { OPTIONAL { ?s <urn:p> ?o } FILTER (!isIRI(?s)) }")["results"] == {
        "bindings": []
    }
    assert near(columns, "SELECT ?s { ?s <urn:p> ?o }")["results"]["bindings"] == []
    assert near(columns, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")["results"]["bindings"][0]["n"]["value"] == "0"
