"""Where each microsecond of a look-up goes: ``python -m bench.where > bench/results/look-up.md``.

Each part is timed by itself, in CPU time of its thread, the best of ten rounds; the system calls and the
switches between processes are what is left of the whole.
"""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pyoxigraph as ox
from werkzeug.test import create_environ

from kg.bench.invention import invent
from kg.bench.workload import analytic
from kg.evaluation.messages import query_from_json, query_to_json
from kg.evaluation.worker import evaluate
from kg.sparql.reading import Reading, bound, read, refuse_remote, with_limit
from kg.sparql.strictness import check, with_small_booleans
from kg.web.answering import body_of, headers_of, query_of, wish
from kg.web.app import create_app
from kg.web.compression import encode
from kg.web.protocol import operation_of, parameters
from kg.web.settings import Settings

ROUNDS, TIMES = 10, 300
SITE = "http://127.0.0.1:8000/"


def cpu(part: Callable[[], Any], clock: Callable[[], float] = time.thread_time) -> float:
    """Return the microseconds of CPU that *part* takes, in the best of the rounds."""
    best = float("inf")
    for _ in range(ROUNDS):
        began = clock()
        for _ in range(TIMES):
            part()
        best = min(best, (clock() - began) / TIMES * 1e6)
    return best


def main() -> None:
    """Time the parts and print them as a table."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "policy.nt"
        data.write_text("".join(invent(100_000)), encoding="utf-8")
        store = ox.Store()
        store.bulk_load(path=str(data), format=ox.RdfFormat.N_TRIPLES)
        apps = [create_app(settings=Settings(files=(str(data),), log="none", cache=c)) for c in (0, 64)]
    asked = analytic()[0]
    question = urlencode({"query": asked.text})
    headers = {"Accept": asked.media_type, "Accept-Encoding": "identity"}
    environ = create_environ("/sparql", SITE, query_string=question, headers=headers)
    now = apps[0].extensions["editions"].now
    operation = operation_of(parameters(question.encode(), "address"))
    wanted = wish(operation, asked.media_type, SITE, f"{SITE}sparql")
    query, tag = query_of(wanted, wanted.address, now, 100_000)
    found = now.evaluator.evaluate(query)
    line = json.dumps(query_to_json(query))
    reading = read(query.text)
    limited = with_limit(reading, 100_001)

    def checks() -> None:
        fresh = Reading(reading.text)
        bound(fresh)
        refuse_remote(fresh)
        check(fresh)
        with_small_booleans(fresh)

    parts: dict[str, Callable[[], Any]] = {
        "web: the address taken apart": lambda: operation_of(parameters(question.encode(), "address")),
        "web: format chosen, query and tag made": lambda: query_of(
            wish(operation, asked.media_type, SITE, wanted.address), wanted.address, now, 100_000
        ),
        "web: message to the worker written": lambda: json.dumps(query_to_json(query)).encode(),
        "web: completeness, headers, coding": lambda: (
            encode(body_of(wanted, found), wanted.kind(found), "identity"),
            headers_of(wanted, found, tag),
        ),
        "web: counted for the metrics": lambda: (
            apps[0].extensions["numbers"].count("x", 200, 0.001, "complete")
        ),
        "worker: message read": lambda: query_from_json(json.loads(line)),
        "worker: what is forbidden, too deep, not SPARQL": checks,
        "worker: LIMIT written in": lambda: with_limit(Reading(query.text), 100_001),
        "worker: engine and serialiser (Rust)": lambda: store.query(limited, base_iri=query.base).serialize(
            format=ox.QueryResultsFormat.JSON
        ),
    }
    rows = {name: cpu(part) for name, part in parts.items()}
    rows["**worker, whole** (without its system calls)"] = cpu(lambda: evaluate(store, query, 2**26))
    for app, name in zip(apps, ("new", "repeated"), strict=True):
        served = app.wsgi_app
        rows[f"**web process, whole, {name}** (with its system calls)"] = cpu(
            lambda served=served: served(dict(environ), lambda *_: None), time.process_time
        )
    print("| part | CPU µs |\n|---|---|")
    for name, took in rows.items():
        print(f"| {name} | {took:.0f} |")
    print(f"\nLoad of the machine while measured: {os.getloadavg()[0]:.1f}.")
    for app in apps:
        app.extensions["editions"].close()


if __name__ == "__main__":
    main()
