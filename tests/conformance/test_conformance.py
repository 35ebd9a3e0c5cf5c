"""docs/CONFORMANCE.md says what the suites say."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.conformance.table import DOCUMENT, document, verdicts


def test_the_table_of_conformance_is_what_a_run_gives() -> None:
    suites = os.environ.get("KG_CONFORMANCE")
    if not suites:
        reason = "the W3C suites are not here: set KG_CONFORMANCE to a folder with them and conf.py"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    found = document(verdicts(Path(suites)))
    assert "NOT EXPLAINED" not in found
    assert found == DOCUMENT.read_text(encoding="utf-8"), "run python -m tests.conformance.table"


def test_every_miss_is_explained() -> None:
    assert "NOT EXPLAINED" not in DOCUMENT.read_text(encoding="utf-8")
