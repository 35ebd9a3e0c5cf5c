"""The source texts, where somebody has them: found only through ``--sources`` or ``KG_SOURCES``."""

from __future__ import annotations

import os
from pathlib import Path

from kg.errors import KGError
from kg.repair import RepairedText, read_joins, repair
from kg.resources import resource


class SourcesNotFoundError(KGError):
    """The folder with the texts is not there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        super().__init__(f"no folder {str(folder)!r} with source texts: correct --sources or KG_SOURCES")


class AlteredSourceError(KGError):
    """A text is not the one that was read."""

    def __init__(self, path: Path, expected: str, found: str) -> None:
        self.path, self.expected, self.found = path, expected, found
        super().__init__(
            f"{path}: this is not the text that was read (SHA-256 {found[:12]}…, expected {expected[:12]}…):"
            " restore the file, or read the new text and record its hash in data/sources.ttl"
        )


class UnreadableSourceError(KGError):
    """A text is not UTF-8."""

    def __init__(self, path: Path, at: int) -> None:
        self.path, self.at = path, at
        super().__init__(f"{path}: not UTF-8 at byte {at}: restore the file as it was received")


def sources_folder(option: str | None = None) -> Path | None:
    """Return the folder with the texts that *option* or ``KG_SOURCES`` names; None where neither does."""
    name = option or os.environ.get("KG_SOURCES")
    if not name:
        return None
    folder = Path(name)
    if not folder.is_dir():
        raise SourcesNotFoundError(folder)
    return folder


def read_source(folder: Path, document: str) -> RepairedText | None:
    """Return the repaired text of *document*, or None where the folder has no such file."""
    path = folder / f"{document}.txt"
    if not path.exists():
        return None
    try:
        raw = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise UnreadableSourceError(path, error.start) from error
    return repair(document, raw, read_joins(resource("data") / "repairs" / f"{document}.tsv"))
