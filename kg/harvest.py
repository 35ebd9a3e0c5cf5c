"""Harvest: a stored CONSTRUCT, run against an endpoint of others, into a dated and licensed file of one graph.

Only a person runs it, never the server, and only what ``data/harvests.toml`` lists. Each page is kept, so an
interrupted harvest goes on where it stopped. The file is used by ``kg build --with FILE``.
"""

from __future__ import annotations

import hashlib
import re
import time
import tomllib
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from http.client import HTTPException
from pathlib import Path

import pyoxigraph as ox

from kg.errors import KGError
from kg.linking.index import SPACES
from kg.links import mapping_sets, read_mappings
from kg.resources import resource
from kg.vocabulary import GRAPH

RETRIES = 4
TIMEOUT = 90.0
"""Seconds for one page."""
AGENT = "Grotius (https://w3id.org/grotius)"
FORMATS = {
    "application/n-triples": ox.RdfFormat.N_TRIPLES,
    "text/plain": ox.RdfFormat.N_TRIPLES,
    "text/turtle": ox.RdfFormat.TURTLE,
    "application/rdf+xml": ox.RdfFormat.RDF_XML,
}
VALUES = re.compile(r"VALUES\s+\?thing\s*\{[^}]*\}")
AGAIN = (429, 500, 502, 503, 504)
"""Statuses after which it is worth trying again."""


class UnknownHarvestError(KGError):
    """No harvest of this name is listed."""

    def __init__(self, name: str, known: list[str]) -> None:
        self.name, self.near = name, get_close_matches(name, known, n=1, cutoff=0.4)
        hint = f"did you mean {self.near[0]!r}?" if self.near else f"data/harvests.toml has {', '.join(known)}"
        super().__init__(f"no harvest named {name!r}: {hint}")


class HarvestError(KGError):
    """The endpoint did not give what was asked for; the last harvest stays."""

    def __init__(self, endpoint: str, problem: str) -> None:
        self.endpoint, self.problem = endpoint, problem
        super().__init__(
            f"{endpoint}: {problem}: nothing was changed; what was fetched is kept for the next try"
        )


@dataclass(frozen=True)
class Harvest:
    """One entry of the reviewed file."""

    name: str
    title: str
    endpoint: str
    licence: str
    source: str
    query: str
    batch: int
    most_bytes: int
    of: str = ""


@dataclass(frozen=True)
class Harvested:
    """The file that was written, and how it differs from the last one."""

    path: Path
    triples: int
    pages: int
    added: tuple[str, ...]
    removed: tuple[str, ...]


def listed() -> dict[str, Harvest]:
    """Return the harvests that were reviewed, by name."""
    entries = tomllib.loads((resource("data") / "harvests.toml").read_text(encoding="utf-8"))
    queries = resource("queries") / "harvest"
    return {
        name: Harvest(name=name, **{**entry, "query": (queries / entry["query"]).read_text(encoding="utf-8")})
        for name, entry in entries.items()
    }


def harvest_named(name: str) -> Harvest:
    """Return the harvest *name*; raises UnknownHarvestError."""
    known = listed()
    if name not in known:
        raise UnknownHarvestError(name, sorted(known))
    return known[name]


def identifiers(scheme: str) -> list[str]:
    """Return what our mappings identify in *scheme*, sorted."""
    space = SPACES[scheme]
    objects = {str(o) for path in mapping_sets() for _, _, o in read_mappings(path)}
    return sorted(o for o in objects if o.startswith(space))


def pages_of(harvest: Harvest) -> Iterator[str]:
    """Yield the queries of a harvest: one for each batch of identifiers, or endless pages."""
    if harvest.of:
        wanted = identifiers(harvest.of)
        for first in range(0, len(wanted), harvest.batch):
            values = " ".join(f"<{iri}>" for iri in wanted[first : first + harvest.batch])
            yield VALUES.sub(lambda _, v=values: f"VALUES ?thing {{ {v} }}", harvest.query, count=1)  # type: ignore[misc]
        return
    offset = 0
    while True:
        yield f"{harvest.query.rstrip()} LIMIT {harvest.batch} OFFSET {offset}\n"
        offset += harvest.batch


def _request(endpoint: str, query: str, most: int) -> tuple[bytes, str]:
    accept = "application/n-triples, text/turtle;q=0.9, application/rdf+xml;q=0.5"
    headers = {"Accept": accept, "User-Agent": AGENT, "Content-Type": "application/x-www-form-urlencoded"}
    body = urllib.parse.urlencode({"query": query}).encode()
    request = urllib.request.Request(endpoint, data=body, headers=headers)
    with urllib.request.urlopen(request, timeout=TIMEOUT) as response:
        content: bytes = response.read(most + 1)
        return content, response.headers.get_content_type()


