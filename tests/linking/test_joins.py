"""The joins of docs/joins: each stored mapping is what the command writes, each question finds its rows."""

from __future__ import annotations

import json
from pathlib import Path

import pyoxigraph as ox
import pytest
from csvw import CSVW

from kg.linking.columns import read_columns
from kg.linking.index import Index, build_index, names_in_store
from kg.linking.mapping import About, Linked, link_table
from kg.linking.matching import match_rows, settle_keys
from kg.linking.observations import observe
from kg.linking.review import add_reviewed
from kg.linking.tables import read_table
from kg.release import Release
from kg.store import open_store
from tests.conftest import select

JOINS = Path(__file__).parents[2] / "docs" / "joins"
MADE_UP = "made up for the tutorial"


@pytest.fixture
def index(store: ox.Store) -> Index:
    """An index of its own for each test, since decisions change it."""
    return build_index(names_in_store(store))


def link(index: Index, file: Path, about: About, out: Path, **given: object) -> Linked:
    reviewed = file.parent / f"{file.stem}.values.sssom.tsv"
    if reviewed.exists():
        add_reviewed(index, reviewed)
    table = read_table(file)
    reading = settle_keys(index, table, read_columns(index, table, **given))  # type: ignore[arg-type]
    return link_table(table, reading, match_rows(index, table, reading), about, out)


def ask(release: Release, linked: Linked, index: Index, question: Path) -> list[dict[str, str]]:
    store = open_store(release.nquads)
    data = observe(linked.metadata, index).serialize(format="nt", encoding="utf-8")
    store.load(data, format=ox.RdfFormat.N_TRIPLES)
    return select(store, question.read_text(encoding="utf-8"))


def is_stored(linked: Linked, folder: Path) -> bool:
    return (folder / linked.metadata.name).read_bytes() == linked.metadata.read_bytes()


def test_democracy_ratings(release: Release, index: Index, freedom_house: Path, tmp_path: Path) -> None:
    folder = JOINS / "democracy-ratings"
    words = {r.cells[0]: r.cells[1] for r in read_table(folder / "status.csv").rows}
    about = About(
        "freedom-house",
        "Freedom in the World",
        "https://freedomhouse.org/report/freedom-world",
        "© Freedom House; cite",
        "2026-11-22",
        {"political_rights": "rating from 1 (best) to 7", "civil_liberties": "rating from 1 (best) to 7"},
        {"status": words},
    )
    linked = link(index, freedom_house, about, tmp_path)
    assert is_stored(linked, folder)
    assert linked.left_out == ()
    rows = ask(release, linked, index, folder / "not-free.rq")
    in_jisra = {r["countryLabel"] for r in rows if "JISRA" in r["instrumentLabel"]}
    assert in_jisra == {"Ethiopia", "Iraq", "Mali", "Uganda"}
    assert all(r["anchor"] and r["source"] and r["row"] for r in rows)
    scopes = {r["scope"] for r in ask(release, linked, index, folder / "elsewhere.rq")}
    assert {"a region only", "nowhere named"} <= scopes


def test_aid_activities(release: Release, index: Index, tmp_path: Path) -> None:
    folder = JOINS / "aid-activities"
    about = About("activities", "Activities (made up)", MADE_UP, MADE_UP, "2026-11-22")
    given = {"kind": "instrument", "key_columns": ["iati_identifier"], "scheme": "name"}
    linked = link(index, folder / "activities.xml", about, tmp_path, **given, year_column="transaction_date")
    assert is_stored(linked, folder)
    assert [o.value for o in linked.left_out] == ["XM-DAC-7-MADE-UP-0003"]
    rows = ask(release, linked, index, folder / "money.rq")
    assert {(r["transaction"], r["total"]) for r in rows} == {
        ("commitment", "1000000"),
        ("disbursement", "400000"),
        ("disbursement", "250000"),
    }


def test_parliamentary_papers(release: Release, index: Index, tmp_path: Path) -> None:
    folder = JOINS / "parliament"
    about = About("papers", "Papers", MADE_UP, MADE_UP, "2026-11-22")
    linked = link(index, folder / "papers.csv", about, tmp_path)
    assert is_stored(linked, folder)
    assert [o.value for o in linked.left_out] == ["12 345, nr. 1"]
    rows = ask(release, linked, index, folder / "papers.rq")
    assert "https://zoek.officielebekendmakingen.nl/kst-21501-20-1841.html" in {r["address"] for r in rows}
    assert len(rows) == 3


def test_ratifications(release: Release, index: Index, tmp_path: Path) -> None:
    folder = JOINS / "ratifications"
    about = About("ratifications", "Ratifications (made up)", MADE_UP, MADE_UP, "2026-11-22")
    linked = link(index, folder / "ratifications.csv", about, tmp_path, kind="treaty", key_columns=["treaty"])
    assert is_stored(linked, folder)
    assert len(linked.left_out) == 1
    rows = ask(release, linked, index, folder / "parties.rq")
    assert {r["countryLabel"] for r in rows} == {"Ukraine", "Mali"}


@pytest.mark.parametrize("metadata", sorted(JOINS.rglob("*-metadata.json")), ids=lambda p: p.name)
def test_stored_mappings_are_valid_csvw(metadata: Path, tmp_path: Path) -> None:
    content = json.loads(metadata.read_text(encoding="utf-8"))
    names = [c["name"] for c in content["tableSchema"]["columns"] if not c.get("virtual")]
    (tmp_path / content["url"]).write_text(",".join(names) + "\n", encoding="utf-8")
    copy = tmp_path / metadata.name
    copy.write_bytes(metadata.read_bytes())
    assert CSVW(str(copy), validate=True).is_valid
