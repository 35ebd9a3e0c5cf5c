"""The proof of an answer as footnotes: plain text, BibTeX and CSL-JSON.

A footnote cites a passage as a reader can find it: document, section, page or footnote, lines, anchor. The
bibliographies list the documents that were cited, and the release itself as a data set.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox
from bibtexparser.entrypoint import write_string
from bibtexparser.library import Library
from bibtexparser.model import Entry, Field
from rdflib.namespace import DCTERMS

from kg.answers import Answer
from kg.proof import Reader, passages_under

PLACES = {
    "en": {"line": "line", "lines": "lines", "page": "p.", "footnote": "footnote", "release": "release"},
    "nl": {"line": "regel", "lines": "regels", "page": "p.", "footnote": "voetnoot", "release": "release"},
}
CSL_TYPES = {
    "document-web-page": "webpage",
    "document-annual-report": "report",
    "document-policy-note": "report",
}
HOME = "https://w3id.org/grotius/"


@dataclass(frozen=True)
class Footnote:
    """One cited passage: its number in the answer, its IRI and its wording."""

    number: int
    passage: str
    text: str


def wording(passage: dict[str, Any], language: str) -> str:
    """Return how a passage is cited."""
    words = PLACES[language]
    first, last = passage["lines"]
    place = [passage["document"]["label"], passage["section"]["label"]]
    place += [f"{words[k]} {passage[k]}" for k in ("page", "footnote") if k in passage]
    place.append(f"{words['line']} {first}" if first == last else f"{words['lines']} {first}–{last}")
    anchors = " … ".join(f"“{a['exact']}”" for a in passage["anchors"])
    return f"{', '.join(place)}: {anchors}."


def footnotes(answer: Answer) -> tuple[list[Footnote], list[list[int]]]:
    """Return the footnotes of an answer that has a proof, and for each row the numbers that it rests on."""
    numbers: dict[str, int] = {}
    rows: list[list[int]] = []
    if answer.proof is None:
        return [], [[] for _ in answer.rows]
    for row in answer.proof.rows:
        rows.append([numbers.setdefault(p, len(numbers) + 1) for p in passages_under(answer.proof, row)])
    notes = [
        Footnote(number, iri, wording(answer.proof.passages[iri], answer.language))
        for iri, number in numbers.items()
    ]
    return notes, rows


def to_text(answer: Answer) -> str:
    """Return numbered footnotes as plain text, with how to cite the answer itself as the last line."""
    notes, _ = footnotes(answer)
    lines = [f"{n.number}. {n.text}" for n in notes]
    return "\n".join([*lines, "", citation(answer)]) + "\n"


def citation(answer: Answer) -> str:
    """Return one line that cites the answer."""
    asked = answer.text or answer.sparql
    name = answer.release["name"]
    word = PLACES[answer.language]["release"]
    address = HOME.rstrip("/") + answer.address
    return f"Grotius, {word} {name}, “{asked}”, {address}, SHA-256 {answer.result_hash}."


def _works(answer: Answer, store: ox.Store) -> list[dict[str, Any]]:
    """Return the cited documents, and the release, in the terms of CSL."""
    reader = Reader(store, answer.language)
    places: dict[str, list[str]] = {}
    for passage in (answer.proof.passages if answer.proof else {}).values():
        first, last = passage["lines"]
        places.setdefault(passage["document"]["iri"], []).append(
            str(first) if first == last else f"{first}–{last}"
        )
    works = []
    for iri, lines in sorted(places.items()):
        kind = reader.value(iri, "kind")
        publisher, issued, address, number = (
            reader.value(iri, str(DCTERMS[n])) for n in ("publisher", "issued", "source", "identifier")
        )
        unique = sorted(set(lines), key=lambda line: int(line.partition("–")[0]))
        work: dict[str, Any] = {
            "id": iri.rsplit("/", 1)[-1],
            "type": CSL_TYPES.get(kind.value.rsplit("/", 1)[-1] if kind is not None else "", "document"),
            "title": reader.label(iri),
            "language": "nl",
            "note": f"{PLACES[answer.language]['lines']} {', '.join(unique)}",
        }
        if publisher is not None:
            work["author"] = [{"literal": reader.label(publisher.value)}]
        if issued is not None:
            work["issued"] = {"date-parts": [[int(part) for part in issued.value.split("-")]]}
        if address is not None:
            work["URL"] = address.value
        if number is not None:
            work["number"] = number.value
        works.append(work)
    works.append(
        {
            "id": f"grotius-{answer.release['name']}-{answer.result_hash[:8]}",
            "type": "dataset",
            "title": f"{answer.title or 'SPARQL'} ({answer.text or answer.sparql})",
            "author": [{"literal": "Grotius"}],
            "version": answer.release["name"],
            "URL": HOME.rstrip("/") + answer.address,
            "note": f"SHA-256 {answer.result_hash}",
        }
    )
    return works


def to_csl(answer: Answer, store: ox.Store) -> str:
    """Return the documents cited, and the answer itself, as CSL-JSON."""
    return json.dumps(_works(answer, store), ensure_ascii=False, indent=1) + "\n"


BIBTEX = {"title": "title", "URL": "url", "note": "note", "number": "number", "version": "version"}


def to_bibtex(answer: Answer, store: ox.Store) -> str:
    """Return the documents cited, and the answer itself, as BibTeX in UTF-8."""
    library = Library()
    for work in _works(answer, store):
        fields = [Field(BIBTEX[k], _braced(v, k)) for k, v in work.items() if k in BIBTEX]
        if "author" in work:
            fields.insert(
                0, Field("author", "{{" + _braced(work["author"][0]["literal"], "author")[1:-1] + "}}")
            )
        if "issued" in work:
            fields.append(Field("year", "{" + str(work["issued"]["date-parts"][0][0]) + "}"))
        library.add(Entry("misc", work["id"], fields))
    return str(write_string(library, unparse_stack=[]))


def _braced(text: str, name: str) -> str:
    """Return a BibTeX value: what TeX reads as a command is escaped, except in addresses."""
    if name != "URL":
        for special in "\\&%$#_{}":
            text = text.replace(special, "\\textbackslash " if special == "\\" else f"\\{special}")
    return "{" + text.replace("\n", " ") + "}"
