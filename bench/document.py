"""Write docs/BENCH.md from the newest results: ``python -m bench.document``."""

from __future__ import annotations

import json
from pathlib import Path

from bench import engines
from kg.bench.comparison import to_markdown

RESULTS = Path(__file__).resolve().parent / "results"
HEAD = """\
# Side by side

Made by `make bench` from `bench/results/`. Each query goes to each peer in turn, in one run on one machine, on
the same invented data (`kg bench generate`), and the answers are compared. Only the ratios mean anything
elsewhere. *grotius* has its cache of answers switched off, *grotius, repeated* has it on. Oxigraph is native,
on an optimised store on disk, Virtuoso is version 7. The library's questions are asked of the engines
only: rdflib needs minutes for some.

![Each query's time at each server, and the processor time of a request](bench-1m.svg)

"""
ENGINES = """
## Ten million triples, in engine mode

The native engines, alone and with us in front of them (`KG_STORE`, the cache of answers switched off). Our
layer reads each answer and writes it again, so that every engine answers alike, says what is complete, and
is refused what is dangerous: a millisecond or two, and for 100,000 rows about as much again. Virtuoso
counts and groups far faster, Oxigraph does all else; choose by what you ask. An *other* answer to 12 is one
that we cut at 100,000 triples, and say so; on 06 Virtuoso finds other rows at this size, and we do not know
why. Made by `python -m bench.engines`.

"""
LOOK_UP = """
## Where each microsecond of a look-up goes

The way of a query: granian (a server in Rust; one that does nothing answers there in 10 to 20 µs) → the
shortcut before Flask → for what the columns cover, those, else a worker process, which can be killed, and
pyoxigraph in it → back. What was sent before is sent again from memory: one look into a table and four
counters. Forms, pages, errors and updates go through Flask, which costs some 200 µs more; the tests hold
both ways to the same answers. The web process's whole below has the columns in it.

Measured by `python -m bench.where`. On a busy machine the same work takes up to three times as long, since
it runs with cold caches after each switch between threads and processes: that, more than any part, is what is
left between a new look-up here and one of the native server.

"""
LIBRARY = """
## How long each question of the library takes

Milliseconds of CPU on the release itself, in one process: engine and all rows, without server, labels and
proof; at the default values, and at the slowest of 50 others for each parameter, the rest at their defaults
(–: there are none, or it is free text). Measured by `python -m bench.library`.

"""


def document() -> str:
    """Return the text of docs/BENCH.md."""
    results = [json.loads((RESULTS / f"{size}.json").read_text()) for size in ("100k", "1m")]
    tables = "\n".join(map(to_markdown, results))
    before = engines.to_markdown(json.loads((RESULTS / "engines.json").read_text()))
    look_up, library = ((RESULTS / f"{name}.md").read_text(encoding="utf-8") for name in ("look-up", "library"))
    return HEAD + tables + ENGINES + before + LOOK_UP + look_up + LIBRARY + library


if __name__ == "__main__":
    (RESULTS.parents[1] / "docs" / "BENCH.md").write_text(document(), encoding="utf-8")
