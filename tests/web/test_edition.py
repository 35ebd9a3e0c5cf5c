"""A newer release takes the place of the old one; nothing that runs is interrupted."""

from __future__ import annotations

import http.client
import json
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from urllib.parse import quote, urlsplit

from kg.errors import KGError
from kg.release import Release
from kg.web.problems import STATUS, name_of, status_of
from tests.web.conftest import TINY, ask, free_port, serving


def test_every_error_has_a_status_and_an_explanation() -> None:
    import kg.web.app  # noqa: F401  (all errors are known once the application is)

    open_classes = list(KGError.__subclasses__())
    while open_classes:
        kind = open_classes.pop()
        open_classes += kind.__subclasses__()
        assert 400 <= status_of(kind.__new__(kind)) < 600
        assert kind.__doc__, f"{kind.__name__} has no explanation for /problems/{name_of(kind)}"
    assert all(issubclass(kind, KGError) for kind in STATUS)


def test_a_new_release_is_served_without_a_pause(release: Release, tmp_path: Path) -> None:
    releases = tmp_path / "releases"
    shutil.copytree(release.folder, releases / release.name)
    (releases / "current").write_text(release.name + "\n")
    with serving(KG_RELEASES=str(releases)) as (base, _):
        query = f"{base}/sparql?query=ASK%20%7B%20%3Chttp%3A%2F%2Fnew%3E%20%3Fp%20%3Fo%20%7D"
        first = ask(query)
        assert json.loads(first.body)["boolean"] is False
        assert json.loads(ask(f"{base}/readyz").body)["release"] == release.name
        newer = releases / "000000000000"
        shutil.copytree(releases / release.name, newer)
        with (newer / "grotius.nq").open("a") as file:
            file.write('<http://new> <http://p> "x" .\n')
        manifest = json.loads((newer / "manifest.json").read_text())
        (newer / "manifest.json").write_text(json.dumps({**manifest, "release": newer.name}))
        pointer = releases / ".current.new"
        pointer.write_text(newer.name + "\n")
        pointer.replace(releases / "current")
        deadline, failures = time.monotonic() + 30, 0
        while json.loads(ask(query).body)["boolean"] is False and time.monotonic() < deadline:
            failures += ask(query).status != 200
            time.sleep(0.05)
        assert json.loads(ask(query).body)["boolean"] is True
        assert failures == 0
        assert ask(query).headers["ETag"] != first.headers["ETag"]
        assert json.loads(ask(f"{base}/readyz").body)["release"] == newer.name


def test_a_query_that_runs_is_answered_before_the_server_ends() -> None:
    replies: list[int] = []
    with serving(str(TINY), "--timeout", "2") as (base, server):
        port = urlsplit(base).port

        def run() -> None:
            connection = http.client.HTTPConnection("127.0.0.1", port or 80, timeout=30)
            query = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?o ?q }"
            connection.request("GET", f"/sparql?query={quote(query)}")
            replies.append(connection.getresponse().status)

        thread = threading.Thread(target=run)
        thread.start()
        time.sleep(0.5)
        server.send_signal(signal.SIGTERM)
        thread.join()
    assert replies == [503], "the query was ended by its limit, not by the shutdown"


def test_a_server_that_cannot_start_says_why_in_one_sentence(tiny_server: str, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.ttl"
    wrong.write_text("<a> <b> .")
    port = urlsplit(tiny_server).port
    for args, said in (
        (["--port", str(free_port()), str(wrong)], "wrong.ttl"),
        (["--port", str(port), str(TINY)], "choose another --port"),
        ([str(tmp_path)[:-1] + "x"], "does not exist"),
    ):
        ended = subprocess.run(
            [sys.executable, "-m", "kg", "serve", *args], capture_output=True, text=True, timeout=60
        )
        assert ended.returncode in (2, 3)
        assert said in ended.stderr
        assert "Traceback" not in ended.stderr
