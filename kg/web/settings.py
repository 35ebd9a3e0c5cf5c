"""What the operator decides, read once from the environment; `kg serve` writes its options there."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

from kg.errors import KGError


class SettingError(KGError):
    """A setting has a value that it cannot have."""

    def __init__(self, name: str, value: str, wanted: str) -> None:
        self.name, self.value, self.wanted = name, value, wanted
        super().__init__(f"{name} cannot be {value!r}: give {wanted}")


@dataclass(frozen=True)
class Settings:
    """The limits and the places; each field is the environment's ``KG_`` and its name in capitals."""

    files: tuple[str, ...] = ()
    """RDF files or folders to serve instead of the release."""
    store_dir: str = ""
    """A store on disk to serve instead of the release."""
    store: str = ""
    """The address of a SPARQL server to stand in front of (engine mode)."""
    store_update: str = ""
    store_graphs: str = ""
    token: str = ""
    """Who sends this may write, in engine mode; empty: nobody may."""
    timeout: float = 10.0
    """Seconds that one query may run."""
    workers: int = 8
    """Queries evaluated at once."""
    queue: int = 64
    """Queries that may wait for a worker."""
    rows: int = 100_000
    """Rows, or triples, of one answer; an answer that has more is cut and says so."""
    memory: int = 320
    """Megabytes that one query may need."""
    result: int = 64
    """Megabytes that one answer may have."""
    request: int = 4
    """Megabytes that a query may have."""
    upload: int = 64
    """Megabytes that an update or a graph may have."""
    near: int = 3
    """Million triples up to which the serving process keeps them as columns too; 0: never."""
    cache: int = 64
    """Megabytes of answers that are kept; 0 keeps none."""
    rate: str = ""
    """Requests that one client may send, such as ``600/minute``; empty: as many as it likes."""
    proxies: int = 0
    """Reverse proxies in front, whose X-Forwarded-For is believed."""
    log: str = "problems"
    """Which requests are logged to stderr: ``none``, ``problems`` or ``all``."""
    log_queries: bool = False
    """Whether the log holds the text of queries."""


def from_environment(environment: Mapping[str, str] = os.environ) -> Settings:
    """Return the settings; raises SettingError.

    >>> from_environment({"KG_TIMEOUT": "2.5"}).timeout
    2.5
    """
    given: dict[str, object] = {}
    for name, default in vars(Settings()).items():
        text = environment.get(f"KG_{name.upper()}")
        if text is None:
            continue
        try:
            if isinstance(default, bool):
                given[name] = text.lower() in ("1", "true", "yes")
            elif isinstance(default, tuple):
                given[name] = tuple(p for p in text.split(os.pathsep) if p)
            else:
                given[name] = type(default)(text)
        except ValueError as error:
            raise SettingError(f"KG_{name.upper()}", text, "a number") from error
    return Settings(**given)  # type: ignore[arg-type]
