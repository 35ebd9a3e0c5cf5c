"""What each column holds: a key of one scheme, names, a year, a figure or a remark; found, and said why."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from kg.errors import KGError
from kg.linking.index import KINDS, Index, to_scheme
from kg.linking.names import fold, is_empty
from kg.linking.tables import Table
from kg.vocabulary import ID, ID_CLASSES

PATTERNS = {
    "iso-alpha-3": r"[A-Za-z]{3}",
    "iso-alpha-2": r"[A-Za-z]{2}",
    "m49": r"\d{1,3}",
    "wikidata": r"(wd:)?Q\d+",
    "fips": r"[A-Za-z]{2}",
    "ioc": r"[A-Za-z]{3}",
    "ror": r"0[a-z0-9]{6}\d\d",
    "tooi": r"([a-z]+/)?(mnre|oorg|zb|gm|pv|ws)\d+",
    "bwb": r"BWB[VR]\d+",
    "kamerstuk": r"(?i:(kst-?)?\d{2} ?\d{3}[- ,].{0,12}\d+(\.html)?)",
    "iati-organisation": r"[A-Z]{2}-[A-Z]+-.+",
    "eu-corporate-body": r"[A-Z][A-Z_]+",
    "eurovoc": r"\d+",
    "geonames": r"\d+",
    "crs-channel": r"\d{5}",
    "oin": r"\d{20}",
    "roo": r"\d+",
    "sdg": r"\d{1,2}(\.[0-9a-d]+)?",
}
"""What a code of each scheme looks like."""

HINTS = {
    "iso-alpha-3": r"iso ?(3|a3|alpha ?3)|alpha ?3|iso3c|country ?text ?id|code ?3|3 letter",
    "iso-alpha-2": r"iso ?(2|a2|alpha ?2)|alpha ?2|iso2c|code ?2|2 letter",
    "m49": r"m ?49|iso ?n3|numeric|un ?code|iso ?num|unsd",
    "wikidata": r"wikidata|qid|wd",
    "fips": r"fips|gec",
    "ioc": r"ioc",
    "ror": r"ror",
    "tooi": r"tooi",
    "bwb": r"bwb",
    "kamerstuk": r"kamerstuk|kamerstukken|dossier|kst|parliamentary paper",
    "iati-organisation": r"iati|org ?(ref|id)",
    "eu-corporate-body": r"corporate ?body|eu ?body",
    "eurovoc": r"eurovoc",
    "geonames": r"geonames?( ?id)?",
    "crs-channel": r"crs|channel",
    "oin": r"oin",
    "roo": r"roo",
    "sdg": r"sdg",
}
"""What the header of such a column says."""

NEED_HINT = {
    "kamerstuk",
    "fips",
    "ioc",
    "eurovoc",
    "geonames",
    "crs-channel",
    "oin",
    "roo",
    "sdg",
    "eu-corporate-body",
}
"""Schemes whose codes look like those of others: only a header (or the user) can say so."""

FOREIGN = r"\b(cow|ccode|cowc|stateabb|gwno|gwcode|gw|imf|fifa|dial|phone|polity|vdem id|region)\b"
"""Headers of schemes this project has no codes for."""

NAME_HINT = (
    r"\b(country|land|landen|state|staat|name|naam|nation|territory|location|area|organi[sz]ation|organisatie"
    r"|body|treaty|verdrag|theme|thema|region|regio|entity|recipient|partner)\b"
)
YEAR_HINT = r"\b(year|jaar|period|periode|date|datum|time|tijd|jaartal)\b"
EDITION_HINT = r"\b(edition|editie|report year)\b"

YEAR = re.compile(r"\D{0,4}((?:18|19|20)\d\d)(?:\.0+)?\s*(?:\[YR(?:19|20)\d\d\])?")
DAY = re.compile(
    r"((?:18|19|20)\d\d)[-/.]?(?:0[1-9]|1[0-2])[-/.]?(?:0[1-9]|[12]\d|3[01])(?:[T ].*)?"
    r"|\d\d?[-/.]\d\d?[-/.]((?:18|19|20)\d\d)"
)


class ColumnError(KGError):
    """A column that was asked for is not there, or no column identifies anything."""

    def __init__(self, column: str, problem: str) -> None:
        self.column, self.problem = column, problem
        super().__init__(f"column {column!r}: {problem}")


@dataclass(frozen=True)
class Key:
    """A column that identifies things: its position, its scheme (``name`` for names), and why."""

    position: int
    scheme: str
    why: str


@dataclass(frozen=True)
class Reading:
    """What the columns of a table were found to hold."""

    kind: str
    keys: tuple[Key, ...]
    year: int | None
    edition: int | None
    year_columns: tuple[int, ...]
    remarks: tuple[str, ...]


def year_of(cell: str) -> int | None:
    """Return the year that a cell states, or None where it states none or more than one.

    >>> year_of("2022"), year_of("2022.0"), year_of("FY 2022"), year_of("31-12-2022"), year_of("2021/22")
    (2022, 2022, 2022, 2022, None)
    """
    text = cell.strip()
    if found := YEAR.fullmatch(text):
        return int(found.group(1))
    if found := DAY.fullmatch(text):
        return int(found.group(1) or found.group(2))
    return None


def clean_code(cell: str, scheme: str) -> str:
    """Return a code as its scheme writes it.

    >>> clean_code(" 4.0", "m49"), clean_code("wd:Q55", "wikidata"), clean_code("ministerie/mnre1013", "tooi")
    ('004', 'Q55', 'ministerie/mnre1013')
    >>> clean_code("21 501-20, nr. 1841", "kamerstuk")
    'kst-21501-20-1841.html'
    """
    code = cell.strip()
    if scheme == "m49":
        return re.sub(r"\.0+$", "", code).zfill(3)
    if scheme == "kamerstuk":
        parts = re.sub(r"(?i)^kst-?|\.html$|\b(nr|no)\b\.?|[,;]", " ", code)
        parts = re.sub(r"^\s*(\d{2}) (\d{3})\b", r"\1\2", parts)
        return "kst-" + "-".join(re.split(r"[\s-]+", parts.strip())) + ".html"
    return code.removeprefix("wd:") if scheme == "wikidata" else code


def resolve(index: Index, cell: str, scheme: str, kind: str | None) -> dict[str, str]:
    """Return the things that a cell identifies in *scheme* (IRI to how); names are matched whole."""
    text = cell.strip()
    if text.startswith(("http://", "https://", "<http")):
        own = text.strip("<>")
        if own in index.things:
            return {own: "our own IRI"} if kind in (None, index.things[own].kind) else {}
        found = to_scheme(text)
        return _local(index, found[0], found[1], kind) if found else {}
    step, colon, local = text.partition(":")
    if colon and step in ID_CLASSES and f"{ID}{step}/{local}" in index.things:
        return {f"{ID}{step}/{local}": "our own name"} if kind in (None, step) else {}
    if scheme == "name":
        return index.by_name(text, kind)
    return _local(index, scheme, clean_code(text, scheme), kind)


def _local(index: Index, scheme: str, code: str, kind: str | None) -> dict[str, str]:
    found = index.by_code(scheme, code, kind)
    if not found and scheme == "tooi" and "/" not in code:
        tails = [c for c in index.codes["tooi"] if c.endswith(f"/{code.casefold()}")]
        return index.by_code(scheme, tails[0], kind) if len(tails) == 1 else {}
    return found


def _hinted(header: str, pattern: str) -> bool:
    return re.search(rf"(?:^|\b)(?:{pattern})(?:\b|$)", re.sub(r"[\W_]+", " ", header.casefold())) is not None


def _values(table: Table, position: int) -> list[str]:
    return sorted({c for c in table.column(position) if not is_empty(c)})


def _share(index: Index, values: Sequence[str], scheme: str, kind: str | None) -> float:
    return sum(1 for v in values if resolve(index, v, scheme, kind)) / max(1, len(values))


def key_of(index: Index, table: Table, position: int, kind: str | None) -> Key | None:
    """Return how one column identifies things of *kind*, or None."""
    header, values = table.header[position], _values(table, position)
    if not values:
        return None
    if sum(1 for v in values if v.startswith(("http://", "https://"))) > len(values) / 2:
        share = _share(index, values, "iri", kind)
        return Key(position, "iri", f"{share:.0%} of its IRIs are known") if share else None
    foreign = _hinted(header, FOREIGN)
    best: Key | None = None
    top = 0.0
    for scheme, pattern in PATTERNS.items():
        hinted = _hinted(header, HINTS[scheme])
        if (scheme in NEED_HINT and not hinted) or (foreign and not hinted):
            continue
        shaped = sum(1 for v in values if re.fullmatch(pattern, re.sub(r"\.0+$", "", v.strip()))) / len(values)
        if shaped < (0.5 if hinted else 0.8):
            continue
        share = _share(index, values, scheme, kind)
        enough = 0.2 if hinted else 0.97 if scheme == "m49" else 0.6
        if share >= enough and share + hinted > top:
            top, best = share + hinted, Key(position, scheme, f"{share:.0%} of its values are {scheme} codes")
    if best is None and not foreign:
        share = _share(index, values, "name", kind)
        texts = sum(1 for v in values if re.search(r"[^\W\d_]{2}", v)) / len(values)
        if texts > 0.5 and share >= (0.1 if _hinted(header, NAME_HINT) else 0.5):
            return Key(position, "name", f"{share:.0%} of its values are names")
    return best


def kind_of_table(index: Index, table: Table) -> str:
    """Return the class that most cells of the table's columns identify; countries where it is a tie."""
    votes: Counter[str] = Counter()
    for position in range(len(table.header)):
        values = _values(table, position)[:500]
        for kind in KINDS:
            key = key_of(index, table, position, kind)
            if key:
                votes[kind] += sum(1 for v in values if resolve(index, v, key.scheme, kind))
    if not votes:
        return "country"
    return max(KINDS, key=lambda k: (votes[k], -KINDS.index(k)))


