"""The SPARQL Protocol's request: what is asked, by which of the three ways, over which dataset.

https://www.w3.org/TR/sparql11-protocol/. Each part is decoded once, strictly as UTF-8.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qsl, unquote_plus

from flask import Request

from kg.web.errors import EncodingError, MediaTypeError, RequestError, TooLargeRequestError

FORM, QUERY, UPDATE = (
    "application/x-www-form-urlencoded",
    "application/sparql-query",
    "application/sparql-update",
)
MAX_PARAMETERS = 1000
PATIENCE = 16 * 2**20
"""Bytes beyond the limit that are read and dropped, so that the client gets to read why."""


FORMS = ("SELECT", "CONSTRUCT", "ASK", "DESCRIBE")
SPACES = ("+", "%20", "%0A", "%0D", "query=")
_unquoted = lru_cache(maxsize=500)(unquote_plus)


@dataclass(frozen=True)
class Operation:
    """A query or an update (the other is None; both None: a GET of the endpoint itself) and its dataset."""

    query: str | None = None
    update: str | None = None
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    using: tuple[str, ...] = ()
    using_named: tuple[str, ...] = ()
    format: str = ""


def parameters(text: bytes, where: str) -> list[tuple[str, str]]:
    """Return the parameters in *text* (a query string or a form); raises EncodingError and RequestError.

    >>> parameters(b"query=ASK+%7B%3Chttp%3A//x/a%2520b%3E+%3Fp+1%7D", "form")
    [('query', 'ASK {<http://x/a%20b> ?p 1}')]
    """
    try:
        return parse_qsl(
            text.decode(),
            keep_blank_values=True,
            encoding="utf-8",
            errors="strict",
            max_num_fields=MAX_PARAMETERS,
        )
    except UnicodeDecodeError as error:
        raise EncodingError(where) from error
    except ValueError as error:
        raise RequestError(f"more than {MAX_PARAMETERS} parameters: send fewer") from error


def only_a_query(text: str) -> Operation | None:
    """Return what the query string *text* asks for where that is a query and nothing else, or else None.

    The prologue, the longer part and the same in all that a client asks, is decoded once.
    """
    at = next((found for form in FORMS if (found := text.find(form)) >= 0), -1)
    plain = at >= 0 and text.startswith("query=") and "&" not in text and text.isascii()
    if not plain or not text[:at].endswith(SPACES):
        return None
    try:
        return Operation(_unquoted(text[6:at], errors="strict") + unquote_plus(text[at:], errors="strict"))
    except UnicodeDecodeError:
        return None


def body(request: Request, megabytes: int) -> bytes:
    """Return the body; raises TooLargeRequestError where it is larger than *megabytes*."""
    limit = megabytes * 2**20
    read, skipped = bytearray(), 0
    while chunk := request.stream.read(65536):
        if len(read) + len(chunk) <= limit and not skipped:
            read += chunk
        elif (skipped := skipped + len(chunk)) > PATIENCE:
            break
    if skipped:
        raise TooLargeRequestError(megabytes)
    return bytes(read)


def _text(content: bytes, request: Request) -> str:
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    if charset not in ("utf-8", "utf8", "us-ascii"):
        raise EncodingError(f"body ({charset})")
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise EncodingError("body") from error


def read_operation(request: Request, query_limit: int, update_limit: int) -> Operation:
    """Return what *request* asks for; the limits are in megabytes.

    Raises RequestError, EncodingError, MediaTypeError, TooLargeRequestError.
    """
    given = parameters(request.query_string, "address")
    if request.method != "POST":
        if any(name == "update" for name, _ in given):
            raise RequestError("an update cannot be sent by GET: send it by POST")
        return operation_of(given)
    kind = request.mimetype
    if kind == FORM:
        form = body(request, max(query_limit, update_limit))
        _text(b"", request)
        operation = operation_of(given + parameters(form, "form"))
        if operation.query is not None and len(form) > query_limit * 2**20:
            raise TooLargeRequestError(query_limit)
    elif kind == QUERY:
        operation = operation_of([*given, ("query", _text(body(request, query_limit), request))])
    elif kind == UPDATE:
        operation = operation_of([*given, ("update", _text(body(request, update_limit), request))])
    else:
        raise MediaTypeError(kind, (QUERY, UPDATE, FORM))
    if operation.query is None and operation.update is None:
        raise RequestError("there is no query in this POST: send it as query=… in a form, or as the body")
    return operation


def operation_of(given: list[tuple[str, str]]) -> Operation:
    """Return what the parameters *given* ask for; raises RequestError where that is more than one thing."""

    def every(name: str) -> tuple[str, ...]:
        return tuple(value for key, value in given if key == name)

    queries, updates = every("query"), every("update")
    if len(queries) + len(updates) > 1:
        raise RequestError(
            f"{len(queries)} queries and {len(updates)} updates in one request: send exactly one"
        )
    return Operation(
        query=next(iter(queries), None),
        update=next(iter(updates), None),
        default_graphs=every("default-graph-uri"),
        named_graphs=every("named-graph-uri"),
        using=every("using-graph-uri"),
        using_named=every("using-named-graph-uri"),
        format=next(iter(every("format")), ""),
    )
