"""Check that no installed run-time package has a licence we cannot ship with.

`python -m tests.licences` ends with 1 and names each package whose licence is unknown or AGPL.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
REFUSED = re.compile(r"affero|agpl|unknown|proprietary", re.IGNORECASE)


def locked_names(lock: Path) -> set[str]:
    """Return the normalised names of the packages in a lock file."""
    names = re.findall(r"^([A-Za-z0-9._-]+)==", lock.read_text(encoding="utf-8"), re.MULTILINE)
    return {normalised(name) for name in names}


def normalised(name: str) -> str:
    """Return a package name as PEP 503 writes it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def licence_of(package: dict[str, str]) -> str:
    """Return the first line of the best statement a package makes of its licence."""
    for key in ("License-Expression", "License-Classifier", "License-Metadata"):
        if package.get(key, "UNKNOWN") != "UNKNOWN":
            return package[key].splitlines()[0]
    return "unknown"


def main() -> int:
    """Print the refused packages of requirements.lock."""
    listed = subprocess.run(
        [sys.executable, "-m", "piplicenses", "--format=json", "--from=all"],
        check=True,
        capture_output=True,
        text=True,
    )
    wanted = locked_names(ROOT / "requirements.lock")
    refused = []
    for package in json.loads(listed.stdout):
        licence = licence_of(package)
        if normalised(package["Name"]) in wanted and REFUSED.search(licence):
            refused.append(f"{package['Name']} {package['Version']}: {licence}")
    print("\n".join(refused) or f"licences of {len(wanted)} locked packages: fine")
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main())
