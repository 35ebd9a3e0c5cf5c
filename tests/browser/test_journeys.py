"""The main journeys of a researcher, walked in a real browser."""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from typing import Any

import pytest

from kg.release import Release
from tests.browser.conftest import Open

try:
    from playwright.sync_api import expect
except ImportError:  # then the fixture ``browser`` says why each test is skipped
    expect = None


PASTE = """(editor, text) => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  editor.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}"""


def paste(page: Any, text: str) -> None:
    """Paste as people do: the browser's own insertText would write inline styles, which the policy forbids."""
    page.locator(".cm-content").evaluate(PASTE, text)


def fill_editor(page: Any, query: str) -> None:
    page.locator("#editor[data-ready=yes]").wait_for()
    page.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    paste(page, query)


def test_from_a_word_to_the_passage_that_proves_a_claim(visit: Open) -> None:
    page = visit("/", language="nl")
    page.get_by_label("Zoek een land").fill("oekraine")
    page.get_by_label("Zoek een land").press("Enter")
    page.locator(".hits").get_by_role("link", name="Oekraïne", exact=True).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Oekraïne")
    claim = page.locator(".claim").first
    claim.locator("summary").click()
    expect(claim.locator("mark").first).to_be_visible()


def test_from_a_document_by_its_section_to_a_citation(visit: Open) -> None:
    page = visit("/doc/document/hgis-jaarverslag-2022-thema-2")
    page.get_by_role("heading", level=2, name="Security", exact=True).get_by_role("link").click()
    page.locator(".claim summary").first.click()
    page.locator(".claim").first.get_by_role("link", name="cite").click()
    expect(page.locator("#cite")).to_contain_text("https://w3id.org/grotius/id/claim/")


def test_from_a_claim_to_a_report_that_is_filled_in(visit: Open, release: Release) -> None:
    page = visit("/doc/claim/nota-0100")
    page.get_by_role("link", name="question this claim").click()
    report = page.get_by_label("Report").input_value()
    assert "https://w3id.org/grotius/id/claim/nota-0100" in report
    assert release.name in report


def test_writing_a_query_with_completion_and_seeing_its_answer_five_ways(visit: Open) -> None:
    page = visit("/sparql")
    fill_editor(page, "SELECT ?country (COUNT(*) AS ?n) { ?i ")
    page.keyboard.type("active", delay=40)
    option = page.locator(".cm-tooltip-autocomplete li", has_text="gro:isActiveIn")
    expect(option.first).to_be_visible()
    option.first.click()
    expect(page.locator(".cm-content")).to_contain_text("PREFIX gro:")
    paste(page, " ?country . ?country a gro:Country } GROUP BY ?country ORDER BY DESC(?n)")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#result table")).to_contain_text("Ukraine")
    expect(page.locator("#state")).to_contain_text(re.compile(r"\d+ rows, \d"))
    for view, found in (("chart", "svg.chart rect"), ("map", "svg.world circle"), ("raw", "pre")):
        page.get_by_role("button", name=view, exact=True).click()
        expect(page.locator(f"#result {found}").first).to_be_visible()
    with page.expect_download() as file:
        page.get_by_role("button", name=".csv", exact=True).click()
    assert Path(file.value.path()).read_bytes().startswith(b"country,n\r\n")


def test_an_answer_as_a_graph(visit: Open) -> None:
    page = visit("/sparql")
    fill_editor(page, "CONSTRUCT { ?a gro:isActiveIn ?b } WHERE { ?a gro:isActiveIn ?b }")
    page.keyboard.press("Escape")
    page.locator("#run").click()
    page.get_by_role("button", name="graph", exact=True).click()
    expect(page.locator("#result .drawing canvas").first).to_be_visible()


def test_an_error_stands_at_its_line_and_column(visit: Open) -> None:
    page = visit("/sparql")
    fill_editor(page, "SELECT ?x WHERE {\n  ?x a gro:Country ;;; FILTR(?x)\n}")
    page.keyboard.press("Escape")
    page.locator("#run").click()
    expect(page.get_by_role("alert")).to_contain_text("line 2, column")
    expect(page.locator(".cm-lint-marker-error").first).to_be_visible()


def test_a_running_query_can_be_stopped(visit: Open) -> None:
    page = visit("/sparql")
    page.route("**/sparql", lambda route: None)  # an answer that never comes
    fill_editor(page, "SELECT * { ?s ?p ?o } LIMIT 1")
    page.keyboard.press("Escape")
    page.locator("#run").click()
    page.get_by_role("button", name="Stop").click()
    expect(page.locator("#state")).to_have_text("stopped")
    expect(page.get_by_role("button", name="Stop")).to_be_hidden()


