"""What the processes say to one another: a line of JSON and a body, each with its length before it."""

from __future__ import annotations

import json
import socket
import struct
import time
from dataclasses import dataclass, field
from typing import Any

HEAD = struct.Struct("!II")
LARGE = 2**16
"""Bytes of a body that is received by itself rather than copied."""
TIME = struct.Struct("@ll")
"""The kernel's ``struct timeval``."""


@dataclass(frozen=True)
class Query:
    """One query to evaluate.

    *solutions* and *triples* are the media types to answer in, for either kind of result; None where the
    client accepts none. *rows* is the limit (rows or triples). *default_graphs* and *named_graphs* override
    the query's own dataset where either is given.
    """

    text: str
    base: str | None = None
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    solutions: str | None = "application/sparql-results+json"
    triples: str | None = "text/turtle"
    rows: int = 100_000
    prefixes: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """A result, serialised. *cut*: there are more than the limit's rows; *following*: the query for those."""

    form: str
    media_type: str
    body: bytes
    cut: bool = False
    limit: int = 0
    repeatable: bool = True
    following: str | None = None
    notes: tuple[str, ...] = ()


class ClosedError(Exception):
    """The other side has gone."""


class LateError(Exception):
    """Nothing came before the deadline."""


def send(channel: socket.socket, head: dict[str, Any], body: bytes = b"") -> None:
    """Send one message."""
    line = json.dumps(head).encode()
    start = HEAD.pack(len(line), len(body)) + line
    sent = channel.sendmsg([start, body])  # one call, so that the other side wakes once
    if sent < len(start):
        channel.sendall(start[sent:])
        sent = len(start)
    if sent < len(start) + len(body):
        channel.sendall(memoryview(body)[sent - len(start) :])


def receive(channel: socket.socket, deadline: float | None = None) -> tuple[dict[str, Any], bytes]:
    """Return one message; raises ClosedError, and LateError at *deadline* (of ``time.monotonic``)."""
    line_length, body_length = HEAD.unpack(_exactly(channel, HEAD.size, deadline))
    if body_length < LARGE:
        received = _exactly(channel, line_length + body_length, deadline)
        return json.loads(received[:line_length]), received[line_length:]
    line = _exactly(channel, line_length, deadline)
    return json.loads(line), _exactly(channel, body_length, deadline)


def _exactly(channel: socket.socket, size: int, deadline: float | None) -> bytes:
    parts, at = [], 0
    while at < size:
        if deadline is not None:
            left = deadline - time.monotonic()
            if left <= 0:
                raise LateError
            # The kernel keeps the time: one call for each part, where Python's own timeout needs three.
            channel.setsockopt(
                socket.SOL_SOCKET, socket.SO_RCVTIMEO, TIME.pack(int(left), int(left % 1 * 1e6) + 1)
            )
        try:
            part = channel.recv(size - at, socket.MSG_WAITALL)
        except BlockingIOError as error:
            raise LateError from error
        except ConnectionError as error:
            raise ClosedError from error
        if not part:
            raise ClosedError
        parts.append(part)
        at += len(part)
    return parts[0] if len(parts) == 1 else b"".join(parts)


def query_to_json(query: Query) -> dict[str, Any]:
    """Return *query* as what JSON can hold."""
    return dict(vars(query))


def query_from_json(head: dict[str, Any]) -> Query:
    """Return the query that ``query_to_json`` wrote."""
    graphs = {name: tuple(head[name]) for name in ("default_graphs", "named_graphs")}
    return Query(**{**head, **graphs})
