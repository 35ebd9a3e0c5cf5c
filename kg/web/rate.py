"""How often one client may ask."""

from __future__ import annotations

import time

from flask import Flask, request
from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from kg.web.errors import TooManyRequestsError
from kg.web.settings import SettingError

EXEMPT = ("/healthz", "/readyz", "/metrics")


def limit_rate(app: Flask, rate: str) -> None:
    """Refuse what goes beyond *rate* (``600/minute``; several with ``;``), counted for each client address."""
    limiter = MovingWindowRateLimiter(MemoryStorage())
    try:
        allowed = [parse(part) for part in rate.split(";")]
    except ValueError as error:
        raise SettingError("KG_RATE", rate, "a rate such as 600/minute") from error

    @app.before_request
    def count() -> None:
        if request.path in EXEMPT:
            return
        client = request.remote_addr or "unknown"
        for item in allowed:
            if not limiter.hit(item, client):
                reset = limiter.get_window_stats(item, client).reset_time
                raise TooManyRequestsError(str(item), max(1, round(reset - time.time())))
