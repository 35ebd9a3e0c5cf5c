"""An older answer asked again of another release: unchanged, or which rows came and went."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from kg import answers
from kg.release import Release

WORDS = {
    "en": {
        "unchanged": "Unchanged: release {new} gives the same {n} rows as release {old}.",
        "changed": "Changed: of {n} rows of release {old}, {gone} are gone in release {new}, {come} are new.",
        "gone": "gone",
        "come": "new",
    },
    "nl": {
        "unchanged": "Ongewijzigd: release {new} geeft dezelfde {n} rijen als release {old}.",
        "changed": "Gewijzigd: van {n} rijen van release {old} zijn er in {new} {gone} weg, {come} nieuw.",
        "gone": "weg",
        "come": "nieuw",
    },
}
Row = tuple[str, ...]


@dataclass(frozen=True)
class Repetition:
    """The same question on another release: the rows that are gone and that are new, by their labels."""

    old: str
    new: str
    rows: int
    gone: tuple[Row, ...]
    come: tuple[Row, ...]

    @property
    def is_unchanged(self) -> bool:
        """Tell whether both releases give the same rows."""
        return not self.gone and not self.come

    def in_words(self, language: str = "en") -> str:
        """Return a sentence, and one line for each row that differs."""
        words = WORDS[language]
        head = words["unchanged" if self.is_unchanged else "changed"].format(
            old=self.old, new=self.new, n=self.rows, gone=len(self.gone), come=len(self.come)
        )
        lines = [f"  {words[kind]}: {' | '.join(r)}" for kind in ("gone", "come") for r in getattr(self, kind)]
        return "\n".join([head, *lines])


def _rows(said: dict[str, Any]) -> tuple[Counter[Row], dict[Row, Row]]:
    """Return the values of each row, and how each is shown."""
    values: Counter[Row] = Counter()
    shown: dict[Row, Row] = {}
    for row in said["rows"]:
        key = tuple("" if c is None else str(c["value"]) for c in row)
        values[key] += 1
        shown[key] = tuple("" if c is None else str(c.get("label") or c["value"]) for c in row)
    return values, shown


def compare(old: dict[str, Any], new: dict[str, Any]) -> Repetition:
    """Compare two answers to one question, as plain data."""
    before, shown = _rows(old)
    after, shown_after = _rows(new)
    shown |= shown_after
    return Repetition(
        str(old["release"]["name"]),
        str(new["release"]["name"]),
        len(old["rows"]),
        tuple(shown[k] for k in sorted((before - after).elements())),
        tuple(shown[k] for k in sorted((after - before).elements())),
    )


def repeat(said: dict[str, Any], store: ox.Store, release: Release) -> Repetition:
    """Ask the question of the answer *said* again, of *release*, and compare."""
    how: dict[str, Any] = {"language": "nl" if said["language"] == "nl" else "en"}
    if said.get("name"):
        again = answers.ask(store, release, said["name"], said["parameters"], **how)
    else:
        again = answers.of_query(store, release, said["sparql"], **how)
    return compare(said, again.to_dict())
