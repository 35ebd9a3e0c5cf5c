"""Every address of the pages is documented, and every documented address exists."""

from __future__ import annotations

import re
from pathlib import Path

from flask import Flask

from kg.web import describing, reconciliation
from kg.web.definitions import definitions
from kg.web.editor import editor
from kg.web.entity import entity
from kg.web.explorer import explorer
from kg.web.front import front
from kg.web.graphs import graphs
from kg.web.networks import networks
from kg.web.overviews import overviews

TOLD = (Path(__file__).parents[2] / "docs" / "PAGES.md").read_text(encoding="utf-8")


def first_steps() -> set[str]:
    app = Flask(__name__)
    ours = (front, entity, graphs, definitions, editor, explorer, networks, overviews)
    for blueprint in (*ours, describing.pages, reconciliation.pages):
        app.register_blueprint(blueprint)
    rules = {r.rule for r in app.url_map.iter_rules() if r.endpoint != "static"}
    return {"/" + re.split(r"[/.<]", rule[1:])[0] for rule in rules}


def test_every_address_is_documented() -> None:
    told = {"/" + re.split(r"[/.?]", a[1:])[0] for a in re.findall(r"(?:`|POST )(/[^`]*)`", TOLD)}
    told |= {"/doc"}  # where /id leads, never linked by people
    assert first_steps() <= told
    assert told - {"/sparql", "/help"} <= first_steps() | {"/"}


def test_every_picture_is_there() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    pictures = re.findall(r"\]\((docs/screenshots/[^)]+)\)", readme)
    assert len(pictures) == 2
    assert all((Path(__file__).parents[2] / p).is_file() for p in pictures)
