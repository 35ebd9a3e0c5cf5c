"""Answers in the encoding that the client prefers: zstd, br or gzip (RFC 9110, § 12.5.3)."""

from __future__ import annotations

import gzip
import re
import sys
from collections.abc import Callable

import brotli
from flask import Response, request

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

ENCODERS: dict[str, Callable[[bytes], bytes]] = {
    "zstd": lambda content: zstd.compress(content, 3),
    "br": lambda content: bytes(brotli.compress(content, quality=4)),
    "gzip": lambda content: gzip.compress(content, 5, mtime=0),
}
SMALLEST = 1000
"""Shorter bodies (bytes) stay as they are."""
COMPRESSIBLE = re.compile(
    r"text/|application/(?:.*\+)?(?:json|xml)$|application/(?:n-triples|n-quads|trig|javascript)"
)
CODING = re.compile(r"\s*([\w*-]+)\s*(?:;\s*q\s*=\s*([01](?:\.\d*)?|\.\d+)\s*)?", re.ASCII | re.IGNORECASE)


def choose(header: str) -> str | None:
    """Return the coding that the client prefers, ours deciding between equals; None: as it is.

    >>> choose("gzip, deflate, br"), choose("gzip;q=0, *;q=0.1"), choose("gzip;q=0")
    ('br', 'zstd', None)
    """
    asked = {}
    for part in header.split(","):
        if match := CODING.fullmatch(part):
            asked[match.group(1).lower()] = float(match.group(2) or 1)
    weights = {name: asked.get(name, asked.get("*", 0.0)) for name in ENCODERS}
    best = max(weights, key=lambda name: weights[name])
    return best if weights[best] > 0 and weights[best] >= asked.get("identity", 0.0) else None


def encode(body: bytes, media_type: str, accepted: str) -> tuple[bytes, str | None]:
    """Return *body* in the coding that *accepted* prefers, and which; None where it stays as it is."""
    coding = choose(accepted) if len(body) >= SMALLEST and COMPRESSIBLE.match(media_type) else None
    return (ENCODERS[coding](body), coding) if coding else (body, None)


def compress(response: Response) -> Response:
    """Encode *response* where that is asked for and worth it."""
    response.vary.add("Accept-Encoding")
    if (
        response.status_code != 200
        or response.is_streamed
        or response.direct_passthrough
        or response.content_encoding
    ):
        return response
    accepted = request.headers.get("Accept-Encoding", "")
    body, coding = encode(response.get_data(), response.mimetype or "", accepted)
    if coding is None:
        return response
    response.set_data(body)
    response.content_encoding = coding
    tag, weak = response.get_etag()
    if tag and not weak:
        response.set_etag(f"{tag}-{coding}")
    return response
