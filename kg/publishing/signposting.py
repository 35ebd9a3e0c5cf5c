"""Signposting: typed links in a header, so that a machine finds the data behind a page (https://signposting.org/)."""

from __future__ import annotations

from collections.abc import Sequence

from kg.publishing.addresses import DATA_LICENCE, DATASET

Link = tuple[str, str, str]
"""An address, its relation, and its media type (empty where it has none)."""
FORMS = (
    (".ttl", "text/turtle"),
    (".jsonld", "application/ld+json"),
    (".nt", "application/n-triples"),
)


def links_of_thing(iri: str, document: str) -> list[Link]:
    """Return the links of the page at *document* (an address without suffix) about the thing *iri*."""
    described = [(f"{document}{suffix}", "describedby", media) for suffix, media in FORMS]
    about = ("https://schema.org/AboutPage", "type", "")
    return [(iri, "cite-as", ""), *described, (DATA_LICENCE, "license", ""), (DATASET, "collection", ""), about]


def links_of_dataset(base: str, release: str) -> list[Link]:
    """Return the links of the landing page at *base* of a release."""
    return [
        (f"{DATASET}/{release}", "cite-as", ""),
        (f"{base}/data/dcat.ttl", "describedby", "text/turtle"),
        (f"{base}/.well-known/void", "describedby", "text/turtle"),
        (f"{base}/data/grotius.nq", "item", "application/n-quads"),
        (DATA_LICENCE, "license", ""),
        ("https://schema.org/Dataset", "type", ""),
    ]


def header(links: Sequence[Link]) -> str:
    """Return the value of a Link header (RFC 8288).

    >>> header([("http://x/a.ttl", "describedby", "text/turtle")])
    '<http://x/a.ttl>; rel="describedby"; type="text/turtle"'
    """
    return ", ".join(
        f'<{href}>; rel="{rel}"' + (f'; type="{media}"' if media else "") for href, rel, media in links
    )
