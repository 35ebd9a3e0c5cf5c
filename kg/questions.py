"""Questions: files of SPARQL whose header alone feeds the command line, the web, the index and the tests.

A header is the run of ``#+`` lines at the top, which together are YAML: ``title`` and ``question`` in nl
and en, ``parameters`` (name to ``class``, or ``datatype`` with ``values``, and ``default``), ``columns``
(name to class, datatype or ``text``), ``bars`` (the column of numbers to draw), ``tags``. A parameter
``x`` is the one line ``VALUES ?x { … }`` of the query, so the file runs as it stands in any tool.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import yaml

from kg.errors import KGError
from kg.parameters import DATATYPES, Parameter, ParameterValueError, to_iri, to_term
from kg.resources import resource

__all__ = ["Parameter", "ParameterValueError", "Question", "bind", "question", "questions", "to_iri"]


class UnknownQuestionError(KGError):
    """No file in queries/ has this name."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        self.name, self.near = name, get_close_matches(name, list(known), n=1, cutoff=0.4)
        hint = f"did you mean {self.near[0]!r}?" if self.near else "see `kg questions`"
        super().__init__(f"no question named {name!r}: {hint}")


class UnknownParameterError(KGError):
    """The question, or the view, has no such parameter."""

    def __init__(self, question: str, name: str, known: Iterable[str]) -> None:
        self.question, self.name, self.known = question, name, tuple(known)
        has = ", ".join(self.known) or "no parameters"
        super().__init__(f"{question!r} has no parameter {name!r}: it has {has}")


class QuestionHeaderError(KGError):
    """The header of a question file is not what it should be."""

    def __init__(self, path: Path, problem: str) -> None:
        self.path, self.problem = path, problem
        super().__init__(f"{path}: {problem}: see queries/README.md for the header")


@dataclass(frozen=True)
class Question:
    """One question: its file's name, its header and its SPARQL."""

    name: str
    title: Mapping[str, str]
    text: Mapping[str, str]
    parameters: tuple[Parameter, ...]
    tags: tuple[str, ...]
    sparql: str
    columns: Mapping[str, str] = field(default_factory=dict)
    bars: str | None = None


def _values_line(parameters: Iterable[str]) -> re.Pattern[str]:
    names = "|".join(re.escape(p) for p in parameters)
    return re.compile(rf"VALUES \?({names}) \{{[^}}]*\}}")


def _parameter(path: Path, name: str, about: Mapping[str, Any], sparql: str) -> Parameter:
    if len(_values_line([name]).findall(sparql)) != 1:
        raise QuestionHeaderError(path, f"the parameter {name!r} needs exactly one line VALUES ?{name} {{ … }}")
    kind = about.get("datatype") or about.get("class")
    if not isinstance(kind, str) or ("datatype" in about and kind not in DATATYPES):
        raise QuestionHeaderError(
            path, f"the parameter {name!r} needs a class, or a datatype of {list(DATATYPES)}"
        )
    allowed = tuple(str(v) for v in about.get("values") or ())
    return Parameter(name, kind, str(about["default"]), allowed)


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
    return Question(
        path.stem,
        header["title"],
        header["question"],
        tuple(_parameter(path, n, a, sparql) for n, a in (header.get("parameters") or {}).items()),
        tuple(header.get("tags") or ()),
        sparql,
        dict(header.get("columns") or {}),
        header.get("bars"),
    )


def questions(folder: Path | None = None) -> dict[str, Question]:
    """Return every question of *folder* (the project's ``queries``) by name."""
    return {p.stem: read_question(p) for p in sorted((folder or resource("queries")).glob("*.rq"))}


def question(name: str) -> Question:
    """Return the question *name*; raises UnknownQuestionError with the nearest name."""
    path = resource("queries") / f"{name}.rq"
    if not re.fullmatch(r"[a-z0-9-]+", name) or not path.exists():
        raise UnknownQuestionError(name, [p.stem for p in resource("queries").glob("*.rq")])
    return read_question(path)


Term = ox.NamedNode | ox.Literal


def fill(asked: Question, terms: Mapping[str, Term | tuple[Term, ...]]) -> str:
    """Return the SPARQL of a question with *terms* in its blanks: serialised, and in one pass.

    Several terms in one blank are alternatives; none at all leave it open.
    """
    if not terms:
        return asked.sparql
    return _values_line(terms).sub(lambda m: f"VALUES ?{m[1]} {{ {_serialised(terms[m[1]])} }}", asked.sparql)


def _serialised(given: Term | tuple[Term, ...]) -> str:
    several = given if isinstance(given, tuple) else (given,)
    return " ".join(map(str, several)) or "UNDEF"


def bind(asked: Question, values: Mapping[str, str]) -> str:
    """Return the SPARQL of a question with *values* in place of its defaults."""
    known = {p.name: p for p in asked.parameters}
    for name in values:
        if name not in known:
            raise UnknownParameterError(asked.name, name, sorted(known))
    return fill(asked, {n: to_term(known[n], v) for n, v in values.items()})
