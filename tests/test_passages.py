"""Passages: an altered anchor names its claims, an altered text elsewhere names the file."""

from __future__ import annotations

from pathlib import Path

import pytest
from rdflib import Graph, Literal, URIRef

from kg.curation import load
from kg.passages import PassageError, verify
from kg.release import union
from kg.repair import repair
from kg.sources import AlteredSourceError, SourcesNotFoundError, UnreadableSourceError, sources_folder
from kg.vocabulary import GRO, ID

RAW = "Want het fonds werkt daar al jaren goed en dat blijft zo."


@pytest.fixture
def folder(tmp_path: Path, tiny: Graph) -> Path:
    (tmp_path / "tiny.txt").write_text(RAW, encoding="utf-8")
    tiny.set((URIRef(ID + "text/tiny"), GRO.rawSha256, Literal(repair("tiny", RAW).raw_sha256)))
    for name, at in (("start", 5), ("end", 20)):
        tiny.set((URIRef(ID + "selector/tiny-1"), URIRef("http://www.w3.org/ns/oa#" + name), Literal(at)))
    return tmp_path


def test_an_anchor_at_its_offsets_is_verified(folder: Path, tiny: Graph) -> None:
    assert verify(tiny, folder) == {"tiny": 3 / 12}


def test_a_letter_altered_inside_an_anchor_names_the_claims(folder: Path, tiny: Graph) -> None:
    (folder / "tiny.txt").write_text(RAW.replace("fonds", "fands"), encoding="utf-8")
    with pytest.raises(PassageError, match="claim:tiny-1"):
        verify(tiny, folder)


def test_a_letter_altered_elsewhere_names_the_file(folder: Path, tiny: Graph) -> None:
    (folder / "tiny.txt").write_text(RAW.replace("jaren", "jeren"), encoding="utf-8")
    with pytest.raises(AlteredSourceError, match=r"tiny\.txt"):
        verify(tiny, folder)


def test_a_text_that_is_not_utf8_is_refused_with_the_byte(folder: Path, tiny: Graph) -> None:
    (folder / "tiny.txt").write_bytes(b"het fonds \xff werkt")
    with pytest.raises(UnreadableSourceError, match="byte 10"):
        verify(tiny, folder)


def test_a_folder_that_is_not_there_is_refused() -> None:
    with pytest.raises(SourcesNotFoundError):
        sources_folder("/nowhere/at/all")


def test_anchors_that_copy_the_document_are_refused(folder: Path, tiny: Graph) -> None:
    (folder / "tiny.txt").write_text("Want het fonds werkt", encoding="utf-8")
    tiny.set((URIRef(ID + "text/tiny"), GRO.rawSha256, Literal(repair("t", "Want het fonds werkt").raw_sha256)))
    with pytest.raises(PassageError, match="more than 35%"):
        verify(tiny, folder)


def test_every_anchor_of_the_real_data_is_at_its_offsets(sources: Path) -> None:
    shares = verify(union(load()), sources)
    assert len(shares) == 5
    assert max(shares.values()) <= 0.35
