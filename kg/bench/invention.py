"""An invented policy graph in the shape of the ontology, of any size, line by line: for measuring.

Each document brings its sections, passages, selectors, claims and the things it names first; claims prefer
things that were named early, as real texts do. The same size and seed give the same bytes, and memory does
not grow with size: only how many things of each class there are is kept. The graph conforms to the shapes,
except for the violations that are asked for.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass, field

from kg.vocabulary import DEF, ID

RDF_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
LABEL = "<http://www.w3.org/2000/01/rdf-schema#label>"
OA = "http://www.w3.org/ns/oa#"
XSD = "http://www.w3.org/2001/XMLSchema#"
COUNTRIES, PASSAGES, CLAIMS, SECTIONS = 200, 40, 100, 5
"""Countries in all; passages, claims and sections of each document."""

NEW = {"organisation": 4, "instrument": 6, "theme": 1, "goal": 2, "treaty": 1, "event": 2, "amount": 2}
"""Things that each document is the first to name."""
CLASS = {"country": "Country", **{name: name.capitalize() for name in NEW}}

RELATIONS = (
    ("instrument", "hasTheme", "theme", 18),
    ("instrument", "contributesTo", "goal", 16),
    ("instrument", "isActiveIn", "country", 14),
    ("instrument", "isImplementedBy", "organisation", 10),
    ("country", "participatesIn", "event", 8),
    ("country", "cooperatesWith", "country", 6),
    ("country", "isPartyTo", "treaty", 6),
    ("instrument", "isFundedBy", "organisation", 5),
    ("goal", "prioritises", "theme", 5),
    ("instrument", "isBasedOn", "treaty", 4),
    ("instrument", "hasBudget", "amount", 4),
    ("organisation", "isPartOf", "organisation", 2),
    ("goal", "hasSubgoal", "goal", 2),
)
"""Subject's class, relation, object's class, and how many of a hundred claims are such."""

TOPICS = (
    ("Rechtsstaat", "Rule of law"),
    ("Mensenrechten", "Human rights"),
    ("Vrede", "Peace"),
    ("Veiligheid", "Security"),
    ("Democratie", "Democracy"),
    ("Straffeloosheid", "Impunity"),
    ("Persvrijheid", "Press freedom"),
    ("Ontwapening", "Disarmament"),
)
ACTS = ("informs", "announces", "reports", "assigns", "proposes")
VIOLATIONS = ("no-passage", "dangling-object", "two-polarities", "unnamed-thing", "anchor-too-long")
"""The violations that can be asked for; each belongs to another constraint of the shapes."""


@dataclass
class _Growth:
    """What a graph has so far: how many things of each class, and how many triples."""

    things: dict[str, int] = field(default_factory=lambda: {"country": COUNTRIES, **dict.fromkeys(NEW, 0)})
    triples: int = 0
    documents: int = 0


def _iri(kind: str, number: int | str) -> str:
    return f"<{ID}{kind}/{number}>"


def _gro(name: str) -> str:
    return f"<{DEF}{name}>"


def _number(value: int, datatype: str = "nonNegativeInteger") -> str:
    return f'"{value}"^^<{XSD}{datatype}>'


def _labels(node: str, nl: str, en: str) -> Iterator[tuple[str, str, str]]:
    yield node, LABEL, f'"{nl}"@nl'
    yield node, LABEL, f'"{en}"@en'


def _early(chance: random.Random, count: int) -> int:
    """Return a number below *count*, low ones far more often than high ones."""
    return int(count * chance.random() ** 3)


def _thing(kind: str, number: int, passage: str, chance: random.Random) -> Iterator[tuple[str, str, str]]:
    node = _iri(kind, number)
    nl, en = TOPICS[number % len(TOPICS)]
    yield node, RDF_TYPE, _gro(CLASS[kind])
    yield from _labels(node, f"{nl} {kind} {number}", f"{en} {kind} {number}")
    yield node, _gro("isNamedIn"), passage
    if kind == "event":
        date = f"{1990 + number % 35}-{1 + number % 12:02}-{1 + number % 28:02}"
        yield node, _gro("startDate"), f'"{date}"^^<{XSD}date>'
    if kind == "amount":
        yield node, _gro("value"), f'"{chance.randrange(1, 500)}000.0"^^<{XSD}decimal>'
        yield node, _gro("unit"), '"EUR"'
        yield node, _gro("amountKind"), '"budget"'
        yield node, _gro("comparator"), '"exactly"'


def _ends(
    chance: random.Random, subject: str, relation: str, obj: str, count: dict[str, int]
) -> tuple[int, int]:
    """Return the numbers of subject and object; parts and subgoals form trees, so that chains stay short."""
    if relation in ("isPartOf", "hasSubgoal"):
        child = 1 + int((count[subject] - 1) * chance.random())
        return (child, child // 6) if relation == "isPartOf" else (child // 6, child)
    first, second = _early(chance, count[subject]), _early(chance, count[obj])
    if subject == obj and first == second:
        second = (first + 1) % count[obj]
    return first, second


def _claim(
    name: str, document: int, passage: str, chance: random.Random, count: dict[str, int], wrong: str | None
) -> Iterator[tuple[str, str, str]]:
    subject, relation, obj, _ = chance.choices(RELATIONS, [r[3] for r in RELATIONS])[0]
    numbers = _ends(chance, subject, relation, obj, count)
    ends = _iri(subject, numbers[0]), _iri(obj, numbers[1])
    claim = _iri("claim", name)
    planned, negative = chance.random() < 0.15, chance.random() < 0.05
    yield claim, RDF_TYPE, _gro("Claim")
    yield claim, _gro("subject"), ends[0]
    yield claim, _gro("predicate"), _gro(relation)
    yield claim, _gro("object"), _iri("country", "nowhere") if wrong == "dangling-object" else ends[1]
    if wrong != "no-passage":
        yield claim, _gro("isStatedIn"), passage
    yield claim, _gro("status"), _gro("explicit")
    yield claim, _gro("polarity"), _gro("negative" if negative else "affirmative")
    if wrong == "two-polarities":
        yield claim, _gro("polarity"), _gro("affirmative" if negative else "negative")
    yield claim, _gro("realisation"), _gro("planned" if planned else "ongoing")
    if planned:
        yield claim, _gro("commitment"), _gro("intended")
    yield claim, _gro("listKind"), _gro("illustrative" if chance.random() < 0.1 else "unmarked")
    yield claim, _gro("speechAct"), _gro(ACTS[document % len(ACTS)])
    yield claim, _gro("holder"), _iri("organisation", document % 40 if document >= 40 else 0)
    yield from _labels(claim, f"bewering {name}", f"claim {name}")
    asserted = not planned and not negative and wrong is None
    yield claim, _gro("isAsserted"), f'"{"true" if asserted else "false"}"^^<{XSD}boolean>'
    if asserted:
        yield ends[0], _gro(relation), ends[1]


def _places(document: int, wrong: str | None) -> Iterator[tuple[str, str, str]]:
    """Yield the document itself, its text, its sections, passages and selectors."""
    work, text = _iri("document", document), _iri("text", document)
    yield work, RDF_TYPE, _gro("Document")
    yield from _labels(work, f"Document nummer {document}", f"Document number {document}")
    yield text, RDF_TYPE, _gro("SourceText")
    digest = hashlib.sha256(str(document).encode()).hexdigest()
    yield text, _gro("rawSha256"), f'"{digest}"'
    yield text, _gro("repairedSha256"), f'"{digest}"'
    yield work, _gro("hasText"), text
    for i in range(SECTIONS):
        section = _iri("section", f"{document}-{i}")
        yield section, RDF_TYPE, _gro("Section")
        yield section, _gro("isSectionOf"), work
        yield from _labels(section, f"deel {i} van {document}", f"part {i} of {document}")
    for i in range(PASSAGES):
        passage, selector = _iri("passage", f"{document}-{i}"), _iri("selector", f"{document}-{i}")
        yield passage, RDF_TYPE, _gro("Passage")
        yield passage, f"<{OA}hasSource>", text
        yield passage, f"<{OA}hasSelector>", selector
        yield passage, _gro("isInSection"), _iri("section", f"{document}-{i * SECTIONS // PASSAGES}")
        yield passage, _gro("firstLine"), _number(i + 1)
        yield passage, _gro("lastLine"), _number(i + 2)
        yield passage, _gro("contextStart"), _number(i * 100)
        yield passage, _gro("contextEnd"), _number(i * 100 + 99)
        yield selector, RDF_TYPE, f"<{OA}TextQuoteSelector>"
        yield selector, RDF_TYPE, f"<{OA}TextPositionSelector>"
        words = " ".join(f"woord{n}" for n in range(20 if wrong == "anchor-too-long" and i == 0 else 4))
        yield selector, f"<{OA}exact>", f'"{words} {document} {i}"'
        yield selector, f"<{OA}start>", _number(i * 100 + 10)
        yield selector, f"<{OA}end>", _number(i * 100 + 40)


def _document(growth: _Growth, chance: random.Random, violations: int) -> Iterator[tuple[str, str, str]]:
    """Yield one document; every *violations*-th claim (0: none) has one of the violations, in turn."""
    document = growth.documents
    wrong_here = VIOLATIONS[document % len(VIOLATIONS)] if violations else None
    yield from _places(document, wrong_here)
    if document == 0:
        for number in range(COUNTRIES):
            yield from _thing("country", number, _iri("passage", "0-0"), chance)
    for kind, new in NEW.items():
        for number in range(growth.things[kind], growth.things[kind] + new * (4 if document == 0 else 1)):
            passage = _iri("passage", f"{document}-{number % PASSAGES}")
            for triple in _thing(kind, number, passage, chance):
                if not (wrong_here == "unnamed-thing" and triple[1] == _gro("isNamedIn")):
                    yield triple
            growth.things[kind] = number + 1
    for i in range(CLAIMS):
        passage = _iri("passage", f"{document}-{chance.randrange(PASSAGES)}")
        wrong = VIOLATIONS[i % 3] if violations and (document * CLAIMS + i) % violations == 0 else None
        yield from _claim(f"{document}-{i}", document, passage, chance, growth.things, wrong)
    growth.documents += 1


def invent(triples: int, seed: int = 1, violations: int = 0) -> Iterator[str]:
    """Yield the N-Triples lines of whole documents until there are at least *triples*.

    *violations*: one claim in so many is wrong (0: none is). A plain triple that two claims state comes
    twice, so a store holds a few per thousand fewer.

    >>> lines = list(invent(5000))
    >>> lines == list(invent(5000)), 5000 <= len(lines) < 8000
    (True, True)
    """
    chance, growth = random.Random(seed), _Growth()
    while growth.triples < triples:
        for s, p, o in _document(growth, chance, violations):
            growth.triples += 1
            yield f"{s} {p} {o} .\n"
