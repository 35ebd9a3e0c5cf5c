"""The shortcut and Flask give the same answers, the first time and from the cache."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from werkzeug.test import Client

from kg.web.app import create_app
from kg.web.settings import Settings
from kg.web.shortcut import Shortcut
from tests.web.conftest import TINY

SELECT = "SELECT * { ?s ?p ?o }"
CONSTRUCT = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
PLAIN = {
    "solutions": (SELECT, {}, {}),
    "no row": ("SELECT * { <urn:x> ?p ?o }", {}, {"Accept": "application/sparql-results+xml"}),
    "yes or no": ("ASK {}", {}, {"Accept": "text/csv"}),
    "triples": (CONSTRUCT, {}, {"Accept": "application/n-triples"}),
    "an old name": (CONSTRUCT, {}, {"Accept": "text/rdf+n3"}),
    "named in the address": (SELECT, {"format": "tsv"}, {"Accept": "application/json"}),
    "gzip": (SELECT, {}, {"Accept-Encoding": "gzip;q=0.9, br;q=0.1"}),
    "zstd": (SELECT, {}, {"Accept-Encoding": "*"}),
    "cut": (f"{SELECT} ORDER BY ?s ?p ?o", {}, {"Accept": "text/csv"}),
    "a graph": (SELECT, {"default-graph-uri": "urn:nowhere"}, {}),
    "relative": ("SELECT (STR(<x/é>) AS ?iri) {}", {}, {}),
    "another host": ("SELECT (STR(<x>) AS ?iri) {}", {}, {"Host": "example.org:80"}),
    "chance": ("SELECT (MD5(STRUUID()) AS ?b) {}", {}, {"Accept": "text/csv"}),
}
REFUSED = {
    "no SPARQL": ("SELECT", {}),
    "fetching": ("SELECT * { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }", {}),
    "no format": ("ASK {}", {"Accept": "image/png"}),
}
NOT_PLAIN = {
    "a page": {"headers": {"Accept": "text/html,*/*;q=0.8"}},
    "a condition": {"headers": {"If-None-Match": '"x"'}},
    "a ticket to stop it": {"headers": {"Grotius-Ticket": "x"}},
    "an older release": {"query_string": urlencode({"query": SELECT}) + "&rel%65ase=abcdef"},
    "a form": {"method": "POST"},
    "the head": {"method": "HEAD"},
    "an odd host": {"headers": {"Host": "EXAMPLE.org"}},
}


def application(**settings: Any) -> Iterator[Flask]:
    app = create_app(settings=Settings(files=(str(TINY),), log="none", **settings))
    yield app
    app.extensions["editions"].close()


@pytest.fixture(scope="module")
def app() -> Iterator[Flask]:
    yield from application(rows=40)


def shortcut_of(app: Flask) -> Shortcut:
    found = app.wsgi_app
    assert isinstance(found, Shortcut)
    return found


def long_way(app: Flask) -> Client:
    return Client(shortcut_of(app).long_way)


def told(response: Any) -> tuple[int, list[tuple[str, str]], bytes]:
    headers = [(k.lower(), v) for k, v in response.headers]
    return response.status_code, sorted(headers), re.sub(rb"_:\w+|\b[0-9a-f]{32}\b", b"_:b", response.data)


@pytest.mark.parametrize("name", PLAIN)
def test_both_ways_give_the_same_answer(name: str, app: Flask) -> None:
    query, more, headers = PLAIN[name]
    address = f"/sparql?{urlencode({'query': query, **more})}"
    before = shortcut_of(app).numbers.requests.labels("sparql.sparql", 200)._value.get()
    first, again = (Client(app).get(address, headers=headers) for _ in range(2))
    slow = long_way(app).get(address, headers=headers)
    assert first.status_code == 200
    assert told(first) == told(again) == told(slow)
    assert shortcut_of(app).numbers.requests.labels("sparql.sparql", 200)._value.get() == before + 3


@pytest.mark.parametrize("name", PLAIN)
def test_what_is_plain_does_not_reach_flask(name: str, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    query, more, headers = PLAIN[name]
    monkeypatch.setattr(shortcut_of(app), "long_way", None)
    assert Client(app).get(f"/sparql?{urlencode({'query': query, **more})}", headers=headers).status_code == 200


@pytest.mark.parametrize("name", REFUSED)
def test_a_refusal_is_explained_by_flask_and_not_evaluated_twice(
    name: str, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    query, headers = REFUSED[name]
    pool, asked = app.extensions["editions"].now.evaluator, []
    evaluate = pool.evaluate
    monkeypatch.setattr(pool, "evaluate", lambda *q: asked.append(q) or evaluate(*q))
    address = f"/sparql?{urlencode({'query': query})}"
    response = Client(app).get(address, headers=headers)
    assert response.status_code in (400, 403, 406)
    assert len(asked) == 1
    assert told(response) == told(long_way(app).get(address, headers=headers))


@pytest.mark.parametrize("name", NOT_PLAIN)
def test_what_is_not_plain_goes_through_flask(name: str, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    long = shortcut_of(app).long_way
    monkeypatch.setattr(shortcut_of(app), "long_way", lambda *args: asked.append(1) or long(*args))
    usual = {"method": "GET", "query_string": urlencode({"query": SELECT})}
    Client(app).open("/sparql", **{**usual, **NOT_PLAIN[name]})
    assert asked


def test_the_rate_of_a_client_counts_on_both_ways_once() -> None:
    for app in application(rate="3/minute"):
        address = f"/sparql?{urlencode({'query': SELECT})}"
        codes = [Client(app).get(address).status_code for _ in range(4)]
        assert codes == [200, 200, 200, 429]


def test_nothing_is_kept_that_may_differ_the_next_time(app: Flask) -> None:
    address = f"/sparql?{urlencode({'query': 'SELECT (RAND() AS ?r) {}'})}"
    assert Client(app).get(address).data != Client(app).get(address).data
