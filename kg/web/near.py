"""Queries that are certain to be short, answered in this process: the way to a worker costs more than they do.

A worker is there to be killed at the deadline. Where it is known beforehand that so few triples have to be
looked at that no deadline is near, this process answers from its own copy of the data; where it is not known,
or where anything is out of the ordinary, a worker does, as for any query.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pyoxigraph as ox
from cachetools import LRUCache

from kg.evaluation.messages import Answer, Query
from kg.evaluation.pool import Pool
from kg.evaluation.worker import NotAcceptedError, TooLargeError, evaluate
from kg.sparql.errors import ForbiddenOperationError, TooComplexError, UnknownGraphError
from kg.sparql.template import Template, template

if TYPE_CHECKING:
    from kg.reckoning import Fans

SHORT = 10_000_000
"""Steps that take less than a second; what is answered here takes a few milliseconds, nearly always."""
LONGEST, MOST_SIGNS = 800, 40
"""Characters after the prologue of a query that is reckoned, and its signs: more would take long to read."""
SIGNS = "([{,;.&|!/^"
AT_ONCE = 4
"""Short queries that are answered at the same time; workers take the others."""
KEPT, KEPT_OF_EACH = 1000, 50
"""Templates whose reckoning is kept, and how many choices of predicates of each."""


PAUSE = 0.05
"""Seconds before a query is reckoned: the one who asked has the answer of a worker by then."""
MOST_TO_RECKON = 100


@dataclass
class _Known:
    """What was found out of a template: the places of the constants that decide, and by them, whether short."""

    places: tuple[int, ...] | None = None
    short: dict[tuple[str, ...], bool] = field(default_factory=dict)
    waiting: bool = False

    def choice(self, plain: Template) -> tuple[str, ...]:
        """Return the constants of *plain* that decide."""
        return tuple([plain.constants[i] for i in self.places or ()])


class Near:
    """A pool, and in front of it this process for what is certain to be short.

    *load* gives this process its copy of the data; until that is there, the pool answers everything. Reckoning
    takes longer than a look-up, so it is done beside the requests, once for a template and its predicates.
    """

    def __init__(self, pool: Pool, load: Callable[[], ox.Store], prefixes: Mapping[str, str]) -> None:
        self.pool, self.prefixes = pool, prefixes
        self.store: ox.Store | None = None
        self.fans: Fans | None = None
        self.known: LRUCache[tuple[str, str], _Known] = LRUCache(KEPT)
        self.knowing, self.places = threading.Lock(), threading.BoundedSemaphore(AT_ONCE)
        self.to_reckon: queue.Queue[tuple[str, Template, _Known] | None] = queue.Queue(MOST_TO_RECKON)
        threading.Thread(target=self._work, args=(load,), name="near", daemon=True).start()

    def _work(self, load: Callable[[], ox.Store]) -> None:
        """Load, measure the data, and reckon what is asked more than once, until closed."""
        from kg.reckoning import fans  # here, so that the start does not wait for a parser

        self.store = load()
        self.fans = fans(self.store)
        while (asked := self.to_reckon.get()) is not None:
            time.sleep(PAUSE)
            self._reckon(*asked)

    def _reckon(self, text: str, plain: Template, known: _Known) -> None:
        from kg.reckoning import UnreckonableError, decisive, steps

        assert self.fans is not None
        try:
            if sum(map(plain.text.count, SIGNS)) > MOST_SIGNS:
                raise UnreckonableError
            places = decisive(text, self.prefixes) if known.places is None else known.places
            short = steps(text, self.fans, self.prefixes) <= SHORT
        except UnreckonableError:
            places, short = (), False
        known.places = places
        known.short[known.choice(plain)] = short
        known.waiting = False

    def evaluate(self, query: Query, ticket: str = "") -> Answer:
        """Answer *query*, or raise why not."""
        if not ticket and self._is_short(query) and self.places.acquire(blocking=False):
            try:
                assert self.store is not None
                return evaluate(self.store, query, self.pool.raised.max_bytes)
            except (SyntaxError, RuntimeError, ValueError, MemoryError, TooLargeError, NotAcceptedError):
                pass  # a worker finds the same, and the pool tells it in a sentence
            except (ForbiddenOperationError, TooComplexError, UnknownGraphError):
                pass
            finally:
                self.places.release()
        return self.pool.evaluate(query, ticket)

    def _is_short(self, query: Query) -> bool:
        """Tell whether *query* is known to be short; what is asked a second time is going to be reckoned."""
        if self.fans is None or query.default_graphs or query.named_graphs:
            return False
        plain = template(query.text)
        if plain is None or len(plain.text) > LONGEST:
            return False
        name = plain.prologue, plain.text
        with self.knowing:
            known = self.known.get(name)
            if known is None:
                self.known[name] = _Known()
                return False
        choice = known.choice(plain)
        found = known.short.get(choice) if known.places is not None else None
        if found is None and not known.waiting and len(known.short) < KEPT_OF_EACH:
            with suppress(queue.Full):
                self.to_reckon.put_nowait((query.text, plain, known))
                known.waiting = True
        return bool(found)

    def stop(self, ticket: str) -> bool:
        """End the query that runs under *ticket*; tell whether there was one."""
        return self.pool.stop(ticket)

    def close(self) -> None:
        """End the pool's workers."""
        with suppress(queue.Full):
            self.to_reckon.put_nowait(None)
        self.pool.close()
