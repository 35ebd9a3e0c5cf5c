"""A linked table: the rows with their things beside them, and CSVW metadata that say what each column is.

The metadata are plain CSV on the Web (https://www.w3.org/TR/tabular-metadata/), so any processor of that
standard makes the same triples from them as ``kg build --with`` does. CSVW and not RML: it also carries the
dialect, the units, the source and the licence, it needs no second language for looking things up, because
the look-up is done and reviewed before, and its file can be read beside the table.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kg.linking.beside import Beside
from kg.linking.columns import YEAR, Reading, folded_header, year_of
from kg.linking.figures import datatype_of
from kg.linking.index import Thing
from kg.linking.matching import Outcome
from kg.linking.names import is_empty
from kg.linking.tables import Table
from kg.vocabulary import ID

AREA = "http://purl.org/linked-data/sdmx/2009/dimension#refArea"
PERIOD = "http://purl.org/linked-data/sdmx/2009/dimension#refPeriod"
UNIT = "http://purl.org/linked-data/sdmx/2009/attribute#unitMeasure"
RETRIEVED = "http://purl.org/pav/retrievedOn"
SUBJECT = "dc:subject"
PLACES = ("country", "region", "place")
METADATA = "-metadata.json"


@dataclass(frozen=True)
class About:
    """What must be said of a table: whose it is, under which licence, when it was fetched."""

    name: str
    title: str
    source: str
    licence: str
    retrieved: str
    units: Mapping[str, str] = field(default_factory=dict)
    categories: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Linked:
    """The files that were written, and the rows that are not in them, each with its reason."""

    table: Path
    metadata: Path
    rows: int
    left_out: tuple[Outcome, ...]
    remarks: tuple[str, ...]


def dataset_iri(name: str) -> str:
    """Return the IRI of a user's dataset."""
    return f"{ID}dataset/{name}"


def _label(about: About, thing: Thing, period: str, language: str) -> str:
    name = thing.label_nl if language == "nl" else thing.label_en
    return f"{about.title}: {name}" + (f", {period}" if period else "")


def _columns(
    about: About, reading: Reading, kept: Sequence[tuple[str, str, str]], beside: Sequence[Beside]
) -> list[dict[str, Any]]:
    """Return the CSVW columns: ours first, then the table's own (name, title, datatype), then things beside."""
    dataset = dataset_iri(about.name)
    thing_is = AREA if reading.kind in PLACES else SUBJECT
    columns: list[dict[str, Any]] = [
        {"name": "row", "titles": "row", "datatype": "string", "propertyUrl": "dc:identifier"},
        {"name": "thing", "titles": "thing", "propertyUrl": thing_is, "valueUrl": "{+thing}"},
        {"name": "label_nl", "titles": "label_nl", "lang": "nl", "propertyUrl": "rdfs:label"},
        {"name": "label_en", "titles": "label_en", "lang": "en", "propertyUrl": "rdfs:label"},
        {"name": "matched_by", "titles": "matched_by", "propertyUrl": "skos:note", "lang": "en"},
        {"name": "period", "titles": "period", "datatype": "gYear", "propertyUrl": PERIOD},
    ]
    for name, title, datatype in kept:
        column = {"name": name, "titles": name, "dc:title": title, "datatype": datatype}
        column["propertyUrl"] = f"{dataset}#{name}"
        if title in about.units:
            column[UNIT] = about.units[title]
        columns.append(column)
    for one in beside:
        name = thing_column(one)
        is_area = one.kind in PLACES and thing_is != AREA
        column = {"name": name, "titles": name, "dc:title": one.title, "valueUrl": f"{{+{name}}}"}
        column["propertyUrl"] = AREA if is_area else f"{dataset}#{name}"
        columns.append(column)
    for name, property_url, value_url in (
        ("type", "rdf:type", "http://purl.org/linked-data/cube#Observation"),
        ("dataset", "http://purl.org/linked-data/cube#dataSet", dataset),
    ):
        columns.append({"name": name, "virtual": True, "propertyUrl": property_url, "valueUrl": value_url})
    return columns


def thing_column(beside: Beside) -> str:
    """Return the name of the column that holds the things of another column."""
    return f"{folded_header(beside.title)}_thing"


def _metadata(about: About, url: str, columns: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "@context": "http://www.w3.org/ns/csvw",
        "@id": dataset_iri(about.name),
        "url": url,
        "dc:title": about.title,
        "dc:source": {"@id": about.source} if about.source.startswith("http") else about.source,
        "dc:license": {"@id": about.licence} if about.licence.startswith("http") else about.licence,
        RETRIEVED: {"@value": about.retrieved, "@type": "xsd:date"},
        "dialect": {"delimiter": ",", "encoding": "utf-8", "header": True},
        "tableSchema": {
            "aboutUrl": f"{ID}observation/{about.name}-{{row}}",
            "primaryKey": "row",
            "columns": columns,
        },
    }


