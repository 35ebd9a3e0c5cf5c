"""The release as objects to read: things with their names, claims with their stance, passages, sections.

Built once from the default graph of a release and never changed. Terms keep the names that the ontology
gives them; where something has no text in the language asked for, the other language stands in, and says so.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import pyoxigraph as ox
from rdflib.namespace import RDF, RDFS, SKOS

from kg.vocabulary import DEF, ID, ID_CLASSES, OA, shorten

MATCHES = tuple(str(SKOS[f"{name}Match"]) for name in ("exact", "close", "broad", "related"))
Properties = Mapping[str, tuple[ox.NamedNode | ox.Literal, ...]]


@dataclass(frozen=True)
class Text:
    """A text with the language it is in (empty where it has none)."""

    value: str
    language: str = ""

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True)
class Anchor:
    """The phrase *exact* at [*start*, *end*), in code points of the repaired text."""

    iri: str
    exact: str
    start: int
    end: int


@dataclass(frozen=True)
class Passage:
    """A place in the text *source* of *document*; [*start*, *end*) is what may be shown around its anchors."""

    iri: str
    document: str
    section: str
    source: str
    first_line: int
    last_line: int
    start: int
    end: int
    anchors: tuple[Anchor, ...]
    page: str = ""
    footnote: str = ""


@dataclass(frozen=True)
class Statement:
    """A claim or an entailment: what is said of what, and in which stance (IRIs on each axis, or empty)."""

    iri: str
    subject: str
    predicate: str
    object: str
    asserted: bool
    passages: tuple[str, ...] = ()
    document: str = ""
    stance: Mapping[str, str] = field(default_factory=dict)
    rule: str = ""
    premises: tuple[str, ...] = ()

    @property
    def entailed(self) -> bool:
        """Whether no text says it, but a rule."""
        return bool(self.rule)


AXES = ("status", "polarity", "realisation", "commitment", "listKind", "speechAct", "holder", "extendsTo")
"""The properties of a claim that say how it is said and whose statement it is."""


class Catalogue:
    """Look-ups over one release: ``properties``, ``statements``, ``passages``, and what claims are about."""

    def __init__(self, store: ox.Store) -> None:
        self.properties = _properties(store)
        self.incoming: dict[str, list[tuple[str, str]]] = defaultdict(list)
        self.instances: dict[str, list[str]] = defaultdict(list)
        for iri, about in self.properties.items():
            for predicate, values in about.items():
                for value in values:
                    if isinstance(value, ox.NamedNode):
                        (
                            self.instances[value.value].append(iri)
                            if predicate == str(RDF.type)
                            else self.incoming[value.value].append((predicate, iri))
                        )
        self.passages = {p.iri: p for iri in self.instances[DEF + "Passage"] if (p := self._passage(iri))}
        self.statements = {
            iri: self._statement(iri)
            for kind in ("Claim", "Entailment")
            for iri in sorted(self.instances[DEF + kind])
        }
        self.about: dict[str, list[Statement]] = defaultdict(list)
        self.resting_on: dict[str, list[Statement]] = defaultdict(list)
        for statement in self.statements.values():
            for end in dict.fromkeys((statement.subject, statement.object)):
                self.about[end].append(statement)
            for passage in statement.passages:
                self.resting_on[passage].append(statement)
        self.read_documents = [
            iri for iri in sorted(self.instances[DEF + "Document"]) if self.iris(iri, DEF + "hasText")
        ]

    # -- single values -------------------------------------------------------------------------------

    def iris(self, iri: str, predicate: str) -> list[str]:
        """Return the IRIs that *iri* has for *predicate*."""
        return [v.value for v in self.properties.get(iri, {}).get(predicate, ()) if isinstance(v, ox.NamedNode)]

    def literals(self, iri: str, predicate: str) -> list[Text]:
        """Return the literals that *iri* has for *predicate*."""
        found = self.properties.get(iri, {}).get(predicate, ())
        return [Text(v.value, v.language or "") for v in found if isinstance(v, ox.Literal)]

    def text(self, iri: str, predicate: str, language: str) -> Text | None:
        """Return one literal in *language*, else in the other language, else in none; None without any."""
        found = self.literals(iri, predicate)
        return min(found, key=lambda t: (t.language != language, t.language == "", t.value), default=None)

    def number(self, iri: str, term: str) -> int:
        """Return the whole number that *iri* has for ``gro:term``, 0 without one."""
        found = self.literals(iri, DEF + term)
        return int(found[0].value) if found else 0

    def label(self, iri: str, language: str) -> Text:
        """Return the name of *iri*: in *language*, else in the other one, else its short IRI."""
        return self.text(iri, str(RDFS.label), language) or Text(shorten(iri))

    # -- things --------------------------------------------------------------------------------------

    def knows(self, iri: str) -> bool:
        """Tell whether the release says anything of *iri*."""
        return iri in self.properties

    def kind(self, iri: str) -> str:
        """Return the local name of the class of *iri*, the most special of its types; empty without one."""
        types = [t.removeprefix(DEF) for t in self.iris(iri, str(RDF.type)) if t.startswith(DEF)]
        return min(types, key=lambda t: (len(self.instances[DEF + t]), t), default="")

    def things(self, kinds: Iterable[str]) -> list[str]:
        """Return the instances of the classes *kinds* (local names), each once, in order of IRI."""
        return sorted({iri for kind in kinds for iri in self.instances[DEF + kind]})

    def degree(self, iri: str) -> int:
        """Return how many claims and entailments are about *iri*."""
        return len(self.about.get(iri, ()))

    # -- how the parts are read ----------------------------------------------------------------------

    def _first(self, iri: str, predicate: str) -> str:
        return next(iter(self.iris(iri, predicate)), "")

    def _passage(self, iri: str) -> Passage | None:
        section = self._first(iri, DEF + "isInSection")
        anchors = tuple(
            Anchor(s, exact[0].value, self._offset(s, "start"), self._offset(s, "end"))
            for s in self.iris(iri, str(OA.hasSelector))
            if (exact := self.literals(s, str(OA.exact)))
        )
        first = {term: self.literals(iri, DEF + term) for term in ("page", "footnote")}
        return Passage(
            iri,
            self._first(section, DEF + "isSectionOf"),
            section,
            self._first(iri, str(OA.hasSource)),
            self.number(iri, "firstLine"),
            self.number(iri, "lastLine"),
            self.number(iri, "contextStart"),
            self.number(iri, "contextEnd"),
            tuple(sorted(anchors, key=lambda a: (a.start, a.end))),
            first["page"][0].value if first["page"] else "",
            first["footnote"][0].value if first["footnote"] else "",
        )

    def _offset(self, selector: str, term: str) -> int:
        return int(self.literals(selector, f"{OA}{term}")[0].value)

    def _statement(self, iri: str) -> Statement:
        passages = tuple(
            sorted(
                (p for p in self.iris(iri, DEF + "isStatedIn") if p in self.passages),
                key=lambda p: (self.passages[p].document, self.passages[p].start, p),
            )
        )
        rule = self.literals(iri, DEF + "rule")
        return Statement(
            iri,
            subject=self._first(iri, DEF + "subject"),
            predicate=self._first(iri, DEF + "predicate"),
            object=self._first(iri, DEF + "object"),
            asserted=any(t.value == "true" for t in self.literals(iri, DEF + "isAsserted")),
            passages=passages,
            document=self.passages[passages[0]].document if passages else "",
            stance={axis: found for axis in AXES if (found := self._first(iri, DEF + axis))},
            rule=rule[0].value if rule else "",
            premises=tuple(self.iris(iri, DEF + "hasPremise")),
        )


def _properties(store: ox.Store) -> dict[str, Properties]:
    grouped: dict[str, dict[str, list[ox.NamedNode | ox.Literal]]] = defaultdict(lambda: defaultdict(list))
    for quad in store.quads_for_pattern(None, None, None, ox.DefaultGraph()):
        if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.NamedNode | ox.Literal):
            grouped[quad.subject.value][quad.predicate.value].append(quad.object)
    return {
        iri: {p: tuple(sorted(values, key=str)) for p, values in about.items()}
        for iri, about in grouped.items()
    }


SHOWN_ELSEWHERE = frozenset(
    [
        *(DEF + n for n in ("isNamedIn", "labelStatus", "hasText")),
        *(
            str(p)
            for p in (RDF.type, RDFS.label, SKOS.definition, SKOS.altLabel, SKOS.hiddenLabel, SKOS.scopeNote)
        ),
        *MATCHES,
    ]
)
"""The properties of a thing that a reader of its page meets in another place than the list of facts."""


def matters(catalogue: Catalogue) -> Counter[str]:
    """Count the things of each class that policy is about (classes by local name)."""
    apart = ("Claim", "Passage", "Section", "SourceText", "Entailment", "Coverage", "Kind")
    return Counter({n: len(catalogue.instances[DEF + n]) for n in ID_CLASSES.values() if n not in apart})


def minted(catalogue: Catalogue) -> list[str]:
    """Return every IRI of this project that the release uses, as subject, object, class or property."""
    found: set[str] = set()
    for iri, about in catalogue.properties.items():
        found.add(iri)
        for predicate, values in about.items():
            found.add(predicate)
            found.update(v.value for v in values if isinstance(v, ox.NamedNode))
    return sorted(iri for iri in found if iri.startswith((ID, DEF)))
