"""The web layer: a function of the release. HTTP lives here and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kg.web.app import create_app

__all__ = ["create_app"]


def __getattr__(name: str) -> Any:
    """Import the application when it is asked for: `kg serve` has the store loaded meanwhile."""
    if name != "create_app":
        raise AttributeError(name)
    from kg.web.app import create_app

    return create_app
