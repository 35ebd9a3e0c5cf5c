"""The command that harvests: what is listed, by a person, never by the server."""

from __future__ import annotations

import datetime
from pathlib import Path

import click

from kg import harvest
from kg.cli import EXIT_CODES, main, one_sentence, timed_progress

EXIT_CODES.update({harvest.UnknownHarvestError: 2})


@main.command("harvest")
@click.argument("name", required=False)
@click.option(
    "--out",
    default="harvests",
    show_default=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="Where harvests are kept.",
)
@click.option("--date", help="The day it is dated (default: today).")
@click.option("--fresh", is_flag=True, help="Ask again for pages that are kept from an earlier try.")
@one_sentence
def harvest_command(name: str | None, out: Path, date: str | None, fresh: bool) -> None:
    """Fetch what a stored query constructs at an endpoint of others; without NAME, list what can be fetched."""
    if name is None:
        for entry in harvest.listed().values():
            click.echo(f"{entry.name}\n    {entry.title} ({entry.licence})")
        return
    day = date or datetime.date.today().isoformat()
    got = harvest.run(harvest.harvest_named(name), out, day, fresh=fresh, progress=timed_progress())
    for sign, lines in (("+", got.added), ("-", got.removed)):
        for line in lines:
            click.echo(f"{sign} {line}")
    summary = f"{got.triples} triples on {got.pages} pages: {len(got.added)} new, {len(got.removed)} gone"
    click.echo(f"{summary}; in {got.path}; now `kg build --with {got.path}`", err=True)
