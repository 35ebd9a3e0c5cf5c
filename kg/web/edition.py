"""What is being served: one edition (a release, files, or an engine), replaced as a whole by the next."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import pyoxigraph as ox
from cachetools import LRUCache
from flask import current_app, request

from kg.errors import KGError
from kg.evaluation.messages import Answer, Query
from kg.evaluation.pool import Nursery, Pool, begin
from kg.release import AbsentReleaseError, Release, current, named
from kg.sources import read_source
from kg.store import evaluate, open_store
from kg.vocabulary import PREFIXES
from kg.web.near import Near
from kg.web.opening import upbringing
from kg.web.reading import Reading, read
from kg.web.settings import Settings

LOOK_AGAIN = 2.0
"""Seconds between two looks for a newer release."""

KEPT_OPEN = 2
"""Older releases that stay open after somebody asked for them."""

LINGER = 60
"""Seconds that the queries of an edition have to finish after it was replaced; their limit is shorter."""


class Evaluator(Protocol):
    """Whatever answers queries: a pool of workers, or a SPARQL server behind this one."""

    def evaluate(self, query: Query, ticket: str = "") -> Answer:
        """Answer *query*, or raise why not."""

    def stop(self, ticket: str) -> bool:
        """End the query that runs under *ticket*; tell whether there was one."""

    def close(self) -> None:
        """End whatever was started."""


@dataclass(frozen=True)
class Edition:
    """One state of the data; *pages* is, or will be, what the pages of a release read."""

    name: str
    evaluator: Evaluator
    prefixes: dict[str, str] = field(default_factory=dict)
    quads: int = 0
    immutable: bool = True
    release: Release | None = None
    pages: Future[Reading] | None = None
    since: float = field(default_factory=time.time)

    @property
    def reading(self) -> Reading | None:
        """What the pages read, once it is there; None where there are no pages."""
        return self.pages.result() if self.pages else None

    @property
    def store(self) -> ox.Store | None:
        """The store that the pages read, once it is there."""
        return self.reading.store if self.reading else None


def _read(release: Release, sources: Path | None) -> Reading:
    store = open_store(release.nquads)
    answer = evaluate(store, "SELECT ?text { ?text a gro:SourceText } ORDER BY ?text")
    assert isinstance(answer, ox.QuerySolutions)
    documents = [s["text"].value.rsplit("/", 1)[-1] for s in answer]
    texts = {d: t.text for d in documents if sources and (t := read_source(sources, d))}
    return read(store, release, texts)


def _near(pool: Pool, prefixes: dict[str, str], settings: Settings) -> Evaluator:
    """Return *pool*, with columns before it where the data are not too many for that."""
    return Near(pool, prefixes) if pool.quads <= settings.near * 1_000_000 else pool


def of_release(
    release: Release, sources: Path | None, settings: Settings, nursery: Nursery | None = None
) -> Edition:
    """Open *release* for queries and, beside that, for the pages: they wait for it, queries need not."""
    raised = upbringing(settings, (str(release.nquads),), ours=True)
    nursery, opener = nursery or begin(raised), ThreadPoolExecutor(1, "pages")
    pages = opener.submit(_read, release, sources)
    opener.shutdown(wait=False)
    pool = Pool(raised, settings.workers, settings.queue, nursery=nursery)
    evaluator = _near(pool, PREFIXES, settings)
    return Edition(release.name, evaluator, PREFIXES, pool.quads, release=release, pages=pages)


def of_files(settings: Settings, nursery: Nursery | None = None) -> Edition:
    """Open the files or the store on disk that *settings* name."""
    digest = hashlib.sha256()
    for path in [Path(f) for f in settings.files or (settings.store_dir,)]:
        below = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in (p for p in below if p.is_file()):
            status = file.stat()
            digest.update(f"{file}\0{status.st_size}\0{status.st_mtime_ns}\n".encode())
    raised = upbringing(settings, settings.files)
    pool = Pool(raised, settings.workers, settings.queue, nursery=nursery)
    return Edition(digest.hexdigest()[:12], _near(pool, {}, settings), quads=pool.quads)


class _Older(LRUCache[str, Edition]):
    """The older editions that are open; the one that was asked for longest ago makes way."""

    def popitem(self) -> tuple[str, Edition]:
        """Take one edition out, and close it once its queries are done."""
        name, edition = super().popitem()
        threading.Timer(LINGER, edition.evaluator.close).start()
        return name, edition


class Editions:
    """The edition of now. With *releases*, a newer release is opened beside the old one and takes its place."""

    def __init__(self, first: Edition, releases: Path | None, reopen: Callable[[Release], Edition]) -> None:
        self.now, self.releases, self.reopen = first, releases, reopen
        self.older, self.opening = _Older(KEPT_OPEN), threading.Lock()
        self.closing = threading.Event()
        if releases is not None:
            threading.Thread(target=self._watch, name="editions", daemon=True).start()

    def _watch(self) -> None:
        while not self.closing.wait(LOOK_AGAIN):
            self.refresh()

    def refresh(self) -> bool:
        """Switch to the release that is current by now, if it is another one; tell whether it was."""
        assert self.releases is not None
        try:
            newest = current(self.releases)
            if newest.name == self.now.name:
                return False
            fresh = self.reopen(newest)
        except (KGError, OSError):
            return False  # half written, or gone again: what is served stays, and the next look may succeed
        old, self.now = self.now, fresh
        threading.Timer(LINGER, old.evaluator.close).start()
        return True

    def of(self, name: str) -> Edition:
        """Return the edition whose name begins with *name*: the one of now, or an older release that is kept.

        Raises AbsentReleaseError.
        """
        now = self.now
        if now.name.startswith(name):
            return now
        if self.releases is None:
            raise AbsentReleaseError(Path(now.name), name, [now.name])
        release = named(self.releases, name)
        with self.opening:
            if release.name not in self.older:
                self.older[release.name] = self.reopen(release)
            return self.older[release.name]

    def close(self) -> None:
        """Stop looking, and end the workers."""
        self.closing.set()
        for edition in (self.now, *self.older.values()):
            edition.evaluator.close()


def edition() -> Edition:
    """Return the edition that answers the request of now: an older one where ``?release=`` names it."""
    editions: Editions = current_app.extensions["editions"]
    return editions.of(request.args.get("release", ""))


def settings() -> Settings:
    """Return the settings of the application of now."""
    found: Settings = current_app.extensions["settings"]
    return found
