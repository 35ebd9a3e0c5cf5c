"""One run: invent the data, start the peers, ask, and put what was found into one table of ratios."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from kg.bench.invention import invent
from kg.bench.measuring import many_clients, one_client
from kg.bench.peers import PEERS, Peer
from kg.bench.workload import analytic, library

PYTHON_PEERS = ("rdflib-endpoint", "flask + rdflib")
PACKAGES = ("pyoxigraph", "oxigraph", "rdflib", "rdflib-endpoint", "granian", "flask")


def compare(
    triples: int,
    names: Iterable[str] = tuple(PEERS),
    rounds: int = 3,
    seconds: float = 3.0,
    questions: bool = True,
    say: Callable[[str], None] = lambda _: None,
) -> dict[str, Any]:
    """Measure the peers *names* side by side on *triples* invented triples.

    The library's questions are asked of the engines only: rdflib needs minutes for some. Raises PeerError.
    """
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="kg-bench-")))
        data = folder / "policy.nt"
        with data.open("w", encoding="utf-8") as file:
            file.writelines(invent(triples))
        peers: list[Peer] = []
        for number, name in enumerate(names):
            say(f"loading {name}")
            (folder / str(number)).mkdir()
            peer = PEERS[name](data, folder / str(number))
            stack.callback(peer.stop)
            peers.append(peer)
        loads = {
            p.name: {
                "seconds": round(p.load_seconds, 2),
                "cpu_s": round(p.load_cpu, 2),
                "memory_mb": p.memory() // 2**20,
            }
            for p in peers
        }
        say("asking the analytic queries")
        found = one_client(peers, analytic(), rounds)
        if questions:
            say("asking the questions of the library")
            found |= one_client([p for p in peers if p.name not in PYTHON_PEERS], library(), rounds)
        light = [a for a in analytic() if a.light]
        mixes: dict[str, list[dict[str, float]]] = {}
        for clients in (1, 16):
            for peer in peers:
                say(f"{clients} clients at {peer.name}")
                mixes.setdefault(peer.name, []).append(many_clients(peer, light, clients, seconds))
        return {
            "triples": triples,
            "rounds": rounds,
            "machine": {
                "cpus": os.cpu_count(),
                "python": platform.python_version(),
                "load": os.getloadavg()[0],
            },
            "versions": {p: version(p) for p in PACKAGES},
            "peers": loads,
            "queries": {q: {p: s.to_json() for p, s in by.items()} for q, by in found.items()},
            "light_mix": mixes,
        }


def ratio(found: dict[str, Any], query: str, peer: str, measure: str = "median_ms") -> float | None:
    """Return how many times as long *peer* took as we did, or None where one did not answer."""
    by = found["queries"][query]
    ours, theirs = by["grotius"].get(measure), by.get(peer, {}).get(measure)
    return float(theirs / ours) if ours and theirs else None


def _cell(sample: dict[str, Any], times: float | None) -> str:
    if "median_ms" not in sample:
        return str(sample.get("failed", "–"))
    doubt = "" if sample["equal"] else " (other answer)"
    return f"{sample['median_ms']:.1f}" + (f" ({times:.1f} ×)" if times else "") + doubt


def to_markdown(found: dict[str, Any]) -> str:
    """Return one run as tables: milliseconds, and in brackets how many times ours."""
    names = list(found["peers"])
    others = [n for n in names if n != "grotius"]
    machine = found["machine"]
    lines = [
        f"## {found['triples']:,} triples",
        "",
        f"{machine['cpus']} cores, Python {machine['python']}, load {machine['load']:.1f} at the end, "
        f"{found['rounds']} rounds. Median milliseconds of one client; in brackets how many times ours (cold).",
        "",
        "| query | grotius | " + " | ".join(others) + " |",
        "|---" * (len(names) + 1) + "|",
    ]
    for query, by in found["queries"].items():
        cells = [_cell(by.get(n, {}), ratio(found, query, n) if n != "grotius" else None) for n in names]
        lines.append(f"| {query} | " + " | ".join(cells) + " |")
    lines += [
        "",
        "Light mix (six queries):",
        "",
        "| peer | clients | requests/s | CPU µs each | median ms | p99 ms |",
    ]
    lines.append("|---|---|---|---|---|---|")
    for name in names:
        for mix in found["light_mix"][name]:
            figures = (mix[k] for k in ("clients", "per_second", "cpu_us", "median_ms", "p99_ms"))
            lines.append(f"| {name} | " + " | ".join(map(str, figures)) + " |")
    lines += ["", "| peer | s until it answers | CPU s | memory MB |", "|---|---|---|---|"]
    lines += [f"| {n} | {p['seconds']} | {p['cpu_s']} | {p['memory_mb']} |" for n, p in found["peers"].items()]
    return "\n".join(lines) + "\n"


def fallen(found: dict[str, Any], before: dict[str, Any], tolerance: float = 0.3) -> list[str]:
    """Return a sentence for each peer to which our ratio fell by more than *tolerance* since *before*.

    The measure is CPU per request of the light mix and of all analytic queries together: ratios within one
    run, never absolute times.
    """
    said = []
    for peer, was in guarded(before).items():
        now = guarded(found).get(peer)
        if now is not None and now < was * (1 - tolerance):
            said.append(
                f"against {peer} we are {now:.2f} times as fast, and were {was:.2f}: more than a third lost"
            )
    return said


def guarded(found: dict[str, Any]) -> dict[str, float]:
    """Return, for each peer, how many times our CPU time of the light mix it needs."""
    if "ratios" in found:
        kept: dict[str, float] = found["ratios"]
        return kept
    ours = found["light_mix"]["grotius"][-1]["cpu_us"]
    return {n: round(m[-1]["cpu_us"] / ours, 3) for n, m in found["light_mix"].items() if n != "grotius"}
