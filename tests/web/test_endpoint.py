"""The served graph, asked by a real SPARQL client over a real socket."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator

import pytest
from SPARQLWrapper import JSON, POST, TURTLE, SPARQLWrapper

from kg.release import Release

COUNT = "PREFIX gro: <https://w3id.org/grotius/def#> SELECT (COUNT(*) AS ?n) WHERE { ?c a gro:Claim }"


@pytest.fixture(scope="module")
def base(release: Release) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    env = {**os.environ, "KG_RELEASES": str(release.folder.parent)}
    server = subprocess.Popen([sys.executable, "-m", "kg", "serve", "--port", str(port)], env=env)
    url = f"http://127.0.0.1:{port}"
    for _ in range(200):
        try:
            urllib.request.urlopen(url).close()
            break
        except OSError:
            time.sleep(0.1)
    yield url
    server.send_signal(signal.SIGTERM)
    server.wait(20)


@pytest.mark.parametrize("method", ["GET", POST])
def test_sparqlwrapper_counts_the_claims(base: str, method: str) -> None:
    client = SPARQLWrapper(f"{base}/sparql")
    client.setMethod(method)
    client.setReturnFormat(JSON)
    client.setQuery(COUNT)
    answer = client.queryAndConvert()
    assert int(answer["results"]["bindings"][0]["n"]["value"]) > 1000


def test_sparqlwrapper_gets_turtle(base: str) -> None:
    client = SPARQLWrapper(f"{base}/sparql")
    client.setReturnFormat(TURTLE)
    client.setQuery("CONSTRUCT WHERE { ?c a <https://w3id.org/grotius/def#Country> }")
    assert b"Country" in client.queryAndConvert()


def get(url: str, accept: str = "*/*") -> tuple[int, str, str]:
    request = urllib.request.Request(url, headers={"Accept": accept})
    with urllib.request.urlopen(request) as response:
        return response.status, response.headers["Content-Type"], response.read().decode()


def test_a_thing_answers_in_html_and_turtle(base: str) -> None:
    status, kind, page = get(f"{base}/id/country/UKR", "text/html")
    assert (status, kind.split(";")[0]) == (200, "text/html")
    assert "<mark>" in page
    status, kind, page = get(f"{base}/id/country/UKR", "text/turtle")
    assert kind.split(";")[0] == "text/turtle"
    assert "country:UKR a " in page


def test_csv_has_a_header_and_json_has_bindings(base: str) -> None:
    query = "SELECT%20%3Fs%20%7B%20%3Fs%20a%20gro%3ACountry%20%7D"
    assert get(f"{base}/sparql?query={query}", "text/csv")[2].startswith("s\r\n")
    assert json.loads(get(f"{base}/sparql?query={query}")[2])["head"]["vars"] == ["s"]


def test_a_query_that_is_not_sparql_is_400_with_a_sentence(base: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as caught:
        get(f"{base}/sparql?query=SELECT")
    assert caught.value.code == 400
    assert "not valid SPARQL" in json.loads(caught.value.read())["detail"]


def test_the_landing_page_counts(base: str) -> None:
    assert "Claim" in get(base, "text/html")[2]
