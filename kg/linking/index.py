"""What identifies a thing: its names, its codes, other people's identifiers of it; and what never does."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote

import pyoxigraph as ox
from rdflib import Graph, Literal, URIRef
from rdflib.namespace import RDFS, SKOS

from kg.linking.names import fold, loosen
from kg.links import mapping_sets, read_rows
from kg.resources import resource
from kg.vocabulary import ID, expand

KINDS = (
    "country",
    "organisation",
    "instrument",
    "treaty",
    "norm",
    "theme",
    "region",
    "place",
    "goal",
    "event",
    "role",
    "group",
    "document",
    "issue",
)
"""The classes whose things a table can be about: the first step of their identifiers."""

SPACES = {
    "wikidata": "http://www.wikidata.org/entity/",
    "eu-country": "http://publications.europa.eu/resource/authority/country/",
    "eu-corporate-body": "http://publications.europa.eu/resource/authority/corporate-body/",
    "eurovoc": "http://eurovoc.europa.eu/",
    "geonames": "https://sws.geonames.org/",
    "ror": "https://ror.org/",
    "sdg": "http://metadata.un.org/sdg/",
    "tooi": "https://identifier.overheid.nl/tooi/id/",
    "bwb": "https://wetten.overheid.nl/",
    "kamerstuk": "https://zoek.officielebekendmakingen.nl/",
}
"""The namespaces in which mappings identify our things, and the scheme that each makes."""

CLOSE_ENOUGH = {"wikidata", "geonames", "bwb", "eu-country", "kamerstuk"}
"""Schemes in which a closeMatch still identifies; a EuroVoc concept *about* a body does not."""

OLD = " (old or reserved)"
VALUE = f"{ID}value/"
"""The subjects of a user's own mappings: values of a column, percent-encoded."""

REVIEWED = "decision of a person"

Name = tuple[str, str, str]
"""The IRI of a thing, one of its names, and what kind of name that is."""


@dataclass(frozen=True)
class Thing:
    """A thing that can be linked to; ``in_graph`` is false for a country that no document names."""

    iri: str
    kind: str
    label_nl: str
    label_en: str
    in_graph: bool = True


@dataclass
class Index:
    """Look-ups from folded name, code and identifier to the things that have them, and how."""

    things: dict[str, Thing] = field(default_factory=dict)
    names: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    codes: dict[str, dict[str, dict[str, str]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(dict))
    )
    denied: set[tuple[str, str]] = field(default_factory=set)
    loose: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    areas: dict[tuple[str, str], str] = field(default_factory=dict)

    def of_kind(self, found: Iterable[str], kind: str | None) -> list[str]:
        """Keep the IRIs whose things are of *kind*."""
        return [i for i in found if kind is None or self.things[i].kind == kind]

    def by_name(self, name: str, kind: str | None = None) -> dict[str, str]:
        """Return the things with this name (IRI to the kind of name), without the denied ones.

        A name that nothing has as it stands may be that of a country in other words, see ``loosen``.
        """
        found = self.names.get(fold(name), {})
        if not found and kind in (None, "country"):
            found = self.loose.get(loosen(name), {})
        return {i: found[i] for i in self.of_kind(found, kind) if (i, fold(name)) not in self.denied}

    def by_code(self, scheme: str, code: str, kind: str | None = None) -> dict[str, str]:
        """Return the things with this code in *scheme* (IRI to what kind of code)."""
        found = self.codes.get(scheme, {}).get(code.casefold(), {})
        return {
            i: found[i]
            for i in self.of_kind(found, kind)
            if (i, f"{scheme}:{code.casefold()}") not in self.denied
        }


def kind_of(iri: str) -> str | None:
    """Return the class step of one of our IRIs, where it is one that can be linked to.

    >>> kind_of("https://w3id.org/grotius/id/country/UKR"), kind_of("https://w3id.org/grotius/id/claim/nota-1")
    ('country', None)
    """
    step = iri.removeprefix(ID).partition("/")[0] if iri.startswith(ID) else ""
    return step if step in KINDS else None


NAMING = {str(RDFS.label): "label", str(SKOS.altLabel): "alias", str(SKOS.hiddenLabel): "misspelling"}


def names_in_graph(graph: Graph) -> Iterator[Name]:
    """Yield the names in an rdflib graph."""
    for predicate, kind in NAMING.items():
        for thing, _, name in graph.triples((None, URIRef(predicate), None)):
            if isinstance(name, Literal) and kind_of(str(thing)):
                yield str(thing), str(name), f"{kind} {name.language}"


