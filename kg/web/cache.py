"""What was answered before: an edition does not change, so neither do its answers."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Hashable
from typing import Generic, TypeVar

from cachetools import LRUCache

from kg.evaluation.messages import Answer, Query

LARGEST_SHARE = 16
"""One answer may take this part (1/16) of the cache."""
OVERHEAD = 1000
"""Bytes that an answer takes beside its body, about."""

Kept = TypeVar("Kept")


def key(edition: str, query: Query) -> str:
    """Return what tells this answer from all others: the edition and all of *query*."""
    whole = "\0".join([edition, *(repr(v) for k, v in vars(query).items() if k != "prefixes")])
    return hashlib.sha256(whole.encode()).hexdigest()[:32]


class Cache(Generic[Kept]):
    """What was asked for last, *size* bytes of it."""

    def __init__(self, size: int) -> None:
        self.size, self.hits, self.misses = size, 0, 0
        self.lock = threading.Lock()
        self.kept: LRUCache[Hashable, tuple[Kept, int]] = LRUCache(max(size, 1), getsizeof=lambda kept: kept[1])

    def get(self, name: Hashable) -> Kept | None:
        """Return what is kept as *name*."""
        with self.lock:
            found = self.kept.get(name)
            if found is None:
                self.misses += 1
                return None
            self.hits += 1
            return found[0]

    def put(self, name: Hashable, thing: Kept, size: int) -> None:
        """Keep *thing*, whose body has *size* bytes, where it is not too large."""
        if size + OVERHEAD < self.size // LARGEST_SHARE:
            with self.lock:
                self.kept[name] = thing, size + OVERHEAD


class AnswerCache(Cache[Answer]):
    """Answers as the evaluator gave them, by their tags."""

    def keep(self, tag: str, answer: Answer) -> None:
        """Keep *answer*, where it would be the same the next time."""
        if answer.repeatable:
            self.put(tag, answer, len(answer.body))
