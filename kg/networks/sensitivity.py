"""How a measure moves when claims are dropped or added, and under each reader's own coding."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from math import comb, sqrt

import pyoxigraph as ox

from kg.networks.collecting import collect
from kg.networks.measures import EQUAL, Measure, Scores, degree_by_relation, measure_named, parts
from kg.networks.model import Network
from kg.networks.views import View, resolved, view
from kg.parameters import ParameterValueError

VARIANTS: dict[str, dict[str, str]] = {
    "without interpreted": {"status": "gro:explicit"},
    "with not asserted": {"asserted": "any"},
    "first reader": {"reader": "reader:first"},
    "second reader": {"reader": "reader:second"},
}
"""What is changed in the parameters of a view for each variant."""


@dataclass(frozen=True)
class Row:
    """One thing in one document: its value, its rank, and its value in every variant (None: not there)."""

    document: str
    rank: int
    iri: str
    nl: str
    en: str
    kind: str
    value: float
    variants: Mapping[str, float | None]
    relations: Mapping[str, int]


@dataclass(frozen=True)
class Stability:
    """How alike a measure is in a variant: *agreement* from -1 to 1, over the things that are in both.

    Spearman's rank correlation for amounts, the adjusted Rand index for groups; None where fewer than
    three things are in both, or all have one value.
    """

    document: str
    variant: str
    things: int
    things_in_variant: int
    agreement: float | None


@dataclass(frozen=True)
class Measured:
    """A measure of a view: its rows, per document, and how it moves."""

    view: str
    measure: Measure
    rows: tuple[Row, ...]
    stability: tuple[Stability, ...]
    variants: tuple[str, ...]
    names: Mapping[str, str]
    """The titles of the documents."""

    def by_document(self) -> dict[str, list[Row]]:
        """Return the rows of each document (its IRI, or EQUAL), the highest value first."""
        found: dict[str, list[Row]] = defaultdict(list)
        for row in self.rows:
            found[row.document].append(row)
        return dict(found)


def _ranks(values: list[float]) -> list[float]:
    order = sorted(range(len(values)), key=lambda n: values[n])
    ranks, n = [0.0] * len(values), 0
    while n < len(order):
        m = n
        while m + 1 < len(order) and values[order[m + 1]] == values[order[n]]:
            m += 1
        for k in range(n, m + 1):
            ranks[order[k]] = (n + m) / 2
        n = m + 1
    return ranks


def spearman(one: list[float], other: list[float]) -> float | None:
    """Return Spearman's rank correlation, ties sharing their mean rank.

    >>> spearman([1, 2, 3], [10, 20, 30])
    1.0
    """
    if len(one) < 3:
        return None
    a, b = _ranks(one), _ranks(other)
    mean = (len(a) - 1) / 2
    top = sum((x - mean) * (y - mean) for x, y in zip(a, b, strict=True))
    square = sum((x - mean) ** 2 for x in a) * sum((y - mean) ** 2 for y in b)
    return round(top / sqrt(square), 6) if square else None


def rand_index(one: list[float], other: list[float]) -> float | None:
    """Return the adjusted Rand index of two groupings (Hubert & Arabie 1985).

    >>> rand_index([1, 1, 2, 2], [5, 5, 7, 7])
    1.0
    """
    if len(one) < 3:
        return None
    pairs = sum(comb(n, 2) for n in Counter(zip(one, other, strict=True)).values())
    a = sum(comb(n, 2) for n in Counter(one).values())
    b = sum(comb(n, 2) for n in Counter(other).values())
    expected, most = a * b / comb(len(one), 2), (a + b) / 2
    return round((pairs - expected) / (most - expected), 6) if most != expected else None


def _per_document(network: Network, asked: Measure) -> dict[str, Scores]:
    scores = {document: asked.compute(p, "weight") for document, p in parts(network).items()}
    if len(scores) > 1:
        scores[EQUAL] = asked.compute(network, "share")
    return scores


def _possible(store: ox.Store, asked: View, change: Mapping[str, str]) -> bool:
    """Tell whether the graph knows the values of a variant: others' data may have no such readers."""
    try:
        resolved(store, asked, change)
    except ParameterValueError:
        return False
    return True


def measure(
    store: ox.Store, name: str, asked: str = "degree", values: Mapping[str, str] | None = None
) -> Measured:
    """Measure the view *name* for each document and for all of equal weight, in every variant."""
    how, given = measure_named(asked), dict(values or {})
    base = collect(store, name, given)
    scores = _per_document(base, how)
    known = {blank.name: blank.default for blank in view(name).parameters}
    chosen = {blank for blank, value in given.items() if value != known[blank]}
    varied = {
        label: _per_document(collect(store, name, {**given, **change}, allow_empty=True), how)
        for label, change in VARIANTS.items()
        if set(change) <= set(known) - chosen and _possible(store, view(name), change)
    }
    relations = {document: degree_by_relation(p) for document, p in parts(base).items()}
    relations[EQUAL] = degree_by_relation(base)
    rows, stability = [], []
    for document, found in scores.items():
        sign = 1 if how.is_partition else -1
        ordered = sorted(found, key=lambda iri: (sign * round(found[iri], 12), base.nodes[iri].en, iri))
        for rank, iri in enumerate(ordered, 1):
            node = base.nodes[iri]
            moved = {label: other.get(document, {}).get(iri) for label, other in varied.items()}
            counted = dict(sorted(relations[document].get(iri, {}).items()))
            rows.append(Row(document, rank, iri, node.nl, node.en, node.kind, found[iri], moved, counted))
        for label, other in varied.items():
            there = other.get(document, {})
            both = [iri for iri in ordered if iri in there]
            compare = rand_index if how.is_partition else spearman
            agreement = compare([found[i] for i in both], [there[i] for i in both])
            stability.append(Stability(document, label, len(found), len(there), agreement))
    names = {document: base.name(document) for document in scores if document != EQUAL}
    return Measured(name, how, tuple(rows), tuple(stability), tuple(varied), names)
