"""The release describes itself, truthfully and in the vocabularies that machines look for."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient
from rdflib import Graph, URIRef
from rdflib.namespace import DCAT, DCTERMS, FOAF, RDF, SH, VOID

from kg.links import mapping_sets, read_mappings
from kg.publishing import sitemap
from kg.publishing.dcat import dataset_json
from kg.release import Release
from kg.web import create_app
from tests.conftest import select

DATASET = URIRef("https://w3id.org/grotius/data")


@pytest.fixture(scope="module")
def void(release: Release) -> Graph:
    return Graph().parse(release.folder / "void.ttl")


@pytest.fixture(scope="module")
def dcat(release: Release) -> Graph:
    return Graph().parse(release.folder / "dcat.ttl")


@pytest.fixture(scope="module")
def client(release: Release) -> FlaskClient:
    return create_app(str(release.folder.parent)).test_client()


def test_void_counts_what_is_there(void: Graph, store: ox.Store) -> None:
    described = "https://w3id.org/grotius/graph/description"
    rows = select(
        store,
        "SELECT (COUNT(*) AS ?n) { SELECT DISTINCT ?s ?p ?o "
        f"{{ GRAPH ?g {{ ?s ?p ?o }} FILTER (?g != <{described}>) }} }}",
    )
    assert str(void.value(DATASET, VOID.triples)) == rows[0]["n"]


def test_the_linksets_add_up_to_the_mappings(void: Graph) -> None:
    linked = sum(int(str(void.value(s, VOID.triples))) for s in void.subjects(RDF.type, VOID.Linkset))
    assert linked == sum(len(list(read_mappings(path))) for path in mapping_sets())


def test_the_catalogue_has_what_dcat_ap_asks_for(dcat: Graph, release: Release) -> None:
    needed = {
        DCAT.Catalog: (DCTERMS.title, DCTERMS.description, DCTERMS.publisher),
        DCAT.Dataset: (DCTERMS.title, DCTERMS.description),
        DCAT.Distribution: (DCAT.accessURL,),
        DCAT.DataService: (DCTERMS.title, DCAT.endpointURL),
        FOAF.Agent: (FOAF.name,),
    }
    for kind, properties in needed.items():
        things = list(dcat.subjects(RDF.type, kind))
        assert things
        assert all((thing, p, None) in dcat for thing in things for p in properties), kind
    manifest = release.manifest["files"]
    assert isinstance(manifest, dict)
    assert str(manifest["grotius.nq"]["bytes"]) in {str(o) for o in dcat.objects(None, DCAT.byteSize)}


def test_every_example_in_the_store_is_a_query_that_runs(store: ox.Store) -> None:
    rows = select(store, f"SELECT ?q ?text {{ ?q a <{SH.SPARQLExecutable}> ; <{SH.select}> ?text }}")
    assert rows
    for row in rows:
        ox.Store().query(row["text"])


def test_every_prefix_is_declared_in_the_store(store: ox.Store) -> None:
    rows = select(store, f"SELECT ?p {{ ?o <{SH.declare}> ?d . ?d <{SH.prefix}> ?p }}")
    assert {"gro", "country", "skos"} <= {row["p"] for row in rows}


def test_schema_org_names_the_release_and_its_file(release: Release) -> None:
    found = json.loads(json.dumps(dataset_json(release.name, release.nquads.stat().st_size, "nl")))
    assert found["@type"] == "Dataset"
    assert release.name in found["distribution"][0]["contentUrl"]


def test_the_landing_page_holds_the_release_as_schema_org_and_points_to_its_description(
    client: FlaskClient, release: Release
) -> None:
    answer = client.get("/?lang=nl", headers={"Accept": "text/html"})
    held = re.search(r'<script type="application/ld\+json">(.*?)</script>', answer.text)
    assert held
    assert json.loads(held[1])["version"] == release.name
    assert 'rel="describedby"; type="text/turtle"' in answer.headers["Link"]


def test_a_page_of_a_thing_has_typed_links_to_its_data(client: FlaskClient) -> None:
    answer = client.get("/doc/country/UKR", headers={"Accept": "text/html"})
    links = dict(re.findall(r'<([^>]+)>; rel="([^"]+)"', answer.headers["Link"]))
    assert links["https://w3id.org/grotius/id/country/UKR"] == "cite-as"
    described = [a for a, rel in links.items() if rel == "describedby"]
    assert described
    assert all(client.get(a.removeprefix("http://localhost")).status_code == 200 for a in described)


def test_the_data_set_leads_to_its_page_or_to_its_catalogue(client: FlaskClient, release: Release) -> None:
    assert client.get("/data", headers={"Accept": "text/html"}).location == "/"
    assert client.get("/data", headers={"Accept": "text/turtle"}).location == "/data/dcat.ttl"
    assert client.get(f"/data/{release.name}").location == f"/data/{release.name}/dcat.ttl"


def test_the_files_are_served_where_they_are_looked_for(client: FlaskClient, release: Release) -> None:
    assert client.get("/.well-known/void").data == (release.folder / "void.ttl").read_bytes()
    answer = client.get("/data/dcat.ttl")
    assert 'rel="cite-as"' in answer.headers["Link"]
    assert client.get("/data/dcat.ttl", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    assert client.get("/data/../release.py").status_code == 404


def test_the_sitemap_lists_pages_that_are_there(client: FlaskClient) -> None:
    locations = [
        e.text or "" for e in ET.fromstring(client.get("/sitemap.xml").data).iter() if e.tag.endswith("loc")
    ]
    assert len(locations) > 500
    for address in locations[:: len(locations) // 20]:
        assert (
            client.get(address.removeprefix("http://localhost"), headers={"Accept": "text/html"}).status_code
            == 200
        )
    assert "sitemap.xml" in client.get("/robots.txt").text


def test_a_list_too_long_for_one_file_is_cut_into_parts_that_are_listed(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = set(client.get("/sitemap.xml").text.splitlines()[2:-1])
    monkeypatch.setattr(sitemap, "MOST", 1000)
    index = ET.fromstring(client.get("/sitemap.xml").data)
    parts = [e.text.removeprefix("http://localhost") for e in index.iter() if e.tag.endswith("loc") and e.text]
    assert len(parts) > 1
    assert {line for p in parts for line in client.get(p).text.splitlines()[2:-1]} == whole
    assert client.get("/sitemap-0.xml").status_code == 404
