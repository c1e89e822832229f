"""A backup is whole, sealed and bound to its city; a restored one never mixes with what was."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing, nullcontext
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, text

from cases.consent import ConsentState
from catalog.actor import Role
from db import audit, backup, backup_file, migrate, restore, snapshots
from db.cases import SqlCaseStore
from db.catalog import SqlCatalogStore
from db.errors import DatabaseError
from db.forgetting import delete_person, keep_deletions
from db.identities import Identity, SqlIdentityStore
from db.keys import add_key, changing, drop_unused, report, reseal
from db.one_time import OneTime, Purpose, SqlOneTimeStore
from db.passkeys import Passkey, SqlPasskeyStore
from db.secrets import Keyring
from db.session import Database
from db.tables import metadata
from db.tables.staff import recovery_codes
from db.users import Session, SqlUserStore
from tests.databases import Fill, PostgresqlDatabases, SqliteDatabases
from tests.db.conftest import KEYRING, a_city
from tests.db.examples import (
    AT,
    CODE,
    CONSENT,
    OPENING,
    PARTICIPANT,
    SYSTEM,
    an_event,
    kinds_of_events,
)
from tests.db.test_forgetting import DELETION
from tests.db.test_runs import a_run
from tests.db.test_users import USER

OTHER_KEYS = Keyring({"1": bytes(32)}, "1", bytes(32))
LATER = AT + timedelta(days=1)


def a_busy_city(database: Database) -> None:
    """Make a city with people, a run, an account, and somebody signed in."""
    a_run(database)
    users = SqlUserStore(database, CODE)
    users.save_user(USER, an_event())
    users.add_session(Session(b"token", USER.id, AT, AT, AT + timedelta(hours=1)), an_event())


def a_quiet_city(database: Database) -> None:
    """Make a city with one person and nothing else."""
    a_city(database)
    person = replace(PARTICIPANT, household_id=None)
    SqlCaseStore(database, CODE, KEYRING).save_participant(person, an_event())


@pytest.fixture
def office(database_with: Callable[[Fill], Database]) -> Database:
    """Open the database of such a city."""
    return database_with(a_busy_city)


def url_of(database: Database) -> str:
    url = database.engine.url.set(drivername=database.engine.dialect.name)
    return url.render_as_string(hide_password=False)


def rows_of(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of every table as the database has it, sealed values too."""
    with database.reading() as connection:
        return {
            table.name: sorted(
                (tuple(row) for row in connection.execute(select(table)).all()), key=repr
            )
            for table in metadata.sorted_tables
        }


def made(database: Database, folder: Path, keys: Keyring = KEYRING) -> Path:
    file = folder / backup.dated_name(CODE, AT)
    backup.make(database, file, keys, AT, folder)
    return file


def restored(
    url: str, file: Path, keys: Keyring = KEYRING, *, without_deletions: bool = True
) -> restore.Restored:
    return restore.restore(
        url,
        file,
        keys,
        LATER,
        file.parent,
        file.parent / "deletions.jsonl",
        without_deletions=without_deletions,
    )


def test_everything_comes_back(office: Database, tmp_path: Path) -> None:
    """Row for row; but nobody is signed in, and the record tells of it."""
    before = rows_of(office)
    file = made(office, tmp_path)
    catalog = SqlCatalogStore(office, CODE)
    catalog.save_opening(replace(OPENING, name="あとから"), an_event("later"))
    url = url_of(office)
    office.close()
    told = restored(url, file)
    assert (told.municipality_code, told.made_at) == (CODE, AT)
    now = Database(url)
    after = rows_of(now)
    assert before["sessions"]
    assert after.pop("sessions") == []
    assert kinds_of_events(now)[-1] == "database_restored"
    events = before.pop("audit_events")
    assert told.events == len(events)
    assert set(events) < set(after.pop("audit_events"))
    assert after == {name: rows for name, rows in before.items() if name != "sessions"}
    assert SqlCatalogStore(now, CODE).openings()[0].name == OPENING.name
    migrate.check(url)
    catalog = SqlCatalogStore(now, CODE)
    catalog.save_opening(replace(OPENING, name="そのあと"), an_event("goes_on"))
    assert kinds_of_events(now)[-1] == "goes_on"
    now.close()


