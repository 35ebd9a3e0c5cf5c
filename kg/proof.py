"""From triples to proof: the claims that state them, the rules they follow by, the passages they rest on.

Kinds of proof: a claim with its passages; an entailment with its rule and premises, down to claims; a
record of the reference data, with the graph it stands in and the passages that name the thing; coverage,
for what is not there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pyoxigraph as ox
from rdflib.namespace import RDF, RDFS

from kg.view import to_ox
from kg.vocabulary import DEF, GRAPH, OA, relations, shorten
from kg.witness import Triple, Witness, witnesses

STANCE = (
    "status",
    "polarity",
    "realisation",
    "commitment",
    "condition",
    "holder",
    "speechAct",
    "listKind",
    "reason",
    "statedCount",
    "startDate",
    "endDate",
)


@dataclass
class RowProof:
    """What one row rests on, as IRIs into the tables of a Proof; ``absent``: terms looked for in vain."""

    claims: list[str] = field(default_factory=list)
    entailments: list[str] = field(default_factory=list)
    passages: list[str] = field(default_factory=list)
    records: list[tuple[str, str, str, str]] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)

    @property
    def is_proved(self) -> bool:
        """Tell whether anything stands behind the row."""
        return bool(self.claims or self.entailments or self.passages or self.records or self.absent)


@dataclass
class Proof:
    """The proof of an answer: one RowProof for each row, and what their IRIs stand for."""

    rows: list[RowProof]
    claims: dict[str, dict[str, Any]]
    entailments: dict[str, dict[str, Any]]
    passages: dict[str, dict[str, Any]]


def _iri(name: str) -> ox.NamedNode:
    return ox.NamedNode(name if "://" in name else DEF + name)


class Reader:
    """Reads statements, passages and labels out of a store, each once."""

    def __init__(self, store: ox.Store, language: str = "en") -> None:
        self.store, self.language = store, language
        self._by_subject: dict[str, list[tuple[str, str, str]]] = {}
        self._labels: dict[str, str] = {}
        self._kinds: dict[str, str] = {}

    def values(self, subject: str, predicate: str) -> list[Any]:
        """Return the objects of *subject* for *predicate* (a name of ours, or an IRI), in order."""
        found = self.store.quads_for_pattern(_iri(subject), _iri(predicate), None, ox.DefaultGraph())
        return sorted((q.object for q in found), key=str)

    def value(self, subject: str, predicate: str) -> Any:
        """Return the one object, or None."""
        return next(iter(self.values(subject, predicate)), None)

    def label(self, iri: str) -> str:
        """Return the label of *iri* in the reader's language, else in any, else its short IRI."""
        if iri not in self._labels:
            found = {
                v.language: v.value for v in self.values(iri, str(RDFS.label)) if isinstance(v, ox.Literal)
            }
            other = found.get("nl") or next(iter(found.values()), shorten(iri))
            self._labels[iri] = found.get(self.language) or other
        return self._labels[iri]

    def in_language(self, subject: str, predicate: str) -> str | None:
        """Return a text in the reader's language, else in any."""
        found = [v for v in self.values(subject, predicate) if isinstance(v, ox.Literal)]
        best = [v for v in found if v.language == self.language] or found
        return best[0].value if best else None

    def kind(self, iri: str) -> str:
        """Return which of Claim, Entailment, Passage, Section, Coverage or Selector *iri* is, else ''."""
        if iri not in self._kinds:
            types = {v.value for v in self.values(iri, str(RDF.type))}
            ours = ("Claim", "Entailment", "Passage", "Section", "Coverage")
            found = next((k for k in ours if DEF + k in types), "")
            self._kinds[iri] = found or ("Selector" if str(OA.TextQuoteSelector) in types else "")
        return self._kinds[iri]

    def statements(self, s: str, p: str, o: str) -> list[str]:
        """Return the asserted claims and entailments that state a triple, sorted."""
        if s not in self._by_subject:
            found = []
            for quad in self.store.quads_for_pattern(None, _iri("subject"), _iri(s), ox.DefaultGraph()):
                node = str(quad.subject)[1:-1]
                asserted = self.value(node, "isAsserted")
                if asserted is not None and asserted.value == "true":
                    found.append((node, self.value(node, "predicate").value, self.value(node, "object").value))
            self._by_subject[s] = found
        return sorted(node for node, predicate, obj in self._by_subject[s] if (predicate, obj) == (p, o))

    def claim(self, iri: str) -> dict[str, Any]:
        """Return what a claim says, in its stance, and where."""
        said: dict[str, Any] = {"iri": iri, "label": self.label(iri)}
        for name in ("subject", "predicate", "object"):
            said[name] = self.value(iri, name).value
        for name in STANCE:
            value = self.value(iri, name)
            if isinstance(value, ox.NamedNode):
                said[name] = {"iri": value.value, "label": self.label(value.value)}
            elif value is not None:
                said[name] = self.in_language(iri, name)
        said["asserted"] = self.value(iri, "isAsserted").value == "true"
        said["passages"] = [v.value for v in self.values(iri, "isStatedIn")]
        return said

    def entailment(self, iri: str) -> dict[str, Any]:
        """Return what follows, by which rule and from which premises."""
        return {
            "iri": iri,
            "label": self.label(iri),
            "subject": self.value(iri, "subject").value,
            "predicate": self.value(iri, "predicate").value,
            "object": self.value(iri, "object").value,
            "rule": self.value(iri, "rule").value,
            "premises": [v.value for v in self.values(iri, "hasPremise")],
        }

    def passage(self, iri: str) -> dict[str, Any]:
        """Return where a passage stands: document, section, lines, anchors, and the text's hash."""
        section = self.value(iri, "isInSection").value
        document = self.value(section, "isSectionOf").value
        text = self.value(iri, str(OA.hasSource)).value
        anchors = [
            {
                "exact": self.value(s.value, str(OA.exact)).value,
                "start": int(self.value(s.value, str(OA.start)).value),
                "end": int(self.value(s.value, str(OA.end)).value),
            }
            for s in self.values(iri, str(OA.hasSelector))
        ]
        found: dict[str, Any] = {
            "iri": iri,
            "document": {"iri": document, "label": self.label(document)},
            "section": {"iri": section, "label": self.label(section)},
            "lines": [int(self.value(iri, name).value) for name in ("firstLine", "lastLine")],
            "anchors": sorted(anchors, key=lambda a: a["start"]),
            "context": [int(self.value(iri, name).value) for name in ("contextStart", "contextEnd")],
            "text": text,
            "sha256": self.value(text, "repairedSha256").value,
        }
        for name in ("footnote", "page"):
            number = self.value(iri, name)
            if number is not None:
                found[name] = int(number.value)
        return found

    def graphs(self, triple: Triple) -> list[str]:
        """Return the named graphs in which *triple* stands, sorted."""
        s, p, o = (to_ox(t) for t in triple)
        assert isinstance(s, (ox.NamedNode, ox.BlankNode)) and isinstance(p, ox.NamedNode)
        found = self.store.quads_for_pattern(s, p, o, None)
        return sorted(q.graph_name.value for q in found if isinstance(q.graph_name, ox.NamedNode))


