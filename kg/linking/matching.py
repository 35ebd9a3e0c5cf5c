"""Rows to things: a row is linked when its keys say one thing and agree, else it is listed with the reason."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from rapidfuzz import fuzz, process

from kg.linking.columns import Key, Reading, area_of, resolve
from kg.linking.index import REVIEWED, Index, Thing
from kg.linking.names import distinctive, fold, is_empty, loosen
from kg.linking.tables import Row, Table

APART = 0.3
"""From this share of rows on, two columns that disagree are taken to be about different things."""
LIKE = 84.0
"""From this similarity (0–100) on, a name that is not known counts against a code that says otherwise."""


PLAUSIBLE = 62.0
"""Below this similarity a name is not worth a person's time."""


@dataclass(frozen=True)
class Candidate:
    """A thing that a value may mean: never a match by itself."""

    thing: Thing
    name: str
    score: float
    why: str


@dataclass(frozen=True)
class Outcome:
    """What became of one row: a thing and how it was found, or the reason why none was."""

    row: Row
    value: str
    thing: Thing | None
    how: str
    reason: str = ""


def candidates(index: Index, value: str, kind: str | None, limit: int = 5) -> list[Candidate]:
    """Return what *value* may mean, best first: similar names, without what was denied for good."""
    known = index.by_name(value, kind)
    found = {i: Candidate(index.things[i], value, 100.0, how) for i, how in known.items()}
    names = process.extract(
        fold(value), index.names.keys(), scorer=fuzz.WRatio, limit=limit * 6, score_cutoff=70
    )
    for name, score, _ in names:
        # WRatio gives a short name inside a long one much credit: weigh it by how much of both is shared
        score = (score + fuzz.ratio(fold(value), name)) / 2
        for iri, how in index.names[name].items():
            thing = index.things[iri]
            if score < PLAUSIBLE or how == REVIEWED:
                continue
            allowed = kind in (None, thing.kind) and (iri, fold(value)) not in index.denied
            if allowed and (iri not in found or found[iri].score < score):
                found[iri] = Candidate(thing, name, round(min(score, 99.0), 1), f"like {how} “{name}”")
    return sorted(found.values(), key=lambda c: (-c.score, c.thing.iri))[:limit]


def _say(index: Index, iris: Iterable[str]) -> str:
    return " or ".join(
        f"{index.things[i].label_en} ({i.rsplit('/', 2)[-2]}:{i.rsplit('/', 1)[-1]})" for i in iris
    )


def why_not(index: Index, value: str, scheme: str, kind: str) -> str:
    """Return the reason why *value* identifies no thing of *kind*."""
    if is_empty(value):
        return "the key is empty"
    if area := area_of(index, value, scheme):
        return f"“{value}” is {area} in {scheme}, not a {kind}; a region never stands for its countries"
    found = resolve(index, value, scheme, kind)
    if len(found) > 1:
        return f"“{value}” can mean {_say(index, sorted(found))}: put the right one in the review file"
    other = resolve(index, value, scheme, None) or index.by_name(value)
    if other:
        more = "; a region never stands for its countries" if any("/region/" in i for i in other) else ""
        return f"“{value}” is {_say(index, sorted(other))}, not a {kind}{more}"
    if scheme == "name":
        near = candidates(index, value, kind, 3)
        hint = (
            f"; it resembles {_say(index, [c.thing.iri for c in near])}: confirm in the review file"
            if near
            else ""
        )
        return f"no {kind} is known under the name “{value}”{hint}"
    what = "identifier" if scheme == "iri" else f"{scheme} code"
    return f"“{value}” is no {what} of a {kind} that is known here"


def _single(found: dict[str, str]) -> str | None:
    return next(iter(found)) if len(found) == 1 else None


