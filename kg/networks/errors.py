"""What can go wrong with a network, each in one sentence that says what to do next."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from kg.errors import KGError


def _hint(name: str, known: Iterable[str], otherwise: str) -> str:
    near = get_close_matches(name, list(known), n=1, cutoff=0.4)
    return f"did you mean {near[0]!r}?" if near else otherwise


class UnknownViewError(KGError):
    """No file in queries/views/ has this name."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        self.name, self.known = name, tuple(known)
        otherwise = f"the views are {', '.join(self.known)}"
        super().__init__(f"no view named {name!r}: {_hint(name, self.known, otherwise)}")


class UnknownNetworkFormatError(KGError):
    """Networks are not written in this format."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        self.name, self.known = name, tuple(known)
        super().__init__(f"no format {name!r} for networks: choose from {', '.join(self.known)}")


class UnknownMeasureError(KGError):
    """There is no measure of this name."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        self.name, self.known = name, tuple(known)
        super().__init__(f"no measure {name!r}: choose from {', '.join(self.known)}")


class EmptyNetworkError(KGError):
    """No claim fits the view with these parameters; the message says what was looked through."""

    def __init__(self, view: str, coverage: str) -> None:
        self.view, self.coverage = view, coverage
        super().__init__(f"the network {view!r} is empty with these parameters: {coverage}")
