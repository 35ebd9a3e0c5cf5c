"""The short way: a plain query by GET over data that does not change is answered before Flask is asked.

What was sent before is sent again; what is new is evaluated and kept. Anything else (a form, a page, an update,
a mistake, a condition on an ETag) goes the long way, through Flask; the tests hold the two to the same answers.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from flask import Flask

from kg.errors import KGError
from kg.web import policy
from kg.web.answering import body_of, headers_of, query_of, wish
from kg.web.cache import Cache
from kg.web.compression import encode
from kg.web.edition import Edition
from kg.web.negotiation import HTML
from kg.web.protocol import Operation, only_a_query, operation_of, parameters
from kg.web.rate import ADMITTED
from kg.web.sparql import ADDRESSES, ENDPOINT, REFUSED

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from kg.web.settings import Settings

HOST = re.compile(r"[a-z0-9.-]+(:[0-9]+)?")
DEFAULT_PORTS = {"http": ":80", "https": ":443"}
NOT_PLAIN = ("HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_GROTIUS_TICKET")
STANDING = [*policy.standing().items(), ("Vary", "Accept, Accept-Encoding")]


class Sent(NamedTuple):
    """An answer as it went to the client."""

    headers: list[tuple[str, str]]
    body: bytes
    state: str
    repeatable: bool


@lru_cache(maxsize=1000)
def root(scheme: str, host: str) -> str | None:
    """Return the address of the site as the client wrote it, or None where that takes more thought.

    >>> root("http", "127.0.0.1:8000"), root("https", "example.org:443"), root("http", "exa mple")
    ('http://127.0.0.1:8000/', 'https://example.org/', None)
    """
    if scheme not in DEFAULT_PORTS or not HOST.fullmatch(host):
        return None
    return f"{scheme}://{host.removesuffix(DEFAULT_PORTS[scheme])}/"


class Shortcut:
    """A WSGI application that answers what is plain and hands all else to *long_way*."""

    def __init__(
        self,
        app: Flask,
        settings: Settings,
        long_way: WSGIApplication,
        admit: Callable[[str], object] | None,
    ) -> None:
        self.settings, self.long_way, self.admit = settings, long_way, admit
        self.editions, self.numbers = app.extensions["editions"], app.extensions["numbers"]
        self.answers = app.extensions["cache"]
        self.sent: Cache[Sent] = app.extensions["sent"]

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer as WSGI wants it."""
        sent = self._answer(environ, time.perf_counter())
        if sent is None:
            return self.long_way(environ, start_response)
        start_response("200 OK", list(sent.headers))
        return [sent.body]

    def _answer(self, environ: WSGIEnvironment, began: float) -> Sent | None:
        """Return the answer, or None where the long way has to be gone."""
        path, question, now = environ["PATH_INFO"], environ["QUERY_STRING"], self.editions.now
        if (
            path not in ADDRESSES
            or not question
            or environ["REQUEST_METHOD"] != "GET"
            or environ["SCRIPT_NAME"]
            or not now.immutable
            or any(header in environ for header in NOT_PLAIN)
        ):
            return None
        site = root(environ["wsgi.url_scheme"], environ.get("HTTP_HOST", ""))
        accept, coding = environ.get("HTTP_ACCEPT", ""), environ.get("HTTP_ACCEPT_ENCODING", "")
        if site is None or HTML in accept:
            return None
        if self.admit:
            if self.admit(environ.get("REMOTE_ADDR", "unknown")):
                return None
            environ[ADMITTED] = True
        name = now.name, site, path, question, accept, coding
        sent = self.sent.get(name)
        if sent is None:
            try:
                sent = self._evaluate(now, site, path, question, accept, coding)
            except KGError as error:
                environ[REFUSED] = error, began
                return None
            if sent is None:
                return None
            if sent.repeatable:
                self.sent.put(name, sent, len(sent.body))
        self.numbers.count(ENDPOINT, 200, time.perf_counter() - began, sent.state)
        return sent

    @staticmethod
    def _operation(question: str) -> Operation | None:
        """Return the query that is asked, or None where the long way has to be gone."""
        given = parameters(question.encode("latin-1"), "address")
        operation = operation_of(given)
        if operation.query is None or operation.update is not None or any(k == "release" for k, _ in given):
            return None
        return operation

    def _evaluate(
        self, now: Edition, site: str, path: str, question: str, accept: str, coding: str
    ) -> Sent | None:
        """Return the answer to a new question, or None where the long way has to be gone."""
        operation = only_a_query(question) or self._operation(question)
        if operation is None:
            return None
        asked = wish(operation, accept, site, site + path[1:])
        if HTML in (asked.solutions, asked.triples):
            return None
        query, tag = query_of(asked, asked.address, now, self.settings.rows)
        found = self.answers.get(tag)
        if found is None:
            found = now.evaluator.evaluate(query)
            self.answers.keep(tag, found)
        kind = asked.kind(found)
        body, coded = encode(body_of(asked, found), kind, coding)
        told = headers_of(asked, found, (f"{tag}-{coded}" if coded else tag) if found.repeatable else None)
        told += [("Content-Length", str(len(body))), *STANDING]
        if coded:
            told.append(("Content-Encoding", coded))
        return Sent(told, body, "cut" if found.cut else "complete", found.repeatable)
