"""What changed from one release to the next, at the level of claims and things, in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pyoxigraph as ox
from rdflib.namespace import RDF, RDFS

from kg.proof import Reader
from kg.vocabulary import DEF, relations, shorten

WORDS = {
    "en": {
        "added": "added",
        "removed": "removed",
        "changed": "changed",
        "was": "was",
        "now": "is now",
        "none": "nothing",
    },
    "nl": {
        "added": "toegevoegd",
        "removed": "verwijderd",
        "changed": "gewijzigd",
        "was": "was",
        "now": "is nu",
        "none": "niets",
    },
}
OF_CLAIMS = frozenset(
    {*(DEF + n for n in ("isAsserted", "isPositionOf", "isDerivedFromReading")), str(RDF.type), str(RDFS.label)}
)
"""What is not told of a claim: it follows from the rest, or says who read it."""
OF_THINGS = frozenset({DEF + "isNamedIn", str(RDF.type)})
"""What is not told of a thing; its relations are told at the claims."""


@dataclass(frozen=True)
class Change:
    """One claim or thing that was added, removed or changed; ``details`` has a sentence for each property."""

    kind: str
    iri: str
    label: str
    details: tuple[str, ...] = ()

    def in_words(self, language: str = "en") -> str:
        """Return the change as one line."""
        tail = f" ({'; '.join(self.details)})" if self.details else ""
        return f"{WORDS[language][self.kind]}: {self.label} [{shorten(self.iri)}]{tail}"


def _of(store: ox.Store, kind: str) -> set[str]:
    of_type = store.quads_for_pattern(
        None, ox.NamedNode(str(RDF.type)), ox.NamedNode(DEF + kind), ox.DefaultGraph()
    )
    return {q.subject.value for q in of_type if isinstance(q.subject, ox.NamedNode)}


def _properties(store: ox.Store, iri: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for quad in store.quads_for_pattern(ox.NamedNode(iri), None, None, ox.DefaultGraph()):
        found.setdefault(quad.predicate.value, set()).add(str(quad.object))
    return found


def _said(reader: Reader, terms: set[str], words: dict[str, str]) -> str:
    shown = [reader.label(t[1:-1]) if t.startswith("<") else t.partition("^^")[0] for t in sorted(terms)]
    return ", ".join(shown) or words["none"]


def _details(old: Reader, new: Reader, iri: str, unsaid: frozenset[str]) -> Iterator[str]:
    before, after = _properties(old.store, iri), _properties(new.store, iri)
    words = WORDS[new.language]
    for predicate in sorted(set(before) | set(after)):
        if predicate in unsaid or before.get(predicate) == after.get(predicate):
            continue
        gone = before.get(predicate, set()) - after.get(predicate, set())
        come = after.get(predicate, set()) - before.get(predicate, set())
        yield (
            f"{new.label(predicate)}: {words['was']} {_said(old, gone, words)},"
            f" {words['now']} {_said(new, come, words)}"
        )


def changes(old: ox.Store, new: ox.Store, language: str = "en") -> list[Change]:
    """Return what changed from *old* to *new*: claims first, then the things they are about, by IRI.

    A thing's own claims are not repeated at the thing: only its labels, kinds, dates and values are.
    """
    before, after = Reader(old, language), Reader(new, language)
    found: list[Change] = []
    for kind, unsaid in (("Claim", OF_CLAIMS), ("Matter", OF_THINGS | {str(r) for r in relations()})):
        was, now = _of(old, kind), _of(new, kind)
        found += [Change("added", i, after.label(i)) for i in sorted(now - was)]
        found += [Change("removed", i, before.label(i)) for i in sorted(was - now)]
        for iri in sorted(was & now):
            details = tuple(_details(before, after, iri, unsaid))
            if details:
                found.append(Change("changed", iri, after.label(iri), details))
    return found
