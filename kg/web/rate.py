"""How often one client may ask."""

from __future__ import annotations

import time
from collections.abc import Callable

from flask import Flask, request

from kg.web.errors import TooManyRequestsError
from kg.web.settings import SettingError

EXEMPT = ("/healthz", "/readyz", "/metrics")
ADMITTED = "kg.admitted"
"""Says, in the WSGI environment, that a request was counted already."""


def limit_rate(app: Flask, rate: str) -> Callable[[str], TooManyRequestsError | None]:
    """Refuse what goes beyond *rate* (``600/minute``; several with ``;``), counted for each client address.

    Returns what counts a request of a client, for those that do not reach *app*: the refusal, or None.
    """
    from limits import parse  # here, so that nobody waits for it who sets no rate
    from limits.storage import MemoryStorage
    from limits.strategies import MovingWindowRateLimiter

    limiter = MovingWindowRateLimiter(MemoryStorage())
    try:
        allowed = [parse(part) for part in rate.split(";")]
    except ValueError as error:
        raise SettingError("KG_RATE", rate, "a rate such as 600/minute") from error

    def refusal(client: str) -> TooManyRequestsError | None:
        for item in allowed:
            if not limiter.hit(item, client):
                reset = limiter.get_window_stats(item, client).reset_time
                return TooManyRequestsError(str(item), max(1, round(reset - time.time())))
        return None

    @app.before_request
    def count() -> None:
        if request.path in EXEMPT or ADMITTED in request.environ:
            return
        if refused := refusal(request.remote_addr or "unknown"):
            raise refused

    return refusal
