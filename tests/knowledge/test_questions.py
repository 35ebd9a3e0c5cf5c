"""The questions find what a careful reader finds in the texts, no more and no less."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pyoxigraph as ox
import pytest

from kg.answers import ask as answer
from kg.questions import questions
from kg.release import Release
from kg.tables import lexical

EXPECTED = {
    "countries-of-an-instrument": (
        "country",
        {
            "country:ETH",
            "country:IDN",
            "country:IRQ",
            "country:KEN",
            "country:MLI",
            "country:NGA",
            "country:UGA",
        },
    ),
    "parts-of-an-instrument": ("part", {"instrument:matra", "instrument:shiraka", "instrument:ppp"}),
    "partners-for-a-treaty": (
        "country",
        {"country:ARG", "country:BEL", "country:MNG", "country:SEN", "country:SVN"},
    ),
    "dialogues-contributed-to": (
        "dialogue",
        {"instrument:rabatproces", "instrument:khartoumproces", "norm:niamey-declaration"},
    ),
    "implementers-of-an-instrument": (
        "actor",
        {
            "organisation:gespecialiseerde-vn-organisaties",
            "organisation:rode-kruis",
            "organisation:nederlandse-rode-kruis",
            "group:nederlandse-ngos",
            "organisation:dutch-relief-alliance",
        },
    ),
    "means-to-a-goal": (
        "means",
        {
            "instrument:sancties-tegen-rusland",
            "instrument:afbouwen-afhankelijkheden",
            "instrument:isoleren-rusland",
            "instrument:versterken-veiligheid-buurlanden",
            "instrument:steunen-veranderingsgezinde-krachten",
        },
    ),
    "shared-legal-bases": ("norm", {"norm:grondwet"}),
    "budget-of-an-instrument": (
        "amount",
        {"amount:safety-for-voices-verdedigers", "amount:safety-for-voices-journalisten"},
    ),
    "regions-of-one-programme-not-another": ("region", {"region:grote-meren"}),
    "connection-to-an-objective": ("theme", {"theme:godsdienstvrijheid"}),
}
WORKING_ON_THE_RULE_OF_LAW = {
    "organisation:min-jenv",
    "organisation:min-bz",
    "organisation:min-def",
    "organisation:om",
    "organisation:rechtspraak",
    "organisation:taakorganisaties",
    "group:ngos-op-het-gebied-van-vrede-en-recht",
}
AROUND_UKRAINE = [
    ("2022-02-24", "event:inval-oekraine"),
    ("2022-07-14", "event:ukraine-accountability-conference"),
    ("2023-03", "event:oprichting-dialogue-group"),
    ("2023-05-17", "event:oprichting-register-van-schade"),
]


@dataclass(frozen=True)
class Table:
    columns: list[str]
    rows: list[tuple[str, ...]]


Ask = Callable[[ox.Store, str], Table]


@pytest.fixture(scope="module")
def ask(release: Release) -> Ask:
    def asked(store: ox.Store, name: str) -> Table:
        found = answer(store, release, name)
        return Table([c.name for c in found.columns], [tuple(map(lexical, row)) for row in found.rows])

    return asked


@pytest.mark.parametrize("name", EXPECTED)
def test_a_question_answers_exactly(name: str, store: ox.Store, ask: Ask) -> None:
    column, expected = EXPECTED[name]
    table = ask(store, name)
    at = table.columns.index(column)
    assert {row[at] for row in table.rows} == expected


def test_the_organisations_of_the_web_page_are_all_there(store: ox.Store, ask: Ask) -> None:
    table = ask(store, "organisations-working-on-a-goal")
    document = table.columns.index("document")
    found = {r[0] for r in table.rows if r[document] == "document:rijksoverheid-rechtsstaat-buitenland"}
    assert found == WORKING_ON_THE_RULE_OF_LAW


def test_dated_events_come_old_to_new(store: ox.Store, ask: Ask) -> None:
    rows = [(r[0], r[1]) for r in ask(store, "dated-events-around-a-place").rows]
    assert list(dict.fromkeys(rows)) == AROUND_UKRAINE


def test_two_times_twenty_million_is_forty(store: ox.Store, ask: Ask) -> None:
    table = ask(store, "budget-of-an-instrument")
    assert {row[table.columns.index("sum")] for row in table.rows} == {"40000000"}


@pytest.mark.parametrize("name", sorted(questions()))
def test_every_anchor_that_a_question_shows_is_there(name: str, store: ox.Store, ask: Ask) -> None:
    table = ask(store, name)
    at = [i for i, c in enumerate(table.columns) if c.startswith("anchor")]
    assert all(row[i] for row in table.rows for i in at)