def names_in_store(store: ox.Store) -> Iterator[Name]:
    """Yield the names in the default graph of a store."""
    for predicate, kind in NAMING.items():
        for quad in store.quads_for_pattern(None, ox.NamedNode(predicate), None, ox.DefaultGraph()):
            thing, name = quad.subject, quad.object
            if not isinstance(thing, ox.NamedNode) or not isinstance(name, ox.Literal):
                continue
            if kind_of(thing.value):
                yield thing.value, name.value, f"{kind} {name.language}"


def read_table(name: str) -> list[dict[str, str]]:
    """Return the rows of ``data/links/<name>.tsv``."""
    with (resource("data") / "links" / f"{name}.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def to_scheme(iri: str) -> tuple[str, str] | None:
    """Return the scheme and code that an IRI of others stands for.

    >>> to_scheme("https://www.wikidata.org/wiki/Q55")
    ('wikidata', 'Q55')
    """
    bare = re.sub(r"^https?://(www\.)?", "", iri.strip().strip("<>")).rstrip("/")
    bare = re.sub(r"^wikidata\.org/(wiki|entity)/(Special:EntityData/)?", "wikidata.org/entity/", bare)
    for scheme, space in SPACES.items():
        start = re.sub(r"^https?://(www\.)?", "", space)
        if bare.startswith(start):
            return scheme, bare[len(start) :]
    return None


def build_index(names: Iterable[Name]) -> Index:
    """Return the index of the things with these *names*, of the codes and of the mappings of the project."""
    index, labels = Index(), defaultdict[str, dict[str, str]](dict)
    given = list(names)
    for iri, name, how in given:
        if how.startswith("label"):
            labels[iri][how.removeprefix("label ")] = name
    for iri, by_language in labels.items():
        nl = by_language.get("nl") or next(iter(by_language.values()))
        index.things[iri] = Thing(iri, str(kind_of(iri)), nl, by_language.get("en") or nl)
    for row in read_table("names"):
        iri = expand(row["subject"])
        if iri not in labels:
            old = index.things.get(iri, Thing(iri, "country", "", "", in_graph=False))
            nl = old.label_nl or (row["name"] if row["source"] == "CLDR" and row["language"] == "nl" else "")
            en = old.label_en or (row["name"] if row["source"] == "CLDR" and row["language"] == "en" else "")
            index.things[iri] = Thing(iri, "country", nl, en, in_graph=False)
        given.append((iri, row["name"], f"name {row['language']} ({row['source']})"))
    for row in read_table("codes"):
        iri, scheme = expand(row["subject"]), row["scheme"]
        if iri in index.things:
            how = scheme if not scheme.endswith(OLD) else f"{scheme}: {row['source']}"
            index.codes[scheme.removesuffix(OLD)][row["code"].casefold()].setdefault(iri, how)
    for iri, name, how in given:
        if iri in index.things and fold(name):
            index.names[fold(name)].setdefault(iri, how)
            if index.things[iri].kind == "country" and loosen(name):
                index.loose[loosen(name)].setdefault(iri, f"{how}, written in another way")
    index.areas = {(row["scheme"], row["code"]): row["name"] for row in read_table("areas")}
    for path in mapping_sets():
        for mapping in read_rows(path):
            add_mapping(
                index, str(mapping.subject), str(mapping.predicate), str(mapping.object), mapping.negative
            )
    return index


def add_mapping(index: Index, subject: str, predicate: str, obj: str, negative: bool) -> None:
    """Take one row of a mapping set into *index*: an identifier, a reviewed value, or a denial that lasts."""
    if subject.startswith(VALUE) and obj in index.things:
        value = fold(unquote(subject.removeprefix(VALUE)))
        if negative:
            index.denied.add((obj, value))
        else:
            index.names[value] = {obj: REVIEWED}
        return
    found = to_scheme(obj)
    if found is None or subject not in index.things:
        return
    scheme, code = found
    if negative:
        index.denied.add((subject, f"{scheme}:{code.casefold()}"))
    elif predicate == str(SKOS.exactMatch):
        index.codes[scheme][code.casefold()][subject] = scheme
    elif predicate == str(SKOS.closeMatch) and (
        scheme in CLOSE_ENOUGH or (scheme == "eurovoc" and index.things[subject].kind in ("theme", "region"))
    ):
        index.codes[scheme][code.casefold()].setdefault(subject, f"{scheme} (closeMatch)")
