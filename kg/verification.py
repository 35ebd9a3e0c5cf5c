"""Is this answer what the release says? Evaluated again, offline; each forged part is named.

An answer is a pure function of question, parameters, language and release, so verification makes it again
and compares. Where the texts are here, every anchor it quotes is looked up in them too.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kg import answers
from kg.algebra import NoProofError
from kg.errors import KGError
from kg.parameters import ParameterValueError
from kg.questions import UnknownParameterError, UnknownQuestionError
from kg.release import Release
from kg.sources import read_source
from kg.store import QuerySyntaxError


class UnreadableAnswerError(KGError):
    """A file is not an answer of `kg ask --format json`."""

    def __init__(self, path: Path, problem: str) -> None:
        self.path, self.problem = path, problem
        super().__init__(f"{path}: not an answer: {problem}: make one with `kg ask NAME --proof --format json`")


class OtherReleaseError(KGError):
    """An answer was made from a release that is not here."""

    def __init__(self, wanted: str, here: str) -> None:
        self.wanted, self.here = wanted, here
        super().__init__(
            f"the answer rests on release {wanted}, and here is {here}: fetch that release, or ask again"
        )


def read_answer(path: Path) -> dict[str, Any]:
    """Read an answer; raises UnreadableAnswerError."""
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise UnreadableAnswerError(path, str(error)) from error
    if not isinstance(said, dict) or said.get("format") != answers.FORMAT:
        raise UnreadableAnswerError(path, f'it lacks "format": "{answers.FORMAT}"')
    missing = [k for k in ("release", "rows", "columns", "sparql", "language", "completeness") if k not in said]
    if missing:
        raise UnreadableAnswerError(path, f"it lacks {', '.join(missing)}")
    return said


def verify(said: dict[str, Any], store: ox.Store, release: Release, sources: Path | None = None) -> list[str]:
    """Return one sentence for each part of the answer *said* that the release does not bear out."""
    given = said["release"] if isinstance(said["release"], dict) else {}
    if given.get("name") != release.name:
        raise OtherReleaseError(str(given.get("name")), release.name)
    try:
        true = _again(said, store, release)
    except (
        UnknownQuestionError,
        UnknownParameterError,
        ParameterValueError,
        QuerySyntaxError,
        NoProofError,
    ) as e:
        return [f"the question cannot be asked again: {e}"]
    except (TypeError, AttributeError, KeyError, ValueError) as error:
        return [f"the answer has a part of another shape than an answer has: {error}"]
    problems = list(_differences(said, true, "answer"))
    if sources:
        problems += _against_texts(said, sources)
    return problems


def _again(said: dict[str, Any], store: ox.Store, release: Release) -> dict[str, Any]:
    how: dict[str, Any] = {
        "language": "nl" if said["language"] == "nl" else "en",
        "proof": "proof" in said or "noProof" in said,
        "limit": int(said["completeness"]["limit"]),
    }
    if said.get("name"):
        values = {str(k): str(v) for k, v in said["parameters"].items()}
        return answers.ask(store, release, str(said["name"]), values, **how).to_dict()
    return answers.of_query(store, release, str(said["sparql"]), **how).to_dict()


def _name(path: str, said: Any, true: Any) -> str:
    label = next((x["label"] for x in (said, true) if isinstance(x, dict) and x.get("label")), None)
    return f"{path} ({label})" if label else path


def _differences(said: Any, true: Any, path: str) -> Iterator[str]:
    """Yield where two pieces of plain data differ, each with its path and both values."""
    if isinstance(said, dict) and isinstance(true, dict):
        for key in sorted(set(said) | set(true), key=str):
            here = (
                f"{path}.{key}"
                if "://" not in str(key)
                else f"{path}[{key.rsplit('/', 2)[-2]}:{key.rsplit('/', 1)[-1]}]"
            )
            if key not in true:
                yield f"{_name(here, said[key], None)}: the release has nothing of the kind"
            elif key not in said:
                yield f"{_name(here, None, true[key])}: taken out of the answer"
            else:
                yield from _differences(said[key], true[key], here)
    elif isinstance(said, list) and isinstance(true, list):
        for at, (one, other) in enumerate(zip(said, true, strict=False), 1):
            yield from _differences(one, other, f"{path} {at}")
        for at in range(len(true), len(said)):
            yield f"{path} {at + 1}: added; the release does not have it: {_shown(said[at])}"
        for at in range(len(said), len(true)):
            yield f"{path} {at + 1}: left out; the release has it: {_shown(true[at])}"
    elif said != true or type(said) is not type(true):
        yield f"{path}: the answer says {_shown(said)}, the release says {_shown(true)}"


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 160 else text[:157] + "…"


def _against_texts(said: dict[str, Any], sources: Path) -> Iterator[str]:
    """Yield each anchor that does not stand in its text where the answer says it does."""
    for iri, passage in (said.get("proof") or {}).get("passages", {}).items():
        document = str(passage["text"]).rsplit("/", 1)[-1]
        text = read_source(sources, document)
        if text is None:
            continue
        for anchor in passage["anchors"]:
            there = text.text[anchor["start"] : anchor["end"]]
            if there != anchor["exact"]:
                yield (
                    f"passage {iri.rsplit('/', 1)[-1]}: the text of {document} has {there!r} at"
                    f" {anchor['start']}–{anchor['end']}, the answer quotes {anchor['exact']!r}"
                )
