"""Claims in order of two things at once: rows, columns, and what is said where they meet."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from kg.catalogue import Catalogue, Statement
from kg.vocabulary import DEF


@dataclass(frozen=True)
class Cell:
    """Where a row and a column meet: the sections about both, the claims in them, the things they name most."""

    sections: tuple[str, ...] = ()
    statements: tuple[Statement, ...] = ()
    leading: tuple[str, ...] = ()


@dataclass(frozen=True)
class Crosstable:
    """Rows and columns (IRIs) with their cells; a missing cell means that no section treats both."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: dict[tuple[str, str], Cell]


LEADING = 4


def objectives_by_parts(catalogue: Catalogue) -> Crosstable:
    """Cross the goals with the instruments that sections treat together: objectives × parts of the approach."""
    meeting: dict[tuple[str, str], list[str]] = defaultdict(list)
    for section in sorted(catalogue.instances[DEF + "Section"]):
        treated = catalogue.iris(section, DEF + "treats")
        goals = [t for t in treated if catalogue.kind(t) == "Goal"]
        parts = [t for t in treated if catalogue.kind(t) == "Instrument"]
        for goal in goals:
            for part in parts:
                meeting[goal, part].append(section)
    by_section: dict[str, list[Statement]] = defaultdict(list)
    for statement in catalogue.statements.values():
        for section in {catalogue.passages[p].section for p in statement.passages}:
            by_section[section].append(statement)
    cells = {}
    for (goal, part), sections in meeting.items():
        statements = tuple(s for section in sections for s in by_section[section])
        cells[goal, part] = Cell(tuple(sections), statements, _leading(catalogue, statements, {goal, part}))
    return Crosstable(tuple(sorted({g for g, _ in cells})), tuple(sorted({p for _, p in cells})), cells)


def _leading(catalogue: Catalogue, statements: tuple[Statement, ...], apart: set[str]) -> tuple[str, ...]:
    """Return the instruments and organisations that a cell says most about."""
    counted: dict[str, int] = defaultdict(int)
    for s in statements:
        for end in (s.subject, s.object):
            if end not in apart and catalogue.kind(end) in ("Instrument", "Treaty", "LegalNorm", "Event"):
                counted[end] += 1
    return tuple(sorted(counted, key=lambda i: (-counted[i], i))[:LEADING])


def results_by_priority(catalogue: Catalogue) -> list[tuple[str, list[Statement]]]:
    """Return each thing with intended results, and the claims that give them, in the order of the text."""
    found: dict[str, list[Statement]] = defaultdict(list)
    for s in catalogue.statements.values():
        if s.predicate == DEF + "hasIntendedResult" and not s.entailed:
            found[s.subject].append(s)

    def where(statements: list[Statement]) -> int:
        return min((catalogue.passages[p].start for s in statements for p in s.passages), default=0)

    for statements in found.values():
        statements.sort(key=lambda s: where([s]))
    return sorted(found.items(), key=lambda item: (where(item[1]), item[0]))


def countries_by_role(catalogue: Catalogue) -> dict[tuple[str, bool], dict[str, list[Statement]]]:
    """Return, for each relation and direction (True: the country is its subject), the claims by country."""
    found: dict[tuple[str, bool], dict[str, list[Statement]]] = defaultdict(lambda: defaultdict(list))
    for country in catalogue.things(["Country"]):
        for s in catalogue.about.get(country, ()):
            if s.subject == country:
                found[s.predicate, True][country].append(s)
            if s.object == country:
                found[s.predicate, False][country].append(s)
    return {role: dict(countries) for role, countries in found.items()}
