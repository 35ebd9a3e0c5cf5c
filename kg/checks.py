"""Good to merge: everything that a machine can hold against the data, in one list of sentences."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
from rdflib import Graph

from kg.curation import load, union
from kg.questions import read_header
from kg.reasoning import reason
from kg.release import Progress, build
from kg.resources import resource
from kg.store import evaluate, open_store
from kg.vocabulary import shorten


def _rows(store: ox.Store, path: Path) -> Iterator[str]:
    """Yield a sentence for each row of a check; a healthy graph has none."""
    sparql = path.read_text(encoding="utf-8")
    head = read_header(path, sparql)
    solutions = evaluate(store, sparql)
    assert isinstance(solutions, ox.QuerySolutions)
    for solution in solutions:
        found = "  ".join(
            shorten(t.value) if isinstance(t, ox.NamedNode) else str(getattr(t, "value", t))
            for t in solution
            if t
        )
        yield f"{path.stem}: {head['question']['en']} {found}"


def graph_checks(store: ox.Store) -> list[str]:
    """Run every query of ``queries/checks/``: each row is a problem."""
    paths = sorted((resource("queries") / "checks").glob("*.rq"))
    return [problem for path in paths for problem in _rows(store, path)]


def consistency(graph: Graph) -> list[str]:
    """Return the explanation of an inconsistency, or nothing."""
    verdict = reason(graph)
    if verdict.consistent:
        return []
    return ["the ontology and the data contradict each other; these statements together:"] + [
        f"  {statement}" for statement in verdict.explanation
    ]


def check(releases: Path, sources: Path | None, *, reason_too: bool, progress: Progress) -> list[str]:
    """Build, run the checks and the reasoner; return one sentence for each problem."""
    release = build(releases, sources=sources, progress=progress)
    progress("running the checks")
    problems = graph_checks(open_store(release.nquads))
    if reason_too:
        progress("asking HermiT whether it is consistent")
        problems += consistency(union(load()))
    return problems
