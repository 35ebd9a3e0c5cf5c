"""The SPARQL Protocol over a real socket: three ways to ask, what is refused, what clients accept."""

from __future__ import annotations

import gzip
import json
import urllib.request
from pathlib import Path
from urllib.parse import quote, urlencode

import brotli
import pyoxigraph as ox
import pytest
from rdflib import URIRef
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import CSV, JSON, JSONLD, POST, TURTLE, XML, SPARQLWrapper

from kg.evaluation.cutting import cut
from tests.web.conftest import ask, serving

GRO = "https://w3id.org/grotius/def#"
SELECT = "SELECT * { ?s ?p ?o }"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
TABLE = [
    line.split("\t")
    for line in (Path(__file__).parent / "accept.tsv").read_text().splitlines()
    if not line.startswith("#")
]


def get(base: str, query: str, accept: str = "*/*", **more: str):  # type: ignore[no-untyped-def]
    return ask(f"{base}/sparql?{urlencode({'query': query, **more})}", {"Accept": accept})


def test_the_three_ways_to_ask_have_one_answer(tiny_server: str) -> None:
    query = "SELECT ?c { ?c a <https://w3id.org/grotius/def#Country> }"
    by_get = get(tiny_server, query)
    by_form = ask(f"{tiny_server}/sparql", FORM, urlencode({"query": query}).encode())
    direct = ask(f"{tiny_server}/sparql", {"Content-Type": "application/sparql-query"}, query.encode())
    assert by_get.status == by_form.status == direct.status == 200
    assert by_get.body == by_form.body == direct.body
    assert json.loads(direct.body)["results"]["bindings"][0]["c"]["value"].endswith("/AAA")


def test_a_percent_sign_in_an_iri_is_decoded_once(tiny_server: str) -> None:
    query = "SELECT (STR(<http://x/a%20b>) AS ?iri) {}"
    for reply in (
        get(tiny_server, query),
        ask(f"{tiny_server}/sparql", FORM, ("query=" + quote(query, safe="")).encode()),
    ):
        assert json.loads(reply.body)["results"]["bindings"][0]["iri"]["value"] == "http://x/a%20b"


@pytest.mark.parametrize(("client", "accept", "select", "construct"), TABLE, ids=[row[0] for row in TABLE])
def test_each_client_gets_what_it_can_read(
    tiny_server: str, client: str, accept: str, select: str, construct: str
) -> None:
    import http.client
    from urllib.parse import urlsplit

    for query, wanted in ((SELECT, select), ("CONSTRUCT WHERE { ?s ?p ?o }", construct)):
        connection = http.client.HTTPConnection(urlsplit(tiny_server).netloc, timeout=10)
        connection.request(
            "GET", "/sparql?" + urlencode({"query": query}), headers={"Accept": accept} if accept else {}
        )
        response = connection.getresponse()
        kind = response.headers["Content-Type"].partition(";")[0]
        assert "Accept" in response.headers["Vary"]
        assert (str(response.status) if response.status != 200 else kind) == wanted
        connection.close()


@pytest.mark.parametrize(
    ("headers", "body", "method", "path", "status"),
    [
        (FORM, b"query=ASK{}&query=ASK{}", "POST", "/sparql", 400),
        ({}, None, "GET", "/sparql?query=ASK{}&query=SELECT*{}", 400),
        (FORM, b"query=ASK{}&update=CLEAR+ALL", "POST", "/sparql", 400),
        ({}, None, "GET", "/sparql?update=CLEAR+ALL", 400),
        (FORM, b"update=CLEAR+ALL", "POST", "/sparql", 403),
        (FORM, b"query=SELECT", "POST", "/sparql", 400),
        (FORM, b"query=ASK+%7B%FF%7D", "POST", "/sparql", 400),
        (FORM, b"other=1", "POST", "/sparql", 400),
        ({"Content-Type": "text/plain"}, b"ASK {}", "POST", "/sparql", 415),
        (
            {"Content-Type": "application/sparql-query; charset=UTF-16"},
            "ASK {}".encode("utf-16"),
            "POST",
            "/sparql",
            400,
        ),
        ({"Content-Type": "application/sparql-query"}, b"ASK { # \xff\n}", "POST", "/sparql", 400),
        ({"Content-Type": "application/sparql-query"}, b"#" * (5 * 2**20), "POST", "/sparql", 413),
        ({}, None, "DELETE", "/sparql", 405),
        ({}, None, "PUT", "/sparql?query=ASK{}", 405),
        ({}, None, "DELETE", "/store?default", 403),
        ({"Content-Type": "text/turtle"}, b"<a> <b> <c> .", "PUT", "/store?graph=http://x/", 403),
        ({}, None, "GET", "/store?graph=http://x/none", 404),
        ({}, None, "GET", "/nothing", 404),
        ({"Accept": "application/sparql-results+json"}, None, "GET", "/sparql", 400),
    ],
)
def test_a_wrong_request_is_a_problem_document_with_cors(  # type: ignore[no-untyped-def]
    tiny_server: str, headers, body, method, path, status
) -> None:
    reply = ask(tiny_server + path.replace("{", "%7B").replace("}", "%7D"), headers, body, method)
    assert reply.status == status, reply.body
    assert reply.headers["Content-Type"] == "application/problem+json"
    assert reply.headers["Access-Control-Allow-Origin"] == "*"
    assert reply.headers["Grotius-Completeness"] == "failed"
    problem = json.loads(reply.body)
    assert problem["status"] == status
    assert problem["detail"]
    assert ask(problem["type"]).status == 200, "the type must lead to its explanation"