def _match(index: Index, row: Row, keys: Sequence[Key], kind: str) -> Outcome:
    """Link one row by all its keys together."""
    cells = [(k, row.cells[k.position]) for k in keys]
    said = [(k, cell, resolve(index, cell, k.scheme, kind)) for k, cell in cells if not is_empty(cell)]
    shown = next((cell for _, cell in cells if not is_empty(cell)), "")
    sure = [(k, cell, iri) for k, cell, found in said if (iri := _single(found))]
    things = {iri for _, _, iri in sure}
    for key, cell in cells:
        if area_of(index, cell, key.scheme):
            return Outcome(row, shown, None, "", why_not(index, cell, key.scheme, kind))
    if len(things) > 1:
        parts = ", ".join(f"{k.scheme} “{cell}” is {_say(index, [iri])}" for k, cell, iri in sure)
        return Outcome(row, shown, None, "", f"the keys disagree: {parts}")
    if not sure:
        key, cell = cells[0] if not said else (said[0][0], said[0][1])
        reasons = [why_not(index, c, k.scheme, kind) for k, c, _ in said] or ["the key is empty"]
        return Outcome(row, shown or cell, None, "", "; ".join(dict.fromkeys(reasons)))
    iri = things.pop()
    for key, cell, found in said:
        if found and iri not in found:
            return Outcome(
                row, shown, None, "", f"the keys disagree: “{cell}” can mean {_say(index, sorted(found))}"
            )
        if not found and key.scheme == "name":
            near = candidates(index, cell, kind, 1)
            alike = fuzz.ratio(distinctive(cell), distinctive(near[0].name)) if near else 0.0
            if near and min(near[0].score, alike) >= LIKE and near[0].thing.iri != iri:
                said_by = f"{sure[0][0].scheme} “{sure[0][1]}” is {_say(index, [iri])}"
                reason = f"the keys disagree: {said_by}, “{cell}” resembles {_say(index, [near[0].thing.iri])}"
                return Outcome(row, shown, None, "", reason)
            elsewhere = index.by_name(cell)
            if elsewhere:
                reason = f"the keys disagree: “{cell}” is {_say(index, sorted(elsewhere))}, not a {kind}"
                return Outcome(row, shown, None, "", reason)
        if not found and key.scheme != "name" and (elsewhere := resolve(index, cell, key.scheme, None)):
            reason = (
                f"the keys disagree: {key.scheme} “{cell}” is {_say(index, sorted(elsewhere))}, not a {kind}"
            )
            return Outcome(row, shown, None, "", reason)
    how = next(found[iri] for _, _, found in said if iri in found)
    unknown = [f"{k.scheme} “{c}” is unknown" for k, c, found in said if not found and k.scheme != "name"]
    return Outcome(row, shown, index.things[iri], "; ".join([how, *unknown]))


def settle_keys(index: Index, table: Table, reading: Reading) -> Reading:
    """Leave out a key column that speaks of other things than the rest in too many rows, and say so."""
    keys, remarks = list(reading.keys), list(reading.remarks)
    while len(keys) > 1:
        first, second = keys[0], keys[-1]
        both = differ = 0
        for row in table.rows:
            a = _single(resolve(index, row.cells[first.position], first.scheme, reading.kind))
            b = _single(resolve(index, row.cells[second.position], second.scheme, reading.kind))
            both += bool(a and b)
            differ += bool(a and b and a != b)
        if not both or differ / both <= APART:
            if len(keys) == 2:
                break
            rest = settle_keys(index, table, replace(reading, keys=tuple(keys[:-1]), remarks=()))
            keys, remarks = [*rest.keys, second], [*remarks, *rest.remarks]
            break
        # names are what a person reads and checks; codes of another scheme look like ISO codes
        out = first if second.scheme == "name" and first.scheme != "name" else second
        stays = second if out is first else first
        names = table.header[out.position], table.header[stays.position]
        remarks.append(
            f"column {names[0]!r} says something else than {names[1]!r} in {differ} of {both} rows, "
            f"so it is not used as a key: if it is the right one, say --column {names[0]!r}"
        )
        keys.remove(out)
    return replace(reading, keys=tuple(keys), remarks=tuple(remarks))


def match_rows(index: Index, table: Table, reading: Reading) -> list[Outcome]:
    """Link every row of *table*; the outcomes are as many as the rows, in their order."""
    outcomes = [_match(index, row, reading.keys, reading.kind) for row in table.rows]
    return _without_regions(index, reading, outcomes)


def _without_regions(index: Index, reading: Reading, outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Unlink a row named as a country and a region both are, where the country has rows under a longer name."""
    column = next((k.position for k in reading.keys if k.scheme == "name"), None)
    codes = [k for k in reading.keys if k.scheme != "name"]
    regions = {fold(area) for area in index.areas.values()}
    called: dict[str, set[str]] = {}
    for one in outcomes:
        if one.thing and column is not None:
            called.setdefault(one.thing.iri, set()).add(one.row.cells[column])

    def checked(one: Outcome) -> Outcome:
        if one.thing is None or column is None or fold(one.row.cells[column]) not in regions:
            return one
        words = set(loosen(one.row.cells[column]).split())
        longer = any(words < set(loosen(other).split()) for other in called[one.thing.iri])
        if not longer or any(resolve(index, one.row.cells[k.position], k.scheme, reading.kind) for k in codes):
            return one
        said = f"{_say(index, [one.thing.iri])} has rows under a longer name"
        reason = f"“{one.row.cells[column]}” is also a region, and {said}"
        return replace(one, thing=None, how="", reason=reason)

    return [checked(one) for one in outcomes]
