"""The command ``kg``: results to stdout, talk to stderr; exit 0 fine, 1 not conforming, 2 usage, 3 the rest."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from functools import wraps
from importlib import import_module
from pathlib import Path
from typing import Any

import click
import pyoxigraph as ox

from kg import description, questions
from kg.agreement import to_markdown
from kg.anchoring import AnchorNotFoundError, locate
from kg.errors import KGError
from kg.evaluation.errors import UnreadableFileError
from kg.evaluation.loading import rdf_files
from kg.passages import PassageError
from kg.release import NotConformingError, build, releases_folder
from kg.shacl import ENGINES, read_graph
from kg.sources import AlteredSourceError, SourcesNotFoundError, sources_folder
from kg.sparql.errors import ForbiddenOperationError, TooComplexError, UnknownGraphError
from kg.store import QuerySyntaxError, evaluate, open_store
from kg.validation import validate as validate_graphs

EXIT_CODES: dict[type[KGError], int] = {
    NotConformingError: 1,
    AnchorNotFoundError: 1,
    PassageError: 1,
    AlteredSourceError: 1,
    QuerySyntaxError: 2,
    SourcesNotFoundError: 2,
    UnreadableFileError: 2,
    ForbiddenOperationError: 2,
    UnknownGraphError: 2,
    TooComplexError: 2,
    questions.UnknownQuestionError: 2,
    questions.UnknownParameterError: 2,
    questions.ParameterValueError: 2,
    description.UnknownThingError: 2,
}
"""Which exit code a cause has; every other KGError is 3."""

MORE = ("answers", "benching", "harvesting", "linking", "networking")
"""Modules of this package with more commands, and more exit codes."""

RESULT_FORMATS = {
    "json": ox.QueryResultsFormat.JSON,
    "csv": ox.QueryResultsFormat.CSV,
    "tsv": ox.QueryResultsFormat.TSV,
    "xml": ox.QueryResultsFormat.XML,
}


def exit_code(error: KGError) -> int:
    """Return the exit code of *error*: that of the nearest class in the table."""
    return next((EXIT_CODES[c] for c in type(error).__mro__ if c in EXIT_CODES), 3)


def talk(message: str) -> None:
    """Say something that is not a result."""
    click.echo(message, err=True)


def one_sentence(command: Callable[..., None]) -> Callable[..., None]:
    """Turn an error that the user can put right into its sentence and its exit code."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> None:
        try:
            command(*args, **kwargs)
        except KGError as error:
            talk(f"kg: {error}")
            sys.exit(exit_code(error))
        except BrokenPipeError:
            sys.exit(0)
        except OSError as error:
            talk(f"kg: {error.filename or ''}: {error.strerror or error}: nothing was changed")
            sys.exit(3)

    return run


def timed_progress() -> Callable[[str], None]:
    """Return a function that says each step with the seconds since the first."""
    began = time.monotonic()
    return lambda step: talk(f"{time.monotonic() - began:6.1f} s  {step}")


releases_option = click.option(
    "--releases", metavar="DIR", help="Where releases are kept (default: KG_RELEASES, else releases/)."
)
sources_option = click.option(
    "--sources",
    metavar="DIR",
    help="Where the five texts are (default: KG_SOURCES); then anchors are verified.",
)


def _store(releases: str | None) -> ox.Store:
    folder = releases_folder(releases)
    built = build(folder, progress=timed_progress())
    return open_store(built.nquads)


