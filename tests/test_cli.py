"""The command line: results to stdout, talk to stderr, one sentence for each mistake, honest exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kg import errors
from kg.cli import EXIT_CODES, exit_code, main
from kg.release import Release


@pytest.fixture(scope="module")
def run(release: Release):  # type: ignore[no-untyped-def]
    def invoke(*args: str) -> Result:
        return CliRunner().invoke(
            main, list(args), env={"KG_RELEASES": str(release.folder.parent), "KG_SOURCES": ""}
        )

    return invoke


def subclasses(cls: type) -> set[type]:
    return {cls}.union(*(subclasses(c) for c in cls.__subclasses__()))


def test_every_error_has_an_exit_code() -> None:
    for error in subclasses(errors.KGError):
        assert exit_code(error.__new__(error)) in (1, 2, 3)
    assert set(EXIT_CODES.values()) <= {1, 2, 3}


def test_a_question_is_answered_with_its_passages(run) -> None:  # type: ignore[no-untyped-def]
    result = run("ask", "countries-of-an-instrument", "--format", "json")
    assert result.exit_code == 0, result.stderr
    said = json.loads(result.stdout)
    at = [c["name"] for c in said["columns"]]
    countries = {row[at.index("country")]["label"] for row in said["rows"]}
    assert countries >= {"Mali", "Uganda"}
    assert all(row[at.index("anchor")]["value"] for row in said["rows"])
    assert "complete" in result.stderr


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (["ask", "countries-of-an-instrumnt"], 2, "did you mean 'countries-of-an-instrument'"),
        (["ask", "countries-of-an-instrument", "--param", "land=country:UKR"], 2, "has no parameter 'land'"),
        (["ask", "countries-of-an-instrument", "--param", "instrument"], 2, "write --param NAME=VALUE"),
        (["ask", "countries-of-an-instrument", "--param", "instrument=instrument:x> } #"], 2, "give an IRI"),
        (
            ["ask", "countries-of-an-instrument", "--param", "instrument=instrument:none"],
            2,
            "nothing in the graph",
        ),
        (["sparql", "SELECT WHERE"], 2, "not valid SPARQL"),
        (["describe", "country:XYZ"], 2, "nothing in the graph"),
        (["check", "--sources", "/nowhere"], 2, "correct --sources"),
        (["validate", "--shapes", "/nowhere.ttl", "--data", "/nowhere.ttl"], 3, "no such file"),
    ],
)
def test_a_mistake_gets_one_sentence_and_its_exit_code(run, args: list[str], code: int, said: str) -> None:  # type: ignore[no-untyped-def]
    result = run(*args)
    assert result.exit_code == code, result.output
    assert said in result.stderr
    assert "Traceback" not in result.output


def test_a_thing_is_described_with_anchors(run) -> None:  # type: ignore[no-untyped-def]
    result = run("describe", "country:UKR", "--language", "nl")
    assert result.exit_code == 0
    assert "Oekraïne" in result.stdout
    assert "regel" in result.stdout or "line" in result.stdout


def test_validate_reports_file_line_and_a_correct_example(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    tiny = Path(__file__).parent / "tiny.ttl"
    broken = tmp_path / "broken.ttl"
    broken.write_text(
        tiny.read_text(encoding="utf-8").replace("gro:status gro:explicit ;", ""), encoding="utf-8"
    )
    root = Path(__file__).parents[1] / "ontology"
    args = ["validate", "--shapes", str(root / "shapes" / "data.ttl"), "--ontology", str(root / "core.ttl")]
    result = run(*args, "--data", str(broken))
    assert result.exit_code == 1
    assert "broken.ttl:" in result.stdout
    assert "correct: gro:status gro:explicit" in result.stdout
    as_json = run(*args, "--data", str(broken), "--format", "json")
    assert json.loads(as_json.stdout)["conforms"] is False
    assert "ValidationReport" in run(*args, "--data", str(broken), "--format", "turtle").stdout
