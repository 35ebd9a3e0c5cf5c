"""The server survives what should not have been sent to it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest

from tests.web.conftest import ask, serving
from tests.web.hostile import requests

CROSS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
LIMIT = 1.0
"""Seconds that a query may run here."""


class Trap(threading.Thread):
    """A server that counts who comes."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.visitors = 0
        self.start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.listening.getsockname()[1]}/"

    def run(self) -> None:
        while True:
            try:
                visitor, _ = self.listening.accept()
            except OSError:
                return
            self.visitors += 1
            visitor.close()


def descendants(pid: int) -> list[int]:
    listed = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    parents = [tuple(map(int, line.split())) for line in listed.splitlines()]
    found = [pid]
    for parent in found:
        found += [child for child, above in parents if above == parent]
    return found


def memory(pid: int) -> int:
    """The memory (bytes) that *pid* and its descendants have to themselves, shared pages counted once."""
    total = 0
    for process in descendants(pid):
        try:
            for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1]) * 1024
        except OSError:
            continue
    return total


def synthetic(path: Path, things: int = 4000) -> Path:
    """A graph in which joins explode: a ring of *things*, each with a label."""
    with path.open("w") as file:
        for i in range(things):
            file.write(f"<http://e/{i}> <http://e/next> <http://e/{(i + 1) % things}> .\n")
            file.write(f'<http://e/{i}> <http://e/label> "thing {i}"@en .\n')
            file.write(f"<http://e/{i}> <http://e/p> {i % 97} .\n")
    return path


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    data = synthetic(tmp_path_factory.mktemp("hostile") / "data.ttl")
    with serving(str(data), "--timeout", str(LIMIT)) as served:
        yield served


def attack(base: str, content: bytes, patience: float) -> tuple[bytes, float]:
    began = time.monotonic()
    answer = b""
    with closing(socket.create_connection(("127.0.0.1", urlsplit(base).port or 80), timeout=patience)) as peer:
        with suppress(OSError):  # refused while it was still being sent
            peer.sendall(content)
        with suppress(OSError):
            while chunk := peer.recv(65536):
                answer += chunk
    return answer, time.monotonic() - began


def test_two_hundred_hostile_requests_are_survived(
    attacked: tuple[str, subprocess.Popen[bytes]], record_property: pytest.RecordProperty
) -> None:
    base, server = attacked
    trap = Trap()
    hostile = requests(trap.address)
    assert len(hostile) >= 200
    processes = descendants(server.pid)[:3]
    before, peak = memory(server.pid), 0
    wrong: list[str] = []
    for i, (name, content) in enumerate(hostile):
        answer, took = attack(base, content, 8)
        began = time.monotonic()
        # Each another query, so that no cache answers.
        simple = ask(f"{base}/sparql?query={quote(f'SELECT * {{ ?s ?p {i} }} LIMIT 1')}")
        waited = time.monotonic() - began
        peak = max(peak, memory(server.pid) - before)
        status = answer[9:12].decode("latin-1")
        if simple.status != 200 or waited > 1:
            wrong.append(f"{name}: the next query waited {waited:.2f} s, HTTP {simple.status}")
        if name.startswith(("runaway", "memory", "chain")) and took > LIMIT + 0.5:
            wrong.append(f"{name}: ended after {took:.2f} s")
        if status == "500":
            wrong.append(f"{name}: HTTP 500")
        if name.startswith("remote") and name not in ALLOWED_REMOTE and status == "200":
            wrong.append(f"{name}: HTTP 200 {answer[-200:]!r}")
        if name.startswith("update") and status < "400":
            wrong.append(f"{name}: HTTP {status}")
    assert not wrong, "\n".join(wrong)
    assert trap.visitors == 0
    assert server.poll() is None
    assert all(Path(f"/proc/{pid}").exists() for pid in processes), "a process of the server was restarted"
    record_property("hostile requests", len(hostile))
    record_property("memory growth MB", peak / 2**20)
    print(f"\n{len(hostile)} hostile requests, memory grew by at most {peak / 2**20:.0f} MB")
    assert peak < 500 * 2**20
    assert (
        b"hostile"
        not in ask(f"{base}/sparql?query=SELECT%20%2A%20%7B%3Fs%20%3Chttp%3A%2F%2Fp%3E%20%3Fo%7D").body
    )


