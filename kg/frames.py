"""Notebooks: ``kg.open()`` gives a graph to ask, and its answers become pandas frames with their evidence.

Needs pandas: ``pip install 'grotius[notebook]'``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from kg import answers
from kg.errors import KGError
from kg.footnotes import wording
from kg.networks import collect, to_networkx
from kg.networks.model import PARALLEL
from kg.questions import Question, questions
from kg.release import Release, build, named, releases_folder
from kg.store import open_store
from kg.vocabulary import shorten

DTYPES = {"xsd:integer": "Int64", "xsd:boolean": "boolean", "xsd:decimal": "Float64", "xsd:double": "Float64"}


class NoPandasError(KGError):
    """pandas is not installed."""

    def __init__(self) -> None:
        super().__init__("frames need pandas: run `pip install 'grotius[notebook]'`")


@dataclass(frozen=True)
class Opened:
    """A release, open for questions and networks."""

    release: Release
    store: ox.Store
    language: str

    def questions(self) -> dict[str, Question]:
        """Return the questions by name."""
        return questions()

    def ask(self, name: str, **values: str) -> Any:
        """Return the answer to a question as a frame: ``g.ask("goals-of-an-actor", actor="NAVO")``."""
        return to_frame(answers.ask(self.store, self.release, name, values, language=self.language, proof=True))

    def sparql(self, query: str) -> Any:
        """Return the rows of a SELECT as a frame."""
        return to_frame(answers.of_query(self.store, self.release, query, language=self.language, proof=True))

    def network(self, view: str, *, merge: str = PARALLEL, **values: str) -> Any:
        """Return the network of a view as a networkx graph, every edge with its claims and passages.

        *merge*: ``parallel`` (a multigraph, one edge for each claim), ``relation`` or ``pair`` (weights are
        numbers of claims). *values*: for the blanks of the view, as ``kg views`` lists them.
        """
        return to_networkx(collect(self.store, view, values, merge=merge, release=self.release.name))


def open_release(releases: str | None = None, release: str | None = None, language: str = "en") -> Opened:
    """Open the newest release (built first, where anything changed), or the one named *release*."""
    folder = releases_folder(releases)
    found = named(folder, release) if release else build(folder)
    return Opened(found, open_store(found.nquads), language)


def to_frame(answer: answers.Answer) -> Any:
    """Return an answer as a pandas frame: things as labels with their IRIs beside them, numbers as numbers.

    ``frame.evidence`` has the passages of each row; ``frame.attrs["answer"]`` the answer itself.
    """
    try:
        import pandas as pd
    except ImportError as error:
        raise NoPandasError from error
    register(pd)
    columns: dict[str, Any] = {}
    for at, column in enumerate(answer.columns):
        cells = [row[at] for row in answer.rows]
        if any(c is not None and c.type == "iri" for c in cells):
            columns[column.name] = pd.array([c.label if c else None for c in cells], dtype="string")
            columns[f"{column.name}_iri"] = pd.array(
                [shorten(c.value) if c else None for c in cells], dtype="string"
            )
        else:
            columns[column.name] = _array(
                pd, [c.value if c else None for c in cells], {c.type for c in cells if c}
            )
    frame = pd.DataFrame(columns)
    frame.attrs["answer"] = answer.to_dict()
    return frame


def _array(pd: Any, values: list[str | None], types: set[str]) -> Any:
    dtype = DTYPES.get(types.pop(), "string") if len(types) == 1 else "string"
    if dtype == "boolean":
        return pd.array([None if v is None else v == "true" for v in values], dtype=dtype)
    if dtype == "string":
        return pd.array(values, dtype=dtype)
    return pd.array([None if v is None else float(v) for v in values], dtype=dtype)


def register(pd: Any) -> None:
    """Give pandas frames the accessor ``evidence``, once."""
    if not hasattr(pd.DataFrame, "evidence"):
        pd.api.extensions.register_dataframe_accessor("evidence")(Evidence)


class Evidence:
    """The passages that each row of an answer rests on; rows are known by their index."""

    def __init__(self, frame: Any) -> None:
        self._frame = frame

    @property
    def _proof(self) -> dict[str, Any]:
        proof: dict[str, Any] = self._frame.attrs.get("answer", {}).get("proof", {"rows": [], "passages": {}})
        return proof

    def of(self, row: int) -> list[str]:
        """Return the wording of each passage under the row with index *row*."""
        proof = self._proof
        language = self._frame.attrs["answer"]["language"]
        return [wording(proof["passages"][p], language) for p in proof["rows"][row]["allPassages"]]

    def claims(self, row: int) -> list[str]:
        """Return the label of each claim under the row with index *row*."""
        proof = self._proof
        return [proof["claims"][c]["label"] for c in proof["rows"][row]["allClaims"]]

    def frame(self) -> Any:
        """Return one line for each row and passage: document, lines, anchor, positions, hash of the text."""
        import pandas as pd

        lines = []
        for row in self._frame.index:
            for iri in self._proof["rows"][row]["allPassages"]:
                passage = self._proof["passages"][iri]
                for anchor in passage["anchors"]:
                    lines.append(
                        {
                            "row": row,
                            "passage": shorten(iri),
                            "document": passage["document"]["label"],
                            "line": passage["lines"][0],
                            "anchor": anchor["exact"],
                            "start": anchor["start"],
                            "end": anchor["end"],
                            "sha256": passage["sha256"],
                        }
                    )
        return pd.DataFrame(lines)
