"""Where the project's own files are: beside the package in a checkout, inside it in a wheel."""

from __future__ import annotations

from pathlib import Path

from kg.errors import KGError

PACKAGE = Path(__file__).resolve().parent


class MissingResourceError(KGError):
    """A folder of the project is not where it should be."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"the folder {name!r} is missing: reinstall grotius, or clone the repository again")


def resource(name: str) -> Path:
    """Return the folder or file *name* (such as ``data`` or ``ontology/core.ttl``)."""
    for root in (PACKAGE.parent, PACKAGE / "resources"):
        if (root / name).exists() and (root / "ontology" / "core.ttl").exists():
            return root / name
    raise MissingResourceError(name)
