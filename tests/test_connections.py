"""Search, connections and comparison on an invented graph of two documents."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from kg.catalogue import Catalogue
from kg.comparison import compare
from kg.connections import Choice, UnconnectedError, around, chain, neighbours, proving, shortest_paths
from kg.finding import Index
from kg.vocabulary import ID, PREFIXES

HEAD = "".join(f"PREFIX {p}: <{iri}>\n" for p, iri in PREFIXES.items())
THINGS = """
country:AAA a gro:Country ; rdfs:label "Åland"@nl , "Aland"@en ; skos:notation "AAA" .
country:BBB a gro:Country ; rdfs:label "Beland"@nl , "Beland"@en .
instrument:fund a gro:Instrument ; rdfs:label "Fonds"@nl , "Fund"@en ; skos:altLabel "het potje"@nl .
instrument:plan a gro:Instrument ; rdfs:label "Plan"@nl , "Plan"@en .
goal:peace a gro:Goal ; rdfs:label "vrede"@nl , "peace"@en .
theme:all a gro:Theme ; rdfs:label "alles"@nl , "everything"@en .
issue:fund a gro:Issue ; rdfs:label "Een fonds?"@nl , "A fund?"@en ; gro:concerns instrument:fund .
document:one a gro:Document ; gro:hasText text:one . document:two a gro:Document ; gro:hasText text:two .
section:one a gro:Section ; gro:isSectionOf document:one .
section:two a gro:Section ; gro:isSectionOf document:two .
"""


def claim(number: int, document: str, triple: str, asserted: bool = True) -> str:
    subject, predicate, obj = triple.split()
    stance = "gro:realisation gro:ongoing" if asserted else "gro:realisation gro:planned"
    return f"""
claim:{number} a gro:Claim ; gro:subject {subject} ; gro:predicate {predicate} ; gro:object {obj} ; {stance} ;
  gro:isAsserted {str(asserted).lower()} ; gro:isStatedIn passage:{number} .
passage:{number} a gro:Passage ; oa:hasSource text:{document} ; oa:hasSelector selector:{number} ;
  gro:isInSection section:{document} ; gro:firstLine 1 ; gro:lastLine 1 ; gro:contextStart {number * 10} ;
  gro:contextEnd {number * 10 + 9} .
selector:{number} oa:exact "woord {number}" ; oa:start {number * 10} ; oa:end {number * 10 + 7} .
"""


CLAIMS = [
    claim(1, "one", "instrument:fund gro:isActiveIn country:AAA"),
    claim(2, "one", "instrument:fund gro:contributesTo goal:peace"),
    claim(3, "one", "instrument:fund gro:hasTheme theme:all"),
    claim(4, "one", "instrument:plan gro:hasTheme theme:all"),
    claim(5, "one", "instrument:plan gro:isActiveIn country:BBB", asserted=False),
    claim(6, "one", "country:AAA gro:hasTheme theme:all"),
    claim(7, "one", "goal:peace gro:hasTheme theme:all"),
    claim(8, "two", "instrument:fund gro:contributesTo goal:peace", asserted=False),
    claim(9, "two", "instrument:fund gro:hasTheme theme:all"),
]


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    store = ox.Store()
    store.load((HEAD + THINGS + "".join(CLAIMS)).encode(), format=ox.RdfFormat.TURTLE)
    return Catalogue(store)


def test_a_name_is_found_without_its_accents_by_code_and_by_another_name(catalogue: Catalogue) -> None:
    index = Index(catalogue)
    assert [index.find(asked)[0].iri for asked in ("aland", "aaa", "potje")] == [
        ID + "country/AAA",
        ID + "country/AAA",
        ID + "instrument/fund",
    ]
    assert index.nearest("alnd") == ["aland"]


def test_of_two_short_paths_the_one_past_less_connected_things_is_taken(catalogue: Catalogue) -> None:
    # country:AAA reaches the goal by the fund and by the theme of everything
    path = shortest_paths(catalogue, ID + "country/AAA", ID + "goal/peace", Choice())[0]
    assert [step[0].iri for step in path] == [ID + "claim/1", ID + "claim/2"]


def test_a_path_rests_on_facts_unless_plans_are_allowed(catalogue: Catalogue) -> None:
    ends = ID + "country/BBB", ID + "instrument/plan"
    with pytest.raises(UnconnectedError, match=r"not connected in the asserted claims of document:one \(6\)"):
        shortest_paths(catalogue, *ends, Choice())
    path = shortest_paths(catalogue, *ends, Choice(asserted_only=False))[0]
    assert len(path) == 1


def test_longer_paths_come_later_and_none_meets_a_thing_twice(catalogue: Catalogue) -> None:
    start, goal = ID + "country/AAA", ID + "goal/peace"
    found = shortest_paths(catalogue, start, goal, Choice(), 10)
    assert len(found) == 4
    assert [len(steps) for steps in found] == [2, 2, 3, 3]
    chains = [chain(start, steps) for steps in found]
    assert all(len(set(c)) == len(c) and c[-1] == goal for c in chains)
    assert len({tuple(c) for c in chains}) == 4


def test_a_path_says_which_document_proves_it_alone(catalogue: Catalogue) -> None:
    steps = shortest_paths(catalogue, ID + "country/AAA", ID + "goal/peace", Choice())[0]
    assert proving(steps) == [ID + "document/one"]


def test_neighbours_are_counted_under_the_filters(catalogue: Catalogue) -> None:
    fund = ID + "instrument/fund"
    assert neighbours(catalogue, fund, Choice())[ID + "theme/all"] == 2
    assert set(neighbours(catalogue, fund, Choice(kinds=frozenset({"Country"})))) == {ID + "country/AAA"}
    only_two = Choice(documents=frozenset({ID + "document/two"}), asserted_only=False)
    assert set(neighbours(catalogue, fund, only_two)) == {ID + "goal/peace", ID + "theme/all"}


def test_a_picture_says_what_it_leaves_out(catalogue: Catalogue) -> None:
    picture = around(catalogue, [ID + "instrument/fund"], Choice(), most=2)
    assert picture.nodes == (ID + "instrument/fund", ID + "theme/all")
    assert picture.left_out == 2


def test_documents_agree_differ_or_are_silent(catalogue: Catalogue) -> None:
    found = compare(catalogue, ID + "document/one", ID + "document/two")
    assert [s.first[0].iri for s in found.differing] == [ID + "claim/2"]
    assert [s.first[0].iri for s in found.agreeing] == [ID + "claim/3"]
    assert ID + "country/AAA" in found.only_first
    assert found.only_second == ()
    assert [(p.issue, len(p.first), len(p.second)) for p in found.issues] == [(ID + "issue/fund", 2, 1)]
