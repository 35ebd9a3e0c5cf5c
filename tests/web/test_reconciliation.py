"""The reconciliation service, as its specification describes it."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from kg.release import Release
from kg.web import create_app


@pytest.fixture(scope="module")
def client(release: Release) -> FlaskClient:
    return create_app(str(release.folder.parent)).test_client()


@pytest.fixture(scope="module")
def schemas() -> Path:
    folder = os.environ.get("KG_CONFORMANCE")
    if folder:
        return Path(folder) / "suite" / "recon" / "0.2"
    reason = "the conformance suites are not here: set KG_CONFORMANCE to the folder that has suite/"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def ask(client: FlaskClient, **query: Any) -> list[dict[str, Any]]:
    answer = client.post("/reconcile", data={"queries": json.dumps({"q": query})})
    assert answer.status_code == 200, answer.text
    result: list[dict[str, Any]] = answer.json["q"]["result"]
    return result


def test_the_manifest_names_the_version_and_the_spaces(client: FlaskClient) -> None:
    manifest = client.get("/reconcile").json
    assert manifest["versions"] == ["0.2"]
    assert manifest["identifierSpace"] + "country/UKR" == "https://w3id.org/grotius/id/country/UKR"
    assert client.get("/reconcile/").json == manifest


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_batch_answers_each_query_by_its_name(client: FlaskClient, method: str) -> None:
    batch = {"queries": json.dumps({"a": {"query": "Oekraïne"}, "b": {"query": "NATO", "limit": 1}})}
    answer = (
        client.get("/reconcile", query_string=batch)
        if method == "get"
        else client.post("/reconcile", data=batch)
    )
    assert answer.json["a"]["result"][0]["id"] == "country/UKR"
    assert [c["id"] for c in answer.json["b"]["result"]] == ["organisation/navo"]


def test_match_is_said_of_one_certain_candidate_only(client: FlaskClient) -> None:
    certain = ask(client, query="Ukraine", type="Country")
    assert [c["match"] for c in certain].count(True) == 1
    assert not any(c["match"] for c in ask(client, query="Nederland"))
    assert ask(client, query="Nederland", type="Country")[0] == {
        **ask(client, query="Nederland", type="Country")[0],
        "id": "country/NLD",
        "match": True,
    }
    assert not any(c["match"] for c in ask(client, query="Nigerria"))


def test_a_type_filters_and_its_superclass_too(client: FlaskClient) -> None:
    assert {c["type"][0]["id"] for c in ask(client, query="Nederland", type="Organisation")} == {"Organisation"}
    assert ask(client, query="Mali", type="Place")[0]["id"] == "country/MLI"
    assert ask(client, query="Mali", type="Goal", type_strict="should")[0]["id"] == "country/MLI"
    assert ask(client, query="Mali", type=["Place", "Actor"], type_strict="all")[0]["id"] == "country/MLI"
    assert all(
        c["id"] != "country/MLI" for c in ask(client, query="Mali", type=["Place", "Goal"], type_strict="all")
    )


def test_a_property_raises_and_lowers_a_candidate(client: FlaskClient) -> None:
    right = ask(client, query="Ukraine", properties=[{"pid": "iso-alpha-3", "v": "UKR"}])[0]
    wrong = ask(client, query="Ukraine", properties=[{"pid": "iso-alpha-3", "v": "MLI"}])[0]
    assert right["match"]
    assert not wrong["match"]
    assert right["score"] > wrong["score"]


def test_a_query_of_properties_alone_finds_and_does_not_claim_certainty(client: FlaskClient) -> None:
    found = ask(client, properties=[{"pid": "wikidata", "v": "Q212"}])
    assert found[0]["id"] == "country/UKR"
    assert not found[0]["match"]


def test_an_identifier_of_others_is_found(client: FlaskClient) -> None:
    assert ask(client, query="http://www.wikidata.org/entity/Q212")[0]["id"] == "country/UKR"
    assert all(c["id"] != "organisation/rode-kruis" or not c["match"] for c in ask(client, query="Q7178"))


@pytest.mark.parametrize("kind", ["entity", "type", "property"])
def test_suggest_completes_and_its_flyout_explains(client: FlaskClient, kind: str) -> None:
    prefix = {"entity": "oekr", "type": "coun", "property": "is ac"}[kind]
    result = client.get(f"/reconcile/suggest/{kind}", query_string={"prefix": prefix}).json["result"]
    assert result[0]["id"] in ("country/UKR", "Country", "isActiveIn")
    flyout = client.get(f"/reconcile/flyout/{kind}", query_string={"id": result[0]["id"]}).json
    assert flyout["id"] == result[0]["id"]
    assert flyout["html"].startswith("<p>")


def test_extend_gives_values_for_ids_and_properties(client: FlaskClient) -> None:
    query = {
        "ids": ["country/UKR", "instrument/jisra", "country/nowhere"],
        "properties": [{"id": "isActiveIn", "settings": {"limit": "2"}}, {"id": "iso-alpha-3"}],
    }
    answer = client.post("/reconcile", data={"extend": json.dumps(query)}).json
    assert [m["id"] for m in answer["meta"]] == ["isActiveIn", "iso-alpha-3"]
    assert answer["rows"]["country/UKR"]["iso-alpha-3"] == [{"str": "UKR"}]
    countries = answer["rows"]["instrument/jisra"]["isActiveIn"]
    assert len(countries) == 2
    assert {"id", "name"} == set(countries[0])
    assert answer["rows"]["country/nowhere"] == {"isActiveIn": [], "iso-alpha-3": []}


def test_properties_are_proposed_for_a_type(client: FlaskClient) -> None:
    answer = client.get("/reconcile/properties", query_string={"type": "Instrument", "limit": "60"}).json
    assert answer["type"] == "Instrument"
    assert "isActiveIn" in {p["id"] for p in answer["properties"]}


def test_a_preview_is_a_page_that_others_may_frame(client: FlaskClient) -> None:
    answer = client.get("/reconcile/preview", query_string={"id": "country/UKR"})
    assert "<h1>Ukraine</h1>" in answer.text
    assert "frame-ancestors *" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({"queries": "not json"}, 400),
        ({"queries": "[]"}, 400),
        ({"queries": '{"q": {}}'}, 400),
        ({"queries": '{"q": {"query": "x", "props": []}}'}, 400),
        ({"queries": '{"q": {"properties": []}}'}, 400),
        ({"queries": '{"q": {"query": "x", "type_strict": "perhaps"}}'}, 400),
        ({"extend": '{"ids": "x"}'}, 400),
        ({}, 400),
    ],
)
def test_a_wrong_query_is_400_and_others_may_read_why(
    client: FlaskClient, data: dict[str, str], status: int
) -> None:
    answer = client.post("/reconcile", data=data)
    assert answer.status_code == status
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.json["detail"]


def test_an_entity_that_is_not_there_is_404_and_others_may_read_it(client: FlaskClient) -> None:
    for path in ("preview?id=country/nowhere", "flyout/entity?id=x", "suggest/nothing?prefix=x"):
        answer = client.get(f"/reconcile/{path}")
        assert answer.status_code == 404
        assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_a_browser_may_ask_beforehand(client: FlaskClient) -> None:
    answer = client.options(
        "/reconcile", headers={"Origin": "http://x", "Access-Control-Request-Method": "POST"}
    )
    assert answer.status_code == 200
    assert "POST" in answer.headers["Access-Control-Allow-Methods"]


@pytest.mark.parametrize("name", ["country/UKR", "https://w3id.org/grotius/id/country/UKR", "country:UKR"])
def test_our_own_identifier_finds_its_thing(client: FlaskClient, name: str) -> None:
    assert ask(client, query=name)[0] == {**ask(client, query=name)[0], "id": "country/UKR", "score": 100.0}
    found = client.get("/reconcile/suggest/entity", query_string={"prefix": "country/UKR"}).json["result"]
    assert found[0]["id"] == "country/UKR"


def test_the_types_say_what_is_above_them(client: FlaskClient) -> None:
    kinds = {k["id"]: k for k in client.get("/reconcile").json["defaultTypes"]}
    assert "Place" in {b["id"] for b in kinds["Country"]["broader"]}


def test_a_batch_beyond_what_the_manifest_allows_is_413(client: FlaskClient) -> None:
    most = client.get("/reconcile").json["batchSize"]
    batch = {str(n): {"query": "x"} for n in range(most + 1)}
    answer = client.post("/reconcile", data={"queries": json.dumps(batch)})
    assert answer.status_code == 413
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_an_older_client_names_the_function_that_takes_the_answer(client: FlaskClient) -> None:
    answer = client.get("/reconcile", query_string={"callback": "jQuery123.done"})
    assert answer.text.startswith("/**/jQuery123.done({")
    assert answer.mimetype == "text/javascript"
    assert client.get("/reconcile", query_string={"callback": "alert(1)//"}).is_json


def test_another_release_is_reconciled_against_as_soon_as_it_is_served(
    release: Release, tmp_path: Path
) -> None:
    shutil.copytree(release.folder, tmp_path / release.name)
    (tmp_path / "current").write_text(release.name + "\n", encoding="utf-8")
    app = create_app(str(tmp_path))
    client, editions = app.test_client(), app.extensions["editions"]
    assert ask(client, query="Nieuwland", type="Country") == []
    newer = tmp_path / "0123456789ab"
    shutil.copytree(release.folder, newer)
    country = "<https://w3id.org/grotius/id/country/QQQ>"
    label = "<http://www.w3.org/2000/01/rdf-schema#label>"
    with (newer / "grotius.nq").open("a", encoding="utf-8") as file:
        file.write(f'{country} {label} "Nieuwland"@nl .\n{country} {label} "Newland"@en .\n')
    manifest = json.loads((newer / "manifest.json").read_text(encoding="utf-8"))
    (newer / "manifest.json").write_text(json.dumps({**manifest, "release": newer.name}), encoding="utf-8")
    (tmp_path / "current").write_text(newer.name + "\n", encoding="utf-8")
    editions.refresh()
    assert [c["id"] for c in ask(client, query="Nieuwland", type="Country")] == ["country/QQQ"]
    assert newer.name in client.get("/data/dcat.ttl").headers["Link"]
    assert client.get(f"/data/{release.name}/grotius.nq").status_code == 200
    assert client.get("/data/ffffffffffff/grotius.nq").status_code == 410
    editions.close()


def test_every_answer_fits_the_schema_of_the_specification(client: FlaskClient, schemas: Path) -> None:
    from jsonschema import Draft7Validator
    from referencing import Registry, Resource
    from referencing.jsonschema import DRAFT7

    registry: Registry[Any] = Registry()
    for path in sorted((schemas / "schemas").glob("*.json")):
        schema = json.loads(path.read_text(encoding="utf-8"))
        resource = Resource.from_contents(schema, default_specification=DRAFT7)
        registry = registry.with_resource(schema["$id"], resource)

    def errors(name: str, answer: Any) -> list[str]:
        schema = json.loads((schemas / "schemas" / f"{name}.json").read_text(encoding="utf-8"))
        return [e.message for e in Draft7Validator(schema, registry=registry).iter_errors(answer)]

    extend = {"ids": ["country/UKR"], "properties": [{"id": "isHostedBy"}, {"id": "wikidata"}, {"id": "label"}]}
    batch = {"a": {"query": "Mali"}, "b": {"query": "xyzzy"}, "c": {"query": "NATO", "type": "Organisation"}}
    answers = {
        "manifest": client.get("/reconcile").json,
        "reconciliation-result-batch": client.post("/reconcile", data={"queries": json.dumps(batch)}).json,
        "suggest-entities-response": client.get("/reconcile/suggest/entity?prefix=mali").json,
        "suggest-types-response": client.get("/reconcile/suggest/type?prefix=c").json,
        "suggest-properties-response": client.get("/reconcile/suggest/property?prefix=is").json,
        "data-extension-response": client.post("/reconcile", data={"extend": json.dumps(extend)}).json,
        "data-extension-property-proposal": client.get("/reconcile/properties?type=Country").json,
    }
    assert {name: found for name, answer in answers.items() if (found := errors(name, answer))} == {}
    for path in sorted((schemas / "examples" / "reconciliation-query-batch").rglob("*.json")):
        answer = client.post("/reconcile", data={"queries": path.read_text(encoding="utf-8")})
        assert answer.status_code == (200 if path.parent.name == "valid" else 400), path
