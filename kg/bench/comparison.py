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
    clients: Iterable[int] = (1, 16),
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
        look_ups: dict[str, list[dict[str, float]]] = {}
        for count in clients:
            for peer in peers:
                say(f"{count} clients at {peer.name}")
                mixes.setdefault(peer.name, []).append(many_clients(peer, light, count, seconds))
                look_ups.setdefault(peer.name, []).append(many_clients(peer, light[:1], count, seconds / 2))
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
            "look_up": look_ups,
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
    for title, part in (("Light mix (six queries)", "light_mix"), ("Look-up by label only", "look_up")):
        if part in found:
            lines += ["", f"{title}, many clients; in brackets how many times our CPU (cold):", ""]
            lines += _clients(found[part])
    lines += ["", "| peer | s until it answers | CPU s | memory MB |", "|---|---|---|---|"]
    lines += [f"| {n} | {p['seconds']} | {p['cpu_s']} | {p['memory_mb']} |" for n, p in found["peers"].items()]
    return "\n".join(lines) + "\n"


def _clients(mixes: dict[str, list[dict[str, float]]]) -> list[str]:
    """Return the table of what many clients got of each peer."""
    lines = ["| peer | clients | requests/s | CPU µs each | median ms | p99 ms |", "|---|---|---|---|---|---|"]
    for name, found in mixes.items():
        for ours, mix in zip(mixes["grotius"], found, strict=True):
            times = "" if name == "grotius" else f" ({mix['cpu_us'] / ours['cpu_us']:.2f} ×)"
            lines.append(
                f"| {name} | {mix['clients']} | {mix['per_second']} | {mix['cpu_us']}{times} | "
                f"{mix['median_ms']} | {mix['p99_ms']} |"
            )
    return lines


def fallen(found: dict[str, Any], before: dict[str, Any], tolerance: float = 0.3) -> list[str]:
    """Return a sentence for each peer to which our ratio fell by more than *tolerance* since *before*.

    The measure is CPU per request of the light mix: ratios within one run, never absolute times.
    """
    said = []
    for peer, was in guarded(before).items():
        now = guarded(found).get(peer)
        if now is not None and now < was * (1 - tolerance):
            said.append(f"against {peer}: {now:.2f} times as fast, and was {was:.2f}: more than 30 % lost")
    return said


def guarded(found: dict[str, Any]) -> dict[str, float]:
    """Return, for each other server, how many times our CPU time of the light mix it needs.

    Once against our answers when they are new, once against repeated ones.
    """
    if "ratios" in found:
        kept: dict[str, float] = found["ratios"]
        return kept
    used = {name: mixes[-1]["cpu_us"] for name, mixes in found["light_mix"].items()}
    ours = {"": used.pop("grotius"), ", repeated": used.pop("grotius, repeated")}
    return {f"{n}{way}": round(cpu / own, 3) for way, own in ours.items() for n, cpu in used.items()}
