"""What a page may do in the browser: run our scripts, load our files, ask our server, nothing else."""

from __future__ import annotations

import secrets

from flask import Response, g


def style_nonce() -> str:
    """Return this request's nonce for style elements that a script makes (the editor needs one)."""
    if "style_nonce" not in g:
        g.style_nonce = secrets.token_urlsafe(16)
    return str(g.style_nonce)


def protect(response: Response) -> Response:
    """Add the content security policy (https://www.w3.org/TR/CSP3/) and its relatives."""
    nonce = f" 'nonce-{g.style_nonce}'" if "style_nonce" in g else ""
    response.headers.setdefault(
        "Content-Security-Policy",
        "default-src 'none'; script-src 'self'; style-src 'self'" + nonce + "; img-src 'self' data: blob:; "
        "connect-src 'self'; worker-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    )
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    return response
