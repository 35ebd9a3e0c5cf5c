"""From a text of the help into the editor, and back to what the reader had there."""

from __future__ import annotations

import pytest

from tests.browser.conftest import Open

try:
    from playwright.sync_api import expect
except ImportError:  # then the fixture ``browser`` says why each test is skipped
    expect = None


def test_a_query_of_the_tutorial_is_tried_in_the_editor(visit: Open) -> None:
    page = visit("/help/first-sparql")
    page.get_by_role("link", name="Try it in the editor").nth(1).click()
    page.locator("#editor[data-ready=yes]").wait_for()
    expect(page.locator(".cm-content")).to_contain_text("?i a gro:Instrument")
    page.keyboard.press("Escape")
    page.locator("#run").click()
    expect(page.locator("#result table")).to_contain_text("support for accountability in Ukraine")
    page.reload()  # the same query does not fill one more tab
    expect(page.locator("#tabs button[aria-pressed]")).to_have_count(1)


def test_a_query_that_is_brought_leaves_the_readers_own_alone(visit: Open) -> None:
    page = visit("/sparql?edit=ASK%20%7B%20%3Fmine%20a%20%3Ftoo%20%7D")
    page.locator("#editor[data-ready=yes]").wait_for()
    page.get_by_role("button", name="new tab").click()
    page.goto("/help/first-sparql")
    page.get_by_role("link", name="Try it in the editor").first.click()
    page.locator("#editor[data-ready=yes]").wait_for()
    expect(page.locator(".cm-content")).to_contain_text("instrument:jisra")
    page.locator("#tabs button").first.click()
    expect(page.locator(".cm-content")).to_contain_text("?mine")


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize(
    "name", ["", "/methods", "/questions", "/add-a-document", "/network", "/your-own-table"]
)
def test_no_text_is_wider_than_its_page_or_breaks_the_policy(visit: Open, name: str, width: int) -> None:
    page = visit(f"/help{name}", width=width)
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("[...document.images].every(i => i.complete && i.naturalWidth > 0)")
