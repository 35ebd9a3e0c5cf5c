"""The commands about networks: ``kg views``, ``kg network``, ``kg measure``, and ``kg path``."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, BinaryIO

import click

from kg import connections, description
from kg.catalogue import Catalogue, Statement
from kg.cli import EXIT_CODES, main, one_sentence, releases_option, talk
from kg.cli.answers import language_option, opened, values_of
from kg.networks import FORMATS, collect, view, views, write
from kg.networks.errors import UnknownMeasureError, UnknownNetworkFormatError, UnknownViewError
from kg.networks.formats import format_named
from kg.networks.measures import MEASURES, measure_named
from kg.networks.model import MERGES, PARALLEL, SAYS
from kg.networks.tables import TOLD, answer
from kg.networks.textfiles import listed
from kg.vocabulary import shorten

EXIT_CODES.update({UnknownViewError: 2, UnknownNetworkFormatError: 2, UnknownMeasureError: 2})

WIDEST = 44
"""Characters of a cell in a table for people; CSV and JSON have it whole."""

param_option = click.option(
    "--param", "params", multiple=True, metavar="NAME=VALUE", help="Fill in a blank; any leaves it open."
)


@main.command("views")
@language_option
@one_sentence
def views_command(language: str) -> None:
    """List the views that `kg network` writes and `kg measure` measures."""
    for name, one in views().items():
        blanks = "".join(f" [--param {p.name}={p.default}]" for p in one.parameters)
        click.echo(f"{name}{blanks}\n    {one.question.text[language]}")


@main.command("network")
@click.argument("name", metavar="VIEW")
@click.option("--format", "form", default="graphml", show_default=True, help=f"One of {', '.join(FORMATS)}.")
@click.option(
    "--merge",
    type=click.Choice(MERGES),
    default=PARALLEL,
    show_default=True,
    help="Keep parallel edges, or make them one per relation or per pair.",
)
@click.option("--output", "-o", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file.")
@click.option("--release", "name_of_release", help="From an older release (default: the newest).")
@param_option
@language_option
@releases_option
@one_sentence
def network_command(
    name: str,
    form: str,
    merge: str,
    output: Path | None,
    name_of_release: str | None,
    params: tuple[str, ...],
    language: str,
    releases: str | None,
) -> None:
    """Write the network of a view for Gephi, Cytoscape, Graphviz, networkx, a spreadsheet, or the eye."""
    format_named(form)
    view(name)
    values = values_of(params)
    release, store = opened(releases, name_of_release)
    network = collect(store, name, values, merge=merge, release=release.name)
    stream: BinaryIO = output.open("wb") if output else sys.stdout.buffer
    try:
        for piece in write(network, form, language):
            stream.write(piece)
    finally:
        if output:
            stream.close()
    talk(
        f"complete: {len(network.nodes)} nodes, {len(network.edges)} edges; {SAYS[network.edges_are][language]}"
    )


@main.command("path")
@click.argument("start", metavar="FROM")
@click.argument("goal", metavar="TO")
@click.option("-k", "count", default=3, show_default=True, type=click.IntRange(1, 50), help="How many paths.")
@click.option("--relation", multiple=True, metavar="NAME", help="Only this relation; may be given again.")
@click.option("--document", multiple=True, metavar="NAME", help="Only this document; may be given again.")
@click.option(
    "--stance",
    type=click.Choice(["asserted", "all"]),
    default="asserted",
    show_default=True,
    help="Only what is stated as fact, or also plans, wishes and denials.",
)
@click.option("--entailed", is_flag=True, help="Also what follows from claims by a rule.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@language_option
@releases_option
@one_sentence
def path_command(
    start: str,
    goal: str,
    count: int,
    relation: tuple[str, ...],
    document: tuple[str, ...],
    stance: str,
    entailed: bool,
    form: str,
    language: str,
    releases: str | None,
) -> None:
    """Show the shortest chains of claims between two things, each step with its passage."""
    _, store = opened(releases)
    about = Catalogue(store)
    choice = connections.Choice(
        relations=frozenset(_known(about, r, "gro") for r in relation),
        documents=frozenset(_known(about, d, "document") for d in document),
        asserted_only=stance == "asserted",
        entailed=entailed,
    )
    first, last = _known(about, start), _known(about, goal)
    found = connections.shortest_paths(about, first, last, choice, count)
    if form == "json":
        content = [_as_json(about, first, steps, language) for steps in found]
        click.echo(json.dumps(content, ensure_ascii=False, indent=2))
    else:
        for number, steps in enumerate(found, 1):
            _show_path(about, number, first, steps, language)
    talk(f"complete: {len(found)} paths, the shortest first")


def _known(about: Catalogue, name: str, prefix: str = "") -> str:
    """Return the IRI of *name*; raises UnknownThingError where the release says nothing of it."""
    iri = description.to_iri(name if ":" in name or not prefix else f"{prefix}:{name}")
    if not about.knows(iri):
        raise description.UnknownThingError(iri)
    return iri


def _as_json(about: Catalogue, start: str, steps: list[list[Statement]], language: str) -> dict[str, Any]:
    things = connections.chain(start, steps)
    return {
        "things": [shorten(i) for i in things],
        "labels": [about.label(i, language).value for i in things],
        "proven_by_one_document": [shorten(d) for d in connections.proving(steps)],
        "steps": [[_proof(about, s) for s in step] for step in steps],
    }


def _proof(about: Catalogue, s: Statement) -> dict[str, Any]:
    return {
        "claim": shorten(s.iri),
        "source": shorten(s.subject),
        "relation": shorten(s.predicate),
        "target": shorten(s.object),
        "asserted": s.asserted,
        "rule": s.rule,
        "document": shorten(s.document),
        "passages": [
            {
                "passage": shorten(p),
                "line": about.passages[p].first_line,
                "anchors": [a.exact for a in about.passages[p].anchors],
            }
            for p in s.passages
        ],
    }


def _show_path(about: Catalogue, number: int, start: str, steps: list[list[Statement]], language: str) -> None:
    names = [about.label(i, language).value for i in connections.chain(start, steps)]
    within = "" if connections.proving(steps) or not steps else "  (no single document proves every step)"
    click.echo(f"{number}. {' – '.join(names)}{within}")
    for s in (s for step in steps for s in step):
        said = " ".join(about.label(i, language).value for i in (s.subject, s.predicate, s.object))
        click.echo(f"   {'•' if s.asserted or s.entailed else '◦'} {said}  {shorten(s.iri)}")
        if s.entailed:
            click.echo(f"       follows by {s.rule} from {', '.join(shorten(p) for p in s.premises)}")
        for passage in (about.passages[p] for p in s.passages):
            anchors = " ".join(f"“{a.exact}”" for a in passage.anchors)
            where = f"{about.label(passage.document, language)}, line {passage.first_line}"
            click.echo(f"       {anchors}, {where}")


@main.command("measure")
@click.argument("name", metavar="VIEW")
@click.option(
    "--measure",
    "asked",
    default="degree",
    show_default=True,
    help=f"One of {', '.join((*MEASURES, *TOLD))}.",
)
@click.option("--top", default=10, show_default=True, help="How many things of each document; 0 for all.")
@click.option(
    "--format", "form", type=click.Choice(["table", "json", "csv"]), default="table", show_default=True
)
@param_option
@language_option
@releases_option
@one_sentence
def measure_command(
    name: str, asked: str, top: int, form: str, params: tuple[str, ...], language: str, releases: str | None
) -> None:
    """Measure a view document by document, and show how the measure moves with other readings."""
    view(name)
    if asked not in TOLD:
        measure_named(asked)
    values = values_of(params)
    release, store = opened(releases)
    means, rows, stability = answer(store, name, asked, values, top or None, language)
    if form == "json":
        content = {
            "view": name, "measure": asked, "means": means, "release": release.name, "parameters": values,
            "rows": rows, "stability": stability,
        }  # fmt: skip
        click.echo(json.dumps(content, ensure_ascii=False, indent=2))
    elif form == "csv":
        click.echo(listed([*rows[0]] if rows else [], rows), nl=False)
    else:
        click.echo(f"{asked}: {means}\n")
        _show_table(rows)
        if stability:
            click.echo("\nhow it moves: agreement with the value above, from -1 to 1")
            _show_table(stability)
    talk(f"complete: {len(rows)} rows")


def _show_table(rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    lines = [[*rows[0]], *([_cell(v) for v in row.values()] for row in rows)]
    widths = [min(max(map(len, column)), WIDEST) for column in zip(*lines, strict=True)]
    for line in lines:
        cells = (cell[:width].ljust(width) for cell, width in zip(line, widths, strict=True))
        click.echo("  ".join(cells).rstrip())


def _cell(value: object) -> str:
    return "–" if value is None else str(value)
