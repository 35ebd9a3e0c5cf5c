"""Measures and comparisons as plain rows, which every table, CSV file and JSON answer is made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyoxigraph as ox

from kg.networks.comparing import comparison
from kg.networks.measures import EQUAL, measure_named
from kg.networks.model import key
from kg.networks.sensitivity import Measured, measure
from kg.vocabulary import shorten

Rows = list[dict[str, Any]]


def measured_rows(found: Measured, top: int | None) -> Rows:
    """Return a row for each thing of each document, the first *top* of each document."""
    return [
        {
            "document": found.names.get(row.document, row.document),
            "rank": row.rank,
            "thing": key(row.iri),
            "label_en": row.en,
            "label_nl": row.nl,
            "class": row.kind,
            found.measure.name: round(row.value, 6),
            **{label: None if v is None else round(v, 6) for label, v in row.variants.items()},
            "by_relation": "; ".join(f"{relation} {n}" for relation, n in row.relations.items()),
        }
        for row in found.rows
        if top is None or row.rank <= top
    ]


def stability_rows(found: Measured) -> Rows:
    """Return a row for each document and variant: how alike the measure stays."""
    return [
        {
            "document": found.names.get(one.document, one.document),
            "variant": one.variant,
            "things": one.things,
            "things_in_variant": one.things_in_variant,
            "agreement": one.agreement,
        }
        for one in found.stability
    ]


def comparison_rows(store: ox.Store, view: str, values: Mapping[str, str], *, edges: bool) -> Rows:
    """Return a row for each relation of each pair of documents, or with *edges* one for each edge."""
    network, differences = comparison(store, view, values)
    rows: Rows = []
    for d in differences:
        pair = {"one": network.name(d.one), "other": network.name(d.other), "relation": shorten(d.relation)}
        if not edges:
            counts = {"shared": len(d.shared), "lost": len(d.lost), "gained": len(d.gained)}
            among = None if d.among_both is None else round(d.among_both, 6)
            rows.append({**pair, **counts, "jaccard": round(d.jaccard, 6), "jaccard_among_both": among})
            continue
        for change, triples in (("shared", d.shared), ("lost", d.lost), ("gained", d.gained)):
            rows += [
                {
                    **pair,
                    "change": change,
                    "source": key(s),
                    "source_label": network.name(s),
                    "target": key(t),
                    "target_label": network.name(t),
                }
                for s, _, t in triples
            ]
    return rows


TOLD = {
    "comparison": {
        "en": "for each two documents and each relation: edges in both, only in the first (lost), only in the "
        "second (gained); Jaccard over all of them, and over those between things that both documents speak of",
        "nl": "voor elke twee documenten en elke relatie: verbindingen in beide, alleen in het eerste (lost), "
        "alleen in het tweede (gained); Jaccard over alle, en over die tussen dingen waarvan beide spreken",
    },
    "changes": {
        "en": "for each two documents: every edge that both have, that is lost, and that is gained",
        "nl": "voor elke twee documenten: elke verbinding die beide hebben, die wegvalt of erbij komt",
    },
}
"""Comparisons of documents, which are asked for like measures, with what they mean."""


def answer(
    store: ox.Store, view: str, name: str, values: Mapping[str, str], top: int | None, language: str = "en"
) -> tuple[str, Rows, Rows]:
    """Return what a measure means, its rows, and how it moves (empty for comparisons)."""
    if name in TOLD:
        return TOLD[name][language], comparison_rows(store, view, values, edges=name == "changes"), []
    found = measure(store, view, name, values)
    return means(name, language), measured_rows(found, top), stability_rows(found)


def means(name: str, language: str) -> str:
    """Return what the measure *name* means, in words."""
    if name in TOLD:
        return TOLD[name][language]
    said = measure_named(name).means[language]
    each = (
        "; per document, en met elk document even zwaar"
        if language == "nl"
        else f"; per document, and for {EQUAL}"
    )
    return said + each
