"""The columns themselves: triples sorted four ways, the terms, and how many of what there are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import pyoxigraph as ox
from numpy.typing import NDArray

from kg.columns.terms import ABSENT, BLANK, NO_LITERAL, digest, fragment

Numbers = NDArray[np.int64]
REMEMBERED = 10_000
"""Constants whose numbers are remembered."""


class Index(NamedTuple):
    """Triples sorted by *key*, and within it by the first of *values*."""

    key: NDArray[np.integer]
    values: tuple[NDArray[np.int32], ...]

    def spans(self, keys: Numbers) -> tuple[Numbers, Numbers]:
        """Return for each of *keys* where its triples begin and end."""
        wanted = keys.astype(self.key.dtype, copy=False)
        return self.key.searchsorted(wanted, "left"), self.key.searchsorted(wanted, "right")

    def span(self, key: int) -> tuple[int, int]:
        """Return where the triples of one key begin and end."""
        wanted = self.key.dtype.type(key)
        return int(self.key.searchsorted(wanted, "left")), int(self.key.searchsorted(wanted, "right"))


class Width(NamedTuple):
    """How many triples a predicate has, and of how many subjects and objects."""

    triples: int
    subjects: int
    objects: int


class Columns:
    """A graph as ``kg.columns.building`` made it."""

    @classmethod
    def received(cls, kinds: Iterable[tuple[str, str, int]], body: bytes) -> Columns:
        """Return the columns whose arrays are in *body*, one after the other; *kinds*: name, type, length."""
        arrays, at = {}, 0
        for name, kind, length in kinds:
            arrays[name] = np.frombuffer(body, dtype=kind, count=length, offset=at)
            at += arrays[name].nbytes
        return cls(arrays)

    def __init__(self, arrays: Mapping[str, np.ndarray[Any, Any]]) -> None:
        self.size = len(arrays["kinds"])
        # One more at the end, which is where the number of no term, -1, leads.
        self.kinds = np.append(arrays["kinds"], np.int8(BLANK))
        self.tongues = np.append(arrays["tongues"], np.int16(NO_LITERAL))
        self.text, self.ends = arrays["text"].tobytes(), arrays["ends"]
        self.longest = int(np.diff(self.ends).max(initial=0))
        self.digests, self.numbers = arrays["digests"], arrays["numbers"]
        names = arrays["languages"].tobytes().decode()
        self.languages = {name: i for i, name in enumerate(names.split("\n"), 1)} if names else {}
        self.ps = Index(arrays["ps-key"], (arrays["ps-0"],))
        self.po = Index(arrays["po-key"], (arrays["po-0"],))
        self.s = Index(arrays["s-key"], (arrays["s-0"], arrays["s-1"]))
        self.o = Index(arrays["o-key"], (arrays["o-0"], arrays["o-1"]))
        self.triples = len(self.s.key)
        self.is_node = np.zeros(self.size + 1, dtype=np.bool_)
        self.is_node[self.s.key] = self.is_node[self.o.key] = True
        self.widths = self._widths()
        self.number = lru_cache(maxsize=REMEMBERED)(self._number)

    def _widths(self) -> dict[int, Width]:
        """Count, in one pass over each of two sorted keys, what has each predicate."""
        size = max(self.size, 1)
        predicates, triples = np.unique(self.ps.key // size, return_counts=True)
        ends = [np.unique(np.unique(i.key) // size, return_counts=True)[1] for i in (self.ps, self.po)]
        rows = zip(*(column.tolist() for column in (predicates, triples, *ends)), strict=True)
        return {predicate: Width(*row) for predicate, *row in rows}

    def _number(self, value: str, is_iri: bool, language: str | None = None) -> int:
        """Return the number of an IRI or a string, or ABSENT; raises ValueError for neither."""
        written = fragment(ox.NamedNode(value) if is_iri else ox.Literal(value, language=language))
        at = int(self.digests.searchsorted(np.uint64(digest(written))))
        if at < self.size and self.written(found := int(self.numbers[at])) == written:
            return found
        return ABSENT

    def written(self, number: int) -> bytes:
        """Return the term as JSON has it."""
        return self.text[self.ends[number] : self.ends[number + 1]]
