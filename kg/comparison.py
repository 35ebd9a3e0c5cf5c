"""Two documents side by side: what both say, where they differ in stance, what only one of them names."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from kg.catalogue import Catalogue, Statement
from kg.vocabulary import DEF

NEUTRAL = frozenset(DEF + n for n in ("hasTheme", "isKindOf", "isPartOf", "isLinkedTo", "cites"))
"""Relations by which a text orders matters without taking a position on them."""

STANCE = ("polarity", "realisation", "commitment")
"""The axes on which two claims of the same thing differ in a way that matters to a reader."""


@dataclass(frozen=True)
class Shared:
    """One statement that both documents make, with the claims of each."""

    first: tuple[Statement, ...]
    second: tuple[Statement, ...]

    @property
    def same_stance(self) -> bool:
        """Whether each stance of one document is a stance of the other, too."""
        return {_stance(s) for s in self.first} == {_stance(s) for s in self.second}


@dataclass(frozen=True)
class Positions:
    """What each document says of the matters of one policy question; an empty side is silent."""

    issue: str
    first: tuple[Statement, ...]
    second: tuple[Statement, ...]


@dataclass(frozen=True)
class Comparison:
    """What two documents say and name; silence of an excerpt is no opinion."""

    issues: tuple[Positions, ...]
    shared: tuple[Shared, ...]
    named_by_both: tuple[str, ...]
    only_first: tuple[str, ...]
    only_second: tuple[str, ...]

    @property
    def agreeing(self) -> list[Shared]:
        """Statements that both make in the same stance."""
        return [s for s in self.shared if s.same_stance]

    @property
    def differing(self) -> list[Shared]:
        """Statements that both make, in different stances."""
        return [s for s in self.shared if not s.same_stance]


def _stance(statement: Statement) -> tuple[object, ...]:
    return (statement.asserted, *(statement.stance.get(axis, "") for axis in STANCE))


def said_in(catalogue: Catalogue, document: str) -> dict[tuple[str, str, str], list[Statement]]:
    """Return the claims of a document by what they state."""
    found: dict[tuple[str, str, str], list[Statement]] = defaultdict(list)
    for s in catalogue.statements.values():
        if s.document == document:
            found[s.subject, s.predicate, s.object].append(s)
    return found


Said = dict[tuple[str, str, str], list[Statement]]


def positions(catalogue: Catalogue, one: Said, two: Said) -> tuple[Positions, ...]:
    """Return, for each policy question that either document touches, what each says of its matters.

    What a thing's theme or kind is takes no position, so those claims stay out.
    """
    found = []
    for issue in catalogue.things(["Issue"]):
        matters = {m for asks in ("concerns", "asksAgainst") for m in catalogue.iris(issue, DEF + asks)}
        first, second = (
            tuple(
                s
                for (subject, predicate, obj), statements in sorted(said.items())
                if {subject, obj} & matters and predicate not in NEUTRAL
                for s in statements
            )
            for said in (one, two)
        )
        if first or second:
            found.append(Positions(issue, first, second))
    return tuple(sorted(found, key=lambda p: (not (p.first and p.second), p.issue)))


def compare(catalogue: Catalogue, first: str, second: str) -> Comparison:
    """Compare the documents *first* and *second* by their claims; things come best connected first."""
    one, two = said_in(catalogue, first), said_in(catalogue, second)
    names_one, names_two = ({i for s, _, o in said for i in (s, o)} for said in (one, two))

    def ranked(iris: set[str]) -> tuple[str, ...]:
        return tuple(sorted(iris, key=lambda i: (-catalogue.degree(i), i)))

    shared = tuple(Shared(tuple(one[k]), tuple(two[k])) for k in sorted(one.keys() & two.keys()))
    return Comparison(
        positions(catalogue, one, two),
        shared,
        ranked(names_one & names_two),
        ranked(names_one - names_two),
        ranked(names_two - names_one),
    )
