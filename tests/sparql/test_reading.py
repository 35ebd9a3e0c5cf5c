"""Requests are refused, bounded and limited by their tokens."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.sparql.errors import ForbiddenOperationError, TooComplexError
from kg.sparql.reading import bound, next_page, read, refuse_remote, with_limit
from kg.sparql.strictness import check
from kg.sparql.tokens import tokenise
from tests.web.hostile import REMOTE

FETCHING = [q for q in REMOTE if "SERVICE" in q.upper() or "bif:" in q or "sql:" in q or "DEFINE" in q]
FETCHING.remove(STRAY := next(q for q in FETCHING if "ex\\#:p" in q))


@pytest.mark.parametrize("query", [*FETCHING, "SELECT * { \\u0053ERVICE <x> {} }"])
def test_what_would_fetch_is_refused_in_every_disguise(query: str) -> None:
    with pytest.raises(ForbiddenOperationError):
        refuse_remote(read(query))


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { ?service ?load ?define }",
        "SELECT * { ?s ?p 'SERVICE <http://x> {}' }",
        'SELECT * { ?s ?p """a " SERVICE <x> {} """ }',
        "SELECT * { ?s <http://x/SERVICE> <http://x/#SERVICE> } # SERVICE <x> {}",
        "PREFIX service: <http://x/> SELECT * { ?s service:load service:SERVICE }",
        "SELECT * { ?s a [] . _:SERVICE ?p 'x'@service }",
        "PREFIX ex: <http://x/> ASK { ex:SERVICE ?p ex:a\\#b }",
    ],
)
def test_the_words_alone_are_no_reason(query: str) -> None:
    refuse_remote(read(query))


@given(st.text(max_size=200))
def test_reading_never_fails_and_loses_nothing(text: str) -> None:
    tokens = tokenise(text)
    assert all(text[t.start : t.end] == t.text for t in tokens)
    assert [t.start for t in tokens] == sorted(t.start for t in tokens)


@given(
    st.sampled_from(["", "LIMIT 3", "limit 30", "LIMIT 0", "LIMIT 9999999999"]),
    st.sampled_from(["", "OFFSET 2", "offset 0"]),
    st.sampled_from(["", "ORDER BY ?x", "GROUP BY ?x", "# LIMIT 1\n"]),
    st.sampled_from(["", "VALUES ?x { 1 2 3 }"]),
    st.integers(1, 12),
)
def test_the_limit_changes_nothing_but_the_number_of_rows(
    limit: str, offset: str, before: str, after: str, rows: int
) -> None:
    store = ox.Store()
    inner = "{ SELECT ?x { VALUES ?x { 1 2 3 4 5 6 7 8 9 } } LIMIT 8 }"
    query = f"SELECT ?x WHERE {{ {inner} }} {before} {limit} {offset} {after}"
    try:
        whole = [str(s["x"]) for s in store.query(query)]
    except SyntaxError:
        with pytest.raises(SyntaxError):
            store.query(with_limit(read(query), rows))
        return
    part = [str(s["x"]) for s in store.query(with_limit(read(query), rows))]
    assert len(part) == min(rows, len(whole)) if not after else len(part) <= len(whole)
    if not after and "GROUP" not in before:
        assert part == whole[:rows]
        following = next_page(read(query), rows)
        assert following is not None
        assert [str(s["x"]) for s in store.query(following)] == whole[rows:]


def test_depth_and_chains_are_bounded_before_parsing() -> None:
    bound(read("SELECT * " + "{" * 200 + "}" * 200))
    for query in ("SELECT * " + "{" * 300, "ASK { FILTER(" + "!" * 6000 + "?x) }"):
        with pytest.raises(TooComplexError):
            bound(read(query))


@pytest.mark.parametrize(
    "query",
    [
        "SELECT (COUNT(COUNT(*)) AS ?c) WHERE {}",
        "SELECT * { FILTER (?x<?a&&?b>?y) }",
        "SELECT * { BIND(<<( 'x' ?p ?o )>> AS ?t) }",
        STRAY,
    ],
)
def test_what_the_engine_lets_pass_and_the_grammar_does_not(query: str) -> None:
    with pytest.raises(SyntaxError, match=r"at 1:\d+"):
        check(read(query))
