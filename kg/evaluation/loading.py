"""RDF files into one store: any format, gzip too; a file's own default graph stays the default graph."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kg.evaluation.errors import UnreadableFileError

FORMATS = {
    ".ttl": ox.RdfFormat.TURTLE,
    ".nt": ox.RdfFormat.N_TRIPLES,
    ".nq": ox.RdfFormat.N_QUADS,
    ".trig": ox.RdfFormat.TRIG,
    ".n3": ox.RdfFormat.N3,
    ".rdf": ox.RdfFormat.RDF_XML,
    ".owl": ox.RdfFormat.RDF_XML,
    ".xml": ox.RdfFormat.RDF_XML,
    ".jsonld": ox.RdfFormat.JSON_LD,
    ".json": ox.RdfFormat.JSON_LD,
}
ENTITY = re.compile(rb"<!ENTITY\s+(?:%\s+)?\S+\s+(SYSTEM|PUBLIC|\"[^\"]*\"|'[^']*')", re.IGNORECASE)
LONGEST_ENTITY = 500


def format_of(path: Path) -> ox.RdfFormat | None:
    """Return the format that the name of *path* tells, or None."""
    return FORMATS.get(Path(path.name.removesuffix(".gz")).suffix.lower())


def rdf_files(paths: Iterable[Path]) -> list[Path]:
    """Return the RDF files among *paths* and below the folders among them; raises UnreadableFileError."""
    found = []
    for path in paths:
        if path.is_dir():
            below = sorted(p for p in path.rglob("*") if p.is_file() and format_of(p))
            if not below:
                raise UnreadableFileError(path, "no RDF file in this folder")
            found += below
        elif format_of(path) is None:
            raise UnreadableFileError(
                path, f"the name tells no RDF format: use {', '.join(FORMATS)}, or these with .gz"
            )
        else:
            found.append(path)
    return found


def refuse_entity_bomb(start: bytes) -> None:
    """Raise ValueError where the declarations of an XML document (its *start*) can grow without bound.

    Entities that abbreviate a namespace are common in OWL files and stay allowed.
    """
    for match in ENTITY.finditer(start):
        value = match.group(1)
        if value.upper() in (b"SYSTEM", b"PUBLIC"):
            raise ValueError("an external entity, which is never fetched: write its text out")
        if b"&" in value.replace(b"&#", b"") or len(value) > LONGEST_ENTITY:
            raise ValueError("an entity made of entities or longer than 500 bytes: write its text out")


def load(store: ox.Store, paths: Iterable[Path], *, ours: bool = False) -> None:
    """Read *paths* (files or folders) into *store*; raises UnreadableFileError with file and place.

    *ours*: they are releases, whose IRIs and languages were looked at when they were built.
    """
    for path in rdf_files(paths):
        form = format_of(path)
        try:
            if ours:
                store.bulk_load(path=path, format=form, lenient=True)
                continue
            opened: Any = gzip.open if path.name.endswith(".gz") else open
            with opened(path, "rb") as stream:
                if form == ox.RdfFormat.RDF_XML:
                    content: Any = stream.read()
                    refuse_entity_bomb(content)
                    store.bulk_load(content, format=form, base_iri=path.resolve().as_uri())
                else:
                    store.bulk_load(stream, format=form, base_iri=path.resolve().as_uri())
        except (OSError, EOFError, SyntaxError, ValueError) as error:
            raise UnreadableFileError(path, str(error)) from error
