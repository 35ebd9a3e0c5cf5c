"""Updates: refused with a reason, or forwarded behind a token where an engine holds the data."""

from __future__ import annotations

import hmac
from urllib.parse import urlencode

from flask import Response, request

from kg.sparql.reading import bound, read, refuse_remote
from kg.sparql.strictness import check
from kg.sparql.updates import without_silent_loads
from kg.store import QuerySyntaxError
from kg.web.edition import edition, settings
from kg.web.engine import Engine
from kg.web.errors import EngineError, NotAuthorisedError, ReadOnlyError, RequestError, WritingDisabledError
from kg.web.protocol import UPDATE, Operation


def writable_engine() -> Engine:
    """Return the engine, where this request may write to it.

    Raises ReadOnlyError, WritingDisabledError, NotAuthorisedError.
    """
    engine = edition().evaluator
    if not isinstance(engine, Engine):
        raise ReadOnlyError
    token = settings().token
    if not token:
        raise WritingDisabledError
    given = request.authorization
    secret = (given.token if given.type == "bearer" else given.password) if given else None
    if secret is None or not hmac.compare_digest(secret.encode(), token.encode()):
        raise NotAuthorisedError(offered=given is not None)
    return engine


def update(operation: Operation) -> Response:
    """Forward the update in *operation*; it never fetches (no LOAD, no SERVICE)."""
    engine = writable_engine()
    assert operation.update is not None
    try:
        text, silent = without_silent_loads(read(operation.update))
        reading = read(text)
        bound(reading)
        refuse_remote(reading)
        check(reading)
    except SyntaxError as error:
        raise QuerySyntaxError(str(error)) from error
    using = [("using-graph-uri", iri) for iri in operation.using]
    using += [("using-named-graph-uri", iri) for iri in operation.using_named]
    if using and any(t.word in ("USING", "WITH") for t in reading.tokens):
        raise RequestError("the update has USING or WITH and the request has using-graph-uri: use one of them")
    address = engine.update_address + ("?" + urlencode(using) if using else "")
    text = f"BASE <{request.base_url}> {text}"
    response = engine.send("POST", address, text.encode(), {"Content-Type": UPDATE}, 1)
    if response.status == 400:
        raise QuerySyntaxError(response.whole[:2000].decode(errors="replace").strip())
    if response.status >= 300:
        raise EngineError(f"HTTP {response.status}: {response.whole[:300].decode(errors='replace')}")
    answer = Response(status=204)
    for address in silent:
        answer.headers.add("Grotius-Note", f"LOAD SILENT {address[:200]!a} loaded nothing: nothing is fetched")
    return answer
