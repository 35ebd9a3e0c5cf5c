"""axe finds nothing (WCAG 2.2 A and AA) on any kind of page: light and dark, nl and en, wide and narrow."""

from __future__ import annotations

import pytest

from tests.browser.conftest import Open
from tests.web.test_pages import KINDS_OF_PAGE

RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
LOOKS = [("en", "light", 1280), ("nl", "dark", 1280), ("nl", "light", 390), ("en", "dark", 390)]
"""Each pair of language, shade and width is met once."""


@pytest.mark.parametrize(("language", "shade", "width"), LOOKS)
@pytest.mark.parametrize("kind", KINDS_OF_PAGE)
def test_axe_finds_nothing(visit: Open, kind: str, language: str, shade: str, width: int) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = visit(kind, language, shade, width)
    page.wait_for_load_state("networkidle")
    found = Axe().run(page, options=RULES).response["violations"]
    told = [f"{v['id']}: {n['target']} {n['failureSummary'][:200]}" for v in found for n in v["nodes"][:3]]
    assert told == []
    if width < 500:
        assert page.evaluate("document.documentElement.scrollWidth") <= width
