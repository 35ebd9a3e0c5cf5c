"""The map is true: what the documents say about commands, files and figures holds."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from kg.agreement import to_markdown
from kg.cli import main
from kg.cli.reference import facts_of, parameters_of, write_reference
from kg.questions import questions
from kg.release import Release
from kg.store import QuerySyntaxError
from kg.web import explorer, front, sparql

ROOT = Path(__file__).parents[2]
PAGES = sorted(p for p in ROOT.rglob("*.md") if not {".venv", "node_modules", "releases"} & set(p.parts))


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_every_link_to_a_file_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!http)([^)#]+)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_every_command_is_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for name in main.list_commands(click.Context(main)):
        assert f"kg {name}" in readme, name


def test_every_command_and_option_has_help() -> None:
    plain = {"language", "form", "host", "port"}
    assert len(main.list_commands(click.Context(main))) > 15
    for name, command in main.commands.items():
        assert command.help, name
        for option in command.params:
            if isinstance(option, click.Option) and option.name not in plain:
                assert option.help, (name, option.name)


def test_every_question_named_in_the_readme_exists() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for name in re.findall(r"kg ask ([a-z-]+)", readme):
        assert name in questions()


def test_the_figures_of_the_readme_are_those_of_the_release(release: Release) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    classes = release.manifest["statistics"]["classes"]  # type: ignore[index]
    found = re.search(r"became ([\d,]+) claims about ([\d,]+)", readme)
    assert found
    assert int(found[1].replace(",", "")) == classes["gro:Claim"]
    assert int(found[2].replace(",", "")) == classes["gro:Matter"]


def test_the_codebook_shows_the_agreement_that_the_readings_have() -> None:
    assert to_markdown() in (ROOT / "docs" / "METHODS.md").read_text(encoding="utf-8")


def test_the_reference_is_what_the_code_says(release: Release) -> None:
    told = write_reference(str(release.folder.parent))
    assert told == (ROOT / "docs" / "REFERENCE.md").read_text(encoding="utf-8"), (
        "run `kg reference > docs/REFERENCE.md`"
    )


def test_every_parameter_of_an_address_has_a_meaning() -> None:
    reference = (ROOT / "docs" / "REFERENCE.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| `([^`]+)` \|  \|$", reference, re.MULTILINE) == []


def test_the_reference_finds_what_the_code_of_an_address_reads() -> None:
    assert parameters_of(front.search) == {"q", "kind"}
    assert parameters_of(explorer.network_json) >= {"from", "to", "node", "relation", "stance", "most"}
    assert parameters_of(sparql.sparql) >= {"query", "update", "format", "default-graph-uri"}
    assert facts_of(QuerySyntaxError) == "`problem`, `line`, `column`"


def test_no_page_names_a_path_of_the_machine_it_was_written_on() -> None:
    mark = "/".join(["", "work", ""])
    tracked = [
        p for p in ROOT.rglob("*") if p.suffix in (".md", ".py", ".toml", ".ttl", ".rq", ".yaml", ".lock")
    ]
    tracked = [p for p in tracked if not {".venv", "node_modules", "releases"} & set(p.parts)]
    assert [p for p in tracked if mark in p.read_text(encoding="utf-8")] == []
