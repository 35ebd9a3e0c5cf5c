"""One table of media types, and which of them a client prefers (RFC 9110, § 12.5.1)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

JSON, XML, CSV, TSV = (
    "application/sparql-results+json",
    "application/sparql-results+xml",
    "text/csv",
    "text/tab-separated-values",
)
HTML = "text/html"

SOLUTIONS = {
    JSON: JSON,
    "application/json": JSON,
    XML: XML,
    "application/xml": XML,
    "text/xml": XML,
    CSV: CSV,
    TSV: TSV,
    HTML: HTML,
}
"""For SELECT and ASK: what may be asked for, and what it is; the server's own preference comes first."""

TRIPLES = {
    "text/turtle": "text/turtle",
    "application/x-turtle": "text/turtle",
    "application/n-triples": "application/n-triples",
    "application/rdf+xml": "application/rdf+xml",
    "application/ld+json": "application/ld+json",
    "application/trig": "application/trig",
    "application/n-quads": "application/n-quads",
    "text/n3": "text/n3",
    "text/rdf+n3": "text/n3",
    "text/plain": "application/n-triples",
    "application/json": "application/ld+json",
    "application/xml": "application/rdf+xml",
    "text/xml": "application/rdf+xml",
    HTML: HTML,
}
"""For CONSTRUCT, DESCRIBE, graphs and descriptions."""

VAGUE = {"text/plain", "application/json", "application/xml", "text/xml"}
"""Names that clients mean as a kind of results: for RDF they count only where nothing else is accepted."""

ONLY_IF_NAMED = {HTML, "application/x-turtle", "text/rdf+n3"} | VAGUE
"""Not what ``*/*`` or ``text/*`` stands for."""

SHORT_NAMES = {
    "json": JSON,
    "xml": XML,
    "csv": CSV,
    "tsv": TSV,
    "turtle": "text/turtle",
    "ttl": "text/turtle",
    "nt": "application/n-triples",
    "ntriples": "application/n-triples",
    "rdf": "application/rdf+xml",
    "rdfxml": "application/rdf+xml",
    "rdf+xml": "application/rdf+xml",
    "jsonld": "application/ld+json",
    "json-ld": "application/ld+json",
    "trig": "application/trig",
    "nq": "application/n-quads",
    "nquads": "application/n-quads",
    "n3": "text/n3",
    "html": HTML,
}
"""What ``?format=`` may say instead of a media type."""

RANGE = re.compile(r"\s*([\w!#$%&'*+.^`|~-]+)/([\w!#$%&'*+.^`|~-]+)\s*((?:;[^,]*)?)", re.ASCII)
QUALITY = re.compile(r";\s*q\s*=\s*([01](?:\.\d*)?|\.\d+)\s*(?:;|$)", re.IGNORECASE)


def ranges(header: str) -> list[tuple[str, float]]:
    """Return the media ranges of an Accept header with their weights; what is malformed is left out.

    >>> ranges("text/turtle;q=0.5, */*;q=0, nonsense")
    [('text/turtle', 0.5), ('*/*', 0.0)]
    """
    found = []
    for part in re.sub(r'"(?:[^"\\]|\\.)*"', "", header).split(","):
        if match := RANGE.fullmatch(part):
            quality = QUALITY.search(match.group(3))
            weight = min(float(quality.group(1)), 1.0) if quality else 1.0
            found.append((f"{match.group(1)}/{match.group(2)}".lower(), weight))
    return found


def _weight(offer: str, asked: dict[str, float]) -> float:
    """Return the weight of the most specific range that *offer* falls in; 0 where it falls in none."""
    if offer in asked:
        return asked[offer]
    if offer in ONLY_IF_NAMED:
        return 0.0
    return asked.get(offer.partition("/")[0] + "/*", asked.get("*/*", 0.0))


def choose(offers: Iterable[str], header: str) -> str | None:
    """Return the offer that the client prefers, the server's order deciding between equals; None: 406.

    >>> choose(SOLUTIONS, "text/*;q=0.3, application/*;q=0.1")
    'text/csv'
    >>> choose(TRIPLES, "application/sparql-results+json, application/n-triples;q=0.4")
    'application/n-triples'
    >>> choose(SOLUTIONS, "image/png") is None
    True
    """
    return _choose(tuple(offers), header)


@lru_cache(maxsize=1000)
def _choose(offers: tuple[str, ...], header: str) -> str | None:
    found = ranges(header)
    if not found:
        return offers[0]
    vague = offers[0] in TRIPLES
    asked: dict[str, float] = {}
    for name, weight in found:
        asked[name] = max(weight, asked.get(name, 0.0))

    def preference(offer: str) -> tuple[bool, float, int]:
        weight = _weight(offer, asked)
        return weight > 0 and not (vague and offer in VAGUE), weight, -offers.index(offer)

    best = max(offers, key=preference)
    return best if _weight(best, asked) > 0 else None


def with_charset(media_type: str) -> str:
    """Return the Content-Type for *media_type*: text names its charset, JSON and XML need not."""
    return f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type
