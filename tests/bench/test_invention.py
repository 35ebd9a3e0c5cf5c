"""The invented graph: the same each time, as large as asked for, in the shape of the ontology."""

from __future__ import annotations

import json

from click.testing import CliRunner

from kg.bench.comparison import fallen, to_markdown
from kg.bench.invention import RELATIONS, VIOLATIONS, invent
from kg.bench.workload import analytic, library
from kg.cli import main
from kg.release import shapes
from kg.shacl import fast
from kg.validation import validate
from kg.vocabulary import DEF, ontology, relations


def test_the_same_size_and_seed_give_the_same_graph_and_another_seed_another() -> None:
    first, again, other = (list(invent(9000, seed)) for seed in (3, 3, 4))
    assert first == again != other
    assert len(first) >= 9000


def test_a_larger_graph_begins_with_the_smaller_one() -> None:
    small, large = list(invent(9000)), list(invent(20_000))
    assert large[: len(small)] == small


def test_every_invented_relation_is_one_of_the_ontology() -> None:
    assert {f"{DEF}{r[1]}" for r in RELATIONS} <= {str(r) for r in relations()}
    assert sum(r[3] for r in RELATIONS) == 100


def test_every_kind_of_violation_is_found_by_a_constraint_of_its_own(tmp_path) -> None:  # type: ignore[no-untyped-def]
    file = tmp_path / "wrong.nt"
    file.write_text("".join(invent(20_000, violations=20)))
    report = validate([file], shapes(), ontology())
    assert len({r.rule for r in report.results}) >= len(VIOLATIONS)
    assert len(fast("".join(invent(20_000)), shapes(), ontology())) == 2


def test_there_are_sixteen_analytic_queries_and_every_question_of_the_library() -> None:
    assert len(analytic()) == 16
    assert sum(a.light for a in analytic()) == 6
    assert len(library()) >= 10


def test_the_command_writes_what_the_function_yields() -> None:
    result = CliRunner().invoke(main, ["bench", "generate", "5000"])
    assert result.exit_code == 0
    assert result.stdout == "".join(invent(5000))


def test_a_ratio_that_falls_by_more_than_thirty_percent_is_reported() -> None:
    assert fallen({"ratios": {"peer": 6.9}}, {"ratios": {"peer": 10.0}})
    assert not fallen({"ratios": {"peer": 7.1}}, {"ratios": {"peer": 10.0}})


def test_a_run_is_told_as_a_table_with_ratios() -> None:
    mix = [{"clients": 1, "per_second": 2.0, "cpu_us": 3, "median_ms": 4.0, "p99_ms": 5.0}]
    sample = {"median_ms": 2.0, "equal": True}
    found = {
        "triples": 10, "rounds": 1, "machine": {"cpus": 2, "python": "3", "load": 0.0},
        "peers": {n: {"seconds": 1, "cpu_s": 1, "memory_mb": 1} for n in ("grotius", "other")},
        "queries": {"q": {"grotius": sample, "other": {"median_ms": 6.0, "equal": True}}},
        "light_mix": {"grotius": mix, "other": mix},
    }  # fmt: skip
    assert "| q | 2.0 | 6.0 (3.0 ×) |" in to_markdown(json.loads(json.dumps(found)))
