"""A real browser on the real pages: Chromium without a head, and three things that never happen.

No page error, no violation of the content security policy, no request to another host: every page that a
test opens is watched for them.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from kg.release import Release

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def unavailable(reason: str) -> None:
    """Skip with the reason on a user's machine; in CI, which installs everything, fail."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        unavailable("no browser tests: playwright is not installed (pip install -r requirements-ci.lock)")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not chromium:
        unavailable("no browser tests: no Chromium here (on Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture(scope="session")
def site(release: Release) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    env = {**os.environ, "KG_RELEASES": str(release.folder.parent)}
    server = subprocess.Popen([sys.executable, "-m", "kg", "serve", "--port", str(port)], env=env)
    address = f"http://127.0.0.1:{port}"
    for _ in range(400):
        try:
            urllib.request.urlopen(address).close()
            break
        except OSError:
            time.sleep(0.1)
    yield address
    server.send_signal(signal.SIGTERM)
    server.wait(20)


Open = Callable[..., Any]


@pytest.fixture
def visit(browser: Any, site: str) -> Iterator[Open]:
    """Open a page of the site: ``visit("/map", language="nl", shade="dark", width=390)``."""
    contexts: list[Any] = []
    wrong: list[str] = []

    def open_page(path: str, language: str = "en", shade: str = "light", width: int = 1280) -> Any:
        context = browser.new_context(
            base_url=site, color_scheme=shade, locale=language, viewport={"width": width, "height": 900}
        )
        contexts.append(context)
        page = context.new_page()
        page.add_init_script(
            "addEventListener('securitypolicyviolation', e => console.error("
            "`POLICY ${e.violatedDirective} ${e.sourceFile}:${e.lineNumber} ${e.target?.outerHTML}`))"
        )
        page.on("pageerror", lambda error: wrong.append(f"page error: {error}"))
        page.on("console", lambda said: "POLICY" in said.text and wrong.append(said.text))
        page.on(
            "request",
            lambda asked: (
                urlsplit(asked.url).scheme in ("http", "https", "ws", "wss")
                and not asked.url.startswith(site)
                and wrong.append(f"a request to {asked.url}")
            ),
        )
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert wrong == []
