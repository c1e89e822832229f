"""`keys`: the office changes its keys while pages are open, and is told what to keep."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.cli import run
from api.settings import Settings
from db.keys import changing
from db.secrets import Keyring
from tests.api.conftest import enter
from tests.api.homes import Homes, living_in


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Homes:
    return Homes(tmp_path_factory.mktemp("homes"))


@pytest.fixture
def home(homes: Homes) -> Iterator[Path]:
    """Give the sample city, in which the commands work."""
    copy = homes.copy("init --municipality sample", "sample load")
    with living_in(copy):
        yield copy


def test_new_keys_for_old_ones(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["keys", "check"]) == 0
    assert "いま使っている" in capsys.readouterr().out
    assert run(["keys", "rotate", "--names", "--yes"]) == 0
    told = capsys.readouterr().out
    assert "鍵 2 が" in told
    assert "写しを、データベースとは別の場所に" in told
    assert run(["keys", "check"]) == 0
    assert "もう使っていない" in capsys.readouterr().out
    assert run(["keys", "drop", "--yes"]) == 0
    assert "鍵 1 を" in capsys.readouterr().out
    assert run(["keys", "drop", "--yes"]) == 0
    assert "消せる鍵はありません" in capsys.readouterr().out
    assert run(["doctor"]) == 0
    assert run(["audit", "verify"]) == 0


def test_pages_go_on_while_the_keys_change(home: Path) -> None:
    """Somebody is signed in and reads before, between and after, without a restart."""
    app = create_app(Settings(home=home))
    with TestClient(app, follow_redirects=False) as browser:
        assert enter(browser) == 303
        before = browser.get("/people").text
        for command in ("keys rotate --yes", "keys drop --yes", "keys rotate --names --yes"):
            assert run(command.split()) == 0
            answer = browser.get("/people")
            assert answer.status_code == 200
            assert answer.text.count("<tr") == before.count("<tr") > 3


def test_a_copy_of_the_file_is_asked_for(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = (home / "keys.json").read_bytes()
    for command in ("rotate", "drop"):
        assert run(["keys", command]) == 1
        assert "--yes を付けて" in capsys.readouterr().err
    monkeypatch.setattr("sys.stdin", SimpleNamespace(isatty=lambda: True))
    monkeypatch.setattr("typer.confirm", lambda _question: False)
    assert run(["keys", "rotate"]) == 1
    assert "先に、鍵のファイルの写しを" in capsys.readouterr().err
    assert (home / "keys.json").read_bytes() == before


def test_another_citys_keys_are_recognised(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.move(home / "keys.json", home / "kept.json")
    Keyring.create(home / "keys.json")
    before = (home / "keys.json").read_bytes()
    assert run(["keys", "check"]) == 1
    assert "正しい鍵のファイルの控えを" in capsys.readouterr().out
    assert run(["keys", "rotate", "--yes"]) == 1
    told = capsys.readouterr().err
    assert "このデータベースのものではないようです" in told
    assert (home / "keys.json").read_bytes() == before


def test_names_left_half_way_are_told_and_mended(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = home / "keys.json"
    Keyring.load(path).with_new_index_key().save(path)
    for command in (["keys", "check"], ["doctor"]):
        assert run(command) == 1
        assert "tsunagite keys rotate --names" in capsys.readouterr().out
    assert run(["keys", "rotate", "--names", "--yes"]) == 0
    assert run(["keys", "check"]) == 0


@pytest.mark.parametrize("command", ["rotate", "rotate --names", "drop"])
def test_the_keys_change_in_one_terminal_at_a_time(
    home: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    assert run(["keys", "rotate", "--yes"]) == 0
    path = home / "keys.json"
    before = path.read_bytes()
    with changing(path):
        assert run(["keys", *command.split(), "--yes"]) == 1
    assert "ほかの keys コマンド" in capsys.readouterr().err
    assert path.read_bytes() == before
    assert run(["keys", *command.split(), "--yes"]) == 0
    assert run(["keys", "check"]) == 0
