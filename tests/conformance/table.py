"""The W3C suites over HTTP, and docs/CONFORMANCE.md made of what they found.

``KG_CONFORMANCE`` is a folder with the suites and their runner ``conf.py``. ``python -m
tests.conformance.table`` runs them and writes the file; the test runs them and compares.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
DOCUMENT = ROOT / "docs" / "CONFORMANCE.md"
MISSES = HERE / "misses.tsv"
PYTHON = sys.executable
ENGINE = """
import os, signal, subprocess, sys
port, folder = int(sys.argv[1]), sys.argv[2]
behind = port - 1 if port > 60000 else port + 1
programs = os.path.dirname(sys.executable)
engine = [os.path.join(programs, "oxigraph"), "serve", "--location", folder + "/engine"]
first = subprocess.Popen([*engine, "--bind", f"127.0.0.1:{behind}"])
env = {**os.environ, "KG_STORE": f"http://127.0.0.1:{behind}/query", "KG_TOKEN": "token"}
second = subprocess.Popen([sys.executable, "-m", "kg", "serve", "--port", str(port)], env=env)
signal.signal(signal.SIGTERM, lambda *_: (second.terminate(), first.terminate()))
second.wait()
first.terminate()
"""
PARTS = {
    "query-sparql10": "SPARQL 1.0 queries",
    "query-sparql11": "SPARQL 1.1 queries",
    "query-sparql12": "SPARQL 1.2 queries",
    "syntax": "Syntax, 1.0 to 1.2, right and wrong",
    "update-syntax": "Syntax of updates",
    "update-": "Updates",
    "protocol-w3c": "SPARQL Protocol",
    "gsp-w3c": "Graph Store Protocol",
}


def run(suites: Path, *arguments: str) -> dict[str, list[dict[str, Any]]]:
    """Run the suites' runner; its verdicts by part."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out.json"
        command = [PYTHON, "-B", str(suites / "conf.py"), *arguments, "--out", str(out)]
        env = {k: v for k, v in os.environ.items() if not k.startswith("KG_")}
        subprocess.run(command, check=True, cwd=ROOT, env=env, stdout=subprocess.DEVNULL)
        results: dict[str, list[dict[str, Any]]] = json.loads(out.read_text())["results"]
        return results


def verdicts(suites: Path) -> dict[str, list[dict[str, Any]]]:
    """Every test: queries and their syntax on files, updates and both protocols in front of an engine."""
    address = "http://127.0.0.1:{port}"
    served = f"{PYTHON} -m kg serve {{data}} --port {{port}} --log none"
    files = run(
        suites, "--cmd", served, "--query", f"{address}/sparql", "--loader", "cmd", "--parts", "query,syntax"
    )
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "engine.py"
        script.write_text(ENGINE)
        started = f"{PYTHON} {script} {{port}} {{dir}}"
        where = ["--query", f"{address}/sparql", "--update", f"{address}/sparql", "--gsp", f"{address}/store"]
        where += ["--gsp-direct", f"{address}/store", "--user", "any:token", "--loader", "gsp"]
        engine = run(suites, "--cmd", started, *where, "--parts", "syntax,update,protocol,gsp")
    updates = {part: tests for part, tests in engine.items() if not part.startswith("syntax")}
    return {**{part: tests for part, tests in files.items() if not part.startswith("update")}, **updates}


def explanations() -> dict[str, str]:
    """Why each missed test is missed."""
    lines = [line.split("\t") for line in MISSES.read_text(encoding="utf-8").splitlines() if line]
    return {line[0]: line[1] for line in lines}


def document(found: dict[str, list[dict[str, Any]]]) -> str:
    """The table, and a line for each miss."""
    why, total, passed_total = explanations(), 0, 0
    lines = [
        "# Conformance",
        "",
        "The W3C suites (rdf-tests: SPARQL 1.0, 1.1, 1.2), run over HTTP; made by",
        "`python -m tests.conformance.table`, and compared with a new run by a test. Queries are asked of",
        "`kg serve FILE`, updates and graphs of `kg serve` before an Oxigraph server. Entailment regimes and",
        "federated queries are not offered, and not counted.",
        "",
        "| part | passed | of |",
        "|---|---|---|",
    ]
    for start, title in PARTS.items():
        tests = [
            test
            for part, group in sorted(found.items())
            for test in group
            if part.startswith(start) and not (start == "update-" and part.startswith("update-syntax"))
            if test["verdict"] != "skip"
        ]
        passed = sum(test["verdict"] in ("pass", "value") for test in tests)
        total, passed_total = total + len(tests), passed_total + passed
        lines.append(f"| {title} | {passed} | {len(tests)} |")
    lines += [
        f"| **all** | **{passed_total}** | **{total}** |",
        "",
        "## Each miss",
        "",
        "| test | why |",
        "|---|---|",
    ]
    missed = sorted(t["id"] for group in found.values() for t in group if t["verdict"] == "fail")
    lines += [f"| `{name}` | {why.get(name, 'NOT EXPLAINED')} |" for name in missed]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    DOCUMENT.parent.mkdir(exist_ok=True)
    DOCUMENT.write_text(document(verdicts(Path(os.environ["KG_CONFORMANCE"]))), encoding="utf-8")
