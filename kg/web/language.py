"""Which language a page speaks: ``?lang=``, else the reader's earlier choice, else the browser's, else English.

Labels that do not exist in that language appear in the other one, marked with a ``lang`` attribute.
"""

from __future__ import annotations

from flask import Response, request

LANGUAGES = ("nl", "en")
COOKIE = "lang"


def asked_language() -> str:
    """Return ``nl`` or ``en`` for this request."""
    for given in (request.args.get("lang"), request.cookies.get(COOKIE)):
        if given in LANGUAGES:
            return given
    return request.accept_languages.best_match(["en", "nl"]) or "en"


def say(nl: str, en: str) -> str:
    """Return the words of this page's language."""
    return nl if asked_language() == "nl" else en


def remember(response: Response) -> Response:
    """Keep an explicit choice of language for the next page; nothing else is ever stored."""
    chosen = request.args.get("lang")
    if chosen in LANGUAGES and response.mimetype == "text/html":
        response.set_cookie(COOKIE, chosen, max_age=365 * 86400, samesite="Lax", httponly=True)
    if response.mimetype == "text/html":
        response.vary.update(("Accept-Language", "Cookie"))
    return response
