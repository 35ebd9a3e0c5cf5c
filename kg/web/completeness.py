"""Complete or cut: the same signal in the headers and, where a format has a place for it, in the answer.

A failed answer is a problem document with an error status, never 200.
"""

from __future__ import annotations

import json
from urllib.parse import urlencode
from xml.sax.saxutils import quoteattr

from flask import Blueprint, Response, render_template

from kg.evaluation.messages import Answer

HEADER = "Grotius-Completeness"
COMMENTED = {"text/turtle", "application/n-triples", "application/trig", "application/n-quads", "text/n3"}
STATES = {
    "complete": "These are all the rows, or triples, that the query has.",
    "cut": "There are more rows, or triples, than one answer holds: these are the first. The header Link "
    "(rel=next) has the address of the following ones; without ORDER BY their order is the store's own.",
}

pages = Blueprint("completeness", __name__)


@pages.get("/completeness/<any(complete, cut):state>")
def explanation(state: str) -> str:
    """Explain one state."""
    return render_template("problem.html", name=state, text=STATES[state], status=200)


def state(answer: Answer) -> str:
    """Return ``complete`` or ``cut``."""
    return "cut" if answer.cut else "complete"


def mark(body: bytes, answer: Answer, root: str) -> bytes:
    """Return *body* with the state in it: ``head.link`` in JSON and XML, a comment in RDF that is cut."""
    link = f"{root}completeness/{state(answer)}"
    if answer.media_type == "application/sparql-results+json":
        comma = b"" if body.startswith(b'{"head":{}') else b","
        return body.replace(b'{"head":{', b'{"head":{"link":' + json.dumps([link]).encode() + comma, 1)
    if answer.media_type == "application/sparql-results+xml":
        return body.replace(b"</head>", f"<link href={quoteattr(link)}/></head>".encode(), 1)
    if answer.cut and answer.media_type in COMMENTED:
        return f"# cut at {answer.limit} triples: there are more, see {link}\n".encode() + body
    return body


def headers(answer: Answer, address: str) -> list[tuple[str, str]]:
    """Return the headers that tell the state, the notes and the address of the next rows."""
    told = [(HEADER, f"cut; limit={answer.limit}" if answer.cut else "complete")]
    if answer.following and len(answer.following) < 4000:
        following = urlencode({"query": answer.following})
        told.append(("Link", f'<{address}?{following}>; rel="next"'))
    if answer.cut and answer.media_type.startswith("text/"):
        suffix = {"text/csv": "csv", "text/tab-separated-values": "tsv"}.get(answer.media_type)
        if suffix:
            name = f"cut-at-{answer.limit}.{suffix}"
            told.append(("Content-Disposition", f'inline; filename="{name}"'))
    for note in answer.notes:
        told.append(("Grotius-Note", note.encode("ascii", "replace").decode().replace("\n", " ")))
    return told


def announce(response: Response, answer: Answer, address: str) -> None:
    """Put the state, the notes and the address of the next rows into the headers of *response*."""
    for name, value in headers(answer, address):
        response.headers.add(name, value)
