"""`backup`, `restore`, the daily backup, and what `doctor` says of time, rights and versions."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from api import backups
from api.app import create_app
from api.backups import DailyBackups
from api.cli import run
from api.commands import doctor
from api.settings import Settings
from api.wiring import Wiring
from catalog.actor import Role
from catalog.audit import AuditEvent
from db import audit
from db.audit_anchors import file_in
from db.backup import dated_name, last_made_at
from db.secrets import Keyring
from db.session import Database
from tests.api.conftest import as_role
from tests.api.homes import Homes, living_in
from tests.office import Clock, prepare

CITY = "112305"  # 新座市


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Homes:
    return Homes(tmp_path_factory.mktemp("homes"))


@pytest.fixture
def home(homes: Homes) -> Iterator[Path]:
    """Give a true city, in which the commands work."""
    copy = homes.copy("init --municipality niiza")
    copy.chmod(0o700)
    with living_in(copy):
        yield copy


def opened(home: Path) -> closing[Database]:
    return closing(Database(f"sqlite:///{home / 'cases.sqlite3'}"))


def note(home: Path, kind: str, at: datetime | None = None) -> None:
    """Let something be done in the office."""
    with opened(home) as database, database.writing() as connection:
        event = AuditEvent(kind, "user-1", "thing", "thing-1", at or datetime.now(UTC))
        audit.append(connection, CITY, event)


def kinds(home: Path) -> list[str]:
    with opened(home) as database, database.reading() as connection:
        return [each.kind for each in audit.events(connection, CITY)]


def test_a_backup_brings_back_the_day_it_was_made(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "friday.backup"
    note(home, "before")
    assert run(["backup", str(file)]) == 0
    told = capsys.readouterr().out
    assert "読みもどして確かめました" in told
    assert "鍵は控えには入っていません" in told
    note(home, "after")
    assert run(["restore", str(file), "--yes"]) == 0
    told = capsys.readouterr().out
    assert "もどす前のデータは cases.sqlite3.before-" in told
    found = kinds(home)
    assert "before" in found
    assert "after" not in found
    assert found[0] == "database_restored"
    assert run(["doctor"]) == 0


def another_machine(home: Path, tmp_path: Path, *carried: str) -> Path:
    """Make a new home with what was kept of the old one."""
    elsewhere = tmp_path / "new"
    elsewhere.mkdir(mode=0o700)
    for name in carried:
        copy = elsewhere / name
        copy.write_bytes((home / name).read_bytes())
        copy.chmod(0o600)
    return elsewhere


def test_on_a_new_machine_the_file_the_keys_and_the_deletions_are_enough(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "friday.backup"
    assert run(["backup", str(file)]) == 0
    with living_in(another_machine(home, tmp_path, "keys.json", "deletions.jsonl")):
        assert run(["restore", str(file), "--yes"]) == 0
        assert "という名前で" not in capsys.readouterr().out
        assert run(["doctor"]) == 0


def test_without_the_log_of_deletions_a_new_machine_asks_for_it(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever was deleted after the backup would come back, and nobody would know."""
    file = tmp_path / "friday.backup"
    assert run(["backup", str(file)]) == 0
    elsewhere = another_machine(home, tmp_path, "keys.json")
    with living_in(elsewhere):
        assert run(["restore", str(file), "--yes"]) == 1
        assert "deletions.jsonl" in capsys.readouterr().err
        assert not (elsewhere / "cases.sqlite3").exists()
        assert run(["restore", str(file), "--yes", "--without-deletions"]) == 0


def test_the_log_of_deletions_is_there_once_the_office_was_opened(tmp_path: Path) -> None:
    settings = prepare(tmp_path / "office")
    with TestClient(create_app(settings)) as client:
        assert client.get("/healthz").status_code == 200
    assert settings.deletions_file.read_bytes() == b""


