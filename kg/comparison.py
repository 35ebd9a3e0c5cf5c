"""Two documents side by side: what both say, where they differ in stance, what only one of them names."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from kg.catalogue import Catalogue, Statement

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
class Comparison:
    """What two documents say and name; silence of an excerpt is no opinion."""

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


def compare(catalogue: Catalogue, first: str, second: str) -> Comparison:
    """Compare the documents *first* and *second* by their claims; things come best connected first."""
    one, two = said_in(catalogue, first), said_in(catalogue, second)
    names_one, names_two = ({i for s, _, o in said for i in (s, o)} for said in (one, two))

    def ranked(iris: set[str]) -> tuple[str, ...]:
        return tuple(sorted(iris, key=lambda i: (-catalogue.degree(i), i)))

    shared = tuple(Shared(tuple(one[k]), tuple(two[k])) for k in sorted(one.keys() & two.keys()))
    return Comparison(
        shared, ranked(names_one & names_two), ranked(names_one - names_two), ranked(names_two - names_one)
    )
