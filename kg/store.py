"""The release in memory: pyoxigraph, read-only, with the default graph as the build wrote it."""

from __future__ import annotations

import re
from pathlib import Path

import pyoxigraph as ox

from kg.errors import KGError
from kg.vocabulary import PREFIXES

CHARACTER_CLASSES = re.compile(r",? ?\['(?:[^\]]|\n)*\]|,? ?\[_\]")
"""What the parser lists among the terminals that it expected, and no reader wants to see."""


class QuerySyntaxError(KGError):
    """A query is not SPARQL; *line* and *column* (from 1) say where, if the parser does."""

    def __init__(self, problem: str) -> None:
        self.problem = problem
        place = re.search(r"\bat (?:line )?(\d+)(?::|,? column )(\d+)", problem)
        self.line = int(place.group(1)) if place else None
        self.column = int(place.group(2)) if place else None
        super().__init__(f"not valid SPARQL: {CHARACTER_CLASSES.sub('', problem)}")


Answer = ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples


def open_store(nquads: Path) -> ox.Store:
    """Load one N-Quads file into memory."""
    store = ox.Store()
    store.bulk_load(path=str(nquads), format=ox.RdfFormat.N_QUADS)
    return store


def evaluate(store: ox.Store, query: str) -> Answer:
    """Evaluate *query* with the project's prefixes known; raises QuerySyntaxError."""
    try:
        return store.query(query, prefixes=PREFIXES)
    except SyntaxError as error:
        raise QuerySyntaxError(str(error)) from error
