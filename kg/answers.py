"""An answer that can be cited: rows with labels, what it is complete of, what it rests on, and its hash.

Everything in an answer follows from the question, its parameters and the release, so the same three give
the same answer anywhere, and ``kg verify`` can tell one from a forgery.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any
from urllib.parse import urlencode

import pyoxigraph as ox
from rdflib.namespace import RDF

from kg import coverage
from kg.algebra import NoProofError
from kg.caution import cautions, describe, warnings
from kg.parameters import resolve
from kg.proof import Proof, Reader, claims_under, passages_under, prove
from kg.questions import Question, UnknownParameterError, fill, question
from kg.release import Release
from kg.store import evaluate
from kg.vocabulary import DEF, ID, shorten

MAX_ROWS = 10_000
FORMAT = "https://w3id.org/grotius/def/answer/1"


@dataclass(frozen=True)
class Cell:
    """One value of a row: ``type`` is ``iri`` or a datatype; things have a label and the class they are of."""

    value: str
    type: str
    label: str | None = None
    kind: str | None = None
    language: str | None = None


@dataclass(frozen=True)
class Column:
    """A column: its variable, and what the question's header says it holds."""

    name: str
    type: str


@dataclass(frozen=True)
class Answer:
    """The answer to a question of the library, or to a query, from one release."""

    name: str | None
    title: str
    text: str
    language: str
    parameters: Mapping[str, str]
    sparql: str
    release: Mapping[str, str]
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell | None, ...], ...]
    complete: bool
    limit: int
    verdict: coverage.Verdict
    verdict_text: str
    warnings: tuple[str, ...]
    result_hash: str
    proof: Proof | None = None
    no_proof: str | None = None

    @property
    def address(self) -> str:
        """The path and query under which this very answer can be asked for again, on any host."""
        given = {**self.parameters, "release": self.release["name"], "result": self.result_hash[:16]}
        if self.name is None:
            given = {"query": self.sparql, **given}
        return f"/questions/{self.name}?{urlencode(given)}" if self.name else f"/sparql?{urlencode(given)}"

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as plain data, ready for JSON."""
        said: dict[str, Any] = {
            "format": FORMAT,
            "name": self.name,
            "title": self.title,
            "question": self.text,
            "language": self.language,
            "parameters": dict(self.parameters),
            "address": self.address,
            "release": dict(self.release),
            "resultHash": self.result_hash,
            "completeness": {
                "state": "complete" if self.complete else "cut",
                "rows": len(self.rows),
                "limit": self.limit,
            },
            "coverage": {
                "state": self.verdict.state,
                "says": self.verdict_text,
                "cells": [
                    {"term": shorten(c.term), "document": shorten(c.document), "found": c.found}
                    for c in self.verdict.cells
                ],
            },
            "warnings": list(self.warnings),
            "columns": [asdict(c) for c in self.columns],
            "rows": [
                [None if c is None else {k: v for k, v in asdict(c).items() if v is not None} for c in row]
                for row in self.rows
            ],
            "sparql": self.sparql,
        }
        if self.proof:
            said["proof"] = {
                "rows": [
                    {
                        **{k: v for k, v in asdict(r).items() if v},
                        "allClaims": claims_under(self.proof, r),
                        "allPassages": passages_under(self.proof, r),
                    }
                    for r in self.proof.rows
                ],
                "claims": self.proof.claims,
                "entailments": self.proof.entailments,
                "passages": self.proof.passages,
            }
        elif self.no_proof:
            said["noProof"] = self.no_proof
        return json.loads(json.dumps(said))  # type: ignore[no-any-return]

    def to_json(self) -> str:
        """Return the answer as JSON."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=1)


def _cell(reader: Reader, term: Any) -> Cell | None:
    if term is None:
        return None
    if isinstance(term, ox.Literal):
        return Cell(term.value, shorten(term.datatype.value), language=term.language or None)
    if isinstance(term, ox.BlankNode):
        return Cell(f"_:{term.value}", "bnode")
    kinds = [v.value for v in reader.values(term.value, str(RDF.type)) if v.value.startswith(DEF)]
    step = term.value.removeprefix(ID).partition("/")[0] if term.value.startswith(ID) else ""
    own = [k for k in kinds if k not in (DEF + "Matter", DEF + "Actor", DEF + "Statement")]
    kind = next((k for k in own if k.removeprefix(DEF).lower() == step), next(iter(own), None))
    return Cell(term.value, "iri", reader.label(term.value), shorten(kind) if kind else None)


def result_hash(columns: tuple[str, ...], rows: tuple[tuple[Cell | None, ...], ...]) -> str:
    """Return the SHA-256 of the values of an answer, whatever the order and language it is shown in."""
    plain = sorted([None if c is None else [c.type, c.value, c.language] for c in row] for row in _plain(rows))
    return hashlib.sha256(json.dumps([columns, plain], ensure_ascii=False).encode()).hexdigest()


def _plain(rows: tuple[tuple[Cell | None, ...], ...]) -> list[list[Cell | None]]:
    return sorted((list(row) for row in rows), key=lambda r: [(c.type, c.value) if c else ("", "") for c in r])


