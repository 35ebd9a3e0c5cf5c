"""From anchor phrases to positions: what a curator need not count is counted here.

A curator writes each passage with its source and its selectors' ``oa:exact``; ``kg locate`` finds each
phrase in the repaired text and writes offsets, lines and the sentence around it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from pathlib import Path

from rdflib import Graph, Literal, URIRef
from rdflib.namespace import RDF, XSD
from rdflib.term import Node

from kg.errors import KGError
from kg.passages import document_slug
from kg.repair import RepairedText
from kg.sources import read_source
from kg.vocabulary import GRO, OA, bind, shorten

SENTENCE_END = re.compile(
    r"(?<!\bnr)(?<!\bo\.a)(?<!\bjl)(?<!\bc\.s)(?<!\bd\.w\.z)[.!?]\d{0,2}[”’)]?\s+(?=[A-Z‘“‚(\d•])"
)
PAGE_FOOT = re.compile(r"https?://|\d{1,2} ?[A-Zh]|[a-z]+\.nl\)")
MIN_HALF, MAX_NOTES = 12, 16


class AnchorNotFoundError(KGError):
    """An anchor does not stand exactly once in its text."""

    def __init__(self, passage: str, exact: str, document: str, times: int) -> None:
        self.passage, self.exact, self.document, self.times = passage, exact, document, times
        remedy = "correct it against the repaired text" if times == 0 else "make it longer"
        super().__init__(f"{passage}: the anchor {exact!r} stands {times} times in {document}: {remedy}")


def sentences(text: str) -> list[tuple[int, int]]:
    """Return the [start, end) of each sentence, a line break ending one too.

    >>> sentences("Een zin. Nog een.\\nEen punt")
    [(0, 8), (9, 17), (18, 26)]
    """
    found = []
    for line in re.finditer(r"[^\n]+", text):
        start = line.start()
        for end in SENTENCE_END.finditer(line.group()):
            found.append((start, line.start() + end.start() + len(end.group().rstrip())))
            start = line.start() + end.end()
        if text[start : line.end()].strip():
            found.append((start, line.end()))
    return found


def contexts(text: str) -> list[tuple[int, int]]:
    """Return, for each sentence of ``sentences(text)``, the bounds of what is shown for it.

    A sentence that a page break cut, with notes and addresses of the page foot between its halves, is
    shown from the start of the first half to the end of the second.

    >>> contexts("Een zin die hier\\nhttps://example.org\\nverder gaat.")
    [(0, 49), (17, 36), (0, 49)]
    """
    found = sentences(text)
    shown = list(found)
    for i, (start, end) in enumerate(found):
        if text[end - 1] in ".!?:;" or PAGE_FOOT.match(text, start) or end - start < MIN_HALF:
            continue
        for j in range(i + 1, min(i + MAX_NOTES, len(found))):
            if text[found[j][0]].islower() and not PAGE_FOOT.match(text, found[j][0]):
                if shown[j] != found[j]:
                    break  # an earlier half has this one
                shown[i] = shown[j] = (start, found[j][1])
                break
            if not PAGE_FOOT.match(text, found[j][0]) and text[found[j][0]].isalpha() and j == i + 1:
                break
    return shown


def _count(graph: Graph, subject: Node, predicate: URIRef, value: int) -> None:
    graph.set((subject, predicate, Literal(str(value), datatype=XSD.nonNegativeInteger)))


@dataclass(frozen=True)
class _Located:
    """A text with where its sentences start and what is shown for each, reckoned once."""

    text: RepairedText
    starts: list[int]
    bounds: list[tuple[int, int]]


def _read(folder: Path, document: str) -> _Located | None:
    text = read_source(folder, document)
    if text is None:
        return None
    return _Located(text, [start for start, _ in sentences(text.text)], contexts(text.text))


def _place(graph: Graph, passage: Node, located: _Located) -> None:
    text, starts, bounds = located.text, located.starts, located.bounds
    spans = []
    for selector in graph.objects(passage, OA.hasSelector):
        exact = str(graph.value(selector, OA.exact))
        times = text.text.count(exact)
        if times != 1:
            raise AnchorNotFoundError(shorten(str(passage)), exact, text.document, times)
        start = text.text.index(exact)
        spans.append((start, start + len(exact)))
        _count(graph, selector, OA.start, start)
        _count(graph, selector, OA.end, start + len(exact))
    if not spans:
        return
    spans.sort()
    around = [bounds[bisect_right(starts, at) - 1] for start, end in spans for at in (start, end - 1)]
    _count(graph, passage, GRO.contextStart, min(start for start, _ in around))
    _count(graph, passage, GRO.contextEnd, max(max(end for _, end in around), spans[-1][1]))
    _count(graph, passage, GRO.firstLine, text.line(spans[0][0]))
    _count(graph, passage, GRO.lastLine, text.line(spans[-1][1] - 1))


def locate(path: Path, folder: Path) -> int:
    """Write the positions of all anchors into the Turtle file *path*; return how many passages it has."""
    graph = bind(Graph().parse(path, format="turtle"))
    passages = sorted(graph.subjects(RDF.type, GRO.Passage), key=str)
    texts: dict[str, _Located | None] = {}
    for passage in passages:
        document = document_slug(graph.value(passage, OA.hasSource) or passage)
        if document not in texts:
            texts[document] = _read(folder, document)
        text = texts[document]
        if text is not None:
            _place(graph, passage, text)
    draft = path.with_suffix(".ttl.new")
    draft.write_text(graph.serialize(format="turtle"), encoding="utf-8")
    draft.replace(path)
    return len(passages)
