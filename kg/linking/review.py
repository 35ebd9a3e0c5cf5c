"""What a person decides: a review file of values and candidates, and the mapping set that it becomes.

A decision lasts. A value that was confirmed is matched from then on; one that was refused is never suggested
again: both are rows of an SSSOM mapping set beside the table (https://mapping-commons.github.io/sssom/).
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from kg.errors import KGError
from kg.linking.index import KINDS, VALUE, Index, add_mapping
from kg.linking.matching import Candidate, Outcome, candidates
from kg.links import read_rows
from kg.vocabulary import ID, shorten

HEADER = ("value", "rows", "thing", "label", "score", "reason", "decision", "comment")
NONE = "none"
SUFFIX = ".values.sssom.tsv"


class ReviewError(KGError):
    """A review file has a line that cannot be used."""

    def __init__(self, path: Path, line: int, problem: str) -> None:
        self.path, self.line, self.problem = path, line, problem
        super().__init__(f"{path}:{line}: {problem}: correct the line and run `kg link verify` again")


@dataclass(frozen=True)
class Suggestion:
    """One value that is in doubt, the rows that have it, and what it may mean."""

    value: str
    rows: int
    reason: str
    candidates: tuple[Candidate, ...]


def suggest(index: Index, outcomes: Iterable[Outcome], kind: str | None, limit: int = 3) -> list[Suggestion]:
    """Return each value that was not linked, once, with candidates that a person can confirm."""
    doubtful = [o for o in outcomes if o.thing is None and o.value]
    counts = Counter(o.value for o in doubtful)
    reasons = {o.value: o.reason for o in reversed(doubtful)}
    return [
        Suggestion(value, rows, reasons[value], tuple(candidates(index, value, kind, limit)))
        for value, rows in counts.items()
    ]


def write_review(suggestions: Sequence[Suggestion], path: Path) -> None:
    """Write the review file: one line per candidate; the person fills in ``decision``: yes or no."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for one in suggestions:
            for found in one.candidates:
                thing, why = found.thing, found.why
                writer.writerow(
                    [one.value, one.rows, shorten(thing.iri), thing.label_en, found.score, why, "", one.reason]
                )
            if not one.candidates:
                writer.writerow([one.value, one.rows, "", "", "", "", "", one.reason])


def _decided(path: Path, index: Index) -> Iterable[tuple[str, str, bool, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = csv.DictReader(file)
        missing = {"value", "thing", "decision"} - set(lines.fieldnames or ())
        if missing:
            raise ReviewError(path, 1, f"the header lacks {', '.join(sorted(missing))}")
        for row in lines:
            decision = (row["decision"] or "").strip().casefold()
            if not decision:
                continue
            if decision not in ("yes", "no", "ja", "nee"):
                raise ReviewError(path, lines.line_num, f"the decision is {decision!r}, not yes or no")
            step, _, local = (row["thing"] or "").strip().partition(":")
            iri = f"{ID}{step}/{local}"
            if iri not in index.things:
                raise ReviewError(path, lines.line_num, f"there is no thing {row['thing']!r}")
            yield row["value"].strip(), iri, decision in ("yes", "ja"), row.get("comment") or ""


def verify_review(review: Path, index: Index, name: str, date: str) -> Path:
    """Turn the decisions of a review file into a mapping set beside it; raises ReviewError.

    Decisions that were made before are kept, unless the review decides the same value anew.
    """
    target = review.parent / f"{name}{SUFFIX}"
    rows: dict[tuple[str, str], tuple[bool, str]] = {}
    if target.exists():
        for old in read_rows(target):
            rows[(str(old.subject), str(old.object))] = (not old.negative, old.subject_label)
    confirmed: dict[str, str] = {}
    for value, iri, yes, _ in _decided(review, index):
        if yes and confirmed.setdefault(value, iri) != iri:
            raise ReviewError(review, 1, f"{value!r} is confirmed as two things")
        rows[(VALUE + quote(value, safe=""), iri)] = (yes, value)
    head = [
        f"mapping_set_id: https://w3id.org/grotius/links/values/{name}",
        "license: https://creativecommons.org/publicdomain/zero/1.0/",
        "curie_map:",
        f"  value: {VALUE}",
        *[f"  {kind}: {ID}{kind}/" for kind in KINDS],
        "  semapv: https://w3id.org/semapv/vocab/",
        "  skos: http://www.w3.org/2004/02/skos/core#",
    ]
    fields = (
        "subject_id subject_label predicate_modifier predicate_id object_id mapping_justification mapping_date"
    )
    lines = [f"#{line}" for line in head] + ["\t".join(fields.split())]
    for (subject, iri), (yes, value) in sorted(rows.items()):
        local = subject.removeprefix(VALUE)
        cells = [f"value:{local}", value, "" if yes else "Not", "skos:exactMatch", shorten(iri)]
        lines.append("\t".join([*cells, "semapv:ManualMappingCuration", date]))
    target.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return target


def add_reviewed(index: Index, path: Path) -> int:
    """Take the decisions of a mapping set of values into *index*; return how many there are."""
    rows = list(read_rows(path))
    for row in rows:
        add_mapping(index, str(row.subject), str(row.predicate), str(row.object), row.negative)
    return len(rows)