def _row(reader: Reader, witness: Witness) -> RowProof:
    claims: set[str] = set()
    entailments: set[str] = set()
    passages: set[str] = set()
    records: set[tuple[str, str, str, str]] = set()
    named: set[str] = set()
    known = {str(r) for r in relations()}
    for triple in witness.triples:
        s, p, o = (str(t) for t in triple)
        kind = reader.kind(s)
        stated = reader.statements(s, p, o) if p in known else []
        if stated:
            claims.update(i for i in stated if reader.kind(i) == "Claim")
            entailments.update(i for i in stated if reader.kind(i) == "Entailment")
        elif kind == "Claim":
            claims.add(s)
        elif kind == "Entailment":
            entailments.add(s)
        elif kind == "Passage":
            passages.add(s)
        else:
            for graph in reader.graphs(triple) or [GRAPH]:
                records.add((s, p, o, graph))
            if kind == "" and p == str(RDF.type):
                named.update(v.value for v in reader.values(s, "isNamedIn"))
            elif kind == "" and p not in known and p != str(RDFS.label):
                passages.update(v.value for v in reader.values(s, "isNamedIn"))
            elif kind == "Selector":
                selected = reader.store.quads_for_pattern(None, _iri(str(OA.hasSelector)), _iri(s), None)
                passages.update(str(q.subject)[1:-1] for q in selected)
    if not (claims or entailments or passages):
        passages = named  # no claim: then the passages that name the thing are its proof
    absent = sorted(t for t in witness.absent if t.startswith(DEF))
    return RowProof(sorted(claims), sorted(entailments), sorted(passages), sorted(records), absent)


def _premises(reader: Reader, start: Iterable[str]) -> Iterator[str]:
    """Yield every entailment under *start*, and every claim, each once."""
    todo, seen = list(start), set()
    while todo:
        node = todo.pop()
        if node in seen:
            continue
        seen.add(node)
        yield node
        if reader.kind(node) == "Entailment":
            todo.extend(v.value for v in reader.values(node, "hasPremise"))


def prove(store: ox.Store, sparql: str, language: str = "en") -> Proof:
    """Return the proof of each row of *sparql*; raises NoProofError, which says why, where it cannot."""
    _, found = witnesses(store, sparql)
    reader = Reader(store, language)
    rows = [_row(reader, w) for w in found]
    under = list(_premises(reader, {e for r in rows for e in r.entailments}))
    claims = {c for r in rows for c in r.claims} | {n for n in under if reader.kind(n) == "Claim"}
    entailments = {n for n in under if reader.kind(n) == "Entailment"}
    said = {iri: reader.claim(iri) for iri in sorted(claims)}
    passages = {p for r in rows for p in r.passages} | {p for c in said.values() for p in c["passages"]}
    return Proof(
        rows,
        said,
        {iri: reader.entailment(iri) for iri in sorted(entailments)},
        {iri: reader.passage(iri) for iri in sorted(passages)},
    )


def claims_under(proof: Proof, row: RowProof) -> list[str]:
    """Return the claims that *row* rests on, those under its entailments too, sorted."""
    found, todo = set(row.claims), list(row.entailments)
    while todo:
        for premise in proof.entailments[todo.pop()]["premises"]:
            if premise in proof.entailments:
                todo.append(premise)
            else:
                found.add(premise)
    return sorted(found)


def passages_under(proof: Proof, row: RowProof) -> list[str]:
    """Return the passages that *row* rests on, through claims and rules too, in reading order."""
    found = set(row.passages)
    for claim in claims_under(proof, row):
        found.update(proof.claims[claim]["passages"])
    return sorted(found, key=lambda p: (proof.passages[p]["document"]["iri"], proof.passages[p]["context"], p))
