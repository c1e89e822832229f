"""Which tests run a line of the matcher, and how long each takes: only these can notice a change.

Found out by running the tests of the matcher once with branch coverage, and kept until one of
the files changes.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

import coverage
import pytest

ROOT = Path(__file__).parents[2]
KEPT = ROOT / ".mutation"
TESTS = "tests/matcher"
QUICK_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Touching:
    """What one run of the tests showed.

    Attributes
    ----------
    seconds
        How long each test took.
    tests
        For a module and one of its lines, the tests that ran it.
    """

    seconds: Mapping[str, float]
    tests: Mapping[tuple[str, int], frozenset[str]]

    def of(self, module: str, line: int) -> dict[str, float]:
        """Return the tests that can notice a change of a line, with their seconds.

        A line that no single test runs is run at the import: every test of the module can, and
        whoever looks at values or types; of those, the quick ones.
        """
        at_line = self.tests.get((module, line))
        if not at_line:
            lines = (tests for (name, _), tests in self.tests.items() if name == module)
            quick = {test for test, seconds in self.seconds.items() if seconds <= QUICK_SECONDS}
            at_line = frozenset(quick).union(*lines)
        return {test: self.seconds[test] for test in at_line if test in self.seconds}


class Durations:
    """Notes how long each test takes; a plugin of pytest."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.seconds: dict[str, float] = defaultdict(float)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Add what one part of a test took."""
        self.seconds[report.nodeid] += report.duration

    def pytest_sessionfinish(self) -> None:
        """Write the sums."""
        self.file.write_text(json.dumps(self.seconds), encoding="utf-8")


def touching() -> Touching | None:
    """Return which tests run which lines; None where the tests fail."""
    folder = KEPT / _digest()
    if not (folder / "seconds.json").is_file():
        folder.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "tests.mutation.touching", str(folder)]
        place = os.environ | {"COVERAGE_FILE": str(folder / "lines.sqlite3")}
        if subprocess.run(command, cwd=ROOT, env=place, check=False).returncode != 0:
            return None
    return _read(folder)


def _read(folder: Path) -> Touching:
    data = coverage.CoverageData(str(folder / "lines.sqlite3"))
    data.read()
    tests = {
        (Path(file).stem, line): frozenset(c.removesuffix("|run") for c in contexts if c)
        for file in data.measured_files()
        for line, contexts in data.contexts_by_lineno(file).items()
    }
    return Touching(json.loads((folder / "seconds.json").read_text(encoding="utf-8")), tests)


def _digest() -> str:
    digest = blake2b(digest_size=8)
    for folder in ("matcher", TESTS):
        for path in sorted((ROOT / folder).rglob("*.py")):
            digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return digest.hexdigest()


def main(folder: Path) -> int:
    """Run the tests of the matcher and write into the folder what they touch."""
    arguments = [TESTS, "-q", "-n", "2", "--dist", "worksteal", "-p", "no:cacheprovider"]
    arguments += ["--cov=matcher", "--cov-context=test", "--cov-report=", "--cov-fail-under=0"]
    return int(pytest.main(arguments, plugins=[Durations(folder / "seconds.json")]))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
