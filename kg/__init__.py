"""Grotius: Dutch policy as a knowledge graph in which each answer carries its proof."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kg.frames import Opened


def open(releases: str | None = None, release: str | None = None, language: str = "en") -> Opened:
    """Open the graph for a notebook: ``kg.open().ask("who-funds-what").evidence.of(0)``.

    *releases* is the folder that keeps releases, *release* an older one by name, *language* nl or en.
    """
    from kg.frames import open_release

    return open_release(releases, release, language)
