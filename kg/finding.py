"""Finding things by what people call them: names in both languages, spellings, codes and definitions."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from rdflib.namespace import RDFS, SKOS

from kg.catalogue import Catalogue
from kg.vocabulary import DEF, ID_CLASSES

NAMED_BY = (
    (str(RDFS.label), 0),
    (str(SKOS.notation), 0),
    (str(SKOS.altLabel), 1),
    (str(SKOS.hiddenLabel), 2),
    (str(SKOS.definition), 4),
)
"""What a thing can be found by, and how much less a hit there means."""

SEARCHED = tuple(
    n for n in ID_CLASSES.values() if n not in ("Claim", "Passage", "SourceText", "Coverage", "Entailment")
)


def fold(text: str) -> str:
    """Return *text* in small letters without accents, as people type it.

    >>> fold("Oekraïne")
    'oekraine'
    """
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in plain if not unicodedata.combining(c))


@dataclass(frozen=True)
class Hit:
    """A thing that was found, by which of its names, and how far that is from what was asked (0 is best)."""

    iri: str
    kind: str
    by: str
    distance: float


@dataclass(frozen=True)
class _Name:
    iri: str
    kind: str
    text: str
    folded: str
    penalty: int


class Index:
    """The names of everything in a catalogue; ``find`` looks them up."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._degree = catalogue.degree
        self._names = [
            _Name(iri, catalogue.kind(iri), text.value, fold(text.value), penalty)
            for iri in catalogue.things(SEARCHED)
            for predicate, penalty in NAMED_BY
            for text in catalogue.literals(iri, predicate)
        ]
        self._words = sorted({w for n in self._names if n.penalty < 4 for w in _words(n.folded) if len(w) > 3})

    def find(self, asked: str, kinds: Iterable[str] = (), limit: int | None = None) -> list[Hit]:
        """Return what *asked* may mean, nearest first, each thing once; of *kinds* only, where given."""
        words = _words(fold(asked))
        only = set(kinds)
        best: dict[str, Hit] = {}
        if not words:
            return []
        for name in self._names:
            if only and name.kind not in only:
                continue
            distance = _distance(words, name)
            if distance is not None and (name.iri not in best or distance < best[name.iri].distance):
                best[name.iri] = Hit(name.iri, name.kind, name.text, distance)
        ordered = sorted(best.values(), key=lambda h: (h.distance, -self._degree(h.iri), h.by, h.iri))
        return ordered[:limit]

    def nearest(self, asked: str) -> list[str]:
        """Return up to three words that the graph does know and that are spelt like those of *asked*."""
        return [near for word in _words(fold(asked)) for near in get_close_matches(word, self._words, 3, 0.75)][
            :3
        ]


def _words(folded: str) -> list[str]:
    return re.findall(r"\w+", folded)


def _distance(words: list[str], name: _Name) -> float | None:
    """Return how far a name is from the words asked: whole, beginning, whole words, or parts of words."""
    asked = " ".join(words)
    if name.folded == asked:
        return name.penalty
    if not all(word in name.folded for word in words):
        return None
    if name.folded.startswith(asked):
        return name.penalty + 1
    whole = set(_words(name.folded))
    nearness = 2.0 if all(word in whole for word in words) else 3.0
    return name.penalty + nearness + min(len(name.folded), 200) / 400


def kinds_of_interest(catalogue: Catalogue) -> list[str]:
    """Return the classes that have something to be found, as local names."""
    return [kind for kind in SEARCHED if catalogue.instances[DEF + kind]]
