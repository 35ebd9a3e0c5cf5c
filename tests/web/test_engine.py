"""In front of two real servers: the native Oxigraph server and Virtuoso, started here."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlencode

import pytest
from SPARQLWrapper import JSON, SPARQLWrapper

from tests.web.conftest import Reply, ask, free_port, running, serving

TOKEN = "a token of the tests"
WRITE = {"Authorization": f"Bearer {TOKEN}"}
SELECT = "SELECT * { GRAPH <http://g/1> { ?s ?p ?o } }"
VIRTUOSO = """
[Database]
DatabaseFile = virtuoso.db
ErrorLogFile = virtuoso.log
LockFile = virtuoso.lck
TransactionFile = virtuoso.trx
xa_persistent_file = virtuoso.pxa
TempStorage = TempDatabase
[TempDatabase]
DatabaseFile = virtuoso-temp.db
TransactionFile = virtuoso-temp.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
DisableUnixSocket = 1
MaxClientConnections = 10
MaxSortedTopRows = 40
NumberOfBuffers = 10000
MaxDirtyBuffers = 6000
DirsAllowed = .
[HTTPServer]
ServerPort = 127.0.0.1:{http}
MaxClientConnections = 10
[SPARQL]
ResultSetMaxRows = 20000
"""


def not_here(what: str) -> None:
    """Skip with the reason; in CI, which installs it, fail."""
    reason = f"{what} is not installed: the tests of engine mode against it do not run"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def oxigraph(stack: ExitStack, folder: Path) -> str:
    program = Path(sys.executable).parent / "oxigraph"
    if not program.exists():
        not_here("the server of oxigraph (pip install oxigraph)")
    port = free_port()
    command = [str(program), "serve", "--location", str(folder), "--bind", f"127.0.0.1:{port}"]
    stack.enter_context(running(command, port))
    return f"http://127.0.0.1:{port}/query"


def virtuoso(stack: ExitStack, folder: Path, load: str = "") -> str:
    """Start a Virtuoso in *folder*, with the file *load* of it in a graph; return its address."""
    if not shutil.which("virtuoso-t") or not shutil.which("isql-vt"):
        not_here("Virtuoso (apt install virtuoso-opensource-7)")
    http, sql = free_port(), free_port()
    (folder / "virtuoso.ini").write_text(VIRTUOSO.format(http=http, sql=sql))
    command = ["sh", "-c", f"cd '{folder}' && exec virtuoso-t +foreground +configfile virtuoso.ini"]
    stack.enter_context(running(command, http, "/sparql"))
    loading = f"DB.DBA.TTLP_MT (file_to_string_output ('{load}'), '', 'urn:loaded', 0);"
    for statement in (
        'grant SPARQL_UPDATE to "SPARQL";',
        "DB.DBA.RDF_DEFAULT_USER_PERMS_SET ('nobody', 7);",
        *([loading] if load else []),
    ):
        isql = ["isql-vt", f"127.0.0.1:{sql}", "dba", "dba", f"exec={statement}"]
        subprocess.run(isql, check=True, capture_output=True)
    return f"http://127.0.0.1:{http}/sparql"


@pytest.fixture(scope="module", params=[oxigraph, virtuoso], ids=["oxigraph", "virtuoso"])
def base(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with ExitStack() as stack:
        address = request.param(stack, tmp_path_factory.mktemp("engine"))
        served, _ = stack.enter_context(serving("--rows", "50", KG_STORE=address, KG_TOKEN=TOKEN))
        yield served


def update(base: str, text: str, headers: dict[str, str] = WRITE) -> Reply:
    kind = {"Content-Type": "application/sparql-update"}
    return ask(f"{base}/sparql", kind | headers, text.encode())


def get(base: str, query: str, accept: str = "*/*", **more: str) -> Reply:
    return ask(f"{base}/sparql?{urlencode({'query': query, **more})}", {"Accept": accept})


def values(reply: Reply) -> list[str]:
    assert reply.status == 200, reply.body
    return sorted(row["o"]["value"] for row in json.loads(reply.body)["results"]["bindings"])


def test_an_update_needs_the_token_and_is_seen_at_once(base: str) -> None:
    insert = 'INSERT DATA { GRAPH <http://g/1> { <http://s> <http://p> "one" , 2 } }'
    assert update(base, insert, {}).status == 401
    assert "WWW-Authenticate" in update(base, insert, {}).headers
    assert update(base, insert, {"Authorization": "Bearer wrong"}).status == 401
    assert update(base, "DROP GRAPH <http://nobody/>", {}).status == 401
    assert update(base, insert).status == 204
    assert values(get(base, SELECT)) == ["2", "one"]
    assert get(base, SELECT).headers["Cache-Control"] == "no-store"
    assert update(base, 'DELETE DATA { GRAPH <http://g/1> { <http://s> <http://p> "one" } }').status == 204
    assert values(get(base, SELECT)) == ["2"]


def test_graphs_are_put_read_extended_and_deleted(base: str) -> None:
    url, turtle = f"{base}/store?graph=http://g/2", {"Content-Type": "text/turtle"}
    assert ask(url, turtle, b"<http://s> <http://p> 1 .", "PUT").status == 401
    assert ask(url, turtle | WRITE, b"<http://s> <http://p> 1 .", "PUT").status == 201
    assert ask(url, turtle | WRITE, b"<http://s> <http://p> 2 .", "POST").status == 204
    read = ask(url, {"Accept": "application/n-triples"})
    assert read.body.count(b"\n") == 2
    assert ask(url, method="HEAD").status == 200
    assert ask(url, turtle | WRITE, b"<http://s> <http://p> 3 .", "PUT").status == 204
    assert ask(url, {"Accept": "application/n-triples"}).body.count(b"\n") == 1
    broken = ask(url, turtle | WRITE, b"<http://s> <http://p>\n .", "PUT")
    assert broken.status == 400
    assert "line 2" in json.loads(broken.body)["detail"] or "2:" in json.loads(broken.body)["detail"]
    assert ask(url, {"Accept": "application/n-triples"}).body.count(b"\n") == 1, "a mistake changed the graph"
    assert ask(url, WRITE, method="DELETE").status in (200, 204)
    assert ask(url).status == 404
    bomb = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><rdf:RDF xmlns:rdf="http://x#"/>'
    assert ask(url, {"Content-Type": "application/rdf+xml"} | WRITE, bomb, "PUT").status == 400


def test_answers_are_cut_and_say_so(base: str) -> None:
    rows = " ".join(f"<http://n/{i}> <http://p> {i} ." for i in range(51))
    assert update(base, f"INSERT DATA {{ GRAPH <http://g/51> {{ {rows} }} }}").status == 204
    query = "SELECT * { GRAPH <http://g/51> { ?s ?p ?o } }"
    assert get(base, query).headers["Grotius-Completeness"] == "cut; limit=50"
    assert len(values(get(base, query))) == 50
    assert get(base, query + " LIMIT 50").headers["Grotius-Completeness"] == "complete"
    ordered = get(base, query + " ORDER BY ?o")  # Virtuoso sorts no more than 40 rows for one LIMIT
    assert ordered.headers["Grotius-Completeness"] == "cut; limit=50"
    assert [int(v["o"]["value"]) for v in json.loads(ordered.body)["results"]["bindings"]] == list(range(50))
    graph = get(base, "CONSTRUCT { ?s ?p ?o } { GRAPH <http://g/51> { ?s ?p ?o } }", "application/n-triples")
    assert graph.headers["Grotius-Completeness"] == "cut; limit=50"


@pytest.mark.parametrize(
    "kind",
    [
        "application/sparql-results+json",
        "application/sparql-results+xml",
        "text/csv",
        "text/tab-separated-values",
        "text/turtle",
        "application/n-triples",
        "application/rdf+xml",
        "application/ld+json",
    ],
)
def test_every_format_is_ours_whatever_the_engine_writes(base: str, kind: str) -> None:
    update(base, 'INSERT DATA { GRAPH <http://g/3> { <http://s> <http://p> "caf\\u00e9"@fr } }')
    select = "SELECT ?o { GRAPH <http://g/3> { ?s ?p ?o } }"
    construct = "CONSTRUCT { ?s ?p ?o } { GRAPH <http://g/3> { ?s ?p ?o } }"
    graph = kind in ("text/turtle", "application/n-triples", "application/rdf+xml", "application/ld+json")
    reply = get(base, construct if graph else select, kind)
    assert reply.status == 200, reply.body
    assert reply.headers["Content-Type"].startswith(kind)
    assert "café" in reply.body.decode()
    if kind == "text/csv":
        assert reply.body == "o\r\ncafé\r\n".encode()
    elif kind == "text/tab-separated-values":
        assert reply.body == '?o\n"café"@fr\n'.encode()


def test_true_and_false_and_nothing(base: str) -> None:
    update(base, "INSERT DATA { GRAPH <http://g/4> { <http://s> <http://p> 1 } }")
    yes = json.loads(get(base, "ASK { GRAPH <http://g/4> { ?s ?p 1 } }").body)
    no = json.loads(get(base, "ASK { GRAPH <http://g/4> { ?s ?p 77 } }").body)
    assert (yes["boolean"], no["boolean"]) == (True, False)
    empty = json.loads(get(base, "SELECT ?b ?a { GRAPH <http://g/4> { ?a ?b 77 } }").body)
    assert empty["head"]["vars"] == ["b", "a"]


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
        "SELECT * { \\u0053ERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
        'DEFINE get:soft "replace" SELECT * { ?s ?p ?o }',
        "SELECT (bif:http_get('http://127.0.0.1:9/') AS ?x) {}",
        "SELECT * FROM <http://127.0.0.1:9/> { ?s ?p ?o }",
    ],
)
def test_the_engine_is_never_asked_to_fetch(base: str, query: str) -> None:
    assert get(base, query).status == 403


def test_a_load_is_refused_and_a_silent_one_does_nothing(base: str) -> None:
    assert update(base, "LOAD <http://127.0.0.1:9/>").status == 403
    silent = update(base, "LOAD SILENT <http://127.0.0.1:9/>")
    assert silent.status == 204
    assert "loaded nothing" in silent.headers["Grotius-Note"]


def test_mistakes_are_told_alike(base: str) -> None:
    for reply, status in (
        (get(base, "SELECT * { ?s"), 400),
        (get(base, "SELECT * { ?s ?p ?o }", "image/png"), 406),
        (update(base, "INSERT NONSENSE"), 400),
        (ask(f"{base}/sparql?update=CLEAR+ALL", WRITE), 400),
    ):
        assert reply.status == status, reply.body
        assert json.loads(reply.body)["status"] == status


def test_a_real_client_writes_and_reads(base: str) -> None:
    client = SPARQLWrapper(f"{base}/sparql")
    client.addCustomHttpHeader("Authorization", f"Bearer {TOKEN}")
    client.setMethod("POST")
    client.setQuery("INSERT DATA { GRAPH <http://g/5> { <http://s> <http://p> 5 } }")
    client.query()
    client.setQuery("SELECT ?o { GRAPH <http://g/5> { ?s ?p ?o } }")
    client.setReturnFormat(JSON)
    assert client.queryAndConvert()["results"]["bindings"][0]["o"]["value"] == "5"


def test_an_engine_that_is_not_there_is_a_502_and_not_ready() -> None:
    with serving(KG_STORE=f"http://127.0.0.1:{free_port()}/query") as (served, _):
        assert get(served, "ASK {}").status == 502
        assert ask(f"{served}/readyz").status == 503
        assert ask(f"{served}/healthz").status == 200
        assert update(served, "CLEAR ALL").status == 403, "no token is set: nobody may write"
