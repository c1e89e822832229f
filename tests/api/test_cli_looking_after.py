"""`doctor` and `audit`: everything in order, and each thing that can be wrong."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from rich.cells import cell_len

from api.cli import run
from catalog.audit import AuditEvent
from db import audit, migrate
from db.secrets import Keyring
from db.session import Database
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


def tamper(home: Path, statement: str) -> None:
    """Change the audit record as somebody could who has the file."""
    database = Database(f"sqlite:///{home / 'cases.sqlite3'}")
    with database.writing() as connection:
        for change in ("update", "delete"):
            connection.exec_driver_sql(f"DROP TRIGGER audit_events_no_{change}")
        connection.exec_driver_sql(statement)
    database.close()


def test_a_healthy_office_has_only_ticks(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["doctor"]) == 0
    printed = capsys.readouterr()
    lines = printed.out.splitlines()
    assert len(lines) == 10
    assert all(line.startswith("✓ ") for line in lines)
    assert printed.err == ""


def lose_keys(home: Path) -> None:
    (home / "keys.json").unlink()


def take_other_keys(home: Path) -> None:
    lose_keys(home)
    Keyring.create(home / "keys.json")


def open_keys_to_all(home: Path) -> None:
    (home / "keys.json").chmod(0o644)


def change_the_record(home: Path) -> None:
    tamper(home, "UPDATE audit_events SET actor_id = 'nobody' WHERE number = 3")


def point_nowhere(home: Path) -> None:
    database = Database(f"sqlite:///{home / 'cases.sqlite3'}")
    connection = database.engine.raw_connection()
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys = OFF")
    cursor.execute("UPDATE resources SET organisation_id = 'gone' WHERE organisation_id <> ''")
    connection.close()
    database.close()


def go_back(home: Path) -> None:
    migrate.downgrade(f"sqlite:///{home / 'cases.sqlite3'}", "0003")


def lose_database(home: Path) -> None:
    (home / "cases.sqlite3").unlink()


@pytest.mark.parametrize(
    ("harm", "told", "remedy"),
    [
        (lose_keys, "鍵のファイル", "doctor"),
        (take_other_keys, "開けないものが", "鍵ファイルの控え"),
        (open_keys_to_all, "ほかの人も読める", "doctor"),
        (change_the_record, "3番目", "doctor"),
        (point_nowhere, "resources", "控えを戻す"),
        (go_back, "0003", "tsunagite migrate"),
        (lose_database, "cases.sqlite3", "tsunagite init"),
    ],
)
def test_each_harm_is_found_with_what_to_do(
    home: Path,
    capsys: pytest.CaptureFixture[str],
    harm: Callable[[Path], None],
    told: str,
    remedy: str,
) -> None:
    """One cross, with the next step below it; exit code 1."""
    harm(home)
    assert run(["doctor"]) == 1
    lines = capsys.readouterr().out.splitlines()
    crosses = [at for at, line in enumerate(lines) if line.startswith("✕")]
    assert len(crosses) == 1
    assert told in lines[crosses[0]]
    assert remedy in lines[crosses[0] + 1]


def test_people_of_before_an_upgrade_are_missed_and_brought_back(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`doctor` counts who is left, `migrate` goes on with them, and there is nothing more to do."""
    database = Database(f"sqlite:///{home / 'cases.sqlite3'}")
    with database.writing() as connection:
        connection.exec_driver_sql("UPDATE participants SET programmes = NULL")
        connection.exec_driver_sql("DELETE FROM name_index")
        count = connection.exec_driver_sql("SELECT count(*) FROM participants").scalar_one()
    database.close()
    assert run(["doctor"]) == 1
    told = capsys.readouterr().out
    assert f"✕ 前の版で書いた {count}人が" in told
    assert "→ tsunagite migrate を もう一度" in told
    assert run(["migrate"]) == 0
    assert f"✓ {count}人が、担当の方の一覧に出るように" in capsys.readouterr().out
    assert run(["migrate"]) == 0
    assert "担当の方" not in capsys.readouterr().out
    assert run(["doctor"]) == 0


def test_a_full_disk_is_found(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=300_000_000))
    assert run(["doctor"]) == 1
    assert "✕ 空き容量 0.3GB" in capsys.readouterr().out


def test_the_record_is_verified_and_its_end_can_be_kept(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The end that is printed proves later that nothing was cut off."""
    assert run(["audit", "verify"]) == 0
    told = capsys.readouterr().out
    end = told.split("末尾 ")[1].split()[0]
    assert run(["audit", "verify", "--kept", end]) == 0
    number = int(end.split(":")[0])
    tamper(home, f"DELETE FROM audit_events WHERE number = {number}")
    assert run(["audit", "verify"]) == 0, "the chain alone does not show it"
    assert run(["audit", "verify", "--kept", end]) == 1
    assert f"{number}番目" in capsys.readouterr().err


def test_a_changed_record_is_named(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change_the_record(home)
    assert run(["audit", "verify"]) == 1
    assert "3番目" in capsys.readouterr().err


def test_an_end_in_a_file_proves_what_was_cut_off(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Noted by hand in a file, or by the application in the folder of the settings."""
    kept = home / "stick" / "ends.jsonl"
    for _ in range(2):
        assert run(["audit", "anchor", str(kept)]) == 0
    assert run(["audit", "verify", "--anchor", str(kept)]) == 0
    assert "2か所の末尾と合いました" in capsys.readouterr().out
    tamper(home, "DELETE FROM audit_events WHERE number = (SELECT max(number) FROM audit_events)")
    assert run(["audit", "verify"]) == 0
    assert run(["audit", "verify", "--anchor", str(kept)]) == 1
    shutil.copy(kept, kept.with_name("tsunagite-audit-999997.jsonl"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TSUNAGITE_ANCHOR_FOLDER", str(kept.parent))
        assert run(["audit", "verify"]) == 1
        assert run(["doctor"]) == 1
    assert run(["audit", "verify", "--anchor", str(home)]) == 1
    assert "audit anchor" in capsys.readouterr().err
    assert run(["audit", "anchor", str(home)]) == 1


def test_a_clock_that_was_set_back_is_told(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is no damage; whoever looks at the times has to know."""
    database = Database(f"sqlite:///{home / 'cases.sqlite3'}")
    with database.writing() as connection:
        for at in (datetime(2100, 1, 1, tzinfo=UTC), datetime(2026, 11, 23, tzinfo=UTC)):
            audit.append(connection, "999997", AuditEvent("kind", "u", "s", "1", at))
    database.close()
    assert run(["audit", "verify"]) == 0
    assert "時計が 2100-01-01 09:00:00 から 2026-11-23 09:00:00 に" in capsys.readouterr().out


@pytest.mark.parametrize("written", ["x", "3", "3:zz"])
def test_a_malformed_end_is_refused(
    home: Path, capsys: pytest.CaptureFixture[str], written: str
) -> None:
    assert run(["audit", "verify", "--kept", written]) == 1
    assert written in capsys.readouterr().err


def test_the_newest_events_are_shown_first(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In Japan's time, without anything personal."""
    assert run(["audit", "show", "--last", "2"]) == 0
    told = capsys.readouterr().out
    assert told.index("見守る機関を決めました") < told.index("支援を終えました")
    assert "サーバーの端末" in told
    assert max(cell_len(line) for line in told.splitlines()) <= 80
    assert run(["audit", "show", "--last", "0"]) == 2
