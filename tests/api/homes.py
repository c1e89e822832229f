"""Home folders of offices for tests of commands: made once by the commands, then copied."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from api.cli import run

AS_OF = "2026-11-23"


@contextmanager
def living_in(home: Path) -> Iterator[None]:
    """Have the commands work in a home folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("TSUNAGITE_DATABASE_URL", raising=False)
        patch.setenv("TSUNAGITE_HOME", str(home))
        yield


class Homes:
    """Copies of a city's home folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._number = 0

    def make(self, *commands: str) -> Path:
        """Return the home in which these commands were carried out; it is kept as it is."""
        home = self.folder / "-".join(commands).replace(" ", "_")
        if not home.exists():
            with living_in(home):
                for command in commands:
                    assert run(command.split()) == 0, command
        return home

    def copy(self, *commands: str) -> Path:
        """Return a copy of such a home that a test may change."""
        self._number += 1
        return shutil.copytree(self.make(*commands), self.folder / f"copy-{self._number}")
