"""Help is served as it was written: every text, every link in it, every picture, and never as markup."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kg.release import Release
from kg.web import create_app
from kg.web.help import texts
from kg.web.markdown import render
from tests.docs.test_tutorials import blocks

ROOT = Path(__file__).parents[2]
HTML = {"Accept": "text/html,*/*;q=0.8"}
NAMES = sorted(texts())


@pytest.fixture(scope="module")
def app(release: Release) -> Flask:
    return create_app(str(release.folder.parent))


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def page_of(client: FlaskClient, name: str, language: str = "en") -> str:
    answer = client.get(f"/help/{name}?lang={language}", headers=HTML)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


@pytest.mark.parametrize("name", NAMES)
def test_every_link_and_picture_of_a_text_leads_somewhere(client: FlaskClient, name: str) -> None:
    page = page_of(client, name)
    article = page[page.index("<article") : page.index("</article>")]
    lost = []
    for address in {unescape(a) for a in re.findall(r'(?:href|src)="([^"]+)"', article)}:
        parts = urlsplit(address)
        if parts.scheme:
            assert parts.scheme in ("https", "data"), address
            continue
        there = page
        if parts.path:
            answer = client.get(address, headers=HTML)
            there = answer.get_data(as_text=True) if answer.mimetype == "text/html" else ""
            if answer.status_code != 200:
                lost.append(address)
        if parts.fragment and f'id="{parts.fragment}"' not in there:
            lost.append(address)
    assert lost == []


@pytest.mark.parametrize("name", [n for n in NAMES if texts()[n].startswith("docs/") and n])
def test_the_start_of_the_help_leads_to_every_text(client: FlaskClient, name: str) -> None:
    assert f'href="/help/{name}"' in page_of(client, ""), f"docs/README.md does not name {texts()[name]}"


def test_a_dutch_reader_is_told_that_the_text_is_english(client: FlaskClient) -> None:
    page = page_of(client, "first-sparql", "nl")
    assert "Deze teksten zijn in het Engels" in page
    assert '<html lang="nl">' in page
    assert '<article class="help" lang="en">' in page
    assert "Deze teksten" not in page_of(client, "first-sparql", "en")


def test_every_query_opens_in_the_editor_as_it_stands(client: FlaskClient) -> None:
    page = page_of(client, "first-sparql")
    brought = {
        parse_qs(urlsplit(unescape(a)).query)["edit"][0]
        for a in re.findall(r'href="(/sparql\?edit=[^"]+)"', page)
    }
    written = {b.text for b in blocks(ROOT / "docs" / "tutorials" / "first-sparql.md") if b.kind == "sparql"}
    assert brought == written
    for query in written:
        editor = client.get("/sparql", query_string={"edit": query}, headers=HTML).get_data(as_text=True)
        assert query.strip() in unescape(editor)


def test_nothing_in_markdown_becomes_markup() -> None:
    hostile = """# <script>alert(1)</script>

<img src=x onerror=alert(1)> [a](javascript:alert(1)) ![b](data:text/html,x) [c](vbscript:x)

```sparql"><script>
</code><script>alert(1)</script>
```

```csv file="><script>
x
```

```csv answer
<script>,b
```

## <b id=x>" onclick="x
"""
    html = render(hostile, lambda path: None).html
    tags = {t.lower() for t in re.findall(r"<\s*(\w+)", html)}
    ours = "p pre code h2 div table caption thead tbody tr th td a figure figcaption img"
    assert tags <= set(ours.split())
    assert "javascript:" not in "".join(re.findall(r'href="([^"]*)"', html))
    assert not re.search(r"<[^>]*\son\w+=", re.sub(r'"[^"]*"', '""', html))


@pytest.mark.parametrize(
    "name", ["../pyproject.toml", "../kg/cli/__init__.py", "%2e%2e/README.md", "x.png", "nothing"]
)
def test_only_what_belongs_to_the_help_is_served(client: FlaskClient, name: str) -> None:
    assert client.get(f"/help/{name}", headers=HTML).status_code == 404


def test_the_markdown_itself_is_there_too(client: FlaskClient) -> None:
    answer = client.get("/help/methods.md")
    assert answer.data == (ROOT / "docs" / "METHODS.md").read_bytes()


def test_a_page_of_an_error_leads_to_its_meaning_and_to_the_help(client: FlaskClient) -> None:
    page = client.get("/doc/country/XYZ", headers=HTML).get_data(as_text=True)
    assert 'href="/problems/unknown-thing"' in page
    assert 'href="/help"' in page
