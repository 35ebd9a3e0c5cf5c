"""A run as a picture."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from kg.bench.plotting import STYLE, to_svg

pytest.importorskip("matplotlib", reason="the picture needs matplotlib: pip install grotius[bench]")
RESULTS = Path(__file__).resolve().parents[2] / "bench" / "results" / "1m.json"


def test_a_run_is_drawn_with_every_server_and_query_and_the_same_each_time() -> None:
    found = json.loads(RESULTS.read_text(encoding="utf-8"))
    picture = to_svg(found)
    assert picture == to_svg(found)
    texts = {e.text for e in ElementTree.fromstring(picture).iter("{http://www.w3.org/2000/svg}text")}
    assert texts >= {*STYLE, "look up", "count", "light mix"}


def test_a_server_that_did_not_answer_has_no_point() -> None:
    found = json.loads(RESULTS.read_text(encoding="utf-8"))
    found["queries"]["11-regex"]["virtuoso"] = {"failed": "no answer"}
    assert to_svg(found)


def test_the_readme_shows_the_newest_run() -> None:
    shown = RESULTS.parents[2] / "docs" / "bench-1m.svg"
    found = json.loads(RESULTS.read_text(encoding="utf-8"))
    texts = {e.text for e in ElementTree.parse(shown).iter("{http://www.w3.org/2000/svg}text")}
    assert f"{found['light_mix']['grotius'][-1]['cpu_us']:,}" in texts
