"""The colour of each class, the same in every picture; chosen to be told apart by the colour-blind too."""

from __future__ import annotations

COLOURS = {
    "Goal": "#0b6e4f",
    "IntendedResult": "#63a37a",
    "Theme": "#7a5195",
    "Instrument": "#154273",
    "Treaty": "#8a4b08",
    "LegalNorm": "#b07d2b",
    "Organisation": "#b3261e",
    "Group": "#c9656b",
    "Role": "#8c1c4a",
    "Country": "#00707f",
    "Region": "#3d8f9a",
    "Place": "#5f8790",
    "Event": "#a8570f",
    "Amount": "#5b6b1f",
    "Document": "#4a4a4a",
    "Issue": "#37378f",
    "Matter": "#6b6b6b",
}
"""White text on each has a contrast of at least 3 to 1, and the box has its class in the legend."""


def colour(kind: str) -> str:
    """Return the colour of a class, by its local name."""
    return COLOURS.get(kind, COLOURS["Matter"])


def rgb(kind: str) -> tuple[int, int, int]:
    """Return the colour of a class as numbers.

    >>> rgb("Goal")
    (11, 110, 79)
    """
    code = colour(kind)
    return int(code[1:3], 16), int(code[3:5], 16), int(code[5:7], 16)
