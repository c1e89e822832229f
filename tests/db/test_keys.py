"""Keys change while the application runs; nothing is lost wherever it stops."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import select

from catalog.audit import AuditEvent
from db.cases import SqlCaseStore
from db.errors import DatabaseError
from db.keys import KeyFile, add_key, change_index_key, changing, drop_unused, report, reseal
from db.secrets import Keyring, load_current
from db.session import Database
from db.tables import data_keys, name_index
from tests.databases import Fill
from tests.db.conftest import KEYRING, a_city
from tests.db.examples import AT, CODE, PARTICIPANT, SYSTEM, an_event, kinds_of_events

PEOPLE: Final = [
    replace(PARTICIPANT, id=f"p{at}", case_no=f"K-{at}", household_id=None) for at in range(7)
]


def a_town_of_people(database: Database) -> None:
    """Register some people."""
    a_city(database)
    SqlCaseStore(database, CODE, KEYRING).save_participants(PEOPLE, an_event())


@pytest.fixture
def town(database_with: Callable[[Fill], Database]) -> Database:
    """Open the city with its people."""
    return database_with(a_town_of_people)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Write the keys of the city to a file."""
    found = tmp_path / "keys.json"
    KEYRING.save(found)
    return found


@pytest.fixture
def file(path: Path) -> Iterator[KeyFile]:
    """Change the file alone, as a command does."""
    with changing(path) as alone:
        yield alone


def event_of(kind: str, detail: Mapping[str, str]) -> AuditEvent:
    """Return the event of a command."""
    return replace(an_event(kind), detail=detail)


def read(town: Database, keyring: Keyring) -> list[str]:
    """Return the names of everybody, as a keyring opens them."""
    return [each.name for each in SqlCaseStore(town, CODE, keyring).participants(SYSTEM)]


def rotate(town: Database, file: KeyFile) -> Keyring:
    """Change the key to the end."""
    keyring = add_key(town, CODE, file, event_of)
    list(reseal(town, CODE, keyring, event_of, 3))
    return keyring


def test_all_data_keys_are_sealed_anew(town: Database, file: KeyFile) -> None:
    keyring = add_key(town, CODE, file, event_of)
    assert (keyring.current, Keyring.load(file.path)) == ("2", keyring)
    assert list(reseal(town, CODE, keyring, event_of, 3)) == [4, 1, 0]
    with town.reading() as connection:
        assert set(connection.scalars(select(data_keys.c.key_id))) == {"2"}
    assert read(town, keyring) == [PARTICIPANT.name] * 7
    told = report(town, CODE, keyring)
    assert (told.used, told.is_well, told.unused, told.is_between) == (
        {"1": 0, "2": 7}, True, ("1",), False,
    )  # fmt: skip
    assert kinds_of_events(town)[-4:] == ["key_added", *["keys_resealed"] * 3]
    with pytest.raises(DatabaseError, match="unknown_key"):
        read(town, KEYRING)


@pytest.mark.parametrize("batches", [0, 1, 2])
def test_a_change_that_stopped_goes_on(town: Database, file: KeyFile, batches: int) -> None:
    """Between two steps everything can be read, and no further key is made."""
    first = add_key(town, CODE, file, event_of)
    list(islice(reseal(town, CODE, first, event_of, 2), batches))
    told = report(town, CODE, first)
    assert (told.is_well, told.is_between) == (True, True)
    assert read(town, Keyring.load(file.path)) == [PARTICIPANT.name] * 7
    again = add_key(town, CODE, file, event_of)
    assert again == first
    list(reseal(town, CODE, again, event_of, 2))
    assert report(town, CODE, again).used == {"1": 0, "2": 7}


def test_a_batch_is_kept_whole_or_not_at_all(town: Database, file: KeyFile) -> None:
    keyring = add_key(town, CODE, file, event_of)

    def fails(kind: str, detail: Mapping[str, str]) -> AuditEvent:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        next(reseal(town, CODE, keyring, fails, 3))
    assert report(town, CODE, keyring).used == {"1": 7, "2": 0}


def test_who_runs_meanwhile_notices_the_new_file(town: Database, file: KeyFile) -> None:
    """A page that began with the old keys finds the new one in the file."""
    old = load_current(file.path)
    new = rotate(town, file)
    assert old.current == "1"
    assert read(town, old) == [PARTICIPANT.name] * 7
    assert load_current(file.path) == new


def test_an_unused_key_goes_and_a_used_one_stays(town: Database, file: KeyFile) -> None:
    assert drop_unused(town, CODE, file, AT, event_of) == ()
    keyring = add_key(town, CODE, file, event_of)
    next(reseal(town, CODE, keyring, event_of, 3))
    assert drop_unused(town, CODE, file, AT, event_of) == ()
    list(reseal(town, CODE, keyring, event_of))
    assert drop_unused(town, CODE, file, AT, event_of) == ("1",)
    assert set(Keyring.load(file.path).keys) == {"2"}
    assert read(town, Keyring.load(file.path)) == [PARTICIPANT.name] * 7
    assert kinds_of_events(town)[-1] == "keys_dropped"


