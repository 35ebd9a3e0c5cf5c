"""The web process's side: workers that wait, the deadline, and the queue before them."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from kg.evaluation.errors import (
    BusyError,
    EvaluationError,
    NotAcceptableError,
    NurseryError,
    QueryMemoryError,
    QueryStoppedError,
    QueryTimeoutError,
    ResultTooLargeError,
    UnreadableFileError,
)
from kg.evaluation.messages import Answer, ClosedError, LateError, Query, query_to_json, receive, send
from kg.evaluation.nursery import Upbringing
from kg.evaluation.worker import GRAPH_FORMATS, SOLUTION_FORMATS
from kg.sparql.errors import ForbiddenOperationError, TooComplexError, UnknownGraphError
from kg.store import QuerySyntaxError


@dataclass(frozen=True)
class Nursery:
    """A nursery that has begun to load, and the socket to it."""

    process: subprocess.Popen[bytes]
    control: socket.socket


def begin(raised: Upbringing) -> Nursery:
    """Have a nursery begin to load, beside whatever else there is to do before a Pool needs it."""
    control, theirs = socket.socketpair()
    command = [sys.executable, "-m", "kg.evaluation.nursery", str(theirs.fileno()), raised.to_json()]
    process = subprocess.Popen(
        command,
        pass_fds=[theirs.fileno()],
        start_new_session=True,
        stdin=subprocess.DEVNULL,
        env={**os.environ, "RUST_BACKTRACE": "0"},
    )
    theirs.close()
    return Nursery(process, control)


class Worker:
    """A forked process and the socket to it."""

    def __init__(self, pid: int, channel: socket.socket) -> None:
        self.pid, self.channel = pid, channel


class Pool:
    """Evaluates each query in a worker of its own, at most *workers* at once and *queue* waiting.

    Raises UnreadableFileError and NurseryError where there is nothing to serve.
    """

    def __init__(
        self,
        raised: Upbringing,
        workers: int = 8,
        queue: int = 64,
        patience: float = 10.0,
        nursery: Nursery | None = None,
    ) -> None:
        self.raised, self.workers, self.queue, self.patience = raised, workers, queue, patience
        self.ended: Counter[str] = Counter()
        self.idle: list[Worker] = []
        self.running: dict[str, Worker] = {}
        self.live = self.waiting = 0
        self.free = threading.Condition()
        self.talking = threading.Lock()
        nursery = nursery or begin(raised)
        self.nursery, self.control = nursery.process, nursery.control
        try:
            told, _ = receive(self.control)
        except ClosedError as error:
            raise NurseryError from error
        if "failed" in told:
            self.close()
            raise UnreadableFileError(told["path"], told["failed"])
        self.quads = int(told["quads"])
        first = self._fork()
        self.live = 1
        self.idle.append(first)

    def columns(self) -> tuple[list[tuple[str, str, int]], bytes] | None:
        """Return the default graph as columns: names, types and lengths of arrays, and their bytes in a row.

        None where the graph cannot be that, or the nursery ends meanwhile; takes seconds for a million triples.
        """
        try:
            maker = self._fork("columns")
            told, body = receive(maker.channel)
        except (NurseryError, ClosedError):
            return None
        maker.channel.close()
        return told["arrays"], body

    def _fork(self, order: str = "fork") -> Worker:
        with self.talking:
            try:
                send(self.control, {order: True})
                self.control.settimeout(None)
                pid, files, _, _ = socket.recv_fds(self.control, 8, 1)
            except OSError as error:
                raise NurseryError from error
        if not files:
            raise NurseryError
        return Worker(int.from_bytes(pid, "big"), socket.socket(fileno=files[0]))

    def _acquire(self) -> Worker:
        with self.free:
            if not self.idle and self.live >= self.workers:
                if self.waiting >= self.queue:
                    raise BusyError(self.waiting)
                self.waiting += 1
                try:
                    ready = self.free.wait_for(lambda: self.idle or self.live < self.workers, self.patience)
                finally:
                    self.waiting -= 1
                if not ready:
                    raise BusyError(self.waiting)
            if self.idle:
                return self.idle.pop()
            self.live += 1
        try:
            return self._fork()
        except NurseryError:
            self._forget()
            raise

    def _release(self, worker: Worker) -> None:
        with self.free:
            self.idle.append(worker)
            self.free.notify()

    def _forget(self) -> None:
        with self.free:
            self.live -= 1
            self.free.notify()

    def _discard(self, worker: Worker, *, kill: bool) -> None:
        worker.channel.close()
        if kill:
            self._kill(worker)
        self._forget()

    def _kill(self, worker: Worker) -> None:
        with self.talking, suppress(OSError):  # the nursery may have gone, and its workers with it
            send(self.control, {"kill": worker.pid})

    def stop(self, ticket: str) -> bool:
        """End the query that runs under *ticket*; tell whether there was one."""
        with self.free:
            worker = self.running.pop(ticket, None)
            if worker:
                self._kill(worker)
        return worker is not None

    def _is_stopped(self, ticket: str) -> bool:
        """Take *ticket* off the list of what runs; tell whether ``stop`` was there first."""
        with self.free:
            return bool(ticket) and self.running.pop(ticket, None) is None

    def evaluate(self, query: Query, ticket: str = "") -> Answer:
        """Answer *query*, or raise why not; never later than the limit and the queue allow.

        Until it is answered, ``stop`` ends it by its *ticket*, where it has one.
        """
        worker = self._acquire()
        if ticket:
            self.running[ticket] = worker
        deadline = time.monotonic() + self.raised.time_limit
        try:
            send(worker.channel, query_to_json(query))
            told, body = receive(worker.channel, deadline)
        except LateError as error:
            self._is_stopped(ticket)
            self.ended["time"] += 1
            self._discard(worker, kill=True)
            raise QueryTimeoutError(self.raised.time_limit) from error
        except (ClosedError, OSError) as error:
            stopped, late = self._is_stopped(ticket), time.monotonic() > deadline
            self.ended["stop" if stopped else "time" if late else "memory"] += 1
            self._discard(worker, kill=True)
            if stopped:
                raise QueryStoppedError from error
            if late:
                raise QueryTimeoutError(self.raised.time_limit) from error
            sorts = "order" in query.text.lower()
            raise QueryMemoryError(self.raised.memory, sorts=sorts) from error
        if self._is_stopped(ticket):
            self._discard(worker, kill=True)
            raise QueryStoppedError
        if told.pop("retires"):
            self._discard(worker, kill=False)
        else:
            self._release(worker)
        return self._understand(told, body)

    def _understand(self, told: dict[str, Any], body: bytes) -> Answer:
        """Return the answer in a worker's message, or raise what it refused."""
        refused = told.get("refused")
        if refused is None:
            return Answer(**{**told, "notes": tuple(told["notes"]), "body": body})
        facts = told.get("facts", {})
        if refused == "syntax":
            raise QuerySyntaxError(told["problem"])
        if refused == "size":
            raise ResultTooLargeError(self.raised.max_bytes)
        if refused == "memory":
            raise QueryMemoryError(self.raised.memory)
        if refused == "format":
            offered = SOLUTION_FORMATS if told["form"] == "SELECT" else GRAPH_FORMATS
            raise NotAcceptableError(told["form"], tuple(offered))
        for kind in (ForbiddenOperationError, TooComplexError, UnknownGraphError):
            if refused == kind.__name__:
                raise kind(**facts)
        raise EvaluationError(told.get("problem", refused))

    def close(self) -> None:
        """End the nursery and its workers."""
        self.control.close()
        for worker in self.idle:
            worker.channel.close()
        try:
            self.nursery.wait(5)
        except subprocess.TimeoutExpired:
            self.nursery.kill()

    @property
    def alive(self) -> bool:
        """Whether the nursery still runs."""
        return self.nursery.poll() is None
