"""From what was asked to what is sent: the same for both ways in, Flask's and the shortcut."""

from __future__ import annotations

from dataclasses import dataclass

from kg.evaluation.messages import Answer, Query
from kg.web import completeness
from kg.web.cache import key
from kg.web.edition import Edition
from kg.web.negotiation import HTML, JSON, SHORT_NAMES, SOLUTIONS, TRIPLES, choose, with_charset
from kg.web.protocol import Operation


@dataclass(frozen=True)
class Wish:
    """A query as it is asked for: in which media types (None: in none of ours), and at which address."""

    operation: Operation
    solutions: str | None
    triples: str | None
    root: str
    address: str

    def kind(self, answer: Answer) -> str:
        """Return the media type that the client is told."""
        return (self.triples if answer.form == "CONSTRUCT" else self.solutions) or answer.media_type


def wish(operation: Operation, accept: str, root: str, address: str) -> Wish:
    """Return what *operation* asks for; ``?format=`` comes before *accept*."""
    named = SHORT_NAMES.get(operation.format.lower(), operation.format.lower())
    solutions = named if named in SOLUTIONS else choose(SOLUTIONS, accept)
    triples = named if named in TRIPLES else choose(TRIPLES, accept)
    return Wish(operation, solutions, triples, root, address)


def query_of(wish: Wish, base: str, now: Edition, rows: int) -> tuple[Query, str]:
    """Return the query to evaluate over *now*, and its tag, which no other answer has."""
    asked, solutions, triples = wish.operation, wish.solutions, wish.triples
    assert asked.query is not None
    query = Query(
        asked.query,
        base,
        asked.default_graphs,
        asked.named_graphs,
        None if solutions is None else JSON if solutions == HTML else SOLUTIONS[solutions],
        None if triples is None else "text/turtle" if triples == HTML else TRIPLES[triples],
        rows,
        now.prefixes,
    )
    return query, key(f"{now.name} {solutions} {triples} {wish.root}", query)


def body_of(wish: Wish, found: Answer) -> bytes:
    """Return the body that is sent, before any compression."""
    return completeness.mark(found.body, found, wish.root)


def headers_of(wish: Wish, found: Answer, tag: str | None) -> list[tuple[str, str]]:
    """Return the headers of the answer; *tag* is None where it may be another one tomorrow."""
    told = [("Content-Type", with_charset(wish.kind(found))), *completeness.headers(found, wish.address)]
    if tag is None:
        return [*told, ("Cache-Control", "no-store")]
    return [*told, ("ETag", f'"{tag}"'), ("Cache-Control", "public, max-age=0, must-revalidate")]
