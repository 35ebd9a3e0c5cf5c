"""Serialised results of N+1 rows: were there more than N, and then without the last row.

The four formats of https://www.w3.org/TR/sparql11-overview/#sparql11-results, as pyoxigraph writes them (no
white space between tokens).
"""

from __future__ import annotations

import json
import re

CSV_ROW = re.compile(rb'(?:"(?:[^"]|"")*"|[^"\r\n])*\r\n')


def cut(body: bytes, media_type: str, rows: int) -> tuple[bytes, bool]:
    r"""Return *body* with no more than *rows* rows, and whether there were more.

    >>> cut(b"?s\n<a>\n<b>\n", "text/tab-separated-values", 1)
    (b'?s\n<a>\n', True)
    >>> cut(b's\r\n"a\r\nb"\r\n', "text/csv", 1)
    (b's\r\n"a\r\nb"\r\n', False)
    """
    if media_type == "text/tab-separated-values":
        return _cut_tsv(body, rows)
    if media_type == "text/csv":
        return _cut_csv(body, rows)
    if media_type.endswith("xml"):
        return _cut_xml(body, rows)
    return _cut_json(body, rows)


def _cut_tsv(body: bytes, rows: int) -> tuple[bytes, bool]:
    if body.count(b"\n") - 1 <= rows:
        return body, False
    return body[: body.rfind(b"\n", 0, len(body) - 1) + 1], True


def _cut_csv(body: bytes, rows: int) -> tuple[bytes, bool]:
    if body.count(b"\r\n") - 1 <= rows:
        return body, False
    records = [m.start() for m in CSV_ROW.finditer(body)]
    if len(records) - 1 <= rows:
        return body, False
    return body[: records[-1]], True


def _cut_xml(body: bytes, rows: int) -> tuple[bytes, bool]:
    if body.count(b"<result>") <= rows:
        return body, False
    return body[: body.rfind(b"<result>")] + b"</results></sparql>", True


def _cut_json(body: bytes, rows: int) -> tuple[bytes, bool]:
    if body.count(b"},{") + 1 <= rows:
        return body, False
    bindings = json.loads(body)["results"]["bindings"]
    if len(bindings) <= rows:
        return body, False
    last = len(body) - len(b"]}}")
    while (last := body.rfind(b"},{", 0, last)) >= 0:
        try:
            if isinstance(json.loads(body[last + 2 : -len(b"]}}")]), dict):
                return body[: last + 1] + b"]}}", True
        except ValueError:
            continue
    return body.partition(b'"bindings":[')[0] + b'"bindings":[]}}', True
