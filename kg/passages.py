"""Passages against texts: every anchor at its offsets, no document copied into anchors."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from rdflib import Graph, URIRef
from rdflib.namespace import RDF
from rdflib.term import Node

from kg.errors import KGError
from kg.repair import RepairedText
from kg.sources import AlteredSourceError, read_source
from kg.vocabulary import GRO, OA, shorten

MAX_ANCHOR_WORDS = 12
MAX_ANCHOR_SHARE = 0.35


class PassageError(KGError):
    """Passages and texts do not agree; ``problems`` has one sentence for each."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


@dataclass(frozen=True)
class Anchor:
    """A selector: the phrase *exact*, at [*start*, *end*) in the repaired text of *document*."""

    iri: URIRef
    passage: URIRef
    document: str
    exact: str
    start: int
    end: int


def document_slug(source_text: Node) -> str:
    """Return the file name, without ending, that a source text's IRI ends in."""
    return str(source_text).rsplit("/", 1)[-1]


def anchors(graph: Graph) -> Iterator[Anchor]:
    """Yield every anchor of *graph* with its passage and document, in order of position."""
    found = []
    for passage, selector in graph.subject_objects(OA.hasSelector):
        source, exact, start, end = (
            graph.value(passage, OA.hasSource),
            graph.value(selector, OA.exact),
            graph.value(selector, OA.start),
            graph.value(selector, OA.end),
        )
        if source is None or exact is None or start is None or end is None:
            continue  # the shapes report what is missing
        found.append(
            Anchor(
                URIRef(str(selector)),
                URIRef(str(passage)),
                document_slug(source),
                str(exact),
                int(str(start)),
                int(str(end)),
            )
        )
    yield from sorted(found, key=lambda a: (a.document, a.start, a.end, a.iri))


def claims_of(graph: Graph, passage: URIRef) -> list[str]:
    """Return the short IRIs of the claims that rest on *passage*, sorted."""
    return sorted(shorten(str(claim)) for claim in graph.subjects(GRO.isStatedIn, passage))


def anchor_share(found: Iterable[Anchor], words: int) -> float:
    """Return the share of a document's *words* that its anchors cover, each word counted once."""
    covered: set[int] = set()
    for anchor in found:
        covered.update(anchor.start + m.start() for m in re.finditer(r"\S+", anchor.exact))
    return len(covered) / words if words else 0.0


def _is_there(text: RepairedText, anchor: Anchor, altered: bool) -> bool:
    """Tell whether the anchor stands at its offsets or, in an altered text, still stands somewhere."""
    return text.text[anchor.start : anchor.end] == anchor.exact or (altered and anchor.exact in text.text)


def _problem(graph: Graph, text: RepairedText, anchor: Anchor) -> str:
    claims = ", ".join(claims_of(graph, anchor.passage)) or "no claim"
    return (
        f"{text.document}.txt:{text.line(anchor.start)}: the anchor {anchor.exact!r} of"
        f" {shorten(str(anchor.passage))} is not at {anchor.start}–{anchor.end} (there stands"
        f" {text.text[anchor.start : anchor.end]!r}); claims that rest on it: {claims}: restore the text,"
        " or correct the anchor"
    )


def verify(graph: Graph, folder: Path) -> dict[str, float]:
    """Check every anchor of *graph* against the texts in *folder*.

    Returns the share of words that anchors cover, per document found. Raises PassageError with one
    sentence for each anchor that is not at its offsets (naming the claims), or AlteredSourceError where
    the text was altered outside the anchors.
    """
    by_document: dict[str, list[Anchor]] = defaultdict(list)
    for anchor in anchors(graph):
        by_document[anchor.document].append(anchor)
    problems: list[str] = []
    shares: dict[str, float] = {}
    for source_text in sorted(graph.subjects(RDF.type, GRO.SourceText), key=str):
        document = document_slug(source_text)
        text = read_source(folder, document)
        if text is None:
            continue
        expected = str(graph.value(source_text, GRO.rawSha256))
        altered = text.raw_sha256 != expected
        found = by_document.get(document, [])
        wrong = [_problem(graph, text, anchor) for anchor in found if not _is_there(text, anchor, altered)]
        problems.extend(wrong)
        if altered and not wrong:
            raise AlteredSourceError(folder / f"{document}.txt", expected, text.raw_sha256)
        shares[document] = share = anchor_share(found, text.words)
        if share > MAX_ANCHOR_SHARE:
            problems.append(
                f"{document}: anchors cover {share:.0%} of its words, more than {MAX_ANCHOR_SHARE:.0%}:"
                " shorten anchors, or let claims share them"
            )
    if problems:
        raise PassageError(problems)
    return shares
