"""Reconciliation: names to candidates, candidates to their values, in the terms of the Reconciliation API 0.2.

See https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/. ``match`` is said only of
a candidate that has exactly the name or code, is of the type, contradicts no property, and is the only one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox
from rdflib import URIRef
from rdflib.namespace import RDFS

from kg.linking.columns import resolve
from kg.linking.index import Index, build_index, names_in_store
from kg.linking.matching import candidates
from kg.linking.names import fold
from kg.vocabulary import DEF, ID, ID_CLASSES, label, ontology, relations

SCHEMES = ("wikidata", "iso-alpha-3", "iso-alpha-2", "m49", "eu-country", "tooi", "ror", "iati-organisation")
"""Codes that are properties of a thing, beside the relations of the ontology."""
WHOLE = ("wikidata", "tooi", "ror", "iati-organisation")
"""Schemes whose codes cannot be mistaken for a name."""
LITERALS = {
    "label": str(RDFS.label),
    "altLabel": "http://www.w3.org/2004/02/skos/core#altLabel",
    "definition": "http://www.w3.org/2004/02/skos/core#definition",
    "notation": "http://www.w3.org/2004/02/skos/core#notation",
}


@dataclass(frozen=True)
class Candidate:
    """A thing that may be meant: a score of 0 to 100, what it is made of, and whether it is certain."""

    iri: str
    score: float
    match: bool
    features: Mapping[str, float]


def class_tree() -> dict[str, set[str]]:
    """Return for each class of the ontology the classes of identifiers below it."""
    tree: dict[str, set[str]] = {}
    for name in ID_CLASSES.values():
        for above in ontology().transitive_objects(URIRef(DEF + name), RDFS.subClassOf):
            if str(above).startswith(DEF):
                tree.setdefault(str(above).removeprefix(DEF), set()).add(name)
    return tree


class Reconciler:
    """The names, codes and values of the things in one store."""

    def __init__(self, store: ox.Store) -> None:
        self.store = store
        self.index: Index = build_index(names_in_store(store))
        self.classes = class_tree()
        self.properties = sorted(str(p).removeprefix(DEF) for p in relations())

    def identify(self, name: str) -> str | None:
        """Return the IRI of an identifier such as ``country/UKR``, where there is such a thing."""
        iri = name if name.startswith(ID) else ID + name
        thing = self.index.things.get(iri)
        return iri if thing and thing.in_graph else None

    def class_of(self, iri: str) -> str:
        """Return the class of a thing."""
        return ID_CLASSES[self.index.things[iri].kind]

    def name_of(self, iri: str, language: str = "en") -> str:
        """Return the label of a thing."""
        thing = self.index.things.get(iri)
        if thing:
            return thing.label_nl if language == "nl" else thing.label_en
        return next((t for t in self._literals(iri, LITERALS["label"], language)), iri)

    def broader(self, name: str) -> list[str]:
        """Return the classes directly above a class, as far as things can be of them."""
        above = ontology().objects(URIRef(DEF + name), RDFS.subClassOf)
        return sorted(n for a in above if (n := str(a).removeprefix(DEF)) in self.classes and n != name)

    def is_of(self, iri: str, classes: Iterable[str]) -> bool:
        """Tell whether a thing is of one of the *classes*."""
        return any(self.class_of(iri) in self.classes.get(name.removeprefix(DEF), ()) for name in classes)

    def _literals(self, iri: str, predicate: str, language: str | None = None) -> list[str]:
        found = self.store.quads_for_pattern(
            ox.NamedNode(iri), ox.NamedNode(predicate), None, ox.DefaultGraph()
        )
        terms = [q.object for q in found if isinstance(q.object, ox.Literal)]
        kept = [t.value for t in terms if language is None or t.language in (None, language)]
        return sorted(kept)

    def codes(self, iri: str, scheme: str) -> list[str]:
        """Return the codes of a thing in *scheme*."""
        written = {code: code for code, things in self.index.codes.get(scheme, {}).items() if iri in things}
        return sorted(code.upper() if scheme != "tooi" and scheme != "ror" else code for code in written)

    def objects(self, iri: str, relation: str) -> list[str]:
        """Return what a thing is related to, as far as it is asserted."""
        node, predicate = ox.NamedNode(iri), ox.NamedNode(DEF + relation)
        found = self.store.quads_for_pattern(node, predicate, None, ox.DefaultGraph())
        return sorted(q.object.value for q in found if isinstance(q.object, ox.NamedNode))

    def values(self, iri: str, pid: str, language: str | None = None) -> list[str]:
        """Return the values of a property: IRIs of things, else text."""
        pid = pid.removeprefix(DEF)
        if pid in self.properties:
            return self.objects(iri, pid)
        if pid in SCHEMES:
            return self.codes(iri, pid)
        return self._literals(iri, LITERALS[pid], language) if pid in LITERALS else []

    def _agrees(self, iri: str, pid: str, wanted: Sequence[Any]) -> bool | None:
        """Tell whether a thing has one of the *wanted* values; None where it has none at all."""
        has = self.values(iri, pid)
        if not has:
            return None
        names = {fold(h) for h in has} | {h.removeprefix(ID) for h in has}
        for value in has:
            if value in self.index.things:
                thing = self.index.things[value]
                names |= {fold(thing.label_nl), fold(thing.label_en)}
        for want in wanted:
            text = str(want.get("id") if isinstance(want, dict) else want)
            if text in names or fold(text) in names or text.removeprefix(ID) in names:
                return True
        return False

    def _named(self, text: str, classes: Sequence[str]) -> dict[str, float]:
        """Return the things that *text* may name, with scores: 100 for the very name or code."""
        found: dict[str, float] = {}
        exact = resolve(self.index, text, "name", None)
        if own := self.identify(text.strip()):
            exact[own] = "our own identifier"
        for scheme in WHOLE if "Country" not in classes else SCHEMES:
            exact |= resolve(self.index, text, scheme, None)
        for iri in exact:
            found[iri] = 100.0
        for near in candidates(self.index, text, None, 50):
            found.setdefault(near.thing.iri, near.score)
        return {iri: score for iri, score in found.items() if self.index.things[iri].in_graph}

    def reconcile(self, query: Mapping[str, Any]) -> list[Candidate]:
        """Return the candidates for one query, best first."""
        text, given = query.get("query", ""), query.get("type") or []
        classes = [str(c).removeprefix(DEF) for c in ([given] if isinstance(given, str) else given)]
        strict = query.get("type_strict", "any")
        wanted = [
            (p["pid"], p["v"] if isinstance(p["v"], list) else [p["v"]]) for p in query.get("properties", [])
        ]
        named = self._named(text, classes) if text else dict.fromkeys(self._with_values(wanted), 50.0)
        found = []
        for iri, score in named.items():
            typed = not classes or (
                all(self.is_of(iri, [c]) for c in classes) if strict == "all" else self.is_of(iri, classes)
            )
            if not typed and strict != "should":
                continue
            answers = [self._agrees(iri, pid, values) for pid, values in wanted]
            features = {"name": score, "type": float(typed)}
            features |= {f"property {pid}": float(bool(a)) for (pid, _), a in zip(wanted, answers, strict=True)}
            total = score - (10 if not typed else 0)
            if wanted:
                share = sum(1 for a in answers if a) / len(wanted)
                total = total * 0.6 + 40 * share if not text else total * (0.7 + 0.3 * share)
            sure = score == 100.0 and typed and all(answers)
            found.append(Candidate(iri, round(total, 2), sure, features))
        found.sort(key=lambda c: (-c.score, c.iri))
        several = sum(1 for c in found if c.features["name"] == 100.0 and c.features["type"]) > 1
        resolved = sum(1 for c in found if c.match) == 1 and (not several or bool(wanted) or bool(classes))
        alone = [Candidate(c.iri, c.score, c.match and resolved and bool(text), c.features) for c in found]
        return alone[: max(1, min(int(query.get("limit", 10)), 100))]

    def _with_values(self, wanted: Sequence[tuple[str, Sequence[Any]]]) -> Iterator[str]:
        """Yield the things that have one of the wanted values of the first property."""
        for iri, thing in self.index.things.items():
            if thing.in_graph and any(self._agrees(iri, pid, values) for pid, values in wanted):
                yield iri

    def suggest_things(self, prefix: str, limit: int = 20) -> list[str]:
        """Return the things with a name, or a word of one, that begins with *prefix*; the shortest first."""
        start = fold(prefix)
        if not start:
            return []
        found: dict[str, tuple[int, int]] = {}
        if own := self.identify(prefix.strip()):
            found[own] = (-1, 0)
        for name, things in self.index.names.items():
            if name.startswith(start) or f" {start}" in name:
                rank = (0 if name.startswith(start) else 1, len(name))
                for iri in things:
                    if self.index.things[iri].in_graph:
                        found[iri] = min(rank, found.get(iri, rank))
        return sorted(found, key=lambda i: (found[i], i))[:limit]

    def property_name(self, pid: str, language: str = "en") -> str:
        """Return the label of a property."""
        name = pid.removeprefix(DEF)
        return label(ontology(), URIRef(DEF + name), language) if name in self.properties else name

    def class_name(self, name: str, language: str = "en") -> str:
        """Return the label of a class."""
        return label(ontology(), URIRef(DEF + name), language)

    def range_of(self, pid: str) -> str | None:
        """Return the class that the objects of a relation have, where it is fixed."""
        name = pid.removeprefix(DEF)
        found = ontology().value(URIRef(DEF + name), RDFS.range) if name in self.properties else None
        return (
            str(found).removeprefix(DEF) if isinstance(found, URIRef) and str(found).startswith(DEF) else None
        )

    def properties_of(self, name: str | None) -> list[str]:
        """Return the properties that things of a class have, the usual first."""
        kinds = self.classes.get((name or "Matter").removeprefix(DEF), set())
        counts: dict[str, int] = {}
        for pid in [*LITERALS, *SCHEMES, *self.properties]:
            if pid in self.properties:
                quads = self.store.quads_for_pattern(None, ox.NamedNode(DEF + pid), None, ox.DefaultGraph())
                subjects = {q.subject.value for q in quads if isinstance(q.subject, ox.NamedNode)}
            elif pid in SCHEMES:
                subjects = {i for things in self.index.codes.get(pid, {}).values() for i in things}
            else:
                subjects = set(self.index.things)
            known = self.index.things
            used = sum(1 for i in subjects if i in known and known[i].in_graph and self.class_of(i) in kinds)
            if used:
                counts[pid] = used
        return sorted(counts, key=lambda p: -counts[p])

    def suggest_terms(self, prefix: str, known: Iterable[str]) -> list[str]:
        """Return the classes or properties whose name begins with *prefix*, in any of its words."""
        start = fold(prefix)

        def begins(name: str) -> bool:
            labels = [name, *(label(ontology(), URIRef(DEF + name), language) for language in ("en", "nl"))]
            return any(word.startswith(start) for text in labels for word in [fold(text), *fold(text).split()])

        return sorted(name for name in known if not start or begins(name))


def comment_of(name: str) -> str:
    """Return the definition of a term of the ontology."""
    definition = URIRef("http://www.w3.org/2004/02/skos/core#definition")
    texts = {
        str(getattr(o, "language", "")): str(o) for o in ontology().objects(URIRef(DEF + name), definition)
    }
    return texts.get("en", "")
