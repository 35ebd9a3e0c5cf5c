"""The commands that link a table of your own: look, review, write the mapping."""

from __future__ import annotations

import csv
import re
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import click

from kg.cli import EXIT_CODES, main, one_sentence, releases_option, talk, timed_progress
from kg.linking.beside import link_beside
from kg.linking.columns import ColumnError, Reading, read_columns
from kg.linking.index import KINDS, Index, build_index, names_in_store
from kg.linking.mapping import About, link_table
from kg.linking.matching import Outcome, match_rows, settle_keys
from kg.linking.review import SUFFIX, ReviewError, add_reviewed, suggest, verify_review, write_review
from kg.linking.schemes import PATTERNS
from kg.linking.tables import Table, TableError, read_table
from kg.release import build, releases_folder
from kg.store import open_store

EXIT_CODES.update({ColumnError: 2, TableError: 2, ReviewError: 2})

file_argument = click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))


def key_options(command: Any) -> Any:
    """Add what the user may know better about a table than it can be found."""
    for option in (
        click.option("--column", "columns", multiple=True, help="The key column; may be given more than once."),
        click.option(
            "--scheme", type=click.Choice(sorted([*PATTERNS, "name"])), help="What the key column holds."
        ),
        click.option(
            "--class", "kind", type=click.Choice(KINDS), help="What the rows are about (default: found)."
        ),
        click.option("--year-column", help="The column with the year (default: found)."),
        click.option("--sheet", help="The sheet of a workbook (default: the longest)."),
    ):
        command = option(command)
    return command


def slug(name: str) -> str:
    """Return a name that can stand in an IRI."""
    return re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-") or "table"


def _index(releases: str | None, file: Path) -> Index:
    built = build(releases_folder(releases), progress=timed_progress())
    index = build_index(names_in_store(open_store(built.nquads)))
    reviewed = file.parent / f"{slug(file.stem)}{SUFFIX}"
    if reviewed.exists():
        talk(f"{add_reviewed(index, reviewed)} decisions of {reviewed.name} hold")
    return index


def _read(index: Index, file: Path, given: dict[str, Any]) -> tuple[Table, Reading, list[Outcome]]:
    table = read_table(file, given["sheet"])
    reading = read_columns(
        index,
        table,
        kind=given["kind"],
        key_columns=given["columns"],
        scheme=given["scheme"],
        year_column=given["year_column"],
    )
    reading = settle_keys(index, table, reading)
    return table, reading, match_rows(index, table, reading)


def _report(table: Table, reading: Reading, outcomes: list[Outcome]) -> None:
    talk(f"{table.path.name}: {len(table.rows)} rows, {table.reading}")
    for key in reading.keys:
        talk(f"  key: column {table.header[key.position]!r} ({key.scheme}): {key.why}")
    if reading.year is not None:
        talk(f"  period: column {table.header[reading.year]!r}")
    if reading.edition is not None:
        talk(f"  edition, kept apart from the period: column {table.header[reading.edition]!r}")
    if reading.year_columns:
        talk(f"  period: {len(reading.year_columns)} columns, one for each year")
    for remark in (*table.aside, *reading.remarks):
        talk(f"  {remark}")
    linked = [o for o in outcomes if o.thing]
    named = sum(1 for o in linked if o.thing and o.thing.in_graph)
    talk(f"  {len(linked)} rows linked, {named} of them to things that the documents name")
    talk(f"  {len(outcomes) - len(linked)} rows not linked")


def _list_unlinked(outcomes: list[Outcome] | tuple[Outcome, ...], path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["line", "value", "reason", "row"])
        writer.writerows([o.row.line, o.value, o.reason, " | ".join(o.row.cells)] for o in outcomes)


@main.group("link")
def link() -> None:
    """Link a table of your own to the things of the graph."""


@link.command("suggest")
@file_argument
@key_options
@click.option("--limit", default=3, show_default=True, type=click.IntRange(1, 20), help="Candidates per value.")
@click.option(
    "--review", type=click.Path(path_type=Path), help="Where the review file goes (default: beside FILE)."
)
@releases_option
@one_sentence
def suggest_command(file: Path, releases: str | None, limit: int, review: Path | None, **given: Any) -> None:
    """Show what the values of FILE are linked to, and write a review file for those in doubt."""
    index = _index(releases, file)
    table, reading, outcomes = _read(index, file, given)
    _report(table, reading, outcomes)
    writer = csv.writer(sys.stdout)
    writer.writerow(["value", "rows", "thing", "label", "score", "reason"])
    for (value, iri, label, how), rows in Counter(
        (o.value, o.thing.iri, o.thing.label_en, o.how) for o in outcomes if o.thing
    ).items():
        writer.writerow([value, rows, iri, label, 100, how])
    doubtful = suggest(index, outcomes, reading.kind, limit)
    for one in doubtful:
        for found in one.candidates:
            writer.writerow(
                [one.value, one.rows, found.thing.iri, found.thing.label_en, found.score, found.why]
            )
        if not one.candidates:
            writer.writerow([one.value, one.rows, "", "", 0, one.reason])
    if doubtful:
        target = review or file.parent / f"{slug(file.stem)}.review.csv"
        write_review(doubtful, target)
        talk(
            f"{len(doubtful)} values are in doubt: write yes or no in {target}, then `kg link verify {target}`"
        )


