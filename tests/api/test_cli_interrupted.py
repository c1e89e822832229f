"""Ctrl+C: exit code 130, one line that says what is true now, and no half of anything."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import typer

from api import cli
from api.usage import STOPPED, STOPPED_IN, interrupted_words
from db.municipality import SqlMunicipalityStore
from db.session import Database
from exchange import importing
from exchange.report import ImportReport
from exchange.target import Target
from tests.api.homes import Homes, living_in

CODE = "112305"
TOWNS = "町名,緯度,経度\n野火止五丁目,35.790,139.550\n"
SETTING_UP = "init --municipality niiza"


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Homes:
    return Homes(tmp_path_factory.mktemp("homes"))


def towns_in(home: Path) -> list[str]:
    """Return the names of the towns in a home."""
    database = Database(f"sqlite:///{home / 'cases.sqlite3'}")
    names = [town.name for town in SqlMunicipalityStore(database, CODE).towns()]
    database.close()
    return names


def wait_for(process: subprocess.Popen[str], is_so: Callable[[], bool]) -> None:
    """Wait until something is so while a process goes on."""
    while process.poll() is None:
        if is_so():
            return
        time.sleep(0.02)
    pytest.fail(f"the command ended too early: {process.communicate()}")


def interrupt(process: subprocess.Popen[str]) -> tuple[str, str]:
    """Press Ctrl+C until a process ends: between two waits it may be missed."""
    for _ in range(12):
        process.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            return process.communicate(timeout=5)
    pytest.fail("the command did not end")


def test_a_command_ends_with_130_and_one_line(homes: Homes, tmp_path: Path) -> None:
    """The second file takes seconds to read: the command is in it, with the first file done."""
    home = homes.copy(SETTING_UP)
    done, long = tmp_path / "towns.csv", tmp_path / "long.csv"
    done.write_text(TOWNS, encoding="utf-8")
    header, row = TOWNS.splitlines(keepends=True)
    long.write_text(header + row.replace("五", "六") * 100_000, encoding="utf-8")
    command = [sys.executable, "-m", "api.cli", "import", "towns", str(done), str(long)]
    process = subprocess.Popen(
        command,
        env={**os.environ, "TSUNAGITE_HOME": str(home), "PYTHONUTF8": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        # Whoever runs the tests in the background hands on that the signal is ignored.
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
    )
    try:
        wait_for(process, lambda: towns_in(home) != [])
        time.sleep(0.3)  # until it has let go of the first file
        out, told = interrupt(process)
    finally:
        process.kill()
    assert process.returncode == cli.INTERRUPTED
    assert told == STOPPED_IN["import"] + "\n"
    assert out == ""
    assert towns_in(home) == ["野火止五丁目"]


def test_half_an_import_is_taken_back(
    homes: Homes,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Whoever interrupts when the rows are written, but not yet kept, finds none of them."""
    home = homes.copy(SETTING_UP)
    towns = importing.KINDS["towns"]

    def interrupted(said: Any, target: Target) -> list[ImportReport]:
        towns.keep(said, target)
        raise KeyboardInterrupt

    monkeypatch.setattr(importing, "KINDS", {"towns": replace(towns, keep=interrupted)})
    path = tmp_path / "towns.csv"
    path.write_text(TOWNS, encoding="utf-8")
    with living_in(home):
        assert cli.run(["import", "towns", str(path)]) == cli.INTERRUPTED
    assert capsys.readouterr().err == STOPPED_IN["import"] + "\n"
    assert towns_in(home) == []


def test_nothing_half_written_stays_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from exchange.files import write_bytes

    out = tmp_path / "out.csv"
    out.write_bytes(b"before")

    def interrupted(descriptor: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_bytes(out, b"after")
    assert [(each, each.read_bytes()) for each in tmp_path.iterdir()] == [(out, b"before")]


@pytest.mark.parametrize(("interrupt", "code"), [(KeyboardInterrupt, 130), (EOFError, 1)])
def test_a_question_may_be_left_unanswered(
    homes: Homes,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    interrupt: type[BaseException],
    code: int,
) -> None:
    """Ctrl+C and Ctrl+D where a password is asked for; nobody is registered."""

    def unanswered(prompt: str) -> str:
        raise interrupt

    monkeypatch.setattr("typer._click.termui.hidden_prompt_func", unanswered)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    with living_in(homes.make(SETTING_UP)):
        options = ("--role", "coordinator", "--name", "水野", "--office", "福祉相談室")
        assert cli.run(["user", "add", "mizuno", *options]) == code
        assert capsys.readouterr().err.strip().count("\n") == 0
        assert cli.run(["user", "list"]) == 0
    assert "mizuno" not in capsys.readouterr().out


def test_every_command_has_true_words() -> None:
    """A sentence of its own stands for a command that there is, and all others change nothing."""
    known = set(getattr(typer.main.get_command(cli.app), "commands", {}))
    assert STOPPED_IN.keys() <= known
    assert interrupted_words(["rank", "--opening", "x"]) == interrupted_words([]) == STOPPED
