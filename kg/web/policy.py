"""What a page may do in the browser: run our scripts, load our files, ask our server, nothing else."""

from __future__ import annotations

import secrets

from flask import Response, g

EXPOSED = "ETag, Link, Location, Retry-After, Grotius-Completeness, Grotius-Note"


def style_nonce() -> str:
    """Return this request's nonce for style elements that a script makes (the editor needs one)."""
    if "style_nonce" not in g:
        g.style_nonce = secrets.token_urlsafe(16)
    return str(g.style_nonce)


def standing(nonce: str = "") -> dict[str, str]:
    """Return the headers that every response has: the content security policy and its relatives, and CORS.

    https://www.w3.org/TR/CSP3/, https://fetch.spec.whatwg.org/#http-cors-protocol
    """
    style = f"'self' 'nonce-{nonce}'" if nonce else "'self'"
    return {
        "Content-Security-Policy": f"default-src 'none'; script-src 'self'; style-src {style}; "
        "img-src 'self' data: blob:; connect-src 'self'; worker-src 'self'; form-action 'self'; "
        "frame-ancestors 'none'; base-uri 'none'",
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Expose-Headers": EXPOSED,
    }


def protect(response: Response) -> Response:
    """Add the headers that every response has, where it has no others."""
    for name, value in standing(g.get("style_nonce", "")).items():
        response.headers.setdefault(name, value)
    return response
