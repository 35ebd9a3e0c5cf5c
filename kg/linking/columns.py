"""What each column holds: a key of one scheme, names, a year, a figure or a remark; found, and said why."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from kg.errors import KGError
from kg.linking.index import KINDS, Index, to_scheme
from kg.linking.names import fold, is_empty
from kg.linking.schemes import BETTER, FOREIGN, HINTS, NEED_HINT, PATTERNS, RIVALS
from kg.linking.tables import Table
from kg.vocabulary import ID, ID_CLASSES

NAME_HINT = (
    r"\b(country|land|landen|state|staat|name|naam|nation|territory|location|area|organi[sz]ation|organisatie"
    r"|body|treaty|verdrag|theme|thema|region|regio|entity|recipient|partner)\b"
)
YEAR_HINT = r"\b(year|jaar|period|periode|date|datum|time|tijd|jaartal)\b"
EDITION_HINT = r"\b(edition|editie|report year)\b"

YEAR = re.compile(r"\D{0,4}((?:18|19|20)\d\d)(?:[.,]0+)?\s*(?:\[YR(?:19|20)\d\d\]|[*†a-z]{0,3}\.?)")
DAY = re.compile(
    r"((?:18|19|20)\d\d)[-/.]?(?:0[1-9]|1[0-2])[-/.]?(?:0[1-9]|[12]\d|3[01])(?:[T ].*)?"
    r"|\d\d?[-/.]\d\d?[-/.]((?:18|19|20)\d\d)"
)


ENOUGH, FEW = 5, 0.1
"""Rows in which a column of codes must agree with the names, and for each of them how many may disagree."""


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
    >>> year_of("2022,0"), year_of("2022*"), year_of("2022-")
    (2022, 2022, None)
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


def area_of(index: Index, cell: str, scheme: str) -> str | None:
    """Return the name of the area, more than one country, that a code stands for."""
    return index.areas.get((scheme, clean_code(cell, scheme)))


def _share(index: Index, values: Sequence[str], scheme: str, kind: str | None) -> float:
    known = sum(1 for v in values if resolve(index, v, scheme, kind))
    areas = sum(1 for v in values if area_of(index, v, scheme))
    # a table of countries may have rows for regions too; the numbers 1, 2 and 3 alone are no regions
    return (known + (areas if known > 2 * areas else 0)) / max(1, len(values))


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
        if not hinted and (rival := RIVALS.get(scheme)):
            other = _share(index, values, rival, kind)
            if other >= share + BETTER:
                scheme, share = rival, other
        if share >= enough and share + hinted > top:
            top, best = share + hinted, Key(position, scheme, f"{share:.0%} of its values are {scheme} codes")
    if best is None:
        share = _share(index, values, "name", kind)
        texts = sum(1 for v in values if re.search(r"[^\W\d_]{2}", v)) / len(values)
        if texts > 0.5 and share >= (0.1 if _hinted(header, NAME_HINT) and not foreign else 0.5):
            return Key(position, "name", f"{share:.0%} of its values are names")
    return best


def key_beside_names(index: Index, table: Table, position: int, names: Key, kind: str) -> Key | None:
    """Return how a column identifies the same things as the column of *names* beside it, or None."""
    found: dict[str, int] = {}
    for scheme, pattern in PATTERNS.items():
        agree = differ = 0
        for row in table.rows:
            cell = row.cells[position]
            if not re.fullmatch(pattern, re.sub(r"\.0+$", "", cell)):
                continue
            coded = resolve(index, cell, scheme, kind)
            named = resolve(index, row.cells[names.position], "name", kind) if len(coded) == 1 else {}
            if len(named) == 1:
                agree, differ = agree + (coded.keys() == named.keys()), differ + (coded.keys() != named.keys())
        if agree >= ENOUGH and differ <= FEW * agree:
            found[scheme] = agree
    best = max(found, key=lambda s: found[s], default=None)
    return Key(position, best, f"it agrees with the names in {found[best]} rows") if best else None


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
    named = next((k for k in keys if k.scheme == "name"), None)
    for position in range(len(table.header)):
        if named and not key_columns and all(k.position != position for k in keys):
            beside = key_beside_names(index, table, position, named, kind)
            keys += [beside] if beside else []
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