def test_nothing_is_sealed_with_a_dropped_key(town: Database, file: KeyFile) -> None:
    """A process that still has the old keys in memory would write what nobody opens later."""
    stale = SqlCaseStore(town, CODE, load_current(file.path))
    rotate(town, file)
    stale.save_participant(replace(PEOPLE[0], id="p8", case_no="K-8"), an_event())
    assert drop_unused(town, CODE, file, AT, event_of) == ()
    rotate(town, file)
    assert drop_unused(town, CODE, file, AT, event_of) == ("1",)
    with pytest.raises(DatabaseError, match="unknown_key"):
        stale.save_participant(replace(PEOPLE[0], id="p9", case_no="K-9"), an_event())
    assert read(town, Keyring.load(file.path)) == [PARTICIPANT.name] * 8


def test_a_foreign_key_file_changes_nothing(town: Database, tmp_path: Path) -> None:
    other = tmp_path / "other.json"
    Keyring.create(other)
    before = other.read_bytes()
    with changing(other) as file, pytest.raises(DatabaseError, match="wrong_keyring"):
        add_key(town, CODE, file, event_of)
    assert other.read_bytes() == before
    told = report(town, CODE, Keyring.load(other))
    assert (told.unreadable, told.is_well) == (7, False)


def test_a_file_without_the_key_is_named(town: Database, file: KeyFile) -> None:
    rotate(town, file)
    told = report(town, CODE, replace(KEYRING, path=None))
    assert (told.unknown, told.unreadable) == (("2",), 7)


def test_names_are_indexed_anew(town: Database, file: KeyFile) -> None:
    with town.reading() as connection:
        before = set(connection.scalars(select(name_index.c.token)))
    assert change_index_key(town, CODE, file, event_of) == 7
    keyring = Keyring.load(file.path)
    with town.reading() as connection:
        after = set(connection.scalars(select(name_index.c.token)))
    assert not before & after
    assert len(SqlCaseStore(town, CODE, keyring).find_by_name(SYSTEM, "山田")) == 7
    assert SqlCaseStore(town, CODE, KEYRING).find_by_name(SYSTEM, "山田") == []
    assert report(town, CODE, keyring).is_well


def test_names_left_half_way_are_finished(town: Database, file: KeyFile) -> None:
    """The file was written and the database stopped before its commit."""
    half = KEYRING.with_new_index_key().save(file.path)
    assert report(town, CODE, half).old_tokens == 7
    assert change_index_key(town, CODE, file, event_of) == 7
    assert Keyring.load(file.path) == half
    assert report(town, CODE, half).is_well


def test_what_a_process_with_old_keys_indexed_is_made_anew(town: Database, file: KeyFile) -> None:
    change_index_key(town, CODE, file, event_of)
    stale = SqlCaseStore(town, CODE, KEYRING)
    stale.save_participant(PEOPLE[0], an_event())
    keyring = Keyring.load(file.path)
    assert report(town, CODE, keyring).old_tokens == 1
    assert change_index_key(town, CODE, file, event_of, again=False) == 1
    assert len(SqlCaseStore(town, CODE, keyring).find_by_name(SYSTEM, "山田")) == 7


def test_two_changes_at_once_are_not_begun(path: Path) -> None:
    """The slower one would write its keys over those with which the other seals."""
    with changing(path):
        before = path.read_bytes()
        with pytest.raises(DatabaseError, match="keys_being_changed"), changing(path):
            pytest.fail("both change the file")
        assert path.read_bytes() == before
    with changing(path) as file:
        assert file.path == path


def test_nothing_is_sealed_with_a_key_that_the_file_has_lost(town: Database, file: KeyFile) -> None:
    """Somebody puts a copy back while the keys change; the next key of that file is another."""
    keyring = add_key(town, CODE, file, event_of)
    batches = reseal(town, CODE, keyring, event_of, 3)
    next(batches)
    KEYRING.with_new_key().save(file.path)
    with pytest.raises(DatabaseError, match="keys_replaced"):
        next(batches)
    assert report(town, CODE, keyring).used == {"1": 4, "2": 3}


def test_the_file_is_replaced_in_one_step(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Power that fails while the new file is written leaves the old one."""
    before = path.read_bytes()

    def fails(_self: Keyring, file: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(Keyring, "_write", fails)
    with pytest.raises(OSError, match="no space"):
        KEYRING.with_new_key().save(path)
    assert path.read_bytes() == before
    monkeypatch.undo()
    assert KEYRING.with_new_key().save(path) == Keyring.load(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_who_began_before_the_index_key_changed_is_found_all_the_same(
    town: Database, file: KeyFile
) -> None:
    """The names are made anew by a writer that still holds the old key."""
    stale = SqlCaseStore(town, CODE, load_current(file.path))
    change_index_key(town, CODE, file, event_of)
    stale.save_participant(replace(PEOPLE[0], id="p8", case_no="K-8"), an_event())
    keyring = Keyring.load(file.path)
    assert report(town, CODE, keyring).is_well
    assert len(SqlCaseStore(town, CODE, keyring).find_by_name(SYSTEM, "山田")) == 8
