"""The published mappings: each with its source, none that another denies, all valid SSSOM."""

from __future__ import annotations

import csv
import os
import subprocess
from collections import defaultdict
from pathlib import Path

import pytest
from rdflib.namespace import SKOS

from kg.curation import load
from kg.linking.index import Index, build_index, names_in_graph
from kg.linking.review import ReviewError, add_reviewed, verify_review
from kg.links import mapping_sets, read_rows

SETS = mapping_sets()


def rows_of(path: Path) -> list[dict[str, str]]:
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


@pytest.mark.parametrize("path", SETS, ids=lambda p: p.name)
def test_a_mapping_says_why_when_and_by_which_source(path: Path) -> None:
    for row in rows_of(path):
        assert row["mapping_justification"].startswith("semapv:"), row
        assert row["mapping_date"], row
        assert row["comment"], row
        assert 0 < float(row["confidence"]) <= 1, row


@pytest.mark.parametrize("path", SETS, ids=lambda p: p.name)
def test_a_mapping_is_about_a_thing_that_is_there(path: Path, index: Index) -> None:
    assert [str(m.subject) for m in read_rows(path) if str(m.subject) not in index.things] == []


def test_nothing_is_both_said_and_denied_and_no_identifier_is_of_two_things() -> None:
    said, denied, owners = set(), set(), defaultdict(set)
    for path in SETS:
        for m in read_rows(path):
            (denied if m.negative else said).add((m.subject, m.predicate, m.object))
            if not m.negative and m.predicate == SKOS.exactMatch:
                owners[m.object].add(m.subject)
    assert said & denied == set()
    assert {o: s for o, s in owners.items() if len(s) > 1} == {}


@pytest.mark.parametrize("path", SETS, ids=lambda p: p.name)
def test_the_sssom_tools_find_it_valid(path: Path) -> None:
    tool = os.environ.get("KG_SSSOM")
    if not tool:
        reason = "the SSSOM tools are not here: set KG_SSSOM to the command sssom"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    done = subprocess.run([tool, "validate", str(path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]


def test_a_decision_of_a_person_lasts(tmp_path: Path) -> None:
    index = build_index(names_in_graph(load()))
    review = tmp_path / "mine.review.csv"
    review.write_text(
        "value,thing,decision\nOekriane,country:UKR,yes\nNigerria,country:NGA,no\n", encoding="utf-8"
    )
    target = verify_review(review, index, "mine", "2026-01-01")
    add_reviewed(index, target)
    assert [i.rsplit("/", 1)[-1] for i in index.by_name("Oekriane")] == ["UKR"]
    from kg.linking.matching import candidates

    assert all(not c.thing.iri.endswith("/NGA") for c in candidates(index, "Nigerria", "country", 20))
    review.write_text("value,thing,decision\nX,country:MLI,yes\n", encoding="utf-8")
    verify_review(review, index, "mine", "2026-02-01")
    assert "Oekriane" in target.read_text(encoding="utf-8")


def test_a_decision_that_is_neither_yes_nor_no_is_named_with_its_line(index: Index, tmp_path: Path) -> None:
    review = tmp_path / "mine.review.csv"
    review.write_text("value,thing,decision\nX,country:UKR,perhaps\n", encoding="utf-8")
    with pytest.raises(ReviewError, match=r"mine\.review\.csv:2"):
        verify_review(review, index, "mine", "2026-01-01")
