"""The joins of docs/joins: a tutorial's command writes the stored mapping, each question finds its rows."""

from __future__ import annotations

import csv
import json
import shlex
from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import CliRunner
from csvw import CSVW

from kg.cli import main
from kg.linking.index import Index, build_index, names_in_store
from kg.linking.observations import observe
from kg.release import Release
from kg.store import open_store
from tests.conftest import select

JOINS = Path(__file__).parents[2] / "docs" / "joins"


@pytest.fixture
def index(store: ox.Store) -> Index:
    """An index of its own for each test, since decisions change it."""
    return build_index(names_in_store(store))


def link(release: Release, folder: Path, out: Path, **files: Path) -> tuple[Path, list[dict[str, str]]]:
    """Run the command of the tutorial in *folder*; the metadata it wrote, and the rows it left out."""
    text = folder.with_suffix(".md").read_text(encoding="utf-8").replace("\\\n", " ")
    command = next(line for line in text.splitlines() if line.startswith("$ kg link table "))
    words = [
        str(files.get("table", w)) if w.startswith("freedom-house-") else w for w in shlex.split(command)[2:]
    ]
    given = [*words, "--out", str(out), "--releases", str(release.folder.parent)]
    done = CliRunner().invoke(main, given, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    metadata = next(out.glob("*-metadata.json"))
    left_out = next(out.glob("*.unlinked.csv")).read_text(encoding="utf-8").splitlines()
    return metadata, list(csv.DictReader(left_out))


def ask(release: Release, metadata: Path, index: Index, question: Path) -> list[dict[str, str]]:
    store = open_store(release.nquads)
    data = observe(metadata, index).serialize(format="nt", encoding="utf-8")
    store.load(data, format=ox.RdfFormat.N_TRIPLES)
    return select(store, question.read_text(encoding="utf-8"))


def is_stored(metadata: Path, folder: Path) -> bool:
    return (folder / metadata.name).read_bytes() == metadata.read_bytes()


@pytest.fixture(autouse=True)
def _at_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(JOINS.parents[1])


def test_democracy_ratings(release: Release, index: Index, freedom_house: Path, tmp_path: Path) -> None:
    folder = JOINS / "democracy-ratings"
    metadata, left_out = link(release, folder, tmp_path, table=freedom_house)
    assert is_stored(metadata, folder)
    assert left_out == []
    rows = ask(release, metadata, index, folder / "not-free.rq")
    in_jisra = {r["countryLabel"] for r in rows if "JISRA" in r["instrumentLabel"]}
    assert in_jisra == {"Ethiopia", "Iraq", "Mali", "Uganda"}
    assert all(r["claim"] and r["anchor"] and r["observation"] and r["source"] and r["row"] for r in rows)
    scopes = {r["scope"] for r in ask(release, metadata, index, folder / "elsewhere.rq")}
    assert {"a region only", "nowhere named"} <= scopes


def test_aid_activities(release: Release, index: Index, tmp_path: Path) -> None:
    folder = JOINS / "aid-activities"
    metadata, left_out = link(release, folder, tmp_path)
    assert is_stored(metadata, folder)
    assert [r["value"] for r in left_out] == ["XM-DAC-7-MADE-UP-0003"]
    rows = ask(release, metadata, index, folder / "money.rq")
    assert {(r["transaction"], r["total"]) for r in rows} == {
        ("commitment", "1000000"),
        ("disbursement", "400000"),
        ("disbursement", "250000"),
    }


def test_parliamentary_papers(release: Release, index: Index, tmp_path: Path) -> None:
    folder = JOINS / "parliament"
    metadata, left_out = link(release, folder, tmp_path)
    assert is_stored(metadata, folder)
    assert [r["value"] for r in left_out] == ["12 345, nr. 1"]
    rows = ask(release, metadata, index, folder / "papers.rq")
    assert "https://zoek.officielebekendmakingen.nl/kst-21501-20-1841.html" in {r["address"] for r in rows}
    assert len(rows) == 3


def test_ratifications(release: Release, index: Index, tmp_path: Path) -> None:
    folder = JOINS / "ratifications"
    metadata, left_out = link(release, folder, tmp_path)
    assert is_stored(metadata, folder)
    assert [r["value"] for r in left_out] == ["Convention that nobody made", "EVRM"]
    assert "“YUG” is no iso-alpha-3 code" in left_out[1]["reason"]
    rows = ask(release, metadata, index, folder / "parties.rq")
    assert {(r["countryLabel"], r["since"]) for r in rows} == {
        ("Ukraine", "1991-01-01"),
        ("Mali", "1990-01-01"),
        ("Ukraine", "1997-01-01"),
    }


@pytest.mark.parametrize("metadata", sorted(JOINS.rglob("*-metadata.json")), ids=lambda p: p.name)
def test_stored_mappings_are_valid_csvw(metadata: Path, tmp_path: Path) -> None:
    content = json.loads(metadata.read_text(encoding="utf-8"))
    names = [c["name"] for c in content["tableSchema"]["columns"] if not c.get("virtual")]
    (tmp_path / content["url"]).write_text(",".join(names) + "\n", encoding="utf-8")
    copy = tmp_path / metadata.name
    copy.write_bytes(metadata.read_bytes())
    assert CSVW(str(copy), validate=True).is_valid
