"""The colour of each class in pictures and files: that of the pages in the light, a shade of it for the kin."""

from __future__ import annotations

COLOURS = {
    "Goal": "#8a1c3b",
    "IntendedResult": "#b34d6b",
    "Theme": "#6b4a00",
    "Instrument": "#0b5a53",
    "Treaty": "#4b3a91",
    "LegalNorm": "#7464b5",
    "Organisation": "#154273",
    "Role": "#4a6fa5",
    "Group": "#2f5f86",
    "Country": "#1f6128",
    "Region": "#4d7c2f",
    "Place": "#6a7420",
    "Event": "#93370a",
    "Amount": "#5b4a3a",
    "Document": "#4a4a4a",
    "Issue": "#5b3f5b",
    "Matter": "#6b6b6b",
}
"""White letters on each have a contrast of at least 4.5 to 1."""


def colour(kind: str) -> str:
    """Return the colour of a class, by its local name."""
    return COLOURS.get(kind, COLOURS["Matter"])


def rgb(kind: str) -> tuple[int, int, int]:
    """Return the colour of a class as numbers.

    >>> rgb("Goal")
    (138, 28, 59)
    """
    code = colour(kind)
    return int(code[1:3], 16), int(code[3:5], 16), int(code[5:7], 16)
