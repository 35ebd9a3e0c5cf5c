"""How the application is run: granian, one process, a thread for each request that waits."""

from __future__ import annotations

import os
from collections.abc import Mapping

from granian import Granian
from granian.constants import Interfaces
from granian.http import HTTP1Settings

THREADS = 512
"""Enough that hundreds of clients which send their bodies slowly leave some for the others."""
BACKLOG = 2048
HEADER_TIMEOUT = 15_000
"""Milliseconds that a client may take to send its headers."""


def serve(host: str, port: int, environment: Mapping[str, str]) -> None:
    """Serve the application, its settings in *environment*, until interrupted."""
    os.environ.update(environment)
    Granian(
        "kg.web.app:create_app",
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        blocking_threads=THREADS,
        backlog=BACKLOG,
        backpressure=THREADS,
        http1_settings=HTTP1Settings(header_read_timeout=HEADER_TIMEOUT),
        workers_kill_timeout=15,
        respawn_failed_workers=True,
        log_access=False,
    ).serve()
