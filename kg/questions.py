"""Questions: files of SPARQL whose header alone feeds the command line, the web, the index and the tests.

A header is the run of ``#+`` lines at the top, which together are YAML: ``title`` and ``question`` in nl
and en, ``parameters`` (name to ``class`` and ``default``), ``tags``. A parameter ``x`` is the one line
``VALUES ?x { … }`` of the query, so the file runs as it stands in any tool.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import yaml

from kg.errors import KGError
from kg.resources import resource
from kg.store import evaluate
from kg.vocabulary import ID_CLASSES, expand, shorten


class UnknownQuestionError(KGError):
    """No file in queries/ has this name."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        self.name, self.near = name, get_close_matches(name, list(known), n=1, cutoff=0.4)
        hint = f"did you mean {self.near[0]!r}?" if self.near else "see `kg questions`"
        super().__init__(f"no question named {name!r}: {hint}")


class UnknownParameterError(KGError):
    """The question has no such parameter."""

    def __init__(self, question: str, name: str, known: Iterable[str]) -> None:
        self.question, self.name, self.known = question, name, tuple(known)
        has = ", ".join(self.known) or "no parameters"
        super().__init__(f"the question {question!r} has no parameter {name!r}: it has {has}")


class ParameterValueError(KGError):
    """A value does not fit the parameter."""

    def __init__(self, name: str, value: str, problem: str) -> None:
        self.name, self.value, self.problem = name, value, problem
        super().__init__(f"the parameter {name!r} cannot be {value!r}: {problem}")


class QuestionHeaderError(KGError):
    """The header of a question file is not what it should be."""

    def __init__(self, path: Path, problem: str) -> None:
        self.path, self.problem = path, problem
        super().__init__(f"{path}: {problem}: see queries/README.md for the header")


@dataclass(frozen=True)
class Parameter:
    """A blank in a question: a thing of class *kind* (a prefixed name), *default* where none is given."""

    name: str
    kind: str
    default: str


@dataclass(frozen=True)
class Question:
    """One question: its file's name, its header and its SPARQL."""

    name: str
    title: Mapping[str, str]
    text: Mapping[str, str]
    parameters: tuple[Parameter, ...]
    tags: tuple[str, ...]
    sparql: str


def _values_line(parameter: str) -> re.Pattern[str]:
    return re.compile(rf"VALUES \?{re.escape(parameter)} \{{[^}}]*\}}")


def read_header(path: Path, sparql: str) -> dict[str, Any]:
    """Return the header of *sparql*, the text of *path*; raises QuestionHeaderError where it is wrong."""
    head = "\n".join(line[2:].removeprefix(" ") for line in sparql.splitlines() if line.startswith("#+"))
    try:
        header: dict[str, Any] = yaml.safe_load(head) or {}
    except yaml.YAMLError as error:
        raise QuestionHeaderError(path, f"the header is not YAML: {error}") from error
    for key in ("title", "question"):
        if not isinstance(header.get(key), dict) or not {"nl", "en"} <= set(header[key]):
            raise QuestionHeaderError(path, f"the header needs {key!r} in nl and en")
    return header


def read_question(path: Path) -> Question:
    """Read one question file; raises QuestionHeaderError where its header is wrong."""
    sparql = path.read_text(encoding="utf-8")
    header = read_header(path, sparql)
    parameters = []
    for name, about in (header.get("parameters") or {}).items():
        if len(_values_line(name).findall(sparql)) != 1:
            raise QuestionHeaderError(
                path, f"the parameter {name!r} needs exactly one line VALUES ?{name} {{ … }}"
            )
        parameters.append(Parameter(name, about["class"], about["default"]))
    return Question(
        path.stem,
        header["title"],
        header["question"],
        tuple(parameters),
        tuple(header.get("tags") or ()),
        sparql,
    )


def questions(folder: Path | None = None) -> dict[str, Question]:
    """Return every question of *folder* (the project's ``queries``) by name."""
    return {p.stem: read_question(p) for p in sorted((folder or resource("queries")).glob("*.rq"))}


def question(name: str) -> Question:
    """Return the question *name*; raises UnknownQuestionError with the nearest name."""
    known = questions()
    if name not in known:
        raise UnknownQuestionError(name, known)
    return known[name]


def to_iri(name: str, value: str) -> str:
    """Return the IRI that *value*, an IRI or prefixed name, stands for; nothing else passes.

    >>> to_iri("country", "country:UKR")
    'https://w3id.org/grotius/id/country/UKR'
    """
    value = expand(value)
    if not re.fullmatch(r"https?://[^\s<>\"{}|\\^`\x00-\x20]+", value):
        raise ParameterValueError(name, value, f"give an IRI or a name such as {next(iter(ID_CLASSES))}:…")
    return value


def bind(asked: Question, values: Mapping[str, str]) -> str:
    """Return the SPARQL of a question with *values* in place of its defaults."""
    known = {p.name for p in asked.parameters}
    sparql = asked.sparql
    for name, value in values.items():
        if name not in known:
            raise UnknownParameterError(asked.name, name, sorted(known))
        iri = to_iri(name, value)
        sparql = _values_line(name).sub(lambda _, n=name, i=iri: f"VALUES ?{n} {{ <{i}> }}", sparql)  # type: ignore[misc]
    return sparql


@dataclass(frozen=True)
class Table:
    """The rows of an answer: lexical values, labels kept beside their IRIs by the query itself."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str | None, ...], ...]


def _lexical(term: Any) -> str | None:
    if term is None:
        return None
    return shorten(term.value) if isinstance(term, ox.NamedNode) else str(term.value)


def ask(store: ox.Store, name: str, values: Mapping[str, str] | None = None) -> Table:
    """Answer the question *name* from *store*."""
    asked = question(name)
    sparql = bind(asked, values or {})
    for parameter in asked.parameters:
        given = to_iri(parameter.name, (values or {}).get(parameter.name, parameter.default))
        node = ox.NamedNode(given)
        if next(store.quads_for_pattern(node, None, None), None) is None:
            raise ParameterValueError(
                parameter.name,
                shorten(given),
                f"nothing in the graph has this IRI; it takes a {parameter.kind}",
            )
    solutions = evaluate(store, sparql)
    assert isinstance(solutions, ox.QuerySolutions)
    columns = tuple(v.value for v in solutions.variables)
    return Table(columns, tuple(tuple(_lexical(s[c]) for c in columns) for s in solutions))
