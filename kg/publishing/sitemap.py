"""The sitemap: the addresses of all pages, for crawlers (https://www.sitemaps.org/protocol.html)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape

MOST = 50_000
"""Addresses in one file."""
SPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def parts(addresses: Iterable[str]) -> list[list[str]]:
    """Return the addresses, sorted, in parts that each fit one file."""
    ordered = sorted(set(addresses))
    return [ordered[i : i + MOST] for i in range(0, len(ordered), MOST)] or [[]]


def urlset(addresses: Sequence[str]) -> str:
    """Return one sitemap file."""
    body = "".join(f"<url><loc>{escape(address)}</loc></url>\n" for address in addresses)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset {SPACE}>\n{body}</urlset>\n'


def index(addresses: Sequence[str]) -> str:
    """Return the index of several sitemap files."""
    body = "".join(f"<sitemap><loc>{escape(address)}</loc></sitemap>\n" for address in addresses)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<sitemapindex {SPACE}>\n{body}</sitemapindex>\n'
