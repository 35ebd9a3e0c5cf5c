"""What the tests share: a tiny invented graph, the release of the real data, the texts where they are."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from rdflib import Graph

from kg.release import Release, build
from kg.store import open_store
from kg.vocabulary import bind

HERE = Path(__file__).parent


def texts_or_skip() -> Path:
    """The folder with the five texts; a skip with its reason where it is not here, in CI a failure."""
    folder = os.environ.get("KG_SOURCES")
    if folder:
        return Path(folder)
    reason = "the five texts are not here: set KG_SOURCES to verify anchors"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def sources() -> Path:
    return texts_or_skip()


@pytest.fixture
def tiny() -> Graph:
    """A valid graph of one document, one passage and one claim, all invented."""
    return bind(Graph().parse(HERE / "tiny.ttl"))


@pytest.fixture(scope="session")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    return build(tmp_path_factory.mktemp("releases"))


@pytest.fixture(scope="session")
def store(release: Release) -> Iterator[ox.Store]:
    yield open_store(release.nquads)


def select(store: ox.Store, query: str) -> list[dict[str, str]]:
    """The rows of a query as plain strings."""
    from kg.store import evaluate

    solutions = evaluate(store, query)
    assert isinstance(solutions, ox.QuerySolutions)
    names = [v.value for v in solutions.variables]
    return [{n: s[n].value for n in names if s[n] is not None} for s in solutions]
