"""Queries that the columns of ``kg.columns`` answer, in this process: the way to a worker costs more.

A worker is there to be killed at the deadline. What the columns answer ends by itself, for its size is counted
while it runs; whatever they do not cover, or what is out of the ordinary, a worker answers, as any query.
"""

from __future__ import annotations

import queue
import re
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox
from cachetools import LRUCache

from kg.evaluation.messages import Answer, Query
from kg.evaluation.pool import Pool
from kg.sparql.errors import ForbiddenOperationError, TooComplexError
from kg.sparql.reading import bound, read, refuse_remote
from kg.sparql.strictness import check
from kg.sparql.template import Template, template

if TYPE_CHECKING:
    from kg.columns.index import Columns
    from kg.columns.plan import Plan

JSON = "application/sparql-results+json"
LONGEST, MOST_SIGNS = 2000, 100
"""Characters after the prologue of a query that is compiled, and its signs: more would take long to read."""
SIGNS = "([{,;.&|!/^"
LIGHT = 50_000
"""Numbers that an answer may take to make: two milliseconds. What takes more has its own turn."""
PATIENCE = 0.2
"""Seconds that a light query waits for its turn; one at a time is quickest, for they share Python's lock."""
KEPT = 1000
"""Templates that are kept with their plans."""
IN_VAIN = 3
"""Times that a plan may give a query back before it is asked no more."""
PAGE = re.compile(r"\b(?:LIMIT\s+(\d+)(?:\s+OFFSET\s+\d+)?|OFFSET\s+\d+\s+LIMIT\s+(\d+))\s*$", re.IGNORECASE)
ORDER = re.compile(r"\bORDER\b", re.IGNORECASE)
LARGE_PAGE = 10_000
"""Rows of a page in no order from which on the columns give it; for fewer the engine, which stops early."""
PAUSE = 0.02
"""Seconds before a query is compiled: the one who asked has the answer of a worker by then."""
MOST_WAITING = 100
HEAD_START = 1.0
"""Seconds that the first requests have before the columns are made."""


@dataclass
class _Known:
    """What is known of a template: its plan, how often in a row that was of no use, and whether it is light."""

    plan: Plan | None = None
    asked: bool = False
    in_vain: int = 0
    light: bool = False


class Near:
    """A pool, and in front of it this process for what the columns answer.

    Until they are there, the pool answers everything. Compiling takes longer than a look-up, so it is done
    beside the requests, once for a template, when it is asked for the second time.
    """

    def __init__(self, pool: Pool, prefixes: Mapping[str, str]) -> None:
        self.pool, self.prefixes = pool, prefixes
        self.columns: Columns | None = None
        self.known: LRUCache[tuple[str, str, str], _Known] = LRUCache(KEPT)
        self.paged: LRUCache[tuple[str, str, tuple[str, ...]], bool] = LRUCache(KEPT)
        self.knowing, self.light, self.heavy = threading.Lock(), threading.Lock(), threading.Lock()
        self.waiting: queue.Queue[tuple[Query, Template, _Known] | None] = queue.Queue(MOST_WAITING)
        threading.Thread(target=self._work, name="near", daemon=True).start()

    def _work(self) -> None:
        """Fetch the columns, and compile what is asked more than once, until closed."""
        time.sleep(HEAD_START)
        found = self.pool.columns()
        if found is None:
            return
        from kg.columns.index import Columns  # here, so that the start does not wait for numpy

        self.columns = Columns.received(*found)
        while (asked := self.waiting.get()) is not None:
            time.sleep(PAUSE)
            self._compile(*asked)
            self.waiting.task_done()

    def _compile(self, query: Query, plain: Template, known: _Known) -> None:
        from kg.columns.plan import compiled
        from kg.columns.terms import OutsideError

        try:
            if sum(map(plain.text.count, SIGNS)) > MOST_SIGNS:
                return
            reading = read(query.text)
            bound(reading)
            refuse_remote(reading)
            check(reading)
            ox.Store().query(query.text, base_iri=query.base, prefixes=query.prefixes)
            known.plan = compiled(plain, self.prefixes)
        except (OutsideError, SyntaxError, ValueError, RuntimeError):
            pass
        except (ForbiddenOperationError, TooComplexError):
            pass

    def evaluate(self, query: Query, ticket: str = "") -> Answer:
        """Answer *query*, or raise why not."""
        if not ticket and query.solutions == JSON:
            body = self._answer(query)
            if body is not None:
                form = "ASK" if body.startswith(b'{"head":{},') else "SELECT"
                return Answer(form, JSON, body, limit=query.rows)
        return self.pool.evaluate(query, ticket)

    def _answer(self, query: Query) -> bytes | None:
        """Return the answer in JSON, or None where a worker has to be asked."""
        if query.default_graphs or query.named_graphs:
            return None
        plain = template(query.text)
        if plain is None or len(plain.text) > LONGEST:
            return None
        page = PAGE.search(plain.text)
        if page and not ORDER.search(plain.text):
            return self._page(query, plain, page)
        if self.columns is None:
            return None
        known = self._known(query, plain)
        if known.plan is None or known.in_vain >= IN_VAIN:
            return None
        found = self._run(query, plain, known, patience=PATIENCE if known.light else 0)
        known.in_vain = 0 if found is not None else known.in_vain + 1
        return found

    def _page(self, query: Query, plain: Template, page: re.Match[str]) -> bytes | None:
        """Return one page of what is in no order, or None.

        Whoever gives the first page of a query gives all, for each has an order of its own.
        """
        if int(page.group(1) or page.group(2)) < LARGE_PAGE:
            return None
        family = plain.prologue, plain.text[: page.start()], plain.constants
        with self.knowing:
            if not self.paged.setdefault(family, self.columns is not None):
                return None
        known = _Known()
        self._compile(query, plain, known)
        found = self._run(query, plain, known, patience=self.pool.patience, any_order=True)
        if found is None:
            self.paged[family] = False
        return found

    def _run(
        self, query: Query, plain: Template, known: _Known, *, patience: float, any_order: bool = False
    ) -> bytes | None:
        """Return the answer of the plan, or None where it has none, or its turn does not come."""
        from kg.columns.terms import OutsideError

        turn = self.light if known.light else self.heavy
        if known.plan is None or not turn.acquire(timeout=patience):
            return None
        assert self.columns is not None
        try:
            found = known.plan.run(self.columns, plain.constants, query.rows, any_order=any_order)
        except (OutsideError, ValueError, MemoryError):
            return None
        finally:
            turn.release()
        known.light = found.made <= LIGHT
        return found.body if len(found.body) <= self.pool.raised.max_bytes else None

    def _known(self, query: Query, plain: Template) -> _Known:
        """Return what is known of *plain*; what is asked for the second time is going to be compiled."""
        kinds = "".join("s" if c[0] in "\"'" else "i" for c in plain.constants)
        name = plain.prologue, plain.text, kinds
        with self.knowing:
            known = self.known.get(name)
            if known is None:
                self.known[name] = known = _Known()
            elif not known.asked:
                with suppress(queue.Full):
                    self.waiting.put_nowait((query, plain, known))
                    known.asked = True
        return known

    def stop(self, ticket: str) -> bool:
        """End the query that runs under *ticket*; tell whether there was one."""
        return self.pool.stop(ticket)

    def close(self) -> None:
        """End the pool's workers."""
        with suppress(queue.Full):
            self.waiting.put_nowait(None)
        self.pool.close()
