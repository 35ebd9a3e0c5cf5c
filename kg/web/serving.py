"""How the application is run: granian, one process, threads."""

from __future__ import annotations

import os

from granian import Granian
from granian.constants import Interfaces


def serve(host: str, port: int, releases: str | None, sources: str | None) -> None:
    """Serve ``server:app`` until interrupted."""
    if releases:
        os.environ["KG_RELEASES"] = releases
    if sources:
        os.environ["KG_SOURCES"] = sources
    Granian(
        "kg.web.app:create_app",
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        blocking_threads=4,
        log_access=False,
    ).serve()
