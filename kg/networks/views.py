"""Named views: SPARQL files whose header names their blanks and how their network is drawn and projected.

A view selects ``?source ?relation ?target ?claim``; its header is that of a question, with ``layout``
(``force``, or the classes of each column) and perhaps ``project``. In a blank, ``UNDEF`` means any value, so
the file runs as it stands in any SPARQL 1.1 engine.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pyoxigraph as ox

from kg.networks.errors import UnknownViewError
from kg.parameters import Parameter, resolve
from kg.questions import Question, Term, UnknownParameterError, fill, read_header, read_question
from kg.resources import resource
from kg.vocabulary import shorten

ANY = "any"
"""What a user writes to leave a blank open."""

Terms = dict[str, tuple[Term, ...]]


@dataclass(frozen=True)
class View:
    """One view: its question, the classes of each column of its picture, the class it is projected onto."""

    question: Question
    layers: tuple[tuple[str, ...], ...]
    onto: str

    @property
    def name(self) -> str:
        """The name of the view's file."""
        return self.question.name

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """The blanks of the view."""
        return self.question.parameters

    @property
    def is_projection(self) -> bool:
        """Tell whether the network joins things of one class through what they share."""
        return bool(self.onto)


@lru_cache(maxsize=64)
def _read(path: Path, changed: int) -> View:
    asked = read_question(path)
    header = read_header(path, asked.sparql)
    layout = header.get("layout", "force")
    layers = () if layout == "force" else tuple(tuple(layer) for layer in layout)
    return View(asked, layers, (header.get("project") or {}).get("onto", ""))


def _paths() -> dict[str, Path]:
    return {path.stem: path for path in sorted((resource("queries") / "views").glob("*.rq"))}


def views() -> dict[str, View]:
    """Return every view by name, in the order of their names; raises QuestionHeaderError."""
    return {name: _read(path, path.stat().st_mtime_ns) for name, path in _paths().items()}


def view(name: str) -> View:
    """Return the view *name*; raises UnknownViewError with the nearest name."""
    path = _paths().get(name)
    if path is None:
        raise UnknownViewError(name, _paths())
    return _read(path, path.stat().st_mtime_ns)


def resolved(store: ox.Store, asked: View, values: Mapping[str, str]) -> Terms:
    """Return the terms for each blank of *asked*, defaults included; none for a blank that is left open.

    Several values are joined by commas. Raises UnknownParameterError, ParameterValueError.
    """
    known = {p.name: p for p in asked.parameters}
    for name in values:
        if name not in known:
            raise UnknownParameterError(asked.name, name, sorted(known))
    return {n: _terms(store, p, values.get(n, p.default).strip()) for n, p in known.items()}


def _terms(store: ox.Store, parameter: Parameter, value: str) -> tuple[Term, ...]:
    if value == ANY and (not parameter.allowed or ANY in parameter.allowed):
        return ()
    several = re.split(r"\s*,\s*", value)
    if not all(
        ":" in part for part in several
    ):  # a label may have commas, names and IRIs are told by their colon
        several = [value]
    return tuple(dict.fromkeys(resolve(store, parameter, part) for part in several))


def settings(terms: Terms) -> dict[str, str]:
    """Return each blank with its value as a user would write it."""
    return {
        name: ",".join(shorten(t.value) if isinstance(t, ox.NamedNode) else t.value for t in several) or ANY
        for name, several in terms.items()
    }


def bind(asked: View, terms: Terms) -> str:
    """Return the SPARQL of *asked* with *terms* in its blanks."""
    return fill(asked.question, terms)
