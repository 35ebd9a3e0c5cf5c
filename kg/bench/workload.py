"""What is asked: the analytic queries of ``bench/queries/`` and the library's questions, on invented data."""

from __future__ import annotations

import re
from dataclasses import dataclass

import yaml

from kg.resources import resource

MEDIA_TYPES = {"json": "application/sparql-results+json", "csv": "text/csv", "turtle": "text/turtle"}
THINGS = re.compile(
    r"(VALUES \?\w+ \{ )(instrument|goal|country|theme|treaty|event|organisation):[\w-]+(?= \})"
)


@dataclass(frozen=True)
class Asked:
    """One query: its name, its title, whether it belongs to the light mix, and the format of its answer."""

    name: str
    title: str
    text: str
    media_type: str
    light: bool = False
    analytic: bool = True


def analytic() -> list[Asked]:
    """Return the sixteen queries, in order."""
    found = []
    for path in sorted((resource("bench") / "queries").glob("*.rq")):
        text = path.read_text(encoding="utf-8")
        head = yaml.safe_load(
            "\n".join(x[2:].removeprefix(" ") for x in text.splitlines() if x.startswith("#+"))
        )
        body = "\n".join(x for x in text.splitlines() if not x.startswith("#"))
        found.append(Asked(path.stem, head["title"], body, MEDIA_TYPES[head["format"]], head["light"]))
    return found


def library() -> list[Asked]:
    """Return the questions of the library, asked of things that the invented graph has."""
    found = []
    for path in sorted(resource("queries").glob("*.rq")):
        lines = [x for x in path.read_text(encoding="utf-8").splitlines() if not x.startswith("#")]
        text = THINGS.sub(r"\1\2:1", "\n".join(lines))
        found.append(Asked(path.stem, path.stem.replace("-", " "), text, MEDIA_TYPES["json"], analytic=False))
    return found