def test_what_was_there_stays_under_another_name(office: Database, tmp_path: Path) -> None:
    file = made(office, tmp_path)
    SqlCatalogStore(office, CODE).save_opening(OPENING, an_event("later"))
    url = url_of(office)
    office.close()
    kept = restored(url, file).kept
    now = Database(url)
    if now.engine.dialect.name == "sqlite":
        old = Database(str(now.engine.url.set(database=str(_folder(url) / kept))))
        assert kinds_of_events(old)[-1] == "later"
        old.close()
    else:
        with now.reading() as connection:
            kinds = connection.scalars(text(f"SELECT kind FROM {kept}.audit_events"))
            assert "later" in set(kinds)
    now.close()


def _folder(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///")).parent


def test_a_backup_of_the_one_database_opens_in_the_other(
    sqlite_databases: SqliteDatabases, postgresql_databases: PostgresqlDatabases, tmp_path: Path
) -> None:
    """An office that grows takes its data along."""
    small, large = sqlite_databases.create(a_busy_city), postgresql_databases.create_empty()
    source = Database(small)
    file, before = made(source, tmp_path), rows_of(source)
    source.close()
    restored(large, file)
    grown = Database(large)
    after = rows_of(grown)
    for name in set(before) - {"sessions", "audit_events"}:
        assert after[name] == before[name], name
    grown.close()
    postgresql_databases.drop(large)


def test_nothing_of_the_city_can_be_read_in_the_file(office: Database, tmp_path: Path) -> None:
    file = made(office, tmp_path)
    content = file.read_bytes()
    for known in ("花だんの手入れ", "SQLite format", "audit_events", "2026-001"):
        assert known.encode() not in content
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == [file.name], "nothing else is left"


def refusals(office: Database, file: Path, keys: Keyring = KEYRING) -> str:
    """Try to restore, and return why not; nothing may have changed."""
    before, url = rows_of(office), url_of(office)
    office.close()
    with pytest.raises(DatabaseError) as refused:
        restored(url, file, keys)
    after = Database(url)
    assert rows_of(after) == before
    after.close()
    assert [each for each in file.parent.iterdir() if each.name.startswith(".")] == []
    return refused.value.code


@pytest.mark.parametrize("keys", [OTHER_KEYS, replace(KEYRING, keys={"2": bytes(32)}, current="2")])
def test_another_key_file_opens_nothing(office: Database, tmp_path: Path, keys: Keyring) -> None:
    assert refusals(office, made(office, tmp_path), keys) == "backup_other_keys"


def test_an_older_key_still_opens_what_it_sealed(office: Database, tmp_path: Path) -> None:
    file = made(office, tmp_path)
    newer = Keyring({**KEYRING.keys, "2": bytes(32)}, "2", KEYRING.index_key)
    url = url_of(office)
    office.close()
    assert restored(url, file, newer).municipality_code == CODE


def test_a_backup_of_another_city_is_refused(
    databases: SqliteDatabases | PostgresqlDatabases, office: Database, tmp_path: Path
) -> None:
    file = made(office, tmp_path)
    url = databases.create(another_city)
    other = Database(url)
    assert refusals(other, file) == "backup_other_city"
    databases.drop(url)


def another_city(database: Database) -> None:
    from db.municipality import SqlMunicipalityStore
    from tests.db.examples import SETTINGS

    settings = replace(SETTINGS, code="111111")
    SqlMunicipalityStore(database, "111111").save_settings(settings, an_event())


def test_a_backup_of_a_later_version_is_refused(office: Database, tmp_path: Path) -> None:
    """Its tables mean something that this version does not know."""
    copy = tmp_path / "copy"
    snapshots.take(office, copy)
    with closing(sqlite3.connect(copy)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    file = tmp_path / "later.backup"
    backup_file.seal(copy, file, CODE, "9999", AT, KEYRING)
    copy.unlink()
    assert refusals(office, file) == "newer_database"


def test_a_backup_of_an_earlier_version_is_brought_up_to_date(
    sqlite_databases: SqliteDatabases, tmp_path: Path
) -> None:
    url = sqlite_databases.create(a_quiet_city)  # runs stay sealed: nothing leads back from that
    migrate.downgrade(url, "0010")
    file = tmp_path / "earlier.backup"
    backup_file.seal(Path(url.removeprefix("sqlite:///")), file, CODE, "0010", AT, KEYRING)
    restored(url, file)
    assert migrate.current(url) == migrate.head()
    migrate.check(url)
    with closing(Database(url)) as now:
        assert SqlCaseStore(now, CODE, KEYRING).find_by_name(SYSTEM, "山田")


def damaged(content: bytes) -> dict[str, bytes]:
    """Return a file as it may come back from a bad disk or a bad person."""
    head, _, pieces = content.partition(b"\n")
    middle = len(content) // 2
    flipped = bytearray(content)
    flipped[middle] ^= 1
    return {
        "one bit": bytes(flipped),
        "cut": content[:-1],
        "cut in half": content[:middle],
        "longer": content + b"\0",
        "empty rest": head + b"\n",
        "another time": head.replace(b"2026-11", b"2027-11") + b"\n" + pieces,
        "another city": head.replace(CODE.encode(), b"111111") + b"\n" + pieces,
    }


@pytest.mark.parametrize("how", list(damaged(bytes(100))))
def test_a_damaged_backup_is_refused(office: Database, tmp_path: Path, how: str) -> None:
    file = made(office, tmp_path)
    file.write_bytes(damaged(file.read_bytes())[how])
    assert refusals(office, file) == "backup_damaged"


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"{}\n", b'{"format": "x"}\n', b"\xff" * 9000, b"[" * 4000]
)
def test_something_else_is_no_backup(office: Database, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "picture.backup"
    file.write_bytes(content)
    assert refusals(office, file) == "not_a_backup"


def test_pieces_cannot_be_mixed_up_or_left_out(tmp_path: Path) -> None:
    """A long file has many pieces, each sealed by itself."""
    plain, file, back = tmp_path / "plain", tmp_path / "sealed", tmp_path / "back"
    plain.write_bytes(bytes(range(256)) * 4096 * 3)
    backup_file.seal(plain, file, CODE, "0001", AT, KEYRING)
    backup_file.unseal(file, back, KEYRING)
    assert back.read_bytes() == plain.read_bytes()
    head, _, rest = file.read_bytes().partition(b"\n")
    size = (1 << 20) + 16
    pieces = [rest[at : at + size] for at in range(0, len(rest), size)]
    assert len(pieces) == 3
    for wrong in ([1, 0, 2], [0, 2], [0, 1], [0, 1, 1, 2], [2]):
        file.write_bytes(head + b"\n" + b"".join(pieces[at] for at in wrong))
        back.unlink()
        with pytest.raises(DatabaseError, match="backup_damaged"):
            backup_file.unseal(file, back, KEYRING)


def test_while_anybody_works_nothing_is_restored(office: Database, tmp_path: Path) -> None:
    file = made(office, tmp_path)
    with office.reading(), pytest.raises(DatabaseError, match="database_in_use"):
        restored(url_of(office), file)


def tried_meanwhile(
    office: Database, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[str, str]:
    """Restore, and have another process try to read in the middle; return code and mistakes."""
    file, url = made(office, folder), url_of(office)
    told: list[tuple[str, str]] = []
    read = "from db.session import Database\nimport sys\nwith Database(sys.argv[1]).reading(): pass"

    def meanwhile(*given: Any) -> Any:
        other = [sys.executable, "-c", read, url]
        run = subprocess.run(other, capture_output=True, text=True, check=False, timeout=100)
        told.append((str(run.returncode), run.stderr))
        return finish(*given)

    finish = restore._finish
    monkeypatch.setattr(restore, "_finish", meanwhile)
    office.close()
    restored(url, file)
    with closing(Database(url)) as again, again.reading():
        return told[0]


def test_whoever_starts_while_a_backup_is_restored_is_not_let_in(
    office: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would serve, and write to, what is about to be put aside."""
    code, why = tried_meanwhile(office, tmp_path, monkeypatch)
    assert code == "1"
    assert "database_being_restored" in why


@pytest.mark.postgresql
def test_it_is_the_lock_of_the_restore_that_keeps_others_out(
    postgresql_databases: PostgresqlDatabases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Switched off, another process walks in; the look around before it saw nobody."""
    monkeypatch.setattr(restore, "others_kept_out", lambda _: nullcontext())
    url = postgresql_databases.create(a_busy_city)
    assert tried_meanwhile(Database(url), tmp_path, monkeypatch) == ("0", "")
    postgresql_databases.drop(url)


def test_a_log_left_behind_does_not_ruin_what_is_restored(
    sqlite_databases: SqliteDatabases, tmp_path: Path
) -> None:
    """Copying a file over a live one does; restoring does not."""
    url = sqlite_databases.create(a_busy_city)
    live = Path(url.removeprefix("sqlite:///"))
    office = Database(url)
    file, plain = made(office, tmp_path), tmp_path / "plain"
    snapshots.take(office, plain)
    store = SqlCatalogStore(office, CODE)
    with office.reading():  # keeps the log from being emptied
        for number in range(200):
            store.save_opening(replace(OPENING, id=f"o-{number}"), an_event())
        log = live.with_name(f"{live.name}-wal").read_bytes()
    office.close()
    live.with_name(f"{live.name}-wal").write_bytes(log)
    shutil.copyfile(plain, live)
    assert not whole(live), "the naive way ruins the database"
    shutil.copyfile(plain, live)
    live.with_name(f"{live.name}-wal").write_bytes(log)
    restored(url, file)
    assert whole(live)
    assert snapshots.examine(live).municipality_code == CODE


def test_what_was_there_is_on_the_disk_before_it_is_replaced(
    sqlite_databases: SqliteDatabases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A power cut just after would leave neither."""
    url = sqlite_databases.create(a_busy_city)
    live = Path(url.removeprefix("sqlite:///"))
    with closing(Database(url)) as office:
        file = made(office, tmp_path)
    done: list[Path] = []
    fsync, replaced = os.fsync, os.replace

    def note_fsync(number: int) -> None:
        fsync(number)
        done.append(Path(f"/proc/self/fd/{number}").readlink())

    def note_replace(source: Path, target: Path) -> None:
        replaced(source, target)
        done.append(target)

    monkeypatch.setattr(os, "fsync", note_fsync)
    monkeypatch.setattr(os, "replace", note_replace)
    kept = live.with_name(restored(url, file).kept)
    assert done.index(kept) < done.index(live)
    assert live.parent in done[done.index(kept) : done.index(live)], "its name as well"


def whole(path: Path) -> bool:
    """Tell whether the file holds the openings of the backup, and only those."""
    try:
        with closing(sqlite3.connect(path)) as connection:
            found = connection.execute("SELECT count(*) FROM openings").fetchone()[0]
            is_well = connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
            return bool(found == 1 and is_well)
    except sqlite3.DatabaseError:
        return False


def test_a_ruined_database_can_be_replaced(
    sqlite_databases: SqliteDatabases, tmp_path: Path
) -> None:
    url = sqlite_databases.create(a_busy_city)
    office = Database(url)
    file = made(office, tmp_path)
    office.close()
    live = Path(url.removeprefix("sqlite:///"))
    live.write_bytes(b"no database at all" * 1000)
    restored(url, file)
    assert snapshots.examine(live).municipality_code == CODE


def test_a_backup_that_cannot_be_read_back_gets_no_name(
    office: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seal = backup_file.seal

    def seal_badly(source: Path, target: Path, *rest: Any) -> backup_file.About:
        about = seal(source, target, *rest)
        content = bytearray(target.read_bytes())
        content[-20] ^= 1
        target.write_bytes(content)
        return about

    monkeypatch.setattr(backup_file, "seal", seal_badly)
    with pytest.raises(DatabaseError, match="backup_damaged"):
        made(office, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_no_backup_is_overwritten(office: Database, tmp_path: Path) -> None:
    file = made(office, tmp_path)
    content = file.read_bytes()
    with pytest.raises(DatabaseError, match="backup_exists"):
        made(office, tmp_path)
    assert file.read_bytes() == content


def test_the_last_backup_is_known(office: Database, tmp_path: Path) -> None:
    assert backup.last_made_at(office, CODE) is None
    file = tmp_path / "x.backup"
    one = backup.make(office, file, KEYRING, AT, tmp_path)
    backup.note(office, CODE, one, "system")
    assert backup.last_made_at(office, CODE) == AT
    assert one.size_bytes == file.stat().st_size
    with office.reading() as connection:
        assert audit.events(connection, CODE, newest=1)[0].kind == "backup_made"


@pytest.mark.parametrize("where", ["home", "backups"])
def test_what_a_killed_backup_left_is_removed_by_the_next(
    office: Database, tmp_path: Path, where: str
) -> None:
    """It may be the whole database; what somebody is still writing stays."""
    folder = tmp_path / where
    for each in ("home", "backups"):
        (tmp_path / each).mkdir()
    left = folder / f"{backup.WORKROOM}killed"
    left.mkdir()
    (left / "back.sqlite3").write_bytes(b"everybody")
    file = tmp_path / "backups" / "x.backup"
    with backup.private_folder(folder) as held:
        (held / "copy.sqlite3").touch()
        assert not left.exists()
        backup.make(office, file, KEYRING, AT, tmp_path / "home")
        assert [each.name for each in held.iterdir()] == ["copy.sqlite3"]
    assert [each.name for each in tmp_path.glob("*/*") if each != file] == []


def test_a_backup_from_the_future_pushes_out_none_of_today(tmp_path: Path) -> None:
    """The clock was wrong for two days, years ahead."""
    future = [backup.dated_name(CODE, AT + timedelta(days=days)) for days in (4000, 4001)]
    own = [backup.dated_name(CODE, AT + timedelta(days=day)) for day in range(3)]
    for name in (*own, *future):
        (tmp_path / name).touch()
    assert backup.rotate(tmp_path, CODE, 2, AT + timedelta(days=2)) == own[:1]
    assert sorted(each.name for each in tmp_path.iterdir()) == [*own[1:], *future]


def test_only_old_dated_backups_of_the_city_are_removed(tmp_path: Path) -> None:
    own = [backup.dated_name(CODE, AT + timedelta(days=day)) for day in range(5)]
    others = ["before-the-move.backup", backup.dated_name("111111", AT), "tsunagite.txt"]
    for name in (*own, *others):
        (tmp_path / name).touch()
    assert backup.rotate(tmp_path, CODE, 3, LATER + timedelta(days=9)) == own[:2]
    assert sorted(each.name for each in tmp_path.iterdir()) == sorted([*own[2:], *others])
    assert backup.rotate(tmp_path, CODE, 9, LATER + timedelta(days=9)) == []


def test_whom_the_office_has_deleted_since_is_deleted_again(
    office: Database, tmp_path: Path
) -> None:
    """Also where the database that knew of it is gone: the log beside the keys is enough."""
    file, url = made(office, tmp_path), url_of(office)
    delete_person(office, CODE, KEYRING, DELETION, an_event("person_deleted"))
    keep_deletions(office, CODE, tmp_path / "deletions.jsonl")
    office.close()
    assert restored(url, file, without_deletions=False).deleted == 1
    now = Database(url)
    cases = SqlCaseStore(now, CODE, KEYRING)
    assert [each.id for each in cases.participants(SYSTEM)] == ["person-1"]
    assert kinds_of_events(now)[-2:] == ["deletions_applied", "database_restored"]
    now.close()


def gone(url: str, office: Database) -> None:
    """Let a database be lost with its machine."""
    if office.engine.dialect.name == "postgresql":
        with office.writing() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
    office.close()
    Path(url.removeprefix("sqlite:///")).unlink(missing_ok=True)


def test_where_nothing_tells_whom_the_office_has_deleted_it_is_asked_for(
    office: Database, tmp_path: Path
) -> None:
    """On a new machine, with the file and the keys alone, the deleted would come back."""
    file, url = made(office, tmp_path), url_of(office)
    gone(url, office)
    with pytest.raises(DatabaseError, match="deletions_unknown"):
        restored(url, file, without_deletions=False)
    assert not (tmp_path / "deletions.jsonl").exists(), "the next try would find one"
    (tmp_path / "deletions.jsonl").touch()
    assert restored(url, file, without_deletions=False).deleted == 0


def test_another_life_of_the_city_does_not_tell_whom_it_has_deleted(
    databases: SqliteDatabases | PostgresqlDatabases, office: Database, tmp_path: Path
) -> None:
    """One that was made anew on the new machine knows nothing of before."""
    file, url = made(office, tmp_path), databases.create(a_city)
    with pytest.raises(DatabaseError, match="deletions_unknown"):
        restored(url, file, without_deletions=False)
    databases.drop(url)


def test_a_backup_of_which_a_part_cannot_be_opened_any_more_is_refused(
    office: Database, tmp_path: Path
) -> None:
    """It was made while the keys changed; then the old key was dropped."""
    path = tmp_path / "keys" / "keys.json"
    path.parent.mkdir()
    KEYRING.save(path)
    event_of = lambda kind, detail: replace(an_event(kind), detail=detail)  # noqa: E731
    with changing(path) as key_file:
        keys = add_key(office, CODE, key_file, event_of)
        batches = reseal(office, CODE, keys, event_of, 1)
        next(batches)
        file = made(office, tmp_path, keys)
        list(batches)
        assert drop_unused(office, CODE, key_file, AT, event_of) == ("1",)
    assert refusals(office, file, Keyring.load(path)) == "backup_unreadable"


def test_names_are_found_after_restoring_with_a_new_index_key(
    office: Database, tmp_path: Path
) -> None:
    file, url = made(office, tmp_path), url_of(office)
    office.close()
    keys = KEYRING.with_new_index_key()
    restored(url, file, keys)
    now = Database(url)
    assert report(now, CODE, keys).is_well
    assert SqlCaseStore(now, CODE, keys).find_by_name(SYSTEM, "山田")
    now.close()


def test_what_was_settled_since_stays_settled(office: Database, tmp_path: Path) -> None:
    """A recovery code was used, a right was taken, an address came under protection."""
    users, cases = SqlUserStore(office, CODE), SqlCaseStore(office, CODE, KEYRING)
    with office.writing() as connection:
        codes = [
            {"municipality_code": CODE, "code_hash": each, "user_id": USER.id}
            for each in (b"used", b"left")
        ]
        connection.execute(insert(recovery_codes), codes)
    file, url = made(office, tmp_path), url_of(office)
    with office.writing() as connection:
        connection.execute(delete(recovery_codes).where(recovery_codes.c.code_hash == b"used"))
    users.save_user(replace(USER, role=Role.AUDITOR), an_event())
    person = cases.participants(SYSTEM)[0]
    protected = replace(person, address_protected=True, named_staff_ids=frozenset({USER.id}))
    assert person.named_staff_ids != protected.named_staff_ids
    cases.save_participant(protected, an_event())
    signed = replace(CONSENT, id="signed", participant_id=person.id)
    withdrawn = replace(CONSENT, id="no", participant_id=person.id, state=ConsentState.WITHDRAWN)
    cases.add_consents([signed, withdrawn], an_event())
    office.close()
    done = restored(url, file)
    assert (done.protected, done.ended) == (1, 1)
    now = Database(url)
    with now.reading() as connection:
        assert list(connection.scalars(select(recovery_codes.c.code_hash))) == [b"left"]
    assert [each.role for each in SqlUserStore(now, CODE).users()] == [Role.AUDITOR]
    again = SqlCaseStore(now, CODE, KEYRING).participant(SYSTEM, person.id)
    assert again is not None
    assert (again.address_protected, again.named_staff_ids) == (True, frozenset({USER.id}))
    # What was signed since is lost, as all that was written since; what was withdrawn is not.
    assert SqlCaseStore(now, CODE, KEYRING).consents_of(SYSTEM, person.id)[-1] == withdrawn
    now.close()


def test_a_closed_account_and_a_used_link_do_not_come_back(
    office: Database, tmp_path: Path
) -> None:
    """Both still counted when the backup was made."""
    secrets, users = SqlOneTimeStore(office, CODE), SqlUserStore(office, CODE)
    link = OneTime(Purpose.INVITATION, b"link", USER.id, AT, AT + timedelta(days=7))
    secrets.begin(link, an_event())
    file, url = made(office, tmp_path), url_of(office)
    users.save_user(replace(USER, disabled=True), an_event())
    office.close()
    restored(url, file)
    now = Database(url)
    assert [each.disabled for each in SqlUserStore(now, CODE).users()] == [True]
    assert rows_of(now)["one_time"] == []
    now.close()


def test_who_was_taken_from_an_account_does_not_come_back(office: Database, tmp_path: Path) -> None:
    """Whom the account still knows stays."""
    store = SqlIdentityStore(office, CODE)
    gone, stays = (Identity(issuer, "17", USER.id, AT) for issuer in ("https://a", "https://b"))
    store.link(gone, an_event())
    store.link(stays, an_event())
    file, url = made(office, tmp_path), url_of(office)
    store.remove(gone.issuer, USER.id, an_event())
    office.close()
    restored(url, file)
    now = Database(url)
    again = SqlIdentityStore(now, CODE)
    assert again.identity(gone.issuer, gone.subject) is None
    assert again.identity(stays.issuer, stays.subject) == stays
    now.close()


def test_a_lost_device_does_not_come_back(office: Database, tmp_path: Path) -> None:
    """A device that still counts stays."""
    store = SqlPasskeyStore(office, CODE)
    gone = Passkey("p1", USER.id, b"1", b"key", 0, b"handle", "city.example", "鍵", AT)
    stays = replace(gone, id="p2", credential_id=b"2")
    for each in (gone, stays):
        store.add(each, an_event())
    file, url = made(office, tmp_path), url_of(office)
    store.remove(USER.id, gone.id, an_event())
    office.close()
    restored(url, file)
    now = Database(url)
    assert SqlPasskeyStore(now, CODE).passkeys_of(USER.id) == [stays]
    now.close()