def say(verdict: coverage.Verdict, reader: Reader, rows: int, language: str) -> str:
    """Return in words what an answer of *rows* rows means."""
    looked = [c for c in verdict.cells if c.found is not None]
    places = _listed({c.document for c in looked}, reader)
    terms = ", ".join(sorted(f"“{reader.label(c)}”" for c in {c.term for c in looked}))
    gaps = "; ".join(
        f"{reader.label(term)}: {_listed({c.document for c in verdict.gaps if c.term == term}, reader)}"
        for term in sorted({c.term for c in verdict.gaps})
    )
    nl = language == "nl"
    if verdict.state == coverage.FOUND:
        text = f"Gevonden: {rows}." if nl else f"Found: {rows}."
        if gaps:
            text += (
                f" Niet gedekt, er kan meer zijn: {gaps}."
                if nl
                else f" Not covered, there may be more: {gaps}."
            )
        return text
    if verdict.state == coverage.NOT_FOUND:
        return (
            f"Gezocht en niet gevonden. Gezocht naar {terms} in: {places}."
            if nl
            else f"Looked for and not found. Looked for {terms} in: {places}."
        )
    if not verdict.cells:
        return (
            "Niet gedekt: deze vraag betreft niets waarvan is vastgelegd dat ernaar is gezocht."
            if nl
            else "Not covered: this asks for nothing of which it is recorded that anybody looked for it."
        )
    return (
        f"Niet gedekt: {gaps}. Dat er niets staat, betekent hier niet nee."
        if nl
        else (f"Not covered: {gaps}. That nothing is here does not mean no.")
    )


def _listed(iris: set[str], reader: Reader) -> str:
    return ", ".join(sorted(reader.label(i) for i in iris))


def _evaluate(store: ox.Store, sparql: str, limit: int) -> tuple[tuple[str, ...], list[list[Any]], bool]:
    """Return the columns, at most *limit* rows, and whether those are all."""
    solutions = evaluate(store, sparql)
    if not isinstance(solutions, ox.QuerySolutions):
        raise NoProofError("only a SELECT query has rows")
    columns = tuple(v.value for v in solutions.variables)
    rows: list[list[Any]] = []
    for solution in solutions:
        if len(rows) == limit:
            return columns, rows, False
        rows.append([solution[c] for c in columns])
    return columns, rows, True


def of_query(
    store: ox.Store,
    release: Release,
    sparql: str,
    *,
    language: str = "en",
    proof: bool = False,
    limit: int = MAX_ROWS,
) -> Answer:
    """Answer any SELECT query; where no proof can be computed the answer says why."""
    names, rows, complete = _evaluate(store, sparql, limit)
    reader = Reader(store, language)
    cells = tuple(tuple(_cell(reader, term) for term in row) for row in rows)
    try:
        verdict = coverage.judge(store, sparql, len(rows))
    except NoProofError:
        verdict = coverage.Verdict(coverage.FOUND if rows else coverage.NOT_COVERED, ())
    file: Any = release.manifest["files"]
    answer = Answer(
        None,
        "SPARQL",
        "",
        language,
        {},
        sparql,
        {"name": release.name, "sha256": next(iter(file.values()))["sha256"]},
        tuple(Column(n, _type(cells, i)) for i, n in enumerate(names)),
        cells,
        complete,
        limit,
        verdict,
        say(verdict, reader, len(rows), language),
        (),
        result_hash(names, cells),
    )
    if proof:
        try:
            proved = prove(store, sparql, language)
            proved.rows = proved.rows[: len(rows)]
            answer = replace(answer, proof=proved)
        except NoProofError as error:
            answer = replace(answer, no_proof=str(error))
    return replace(answer, warnings=tuple(warnings(store, answer.proof, verdict, cells, language)))


def _type(cells: tuple[tuple[Cell | None, ...], ...], index: int) -> str:
    found = {c.kind or c.type for row in cells if (c := row[index]) is not None}
    return (
        found.pop() if len(found) == 1 else "iri" if all(":" in f and f[:3] == "gro" for f in found) else "text"
    )


def resolved(store: ox.Store, asked: Question, values: Mapping[str, str]) -> dict[str, Any]:
    """Return the term for each parameter of *asked*, defaults included; raises what is wrong with a value."""
    known = {p.name: p for p in asked.parameters}
    for name in values:
        if name not in known:
            raise UnknownParameterError(asked.name, name, sorted(known))
    return {n: resolve(store, p, values.get(n, p.default)) for n, p in known.items()}


def ask(
    store: ox.Store,
    release: Release,
    name: str,
    values: Mapping[str, str] | None = None,
    *,
    language: str = "en",
    proof: bool = False,
    limit: int = MAX_ROWS,
) -> Answer:
    """Answer the question *name* of the library with *values* in its blanks."""
    asked = question(name)
    terms = resolved(store, asked, values or {})
    answer = of_query(store, release, fill(asked, terms), language=language, proof=proof, limit=limit)
    given = {n: shorten(t.value) if isinstance(t, ox.NamedNode) else t.value for n, t in terms.items()}
    columns = tuple(Column(c.name, asked.columns.get(c.name, c.type)) for c in answer.columns)
    compared = sorted({terms[p.name].value for p in asked.parameters if p.kind == "gro:Document"})
    if len(compared) > 1:  # whatever else the proof passes by, these are what the asker compares
        described = [describe(Reader(store, language), d) for d in compared]
        answer = replace(answer, warnings=tuple(cautions(described, language)))
    return replace(
        answer,
        name=name,
        title=asked.title[language],
        text=asked.text[language],
        parameters=given,
        columns=columns,
    )
