"""Answers that were given before: an edition does not change, so neither do they."""

from __future__ import annotations

import hashlib
import threading

from cachetools import LRUCache

from kg.evaluation.messages import Answer, Query

LARGEST_SHARE = 16
"""One answer may take this part (1/16) of the cache."""


def key(edition: str, query: Query) -> str:
    """Return what tells this answer from all others: the edition and all of *query*."""
    whole = "\0".join([edition, *(repr(v) for k, v in vars(query).items() if k != "prefixes")])
    return hashlib.sha256(whole.encode()).hexdigest()[:32]


class AnswerCache:
    """The answers that were asked for last, *size* bytes of them."""

    def __init__(self, size: int) -> None:
        self.size, self.hits, self.misses = size, 0, 0
        self.lock = threading.Lock()
        self.answers: LRUCache[str, Answer] = LRUCache(max(size, 1), getsizeof=lambda a: len(a.body) + 500)

    def get(self, name: str) -> Answer | None:
        """Return the answer kept as *name*."""
        with self.lock:
            found = self.answers.get(name)
            self.hits, self.misses = self.hits + (found is not None), self.misses + (found is None)
            return found

    def put(self, name: str, answer: Answer) -> None:
        """Keep *answer*, where it is repeatable and not too large."""
        if answer.repeatable and len(answer.body) + 500 < self.size // LARGEST_SHARE:
            with self.lock:
                self.answers[name] = answer
