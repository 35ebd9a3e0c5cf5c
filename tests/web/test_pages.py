"""The pages: every minted IRI resolves, claims stand with their passages, nothing hostile becomes markup."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote

import networkx as nx
import pyoxigraph as ox
import pytest
from flask import Flask
from flask.testing import FlaskClient
from rdflib import Graph

from kg.catalogue import minted
from kg.release import Release
from kg.vocabulary import DEF, ID
from kg.web import create_app
from kg.web.reading import read
from tests.conftest import HERE

HTML = {"Accept": "text/html,*/*;q=0.8"}
KINDS_OF_PAGE = (
    "/",
    "/search?q=recht",
    "/things/Country",
    "/doc/country/UKR",
    "/doc/document/hgis-jaarverslag-2022-thema-2",
    "/doc/section/nota-aanpak-1",
    "/doc/claim/nota-0100",
    "/def",
    "/sparql",
    "/network",
    "/network?from=country:UGA&to=goal:doelstelling-1",
    "/network/views",
    "/network/treaties-and-goals",
    "/matrix",
    "/map",
    "/compare",
    "/report?claim=claim:nota-0100",
    "/help/first-sparql",
    "/help/reference",
    "/nothing-here",
)


@pytest.fixture(scope="module")
def app(release: Release) -> Flask:
    return create_app(str(release.folder.parent))


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def test_every_minted_iri_resolves(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        catalogue = app.extensions["reading"]().catalogue
    iris = minted(catalogue)
    assert len(iris) > 5000
    anchors = set(re.findall(r'id="([^"]+)"', client.get("/def", headers=HTML).get_data(as_text=True)))
    lost = []
    for iri in iris:
        if iri.startswith(DEF):
            if iri.removeprefix(DEF) not in anchors:
                lost.append(iri)
            continue
        answer = client.get("/id/" + iri.removeprefix(ID), headers=HTML)
        if answer.status_code != 303 or client.get(answer.location, headers=HTML).status_code != 200:
            lost.append(iri)
    assert lost == []


def test_every_named_graph_resolves(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        store = app.extensions["reading"]().store
    names = [g.value for g in store.named_graphs()]
    assert len(names) > 20
    for name in names:
        address = "/graph/" + name.removeprefix("https://w3id.org/grotius/graph/")
        assert client.get(address, headers=HTML).status_code == 200
        assert len(Graph().parse(data=client.get(address + ".nt").data, format="nt")) > 0


@pytest.mark.parametrize("kind", [k for k in KINDS_OF_PAGE if k != "/nothing-here"])
@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_link_to_ourselves_leads_somewhere(client: FlaskClient, kind: str, language: str) -> None:
    joint = "&" if "?" in kind else "?"
    text = client.get(f"{kind}{joint}lang={language}", headers=HTML).get_data(as_text=True)
    assert f'<html lang="{language}">' in text
    others = ("/questions", "/coverage")  # pages of another part of the site
    for address in sorted(set(re.findall(r'(?:href|src)="(/[^"#]*)', text)))[:40]:
        if not address.startswith(others):
            assert (
                client.get(address.replace("&amp;", "&"), headers=HTML, follow_redirects=True).status_code
                == 200
            )


@pytest.mark.parametrize("suffix", ["ttl", "nt", "jsonld", "json"])
def test_a_thing_is_data_in_four_formats(client: FlaskClient, suffix: str) -> None:
    body = client.get(f"/doc/country/UKR.{suffix}").data
    form = {"ttl": "turtle", "nt": "nt"}.get(suffix, "json-ld")
    graph = Graph().parse(data=body, format=form)
    objects = {str(o) for o in graph.objects(None, None)}
    assert f"{ID}country/UKR" in objects
    assert f"{DEF}Claim" in objects


def test_the_json_of_a_thing_carries_its_claims_with_stance_and_anchor(client: FlaskClient) -> None:
    thing = json.loads(client.get("/doc/country/UKR.json").data)
    assert thing["label"]["nl"] == ["Oekraïne"]
    claim = thing["claims"][0]
    assert claim["polarity"].startswith(DEF)
    assert claim["passages"][0]["anchors"][0]["exact"]


def test_a_claim_that_is_no_fact_says_so(client: FlaskClient) -> None:
    page = client.get("/doc/country/UKR?lang=en", headers=HTML).get_data(as_text=True)
    assert "not stated as fact" in page
    assert "<mark>" in page


def test_a_document_lists_its_sections_in_order(client: FlaskClient) -> None:
    page = client.get(
        "/doc/document/beleidsnota-mensenrechten-democratie-rechtsorde-2023?lang=en", headers=HTML
    )
    text = page.get_data(as_text=True)
    places = [text.index(f'id="nota-aanpak-{n}"') for n in range(1, 6)]
    assert places == sorted(places)


def test_a_report_names_the_claim_the_release_and_the_passage(client: FlaskClient, release: Release) -> None:
    page = client.get("/report?claim=claim:nota-0100", headers=HTML).get_data(as_text=True)
    for fact in (f"{ID}claim/nota-0100", release.name, f"{ID}passage/"):
        assert fact in page


def test_search_knows_both_languages_accents_and_codes(client: FlaskClient) -> None:
    for asked in ("Oekraïne", "oekraine", "ukraine", "UKR"):
        hits = json.loads(client.get("/search.json", query_string={"q": asked}).data)["hits"]
        assert hits[0]["iri"] == f"{ID}country/UKR"


def test_an_empty_search_points_to_the_coverage_and_to_nearby_words(client: FlaskClient) -> None:
    page = client.get("/search?q=mensenrechtn&lang=nl", headers=HTML).get_data(as_text=True)
    assert 'href="/coverage"' in page
    assert "mensenrechten" in page


def test_the_choice_of_a_language_is_kept(client: FlaskClient) -> None:
    client.get("/?lang=nl", headers=HTML)
    assert '<html lang="nl">' in client.get("/matrix", headers=HTML).get_data(as_text=True)


def test_the_matrix_crosses_three_objectives_with_five_parts(client: FlaskClient) -> None:
    page = client.get("/matrix?lang=en", headers=HTML).get_data(as_text=True)
    table = page.split("</table>")[0]
    assert table.count('<th scope="row">') == 3
    assert table.count('<th scope="col">') == 5
    assert "/doc/section/nota-doelstelling-2-deel-4" in table


def test_a_path_shows_a_passage_for_each_step(client: FlaskClient) -> None:
    page = client.get("/network?from=Mali&to=goal:doelstelling-1&lang=en", headers=HTML).get_data(as_text=True)
    steps = page.split('<ol class="path">')[1].split("</ol>")[0].split('<p class="hop">')[1:]
    assert steps
    assert all("<mark>" in step for step in steps)


def test_things_without_a_path_get_a_sentence(client: FlaskClient) -> None:
    answer = client.get("/network?from=country:UKR&to=amount:nothing-such-as-this", headers=HTML)
    assert answer.status_code == 404
    assert "nothing in the graph" in answer.get_data(as_text=True)


def test_graphml_carries_the_evidence_of_each_edge(client: FlaskClient) -> None:
    graph = nx.parse_graphml(client.get("/network.graphml?from=country:UKR").get_data(as_text=True))
    edges = [data for _, _, data in graph.edges(data=True)]
    assert edges
    assert all(e["passage"] and e["anchor"] and e["claim"] for e in edges)


def test_a_browser_gets_the_editor_and_a_program_the_protocol(client: FlaskClient) -> None:
    assert 'id="editor"' in client.get("/sparql", headers=HTML).get_data(as_text=True)
    assert b"editor" not in client.get("/sparql", headers={"Accept": "text/turtle"}).data


def test_pages_may_load_nothing_from_elsewhere(client: FlaskClient) -> None:
    for page in KINDS_OF_PAGE:
        answer = client.get(page, headers=HTML)
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        text = answer.get_data(as_text=True)
        assert not re.search(r'<(?:script|link|img|iframe)[^>]+(?:src|href)="(?:https?:)?//', text)
        text = re.sub(r'<script type="application/ld\+json">[^<]*</script>', "", text)  # data, never run
        assert not re.search(r"<script(?![^>]*src=)|<style|\sstyle=|\son\w+=", text)


# -- hostile input ---------------------------------------------------------------------------------------

ATTACK = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>{{7*191919}}"


class Markup(HTMLParser):
    """Counts what an injection would bring in."""

    def __init__(self) -> None:
        super().__init__()
        self.bad: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "img" or (tag == "script" and not (given.get("src") or "").startswith("/static/")):
            self.bad.append(tag)
        self.bad += [k for k, v in given.items() if k.startswith("on") or (v or "").startswith("javascript:")]


def injected(text: str) -> list[str]:
    markup = Markup()
    markup.feed(text)
    return markup.bad + (["template"] if "1343433" in text else [])


@pytest.mark.parametrize(
    "address",
    [
        "/search?q={}",
        "/search?kind={}&q=recht",
        "/network?from={}",
        "/network?from=country:UKR&to={}",
        "/network?relation={}&document={}&kind={}",
        "/network/{}",
        "/network/treaties-and-goals.{}",
        "/network/treaties-and-goals?norm={}",
        "/network/treaties-and-goals?merge={}",
        "/network/treaties-and-goals?{}=1",
        "/map?role={}",
        "/compare?a={}",
        "/report?claim={}",
        "/doc/{}",
        "/id/{}",
        "/graph/{}",
        "/things/{}",
        "/{}",
        "/def?lang={}",
    ],
)
def test_hostile_queries_and_paths_cannot_inject_markup(client: FlaskClient, address: str) -> None:
    answer = client.get(address.replace("{}", quote(ATTACK, safe="")), headers=HTML, follow_redirects=True)
    assert answer.status_code < 500
    assert injected(answer.get_data(as_text=True)) == []


@pytest.fixture
def hostile(app: Flask, release: Release) -> Iterator[FlaskClient]:
    """The tiny graph with markup in every literal, and a link that is a script."""
    store = ox.Store()
    for quad in ox.parse(path=str(Path(HERE / "tiny.ttl")), format=ox.RdfFormat.TURTLE):
        thing = quad.object
        if isinstance(thing, ox.Literal) and thing.datatype.value.endswith(("string", "langString")):
            thing = ox.Literal(ATTACK, language=thing.language) if thing.language else ox.Literal(ATTACK)
        store.add(ox.Quad(quad.subject, quad.predicate, thing))
    fund = ox.NamedNode(ID + "instrument/fund")
    for term in ("exactMatch", "closeMatch"):
        predicate = ox.NamedNode("http://www.w3.org/2004/02/skos/core#" + term)
        store.add(ox.Quad(fund, predicate, ox.NamedNode("javascript:alert(1)")))
    claim = ox.NamedNode(ID + "claim/tiny-1")
    true = ox.Literal("true", datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#boolean"))
    store.add(ox.Quad(claim, ox.NamedNode(DEF + "isAsserted"), true))  # what a build would derive
    was = app.extensions["reading"]
    now = read(store, release, {})
    app.extensions["reading"] = lambda: now
    yield app.test_client()
    app.extensions["reading"] = was


@pytest.mark.parametrize(
    "address",
    [
        "/doc/instrument/fund",
        "/doc/claim/tiny-1",
        "/doc/passage/tiny-1",
        "/doc/section/tiny-1",
        "/doc/document/tiny",
        "/things/Instrument",
        "/search?q=script",
        "/network?from=instrument:fund",
        "/network/everything",
        "/report?claim=claim:tiny-1",
    ],
)
def test_hostile_labels_cannot_inject_markup(hostile: FlaskClient, address: str) -> None:
    answer = hostile.get(address, headers=HTML)
    assert answer.status_code == 200
    text = answer.get_data(as_text=True)
    assert "alert(1)" in text
    assert injected(text) == []
