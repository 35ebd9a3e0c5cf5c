"""Beyond one machine's memory: ``python -m bench.engines [TRIPLES] > bench/results/engines.json``.

Each native engine holds the invented graph (ten million triples unless told otherwise), alone and with us in
front of it (``KG_STORE``): what our layer adds, and which engine to choose for what.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from kg.bench.invention import invent
from kg.bench.measuring import many_clients, one_client
from kg.bench.peers import before, oxigraph, virtuoso
from kg.bench.workload import analytic

ROUNDS, SECONDS, CLIENTS = 2, 5.0, 16


def measure(triples: int) -> dict[str, Any]:
    """Return what each engine, and we before it, took on *triples* invented triples; raises PeerError."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="kg-engines-")))
        data = folder / "policy.nt"
        with data.open("w", encoding="utf-8") as file:
            file.writelines(invent(triples))
        peers = []
        for start in (oxigraph, virtuoso):
            for name in (start.__name__, f"before-{start.__name__}"):
                (folder / name).mkdir()
            engine = start(data, folder / start.__name__)
            stack.callback(engine.stop)
            ours = before(engine, folder / f"before-{start.__name__}")
            stack.callback(ours.stop)
            peers += [engine, ours]
        found = one_client(peers, analytic(), ROUNDS)
        light = [a for a in analytic() if a.light]
        return {
            "triples": triples,
            "load": os.getloadavg()[0],
            "peers": {
                p.name: {
                    "seconds": round(p.load_seconds, 1),
                    "cpu_s": round(p.load_cpu, 1),
                    "memory_mb": p.memory() // 2**20,
                    "mix": many_clients(p, light, CLIENTS, SECONDS),
                }
                for p in peers
            },
            "queries": {q: {n: s.to_json() for n, s in by.items()} for q, by in found.items()},
        }


def to_markdown(found: dict[str, Any]) -> str:
    """Return one run as a table: milliseconds, then loading, the light mix and memory."""
    names = list(found["peers"])

    def cell(sample: dict[str, Any]) -> str:
        if "median_ms" not in sample:
            return str(sample["failed"])
        return f"{sample['median_ms']:.1f}" + ("" if sample["equal"] else " (other answer)")

    lines = [f"| {found['triples']:,} triples | " + " | ".join(names) + " |", "|---" * (len(names) + 1) + "|"]
    lines += [f"| {q} | " + " | ".join(cell(by[n]) for n in names) + " |" for q, by in found["queries"].items()]
    peers = found["peers"].values()
    for title, of in (
        ("load, s", lambda p: p["seconds"]),
        (f"light mix, {CLIENTS} clients: CPU µs each", lambda p: p["mix"]["cpu_us"]),
        (f"light mix, {CLIENTS} clients: median ms", lambda p: p["mix"]["median_ms"]),
        ("memory, MB", lambda p: p["memory_mb"]),
    ):
        lines.append(f"| {title} | " + " | ".join(str(of(p)) for p in peers) + " |")
    return "\n".join(lines) + f"\n\nLoad of the machine at the end: {found['load']:.1f}.\n"


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000), indent=1))
