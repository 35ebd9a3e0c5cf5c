"""What the help says is what happens: every command, query and program in it is run, its result compared."""

from __future__ import annotations

import contextlib
import csv
import io
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pyoxigraph as ox
import pytest

from kg.release import Release
from kg.store import evaluate, open_store
from kg.vocabulary import shorten
from kg.web.markdown import parser

DOCS = Path(__file__).parents[2] / "docs"
RUN = [*sorted((DOCS / "tutorials").glob("*.md")), DOCS / "add-a-document.md"]
IN_PROJECT = "<!-- run: in a copy of the project -->"
PROJECT = ("data", "ontology", "queries", "docs", "kg")


class Block(NamedTuple):
    line: int
    kind: str
    rest: str
    text: str


def blocks(path: Path) -> list[Block]:
    tokens = parser().parse(path.read_text(encoding="utf-8"))
    return [
        Block((t.map or [0])[0] + 1, *t.info.strip().partition(" ")[::2], t.content)
        for t in tokens
        if t.type in ("fence", "code_block")
    ]


def rows_of(store: ox.Store, query: str) -> list[list[str]]:
    """The answer of a SELECT, its IRIs shortened, with its header."""
    answer = evaluate(store, query)
    assert isinstance(answer, ox.QuerySolutions)
    names = [v.value for v in answer.variables]
    shown = [[shorten(t.value) if t is not None else "" for t in solution] for solution in answer]
    return [names, *shown]


def commands(text: str) -> Iterator[tuple[str, list[str]]]:
    """Each command of a session with the lines it prints; ``> `` continues a command."""
    command, printed = "", []  # type: str, list[str]
    for line in text.splitlines():
        if line.startswith("$ "):
            if command:
                yield command, printed
            command, printed = line[2:], []
        elif line.startswith("> ") and not printed:
            command += "\n" + line[2:]
        else:
            printed.append(line)
    yield command, printed


def as_pattern(lines: list[str]) -> str:
    """A pattern for what is printed; a line … stands for any lines, … at an end for the rest of the line."""
    told = [re.escape(line.removesuffix("…")) + (".*" if line.endswith("…") else "") for line in lines]
    return "".join(
        "(?:.*\n)*?" if line.strip() == "…" else f"{t}\n" for line, t in zip(lines, told, strict=True)
    )


class Reader:
    """Somebody who does what a page says, in a folder of their own."""

    def __init__(self, folder: Path, environment: dict[str, str], store: ox.Store) -> None:
        self.folder, self.environment, self.store = folder, environment, store
        self.known: dict[str, Any] = {}

    def shell(self, block: Block) -> None:
        for command, expected in commands(block.text):
            done = subprocess.run(
                ["bash", "-c", command], cwd=self.folder, env=self.environment, capture_output=True, text=True
            )
            fails = "fails" in block.rest
            printed = done.stdout + done.stderr if fails else done.stdout
            assert (done.returncode != 0) == fails, f"{command}\n{done.stderr}"
            assert re.fullmatch(as_pattern(expected), printed), f"{command}\n{done.stdout}\n{done.stderr}"

    def program(self, block: Block, expected: Block | None) -> None:
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed), contextlib.chdir(self.folder):
            exec(compile(block.text, f"line {block.line}", "exec"), self.known)
        if expected:
            assert re.fullmatch(as_pattern(expected.text.splitlines()), printed.getvalue()), printed.getvalue()

    def do(self, block: Block, after: Block | None) -> None:
        answer = after if after and after.rest in ("answer", "printed") else None
        if "file=" in block.rest:
            name = block.rest.partition("file=")[2].split()[0]
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / name).write_text(block.text, encoding="utf-8")
        elif block.kind == "sparql":
            assert answer, "the answer is not told"
            assert rows_of(self.store, block.text) == list(csv.reader(io.StringIO(answer.text)))
        elif block.kind == "console":
            self.shell(block)
        elif block.kind == "python":
            self.program(block, answer)
        else:
            assert block.rest in ("answer", "printed"), "nobody runs this block"


@pytest.mark.parametrize("path", RUN, ids=lambda p: p.stem)
def test_a_page_does_what_it_says(
    path: Path, release: Release, store: ox.Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, programs = tmp_path / "reader", tmp_path / "bin"
    folder.mkdir()
    programs.mkdir()
    if IN_PROJECT in path.read_text(encoding="utf-8"):
        for name in PROJECT:
            shutil.copytree(DOCS.parent / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    releases = tmp_path / "releases"
    shutil.copytree(release.folder.parent, releases, symlinks=True)
    home = f"PYTHONPATH={folder} " if (folder / "kg").exists() else ""
    (programs / "kg").write_text(f'#!/bin/sh\n{home}exec "{sys.executable}" -m kg "$@"\n', encoding="utf-8")
    (programs / "kg").chmod(0o755)
    changed = {"PATH": f"{programs}:{os.environ['PATH']}", "KG_RELEASES": str(releases), "LC_ALL": "C.UTF-8"}
    environment = {k: v for k, v in os.environ.items() if k != "KG_SOURCES"} | changed
    monkeypatch.setenv("KG_RELEASES", str(releases))
    reader, told = Reader(folder, environment, store), blocks(path)
    wrong = []
    for block, after in zip(told, [*told[1:], None], strict=True):
        try:
            reader.do(block, after)
        except AssertionError as error:
            wrong.append(f"{path.name}:{block.line} {str(error)[:3000]}")
    assert not wrong, "\n\n".join(wrong)


@pytest.mark.parametrize("path", sorted(DOCS.parent.glob("*.md")), ids=lambda p: p.name)
def test_the_queries_of_the_other_pages_find_something(path: Path, store: ox.Store) -> None:
    for block in blocks(path):
        if block.kind == "sparql":
            assert len(rows_of(store, block.text)) > 1


def test_a_page_whose_result_is_wrong_is_noticed(release: Release, tmp_path: Path) -> None:
    reader = Reader(tmp_path, dict(os.environ), open_store(release.nquads))
    query = Block(1, "sparql", "", "SELECT ?n { country:UKR gro:iso3166 ?n }")
    with pytest.raises(AssertionError):
        reader.do(query, Block(2, "csv", "answer", "n\nno such code\n"))
    with pytest.raises(AssertionError):
        reader.do(Block(1, "console", "", "$ echo one\ntwo\n"), None)
    with pytest.raises(AssertionError):
        reader.do(Block(1, "console", "", "$ false\n"), None)
    with pytest.raises(AssertionError):
        reader.do(Block(1, "python", "", "print(1)\n"), Block(2, "text", "printed", "2\n"))
    with pytest.raises(AssertionError):
        reader.do(Block(1, "bash", "", "rm -r x\n"), None)
