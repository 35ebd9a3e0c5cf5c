"""Named views: SPARQL files whose header names their blanks and how their network is drawn and projected.

A view selects ``?source ?relation ?target ?claim``; its header is that of a question (``title``,
``question``, ``parameters``, ``tags``) with ``layout`` (``force``, or the classes of each layer) and
perhaps ``project``. Each blank is one line ``VALUES ?x { … }``, where ``UNDEF`` means any value, so the
file runs as it stands in any SPARQL 1.1 engine.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import yaml

from kg.networks.errors import UnknownViewError, ViewHeaderError
from kg.questions import ParameterValueError, UnknownParameterError, to_iri
from kg.resources import resource
from kg.store import evaluate
from kg.vocabulary import shorten

ANY = "any"
LITERALS = {"xsd:boolean": "true|false", "xsd:integer": r"\d{1,9}", "xsd:string": r'[^"\\\n]{1,100}'}
"""The datatypes a blank may have, and what their lexical forms look like."""


@dataclass(frozen=True)
class Blank:
    """A parameter: a thing of class *kind* or a literal of datatype *kind*; ``any`` leaves it open."""

    name: str
    kind: str
    default: str
    allowed: tuple[str, ...] = ()


@dataclass(frozen=True)
class View:
    """One view: its file's name, its header and its SPARQL."""

    name: str
    title: Mapping[str, str]
    text: Mapping[str, str]
    parameters: tuple[Blank, ...]
    layers: tuple[tuple[str, ...], ...]
    onto: str
    through: str
    sparql: str

    @property
    def is_projection(self) -> bool:
        """Tell whether the network joins things of one class through what they share."""
        return bool(self.onto)


def _values_line(name: str) -> re.Pattern[str]:
    return re.compile(rf"VALUES \?{re.escape(name)} \{{[^}}]*\}}")


def read_view(path: Path) -> View:
    """Read one view file; raises ViewHeaderError where its header is wrong."""
    sparql = path.read_text(encoding="utf-8")
    head = "\n".join(line[2:].removeprefix(" ") for line in sparql.splitlines() if line.startswith("#+"))
    try:
        header: dict[str, Any] = yaml.safe_load(head) or {}
    except yaml.YAMLError as error:
        raise ViewHeaderError(path, f"the header is not YAML: {error}") from error
    for key in ("title", "question"):
        if not isinstance(header.get(key), dict) or not {"nl", "en"} <= set(header[key]):
            raise ViewHeaderError(path, f"the header needs {key!r} in nl and en")
    blanks = []
    for name, about in (header.get("parameters") or {}).items():
        if len(_values_line(name).findall(sparql)) != 1:
            raise ViewHeaderError(path, f"the parameter {name!r} needs exactly one line VALUES ?{name} {{ … }}")
        allowed = tuple(str(value) for value in about.get("allowed", ()))
        blanks.append(Blank(name, about["class"], str(about.get("default", ANY)), allowed))
    layout, project = header.get("layout", "force"), header.get("project") or {}
    layers = () if layout == "force" else tuple(tuple(layer) for layer in layout)
    return View(
        path.stem,
        header["title"],
        header["question"],
        tuple(blanks),
        layers,
        project.get("onto", ""),
        project.get("through", ""),
        sparql,
    )


def views(folder: Path | None = None) -> dict[str, View]:
    """Return every view by name, in the order of their names."""
    found = sorted((folder or resource("queries") / "views").glob("*.rq"))
    return {path.stem: read_view(path) for path in found}


def view(name: str) -> View:
    """Return the view *name*; raises UnknownViewError with the nearest name."""
    paths = {path.stem: path for path in sorted((resource("queries") / "views").glob("*.rq"))}
    if name not in paths:
        raise UnknownViewError(name, paths)
    return read_view(paths[name])


def _term(blank: Blank, value: str) -> str:
    """Return *value* as a serialised term; raises ParameterValueError where it does not fit."""
    if blank.allowed and value not in blank.allowed:
        raise ParameterValueError(blank.name, value, f"choose from {', '.join(blank.allowed)}")
    if blank.kind not in LITERALS:
        return str(ox.NamedNode(to_iri(blank.name, value)))
    if not re.fullmatch(LITERALS[blank.kind], value):
        raise ParameterValueError(blank.name, value, f"it takes {blank.kind}, or {ANY}")
    return f'"{value}"' if blank.kind == "xsd:string" else value


def settings(asked: View, values: Mapping[str, str]) -> dict[str, str]:
    """Return the value of every parameter: the given one, else its default."""
    known = {blank.name: blank.default for blank in asked.parameters}
    for name in values:
        if name not in known:
            raise UnknownParameterError(asked.name, name, sorted(known))
    return {**known, **values}


def bind(asked: View, values: Mapping[str, str]) -> str:
    """Return the SPARQL with *values* in place of the defaults; several values are joined by commas."""
    chosen, sparql = settings(asked, values), asked.sparql
    for blank in asked.parameters:
        value = chosen[blank.name].strip()
        several = [part.strip() for part in value.split(",") if part.strip()]
        terms = "UNDEF" if value == ANY else " ".join(_term(blank, part) for part in several)
        if not terms:
            raise ParameterValueError(blank.name, value, f"give a value, or {ANY}")
        line = f"VALUES ?{blank.name} {{ {terms} }}"
        sparql = _values_line(blank.name).sub(lambda _, new=line: new, sparql)  # type: ignore[misc]
    return sparql


def refuse_unknown_things(store: ox.Store, asked: View, values: Mapping[str, str]) -> None:
    """Raise ParameterValueError where a given IRI is not a thing of the class that the parameter takes."""
    for blank in asked.parameters:
        value = settings(asked, values)[blank.name]
        if value == ANY or blank.kind in LITERALS:
            continue
        for part in value.split(","):
            iri = to_iri(blank.name, part.strip())
            if not bool(evaluate(store, f"ASK {{ <{iri}> a {blank.kind} }}")):
                problem = f"nothing of class {blank.kind} has this IRI"
                raise ParameterValueError(blank.name, shorten(iri), problem)
