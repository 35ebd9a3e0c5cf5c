"""Grotius: Dutch policy as a knowledge graph in which each answer carries its proof."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kg.frames import Opened


def open(releases: str | None = None, release: str | None = None, language: str = "en") -> Opened:
    """Open the graph for a notebook: ``kg.open().ask("who-funds-what").evidence.of(0)``.

    *releases* is the folder that keeps releases, *release* an older one by name, *language* nl or en.
    """
    from kg.frames import open_release

    return open_release(releases, release, language)


def network(view: str, *, merge: str = "parallel", releases: str | None = None, **values: str) -> Any:
    """Return the network of a named view of the newest release: ``kg.open(releases).network(view, …)``."""
    return open(releases).network(view, merge=merge, **values)
