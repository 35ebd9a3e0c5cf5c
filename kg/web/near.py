"""Queries that are certain to be short, answered in this process: the way to a worker costs more than they do.

A worker is there to be killed at the deadline. Where it is known beforehand that so few triples have to be
looked at that no deadline is near, this process answers from its own copy of the data; where it is not known,
or where anything is out of the ordinary, a worker does, as for any query.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pyoxigraph as ox
from cachetools import LRUCache

from kg.evaluation.messages import Answer, Query
from kg.evaluation.pool import Pool
from kg.evaluation.worker import NotAcceptedError, TooLargeError, evaluate
from kg.reckoning import Fans, UnreckonableError, decisive, fans, steps
from kg.sparql.errors import ForbiddenOperationError, TooComplexError, UnknownGraphError
from kg.sparql.template import template

SHORT = 10_000_000
"""Steps that take less than a second; what is answered here takes a few milliseconds, nearly always."""
LONGEST, MOST_SIGNS = 800, 40
"""Characters after the prologue of a query that is reckoned, and its signs: more would take long to read."""
SIGNS = "([{,;.&|!/^"
AT_ONCE = 4
"""Short queries that are answered at the same time; workers take the others."""
KEPT, KEPT_OF_EACH = 1000, 50
"""Templates whose reckoning is kept, and how many choices of predicates of each."""


@dataclass
class _Known:
    """What was found out of a template: the places of the constants that decide, and by them, whether short."""

    places: tuple[int, ...] | None = None
    short: dict[tuple[str, ...], bool] = field(default_factory=dict)


class Near:
    """A pool, and in front of it this process for what is certain to be short.

    *load* gives this process its copy of the data; until that is there, the pool answers everything.
    """

    def __init__(self, pool: Pool, load: Callable[[], ox.Store], prefixes: Mapping[str, str]) -> None:
        self.pool, self.prefixes = pool, prefixes
        self.store: ox.Store | None = None
        self.fans: Fans | None = None
        self.known: LRUCache[tuple[str, str], _Known] = LRUCache(KEPT)
        self.knowing, self.places = threading.Lock(), threading.BoundedSemaphore(AT_ONCE)
        threading.Thread(target=self._open, args=(load,), name="near", daemon=True).start()

    def _open(self, load: Callable[[], ox.Store]) -> None:
        self.store = load()
        self.fans = fans(self.store)

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
        """Tell whether *query* is certain to be short; what is asked for the first time is not reckoned yet."""
        text = query.text
        if self.fans is None or query.default_graphs or query.named_graphs:
            return False
        plain = template(text)
        if plain is None or len(plain.text) > LONGEST:
            return False
        name = plain.prologue, plain.text
        with self.knowing:
            known = self.known.get(name)
            if known is None:
                self.known[name] = _Known()
                return False
        try:
            if known.places is None:
                if sum(map(plain.text.count, SIGNS)) > MOST_SIGNS:
                    raise UnreckonableError
                known.places = decisive(text, self.prefixes)
            choice = tuple([plain.constants[i] for i in known.places])
            found = known.short.get(choice)
            if found is None and len(known.short) < KEPT_OF_EACH:
                found = known.short[choice] = steps(text, self.fans, self.prefixes) <= SHORT
        except UnreckonableError:
            known.places, known.short = (), {(): False}
            return False
        return bool(found)

    def stop(self, ticket: str) -> bool:
        """End the query that runs under *ticket*; tell whether there was one."""
        return self.pool.stop(ticket)

    def close(self) -> None:
        """End the pool's workers."""
        self.pool.close()
