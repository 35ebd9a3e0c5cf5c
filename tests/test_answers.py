"""Answers carry their proof, say what their emptiness means, and cannot be forged."""

from __future__ import annotations

import copy
import json
import random
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from kg import coverage
from kg.algebra import NoProofError
from kg.answers import ask, of_query
from kg.changes import changes
from kg.explanation import explain
from kg.footnotes import to_bibtex, to_csl, to_text
from kg.parameters import ParameterValueError
from kg.proof import prove
from kg.questions import UnknownParameterError, UnknownQuestionError, bind, question
from kg.release import AbsentReleaseError, Release, named
from kg.repetition import repeat
from kg.store import open_store
from kg.tables import to_csv, to_markdown, to_xlsx
from kg.verification import OtherReleaseError, verify
from kg.vocabulary import DEF

CLAIM = "SELECT ?c WHERE { ?c a gro:Claim } ORDER BY ?c LIMIT 3"


@pytest.fixture(scope="module")
def said(store: ox.Store, release: Release) -> dict[str, Any]:
    return ask(store, release, "implementers-of-an-instrument", proof=True).to_dict()


def test_a_true_answer_is_verified(said: dict[str, Any], store: ox.Store, release: Release) -> None:
    assert verify(said, store, release) == []


def _leaves(data: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if isinstance(data, dict):
        return [p for k, v in data.items() for p in _leaves(v, (*path, k))]
    if isinstance(data, list):
        return [p for i, v in enumerate(data) for p in _leaves(v, (*path, i))]
    return [path]


def _forge(data: dict[str, Any], path: tuple[Any, ...]) -> dict[str, Any]:
    forged = copy.deepcopy(data)
    at = forged
    for step in path[:-1]:
        at = at[step]
    old = at[path[-1]]
    at[path[-1]] = (not old) if isinstance(old, bool) else old + 1 if isinstance(old, int) else f"{old or ''}x"
    return forged


def test_fifty_forged_answers_are_all_rejected(said: dict[str, Any], store: ox.Store, release: Release) -> None:
    bearing = [
        p for p in _leaves(said) if p[0] in ("rows", "proof", "resultHash", "coverage", "columns", "sparql")
    ]
    for path in random.Random(4).sample(bearing, 46):
        assert verify(_forge(said, path), store, release), path
    added, dropped, swapped, moved = (copy.deepcopy(said) for _ in range(4))
    added["rows"].append(added["rows"][0])
    dropped["rows"].pop()
    swapped["proof"]["rows"][0]["claims"] = ["https://w3id.org/grotius/id/claim/nota-0001"]
    moved["parameters"]["instrument"] = "instrument:nfrp"
    for forged in (added, dropped, swapped, moved):
        assert verify(forged, store, release)


def test_a_forgery_is_named(said: dict[str, Any], store: ox.Store, release: Release) -> None:
    forged = copy.deepcopy(said)
    iri = next(iter(forged["proof"]["passages"]))
    forged["proof"]["passages"][iri]["anchors"][0]["exact"] = "woorden die er niet staan"
    problems = verify(forged, store, release)
    assert len(problems) == 1
    assert iri.rsplit("/", 1)[-1] in problems[0] and "woorden die er niet staan" in problems[0]


def test_anchors_are_looked_up_in_the_texts(
    said: dict[str, Any], store: ox.Store, release: Release, sources: Path
) -> None:
    assert verify(said, store, release, sources) == []


def test_an_answer_of_another_release_is_not_judged(
    said: dict[str, Any], store: ox.Store, release: Release
) -> None:
    other = {**said, "release": {"name": "000000000000"}}
    with pytest.raises(OtherReleaseError, match="000000000000"):
        verify(other, store, release)
    with pytest.raises(AbsentReleaseError):
        named(release.folder.parent, "000000000000")


def test_the_same_release_repeats_unchanged(said: dict[str, Any], store: ox.Store, release: Release) -> None:
    assert repeat(said, store, release).is_unchanged
    without = {**said, "rows": said["rows"][1:]}
    changed = repeat(without, store, release)
    assert len(changed.come) == 1 and "new" in changed.in_words("en")


def _proof_of(store: ox.Store, pattern: str) -> Any:
    return prove(store, pattern)


def test_joins_unions_optionals_and_aggregates_are_proved(store: ox.Store) -> None:
    for pattern in (
        "SELECT ?i ?c WHERE { ?i gro:isActiveIn ?c . ?c a gro:Country . OPTIONAL { ?i gro:hasBudget ?b } }",
        "SELECT ?x WHERE { { ?x gro:isFundedBy ?y } UNION { ?x gro:hosts ?y } }",
        "SELECT ?f (COUNT(?x) AS ?n) WHERE { ?x gro:isFundedBy ?f } GROUP BY ?f",
        "SELECT ?f ?n WHERE { { SELECT ?f (COUNT(?x) AS ?n) WHERE { ?x gro:isFundedBy ?f } GROUP BY ?f } }",
        "SELECT ?x WHERE { ?x gro:isPartOf/gro:isPartOf* instrument:vernieuwde-aanpak }",
        "SELECT ?x WHERE { ?y ^gro:leads ?z . ?z gro:leads [ a ?x ] }",
    ):
        found = prove(store, pattern)
        assert found.rows
        assert all(r.claims or r.entailments for r in found.rows), pattern


def test_a_group_rests_on_all_its_members(store: ox.Store) -> None:
    query = (
        "SELECT ?f (COUNT(DISTINCT ?x) AS ?n) WHERE { ?x gro:isFundedBy ?f } GROUP BY ?f ORDER BY DESC(?n) ?f"
    )
    counts = [int(r["n"].value) for r in store.query(query, prefixes={"gro": DEF})]  # type: ignore[union-attr]
    assert max(counts) > 1
    assert [len(r.claims) >= n for r, n in zip(prove(store, query).rows, counts, strict=True)] == [True] * len(
        counts
    )


def test_an_inferred_step_names_its_rule_and_the_claims_under_it(store: ox.Store) -> None:
    found = prove(store, "SELECT ?a ?b WHERE { ?e a gro:Entailment ; gro:subject ?a ; gro:object ?b } LIMIT 20")
    for entailment in found.entailments.values():
        assert entailment["rule"]
        assert all(p in found.claims or p in found.entailments for p in entailment["premises"])


@pytest.mark.parametrize(
    ("query", "because"),
    [
        ("SELECT (RAND() AS ?x) WHERE { ?c a gro:Country }", "differ each time"),
        ("ASK { ?s ?p ?o }", "only the rows of a SELECT"),
        ("SELECT ?n WHERE { { SELECT (1 AS ?n) {} } } GROUP BY (?n + 1)", "without a name"),
        ("SELECT (COUNT(?x) AS ?n) WHERE { ?x gro:isFundedBy ?f } GROUP BY ?f", "add \\?f to SELECT"),
        ("SELECT ?s FROM graph:sources WHERE { ?s a gro:Document }", "FROM chooses other graphs"),
    ],
)
def test_where_there_is_no_proof_it_says_why(store: ox.Store, query: str, because: str) -> None:
    with pytest.raises(NoProofError, match=because):
        prove(store, query)


def test_an_empty_answer_says_looked_for_and_not_found(store: ox.Store, release: Release) -> None:
    query = """SELECT ?host WHERE { VALUES ?d { document:hgis-jaarverslag-2022-thema-2 }
      ?c gro:predicate gro:hosts ; gro:subject ?host ; gro:isStatedIn/gro:isInSection/gro:isSectionOf ?d }"""
    answer = of_query(store, release, query)
    assert answer.verdict.state == coverage.NOT_FOUND
    assert "HGIS" in answer.verdict_text and "Looked for and not found" in answer.verdict_text


def test_what_was_looked_for_is_read_from_filters_and_from_classes_that_only_gather_others(
    store: ox.Store,
) -> None:
    within = "SELECT ?s WHERE { ?s ?p ?o FILTER (?p IN (gro:opposes, gro:supports)) }"
    assert coverage.terms_asked(within) == [DEF + "opposes", DEF + "supports"]
    assert coverage.terms_asked("SELECT ?s WHERE { ?s a gro:Matter }") == list(coverage.classes())
    nowhere = bind(question("things-by-word"), {"word": "no thing is called so"})
    assert coverage.judge(store, nowhere, 0).state == coverage.NOT_FOUND


def test_a_seeded_gap_never_says_no(release: Release) -> None:
    gappy = open_store(release.nquads)
    records = {q.subject for q in gappy.quads_for_pattern(None, ox.NamedNode(DEF + "coversTerm"), None)}
    chance = random.Random(7)
    removed = set(chance.sample(sorted(records, key=str), len(records) // 3))
    gone: set[tuple[str, str]] = set()
    for record in removed:
        triples = {q.predicate.value: q.object for q in gappy.quads_for_pattern(record, None, None)}  # type: ignore[arg-type]
        gone.add((triples[DEF + "coversTerm"].value, triples[DEF + "coversDocument"].value))  # type: ignore[union-attr]
        for quad in list(gappy.quads_for_pattern(record, None, None)):  # type: ignore[arg-type]
            gappy.remove(quad)
    read, rows = coverage.matrix(gappy)
    relational = [row for row in rows if row[0].rsplit("#", 1)[-1][0].islower()]
    for term, cells in chance.sample(relational, 16):
        for document, cell in zip(read, cells, strict=True):
            query = (
                f"SELECT ?s WHERE {{ VALUES ?d {{ <{document}> }} ?c gro:predicate <{term}> ; gro:subject ?s ;"
                " gro:isStatedIn/gro:isInSection/gro:isSectionOf ?d . FILTER (false) }"
            )
            verdict = coverage.judge(gappy, query, 0)
            expected = coverage.NOT_COVERED if (term, document) in gone else coverage.NOT_FOUND
            assert verdict.state == expected, (term, document)
            assert (cell.found is None) == ((term, document) in gone)


def test_an_explanation_counts_what_each_pattern_removed(store: ox.Store) -> None:
    found = explain(store, "SELECT ?c WHERE { ?c a gro:Country ; gro:isMemberOf ?body }")
    countries, members = found.steps if found.steps[0].pattern.endswith("country") else found.steps[::-1]
    assert countries.after >= found.rows
    loss = next((x for s in found.steps for x in s.losses if x.variable == "?c"), None)
    assert loss is not None and loss.removed > 0 and loss.examples
    assert f"{loss.removed} of {loss.before}" in "\n".join(s.in_words() for s in found.steps)
    assert members.before


def test_what_leaves_nothing_is_named(store: ox.Store) -> None:
    found = explain(store, "SELECT ?c WHERE { ?c a gro:Country . FILTER NOT EXISTS { ?c a gro:Matter } }")
    assert found.rows == 0
    assert found.culprit is not None and "there is no" in found.culprit.pattern


def test_a_claim_that_was_taken_out_is_told_in_words(store: ox.Store, release: Release) -> None:
    newer = open_store(release.nquads)
    claim = next(iter(store.query(CLAIM, prefixes={"gro": DEF})))["c"]  # type: ignore[union-attr,index,arg-type,call-overload]
    for quad in list(newer.quads_for_pattern(claim, None, None)):
        newer.remove(quad)
    found = changes(store, newer)
    assert [c.kind for c in found] == ["removed"]
    assert "–" in found[0].in_words("en")
    assert changes(store, store) == []


def test_tables_carry_footnotes(store: ox.Store, release: Release) -> None:
    answer = ask(store, release, "who-funds-what", proof=True, language="nl")
    assert to_csv(answer).splitlines()[0] == "matter,matter_label,funder,funder_label,footnotes"
    assert "[^1]: " in to_markdown(answer) and "| [^1]" not in to_markdown(answer).splitlines()[2]
    assert to_xlsx(answer)[:2] == b"PK"
    assert to_text(answer).startswith("1. ")
    works = json.loads(to_csl(answer, store))
    assert works[-1]["type"] == "dataset" and all(w["id"] and w["title"] for w in works)
    from bibtexparser.entrypoint import parse_string

    assert len(parse_string(to_bibtex(answer, store)).entries) == len(works)


@pytest.mark.parametrize(
    "hostile",
    [
        "country:UKR> } #",
        '"} UNION { ?s ?p ?o',
        "country:{}",
        "<http://x/>",
        "'; DROP ALL",
        "\\u003e",
        "?x",
        "",
    ],
)
def test_nothing_unescaped_reaches_the_evaluator(store: ox.Store, release: Release, hostile: str) -> None:
    with pytest.raises(ParameterValueError):
        ask(store, release, "what-is-said-of-a-country", {"country": hostile})
    if hostile:
        text = bind(question("things-by-word"), {"word": hostile})
        assert str(ox.Literal(hostile)) in text
        assert of_query(store, release, text).rows == ()


def test_a_wrong_value_gets_the_nearest_valid_choice(store: ox.Store, release: Release) -> None:
    with pytest.raises(ParameterValueError, match="nearest: country:UKR"):
        ask(store, release, "what-is-said-of-a-country", {"country": "Oekraine"})
    with pytest.raises(ParameterValueError, match="it is no gro:Country"):
        ask(store, release, "what-is-said-of-a-country", {"country": "organisation:eu"})
    with pytest.raises(ParameterValueError, match="rolled-up, as-written"):
        ask(store, release, "goals-of-an-actor", {"reading": "rolled"})
    with pytest.raises(UnknownParameterError):
        ask(store, release, "goals-of-an-actor", {"land": "x"})
    with pytest.raises(UnknownQuestionError, match="goals-of-an-actor"):
        ask(store, release, "goals-of-actor")


def test_a_label_may_fill_a_blank(store: ox.Store, release: Release) -> None:
    assert ask(store, release, "what-is-said-of-a-country", {"country": "oekraïne"}).parameters == {
        "country": "country:UKR"
    }


def test_actors_roll_up_by_default_and_not_on_request(store: ox.Store, release: Release) -> None:
    rolled = ask(store, release, "goals-of-an-actor")
    written = ask(store, release, "goals-of-an-actor", {"reading": "as-written"})
    assert len({r[0].value for r in rolled.rows if r[0]}) > len({r[0].value for r in written.rows if r[0]}) == 1


def test_no_report_shows_progress_on_what_was_intended_later(store: ox.Store, release: Release) -> None:
    answer = ask(store, release, "progress-on-intended-results", proof=True)
    assert answer.rows
    assert {row[-1].value for row in answer.rows if row[-1]} == {"false"}
    assert any("cannot show progress" in w for w in answer.warnings)


def test_a_comparison_says_what_it_cannot_bear(store: ox.Store, release: Release) -> None:
    answer = ask(store, release, "agreement-between-two-documents", proof=True)
    said = " ".join(answer.warnings)
    assert "is not a position" in said and "a proposal is not policy" in said
    assert "annual report" not in said.lower(), "only the two that are compared"
    assert {row[-1].value for row in answer.rows if row[-1]} >= {"agree", "one is silent", "other is silent"}
