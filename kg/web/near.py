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
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cachetools import LRUCache

from kg.evaluation.errors import BusyError
from kg.evaluation.messages import Answer, Query
from kg.evaluation.pool import Pool
from kg.sparql.template import Template, template

if TYPE_CHECKING:
    from kg.columns.index import Columns
    from kg.columns.plan import Plan

JSON = "application/sparql-results+json"
LONGEST, MOST_SIGNS = 2000, 100
"""Characters after the prologue of a query that is compiled, and its signs: more would take long to read."""
SIGNS = "([{,;.&|!/^"
LIGHT = 100_000
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
    is_page: bool = False
    answered: bool = False
    asked: bool = False
    in_vain: int = 0
    light: bool = False


def _name(plain: Template) -> tuple[str, str, str]:
    """Return what the queries that one plan answers have in common."""
    return plain.prologue, plain.text, "".join("s" if c[0] in "\"'" else "i" for c in plain.constants)


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
        self.waiting: queue.Queue[tuple[Template, _Known] | None] = queue.Queue(MOST_WAITING)
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

    def _compile(self, plain: Template, known: _Known) -> None:
        """Give *known* its plan, where there can be one."""
        from kg.columns.plan import compiled
        from kg.columns.terms import OutsideError

        known.asked = True
        if sum(map(plain.text.count, SIGNS)) <= MOST_SIGNS:
            with suppress(OutsideError):
                known.plan = compiled(plain, self.prefixes)

    def evaluate(self, query: Query, ticket: str = "") -> Answer:
        """Answer *query*, or raise why not."""
        plain = None if query.default_graphs or query.named_graphs else template(query.text)
        if plain is None or len(plain.text) > LONGEST:
            return self.pool.evaluate(query, ticket)
        is_json = not ticket and query.solutions == JSON
        with self.knowing:
            known = self.known.get(_name(plain))
        if known is None:
            known = _Known(is_page=bool(PAGE.search(plain.text)) and not ORDER.search(plain.text))
        body = None
        if is_json:
            body = (self._page if known.is_page else self._answer)(query, plain, known)
        if body is not None:
            form = "ASK" if body.startswith(b'{"head":{},') else "SELECT"
            return Answer(form, JSON, body, limit=query.rows)
        found = self.pool.evaluate(query, ticket)
        if is_json and not known.is_page:
            self._learn(plain, known)
        return found

    def _answer(self, query: Query, plain: Template, known: _Known) -> bytes | None:
        """Return the answer in JSON, or None where a worker has to be asked."""
        if known.plan is None or known.in_vain >= IN_VAIN:
            return None
        was_light = known.light
        turn = self.light if was_light else self.heavy
        if not turn.acquire(timeout=PATIENCE if was_light else 0):
            return None
        try:
            found = self._run(query, plain, known, light=was_light)
        finally:
            turn.release()
        if found is None and was_light:
            known.light = False  # the next time it may take longer
        else:
            known.in_vain = known.in_vain + 1 if found is None else 0
        return found

    def _page(self, query: Query, plain: Template, known: _Known) -> bytes | None:
        """Return one page of what is in no order, or None.

        Whoever gives the first page of a query gives all, for each has an order of its own. (Pages in another
        format, or of a query that can be stopped, are all a worker's.)
        """
        page = PAGE.search(plain.text)
        assert page is not None
        family = plain.prologue, plain.text[: page.start()], plain.constants
        large = int(page.group(1) or page.group(2)) >= LARGE_PAGE and not plain.commented
        with self.knowing:
            near = self.paged.setdefault(family, self.columns is not None and large)
            known = self.known.setdefault(_name(plain), known)
        if not near:
            return None
        if not known.asked:  # a worker tells whether this is SPARQL at all
            self.pool.evaluate(replace(query, text=PAGE.sub("LIMIT 0", query.text)))
        if not self.heavy.acquire(timeout=self.pool.patience):
            raise BusyError(self.pool.waiting)
        try:
            if not known.asked:
                self._compile(plain, known)
            found = self._run(query, plain, known, any_order=True)
        finally:
            self.heavy.release()
        if found is None:
            with self.knowing:
                self.paged[family] = False
        return found

    def _run(
        self, query: Query, plain: Template, known: _Known, *, light: bool = False, any_order: bool = False
    ) -> bytes | None:
        """Return the answer of the plan, or None where it has none."""
        from kg.columns.plan import Most
        from kg.columns.terms import OutsideError

        if known.plan is None or self.columns is None:
            return None
        most = Most(query.rows, self.pool.raised.max_bytes)
        most = most._replace(made=LIGHT) if light else most
        try:
            found = known.plan.run(self.columns, plain.constants, most, any_order=any_order)
        except (OutsideError, ValueError, MemoryError):
            return None
        known.light = found.made <= LIGHT
        return found.body

    def _learn(self, plain: Template, known: _Known) -> None:
        """Take note of a query that a worker has answered; what is asked for the second time is compiled."""
        with self.knowing:
            known = self.known.setdefault(_name(plain), known)
            if not known.answered:
                known.answered = True
            elif not known.asked:
                with suppress(queue.Full):
                    self.waiting.put_nowait((plain, known))
                    known.asked = True

    def stop(self, ticket: str) -> bool:
        """End the query that runs under *ticket*; tell whether there was one."""
        return self.pool.stop(ticket)

    def close(self) -> None:
        """End the pool's workers."""
        with suppress(queue.Full):
            self.waiting.put_nowait(None)
        self.pool.close()
