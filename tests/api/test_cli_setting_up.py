"""`init`, `migrate` and `sample load`: from nothing to a city with people."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.cli import run
from cases.permissions import scope_of_everyone
from db import migrate
from db.cases import SqlCaseStore
from db.municipality import SqlMunicipalityStore, municipality_codes
from db.secrets import Keyring
from db.session import Database
from tests.api.homes import Homes, living_in

ROOT = Path(__file__).parents[2]
MINIMAL = 'code = "131016"\nname = "千代田区"\nkana = "ちよだく"\nplane_zone = 9\n'


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Homes:
    return Homes(tmp_path_factory.mktemp("homes"))


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """Give an empty home folder that does not exist yet."""
    with living_in(tmp_path / "home"):
        yield tmp_path / "home"


@pytest.fixture
def sample(homes: Homes) -> Iterator[Path]:
    """Give a home with the settings of the sample city, without its people."""
    copy = homes.copy("init --municipality sample")
    with living_in(copy):
        yield copy


def url(home: Path) -> str:
    return f"sqlite:///{home / 'cases.sqlite3'}"


def test_a_real_process_initialises_and_says_what_comes_next(tmp_path: Path) -> None:
    """Folder, key file (its owner's only), tables and settings are there; stdout says so."""
    done = subprocess.run(
        [sys.executable, "-m", "api.cli", "init", "--municipality", "niiza"],
        cwd=ROOT,
        env=os.environ | {"TSUNAGITE_HOME": str(tmp_path / "home"), "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "新座市を用意しました" in done.stdout
    assert "次は: tsunagite import towns" in done.stdout
    home = tmp_path / "home"
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert stat.S_IMODE((home / "keys.json").stat().st_mode) == 0o600
    assert migrate.current(url(home)) == migrate.head()
    database = Database(url(home))
    store = SqlMunicipalityStore(database, "112305")
    assert store.settings().districts[0].key == "community_welfare"
    assert not store.is_sample()
    database.close()


def test_a_city_of_ones_own_needs_four_lines(home: Path, tmp_path: Path) -> None:
    """The least that the contract promises to accept."""
    file = tmp_path / "ours.toml"
    file.write_text(MINIMAL, encoding="utf-8")
    assert run(["init", "--municipality", str(file)]) == 0
    database = Database(url(home))
    assert municipality_codes(database) == ["131016"]
    database.close()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (MINIMAL + "colour = 1\n", "colour"),
        (MINIMAL.replace("131016", "131017"), "131017"),
        (MINIMAL.replace("plane_zone = 9", "plane_zone = 99"), "99"),
        ("code = ", "TOML"),
    ],
)
def test_malformed_settings_leave_nothing_behind(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str, told: str
) -> None:
    """Exit code 2, the fault named in Japanese, no folder made."""
    file = tmp_path / "ours.toml"
    file.write_text(content, encoding="utf-8")
    assert run(["init", "--municipality", str(file)]) == 2
    printed = capsys.readouterr()
    assert told in printed.err
    assert printed.out == ""
    assert not home.exists()


def test_an_unknown_municipality_is_told_with_those_that_there_are(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["init", "--municipality", "nizza"]) == 2
    told = capsys.readouterr().err
    assert "nizza" in told
    assert "niiza" in told
    assert not home.exists()


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["sample"], 1),
        (["niiza"], 1),
        (["niiza", "--if-missing"], 1),
        (["sample", "--if-missing"], 0),
    ],
)
def test_a_second_init_changes_nothing(
    sample: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int
) -> None:
    """It is refused, but for the same city when that was expected."""
    keys = (sample / "keys.json").read_bytes()
    assert run(["init", "--municipality", *arguments]) == code
    printed = capsys.readouterr()
    told = printed.err if code else printed.out
    assert "つなぎ市" in told
    assert "何も変えていません" in told
    assert (sample / "keys.json").read_bytes() == keys
    database = Database(url(sample))
    assert municipality_codes(database) == ["999997"]
    database.close()


def test_init_uses_the_key_that_an_earlier_attempt_made(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A database that was lost does not take the keys with it."""
    keyring = Keyring.create(home / "keys.json")
    assert run(["init", "--municipality", "toda"]) == 0
    assert "前からある" in capsys.readouterr().out
    assert Keyring.load(home / "keys.json") == keyring


def test_migrate_is_content_with_new_tables_and_refuses_none(
    sample: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(["migrate"]) == 0
    assert "最新" in capsys.readouterr().out
    monkeypatch.setenv("TSUNAGITE_HOME", str(sample / "elsewhere"))
    assert run(["migrate"]) == 1
    assert "init" in capsys.readouterr().err


def test_old_tables_are_named_and_migrated(
    sample: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Other commands refuse to work on them; `migrate` mends it."""
    migrate.downgrade(url(sample), "0003")
    assert run(["user", "list"]) == 1
    assert "tsunagite migrate" in capsys.readouterr().err
    assert run(["migrate"]) == 0
    assert f"0003 から {migrate.head()}" in capsys.readouterr().out
    assert run(["user", "list"]) == 0


def test_commands_without_a_database_say_how_to_begin(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for command in ("match", "sample load", "user list", "audit verify", "export towns x.csv"):
        assert run(command.split()) == 1, command
        assert "tsunagite init" in capsys.readouterr().err
    assert not home.exists()


@pytest.mark.parametrize("command", [["user", "list"], ["init", "--municipality", "toda"]])
def test_a_database_that_does_not_answer_is_named_without_its_password(
    home: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    command: list[str],
) -> None:
    address = "postgresql://office:geheim@127.0.0.1:1/tsunagite"
    monkeypatch.setenv("TSUNAGITE_DATABASE_URL", address)
    assert run(command) == 1
    told = capsys.readouterr().err
    assert "127.0.0.1:1" in told
    assert "つながりません" in told
    assert "geheim" not in told


def test_an_impossible_setting_of_the_environment_is_named(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TSUNAGITE_SESSION_HOURS", "999")
    assert run(["user", "list"]) == 1
    assert "TSUNAGITE_SESSION_HOURS" in capsys.readouterr().err


def test_the_sample_is_loaded_once(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Eighty people and the accounts that everyone knows; a second time is refused or a no-op."""
    assert run(["sample", "load", "--once"]) == 0
    told = capsys.readouterr().out
    assert "待っている方 80人" in told
    assert "mizuno" in told
    assert run(["sample", "load", "--once"]) == 0
    assert "もう入っています" in capsys.readouterr().out
    assert run(["sample", "load"]) == 1
    assert "もう入っています" in capsys.readouterr().err
    database = Database(url(sample))
    store = SqlCaseStore(database, "999997", Keyring.load(sample / "keys.json"))
    assert len(store.participants(scope_of_everyone("999997"))) == 81
    database.close()


@pytest.mark.parametrize("options", [[], ["--once"]])
def test_the_sample_stays_out_of_a_real_city(
    homes: Homes, capsys: pytest.CaptureFixture[str], options: list[str]
) -> None:
    with living_in(homes.copy("init --municipality niiza")):
        assert run(["sample", "load", *options]) == 1
        assert "新座市" in capsys.readouterr().err
        assert run(["user", "list"]) == 0
        assert "mizuno" not in capsys.readouterr().out
