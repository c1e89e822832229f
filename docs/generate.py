"""Write the pages that come from the code, or say which of them are out of date.

`python -m docs.generate` writes them, `python -m docs.generate --check` only compares.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from docs.asvs import asvs_page
from docs.cli import cli_page
from docs.manual import manual_page
from docs.states import states_page
from docs.vocabulary import vocabulary_page

FOLDER = Path(__file__).parent

GENERATED: dict[str, Callable[[], str]] = {
    "asvs.md": asvs_page,
    "cli.md": cli_page,
    "manual/model_case.md": manual_page,
    "states.md": states_page,
    "vocabulary.md": vocabulary_page,
}
"""Each generated file, by its path in `docs/`, with the function that returns its text."""


def stale(folder: Path = FOLDER, pages: Mapping[str, Callable[[], str]] = GENERATED) -> list[str]:
    """Return the generated files that are missing or differ from what the code says."""
    return [name for name, page in pages.items() if _text(folder / name) != page()]


def write(folder: Path = FOLDER, pages: Mapping[str, Callable[[], str]] = GENERATED) -> list[str]:
    """Write the files that are out of date and return their names."""
    changed = stale(folder, pages)
    for name in changed:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(pages[name]().encode())
    return changed


def main(arguments: Sequence[str], folder: Path = FOLDER) -> int:
    """Run the command and return its exit code."""
    match list(arguments):
        case []:
            for name in write(folder):
                print(f"wrote {folder.name}/{name}")
            return 0
        case ["--check"]:
            names = stale(folder)
            for name in names:
                print(f"{folder.name}/{name} is out of date: run `make docs`", file=sys.stderr)
            return 1 if names else 0
        case _:
            print("usage: python -m docs.generate [--check]", file=sys.stderr)
            return 2


def _text(path: Path) -> str | None:
    return path.read_bytes().decode() if path.is_file() else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
