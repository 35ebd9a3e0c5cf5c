"""The commands that ask, prove, verify, explain and compare answers."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click
import pyoxigraph as ox

from kg import coverage, tables
from kg.algebra import NoProofError
from kg.answers import Answer, Cell, ask, of_query
from kg.changes import changes
from kg.cli import EXIT_CODES, main, one_sentence, releases_option, sources_option, talk, timed_progress
from kg.explanation import explain
from kg.footnotes import to_bibtex, to_csl, to_text, wording
from kg.library import to_markdown
from kg.parameters import ParameterValueError, choices
from kg.proof import Reader, passages_under
from kg.questions import bind, question, questions
from kg.release import Release, build, named, releases_folder
from kg.repetition import repeat
from kg.sources import sources_folder
from kg.store import open_store
from kg.verification import UnreadableAnswerError, read_answer, verify

EXIT_CODES.update({NoProofError: 2, UnreadableAnswerError: 2})
FORMATS = ("table", "json", "csv", "xlsx", "md", "footnotes", "bibtex", "csl")
PROVED = ("footnotes", "bibtex", "csl", "md", "xlsx")
"""Formats that are nothing without their proof."""

language_option = click.option(
    "--language", type=click.Choice(["nl", "en"]), default="en", show_default=True, help="Of labels and words."
)


def opened(releases: str | None, name: str | None = None) -> tuple[Release, ox.Store]:
    """Return the release *name*, or the newest, and its store."""
    folder = releases_folder(releases)
    release = named(folder, name) if name else build(folder, progress=timed_progress())
    return release, open_store(release.nquads)


def values_of(params: tuple[str, ...]) -> dict[str, str]:
    """Return what ``--param NAME=VALUE`` says."""
    values = {}
    for param in params:
        key, equals, value = param.partition("=")
        if not equals:
            raise ParameterValueError(key, "", "write --param NAME=VALUE")
        values[key] = value
    return values


def show(answer: Answer, form: str, store: ox.Store) -> None:
    """Write an answer to stdout in one of the formats; what it means goes to stderr."""
    if form == "json":
        click.echo(answer.to_json())
    elif form == "csv":
        click.echo(tables.to_csv(answer), nl=False)
    elif form == "xlsx":
        sys.stdout.buffer.write(tables.to_xlsx(answer))
    elif form == "md":
        click.echo(tables.to_markdown(answer), nl=False)
    elif form == "footnotes":
        click.echo(to_text(answer), nl=False)
    elif form == "bibtex":
        click.echo(to_bibtex(answer, store), nl=False)
    elif form == "csl":
        click.echo(to_csl(answer, store), nl=False)
    else:
        _show_rows(answer)
    talk(f"{'complete' if answer.complete else 'cut'}: {len(answer.rows)} rows. {answer.verdict_text}")
    for warning in answer.warnings:
        talk(f"caution: {warning}")
    if answer.no_proof:
        talk(answer.no_proof)


def _show_rows(answer: Answer) -> None:
    for at, row in enumerate(answer.rows):
        click.echo(_sentence(answer, row))
        if answer.proof:
            for iri in passages_under(answer.proof, answer.proof.rows[at]):
                click.echo(f"    {wording(answer.proof.passages[iri], answer.language)}")


def _sentence(answer: Answer, row: tuple[Cell | None, ...]) -> str:
    """Return one row for people: names with their short IRIs, the rest by column, the anchor last, quoted."""
    parts, anchors = [], []
    for column, cell in zip(answer.columns, row, strict=True):
        if cell is None or column.name.endswith("Label"):
            continue
        value = tables.lexical(cell)
        if column.name.startswith("anchor"):
            anchors.append(f"“{value}”")
        elif cell.label and not value.startswith(("claim:", "document:")):
            parts.append(f"{cell.label} <{value}>")
        else:
            parts.append(value if value.startswith(f"{column.name}:") else f"{column.name} {value}")
    return "  ".join(parts) + ("\n    " + " ".join(anchors) if anchors else "")


@main.command("questions")
@language_option
@click.option("--tag", help="Only questions with this tag.")
@click.option("--markdown", is_flag=True, help="The whole index, as docs/QUESTIONS.md has it.")
@one_sentence
def questions_command(language: str, tag: str | None, markdown: bool) -> None:
    """List the questions that `kg ask` answers."""
    if markdown:
        click.echo(to_markdown(), nl=False)
        return
    for name, asked in questions().items():
        if tag is None or tag in asked.tags:
            blanks = "".join(f" [--param {p.name}={p.default}]" for p in asked.parameters)
            click.echo(f"{name}{blanks}\n    {asked.text[language]}")


@main.command("choices")
@click.argument("name")
@click.argument("parameter")
@language_option
@releases_option
@one_sentence
def choices_command(name: str, parameter: str, language: str, releases: str | None) -> None:
    """List what may fill the blank PARAMETER of the question NAME."""
    asked = question(name)
    bind(asked, {} if any(p.name == parameter for p in asked.parameters) else {parameter: ""})
    blank = next(p for p in asked.parameters if p.name == parameter)
    _, store = opened(releases)
    for choice in choices(store, blank):
        click.echo(f"{choice.value}\t{getattr(choice, language)}")


@main.command("ask")
@click.argument("name")
@click.option("--param", "params", multiple=True, metavar="NAME=VALUE", help="Fill in a blank of the question.")
@click.option("--proof", is_flag=True, help="With each row the claims, rules and passages it rests on.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="table", show_default=True)
@click.option("--json", "form", flag_value="json", help="The same as --format json.")
@click.option("--release", "name_of_release", help="Ask an older release (default: the newest).")
@language_option
@releases_option
@one_sentence
def ask_command(
    name: str,
    params: tuple[str, ...],
    proof: bool,
    form: str,
    name_of_release: str | None,
    language: str,
    releases: str | None,
) -> None:
    """Answer a question of the library, with the passages that prove the answer."""
    question(name)
    values = values_of(params)
    release, store = opened(releases, name_of_release)
    answer = ask(store, release, name, values, language=language, proof=proof or form in PROVED)
    show(answer, form, store)


@main.command("prove")
@click.argument("query")
@click.option("--format", "form", type=click.Choice(FORMATS), default="table", show_default=True)
@language_option
@releases_option
@one_sentence
def prove_command(query: str, form: str, language: str, releases: str | None) -> None:
    """Answer any SELECT, given as text or file, with its proof, or say why there is none."""
    release, store = opened(releases)
    show(of_query(store, release, _text(query), language=language, proof=True), form, store)


def _text(query: str) -> str:
    path = Path(query)
    return path.read_text(encoding="utf-8") if len(query) < 250 and path.is_file() else query


@main.command("verify")
@click.argument("answer", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@releases_option
@sources_option
@one_sentence
def verify_command(answer: Path, releases: str | None, sources: str | None) -> None:
    """Check an answer (JSON) against its release, and against the texts where they are here."""
    said = read_answer(answer)
    given = said["release"].get("name") if isinstance(said["release"], dict) else None
    folder = releases_folder(releases)
    release = named(folder, str(given))
    texts = sources_folder(sources)
    problems = verify(said, open_store(release.nquads), release, texts)
    if texts is None:
        talk("the texts are not here (no --sources, no KG_SOURCES): anchors were not looked up in them")
    for problem in problems:
        click.echo(problem)
    if problems:
        talk(f"rejected: {len(problems)} parts are not borne out by release {release.name}")
        sys.exit(1)
    click.echo(f"verified: {len(said['rows'])} rows follow from release {release.name}")


@main.command("repeat")
@click.argument("answer", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@language_option
@releases_option
@one_sentence
def repeat_command(answer: Path, language: str, releases: str | None) -> None:
    """Ask the question of an older answer (JSON) again of the newest release: unchanged, or what changed."""
    said = read_answer(answer)
    release, store = opened(releases)
    click.echo(repeat(said, store, release).in_words(language))


@main.command("why")
@click.argument("query")
@click.option("--param", "params", multiple=True, metavar="NAME=VALUE", help="Fill in a blank of a question.")
@language_option
@releases_option
@one_sentence
def why_command(query: str, params: tuple[str, ...], language: str, releases: str | None) -> None:
    """Explain, pattern by pattern, why a question, a file or a SELECT returns what it returns."""
    text = bind(question(query), values_of(params)) if query in questions() else _text(query)
    _, store = opened(releases)
    found = explain(store, text, language)
    for step in found.steps:
        click.echo(step.in_words(language))
    click.echo(f"= {found.rows}")
    if found.culprit:
        talk(f"nothing is left after: {found.culprit.pattern}")
    reader = Reader(store, language)
    for gap in found.verdict.gaps:
        talk(f"not covered: {reader.label(gap.term)} in {reader.label(gap.document)}")


@main.command("diff")
@click.argument("old")
@click.argument("new")
@language_option
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@releases_option
@one_sentence
def diff_command(old: str, new: str, language: str, form: str, releases: str | None) -> None:
    """List, in words, the claims and things that changed from release OLD to release NEW."""
    folder = releases_folder(releases)
    stores = [open_store(named(folder, n).nquads) for n in (old, new)]
    found = changes(stores[0], stores[1], language)
    if form == "json":
        listed = [{"change": c.kind, "iri": c.iri, "label": c.label, "details": list(c.details)} for c in found]
        click.echo(json.dumps(listed, ensure_ascii=False, indent=1))
    else:
        for change in found:
            click.echo(change.in_words(language))
    talk(f"{len(found)} changes" if found else "nothing changed")


@main.command("coverage")
@language_option
@releases_option
@one_sentence
def coverage_command(language: str, releases: str | None) -> None:
    """Print, as CSV, how many of each class and relation were found in each document; - where nobody looked."""
    _, store = opened(releases)
    click.echo(coverage.to_csv(store, Reader(store, language)), nl=False)
