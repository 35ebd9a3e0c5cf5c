"""An IATI activity file as a table: one row per transaction, commitments and disbursements told apart.

Reads the IATI standard 2.03 (https://iatistandard.org/en/iati-standard/203/activity-standard/); one recipient
only is taken from an activity, more than one is left to the publisher's percentages and stays empty.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

HEADER = (
    "iati_identifier",
    "title",
    "recipient_country",
    "recipient_region",
    "transaction",
    "transaction_date",
    "amount",
    "currency",
)
TRANSACTIONS = {"2": "commitment", "3": "disbursement"}
"""Codes of the list TransactionType; others (incoming funds, interest …) are named by their code."""


def _only(activity: ET.Element, name: str) -> str:
    found = activity.findall(name)
    return found[0].get("code", "") if len(found) == 1 else ""


def _text(element: ET.Element | None) -> str:
    return " ".join("".join(element.itertext()).split()) if element is not None else ""


def transactions(path: Path) -> Iterator[list[str]]:
    """Yield the header and the transactions of an activity file; raises ET.ParseError where it is not XML."""
    yield list(HEADER)
    for activity in ET.parse(path).getroot().iter("iati-activity"):
        start = [_text(activity.find("iati-identifier")), _text(activity.find("title"))]
        place = [_only(activity, "recipient-country"), _only(activity, "recipient-region")]
        for transaction in activity.iter("transaction"):
            kind, value, day = (transaction.find(n) for n in ("transaction-type", "value", "transaction-date"))
            code = kind.get("code", "") if kind is not None else ""
            currency = (value.get("currency") if value is not None else None) or activity.get(
                "default-currency"
            )
            date = day.get("iso-date", "") if day is not None else ""
            named = TRANSACTIONS.get(code, f"transaction type {code}")
            yield [*start, *place, named, date, _text(value), currency or ""]
