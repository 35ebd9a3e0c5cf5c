"""A batch of reconciliation queries: what the Reconciliation API 0.2 allows, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from kg.errors import KGError

MOST = 1000
"""Queries, or identifiers to extend, in one request."""


class ReconciliationError(KGError):
    """A reconciliation query is not what the specification asks for."""

    def __init__(self, problem: str) -> None:
        self.problem = problem
        super().__init__(f"{problem}: see the Reconciliation API 0.2")


class LargeBatchError(ReconciliationError):
    """A reconciliation batch is larger than the manifest allows."""


class UnknownEntityError(ReconciliationError):
    """The service has no such entity, type or property."""


def check_query(query: Any, name: str) -> Mapping[str, Any]:
    """Return one query of a batch, or raise ReconciliationError."""
    if not isinstance(query, dict):
        raise ReconciliationError(f"the query {name!r} is not an object")
    unknown = set(query) - {"query", "type", "limit", "properties", "type_strict"}
    if unknown:
        raise ReconciliationError(f"the query {name!r} has unknown keys: {', '.join(sorted(unknown))}")
    if not isinstance(query.get("query", ""), str):
        raise ReconciliationError(f"the query {name!r} has a query that is not text")
    properties = query.get("properties", [])
    if not isinstance(properties, list) or not all(
        isinstance(p, dict) and isinstance(p.get("pid"), str) and "v" in p for p in properties
    ):
        raise ReconciliationError(f"the query {name!r} has properties that are not a list of pid and v")
    if "query" not in query and not properties:
        raise ReconciliationError(f"the query {name!r} has neither query nor properties")
    kind = query.get("type", [])
    if not isinstance(kind, str) and not (isinstance(kind, list) and all(isinstance(k, str) for k in kind)):
        raise ReconciliationError(f"the query {name!r} has a type that is not text")
    if query.get("type_strict", "any") not in ("any", "all", "should"):
        raise ReconciliationError(f"the query {name!r} has a type_strict that is not any, all or should")
    limit = query.get("limit", 10)
    if isinstance(limit, bool) or not isinstance(limit, (int, float)):
        raise ReconciliationError(f"the query {name!r} has a limit that is not a number")
    return query


def read_object(text: str, what: str) -> dict[str, Any]:
    """Return the JSON object in *text*, or raise ReconciliationError."""
    try:
        found = json.loads(text)
    except ValueError as error:
        raise ReconciliationError(f"{what} is not JSON ({error})") from error
    if not isinstance(found, dict):
        raise ReconciliationError(f"{what} is not a JSON object")
    return found


def read_batch(text: str) -> dict[str, Mapping[str, Any]]:
    """Return the queries of a batch by their names, or raise ReconciliationError."""
    batch = read_object(text, "queries")
    if len(batch) > MOST:
        raise LargeBatchError(f"a batch has at most {MOST} queries, this one has {len(batch)}")
    return {name: check_query(query, name) for name, query in batch.items()}


def read_extension(text: str) -> tuple[list[str], list[dict[str, Any]]]:
    """Return the identifiers and the properties of a data extension query, or raise ReconciliationError."""
    asked = read_object(text, "extend")
    ids, properties = asked.get("ids"), asked.get("properties")
    if not isinstance(ids, list) or not all(isinstance(i, str) for i in ids):
        raise ReconciliationError("extend has no list of ids")
    if not isinstance(properties, list) or not all(
        isinstance(p, dict) and isinstance(p.get("id"), str) and isinstance(p.get("settings", {}), dict)
        for p in properties
    ):
        raise ReconciliationError("extend has no list of properties, each with an id")
    if len(ids) > MOST:
        raise LargeBatchError(f"at most {MOST} ids at once, these are {len(ids)}")
    return ids, properties
