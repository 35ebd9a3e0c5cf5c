"""Releases: the same bytes twice, one triple once, and nothing half-written."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.curation import TurtleSyntaxError
from kg.evaluation.errors import UnreadableFileError
from kg.evaluation.loading import load
from kg.release import GoneFileError, NotConformingError, Release, build, current, inputs_hash, write
from tests.conftest import select

EXTRA = """
@prefix gro: <https://w3id.org/grotius/def#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
<https://w3id.org/grotius/id/goal/x> a gro:Goal ; rdfs:label "x"@nl .
"""


def test_two_builds_give_the_same_bytes(release: Release, tmp_path: Path) -> None:
    again = build(tmp_path)
    assert again.nquads.read_bytes() == release.nquads.read_bytes()
    assert (again.folder / "manifest.json").read_bytes() == (release.folder / "manifest.json").read_bytes()


def test_nothing_is_built_again_where_nothing_changed(release: Release) -> None:
    before = release.nquads.stat().st_mtime_ns
    assert build(release.folder.parent).nquads.stat().st_mtime_ns == before
    assert release.manifest["inputs"] == inputs_hash()


def test_a_file_that_is_gone_since_the_last_build_is_named(tmp_path: Path) -> None:
    (tmp_path / "with").write_text(f"{tmp_path / 'mine.ttl'}\n", encoding="utf-8")
    with pytest.raises(GoneFileError, match=r"mine\.ttl.*run `kg build` without it"):
        build(tmp_path)


def test_data_that_do_not_conform_leave_the_old_release(release: Release, tmp_path: Path) -> None:
    mine = tmp_path / "mine.ttl"
    mine.write_text(EXTRA, encoding="utf-8")
    with pytest.raises(
        NotConformingError, match=r"(?s)label in English.*mine\.ttl:3|mine\.ttl:3.*label in English"
    ):
        build(release.folder.parent, extra=[mine])
    assert current(release.folder.parent) == release


def test_a_file_that_is_not_turtle_is_named_with_its_line(release: Release, tmp_path: Path) -> None:
    mine = tmp_path / "mine.ttl"
    mine.write_text("@prefix a: <b> .\n a:b a:c", encoding="utf-8")
    with pytest.raises(TurtleSyntaxError, match=r"mine\.ttl:2"):
        build(release.folder.parent, extra=[mine])
    assert current(release.folder.parent) == release


def test_the_manifest_holds_the_hash_of_the_data(release: Release) -> None:
    manifest = json.loads((release.folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["release"] == manifest["files"]["grotius.nq"]["sha256"][:12]


def test_the_default_graph_holds_each_triple_once(store: ox.Store) -> None:
    rows = select(store, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
    named = select(store, "SELECT (COUNT(*) AS ?n) { SELECT DISTINCT ?s ?p ?o { GRAPH ?g { ?s ?p ?o } } }")
    assert rows == named


def test_a_disk_that_is_full_leaves_nothing_half_written(tmp_path: Path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    def full(self: Path, data: bytes) -> int:
        raise OSError(28, "No space left on device", str(self))

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space"):
        write(tmp_path / "releases", ["<a:a> <a:b> <a:c> .\n"], {})
    assert list((tmp_path / "releases").iterdir()) == []


def test_of_two_writers_at_once_each_leaves_a_whole_release(tmp_path: Path) -> None:
    lines = [[f"<a:{i % 4}> <a:b> <a:c> .\n"] for i in range(8)]
    with ThreadPoolExecutor(8) as pool:
        written = list(pool.map(lambda text: write(tmp_path, text, {}), lines))
    assert current(tmp_path) in written
    assert [r.nquads.read_text(encoding="utf-8") for r in written] == ["".join(text) for text in lines]


def test_a_release_is_loaded_without_a_second_look_and_is_the_same(release: Release, tmp_path: Path) -> None:
    looked_at, trusted = ox.Store(), ox.Store()
    load(looked_at, [release.nquads])
    load(trusted, [release.nquads], ours=True)
    assert len(looked_at) == len(trusted)
    named = [{line for quad in store if "_:" not in (line := str(quad))} for store in (looked_at, trusted)]
    assert named[0] == named[1]
    broken = tmp_path / "broken.nq"
    broken.write_bytes(release.nquads.read_bytes()[:100_001])
    with pytest.raises(UnreadableFileError, match=r"broken\.nq"):
        load(ox.Store(), [broken], ours=True)
