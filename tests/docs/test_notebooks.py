"""The example notebooks run as they stand."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from kg.release import Release

NOTEBOOKS = sorted((Path(__file__).parents[2] / "docs" / "examples").glob("*.ipynb"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.name)
def test_a_notebook_runs(path: Path, release: Release, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KG_RELEASES", str(release.folder.parent))
    notebook = nbformat.read(path, as_version=4)
    done = NotebookClient(notebook, timeout=180, kernel_name="python3").execute()
    shown = "".join(str(o.get("data", o.get("text", ""))) for c in done.cells for o in c.get("outputs", []))
    assert "line" in shown and "is not a position" in shown and "Looked for and not found" in shown