def test_where_rows_go_is_counted_pattern_by_pattern(visit: Open) -> None:
    page = visit("/sparql")
    fill_editor(
        page,
        "PREFIX gro: <https://w3id.org/grotius/def#>\n"
        'SELECT * { ?c a gro:Country . ?c rdfs:label ?l . FILTER(LANG(?l) = "fr") }',
    )
    page.keyboard.press("Escape")
    page.locator("#run").click()
    page.get_by_role("button", name="Where do rows go?").click()
    rows = page.locator("#result tbody tr")
    expect(rows).to_have_count(3)
    counts = [int(rows.nth(i).locator("td").nth(1).inner_text()) for i in range(3)]
    assert counts[0] > 0
    assert counts[1] == 2 * counts[0]
    assert counts[2] == 0


def test_tabs_are_there_again_after_a_reload(visit: Open) -> None:
    page = visit("/sparql")
    page.get_by_role("button", name="new tab").click()
    fill_editor(page, "ASK { ?kept a ?too }")
    page.reload()
    expect(page.locator(".cm-content")).to_contain_text("?kept")


def test_bringing_neighbours_into_the_picture(visit: Open) -> None:
    page = visit("/network?from=instrument:jisra")
    page.locator("#picture[data-ready=yes]").wait_for()
    before = int(page.locator("#drawn").inner_text().split()[0])
    page.locator("#neighbours a").nth(1).focus()
    page.keyboard.press("+")
    expect(page.locator("#drawn")).not_to_have_text(re.compile(rf"^{before} "))
    for button in ("SVG", "PNG", "GraphML"):
        with page.expect_download() as file:
            page.get_by_text(button, exact=True).click()
        content = Path(file.value.path()).read_bytes()
        assert content.startswith({"SVG": b"<svg", "PNG": b"\x89PNG", "GraphML": b"<?xml"}[button])


def test_how_is_a_country_connected_to_an_objective_by_keyboard_alone(visit: Open) -> None:
    page = visit("/network")
    page.get_by_label("From", exact=True).focus()
    page.keyboard.type("Mali")
    page.keyboard.press("Tab")
    page.keyboard.type("goal:doelstelling-1")
    page.keyboard.press("Enter")
    expect(page.locator("ol.path > li").first).to_be_visible()
    steps = page.locator("ol.path > li")
    for i in range(steps.count()):
        expect(steps.nth(i).locator("mark").first).to_be_visible()


def test_from_a_cell_of_the_matrix_to_its_section(visit: Open) -> None:
    page = visit("/matrix")
    page.locator(".matrix .big a").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Objective I")


def test_countries_by_another_role(visit: Open) -> None:
    page = visit("/map")
    page.get_by_label("Role").select_option("targets-by")
    page.get_by_role("button", name="Show").click()
    expect(page.locator(".world circle.named").first).to_be_visible()
    assert page.locator(".list section").count() >= page.locator(".world circle.named").count() > 3


def test_two_documents_side_by_side(visit: Open) -> None:
    page = visit("/compare")
    page.get_by_label("First").select_option("document:hgis-jaarverslag-2022-thema-2")
    page.get_by_role("button", name="Compare").click()
    expect(page.locator(".notice").first).to_be_visible()
    expect(page.get_by_role("heading", name=re.compile("Only in HGIS"))).to_be_visible()


def test_language_and_shade_are_kept(visit: Open) -> None:
    page = visit("/")
    page.get_by_role("link", name="Nederlands").click()
    page.get_by_role("button", name="Licht of donker").click()
    page.goto("/def")
    expect(page.locator("html")).to_have_attribute("lang", "nl")
    expect(page.locator("html")).to_have_attribute("data-shade", "dark")


def test_the_landing_page_paints_within_a_second(visit: Open) -> None:
    page = visit("/")
    page.wait_for_timeout(300)
    paints = page.evaluate("performance.getEntriesByName('first-contentful-paint').map(e => e.startTime)")
    assert paints
    assert paints[0] < 1000


@pytest.mark.parametrize(
    ("path", "most"), [("/", 20), ("/doc/country/UKR", 20), ("/sparql", 170), ("/network", 60)]
)
def test_scripts_stay_small(visit: Open, path: str, most: int) -> None:
    page = visit(path)
    page.wait_for_load_state("networkidle")
    loaded = page.evaluate("performance.getEntriesByType('resource').map(e => e.name)")
    folder = Path(__file__).parents[2] / "kg" / "web" / "static"
    scripts = {re.sub(r".*/static/|\?.*", "", name) for name in loaded if ".js" in name and "/static/" in name}
    assert scripts
    assert sum(len(gzip.compress((folder / s).read_bytes(), 9)) for s in scripts) <= most * 1000