def test_a_syntax_error_has_line_and_column(tiny_server: str) -> None:
    problem = json.loads(get(tiny_server, "SELECT *\n{ ?s foo }").body)
    assert problem["line"] == 2
    assert problem["column"] > 5


def test_exactly_n_rows_are_complete_and_more_are_cut(tiny_server: str) -> None:
    n = 10  # the fixture's --rows
    for form, kind in (("json", "+json"), ("xml", "+xml"), ("csv", "csv"), ("tsv", "tab-separated-values")):
        whole = get(tiny_server, SELECT + f" LIMIT {n}", format=form)
        cut_off = get(tiny_server, SELECT + f" LIMIT {n + 1}", format=form)
        assert kind in whole.headers["Content-Type"]
        assert whole.headers["Grotius-Completeness"] == "complete"
        assert cut_off.headers["Grotius-Completeness"] == f"cut; limit={n}"
        assert 'rel="next"' in cut_off.headers["Link"]
        assert rows(whole.body, form) == rows(cut_off.body, form) == n
    assert json.loads(get(tiny_server, SELECT).body)["head"]["link"] == [f"{tiny_server}/completeness/cut"]
    assert ask(f"{tiny_server}/completeness/cut").status == 200
    graph = get(tiny_server, "CONSTRUCT WHERE { ?s ?p ?o }", "application/n-triples")
    assert graph.headers["Grotius-Completeness"] == f"cut; limit={n}"
    assert graph.body.startswith(b"# cut at 10")
    assert graph.body.count(b" .\n") == n


def rows(body: bytes, form: str) -> int:
    if form == "json":
        return len(json.loads(body)["results"]["bindings"])
    return body.count(b"<result>") if form == "xml" else body.count(b"\n") - 1


def test_following_the_next_links_gives_every_row_once(tiny_server: str) -> None:
    seen: list[str] = []
    url: str | None = f"{tiny_server}/sparql?{urlencode({'query': SELECT + ' ORDER BY ?s ?p ?o'})}"
    while url:
        reply = ask(url, {"Accept": "text/tab-separated-values"})
        seen += reply.body.decode().splitlines()[1:]
        link = reply.headers["Link"]
        url = link[1 : link.index(">")] if link else None
    assert len(seen) == len(set(seen)) == 68


@pytest.mark.parametrize("value", ['},{"', "},{}", "a\r\nb", '"', "<result>", "\t", "\\", "", "]}}"])
@pytest.mark.parametrize("kind", ["sparql-results+json", "sparql-results+xml", "csv", "tab-separated-values"])
def test_no_value_confuses_the_counting_of_rows(value: str, kind: str) -> None:
    store, literal = ox.Store(), ox.Literal(value)
    values = f"(UNDEF {literal}) ({literal} {literal}) (UNDEF UNDEF)" * 3
    media_type = f"application/{kind}" if "+" in kind else f"text/{kind}"

    def answer(limit: int) -> bytes:
        solutions = store.query(f"SELECT ?x ?y {{ VALUES (?x ?y) {{ {values} }} }} LIMIT {limit}")
        return solutions.serialize(format=ox.QueryResultsFormat.from_media_type(media_type))

    for n in range(1, 11):
        assert cut(answer(n + 1), media_type, n) == (answer(n), n < 9)


