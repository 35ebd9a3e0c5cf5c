"""Names, made comparable: the same name in another case, accent or punctuation is the same name."""

from __future__ import annotations

import re
import unicodedata

ARTICLES = {"the", "de", "het", "le", "la"}
EMPTY = {"", ":", "-", "--", "–", ".", "..", "...", "n/a", "#n/a", "nan", "null", "none", "n.v.t.", "?"}
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


ALIKE = {
    word: words[0]
    for words in (
        ("republic", "rep", "republiek"),
        ("democratic", "dem", "democratische"),
        ("people", "peoples"),
        ("federal", "fed", "federated", "federale"),
        ("states", "sts", "staten"),
        ("united", "utd"),
        ("saint", "st", "sint"),
        ("islands", "island", "is", "isl", "eilanden"),
    )
    for word in words
}
"""How tables write the words that names of countries are made of."""
PLAIN = {
    "republic",
    "democratic",
    "people",
    "federal",
    "states",
    "united",
    "islamic",
    "kingdom",
    "state",
    "union",
}
"""Words that say what kind of state it is, and so distinguish none."""
FILLING = ARTICLES | {"of", "and", "en", "van", "der", "den", "s"}
MARKS = re.compile(r"(\s*([*†‡§]+|[\[(][*†‡\da-z]{1,2}[\])]|(?<=[^\W\d_])\d{1,2}|\s\d{1,2}/))+\s*$")


def loosen(name: str) -> str:
    """Return the words of a country's name in no order, written out, without filling and footnote marks.

    >>> loosen("Congo, Dem. Rep. of the [1]") == loosen("Democratic Republic of the Congo")
    True
    >>> loosen("Guinea") == loosen("Guinea-Bissau")
    False
    """
    plain = unicodedata.normalize("NFKD", name.casefold()).replace("&", " and ")
    words = fold(MARKS.sub("", "".join(c for c in plain if not unicodedata.combining(c)))).split()
    return " ".join(sorted({ALIKE.get(w, w) for w in words if w not in FILLING}))


def distinctive(name: str) -> str:
    """Return the words of a country's name without those that many have.

    >>> distinctive("Republic of Chad")
    'chad'
    """
    words = loosen(name)
    return " ".join(w for w in words.split() if w not in PLAIN) or words


def is_empty(cell: str) -> bool:
    """Tell whether a cell holds nothing.

    >>> is_empty(" .. "), is_empty("NA")
    (True, False)
    """
    return cell.strip().casefold() in EMPTY
