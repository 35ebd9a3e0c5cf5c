"""Values to things: right, or not at all."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from kg.linking.columns import resolve
from kg.linking.index import Index
from kg.linking.matching import candidates, why_not
from kg.vocabulary import shorten

BY_HAND = list(
    csv.DictReader((Path(__file__).parent / "made_by_hand.tsv").open(encoding="utf-8"), delimiter="\t")
)


def found(index: Index, row: dict[str, str]) -> str:
    """The one thing that a value is matched to, or a dash."""
    iris = resolve(index, row["value"], row["scheme"], row["class"])
    return shorten(next(iter(iris))) if len(iris) == 1 else "-"


def test_precision_and_recall_on_the_set_made_by_hand(index: Index) -> None:
    matched = [(r, found(index, r)) for r in BY_HAND]
    wrong = [(r["value"], r["thing"], f) for r, f in matched if f not in ("-", r["thing"])]
    missed = [(r["value"], r["thing"]) for r, f in matched if f == "-" and r["thing"] != "-"]
    matchable = sum(1 for r in BY_HAND if r["thing"] != "-")
    assert wrong == []
    assert len(missed) / matchable <= 0.02, missed


def test_every_value_without_a_match_has_a_reason(index: Index) -> None:
    for row in BY_HAND:
        if found(index, row) == "-":
            assert why_not(index, row["value"], row["scheme"], row["class"])


@pytest.mark.parametrize(
    ("value", "best"),
    [("Nigerria", "country:NGA"), ("Verenigde Natie", "organisation:vn"), ("Oekriane", "country:UKR")],
)
def test_a_misspelling_is_suggested_and_never_matched(index: Index, value: str, best: str) -> None:
    assert len(resolve(index, value, "name", None)) == 0
    assert shorten(candidates(index, value, None)[0].thing.iri) == best


def test_a_region_is_not_a_country_and_the_reason_says_so(index: Index) -> None:
    assert "a region never stands for its countries" in why_not(index, "Afrika", "name", "country")


def test_what_is_denied_for_good_is_no_match_and_no_code(index: Index) -> None:
    kingdom = "https://w3id.org/grotius/id/organisation/koninkrijk-der-nederlanden"
    assert (kingdom, "wikidata:q55") in index.denied
    assert kingdom not in index.by_code("wikidata", "Q55")
    red_cross = "https://w3id.org/grotius/id/organisation/rode-kruis"
    assert not any(red_cross in found for codes in index.codes.values() for found in codes.values())
