"""Every constraint can fail: one mutation of the tiny graph for each, and no constraint without one."""

from __future__ import annotations

import pytest
from rdflib import Graph
from rdflib.namespace import RDF, SH

from kg.release import shapes
from kg.validation import validate
from kg.vocabulary import ontology

CLAIM = "<https://w3id.org/grotius/id/claim/tiny-1>"
PASSAGE = "<https://w3id.org/grotius/id/passage/tiny-1>"
SELECTOR = "<https://w3id.org/grotius/id/selector/tiny-1>"
FUND = "<https://w3id.org/grotius/id/instrument/fund>"
AMOUNT = "<https://w3id.org/grotius/id/amount/ten>"
TEXT = "<https://w3id.org/grotius/id/text/tiny>"
COVERAGE = "<https://w3id.org/grotius/id/coverage/tiny-treaty>"
SECTION = "<https://w3id.org/grotius/id/section/tiny-1>"


def without(subject: str, predicate: str) -> str:
    return f"DELETE WHERE {{ {subject} {predicate} ?x }}"


def instead(subject: str, predicate: str, value: str) -> str:
    return f"DELETE WHERE {{ {subject} {predicate} ?x }} ; INSERT DATA {{ {subject} {predicate} {value} }}"


def extra(triples: str) -> str:
    return f"INSERT DATA {{ {triples} }}"


BREAKS = {
    "matterHasLabelNl": f'DELETE DATA {{ {FUND} rdfs:label "Fonds"@nl }}',
    "matterHasLabelEn": f'DELETE DATA {{ {FUND} rdfs:label "Fund"@en }}',
    "matterHasOneLabelPerLanguage": extra(f'{FUND} rdfs:label "Kas"@nl'),
    "labelHasLanguage": extra(f'{FUND} rdfs:label "Fonds"'),
    "labelIsNotEmpty": extra(f'{FUND} rdfs:label " "@de'),
    "matterIsIri": extra(f"{FUND} a [ ]"),
    "Matter": extra('[] a gro:Goal ; rdfs:label "Doel"@nl , "Goal"@en'),
    "thingIsNamed": without(FUND, "gro:isNamedIn"),
    "claimHasSubject": without(CLAIM, "gro:subject"),
    "claimHasPredicate": without(CLAIM, "gro:predicate"),
    "claimHasObject": instead(CLAIM, "gro:object", "<https://w3id.org/grotius/id/country/ZZZ>"),
    "claimHasPassage": without(CLAIM, "gro:isStatedIn"),
    "claimHasStatus": without(CLAIM, "gro:status"),
    "claimHasPolarity": without(CLAIM, "gro:polarity"),
    "claimHasRealisation": instead(CLAIM, "gro:realisation", "gro:decided"),
    "claimHasCommitment": extra(f"{CLAIM} gro:commitment gro:ongoing"),
    "claimHasListKind": without(CLAIM, "gro:listKind"),
    "claimHasSpeechAct": without(CLAIM, "gro:speechAct"),
    "claimHasHolder": without(CLAIM, "gro:holder"),
    "conditionIsWorded": extra(f'{CLAIM} gro:condition "if"@en , "provided"@en'),
    "countIsNumber": extra(f'{CLAIM} gro:statedCount "many"'),
    "extendsToCountry": extra(f"{CLAIM} gro:extendsTo {FUND}"),
    "predicateIsRelation": instead(CLAIM, "gro:predicate", "gro:kind"),
    "PlannedNeedsCommitment": instead(CLAIM, "gro:realisation", "gro:planned"),
    "InterpretedNeedsReason": instead(CLAIM, "gro:status", "gro:interpreted"),
    "subjectIsNotObject": instead(CLAIM, "gro:object", FUND),
    "passageHasSource": without(PASSAGE, "oa:hasSource"),
    "passageHasSelector": without(PASSAGE, "oa:hasSelector"),
    "passageIsInSection": without(PASSAGE, "gro:isInSection"),
    "passageHasFirstLine": without(PASSAGE, "gro:firstLine"),
    "passageHasLastLine": without(PASSAGE, "gro:lastLine"),
    "contextHasStart": instead(PASSAGE, "gro:contextStart", '"50"^^xsd:nonNegativeInteger'),
    "contextHasEnd": without(PASSAGE, "gro:contextEnd"),
    "Selector": f"DELETE DATA {{ {SELECTOR} a oa:TextPositionSelector }}",
    "selectorHasExact": instead(SELECTOR, "oa:exact", '"a b c d e f g h i j k l m"'),
    "selectorHasStart": instead(SELECTOR, "oa:start", '"30"^^xsd:nonNegativeInteger'),
    "selectorHasEnd": without(SELECTOR, "oa:end"),
    "amountHasValue": instead(AMOUNT, "gro:value", '"ten"'),
    "amountHasUnit": without(AMOUNT, "gro:unit"),
    "amountHasKind": instead(AMOUNT, "gro:amountKind", '"wish"'),
    "amountHasComparator": instead(AMOUNT, "gro:comparator", '"roughly"'),
    "sectionHasDocument": without(SECTION, "gro:isSectionOf"),
    "textHasRawHash": instead(TEXT, "gro:rawSha256", '"abc"'),
    "textHasRepairedHash": without(TEXT, "gro:repairedSha256"),
    "coverageHasDocument": without(COVERAGE, "gro:coversDocument"),
    "coverageHasTerm": instead(COVERAGE, "gro:coversTerm", '"treaties"'),
    "coverageHasCount": instead(COVERAGE, "gro:found", '"-1"^^xsd:integer'),
    "coverageHasReader": without(COVERAGE, "prov:wasAttributedTo"),
}
PREFIXES = (
    "PREFIX gro: <https://w3id.org/grotius/def#> PREFIX oa: <http://www.w3.org/ns/oa#> "
    "PREFIX prov: <http://www.w3.org/ns/prov#> PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> "
    "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> "
)


def messages(graph: Graph, name: str) -> set[str]:
    node = next(s for s in graph.subjects(SH.message) if str(s).endswith(f"/{name}"))
    return {str(m) for m in graph.objects(node, SH.message)}


def test_the_tiny_graph_conforms(tiny: Graph) -> None:
    report = validate(tiny, shapes(), ontology())
    assert report.conforms, report.to_text()


@pytest.mark.parametrize("name", BREAKS)
def test_a_constraint_fails_when_it_should(name: str, tiny: Graph) -> None:
    tiny.update(PREFIXES + BREAKS[name])
    report = validate(tiny, shapes(), ontology())
    said = {r.message for r in report.results}
    assert said & messages(shapes(), name), report.to_text()


def test_every_constraint_has_a_mutation_that_breaks_it() -> None:
    constraints = {str(s).rsplit("/", 1)[1] for s in shapes().subjects(SH.message)}
    assert constraints == set(BREAKS)


def test_every_constraint_speaks_dutch_and_english_and_shows_a_correct_example() -> None:
    graph = shapes()
    for node in set(graph.subjects(SH.message)):
        assert {m.language for m in graph.objects(node, SH.message)} == {"nl", "en"}, node
        if (node, RDF.type, SH.NodeShape) not in graph:
            assert any(graph.objects(node, predicate=None)), node
