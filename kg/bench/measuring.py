"""Side by side: each query to each peer in turn, round after round; then many clients at once."""

from __future__ import annotations

import csv
import http.client
import io
import json
import statistics
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

import pyoxigraph as ox

from kg.bench.peers import Peer
from kg.bench.workload import Asked

NUMBERS = {"integer", "decimal", "double", "float", "int", "long", "nonNegativeInteger"}
TOO_SLOW = 20.0
"""Seconds after which a peer is not asked this query again."""
TIMEOUT = 120
"""Seconds after which no answer is waited for; that peer still computes, so it is asked nothing more."""


@dataclass
class Sample:
    """What one query took of one peer, each time: milliseconds of the client's clock and of the peer's CPU."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    rows: int = 0
    equal: bool | None = None
    failed: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return medians, the slowest, and what was answered."""
        if not self.wall:
            return {"failed": self.failed or "not asked"}
        ordered = sorted(self.wall)
        return {
            "median_ms": round(statistics.median(ordered), 2),
            "p99_ms": round(ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))], 2),
            "cpu_ms": round(statistics.mean(self.cpu), 2),
            "n": len(ordered),
            "rows": self.rows,
            "equal": self.equal,
            **({"failed": self.failed} if self.failed else {}),
        }


def ask(peer: Peer, asked: Asked, connection: http.client.HTTPConnection | None = None) -> bytes:
    """Return the body of the answer; raises OSError or HTTPException where there is none."""
    parts = urlsplit(peer.address)
    line = connection or http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=TIMEOUT)
    query = urlencode({"query": asked.text, **peer.extra})
    line.request("GET", f"{parts.path}?{query}", headers={"Accept": asked.media_type})
    response = line.getresponse()
    body = response.read()
    if connection is None:
        line.close()
    if response.status != 200:
        raise http.client.HTTPException(f"HTTP {response.status}: {body[:200]!r}")
    return body


def _value(term: dict[str, str]) -> str:
    datatype = term.get("datatype", "").rpartition("#")[2]
    if term["value"] in ("true", "false"):  # Virtuoso writes 1 and 0
        return f"{int(term['value'] == 'true')}@"
    if datatype in NUMBERS:
        return repr(float(term["value"]))
    return f"{term['value']}@{term.get('xml:lang', '').lower()}"


def content(asked: Asked, body: bytes) -> tuple[int, Counter[Any]]:
    """Return how many rows or triples an answer has, and which, whatever their order.

    An answer with LIMIT and no order may be any of the rows: then only the number counts.
    """
    if asked.media_type.endswith("json"):
        bindings = json.loads(body)["results"]["bindings"]
        rows: Counter[Any] = Counter(tuple(sorted((k, _value(v)) for k, v in b.items())) for b in bindings)
    elif asked.media_type == "text/csv":
        rows = Counter(map(tuple, list(csv.reader(io.StringIO(body.decode())))[1:]))
    else:
        rows = Counter({str(q.triple): 1 for q in ox.parse(body, format=ox.RdfFormat.TURTLE)})
    total = sum(rows.values())
    return total, Counter() if "LIMIT" in asked.text and "ORDER" not in asked.text else rows


def one_client(
    peers: list[Peer], workload: Iterable[Asked], rounds: int, tick: Callable[[], None] = lambda: None
) -> dict[str, dict[str, Sample]]:
    """Ask each query of each peer *rounds* times, alternating; the first peer's answer must be equalled."""
    found: dict[str, dict[str, Sample]] = {}
    stuck: set[str] = set()
    for asked in workload:
        samples = found[asked.name] = {p.name: Sample() for p in peers}
        expected: tuple[int, Counter[Any]] | None = None
        for turn in range(rounds + 1):
            for peer in peers:
                sample = samples[peer.name]
                if sample.failed or peer.name in stuck:
                    sample.failed = sample.failed or "not asked: still computing an earlier one"
                    continue
                cpu, began = peer.cpu(), time.perf_counter()
                try:
                    body = ask(peer, asked)
                except (OSError, http.client.HTTPException) as error:
                    sample.failed = str(error)[:200] or type(error).__name__
                    if isinstance(error, TimeoutError):
                        sample.failed = f"no answer in {TIMEOUT} s"
                        stuck.add(peer.name)
                    continue
                took = time.perf_counter() - began
                if turn == 0:
                    got = content(asked, body)
                    expected = expected or got
                    sample.rows, sample.equal = got[0], got == expected
                # The first turn warms; it counts only where there will be no other.
                if turn or took > TOO_SLOW:
                    sample.wall.append(took * 1000)
                    sample.cpu.append((peer.cpu() - cpu) * 1000)
                if took > TOO_SLOW:
                    sample.failed = f"asked once: slower than {TOO_SLOW:g} s"
        tick()
    return found


def many_clients(peer: Peer, workload: list[Asked], clients: int, seconds: float) -> dict[str, float]:
    """Return what *clients* at once get of *peer* in *seconds*: requests, CPU and milliseconds for each.

    The same goes before for a third of the time, uncounted: whoever starts processes or fills caches for many
    clients has done so by then.
    """
    _many(peer, workload, clients, seconds / 3)
    return _many(peer, workload, clients, seconds)


def _many(peer: Peer, workload: list[Asked], clients: int, seconds: float) -> dict[str, float]:
    until = time.perf_counter() + seconds
    took: list[float] = []
    failed = 0

    def client(number: int) -> None:
        nonlocal failed
        parts = urlsplit(peer.address)
        line = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=TIMEOUT)
        i = number
        while time.perf_counter() < until:
            began = time.perf_counter()
            try:
                ask(peer, workload[i % len(workload)], line)
                took.append(time.perf_counter() - began)
            except (OSError, http.client.HTTPException):
                failed += 1
                line.close()
            i += 1
        line.close()

    cpu, began = peer.cpu(), time.perf_counter()
    threads = [threading.Thread(target=client, args=(n,)) for n in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    elapsed = time.perf_counter() - began
    count = max(len(took), 1)
    return {
        "clients": clients,
        "requests": len(took),
        "failed": failed,
        "per_second": round(len(took) / elapsed, 1),
        "cpu_us": round((peer.cpu() - cpu) * 1e6 / count),
        "median_ms": round(statistics.median(took) * 1000, 2) if took else 0.0,
        "p99_ms": round(sorted(took)[int(len(took) * 0.99)] * 1000, 2) if took else 0.0,
    }
