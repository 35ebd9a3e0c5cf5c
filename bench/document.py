"""Write docs/BENCH.md from the newest results: ``python -m bench.document``."""

from __future__ import annotations

import json
from pathlib import Path

from kg.bench.comparison import to_markdown

ROOT = Path(__file__).resolve().parents[1]
HEAD = """\
# Side by side

Made by `make bench` from `bench/results/`. Each query goes to each peer in turn, in one run on one machine, on
the same invented data (`kg bench generate`), and the answers are compared. Only the ratios mean anything
elsewhere. *grotius* has its cache of answers switched off, *grotius, repeated* has it on. Oxigraph is native,
on an optimised store on disk, Virtuoso is version 7. The library's questions are asked of the engines
only: rdflib needs minutes for some.

"""


def document() -> str:
    """Return the text of docs/BENCH.md."""
    results = [json.loads(p.read_text()) for p in (ROOT / "bench" / "results").glob("*.json")]
    return HEAD + "\n".join(to_markdown(r) for r in sorted(results, key=lambda r: int(r["triples"])))


if __name__ == "__main__":
    (ROOT / "docs" / "BENCH.md").write_text(document(), encoding="utf-8")
