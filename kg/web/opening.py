"""What is going to be served, known before the pages are imported: loading it begins at once."""

from __future__ import annotations

from kg.evaluation.nursery import Upbringing
from kg.evaluation.pool import Nursery, begin
from kg.release import build, releases_folder
from kg.web.settings import Settings


def upbringing(settings: Settings, files: tuple[str, ...] = ()) -> Upbringing:
    """Return how workers are raised under *settings*."""
    return Upbringing(
        files=files,
        disk=settings.store_dir or None,
        time_limit=settings.timeout,
        memory=settings.memory * 2**20,
        max_bytes=settings.result * 2**20,
    )


def open_early(settings: Settings) -> Nursery | None:
    """Have what *settings* say loaded; None in engine mode, where there is nothing to load."""
    if settings.store:
        return None
    files = settings.files
    if not files and not settings.store_dir:
        files = (str(build(releases_folder()).nquads),)
    return begin(upbringing(settings, files))
