"""A release of the shape of ours and any size, for figures of speed: the same arguments, the same bytes.

``python -m tests.networks.synthetic`` prints the figures of the README.
"""

from __future__ import annotations

import random
import resource
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

T = TypeVar("T")

DEF, ID = "https://w3id.org/grotius/def#", "https://w3id.org/grotius/id/"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
SUB = "http://www.w3.org/2000/01/rdf-schema#subPropertyOf"
CLASSES = {"goal": "Goal", "theme": "Theme", "instrument": "Instrument", "organisation": "Organisation"}
RELATIONS = ("contributesTo", "hasTheme", "uses", "supports", "cooperatesWith", "isPartOf", "targets")
STANCE = {
    "status": "explicit", "polarity": "affirmative", "realisation": "ongoing", "speechAct": "announces",
}  # fmt: skip


def triples(things: int, edges: int, claims: int, seed: int = 1) -> Iterator[str]:
    """Yield N-Triples: *edges* plain triples between *things*, the first *claims* of them claimed."""
    draw = random.Random(seed)
    kinds = list(CLASSES)
    names = [f"<{ID}{kinds[n % 4]}/s-{n}>" for n in range(things)]
    for n, name in enumerate(names):
        yield f"{name} <{TYPE}> <{DEF}{CLASSES[kinds[n % 4]]}> .\n"
        yield f'{name} <{LABEL}> "thing {n}"@en .\n{name} <{LABEL}> "ding {n}"@nl .\n'
    for relation in RELATIONS:
        yield f"<{DEF}{relation}> <{SUB}> <{DEF}isRelatedTo> .\n"
    document, section = f"<{ID}document/s>", f"<{ID}section/s>"
    yield f'{document} <{TYPE}> <{DEF}Document> .\n{document} <{LABEL}> "synthetic"@en .\n'
    yield f"{section} <{DEF}isSectionOf> {document} .\n"
    seen: set[tuple[int, int, str]] = set()
    while len(seen) < edges:
        source, target = int(things * draw.random() ** 2), draw.randrange(things)
        relation = RELATIONS[draw.randrange(len(RELATIONS))]
        if source == target or (source, target, relation) in seen:
            continue
        seen.add((source, target, relation))
        yield f"{names[source]} <{DEF}{relation}> {names[target]} .\n"
        number = len(seen)
        if number > claims:
            continue
        claim, passage = f"<{ID}claim/s-{number}>", f"<{ID}passage/s-{number}>"
        yield f"{claim} <{TYPE}> <{DEF}Claim> .\n{claim} <{DEF}subject> {names[source]} .\n"
        yield f"{claim} <{DEF}predicate> <{DEF}{relation}> .\n{claim} <{DEF}object> {names[target]} .\n"
        yield f'{claim} <{DEF}isAsserted> "true"^^<http://www.w3.org/2001/XMLSchema#boolean> .\n'
        yield f"{claim} <{DEF}isStatedIn> {passage} .\n{passage} <{DEF}isInSection> {section} .\n"
        yield from (f"{claim} <{DEF}{term}> <{DEF}{value}> .\n" for term, value in STANCE.items())


def write(path: Path, things: int = 57_000, edges: int = 381_000, claims: int = 40_700) -> int:
    """Write a synthetic release to *path* as N-Triples; return the number of its triples."""
    lines = 0
    with path.open("w", encoding="utf-8") as stream:
        for text in triples(things, edges, claims):
            stream.write(text)
            lines += text.count("\n")
    return lines


def main() -> None:
    """Print what loading, exporting and measuring the network of a million triples takes."""
    from kg.networks import collect
    from kg.networks import write as write_network
    from kg.networks.measures import communities, pagerank
    from kg.store import open_store

    def step(name: str, act: Callable[[], T]) -> T:
        began = time.process_time()
        made = act()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        print(f"{name:9} {time.process_time() - began:6.2f} CPU s, at most {peak:.2f} GB")
        return made

    def export() -> None:
        with (folder / "network.graphml").open("wb") as stream:
            stream.writelines(write_network(network, "graphml"))

    with TemporaryDirectory() as name:
        folder = Path(name)
        print(write(folder / "release.nt"), "triples")
        store = step("load", lambda: open_store(folder / "release.nt"))
        network = step("collect", lambda: collect(store, "what-holds"))
        print(len(network.nodes), "nodes,", len(network.edges), "edges")
        step("GraphML", export)
        step("PageRank", lambda: pagerank(network))
        step("Leiden", lambda: communities(network))


if __name__ == "__main__":
    main()
