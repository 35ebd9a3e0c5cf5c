"""What operators look at: whether the process lives, whether it answers, its numbers and its log."""

from __future__ import annotations

import json
import logging
import logging.handlers
import queue
import sys
import time
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Flask, Response, current_app, g, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from kg.errors import KGError
from kg.evaluation.messages import Query
from kg.evaluation.pool import Pool
from kg.web import completeness
from kg.web.cache import Cache
from kg.web.edition import edition
from kg.web.near import Near
from kg.web.settings import Settings
from kg.web.sparql import ENDPOINT, REFUSED

pages = Blueprint("operations", __name__)
BUCKETS = (0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10, 60)


class Numbers:
    """The metrics of one application."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        labels = ("endpoint", "status")
        self.requests = Counter("grotius_requests", "Requests answered.", labels, registry=self.registry)
        self.answers = Counter(
            "grotius_answers", "Answers to queries.", ["completeness"], registry=self.registry
        )
        self.seconds = Histogram(
            "grotius_request_seconds", "Time to answer.", ["endpoint"], buckets=BUCKETS, registry=self.registry
        )
        self.workers = Gauge("grotius_workers", "Worker processes.", ["state"], registry=self.registry)
        self.ended = Gauge(
            "grotius_queries_ended", "Queries ended by a limit.", ["limit"], registry=self.registry
        )
        self.cache = Gauge("grotius_cache", "The cache of answers.", ["what"], registry=self.registry)
        self.quads = Gauge("grotius_quads", "Quads that are served.", registry=self.registry)

    def count(self, endpoint: str, status: int, seconds: float, state: str) -> None:
        """Count one response; *state* is the completeness of an answer to a query, else empty."""
        self.requests.labels(endpoint, status).inc()
        self.seconds.labels(endpoint).observe(seconds)
        if state:
            self.answers.labels(state).inc()


@pages.get("/healthz")
def healthz() -> Response:
    """Say that the process lives."""
    return Response("ok\n", content_type="text/plain; charset=utf-8")


@pages.get("/readyz")
def readyz() -> Response:
    """Say whether queries are answered, of which edition, and since when it is served."""
    now = edition()
    try:
        now.evaluator.evaluate(Query("ASK {}"))
        problem = None
    except KGError as error:
        problem = str(error)
    content = {
        "ready": problem is None,
        "release": now.name,
        "quads": now.quads,
        "since": datetime.fromtimestamp(now.since, UTC).isoformat(timespec="seconds"),
        "age_seconds": round(time.time() - now.since),
    }
    if problem:
        content["problem"] = problem
    status = 503 if problem else 200
    return Response(json.dumps(content) + "\n", status, content_type="application/json")


@pages.get("/metrics")
def metrics() -> Response:
    """Return the numbers in Prometheus' text format."""
    numbers: Numbers = current_app.extensions["numbers"]
    caches: tuple[Cache[Any], ...] = current_app.extensions["cache"], current_app.extensions["sent"]
    now = edition()
    pool = now.evaluator.pool if isinstance(now.evaluator, Near) else now.evaluator
    if isinstance(pool, Pool):
        idle = len(pool.idle)
        for state, count in (("idle", idle), ("busy", pool.live - idle), ("waited_for", pool.waiting)):
            numbers.workers.labels(state).set(count)
        for limit in ("time", "memory"):
            numbers.ended.labels(limit).set(pool.ended[limit])
    numbers.cache.labels("hits").set(sum(cache.hits for cache in caches))
    numbers.cache.labels("misses").set(caches[0].misses)
    numbers.cache.labels("bytes").set(sum(cache.kept.currsize for cache in caches))
    numbers.quads.set(now.quads)
    return Response(generate_latest(numbers.registry), content_type=CONTENT_TYPE_LATEST)


class DroppingHandler(logging.handlers.QueueHandler):
    """A handler that never makes a request wait for the log."""

    def enqueue(self, record: logging.LogRecord) -> None:
        """Keep *record* where there is room."""
        try:
            self.queue.put_nowait(record)
        except queue.Full:
            return


def request_log() -> logging.Logger:
    """Return the logger that writes one line of JSON for each request to stderr."""
    logger = logging.getLogger("kg.requests")
    if not logger.handlers:
        logger.setLevel(logging.INFO)
        logger.propagate = False
        lines: queue.Queue[logging.LogRecord] = queue.Queue(10_000)
        logger.addHandler(DroppingHandler(lines))
        logging.handlers.QueueListener(lines, logging.StreamHandler(sys.stderr)).start()
    return logger


def watch(app: Flask, settings: Settings) -> None:
    """Count, time and log every request of *app*."""
    numbers = app.extensions["numbers"] = Numbers()
    logger = request_log() if settings.log != "none" else None

    @app.before_request
    def begin() -> None:
        g.began = request.environ.get(REFUSED, (None, time.perf_counter()))[1]

    @app.after_request
    def end(response: Response) -> Response:
        took = time.perf_counter() - g.get("began", time.perf_counter())
        endpoint = request.endpoint or "none"
        state = response.headers.get(completeness.HEADER, "").partition(";")[0]
        numbers.count(endpoint, response.status_code, took, state if endpoint == ENDPOINT else "")
        if logger and (settings.log == "all" or response.status_code >= 500):
            line = {
                "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
                "method": request.method,
                "path": request.path,
                "status": response.status_code,
                "ms": round(took * 1000, 1),
                "bytes": response.calculate_content_length(),
                "completeness": state or None,
            }
            if settings.log_queries:
                line["query"] = g.get("query")
            logger.info(json.dumps(line, ensure_ascii=False))
        return response
