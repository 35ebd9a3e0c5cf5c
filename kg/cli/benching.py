"""The commands below ``kg bench``: invent a graph, measure side by side, print what was found."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import IO

import click

from kg.bench.invention import invent
from kg.cli import main, one_sentence

STEP = 20_000
"""Lines between two looks at the clock."""


@main.group("bench")
def bench() -> None:
    """Measure this software side by side with others, on an invented graph of any size."""


@bench.command("generate")
@click.argument("triples", type=click.IntRange(1))
@click.option("--output", type=click.File("w", encoding="utf-8"), default="-", help="Default: stdout.")
@click.option("--seed", default=1, show_default=True)
@click.option("--violations", default=0, metavar="N", help="Make one claim in N wrong, and some other things.")
def generate(triples: int, output: IO[str], seed: int, violations: int) -> None:
    """Invent a policy graph of at least TRIPLES triples, as N-Triples: whole documents, the same each time."""
    lines = invent(triples, seed, violations)
    began, written = time.monotonic(), 0
    with click.progressbar(length=triples, label="inventing", file=sys.stderr, show_eta=True) as bar:
        batch: list[str] = []
        for line in lines:
            batch.append(line)
            if len(batch) == STEP:
                output.writelines(batch)
                written += STEP
                bar.label = f"{written / (time.monotonic() - began) / 1000:,.0f}k triples/s"
                bar.update(STEP)
                batch.clear()
        output.writelines(batch)
        bar.update(max(0, triples - written))


@bench.command("run")
@click.option("--triples", default=1_000_000, show_default=True)
@click.option("--rounds", default=3, show_default=True)
@click.option("--seconds", default=3.0, show_default=True, help="Seconds of many clients, for each peer.")
@click.option("--questions/--no-questions", default=True, help="Ask the library's questions too.")
@click.option("--without", multiple=True, metavar="PEER", help="Leave a peer out.")
@click.option(
    "--guard", type=click.Path(path_type=Path, exists=True), help="Fail where a ratio of FILE fell by 30 %."
)
def run(
    triples: int, rounds: int, seconds: float, questions: bool, without: tuple[str, ...], guard: Path | None
) -> None:
    """Start the peers, ask them all the same, check that answers are equal; JSON to stdout."""
    from kg.bench.comparison import compare, fallen
    from kg.bench.peers import PEERS

    began = time.monotonic()

    def say(step: str) -> None:
        click.echo(f"{time.monotonic() - began:6.1f} s  {step}", err=True)

    found = compare(triples, [p for p in PEERS if p not in without], rounds, seconds, questions, say=say)
    click.echo(json.dumps(found, indent=1))
    unequal = [
        f"{q}: {p} answers otherwise"
        for q, by in found["queries"].items()
        for p, s in by.items()
        if s.get("equal") is False
    ]
    problems = unequal + (fallen(found, json.loads(guard.read_text(encoding="utf-8"))) if guard else [])
    for problem in problems:
        click.echo(problem, err=True)
    sys.exit(1 if problems else 0)


@bench.command("table")
@click.argument("results", type=click.Path(path_type=Path, exists=True))
def table(results: Path) -> None:
    """Print the tables of a run that was kept as JSON."""
    from kg.bench.comparison import to_markdown

    click.echo(to_markdown(json.loads(results.read_text(encoding="utf-8"))), nl=False)


@bench.command("plot")
@click.argument("results", type=click.Path(path_type=Path, exists=True))
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="The SVG file; else stdout.")
@one_sentence
def plot(results: Path, output: Path | None) -> None:
    """Draw a run that was kept as JSON, as SVG."""
    from kg.bench.plotting import to_svg

    picture = to_svg(json.loads(results.read_text(encoding="utf-8")))
    if output:
        output.write_bytes(picture)
    else:
        click.echo(picture, nl=False)
