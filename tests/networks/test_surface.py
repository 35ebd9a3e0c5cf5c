"""Networks on the command line and over HTTP: the same files, honest exit codes and statuses."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from kg.cli import main
from kg.networks import FORMATS, collect, write
from kg.release import Release
from kg.web import create_app
from kg.web.reading import read


@pytest.fixture(scope="module")
def client(release: Release) -> FlaskClient:
    return create_app(releases=str(release.folder.parent)).test_client()


@pytest.mark.parametrize("form", sorted(set(FORMATS) - {"png"}))
def test_http_gives_the_file_that_the_library_writes(
    form: str, client: FlaskClient, store: ox.Store, release: Release
) -> None:
    answer = client.get(f"/network/around-one-thing.{form}")
    network = collect(store, "around-one-thing", release=release.name)
    assert answer.status_code == 200 and answer.mimetype == FORMATS[form].media_type
    assert answer.data == b"".join(write(network, form))


def test_a_view_has_a_page_with_its_picture_and_its_files(client: FlaskClient) -> None:
    page = client.get("/network/instruments-and-goals?lang=nl&measure=betweenness").text
    assert 'class="network"' in page and 'href="/doc/instrument/' in page.split("</svg>")[0]
    assert "Instrumenten en doelen" in page and ".graphml?" in page
    assert "/network/instruments-and-goals" in client.get("/network/views").text


def test_a_page_shows_how_a_measure_moves_for_each_document_and_leads_to_each_thing(
    client: FlaskClient,
) -> None:
    page = client.get("/network/who-wants-what?lang=en&asserted=true").text
    table = page.split("measured")[1].split("</table>")[0]
    for words in ("without what a reader interpreted", "also what is not stated as fact", "second reader"):
        assert words in table and table.count("<tbody>") > 2
    assert 'href="/doc/organisation/' in table
    assert "also what is not stated as fact" not in client.get("/network/who-wants-what?asserted=any").text


def test_a_newer_release_is_followed(client: FlaskClient, release: Release) -> None:
    now = client.application.extensions["reading"]
    assert "<svg" in client.get("/network/treaties-and-goals").text
    client.application.extensions["reading"] = lambda: read(ox.Store(), release, {})
    try:
        assert client.get("/network/treaties-and-goals").status_code == 404
    finally:
        client.application.extensions["reading"] = now


def test_an_unchanged_file_is_not_sent_again(client: FlaskClient) -> None:
    first = client.get("/network/treaties-and-goals.graphml")
    again = client.get("/network/treaties-and-goals.graphml", headers={"If-None-Match": first.headers["ETag"]})
    assert (first.status_code, again.status_code) == (200, 304)


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/network/nothing", 404),
        ("/network/everything.xls", 404),
        ("/network/everything.csv?land=x", 400),
        ("/network/everything.csv?document=country:UKR", 400),
        ("/network/everything.csv?merge=x", 400),
        ("/network/everything?measure=x", 400),
        (
            "/network/treaties-and-goals.csv?norm=treaty:mvruim&document=document:hgis-jaarverslag-2022-thema-2",
            404,
        ),
    ],
)
def test_a_wrong_address_is_told(address: str, status: int, client: FlaskClient) -> None:
    assert client.get(address).status_code == status


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (["network", "who-want-what"], 2, "did you mean 'who-wants-what'"),
        (["network", "everything", "--format", "xls"], 2, "choose from"),
        (["network", "everything", "--param", "land=x"], 2, "has no parameter"),
        (["measure", "everything", "--measure", "x"], 2, "choose from"),
        (["path", "country:UKR", "country:XYZ"], 2, "nothing in the graph"),
        (["path", "issue:sanctions-russia", "country:UKR"], 3, "not connected in the asserted claims of"),
        (["network", "goals-and-subgoals", "--format", "dot"], 0, "complete"),
        (["measure", "goals-and-subgoals", "--measure", "comparison"], 0, "complete"),
        (["path", "country:UKR", "instrument:jisra"], 0, "complete"),
    ],
)
def test_exit_codes(args: list[str], code: int, said: str, release: Release) -> None:
    result = CliRunner().invoke(main, args, env={"KG_RELEASES": str(release.folder.parent)})
    assert (result.exit_code, said in result.stderr) == (code, True), result.output
