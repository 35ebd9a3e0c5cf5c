"""What the tests of linking share: the index of the real data, and the external tables where they are."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kg.curation import load
from kg.linking.index import Index, build_index, names_in_graph


@pytest.fixture(scope="session")
def index() -> Index:
    return build_index(names_in_graph(load()))


@pytest.fixture(scope="session")
def freedom_house() -> Path:
    """The table of ratings; a skip with its reason where it is not here, in CI a failure."""
    folder = os.environ.get("KG_EXTERNAL")
    if folder:
        return Path(folder) / "freedom-house-2012-2023.csv"
    reason = "the external tables are not here: set KG_EXTERNAL to the folder that has them"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)
