"""Agreement between two readers, from their codings before settlement (``data/readings/``).

What was found is compared by F1 (Hripcsak & Rothschild 2005: with no countable set of what could have
been found, F1 is what κ approaches); how a claim that both found is said, by Krippendorff's α for
nominal data (Krippendorff 2018, ch. 12).
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kg.resources import resource

READERS = ("first", "second")
AXES = ("status", "polarity", "realisation", "commitment", "condition", "holder", "list")


@dataclass(frozen=True)
class Overlap:
    """How many both readers found, and how many each found alone."""

    name: str
    both: int
    first_only: int
    second_only: int

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall, the same whichever reader is the standard.

        >>> Overlap("x", 3, 1, 1).f1
        0.75
        """
        total = 2 * self.both + self.first_only + self.second_only
        return 2 * self.both / total if total else 1.0


def read(kind: str) -> dict[str, list[dict[str, str]]]:
    """Return the rows of each reader's *kind* (``entities`` or ``claims``) files, all documents together."""
    rows: dict[str, list[dict[str, str]]] = {reader: [] for reader in READERS}
    for reader in READERS:
        for path in sorted((resource("data") / "readings").glob(f"*.{reader}.{kind}.tsv")):
            with path.open(encoding="utf-8", newline="") as stream:
                document = path.name.split(".")[0]
                rows[reader] += [
                    {**row, "document": document}
                    for row in csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)
                ]
    return rows


def overlaps(found: Mapping[str, Iterable[tuple[str, tuple[str, ...]]]]) -> list[Overlap]:
    """Return the overlap per group of what the readers found, given as (group, key) pairs."""
    sets: dict[str, dict[str, set[tuple[str, ...]]]] = defaultdict(lambda: {r: set() for r in READERS})
    for reader, keys in found.items():
        for group, key in keys:
            sets[group][reader].add(key)
    return [
        Overlap(
            group,
            len(s["first"] & s["second"]),
            len(s["first"] - s["second"]),
            len(s["second"] - s["first"]),
        )
        for group, s in sorted(sets.items())
    ]


def entity_overlaps() -> list[Overlap]:
    """Return the overlap per class: the same thing named in the same document."""
    rows = read("entities")
    return overlaps(
        {r: [(x["thing"].split("/")[0], (x["document"], x["thing"])) for x in rows[r]] for r in READERS}
    )


def claim_overlaps() -> list[Overlap]:
    """Return the overlap per relation: the same subject, relation and object in the same document."""
    rows = read("claims")
    return overlaps(
        {
            r: [(x["predicate"], (x["document"], x["subject"], x["predicate"], x["object"])) for x in rows[r]]
            for r in READERS
        }
    )


def pair_overlap() -> Overlap:
    """Return the overlap of related pairs, whatever the relation and the direction."""
    rows = read("claims")
    found = {
        r: [("pairs, any relation", (x["document"], *sorted((x["subject"], x["object"])))) for x in rows[r]]
        for r in READERS
    }
    return overlaps(found)[0]


def stance_alphas() -> dict[str, tuple[int, float]]:
    """Return, per axis, how many claims both readers found once and Krippendorff's α over them."""
    import krippendorff

    by_key: dict[tuple[str, ...], dict[str, list[dict[str, str]]]] = defaultdict(lambda: defaultdict(list))
    for reader, rows in read("claims").items():
        for row in rows:
            key = (row["document"], row["subject"], row["predicate"], row["object"])
            by_key[key][reader].append(row)
    shared = [v for v in by_key.values() if all(len(v[r]) == 1 for r in READERS)]
    alphas = {}
    for axis in AXES:
        values = [[v[r][0][axis] for v in shared] for r in READERS]
        if len({x for row in values for x in row}) > 1:
            alpha = krippendorff.alpha(reliability_data=values, level_of_measurement="nominal")
            alphas[axis] = (len(shared), float(alpha))
    return alphas


def _rows(found: list[Overlap]) -> list[str]:
    return [f"| {o.name} | {o.both} | {o.first_only} | {o.second_only} | {o.f1:.2f} |" for o in found]


def _sum(found: list[Overlap]) -> Overlap:
    return Overlap(
        "**all**",
        sum(o.both for o in found),
        sum(o.first_only for o in found),
        sum(o.second_only for o in found),
    )


def to_markdown() -> str:
    """Return the tables that stand in docs/METHODS.md."""
    head = ["| | both | first only | second only | F1 |", "|---|---|---|---|---|"]
    entities, claims = entity_overlaps(), claim_overlaps()
    lines = ["Things named, per class:", "", *head, *_rows([*entities, _sum(entities)]), ""]
    lines += ["Claims (subject, relation and object), per relation:", "", *head, *_rows(claims)]
    lines += _rows([_sum(claims), pair_overlap()])
    lines += [
        "",
        "How it is said, over the claims that both found:",
        "",
        "| axis | claims | α |",
        "|---|---|---|",
    ]
    lines += [f"| {axis} | {n} | {alpha:.2f} |" for axis, (n, alpha) in stance_alphas().items()]
    return "\n".join(lines) + "\n"
