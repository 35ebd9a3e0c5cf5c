"""Harvesting from a second server on this machine: pages, retries, limits, differences."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import pyoxigraph as ox
import pytest

from kg.harvest import Harvest, HarvestError, UnknownHarvestError, harvest_named, listed, pages_of, run

ASK = "CONSTRUCT { ?s <http://x/p> ?o } WHERE { ?s <http://x/p> ?o } ORDER BY ?s"


class Endpoint:
    """A SPARQL endpoint over a few triples, that can be made to fail."""

    def __init__(self, triples: int) -> None:
        self.store = ox.Store()
        for i in range(triples):
            self.add(i)
        self.failures: list[int] = []
        self.asked = 0
        self.kind = "application/n-triples"
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                outer.asked += 1
                query = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())["query"][0]
                if outer.failures:
                    self.send_response(outer.failures.pop(0))
                    self.send_header("Retry-After", "7")
                    self.end_headers()
                    return
                found = outer.store.query(query)
                assert isinstance(found, ox.QueryTriples)
                body = found.serialize(format=ox.RdfFormat.N_TRIPLES)
                self.send_response(200)
                self.send_header("Content-Type", outer.kind)
                self.end_headers()
                self.wfile.write(body or b"")

            def log_message(self, *_: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    def add(self, i: int) -> None:
        self.store.add(ox.Quad(ox.NamedNode(f"http://x/{i}"), ox.NamedNode("http://x/p"), ox.Literal(str(i))))

    def harvest(self, **more: object) -> Harvest:
        address = f"http://127.0.0.1:{self.server.server_port}/sparql"
        entry = {"name": "test", "title": "A test", "endpoint": address, "licence": "http://x/l"}
        given = {**entry, "source": "http://x/", "query": ASK, "batch": 4, "most_bytes": 100_000, **more}
        return Harvest(**given)  # type: ignore[arg-type]


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    made = Endpoint(10)
    yield made
    made.server.shutdown()
    made.thread.join()
    made.server.server_close()


def test_all_pages_are_fetched_into_one_dated_and_licensed_graph(endpoint: Endpoint, tmp_path: Path) -> None:
    got = run(endpoint.harvest(), tmp_path, "2026-01-01")
    assert (got.triples, got.path.name) == (10, "test-2026-01-01.ttl")
    text = got.path.read_text(encoding="utf-8")
    assert "<http://purl.org/dc/terms/license> <http://x/l>" in text
    assert "graph/with/test-2026-01-01>" in text
    assert len(list(ox.parse(text.encode(), format=ox.RdfFormat.TURTLE))) == 10 + 8


def test_a_busy_endpoint_is_asked_again_after_the_time_it_wants(endpoint: Endpoint, tmp_path: Path) -> None:
    endpoint.failures = [503, 429]
    waited: list[float] = []
    assert run(endpoint.harvest(), tmp_path, "2026-01-01", pause=waited.append).triples == 10
    assert waited == [7.0, 7.0]


def test_an_endpoint_that_refuses_is_not_asked_again(endpoint: Endpoint, tmp_path: Path) -> None:
    endpoint.failures = [400]
    with pytest.raises(HarvestError, match="400"):
        run(endpoint.harvest(), tmp_path, "2026-01-01", pause=lambda _: None)
    assert endpoint.asked == 1
    assert not list(tmp_path.glob("*.ttl"))


def test_pages_that_were_fetched_are_kept_for_the_next_try(endpoint: Endpoint, tmp_path: Path) -> None:
    run(endpoint.harvest(), tmp_path, "2026-01-01")
    asked = endpoint.asked
    run(endpoint.harvest(), tmp_path, "2026-01-01")
    assert endpoint.asked == asked
    run(endpoint.harvest(), tmp_path, "2026-01-01", fresh=True)
    assert endpoint.asked == 2 * asked


def test_the_difference_with_the_last_harvest_is_told(endpoint: Endpoint, tmp_path: Path) -> None:
    run(endpoint.harvest(), tmp_path, "2026-01-01")
    endpoint.add(99)
    endpoint.store.remove(next(iter(endpoint.store.quads_for_pattern(ox.NamedNode("http://x/1"), None, None))))
    got = run(endpoint.harvest(), tmp_path, "2026-02-01")
    assert got.added == ('<http://x/99> <http://x/p> "99" .',)
    assert got.removed == ('<http://x/1> <http://x/p> "1" .',)


def test_too_much_is_refused_and_the_last_harvest_stays(endpoint: Endpoint, tmp_path: Path) -> None:
    before = run(endpoint.harvest(), tmp_path, "2026-01-01").path.read_bytes()
    with pytest.raises(HarvestError, match="larger"):
        run(endpoint.harvest(most_bytes=120), tmp_path, "2026-01-01", fresh=True)
    assert (tmp_path / "test-2026-01-01.ttl").read_bytes() == before


def test_an_answer_that_is_not_rdf_is_refused(endpoint: Endpoint, tmp_path: Path) -> None:
    endpoint.kind = "text/html"
    with pytest.raises(HarvestError, match="text/html"):
        run(endpoint.harvest(), tmp_path, "2026-01-01")


def test_what_is_listed_is_sparql_and_asks_for_our_identifiers() -> None:
    for harvest in listed().values():
        first = next(pages_of(harvest))
        ox.Store().query(first)
        if harvest.of == "wikidata":
            assert "<http://www.wikidata.org/entity/Q212>" in "".join(pages_of(harvest))


def test_a_name_that_is_not_listed_is_corrected() -> None:
    with pytest.raises(UnknownHarvestError, match="wikidata-labels"):
        harvest_named("wikidata-label")
