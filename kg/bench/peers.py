"""The servers that are compared: how each is loaded and started, on loopback, and where it answers."""

from __future__ import annotations

import http.client
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import psutil

from kg.errors import KGError
from kg.resources import resource

PROGRAMS = Path(sys.executable).parent
PATIENCE = 900.0
"""Seconds that a peer may take to load."""
VIRTUOSO = """
[Database]
DatabaseFile = v.db
ErrorLogFile = v.log
LockFile = v.lck
TransactionFile = v.trx
xa_persistent_file = v.pxa
TempStorage = TempDatabase
[TempDatabase]
DatabaseFile = vt.db
TransactionFile = vt.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
DisableUnixSocket = 1
MaxClientConnections = 40
ServerThreads = 40
NumberOfBuffers = 170000
MaxDirtyBuffers = 130000
DirsAllowed = ., {data}
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerThreads = 32
[SPARQL]
ResultSetMaxRows = 1000000
DefaultGraph = urn:bench
"""


class PeerError(KGError):
    """A server to be compared did not start."""

    def __init__(self, name: str, problem: str) -> None:
        self.name, self.problem = name, problem
        super().__init__(f"{name} did not start: {problem}: leave it out with --without {name}")


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Peer:
    """A running server: its address, and what starting it took (seconds, CPU seconds)."""

    name: str
    address: str
    process: subprocess.Popen[bytes]
    load_seconds: float = 0.0
    load_cpu: float = 0.0
    extra: dict[str, str] = field(default_factory=dict)

    def _family(self) -> list[psutil.Process]:
        try:
            parent = psutil.Process(self.process.pid)
            return [parent, *parent.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def cpu(self) -> float:
        """Return the CPU seconds that the server and its processes, ended ones too, have used."""
        total = 0.0
        for process in self._family():
            try:
                times = process.cpu_times()
            except psutil.NoSuchProcess:
                continue
            total += times.user + times.system + times.children_user + times.children_system
        return total

    def memory(self) -> int:
        """Return the bytes that the server holds: what its processes share is counted once."""
        total = 0
        for process in self._family():
            try:
                total += process.memory_full_info().pss
            except (psutil.NoSuchProcess, psutil.AccessDenied):
                continue
        return total

    def stop(self) -> None:
        """End the server."""
        family = self._family()
        self.process.terminate()
        _, left = psutil.wait_procs(family, timeout=10)
        for process in left:
            process.kill()


def _start(name: str, command: list[str], address: str, folder: Path, **environment: str) -> Peer:
    """Start *command* and wait until *address* answers."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("KG_")} | environment
    log = (folder / "log").open("wb")
    began = time.monotonic()
    process = subprocess.Popen(command, cwd=folder, env=env, stdout=log, stderr=subprocess.STDOUT)
    peer = Peer(name, address, process)
    parts = urlsplit(address)
    while time.monotonic() - began < PATIENCE:
        if process.poll() is not None:
            break
        try:
            connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=5)
            connection.request("GET", f"{parts.path}?query=ASK%7B%7D")
            connection.getresponse().read()
        except (OSError, http.client.HTTPException):
            time.sleep(0.05)
            continue
        peer.load_seconds, peer.load_cpu = time.monotonic() - began, peer.cpu()
        return peer
    peer.stop()
    raise PeerError(name, (folder / "log").read_text(errors="replace")[-400:] or "no answer")


def grotius(data: Path, folder: Path, cache: int = 0) -> Peer:
    """Start ourselves, without the cache of answers unless *cache* megabytes of it are given."""
    port = free_port()
    command = [sys.executable, "-m", "kg", "serve", str(data), "--port", str(port)]
    name = "grotius, repeated" if cache else "grotius"
    limits = {"KG_CACHE": str(cache), "KG_TIMEOUT": "120", "KG_LOG": "none", "KG_MEMORY": "4000"}
    return _start(name, command, f"http://127.0.0.1:{port}/sparql", folder, **limits)


def grotius_repeated(data: Path, folder: Path) -> Peer:
    """Start ourselves with the cache of answers."""
    return grotius(data, folder, 1024)


def before(engine: Peer, folder: Path) -> Peer:
    """Start ourselves in front of *engine*, without the cache of answers."""
    port = free_port()
    command = [sys.executable, "-m", "kg", "serve", "--port", str(port)]
    limits = {"KG_CACHE": "0", "KG_TIMEOUT": "120", "KG_LOG": "none", "KG_STORE": engine.address}
    name, address = f"grotius before {engine.name}", f"http://127.0.0.1:{port}/sparql"
    peer = _start(name, command, address, folder, **limits)
    peer.extra.update(engine.extra)
    return peer


def oxigraph(data: Path, folder: Path) -> Peer:
    """Start the native Oxigraph server on an optimised store on disk."""
    program, port = str(PROGRAMS / "oxigraph"), free_port()
    began, cpu = time.monotonic(), _children()
    for step in (["load", "--location", "db", "--file", str(data)], ["optimize", "--location", "db"]):
        subprocess.run([program, *step], cwd=folder, check=True, capture_output=True)
    took, used = time.monotonic() - began, _children() - cpu
    command = [program, "serve-read-only", "--location", "db", "--bind", f"127.0.0.1:{port}"]
    peer = _start("oxigraph", command, f"http://127.0.0.1:{port}/query", folder)
    peer.load_seconds, peer.load_cpu = peer.load_seconds + took, peer.load_cpu + used
    return peer


def _children() -> float:
    times = os.times()
    return times.children_user + times.children_system


def rdflib_endpoint(data: Path, folder: Path) -> Peer:
    """Start rdflib-endpoint over rdflib's memory store."""
    port = free_port()
    command = [
        str(PROGRAMS / "rdflib-endpoint"),
        "serve",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        str(data),
    ]
    return _start("rdflib-endpoint", command, f"http://127.0.0.1:{port}/", folder)


def flask_rdflib(data: Path, folder: Path) -> Peer:
    """Start Flask over an rdflib graph, on the WSGI server that we use."""
    port = free_port()
    command = [str(PROGRAMS / "granian"), "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--no-ws", "--blocking-threads", "16", "flask_rdflib:app"]
    paths = {"PYTHONPATH": str(resource("bench")), "BENCH_FILE": str(data)}
    return _start("flask + rdflib", command, f"http://127.0.0.1:{port}/sparql", folder, **paths)


def virtuoso(data: Path, folder: Path) -> Peer:
    """Start Virtuoso 7 and load the file by its bulk loader."""
    if not shutil.which("virtuoso-t") or not shutil.which("isql-vt"):
        raise PeerError("virtuoso", "it is not installed (apt install virtuoso-opensource-7)")
    sql, port = free_port(), free_port()
    (folder / "virtuoso.ini").write_text(VIRTUOSO.format(sql=sql, http=port, data=data.parent))
    command = ["virtuoso-t", "+foreground", "+configfile", "virtuoso.ini"]
    peer = _start("virtuoso", command, f"http://127.0.0.1:{port}/sparql", folder)
    began, cpu = time.monotonic(), peer.cpu()
    for statement in (
        f"ld_dir('{data.parent}', '{data.name}', 'urn:bench');",
        "rdf_loader_run();",
        "checkpoint;",
    ):
        isql = ["isql-vt", f"127.0.0.1:{sql}", "dba", "dba", f"exec={statement}"]
        subprocess.run(isql, check=True, capture_output=True)
    peer.load_seconds, peer.load_cpu = time.monotonic() - began, peer.cpu() - cpu
    peer.extra["default-graph-uri"] = "urn:bench"
    return peer


PEERS: dict[str, Callable[[Path, Path], Peer]] = {
    "grotius": grotius,
    "grotius, repeated": grotius_repeated,
    "oxigraph": oxigraph,
    "virtuoso": virtuoso,
    "rdflib-endpoint": rdflib_endpoint,
    "flask + rdflib": flask_rdflib,
}