ALLOWED_REMOTE = {"remote 37", "remote 42", "remote parameter"}
"""A GRAPH that is not here, an unknown function, a parameter that counts as empty: answered, not fetched."""


def test_a_runaway_query_ends_at_its_limit(attacked: tuple[str, subprocess.Popen[bytes]]) -> None:
    base, _ = attacked
    began = time.monotonic()
    query = (
        "SELECT%20(COUNT(*)%20AS%20%3Fn)%20%7B%3Fa%20%3Fb%20%3Fc.%20%3Fd%20%3Fe%20%3Ff.%20%3Fg%20%3Fh%20%3Fi%7D"
    )
    reply = ask(f"{base}/sparql?query={query}")
    assert reply.status == 503
    assert time.monotonic() - began < LIMIT + 0.5
    assert json.loads(reply.body)["type"].endswith("/problems/query-timeout")


def test_two_hundred_idle_or_slow_clients_keep_nobody_waiting(
    attacked: tuple[str, subprocess.Popen[bytes]],
) -> None:
    base, _ = attacked
    port = urlsplit(base).port or 80
    beginnings = [
        b"",
        b"GET /sparql?query=ASK",
        b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: x\r\nX-Slow: ",
        b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n"
        b"Content-Length: 90\r\n\r\nASK",
        b"GET /sparql?query=SELECT%2A%7B%3Fs%20%3Fp%20%3Fo%7D HTTP/1.1\r\nHost: x\r\nAccept: text/csv\r\n\r\n",
    ]
    slow = [socket.create_connection(("127.0.0.1", port), timeout=10) for _ in range(200)]
    try:
        for i, client in enumerate(slow):
            client.sendall(beginnings[i % len(beginnings)])
        time.sleep(1)
        waits = []
        for i in range(20):
            began = time.monotonic()
            # Each another query, so that no cache answers.
            assert ask(f"{base}/sparql?query=SELECT%20%2A%7B%3Fs%20%3Fp%20{i}%7D%20LIMIT%203").status == 200
            waits.append(time.monotonic() - began)
        print(f"\nslowest of 20 fast queries beside 200 slow clients: {max(waits) * 1000:.0f} ms")
        assert max(waits) < 1
    finally:
        for client in slow:
            client.close()


def test_when_all_workers_are_busy_the_answer_is_503_with_retry_after(tmp_path: Path) -> None:
    data = synthetic(tmp_path / "data.ttl", 1000)
    with serving(str(data), "--timeout", "4", "--workers", "1", "--queue", "1") as (base, _):
        threads = [
            threading.Thread(target=ask, args=(f"{base}/sparql?query={quote(CROSS)}%23{i}",), daemon=True)
            for i in range(2)
        ]
        for thread in threads:
            thread.start()
        time.sleep(0.7)
        refused = ask(f"{base}/sparql?query=ASK%7B%7D")
        assert refused.status == 503
        assert refused.headers["Retry-After"]
        assert json.loads(refused.body)["type"].endswith("/problems/busy")
        for thread in threads:
            thread.join()


def test_a_worker_can_open_neither_socket_nor_file() -> None:
    from kg.evaluation.confinement import can_reach, forbid_files, forbid_sockets

    trap = Trap()
    address = trap.listening.getsockname()
    for confine in (forbid_files, forbid_sockets):
        pid = os.fork()
        if pid == 0:
            reached = not can_reach(address)
            if confine() is False:
                os._exit(2)
            os._exit(1 if reached or can_reach(address) else 0)
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0, confine.__name__