def test_a_log_of_deletions_that_cannot_be_kept_stops_nobody(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = prepare(tmp_path / "office")
    settings.deletions_file.write_text("something else\n")
    with caplog.at_level(logging.WARNING, "tsunagite"), TestClient(create_app(settings)) as client:
        assert client.get("/healthz").status_code == 200
    assert "deletions not noted: deletions_malformed" in caplog.text


def test_on_a_new_machine_the_ends_noted_before_are_put_aside(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They know of events that went with the old machine: each look would raise the alarm."""
    monkeypatch.setenv("TSUNAGITE_ANCHOR_FOLDER", str(tmp_path / "ends"))
    file, ends = tmp_path / "friday.backup", file_in(tmp_path / "ends", CITY)
    assert run(["backup", str(file)]) == 0
    note(home, "after")
    assert run(["audit", "anchor", str(ends)]) == 0
    with living_in(another_machine(home, tmp_path, "keys.json", "deletions.jsonl")):
        assert run(["restore", str(file), "--yes"]) == 0
        assert run(["doctor"]) == 0
    assert [".before-" in each.name for each in ends.parent.iterdir()] == [True]


def test_after_restoring_the_end_of_the_record_is_noted_anew(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The old notes stay: they know of what was put aside."""
    monkeypatch.setenv("TSUNAGITE_ANCHOR_FOLDER", str(tmp_path / "ends"))
    file, ends = tmp_path / "friday.backup", file_in(tmp_path / "ends", CITY)
    assert run(["backup", str(file)]) == 0
    note(home, "after")
    assert run(["audit", "anchor", str(ends)]) == 0
    assert run(["restore", str(file), "--yes"]) == 0
    assert run(["doctor"]) == 0
    (old,) = ends.parent.iterdir()
    assert ".before-" in old.name
    assert run(["audit", "verify", "--anchor", str(old)]) == 1, "what was put aside is missing"


def take_other_keys(home: Path, _file: Path) -> None:
    (home / "keys.json").unlink()
    Keyring.create(home / "keys.json")


def spoil(_home: Path, file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-1])


def lose(_home: Path, file: Path) -> None:
    file.unlink()


@pytest.mark.parametrize(
    ("harm", "told"),
    [(take_other_keys, "鍵のファイル"), (spoil, "傷んでいる"), (lose, "ありません")],
)
def test_what_cannot_be_restored_changes_nothing(
    home: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    harm: Callable[[Path, Path], None],
    told: str,
) -> None:
    file = tmp_path / "friday.backup"
    assert run(["backup", str(file)]) == 0
    harm(home, file)
    before = kinds(home)
    assert run(["restore", str(file), "--yes"]) == 1
    assert told in capsys.readouterr().err
    assert kinds(home) == before


def test_a_running_office_is_not_replaced(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "friday.backup"
    assert run(["backup", str(file)]) == 0
    with opened(home) as database, database.reading():
        assert run(["restore", str(file), "--yes"]) == 1
    assert "止めてから" in capsys.readouterr().err


def test_nobody_restores_by_mistake(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a terminal nobody can be asked."""
    file = tmp_path / "friday.backup"
    assert run(["backup", str(file)]) == 0
    assert run(["restore", str(file)]) == 1
    assert "--yes" in capsys.readouterr().err


def test_a_folder_keeps_the_newest(
    home: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert run(["backup"]) == 1
    assert "TSUNAGITE_BACKUP_FOLDER" in capsys.readouterr().err
    folder = tmp_path / "daily"
    folder.mkdir()
    old = [dated_name(CITY, datetime(2026, 1, day, tzinfo=UTC)) for day in (1, 2, 3)]
    for name in old:
        (folder / name).touch()
    monkeypatch.setenv("TSUNAGITE_BACKUP_FOLDER", str(folder))
    assert run(["backup", "--keep", "2"]) == 0
    assert "古い控えを 2個 消しました" in capsys.readouterr().out
    names = sorted(each.name for each in folder.iterdir())
    assert len(names) == 2
    assert names[0] == old[-1]


# ------------------------------------------------------------------ every day
@pytest.fixture
def wiring(tmp_path: Path) -> Iterator[Wiring]:
    """Wire an office that has set a folder for its backups, and whose clock can be moved."""
    settings = prepare(tmp_path / "office", backup_folder=tmp_path / "daily", backup_keep=2)
    made = Wiring(settings, Clock())
    yield made
    made.close()


def test_one_backup_a_day_is_made(wiring: Wiring, tmp_path: Path) -> None:
    clock = wiring.clock
    assert isinstance(clock, Clock)
    daily = DailyBackups(wiring)
    made = [daily.look()]
    for hours in (1, 22, 2, 24, 24):
        clock.forward(hours=hours)
        made.append(daily.look())
    assert made == [True, False, False, True, True, True]
    assert len(list((tmp_path / "daily").iterdir())) == 2
    assert last_made_at(wiring.database, wiring.city.code) == clock()


def test_a_clock_put_right_ends_no_backups(wiring: Wiring, tmp_path: Path) -> None:
    """It stood years ahead for a day; the next backup is made at once, and stays."""
    clock, daily = wiring.clock, DailyBackups(wiring)
    assert isinstance(clock, Clock)
    clock.forward(days=4000)
    assert daily.look()
    clock.forward(days=-4000)
    last = last_made_at(wiring.database, wiring.city.code)
    assert backups.is_too_old(last, clock())
    assert "時計のくるい" in backups.age_words(last, clock())
    for _ in range(3):
        assert daily.look()
        assert (tmp_path / "daily" / dated_name(wiring.city.code, clock())).exists()
        clock.forward(days=1)
    assert not backups.is_too_old(last_made_at(wiring.database, wiring.city.code), clock())


def test_it_is_made_while_the_application_runs(tmp_path: Path) -> None:
    settings = prepare(tmp_path / "office", backup_folder=tmp_path / "daily")
    with TestClient(create_app(settings)) as client:
        assert client.get("/healthz").status_code == 200
    assert len(list((tmp_path / "daily").iterdir())) == 1


def test_a_failure_is_logged_and_the_pages_go_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "daily").write_text("a file where the folder should be")
    settings = prepare(tmp_path / "office", backup_folder=tmp_path / "daily")
    with caplog.at_level(logging.WARNING, "tsunagite"), TestClient(create_app(settings)) as client:
        assert client.get("/healthz").status_code == 200
    assert "backup failed: FileExistsError" in caplog.text


# ------------------------------------------------------------------ the first page
def first_page(settings: Settings, clock: Clock, role: Role) -> str:
    app = create_app(settings, clock)
    wiring: Wiring = app.state.wiring
    with wiring.database.writing() as connection:
        connection.execute(text("UPDATE municipalities SET is_sample = false"))
    with TestClient(app, follow_redirects=False) as client:
        as_role(app, client, role)
        return client.get("/").text


@pytest.mark.parametrize(
    ("days", "role", "told"),
    [
        (None, Role.ADMINISTRATOR, "まだ一度も作られていません"),
        (3, Role.ADMINISTRATOR, "最後の控えは 3日前"),
        (1, Role.ADMINISTRATOR, ""),
        (None, Role.PLANNER, ""),
        (None, Role.COORDINATOR, ""),
    ],
)
def test_the_administrator_hears_of_a_backup_that_is_too_old(
    tmp_path: Path, days: int | None, role: Role, told: str
) -> None:
    settings, clock = prepare(tmp_path / "office"), Clock()
    if days is not None:
        wiring = Wiring(settings, clock)
        code = wiring.city.code
        file = tmp_path / "x.backup"
        backups.back_up(wiring.database, code, wiring.keyring, settings, clock(), "system", file)
        wiring.close()
        clock.forward(days=days)
    page = first_page(settings, clock, role)
    assert (told in page) if told else ("控え" not in page)


# ------------------------------------------------------------------ doctor
def findings(capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, list[str]]]:
    """Return the exit code, and what is well, worth a look and bad."""
    capsys.readouterr()
    code = run(["doctor", "--json"])
    document = json.loads(capsys.readouterr().out)
    told: dict[str, list[str]] = {"ok": [], "warn": [], "bad": []}
    for each in document["findings"]:
        assert bool(each["remedy"]) == (each["level"] != "ok")
        told[each["level"]].append(each["told"])
    return code, told


def test_a_city_without_a_backup_is_warned(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, told = findings(capsys)
    assert (code, told["bad"]) == (0, [])
    assert ["まだ一度も" in each for each in told["warn"]] == [True]
    assert run(["backup", str(tmp_path / "x.backup")]) == 0
    code, told = findings(capsys)
    assert (code, told["warn"], told["bad"]) == (0, [], [])


def test_a_clock_set_back_is_found(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    note(home, "tomorrow", datetime.now(UTC) + timedelta(days=1))
    code, told = findings(capsys)
    assert code == 1
    assert ["時計" in each for each in told["bad"]] == [True]


def test_files_that_others_may_open_are_found(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home.chmod(0o755)
    (home / "cases.sqlite3").chmod(0o644)
    code, told = findings(capsys)
    assert code == 1
    assert ["cases.sqlite3" in each for each in told["bad"]] == [True]


def test_a_database_of_a_later_version_is_named(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with opened(home) as database, database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    code, told = findings(capsys)
    assert code == 1
    assert ["9999" in each for each in told["bad"]] == [True]
    assert run(["audit", "verify"]) == 1
    assert "新しい版" in capsys.readouterr().err
    assert run(["migrate"]) == 1
    refused = capsys.readouterr().err
    assert "新しい版" in refused
    assert "revision" not in refused, "a sentence of the library"


def test_each_level_has_its_mark() -> None:
    assert [doctor.Finding("x", *rest).level for rest in ((), ("y", True), ("y",))] == [
        doctor.Level.OK,
        doctor.Level.WARN,
        doctor.Level.BAD,
    ]