def read_columns(
    index: Index,
    table: Table,
    *,
    kind: str | None = None,
    key_columns: Sequence[str] = (),
    scheme: str | None = None,
    year_column: str | None = None,
) -> Reading:
    """Find what the columns of *table* hold; raises ColumnError where none identifies anything.

    *kind*: the class its rows are about; *key_columns*, *scheme*, *year_column*: what the user knows better.
    """
    for name in [*key_columns, *([year_column] if year_column else [])]:
        if name not in table.header:
            raise ColumnError(name, f"not in the table, which has {', '.join(table.header)}")
    kind = kind or kind_of_table(index, table)
    remarks = []
    keys: list[Key] = []
    for position, header in enumerate(table.header):
        if key_columns and header not in key_columns:
            continue
        key = key_of(index, table, position, kind)
        if key_columns and (scheme or key is None):
            key = Key(position, scheme or "name", "as asked")
        if key:
            keys.append(key)
        elif _hinted(header, FOREIGN):
            remarks.append(f"column {header!r} is of a scheme without codes here: not used as a key")
    years = [i for i, h in enumerate(table.header) if YEAR.fullmatch(h.strip())]
    year = table.header.index(year_column) if year_column else None
    edition = None
    for position, header in enumerate(table.header):
        if any(k.position == position for k in keys) or position in years:
            continue
        values = _values(table, position)
        stated = sum(1 for v in values if year_of(v)) / max(1, len(values))
        if edition is None and stated > 0.5 and _hinted(header, EDITION_HINT):
            edition = position
        elif year is None and values and stated >= (0.5 if _hinted(header, YEAR_HINT) else 0.95):
            year = position
    if not keys:
        raise ColumnError(
            ", ".join(table.header),
            f"none of these columns identifies a {kind}: name it with --column, and its scheme with --scheme",
        )
    order = {"iri": 0, "wikidata": 1, "name": 9}
    keys.sort(key=lambda k: (order.get(k.scheme, 2), k.position))
    return Reading(kind, tuple(keys), year, edition, tuple(years) if year is None else (), tuple(remarks))


def folded_header(header: str) -> str:
    """Return a header as a name that CSVW and IRIs allow.

    >>> folded_header("Political rights (1–7)")
    'political_rights_1_7'
    """
    return re.sub(r"\W+", "_", fold(header)) or "column"