class Commands(click.Group):
    """Commands, of which some are imported when one of them is asked for, so that `kg serve` starts sooner."""

    def import_more(self) -> None:
        """Import the modules whose commands register themselves on ``main``."""
        for name in MORE:
            import_module(f"kg.cli.{name}")

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command."""
        if cmd_name not in self.commands:
            self.import_more()
        return super().get_command(ctx, cmd_name)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        self.import_more()
        return super().list_commands(ctx)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="grotius")
def main() -> None:
    """Grotius: Dutch policy on human rights, democracy and the legal order as a graph with its proof."""


@main.command("build")
@click.option(
    "--with",
    "extra",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A file of your own in a graph of its own: Turtle, or the metadata that `kg link table` wrote.",
)
@releases_option
@sources_option
@one_sentence
def build_command(extra: tuple[Path, ...], releases: str | None, sources: str | None) -> None:
    """Build a release, where anything it is made from has changed."""
    built = build(
        releases_folder(releases), extra=extra, sources=sources_folder(sources), progress=timed_progress()
    )
    click.echo(f"{built.folder}")


@main.command("check")
@releases_option
@sources_option
@click.option("--no-reason", is_flag=True, help="Leave the reasoner out (it needs Java).")
@one_sentence
def check_command(releases: str | None, sources: str | None, no_reason: bool) -> None:
    """Parse, validate, verify passages, reason and run the rules: good to merge?"""
    from kg.checks import check as run_checks  # here, since the reasoner's library takes long to import

    folder = sources_folder(sources)
    problems = run_checks(
        releases_folder(releases), folder, reason_too=not no_reason, progress=timed_progress()
    )
    if folder is None:
        talk("the texts are not here (no --sources, no KG_SOURCES): anchors were not verified")
    for problem in problems:
        click.echo(problem)
    if problems:
        sys.exit(1)
    click.echo("good to merge")


@main.command("validate")
@click.option("--shapes", required=True, type=click.Path(path_type=Path), help="The shapes, in any RDF format.")
@click.option(
    "--data",
    "data",
    required=True,
    multiple=True,
    type=click.Path(path_type=Path),
    help="The data; may be given more than once.",
)
@click.option("--ontology", type=click.Path(path_type=Path), help="Which classes are subclasses of which.")
@click.option(
    "--format", "form", type=click.Choice(["human", "turtle", "json"]), default="human", show_default=True
)
@click.option("--language", type=click.Choice(["nl", "en"]), default="en", show_default=True)
@click.option(
    "--engine", type=click.Choice(list(ENGINES)), default="fast", show_default=True, help="Reference: pySHACL."
)
@one_sentence
def validate_command(
    shapes: Path, data: tuple[Path, ...], ontology: Path | None, form: str, language: str, engine: str
) -> None:
    """Validate any data against any SHACL shapes."""
    beside = read_graph(ontology) if ontology else None
    report = validate_graphs(data, read_graph(shapes), beside, language=language, files=data, engine=engine)
    click.echo({"human": report.to_text, "turtle": report.to_turtle, "json": report.to_json}[form]())
    sys.exit(0 if report.conforms else 1)


@main.command("sparql")
@click.argument("query")
@click.option(
    "--format",
    "form",
    type=click.Choice([*RESULT_FORMATS, "turtle", "nt"]),
    help="Default: csv, for graphs turtle.",
)
@releases_option
@one_sentence
def sparql_command(query: str, form: str | None, releases: str | None) -> None:
    """Run SPARQL, given as text or as a file."""
    path = Path(query)
    text = path.read_text(encoding="utf-8") if len(query) < 250 and path.is_file() else query
    answer = evaluate(_store(releases), text)
    if isinstance(answer, ox.QueryTriples):
        fmt: Any = ox.RdfFormat.N_TRIPLES if form == "nt" else ox.RdfFormat.TURTLE
        answer.serialize(sys.stdout.buffer, format=fmt)
    elif isinstance(answer, ox.QueryBoolean) and form in (None, "csv", "tsv"):
        click.echo("true" if answer else "false")
    else:
        answer.serialize(sys.stdout.buffer, format=RESULT_FORMATS.get(form or "csv", ox.QueryResultsFormat.CSV))
    talk("complete")


@main.command("describe")
@click.argument("iri")
@click.option("--language", type=click.Choice(["nl", "en"]), default="en", show_default=True)
@click.option("--format", "form", type=click.Choice(["text", "turtle"]), default="text", show_default=True)
@releases_option
@one_sentence
def describe_command(iri: str, language: str, form: str, releases: str | None) -> None:
    """Say all that the graph says of one thing: `kg describe country:UKR`."""
    store, full = _store(releases), description.to_iri(iri)
    if form == "turtle":
        click.echo(description.graph_of(store, full).serialize(format="turtle"))
        return
    found = description.describe(store, full, language)
    click.echo(f"{found.label}  <{found.iri}>")
    for fact in found.facts:
        click.echo(f"  {fact.predicate_label}: {fact.object_label}")
    for one in found.evidence:
        mark = "•" if one.asserted else "◦"
        click.echo(f"  {mark} {one.label}\n      “{one.anchor}”, {one.document}, line {one.line}")


@main.command("locate")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@sources_option
@one_sentence
def locate_command(file: Path, sources: str | None) -> None:
    """Write the positions of the anchors in a document's Turtle FILE, found in the texts."""
    folder = sources_folder(sources)
    if folder is None:
        raise click.UsageError("say where the texts are: --sources DIR or KG_SOURCES")
    click.echo(f"{locate(file, folder)} passages located in {file}")