@link.command("verify")
@file_argument
@click.option("--date", required=True, help="The day of the decisions (YYYY-MM-DD).")
@releases_option
@one_sentence
def verify_command(file: Path, date: str, releases: str | None) -> None:
    """Turn the decisions of a review FILE into a mapping set that holds from now on."""
    name = file.name.removesuffix(".review.csv")
    click.echo(verify_review(file, _index(releases, file), slug(name), date))


@link.command("table")
@file_argument
@key_options
@click.option("--name", help="A short name for the data set (default: that of the file).")
@click.option("--title", help="Its title (default: the name).")
@click.option("--source", help="Where it is from: an address, or words.")
@click.option("--licence", help="Its licence: an address, or words.")
@click.option("--retrieved", help="The day it was fetched (YYYY-MM-DD).")
@click.option("--unit", "units", multiple=True, metavar="COLUMN=UNIT", help="The unit of a column.")
@click.option(
    "--categories",
    multiple=True,
    metavar="COLUMN=FILE",
    help="A reviewed CSV file (value,category) that says which words of a column mean the same.",
)
@click.option(
    "--also",
    multiple=True,
    metavar="COLUMN",
    help="A further column that identifies things: the country beside the treaty, for instance.",
)
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), help="Where to write (default: beside FILE)."
)
@click.option("--dry-run", is_flag=True, help="Say what would be linked; write nothing.")
@releases_option
@one_sentence
def table_command(file: Path, releases: str | None, out: Path | None, dry_run: bool, **given: Any) -> None:
    """Write the mapping of FILE: the linked rows, CSVW metadata, and the rows that are not linked."""
    missing = [f"--{n}" for n in ("source", "licence", "retrieved") if not given[n]]
    if missing and not dry_run:
        raise click.UsageError(f"say where the table is from: {', '.join(missing)} (or look first: --dry-run)")
    index = _index(releases, file)
    table, reading, outcomes = _read(index, file, given)
    _report(table, reading, outcomes)
    beside = [link_beside(index, table, title) for title in given["also"]]
    for other in beside:
        found = sum(1 for o in other.outcomes if o.thing)
        talk(f"  {found} rows have a {other.kind} in column {other.title!r}")
    name = slug(given["name"] or file.stem)
    about = About(
        name,
        given["title"] or name,
        given["source"] or "",
        given["licence"] or "",
        given["retrieved"] or "",
        dict(_pair(table, u) for u in given["units"]),
        {column: _categories(Path(path)) for column, path in (_pair(table, c) for c in given["categories"])},
    )
    if dry_run:
        with tempfile.TemporaryDirectory() as away:
            linked = link_table(table, reading, outcomes, about, Path(away), beside)
        for one in linked.left_out:
            click.echo(f"line {one.row.line}: {one.reason}")
        talk(
            "\n".join([*(f"  {r}" for r in linked.remarks), f"{linked.rows} observations; nothing was written"])
        )
        return
    folder = out or file.parent
    folder.mkdir(parents=True, exist_ok=True)
    linked = link_table(table, reading, outcomes, about, folder, beside)
    for remark in linked.remarks:
        talk(f"  {remark}")
    unlinked = folder / f"{name}.unlinked.csv"
    _list_unlinked(linked.left_out, unlinked)
    talk(f"{linked.rows} observations in {linked.table}; {len(linked.left_out)} rows are not in it: {unlinked}")
    talk(f"now `kg build --with {linked.metadata}`, then `kg serve`")
    click.echo(linked.metadata)


def _pair(table: Table, text: str) -> tuple[str, str]:
    column, equals, value = text.partition("=")
    if not equals or column not in table.header:
        raise click.UsageError(f"{text!r}: write COLUMN=…, with a column of {', '.join(table.header)}")
    return column, value


def _categories(path: Path) -> dict[str, str]:
    table = read_table(path)
    return {row.cells[0]: row.cells[1] for row in table.rows}
