"""Parameters of questions: what may fill a blank, and the term that a given text stands for.

A parameter takes a thing of a class, or a literal of a datatype, perhaps from a short list. Nothing that a
user writes reaches the evaluator as text: it becomes a term first, and the term is serialised.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import pyoxigraph as ox

from kg.errors import KGError
from kg.store import evaluate
from kg.vocabulary import ID_CLASSES, PREFIXES, expand, shorten

DATATYPES = {
    "xsd:string": r"[^\x00-\x08]{1,200}",
    "xsd:integer": r"[+-]?\d{1,18}",
    "xsd:decimal": r"[+-]?\d{1,18}(\.\d{1,9})?",
    "xsd:gYear": r"\d{4}",
    "xsd:date": r"\d{4}-\d\d-\d\d",
    "xsd:boolean": "true|false",
}
"""The datatypes a parameter may have, and what their lexical forms look like."""

INSTANCES = """
SELECT ?thing (SAMPLE(?nl) AS ?nlLabel) (SAMPLE(?en) AS ?enLabel) WHERE {
  ?thing a CLASS .
  OPTIONAL { ?thing rdfs:label ?nl . FILTER (LANG(?nl) = "nl") }
  OPTIONAL { ?thing rdfs:label ?en . FILTER (LANG(?en) = "en") }
} GROUP BY ?thing ORDER BY ?thing
"""


class ParameterValueError(KGError):
    """A value does not fit the parameter."""

    def __init__(self, name: str, value: str, problem: str, near: Iterable[str] = ()) -> None:
        self.name, self.value, self.problem, self.near = name, value, problem, tuple(near)
        hint = f"; nearest: {', '.join(self.near)}" if self.near else ""
        super().__init__(f"the parameter {name!r} cannot be {value!r}: {problem}{hint}")


@dataclass(frozen=True)
class Parameter:
    """A blank in a question: a thing of class *kind*, or a literal of datatype *kind*, from *allowed*."""

    name: str
    kind: str
    default: str
    allowed: tuple[str, ...] = ()

    @property
    def is_literal(self) -> bool:
        """Tell whether the parameter takes a literal."""
        return self.kind in DATATYPES


@dataclass(frozen=True)
class Choice:
    """A value that a parameter may take, as ``country:UKR``, with its labels."""

    value: str
    nl: str
    en: str


def to_iri(name: str, value: str) -> str:
    """Return the IRI that *value*, an IRI or prefixed name, stands for; nothing else passes.

    >>> to_iri("country", "country:UKR")
    'https://w3id.org/grotius/id/country/UKR'
    """
    value = expand(value)
    if not re.fullmatch(r"https?://[^\s<>\"{}|\\^`\x00-\x20]+", value):
        raise ParameterValueError(name, value, f"give an IRI or a name such as {next(iter(ID_CLASSES))}:…")
    return value


def to_term(parameter: Parameter, value: str) -> ox.NamedNode | ox.Literal:
    """Return the term that *value* stands for in *parameter*, by its form alone; raises ParameterValueError."""
    if not parameter.is_literal:
        return ox.NamedNode(to_iri(parameter.name, value))
    if parameter.allowed and value not in parameter.allowed:
        near = get_close_matches(value, parameter.allowed, n=1, cutoff=0)
        raise ParameterValueError(
            parameter.name, value, f"it takes one of {', '.join(parameter.allowed)}", near
        )
    if not re.fullmatch(DATATYPES[parameter.kind], value):
        raise ParameterValueError(
            parameter.name, value, f"it takes an {parameter.kind}, such as {parameter.default}"
        )
    if parameter.kind == "xsd:string":
        return ox.Literal(value)
    return ox.Literal(value, datatype=ox.NamedNode(PREFIXES["xsd"] + parameter.kind.removeprefix("xsd:")))


def choices(store: ox.Store, parameter: Parameter) -> list[Choice]:
    """Return every value that *parameter* may take in this graph."""
    if parameter.is_literal:
        return [Choice(v, v, v) for v in parameter.allowed]
    answer = evaluate(store, INSTANCES.replace("CLASS", parameter.kind))
    assert isinstance(answer, ox.QuerySolutions)
    return [Choice(shorten(r["thing"].value), _text(r["nlLabel"], r), _text(r["enLabel"], r)) for r in answer]


def _text(label: Any, row: ox.QuerySolution) -> str:
    return str(label.value) if label is not None else shorten(row["thing"].value)


def resolve(store: ox.Store, parameter: Parameter, value: str) -> ox.NamedNode | ox.Literal:
    """Return the term that *value* stands for, and refuse what is not in the graph.

    A thing may be given by IRI, by prefixed name, or by its exact label; where nothing fits, the error
    names the nearest valid choices.
    """
    if parameter.is_literal:
        return to_term(parameter, value)
    try:
        node = ox.NamedNode(to_iri(parameter.name, value))
    except ParameterValueError:
        return _by_label(store, parameter, value)
    kind = ox.NamedNode(to_iri(parameter.name, parameter.kind))
    is_a = ox.NamedNode(PREFIXES["rdf"] + "type")
    if next(store.quads_for_pattern(node, is_a, kind, ox.DefaultGraph()), None) is None:
        there = next(store.quads_for_pattern(node, None, None, ox.DefaultGraph()), None)
        problem = (
            f"nothing in the graph has this IRI; it takes a {parameter.kind}"
            if there is None
            else f"it is no {parameter.kind}"
        )
        raise ParameterValueError(
            parameter.name, shorten(node.value), problem, _nearest(store, parameter, value)
        )
    return node


def _by_label(store: ox.Store, parameter: Parameter, value: str) -> ox.NamedNode:
    wanted = value.casefold().strip()
    found = [c.value for c in choices(store, parameter) if wanted in (c.nl.casefold(), c.en.casefold())]
    if len(found) != 1:
        problem = (
            f"{len(found)} things of {parameter.kind} have this label"
            if found
            else f"give an IRI, a name such as {parameter.default}, or an exact label"
        )
        raise ParameterValueError(
            parameter.name, value, problem, found[:5] or _nearest(store, parameter, value)
        )
    return ox.NamedNode(to_iri(parameter.name, found[0]))


def _nearest(store: ox.Store, parameter: Parameter, value: str) -> list[str]:
    """Return up to three choices that look like *value*, by name or by label."""
    names: dict[str, str] = {}
    for choice in choices(store, parameter):
        for text in (choice.value.partition(":")[2], choice.nl, choice.en):
            names.setdefault(text.casefold(), choice.value)
    wanted = value.rpartition(":")[2].rpartition("/")[2].casefold()[:80]
    near = get_close_matches(wanted, names, n=6, cutoff=0.45)
    near += [n for n in names if len(wanted) > 3 and wanted in n][:3]
    return list(dict.fromkeys(names[n] for n in near))[:3]