def test_the_dataset_of_the_request_overrides_that_of_the_query(tmp_path: Path) -> None:
    data = tmp_path / "graphs.trig"
    data.write_text("PREFIX : <http://> :s :p 0 . <http://g1> { :s :p 1 } <http://g2> { :s :p 2 }")
    with serving(str(data)) as (base, _):

        def values(query: str, **more: str) -> set[str]:
            reply = get(base, query, **more)
            assert reply.status == 200, reply.body
            return {r["o"]["value"] for r in json.loads(reply.body)["results"]["bindings"]}

        assert values(SELECT) == {"0"}
        assert values("SELECT * FROM <http://g1> { ?s ?p ?o }") == {"1"}
        assert values("SELECT * FROM <http://g1> { ?s ?p ?o }", **{"default-graph-uri": "http://g2"}) == {"2"}
        assert values("SELECT * { GRAPH ?g { ?s ?p ?o } }", **{"named-graph-uri": "http://g2"}) == {"2"}
        assert values(SELECT, **{"named-graph-uri": "http://g2"}) == set()
        absent = get(base, SELECT, **{"default-graph-uri": "http://elsewhere/"})
        assert "counts as empty" in absent.headers["Grotius-Note"]
        assert get(base, "SELECT * FROM <http://elsewhere/> { ?s ?p ?o }").status == 403
        graph = ask(f"{base}/store?graph=http://g1", {"Accept": "application/n-triples"})
        assert graph.body == b'<http://s> <http://p> "1"^^<http://www.w3.org/2001/XMLSchema#integer> .\n'


def test_head_options_and_conditional_requests(tiny_server: str) -> None:
    url = f"{tiny_server}/sparql?query=ASK%7B%7D"
    whole, head = ask(url), ask(url, method="HEAD")
    assert (head.status, head.body) == (200, b"")
    assert head.headers["Content-Length"] == str(len(whole.body))
    again = ask(url, {"If-None-Match": whole.headers["ETag"]})
    assert (again.status, again.body) == (304, b"")
    assert ask(url, {"If-None-Match": '"other"'}).status == 200
    for path in ("/sparql", "/store", "/healthz", "/"):
        preflight = ask(tiny_server + path, method="OPTIONS")
        assert preflight.status == 200
        assert "GET" in preflight.headers["Access-Control-Allow-Methods"]
    random = get(tiny_server, "SELECT (RAND() AS ?r) {}")
    assert random.headers["ETag"] is None
    assert random.body != get(tiny_server, "SELECT (RAND() AS ?r) {}").body


def test_answers_are_compressed_as_the_client_prefers(tiny_server: str) -> None:
    plain = get(tiny_server, SELECT).body
    url = f"{tiny_server}/sparql?{urlencode({'query': SELECT})}"
    for asked, coding in (
        ("gzip", "gzip"),
        ("gzip, deflate, br", "br"),
        ("zstd;q=0.5, gzip", "gzip"),
        ("gzip;q=0", None),
    ):
        reply = ask(url, {"Accept-Encoding": asked})
        assert reply.headers["Content-Encoding"] == coding
        unpack = {"gzip": gzip.decompress, "br": brotli.decompress, None: bytes}[coding]
        assert unpack(reply.body) == plain
        assert ask(url, {"Accept-Encoding": asked, "If-None-Match": reply.headers["ETag"]}).status == 304


def test_a_machine_gets_the_description_and_a_browser_the_form(tiny_server: str) -> None:
    described = ask(f"{tiny_server}/sparql", {"Accept": "text/turtle"})
    names = {t.object.value.rsplit("#")[-1] for t in ox.parse(described.body, format=ox.RdfFormat.TURTLE)}
    assert "SPARQL11Query" in names
    assert not names & {"BasicFederatedQuery", "SPARQL11Update", "DereferencesURIs"}
    form = ask(f"{tiny_server}/sparql", {"Accept": "text/html"})
    assert b"<textarea" in form.body
    page = get(tiny_server, 'SELECT ("<script>alert(1)</script>" AS ?x) {}', "text/html")
    assert b"<script>" not in page.body
    assert b"&lt;script&gt;" in page.body


