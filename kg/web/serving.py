"""How the application is run: granian, one process, a thread for each request that waits."""

from __future__ import annotations

import gc
import os
import socket
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from granian import Granian
from granian.constants import Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels

from kg.errors import KGError
from kg.web.opening import open_early
from kg.web.settings import from_environment

if TYPE_CHECKING:
    from flask import Flask

THREADS = 512
"""Enough that hundreds of clients which send their bodies slowly leave some for the others."""
BACKLOG = 2048
HEADER_TIMEOUT = 15_000
"""Milliseconds that a client may take to send its headers."""
REASON = "KG_STARTUP_REASON"
"""Names the file through which the serving process tells why it could not start."""


class NotStartedError(KGError):
    """The server could not start."""


def application() -> Flask:
    """Return the application, or end this process and leave the reason to ``serve``."""
    gc.disable()  # what is imported stays: nothing there to look for
    try:
        settings = from_environment()
        nursery = open_early(settings)
        from kg.web.app import create_app  # meanwhile

        app = create_app(settings=settings, nursery=nursery)
        gc.freeze()
        gc.enable()
        return app
    except KGError as error:
        Path(os.environ[REASON]).write_text(str(error), encoding="utf-8")
        raise SystemExit(2) from error


def serve(host: str, port: int, environment: Mapping[str, str]) -> None:
    """Serve the application, its settings in *environment*, until interrupted.

    Raises NotStartedError with the sentence of what was wrong.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:  # granian shares a port that another granian has
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise NotStartedError(f"{host}:{port}: {error.strerror}: choose another --port") from error
    with tempfile.TemporaryDirectory() as folder:
        reason = Path(folder) / "reason"
        os.environ.update({**environment, REASON: str(reason)})
        try:
            Granian(
                "kg.web.serving:application",
                factory=True,
                address=host,
                port=port,
                interface=Interfaces.WSGI,
                blocking_threads=THREADS,
                backlog=BACKLOG,
                backpressure=THREADS,
                http1_settings=HTTP1Settings(header_read_timeout=HEADER_TIMEOUT),
                workers_kill_timeout=15,
                log_level=LogLevels.critical,
                log_access=False,
            ).serve()
        finally:
            if reason.exists():
                raise NotStartedError(reason.read_text(encoding="utf-8"))
