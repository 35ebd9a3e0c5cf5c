"""The pages of the questions: forms, answers in every format, coverage, and their OpenAPI description."""

from __future__ import annotations

import csv
import io
import json

import pytest
from flask.testing import FlaskClient
from openapi_spec_validator import validate

from kg.openapi import MEDIA_TYPES
from kg.questions import questions
from kg.release import Release
from kg.web.app import create_app

HERE = "/questions/who-funds-what"


@pytest.fixture(scope="module")
def client(release: Release) -> FlaskClient:
    return create_app(str(release.folder.parent)).test_client()


@pytest.mark.parametrize("suffix", MEDIA_TYPES)
def test_a_question_answers_in_every_format(client: FlaskClient, suffix: str) -> None:
    response = client.get(f"{HERE}.{suffix}")
    assert response.status_code == 200
    assert response.mimetype == MEDIA_TYPES[suffix]
    assert response.data


def test_the_address_of_an_answer_gives_the_same_answer(client: FlaskClient) -> None:
    said = json.loads(client.get(f"{HERE}.json").data)
    path, _, query = said["address"].partition("?")
    again = json.loads(client.get(f"{path}.json?{query}").data)
    assert again["resultHash"] == said["resultHash"]
    assert said["proof"]["rows"]
    assert "is not the one" in client.get(f"{path}?release={said['release']['name']}&result=0000").text


def test_a_page_shows_the_form_the_proof_and_how_to_cite(client: FlaskClient) -> None:
    page = client.get("/questions/what-is-said-of-a-country?country=country:UKR&lang=nl").text
    assert '<option value="country:UKR" selected>Oekraïne</option>' in page
    assert 'id="note-1"' in page and "SHA-256" in page and "volledig" in page


@pytest.mark.parametrize(
    ("address", "status", "said"),
    [
        ("/questions/who-funds-wat", 404, "did you mean 'who-funds-what'"),
        (f"{HERE}?land=x", 400, "has no parameter 'land'"),
        ("/questions/what-is-said-of-a-country?country=x%3E%20%7D", 400, "cannot be"),
        (f"{HERE}?release=123456123456", 410, "no release '123456123456'"),
        (f"{HERE}.pdf", 404, "a question answers as"),
    ],
)
def test_a_mistake_is_a_problem_with_one_sentence(
    client: FlaskClient, address: str, status: int, said: str
) -> None:
    response = client.get(address)
    assert response.status_code == status
    assert response.mimetype == "application/problem+json"
    assert said in json.loads(response.data)["detail"]


def test_coverage_shows_classes_by_documents(client: FlaskClient) -> None:
    assert "nobody looked" in client.get("/coverage?lang=en").text
    rows = list(csv.reader(io.StringIO(client.get("/coverage.csv").text)))
    assert len(rows[0]) == 7 and "gro:Treaty" in {r[0] for r in rows}


def test_every_question_is_listed(client: FlaskClient) -> None:
    page = client.get("/questions?lang=en").text
    listed = json.loads(client.get("/questions.json").data)
    assert set(listed) == set(questions())
    assert all(f'href="/questions/{name}"' in page for name in listed)


def test_the_openapi_document_is_valid_and_whole(client: FlaskClient) -> None:
    document = json.loads(client.get("/openapi.json").data)
    validate(document)
    assert set(document["paths"]) == {f"/questions/{n}.{s}" for n in questions() for s in MEDIA_TYPES}
