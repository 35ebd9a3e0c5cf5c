"""The commands about networks: ``kg network``, ``kg path``, ``kg measure``, ``kg views``."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import click
import pyoxigraph as ox

from kg.networks.collecting import collect
from kg.networks.errors import (
    UnknownFormatError,
    UnknownMeasureError,
    UnknownViewError,
)
from kg.networks.formats import FORMATS, format_named, write
from kg.networks.model import MERGES, PARALLEL, key
from kg.networks.paths import paths
from kg.networks.tables import answer
from kg.networks.views import view, views
from kg.questions import ParameterValueError

USAGE = (UnknownViewError, UnknownFormatError, UnknownMeasureError)
"""Causes whose exit code is 2; an empty network and things that are not connected are 3."""

OpenStore = Callable[[str | None], tuple[ox.Store, str]]


def talk(message: str) -> None:
    """Say something that is not a result."""
    click.echo(message, err=True)


def parameters(given: tuple[str, ...]) -> dict[str, str]:
    """Return the values of ``NAME=VALUE`` options."""
    values = {}
    for param in given:
        name, equals, value = param.partition("=")
        if not equals:
            raise ParameterValueError(name, "", "write --param NAME=VALUE")
        values[name] = value
    return values


param_option = click.option(
    "--param", "params", multiple=True, metavar="NAME=VALUE", help="Fill in a blank; any leaves it open."
)
releases_option = click.option(
    "--releases", metavar="DIR", help="Where releases are kept (default: KG_RELEASES, else releases/)."
)


def _rows_out(rows: list[dict[str, Any]], form: str) -> None:
    if form == "csv":
        writer = csv.DictWriter(sys.stdout, list(rows[0]) if rows else [], lineterminator="\r\n")
        writer.writeheader()
        writer.writerows(rows)
        return
    widths = {
        c: min(max(len(_cell(r[c])) for r in [dict.fromkeys(r, c) for r in rows[:1]] + rows), 44)
        for c in rows[0]
    }
    click.echo("  ".join(c[: widths[c]].ljust(widths[c]) for c in widths).rstrip())
    for row in rows:
        click.echo("  ".join(_cell(row[c])[: widths[c]].ljust(widths[c]) for c in widths).rstrip())


def _cell(value: object) -> str:
    return "–" if value is None else str(value)


def commands(open_store: OpenStore, one_sentence: Callable[[Callable[..., None]], Any]) -> list[click.Command]:
    """Return the commands, given how a store is opened and how errors are told."""

    @click.command("views")
    @click.option("--language", type=click.Choice(["nl", "en"]), default="en", show_default=True)
    @one_sentence
    def views_command(language: str) -> None:
        """List the views that `kg network` writes and `kg measure` measures."""
        for name, one in views().items():
            blanks = "".join(f" [--param {p.name}={p.default}]" for p in one.parameters)
            click.echo(f"{name}{blanks}\n    {one.text[language]}")

    @click.command("network")
    @click.argument("name", metavar="VIEW")
    @click.option(
        "--format", "form", default="graphml", show_default=True, help=f"One of {', '.join(FORMATS)}."
    )
    @click.option(
        "--merge",
        type=click.Choice(MERGES),
        default=PARALLEL,
        show_default=True,
        help="Keep parallel edges, or make them one per relation or per pair.",
    )
    @click.option("--language", type=click.Choice(["nl", "en"]), default="en", show_default=True)
    @click.option("--output", "-o", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file.")
    @param_option
    @releases_option
    @one_sentence
    def network_command(
        name: str,
        form: str,
        merge: str,
        language: str,
        output: Path | None,
        params: tuple[str, ...],
        releases: str | None,
    ) -> None:
        """Write the network of a view for Gephi, Cytoscape, Graphviz, networkx, a spreadsheet, or the eye."""
        format_named(form)
        view(name)
        values = parameters(params)
        store, release = open_store(releases)
        network = collect(store, name, values, merge=merge, release=release)
        stream: BinaryIO = output.open("wb") if output else sys.stdout.buffer
        try:
            for piece in write(network, form, language):
                stream.write(piece)
        finally:
            if output:
                stream.close()
        talk(f"complete: {len(network.nodes)} nodes, {len(network.edges)} edges; {network.edges_are}")

    @click.command("path")
    @click.argument("start", metavar="FROM")
    @click.argument("end", metavar="TO")
    @click.option(
        "-k", "count", default=3, show_default=True, type=click.IntRange(1, 50), help="How many chains."
    )
    @click.option("--language", type=click.Choice(["nl", "en"]), default="en", show_default=True)
    @click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
    @param_option
    @releases_option
    @one_sentence
    def path_command(
        start: str,
        end: str,
        count: int,
        language: str,
        form: str,
        params: tuple[str, ...],
        releases: str | None,
    ) -> None:
        """Show the shortest chains of claims between two things, each step with its passage."""
        store, _ = open_store(releases)
        network, found = paths(store, start, end, count, parameters(params))
        if form == "json":
            content = [
                {
                    "things": [key(i) for i in p.things],
                    "labels": [network.name(i, language) for i in p.things],
                    "in_one_document": p.in_one_document,
                    "steps": [[vars(proof) for proof in step] for step in p.steps],
                }
                for p in found
            ]
            click.echo(json.dumps(content, ensure_ascii=False, indent=2))
            return
        for number, one in enumerate(found, 1):
            chain = " – ".join(network.name(i, language) for i in one.things)
            within = "" if one.in_one_document else "  (no single document proves every step)"
            click.echo(f"{number}. {chain}{within}")
            for step in one.steps:
                for proof in step:
                    said = " ".join(
                        network.name(x, language) for x in (proof.source, proof.relation, proof.target)
                    )
                    where = f"{network.name(proof.document, language)}, line {proof.line}"
                    click.echo(f"   • {said}\n       “{proof.anchor}”, {where}  {key(proof.claim)}")
        talk(f"complete: {len(found)} chains, the shortest first")

    @click.command("measure")
    @click.argument("name", metavar="VIEW")
    @click.option(
        "--measure",
        "asked",
        default="degree",
        show_default=True,
        help="degree, betweenness, pagerank, communities, comparison or changes.",
    )
    @click.option("--top", default=10, show_default=True, help="How many things of each document; 0 for all.")
    @click.option(
        "--format", "form", type=click.Choice(["table", "json", "csv"]), default="table", show_default=True
    )
    @param_option
    @releases_option
    @one_sentence
    def measure_command(
        name: str, asked: str, top: int, form: str, params: tuple[str, ...], releases: str | None
    ) -> None:
        """Measure a view document by document, and show how the measure moves with other readings."""
        view(name)
        values = parameters(params)
        store, release = open_store(releases)
        means, rows, stability = answer(store, name, asked, values, top or None)
        if form == "json":
            content = {
                "view": name, "measure": asked, "means": means, "release": release, "parameters": values,
                "rows": rows, "stability": stability,
            }  # fmt: skip
            click.echo(json.dumps(content, ensure_ascii=False, indent=2))
            return
        if form == "table":
            click.echo(f"{asked}: {means}\n")
        if rows or form == "csv":
            _rows_out(rows, form)
        if stability and form == "table":
            click.echo("\nhow it moves: agreement with the value above, from -1 to 1")
            _rows_out(stability, form)
        talk(f"complete: {len(rows)} rows")

    return [views_command, network_command, path_command, measure_command]
