"""Statements about a thing in the order in which they are read: by relation, by document, by place."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from kg.catalogue import Statement
from kg.web.reading import reading


@dataclass(frozen=True)
class Relation:
    """The statements of one relation about a thing: *forward* when the thing is their subject."""

    predicate: str
    forward: bool
    by_document: tuple[tuple[str, tuple[Statement, ...]], ...]

    @property
    def total(self) -> int:
        """How many statements there are."""
        return sum(len(statements) for _, statements in self.by_document)


def by_relation(statements: list[Statement], iri: str) -> list[Relation]:
    """Group *statements* about *iri* by relation and direction, then by document, the fullest first."""
    grouped: dict[tuple[str, bool], dict[str, list[Statement]]] = defaultdict(lambda: defaultdict(list))
    for s in statements:
        grouped[s.predicate, s.subject == iri][s.document].append(s)
    about = reading().catalogue

    def where(statement: Statement) -> tuple[bool, int, str]:
        first = about.passages[statement.passages[0]].start if statement.passages else 0
        return (not statement.asserted, first, statement.iri)

    found = [
        Relation(
            predicate,
            forward,
            # what follows by a rule stands in no document, and comes last
            tuple(
                (d, tuple(sorted(found, key=where))) for d, found in sorted(documents.items(), key=_named_last)
            ),
        )
        for (predicate, forward), documents in grouped.items()
    ]
    return sorted(found, key=lambda r: (-r.forward, -r.total, r.predicate))


def _named_last(item: tuple[str, Any]) -> tuple[bool, str]:
    return (not item[0], item[0])
