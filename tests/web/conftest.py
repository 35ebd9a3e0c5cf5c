"""Servers for the tests: each a process of its own on a free port, ended by its id."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
TINY = ROOT / "tests" / "tiny.ttl"


class Reply(NamedTuple):
    status: int
    headers: http.client.HTTPMessage
    body: bytes


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def ask(
    url: str, headers: dict[str, str] | None = None, body: bytes | None = None, method: str | None = None
) -> Reply:
    """One request; an error status is a reply like any other."""
    request = urllib.request.Request(url, data=body, headers=headers or {}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            return Reply(response.status, response.headers, response.read())
    except urllib.error.HTTPError as error:
        with error:
            return Reply(error.code, error.headers, error.read())


@contextmanager
def running(
    command: list[str], port: int, path: str = "/", **environment: str
) -> Iterator[subprocess.Popen[bytes]]:
    """Run *command* until the block ends; it must answer on *port* within 30 seconds."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("KG_")} | environment
    server = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL)
    try:
        for _ in range(300):
            assert server.poll() is None, f"{command[0]} ended early"
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5).close()
                break
            except urllib.error.HTTPError:
                break
            except OSError:
                time.sleep(0.1)
        yield server
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(30)


@contextmanager
def serving(*args: str, **environment: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """``kg serve`` with *args*; its address and its process."""
    port = free_port()
    command = [sys.executable, "-m", "kg", "serve", "--port", str(port), *args]
    with running(command, port, "/healthz", **environment) as server:
        yield f"http://127.0.0.1:{port}", server


@pytest.fixture(scope="session")
def tiny_server() -> Iterator[str]:
    with serving(str(TINY), "--rows", "10", "--timeout", "2") as (url, _):
        yield url


def missing(what: str) -> Callable[[], None]:
    """Skip with the reason where *what* is not installed; in CI fail."""

    def decide() -> None:
        if os.environ.get("CI"):
            pytest.fail(f"{what} is not installed")
        pytest.skip(f"{what} is not installed")

    return decide
