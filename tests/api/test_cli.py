"""The command line as a whole: its help, its wrong arguments, its unforeseen errors."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from api import cli
from api.cli import app, run
from api.command_refusals import MESSAGES, CommandRefused
from api.commands import setting_up

ROOT = Path(__file__).parents[2]
HEAVY = ("fastapi", "sqlalchemy", "pydantic", "numpy", "scipy", "sklearn", "ortools", "pandas")
JAPANESE = range(0x3040, 0xA000)


def commands(command: Any = None, words: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the words of every command and every group of commands."""
    yield words
    for name, inner in getattr(command or get_command(app), "commands", {}).items():
        yield from commands(inner, (*words, name))


def is_japanese(text: str) -> bool:
    return any(ord(character) in JAPANESE for character in text)


def test_nothing_heavy_loads_before_it_is_used() -> None:
    """So that the help answers at once."""
    source = "import api.cli, json, sys; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", source], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = {name.split(".")[0] for name in json.loads(done.stdout)}
    assert not loaded.intersection(HEAVY)


@pytest.mark.parametrize("words", list(commands()), ids=" ".join)
def test_every_command_has_help_in_japanese(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    """What it does, and every option and argument."""
    assert run([*words, "--help"]) == 0
    told = capsys.readouterr().out
    assert is_japanese(told)
    for english in ("Show this message", "Options", "Arguments", "[required]", "[default"):
        assert english not in told
    command: Any = get_command(app)
    for word in words:
        command = command.commands[word]
    assert is_japanese(command.help or "")
    assert [each.name for each in command.params if not is_japanese(each.help or "")] == []


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ("ini --municipality sample", "「ini」というコマンドはありません。init"),
        ("init", "「--municipality」の指定がありません"),
        ("init --municipality", "「--municipality」の値がありません"),
        ("init --munic sample", "「--munic」という指定はありません"),
        ("match now", "多すぎるか、足りません"),
        ("audit show --last many", "「--last」"),
        ("import", "「KIND」の指定がありません"),
    ],
)
def test_wrong_arguments_are_told_in_japanese(
    arguments: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments.split()) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert told in printed.err
    assert "--help" in printed.err


def test_a_group_without_a_command_shows_its_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["audit"]) == 2
    printed = capsys.readouterr()
    assert "verify" in printed.out + printed.err
    assert "指定を読めません" not in printed.err


def test_an_unforeseen_error_shows_no_traceback_and_no_values(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its kind and where it happened; its text may name people."""

    def fail() -> None:
        raise RuntimeError("佐藤 花子")

    monkeypatch.setattr(setting_up, "read_settings", fail)
    assert run(["migrate"]) == 1
    told = capsys.readouterr().err
    assert "RuntimeError、fail:" in told
    assert "佐藤" not in told
    assert "Traceback" not in told


def test_an_interrupted_command_ends_with_130(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(setting_up, "read_settings", interrupt)
    assert run(["migrate"]) == 130
    assert "Traceback" not in capsys.readouterr().err


def test_every_refusal_has_its_sentence() -> None:
    """Each code in the source is in the table, and each of the table is used."""
    used = set()
    for path in Path(cli.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "CommandRefused":
                assert isinstance(node.args[0], ast.Constant)
                used.add(node.args[0].value)
    assert used == set(MESSAGES)


def test_a_refusal_fills_in_its_values() -> None:
    told = CommandRefused("already_initialised", name="新座市", code="112305").in_japanese()
    assert "新座市（112305）" in told


def test_the_command_is_installed_under_its_name() -> None:
    done = subprocess.run(
        [str(Path(sys.executable).with_name("tsunagite")), "--help"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    assert "つなぎ手" in done.stdout.decode("utf-8")
    assert cli.main.__module__ == "api.cli"
