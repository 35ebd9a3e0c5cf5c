"""What is going to be served, known before the pages are imported: loading it begins at once."""

from __future__ import annotations

from kg.evaluation.nursery import Upbringing
from kg.evaluation.pool import Nursery, begin
from kg.release import build, releases_folder
from kg.web.settings import Settings


def upbringing(settings: Settings, files: tuple[str, ...] = (), *, ours: bool = False) -> Upbringing:
    """Return how workers are raised under *settings*, on *files*, which may be a release of *ours*."""
    return Upbringing(
        files=files,
        ours=ours,
        disk=settings.store_dir or None,
        time_limit=settings.timeout,
        memory=settings.memory * 2**20,
        max_bytes=settings.result * 2**20,
    )


def open_early(settings: Settings) -> Nursery | None:
    """Have what *settings* say loaded; None in engine mode, where there is nothing to load."""
    if settings.store:
        return None
    if settings.files or settings.store_dir:
        return begin(upbringing(settings, settings.files))
    return begin(upbringing(settings, (str(build(releases_folder()).nquads),), ours=True))