def _periods(table: Table, reading: Reading, outcome: Outcome) -> list[tuple[str, str, int | None]]:
    """Return for one row its observations: suffix of the row number, period, and the column of the figure."""
    if reading.year_columns:
        return [
            (f"-{year_of(table.header[c])}", str(year_of(table.header[c])), c)
            for c in reading.year_columns
            if not is_empty(outcome.row.cells[c])
        ]
    if reading.year is None:
        return [("", "", None)]
    year = year_of(outcome.row.cells[reading.year])
    return [("", str(year), None)] if year else []


def link_table(
    table: Table,
    reading: Reading,
    outcomes: Sequence[Outcome],
    about: About,
    folder: Path,
    beside: Sequence[Beside] = (),
) -> Linked:
    """Write the linked table and its metadata into *folder*.

    *beside*: further columns that identify things. Rows without thing, period or thing beside are listed.
    """
    ours = {"row", "thing", "label_nl", "label_en", "matched_by", "period", "type", "dataset"}
    ours |= {thing_column(b) for b in beside}
    # a column of days gives the period, and the days themselves are kept
    years_only = reading.year is not None and all(
        is_empty(c) or YEAR.fullmatch(c.strip()) for c in table.column(reading.year)
    )
    own = [
        i
        for i in range(len(table.header))
        if i not in reading.year_columns and not (i == reading.year and years_only)
    ]
    names: dict[int, str] = {}
    for i in own:
        name = folded_header(table.header[i])
        names[i] = name if name not in ours | set(names.values()) else f"{name}_{i + 1}"
    kept, writers, remarks = [], {}, list(reading.remarks)
    for i in own:
        datatype, write, remark = datatype_of(table.column(i))
        if any(k.position == i for k in reading.keys):
            datatype, write, remark = "string", str.strip, ""
        writers[i] = write
        kept.append((names[i], table.header[i], datatype))
        remarks += [f"column {table.header[i]!r}: {remark}"] if remark else []
    if reading.year_columns:
        datatype, write_value, remark = datatype_of([c for i in reading.year_columns for c in table.column(i)])
        kept.append(("value", "value", datatype))
        remarks += [remark] if remark else []
    for title in about.categories:
        kept.append((f"{folded_header(title)}_category", f"{title} (category)", "string"))
    left_out: list[Outcome] = []
    lines: list[list[str]] = []
    strange: dict[str, set[str]] = {title: set() for title in about.categories}
    for n, outcome in enumerate(outcomes):
        if outcome.thing is None:
            left_out.append(outcome)
            continue
        others = [(b.title, b.outcomes[n]) for b in beside]
        missing = [f"column {title!r}: {o.reason}" for title, o in others if o.thing is None]
        if missing:
            left_out.append(Outcome(outcome.row, outcome.value, None, outcome.how, "; ".join(missing)))
            continue
        periods = _periods(table, reading, outcome)
        if not periods:
            year = "" if reading.year is None else outcome.row.cells[reading.year]
            reason = f"“{year}” states no single year" if reading.year is not None else "no year has a figure"
            left_out.append(Outcome(outcome.row, outcome.value, None, outcome.how, reason))
        for suffix, period, figure in periods:
            labels = [_label(about, outcome.thing, period, language) for language in ("nl", "en")]
            line = [
                f"{outcome.row.line}{suffix}",
                outcome.thing.iri,
                *labels,
                f"matched by {outcome.how}",
                period,
            ]
            line += ["" if is_empty(outcome.row.cells[i]) else writers[i](outcome.row.cells[i]) for i in own]
            if figure is not None:
                line.append(write_value(outcome.row.cells[figure]))
            for title, categories in about.categories.items():
                word = outcome.row.cells[table.header.index(title)].strip()
                line.append(categories.get(word, ""))
                strange[title] |= {word} - categories.keys() - {""}
            line += [o.thing.iri for _, o in others if o.thing]
            lines.append(line)
    for title, words in strange.items():
        remarks += [f"column {title!r}: “{word}” is in no category" for word in sorted(words)]
    target = folder / f"{about.name}.linked.csv"
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(
            ["row", "thing", "label_nl", "label_en", "matched_by", "period"]
            + [n for n, _, _ in kept]
            + [thing_column(b) for b in beside]
        )
        writer.writerows(lines)
    metadata = folder / f"{target.name}{METADATA}"
    content = _metadata(about, target.name, _columns(about, reading, kept, beside))
    metadata.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return Linked(target, metadata, len(lines), tuple(left_out), tuple(remarks))