@main.command("agreement")
@one_sentence
def agreement_command() -> None:
    """Print how far the two readers agreed before settlement."""
    click.echo(to_markdown(), nl=False)


@main.command("reference")
@releases_option
@one_sentence
def reference_command(releases: str | None) -> None:
    """Print the reference of commands, addresses, settings and errors, as docs/REFERENCE.md has it."""
    from kg.cli.reference import write_reference

    click.echo(write_reference(releases), nl=False)


@main.command("serve")
@click.argument("files", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--store", "store_dir", metavar="DIR", help="A pyoxigraph store on disk, opened read-only.")
@click.option("--timeout", type=click.FloatRange(0.1), help="Seconds that one query may run (default: 10).")
@click.option("--workers", type=click.IntRange(1), help="Queries evaluated at once (default: 8).")
@click.option("--queue", type=click.IntRange(0), help="Queries that may wait for a worker (default: 64).")
@click.option("--rows", type=click.IntRange(1), help="Rows of one answer (default: 100000); beyond, it is cut.")
@click.option("--memory", type=click.IntRange(16), help="Megabytes that one query may need (default: 320).")
@click.option("--rate", help="Requests that one client may send, such as 600/minute (default: no limit).")
@click.option(
    "--proxies", type=click.IntRange(0), help="Reverse proxies in front that are believed (default: 0)."
)
@click.option(
    "--log", type=click.Choice(["none", "problems", "all"]), help="Requests logged (default: problems)."
)
@releases_option
@sources_option
@one_sentence
def serve_command(
    files: tuple[Path, ...], host: str, port: int, releases: str | None, sources: str | None, **given: Any
) -> None:
    """Serve the graph, or any RDF FILES and folders of your own: SPARQL, pages, data.

    RDF in any format (ttl, nt, nq, trig, rdf, owl, jsonld, n3; also .gz). With KG_STORE=http://… the queries go
    to that SPARQL server instead. Every option can be set as KG_TIMEOUT and so on.
    """
    from kg.web.serving import serve

    if files and given["store_dir"]:
        raise click.UsageError("give FILES or --store DIR, not both")
    environment = {f"KG_{name.upper()}": str(value) for name, value in given.items() if value is not None}
    if files:
        environment["KG_FILES"] = os.pathsep.join(str(f.resolve()) for f in files)
        rdf_files(files)
    elif not given["store_dir"] and not os.environ.get("KG_STORE"):
        build(releases_folder(releases), sources=sources_folder(sources), progress=timed_progress())
    if releases:
        environment["KG_RELEASES"] = releases
    if sources:
        environment["KG_SOURCES"] = sources
    talk(f"answering at http://{host}:{port}/ and http://{host}:{port}/sparql; end it with Ctrl-C")
    serve(host, port, environment)


__all__ = ["EXIT_CODES", "exit_code", "main"]
