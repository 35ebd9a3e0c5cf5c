"""How long each question of the library takes: ``python -m bench.library > bench/results/library.md``.

Milliseconds of CPU in this process, engine and reading of all rows, on the current release: with the default
values (best of five) and with the slowest of 50 other values for each parameter, the rest at their defaults
(best of three). No server, no labels, no proof.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox

from kg.parameters import choices
from kg.questions import Question, bind, questions
from kg.release import current
from kg.store import evaluate, open_store

VALUES = 50


def milliseconds(store: ox.Store, sparql: str, rounds: int) -> float:
    """Return the CPU milliseconds of one evaluation, the best of *rounds* after a first."""
    best = float("inf")
    for warm in range(rounds + 1):
        began = time.process_time()
        answer = evaluate(store, sparql)
        assert isinstance(answer, ox.QuerySolutions)
        for _ in answer:
            pass
        if warm:
            best = min(best, time.process_time() - began)
    return best * 1e3


def others(store: ox.Store, asked: Question) -> Iterator[dict[str, str]]:
    """Yield other values, one parameter at a time, the same in each run; a free text has none."""
    for parameter in asked.parameters:
        found = [c.value for c in choices(store, parameter) if c.value != parameter.default]
        for value in random.Random(asked.name).sample(found, min(VALUES, len(found))):
            yield {parameter.name: value}


def main() -> None:
    """Time every question and print them as a table, the slowest first."""
    store = open_store(current(Path("releases")).nquads)
    rows = []
    for name, asked in questions().items():
        took = milliseconds(store, asked.sparql, 5)
        slowest = max((milliseconds(store, bind(asked, v), 3) for v in others(store, asked)), default=None)
        rows.append((took, name, "–" if slowest is None else f"{slowest:.1f}"))
    print("| question | CPU ms | slowest of other values |\n|---|---|---|")
    for took, name, slowest_of in sorted(rows, reverse=True):
        print(f"| {name} | {took:.1f} | {slowest_of} |")
    print(f"\n{len(rows)} questions. Load of the machine while measured: {os.getloadavg()[0]:.1f}.")


if __name__ == "__main__":
    main()
