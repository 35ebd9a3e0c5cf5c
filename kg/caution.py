"""What makes a comparison between documents invalid: periods that do not meet, unequal excerpts, other acts.

A report on 2022 cannot show progress on a note of 2023; an excerpt's silence is not a position; what a
party proposes is not what a government announces.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from kg import coverage
from kg.proof import Proof, Reader
from kg.vocabulary import DEF, shorten

ISSUED = "http://purl.org/dc/terms/issued"
LATER = ("announces", "proposes")
"""Speech acts that look forward."""

WORDS = {
    "period": {
        "en": "{early} is about {period}; {late} looks ahead from {year}:"
        " the first cannot show progress on the second.",
        "nl": "{early} gaat over {period}; {late} kijkt vooruit vanaf {year}:"
        " het eerste kan geen voortgang tonen op het tweede.",
    },
    "excerpt": {
        "en": "These are unequal parts of documents ({parts}): that one is silent here is not a position.",
        "nl": "Dit zijn ongelijke delen van documenten ({parts}): dat er een hier zwijgt is geen standpunt.",
    },
    "act": {
        "en": "{wish} proposes, {rest}: a proposal is not policy,"
        " and no document here was an answer to another.",
        "nl": "{wish} stelt voor, {rest}: een voorstel is geen beleid,"
        " en geen document hier was een antwoord op een ander.",
    },
}


@dataclass(frozen=True)
class Described:
    """What a comparison must know of a document."""

    iri: str
    label: str
    act: str
    act_label: str
    share: str | None
    period: str | None
    year: str


def describe(reader: Reader, iri: str) -> Described:
    """Return what the graph says of a document's act, extent and period."""
    act, end, issued = (reader.value(iri, name) for name in ("speechAct", "endDate", ISSUED))
    found = "".join(c for c in shorten(iri) if c.isdigit())[:4]
    return Described(
        iri,
        reader.label(iri),
        act.value.removeprefix(DEF) if act is not None else "",
        reader.label(act.value) if act is not None else "",
        reader.in_language(iri, "shareOfWhole"),
        end.value if end is not None else None,
        issued.value[:4] if issued is not None else found,
    )


def cautions(found: list[Described], language: str) -> Iterator[str]:
    """Yield what must be said before *found* documents are compared."""
    for early in found:
        for late in found:
            if early.period and late.act in LATER and late.year > early.period[:4]:
                yield WORDS["period"][language].format(
                    early=early.label, period=early.period, late=late.label, year=late.year
                )
    parts = [f"{d.label}: {d.share}" for d in found if d.share]
    if len(found) > 1 and parts:
        yield WORDS["excerpt"][language].format(parts=" ".join(parts))
    wishes = [d for d in found if d.act == "proposes"]
    rest = [d for d in found if d.act != "proposes"]
    if wishes and rest:
        yield WORDS["act"][language].format(
            wish=wishes[0].label, rest=", ".join(f"{d.label} {d.act_label}" for d in rest)
        )


def warnings(
    store: ox.Store,
    proof: Proof | None,
    verdict: coverage.Verdict,
    rows: Iterable[Iterable[Any]],
    language: str,
) -> Iterator[str]:
    """Yield the cautions for the documents that stand in the *rows* of an answer, or in its proof."""
    read = {c.document for c in verdict.cells} or set(coverage.documents(store))
    involved = {c.value for row in rows for c in row if c is not None and c.value in read}
    if proof:
        involved |= {p["document"]["iri"] for p in proof.passages.values()}
    reader = Reader(store, language)
    yield from cautions([describe(reader, d) for d in sorted(involved)], language)