def test_real_clients_work_unmodified(tiny_server: str) -> None:
    client = SPARQLWrapper(f"{tiny_server}/sparql")
    for method in ("GET", POST):
        client.setMethod(method)
        for kind in (JSON, XML, CSV):
            client.setReturnFormat(kind)
            client.setQuery("SELECT ?c { ?c a <https://w3id.org/grotius/def#Country> }")
            assert "AAA" in str(client.query().response.read())
        client.setQuery("CONSTRUCT WHERE { ?c a <https://w3id.org/grotius/def#Country> }")
        client.setReturnFormat(TURTLE)
        assert b"Country" in client.queryAndConvert()
        client.setReturnFormat(JSONLD)
        assert len(client.queryAndConvert()) == 1
    store = SPARQLStore(f"{tiny_server}/sparql", returnFormat="json")
    assert [str(r[0]) for r in store.query("SELECT ?c { ?c a <https://w3id.org/grotius/def#Country> }")] == [
        "https://w3id.org/grotius/id/country/AAA"
    ]
    assert store.query("ASK { ?c a <https://w3id.org/grotius/def#Country> }").askAnswer
    claim = URIRef("https://w3id.org/grotius/id/claim/tiny-1")
    assert len(list(SPARQLStore(f"{tiny_server}/sparql").triples((claim, None, None)))) >= 9


def test_an_unknown_function_is_an_error_of_its_expression_and_is_noted(tiny_server: str) -> None:
    reply = get(tiny_server, "SELECT (<http://x/f>(1) AS ?x) (1 AS ?y) {}")
    assert reply.status == 200
    assert json.loads(reply.body)["results"]["bindings"][0].keys() == {"y"}
    assert "<http://x/f> is unknown" in reply.headers["Grotius-Note"]


def test_operators_see_state_and_numbers(tiny_server: str) -> None:
    assert ask(f"{tiny_server}/healthz").body == b"ok\n"
    ready = json.loads(ask(f"{tiny_server}/readyz").body)
    assert ready["ready"] is True
    assert ready["quads"] == 68
    numbers = ask(f"{tiny_server}/metrics").body.decode()
    assert 'grotius_answers_total{completeness="complete"}' in numbers
    assert 'grotius_workers{state="idle"}' in numbers


def test_a_client_that_asks_too_often_waits(tmp_path: Path) -> None:
    from tests.web.conftest import TINY

    with serving(str(TINY), "--rate", "5/minute") as (base, _):
        replies = [ask(f"{base}/sparql?query=ASK%7B%7D") for _ in range(6)]
        assert [r.status for r in replies] == [200] * 5 + [429]
        assert 0 < int(replies[-1].headers["Retry-After"]) <= 60
        assert ask(f"{base}/healthz").status == 200


@pytest.mark.parametrize(
    "name", ["data.ttl", "data.nt", "data.nq", "data.trig", "data.rdf", "data.jsonld", "data.nt.gz"]
)
def test_any_rdf_file_is_served(tmp_path: Path, name: str) -> None:
    from rdflib import Dataset

    data = Dataset()
    data.parse(data="<http://s> <http://p> 'x' .", format="turtle")
    forms = {"ttl": "turtle", "nt": "nt", "nq": "nquads", "trig": "trig", "rdf": "xml", "jsonld": "json-ld"}
    form = forms[name.removesuffix(".gz").rpartition(".")[2]]
    content = (data if form in ("nquads", "trig") else data.default_graph).serialize(
        format=form, encoding="utf-8"
    )
    (tmp_path / name).write_bytes(gzip.compress(content) if name.endswith("gz") else content)
    with serving(str(tmp_path)) as (base, _):
        assert json.loads(get(base, SELECT).body)["results"]["bindings"][0]["o"]["value"] == "x"


def test_a_store_on_disk_is_served_and_cannot_reach_the_network(tmp_path: Path) -> None:
    store = ox.Store(str(tmp_path / "store"))
    store.add(ox.Quad(ox.NamedNode("http://s"), ox.NamedNode("http://p"), ox.Literal("x")))
    store.flush()
    del store
    with serving("--store", str(tmp_path / "store")) as (base, _):
        assert json.loads(get(base, SELECT).body)["results"]["bindings"][0]["o"]["value"] == "x"


def test_the_query_text_is_not_logged_unless_asked() -> None:
    from kg.web.settings import from_environment

    assert from_environment({}).log_queries is False


def test_a_page_of_the_browser_has_the_query(tiny_server: str) -> None:
    with urllib.request.urlopen(f"{tiny_server}/sparql") as response:
        assert response.headers["Content-Type"].startswith("text/turtle")
