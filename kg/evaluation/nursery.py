"""The process that loads the store and forks the workers that share it. Single-threaded: a fork copies no lock.

Run as ``python -m kg.evaluation.nursery FD CONFIG``: *FD* is its socket to the web process, *CONFIG* the JSON
of ``Upbringing``. It answers ``{"fork": true}`` with a worker's process id and its socket, kills on
``{"kill": pid}``, and ends with its workers when the web process has gone. On ``{"columns": true}`` it forks a
process that sends the default graph as the arrays of ``kg.columns`` and ends.
"""

from __future__ import annotations

import array
import gc
import json
import os
import select
import signal
import socket
import sys
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kg.evaluation import confinement
from kg.evaluation.errors import UnreadableFileError
from kg.evaluation.loading import load
from kg.evaluation.messages import ClosedError, query_from_json, receive, send
from kg.evaluation.worker import NotAcceptedError, TooLargeError, evaluate
from kg.sparql.errors import ForbiddenOperationError, TooComplexError, UnknownGraphError

RETIRE_AFTER = 48 * 2**20
"""A worker whose own memory has grown by so many bytes ends after its answer, and another is forked."""
NICENESS = 10
"""How far behind the queries a process comes that nobody waits for."""


@dataclass(frozen=True)
class Upbringing:
    """What the workers are forked with: the files or the store on disk, and the limits (seconds, bytes).

    *ours*: the files are a release.
    """

    files: tuple[str, ...] = ()
    disk: str | None = None
    ours: bool = False
    time_limit: float = 10.0
    memory: int = 320 * 2**20
    max_bytes: int = 64 * 2**20
    stack: int = 256 * 2**20

    def to_json(self) -> str:
        """Return this as JSON, for the command line of the nursery."""
        return json.dumps(asdict(self))


def answer(store: ox.Store, head: dict[str, Any], max_bytes: int) -> tuple[dict[str, Any], bytes]:
    """Return the message that answers the query in *head*: an answer, or a refusal with its facts."""
    try:
        found = evaluate(store, query_from_json(head), max_bytes)
    except SyntaxError as error:
        return {"refused": "syntax", "problem": str(error)}, b""
    except (ForbiddenOperationError, TooComplexError, UnknownGraphError) as error:
        return {"refused": type(error).__name__, "facts": vars(error)}, b""
    except TooLargeError:
        return {"refused": "size"}, b""
    except NotAcceptedError as error:
        return {"refused": "format", "form": error.form}, b""
    except MemoryError:
        return {"refused": "memory"}, b""
    except (RuntimeError, ValueError, OSError) as error:
        return {"refused": "evaluation", "problem": str(error)}, b""
    told = {k: v for k, v in vars(found).items() if k != "body"}
    return told, found.body


def work(channel: socket.socket, store: ox.Store | None, raised: Upbringing) -> None:
    """Answer queries from *channel* until it closes."""
    memory = confinement.Memory()
    if store is None:
        store = ox.Store.read_only(str(raised.disk))
    else:
        confinement.forbid_files()
    confinement.forbid_sockets()
    confinement.limit_growth(memory, raised.memory)
    _, at_first = memory.sizes()
    while True:
        try:
            head, _ = receive(channel)
        except ClosedError:
            return
        confinement.die_after(raised.time_limit + 0.25)
        told, body = answer(store, head, raised.max_bytes)
        confinement.die_after(0)
        del head
        told["retires"] = memory.sizes()[1] - at_first > RETIRE_AFTER
        try:
            send(channel, told, body)
        except (ConnectionError, BrokenPipeError):
            return
        if told["retires"]:
            return


def become_worker(channel: socket.socket, store: ox.Store | None, raised: Upbringing) -> None:
    """Work in this process, on one thread with a stack for deep queries, and end it."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    confinement.close_all_but(channel.fileno())
    threading.stack_size(raised.stack)
    thread = threading.Thread(target=work, args=(channel, store, raised))
    thread.start()
    thread.join()
    os._exit(0)


def reap(children: set[int]) -> None:
    """Forget the children that have ended."""
    while children:
        try:
            pid, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            children.clear()
            return
        if pid == 0:
            return
        children.discard(pid)


def send_columns(channel: socket.socket, store: ox.Store | None, raised: Upbringing) -> None:
    """Send the arrays of the default graph, their names and types before them, and end this process."""
    from kg.columns.building import build  # here, so that no worker waits for numpy
    from kg.columns.terms import OutsideError

    os.nice(NICENESS)
    confinement.close_all_but(channel.fileno())
    try:
        arrays = build(ox.Store.read_only(str(raised.disk)) if store is None else store)
        kinds = [(name, array.dtype.str, len(array)) for name, array in arrays.items()]
        send(channel, {"arrays": kinds}, b"".join(array.tobytes() for array in arrays.values()))
    except (OutsideError, OSError, MemoryError):
        pass
    os._exit(0)


def fork(
    control: socket.socket,
    store: ox.Store | None,
    raised: Upbringing,
    become: Callable[[socket.socket, ox.Store | None, Upbringing], None] = become_worker,
) -> int:
    """Fork a process that goes on as *become*, send its socket to the web process; return its process id."""
    ours, theirs = socket.socketpair()
    pid = os.fork()
    if pid == 0:
        ours.close()
        control.close()
        become(theirs, store, raised)
    theirs.close()
    socket_number = array.array("i", [ours.fileno()])
    control.sendmsg([pid.to_bytes(8, "big")], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, socket_number)])
    ours.close()
    return pid


def main(number: int, config: str) -> None:
    """Load, then do as the web process says until it goes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    control = socket.socket(fileno=number)
    raised = Upbringing(**json.loads(config))
    store: ox.Store | None = None
    try:
        if raised.disk:
            size = len(ox.Store.read_only(raised.disk))
        else:
            store = ox.Store()
            load(store, [Path(f) for f in raised.files], ours=raised.ours)
            size = len(store)
    except UnreadableFileError as error:
        send(control, {"failed": error.problem, "path": str(error.path)})
        return
    except OSError as error:
        send(control, {"failed": str(error), "path": str(raised.disk)})
        return
    gc.collect()
    gc.freeze()
    send(control, {"quads": size})
    children: set[int] = set()
    while True:
        ready, _, _ = select.select([control], [], [], 1.0)
        reap(children)
        if not ready:
            continue
        try:
            order, _ = receive(control)
        except ClosedError:
            break
        if "kill" in order and order["kill"] in children:
            os.kill(order["kill"], signal.SIGKILL)
        elif "fork" in order:
            children.add(fork(control, store, raised))
        elif "columns" in order:
            children.add(fork(control, store, raised, send_columns))
    for pid in children:
        os.kill(pid, signal.SIGKILL)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
