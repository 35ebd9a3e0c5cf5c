"""Repair: what is damaged is mended, what is not stays, and every offset finds its way back."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.repair import Join, RepairError, repair
from kg.sources import read_source


def test_text_read_in_the_wrong_encoding_is_read_again_run_by_run() -> None:
    assert repair("x", "OekraĆÆne ā€“ Oekraïne – één").text == "Oekraïne – Oekraïne – één"


def test_a_broken_word_is_joined_and_keeps_its_line() -> None:
    text = repair("x", "eerst\nterug\ndringen van", [Join("terug\ndringen", "terugdringen")])
    assert text.text == "eerst terugdringen van"
    assert text.line(text.text.index("terug")) == 2
    assert text.line(text.text.index("dringen")) == 3


def test_a_join_that_does_not_fit_the_text_is_refused_by_name() -> None:
    with pytest.raises(RepairError, match="occurs 0 times"):
        repair("x", "niets", [Join("iets anders", "ietsanders")])


def test_paragraphs_and_bullets_stay_and_soft_line_ends_go() -> None:
    assert repair("x", "een regel \nloopt door\n\n • punt\n").text == "een regel loopt door\n\n• punt\n"


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\r"), max_size=200))
def test_offsets_never_go_backwards_and_never_leave_the_file(raw: str) -> None:
    text = repair("x", raw)
    assert len(text.raw_offsets) == len(text.text)
    assert list(text.raw_offsets) == sorted(text.raw_offsets)
    assert all(0 <= o < max(len(raw), 1) for o in text.raw_offsets)


@pytest.mark.parametrize(
    ("document", "word"),
    [
        ("verkiezingsprogramma-2023-paragraaf-7-2", "Oekraïne"),
        ("jaarverslag-bhos-2022-artikel-4", "rechtsstaatontwikkeling"),
        ("beleidsnota-mensenrechten-democratie-rechtsorde-2023", "mensenrechtenschenders"),
    ],
)
def test_a_damaged_word_of_the_real_texts_is_found_after_repair(
    sources: Path, document: str, word: str
) -> None:
    raw = (sources / f"{document}.txt").read_text(encoding="utf-8")
    text = read_source(sources, document)
    assert text is not None
    assert word in text.text
    assert text.text.count(word) > raw.count(word)
