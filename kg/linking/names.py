"""Names, made comparable: the same name in another case, accent or punctuation is the same name."""

from __future__ import annotations

import re
import unicodedata

ARTICLES = {"the", "de", "het", "le", "la"}
EMPTY = {"", "-", "--", "–", ".", "..", "...", "n/a", "#n/a", "nan", "null", "none", "n.v.t.", "?"}
"""What tables write where they have nothing. "NA" is not here: it is Namibia."""


def fold(name: str) -> str:
    """Return *name* without case, accents, punctuation and a leading or trailing article.

    >>> fold("Côte d’Ivoire"), fold("Netherlands, The"), fold("Bosnia & Herzegovina")
    ('cote d ivoire', 'netherlands', 'bosnia and herzegovina')
    """
    spread = unicodedata.normalize("NFKD", name.casefold().replace("ı", "i").replace("&", " and "))
    plain = "".join(c for c in spread if not unicodedata.combining(c))
    words = re.sub(r"[\W_]+", " ", plain).split()
    while len(words) > 1 and words[0] in ARTICLES:
        words = words[1:]
    if len(words) > 1 and words[-1] in ARTICLES:
        words = words[:-1]
    return " ".join(words)


def is_empty(cell: str) -> bool:
    """Tell whether a cell holds nothing.

    >>> is_empty(" .. "), is_empty("NA")
    (True, False)
    """
    return cell.strip().casefold() in EMPTY