def fetch(endpoint: str, query: str, most: int, pause: Callable[[float], None] = time.sleep) -> list[str]:
    """Return the triples of one page as sorted N-Triples lines, after retries; raises HarvestError.

    *most*: bytes; *pause*: how to wait (seconds) before another try.
    """
    for attempt in range(RETRIES + 1):
        wait = 2.0**attempt
        try:
            content, kind = _request(endpoint, query, most)
            break
        except urllib.error.HTTPError as error:
            if error.code not in AGAIN or attempt == RETRIES:
                raise HarvestError(endpoint, f"it answered {error.code} {error.reason}") from error
            after = error.headers.get("Retry-After", "")
            wait = min(float(after), 300.0) if after.isdigit() else wait
        except (OSError, HTTPException) as error:
            if attempt == RETRIES:
                raise HarvestError(endpoint, f"it cannot be reached ({error})") from error
        pause(wait)
    if len(content) > most:
        raise HarvestError(endpoint, f"a page is larger than the limit of {most} bytes")
    if kind not in FORMATS:
        raise HarvestError(endpoint, f"it answered with {kind}, not with RDF")
    try:
        triples = [quad.triple for quad in ox.parse(content, format=FORMATS[kind])]
    except SyntaxError as error:
        raise HarvestError(endpoint, f"its answer is not RDF ({error})") from error
    if any(isinstance(t.subject, ox.BlankNode) or isinstance(t.object, ox.BlankNode) for t in triples):
        raise HarvestError(endpoint, "its answer has blank nodes, which cannot be compared or cited")
    return sorted({f"{t} ." for t in triples})


def _head(harvest: Harvest, date: str, triples: int) -> list[str]:
    graph = f"<{GRAPH}with/{harvest.name}-{date}>"
    dcterms, rdfs = "http://purl.org/dc/terms/", "http://www.w3.org/2000/01/rdf-schema#"
    digest = hashlib.sha256(harvest.query.encode()).hexdigest()
    day = f'"{date}"^^<http://www.w3.org/2001/XMLSchema#date>'
    return [
        f"{graph} <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://rdfs.org/ns/void#Dataset> .",
        f'{graph} <{rdfs}label> "{harvest.title}, {date}"@en .',
        f'{graph} <{rdfs}label> "{harvest.title}, {date}"@nl .',
        f"{graph} <{dcterms}source> <{harvest.source}> .",
        f"{graph} <{dcterms}license> <{harvest.licence}> .",
        f"{graph} <{dcterms}created> {day} .",
        f'{graph} <{dcterms}provenance> "CONSTRUCT with SHA-256 {digest} at {harvest.endpoint}"@en .',
        f'{graph} <http://rdfs.org/ns/void#triples> "{triples}"^^<http://www.w3.org/2001/XMLSchema#integer> .',
    ]


def _lines(path: Path) -> set[str]:
    return set(path.read_text(encoding="utf-8").splitlines()) if path.exists() else set()


def run(
    harvest: Harvest,
    folder: Path,
    date: str,
    *,
    fresh: bool = False,
    pause: Callable[[float], None] = time.sleep,
    progress: Callable[[str], None] = lambda _: None,
) -> Harvested:
    """Run *harvest* into ``folder/<name>-<date>.ttl`` and compare it with the last one; raises HarvestError.

    *fresh*: ask again for pages that are kept from an earlier try.
    """
    kept = folder / "pages" / harvest.name
    kept.mkdir(parents=True, exist_ok=True)
    lines: set[str] = set()
    size = count = 0
    for query in pages_of(harvest):
        page = kept / f"{hashlib.sha256(f'{harvest.endpoint} {date} {query}'.encode()).hexdigest()[:24]}.nt"
        if page.exists() and not fresh:
            found = page.read_text(encoding="utf-8").splitlines()
        else:
            found = fetch(harvest.endpoint, query, harvest.most_bytes, pause)
            page.write_text("".join(f"{line}\n" for line in found), encoding="utf-8")
        count += 1
        size += sum(len(line.encode()) + 1 for line in found)
        if size > harvest.most_bytes:
            raise HarvestError(
                harvest.endpoint, f"the whole is larger than the limit of {harvest.most_bytes} bytes"
            )
        lines |= set(found)
        progress(f"page {count}: {len(found)} triples")
        if not harvest.of and not found:
            break
    target = folder / f"{harvest.name}-{date}.ttl"
    earlier = sorted(p for p in folder.glob(f"{harvest.name}-????-??-??.ttl") if p.name < target.name)
    before = {line for line in _lines(earlier[-1]) if f"<{GRAPH}with/" not in line} if earlier else set()
    draft = target.with_suffix(".draft")
    whole = [*_head(harvest, date, len(lines)), *sorted(lines)]
    draft.write_text("".join(f"{line}\n" for line in whole), encoding="utf-8")
    draft.replace(target)
    return Harvested(target, len(lines), count, tuple(sorted(lines - before)), tuple(sorted(before - lines)))
