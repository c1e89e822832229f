"""The oldest part of the record goes when its time is over; the rest proves itself, and says so.

Somebody with full power over the database can cut as well: the files outside of it find that.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import Connection, delete, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from cases.retention import AUDIT, LegalHold, kept_from, kept_until, own_retention
from catalog.audit import AuditEvent
from db import audit, audit_cutting, backup
from db.audit_anchors import Anchor
from db.audit_cuts import KIND, Cut, told_of
from db.audit_cutting import AnchorFile, CutPlan, carry_out, is_noted, plan_cut, reach_of
from db.errors import DatabaseError
from db.records import SqlRecordStore
from db.rows import to_row
from db.session import Database
from db.tables import audit_cuts, audit_events, audit_subjects
from tests.databases import Fill
from tests.db.conftest import KEYRING
from tests.db.examples import AT, CODE, an_event
from tests.db.test_backup import restored, url_of
from tests.db.test_forgetting import an_office
from tests.db.test_runs import PROPOSAL

YEARS: Final = 7
NOW: Final = datetime(2026, 11, 23, 3, tzinfo=UTC)
TODAY: Final = date(2026, 11, 23)
OLD: Final = 20
"""So many events are from 2018; those after them are from this year."""
LONG_AGO: Final = datetime(2018, 6, 1, tzinfo=UTC)
ABOUT: Final[dict[int, tuple[str, str, dict[str, str]]]] = {
    5: ("participant", "person-2", {}),
    7: ("participants", "", {"people": "person-3,person-9"}),
    9: ("proposal", PROPOSAL.id, {}),
    14: ("participant", "person-1", {}),
}


def an_old_event(number: int) -> AuditEvent:
    """Return an event of 2018, some about people."""
    kind, id_, detail = ABOUT.get(number, ("opening", f"opening-{number}", {}))
    return AuditEvent("changed", "user-1", kind, id_, day_of(number), detail)


def day_of(number: int) -> datetime:
    """Return when an old event was written."""
    return LONG_AGO + timedelta(days=number)


def an_aged_office(database: Database) -> None:
    """Fill a city whose record goes back many years."""
    with database.writing() as connection:
        audit.append_all(connection, CODE, map(an_old_event, range(1, OLD + 1)))
    an_office(database)


@pytest.fixture
def office(database_with: Callable[[Fill], Database]) -> Database:
    """Open the city."""
    return database_with(an_aged_office)


def head_at(database: Database, number: int) -> audit.Head:
    """Return the end that the chain had once."""
    with database.reading() as connection:
        query = select(audit_events.c.hash).where(audit_events.c.number == number)
        found = connection.scalar(query)
    assert found is not None
    return audit.Head(number, found)


def anchor(database: Database, number: int, at: datetime | None = None) -> Anchor:
    """Return what would have been noted right after an event."""
    return Anchor(CODE, head_at(database, number), at or day_of(number))


def a_plan(database: Database, *numbers: int, today: date = TODAY) -> CutPlan:
    """Plan a cut with ends noted at some numbers."""
    with database.reading() as connection:
        noted = [head_at(database, number) for number in numbers]
        return plan_cut(connection, CODE, noted, today, YEARS)


def cut_of(plan: CutPlan, at: datetime = NOW) -> Cut:
    """Return the cut of a plan."""
    return Cut(
        number=plan.to.number,
        hash=plan.to.hash,
        last_at=plan.last_at,
        at=at,
        actor_id="system",
        decided_by="総務課長",
        years=YEARS,
        rules="2026-11-23",
    )


def cut_at(database: Database, number: int) -> tuple[Cut, list[Cut]]:
    """Cut at a number; return the cut and what was noted of it."""
    noted: list[Cut] = []
    cut = cut_of(a_plan(database, number))
    carry_out(database, CODE, cut, noted.append)
    return cut, noted


def examined(database: Database, *kept: audit.Head) -> audit.Examination:
    """Compute the chain again."""
    with database.reading() as connection:
        return audit.examine(connection, CODE, kept)


def test_years_are_counted_from_the_same_day_as_for_people() -> None:
    """What may go is exactly what no longer has to be kept."""
    rule = own_retention().rule(AUDIT)
    assert rule.years == YEARS
    for today in (date(2026, 3, 31), date(2026, 4, 1), TODAY):
        first = kept_from(today, YEARS)
        kept, gone = kept_until(first, rule), kept_until(first - timedelta(days=1), rule)
        assert kept is not None
        assert gone is not None
        assert gone < today <= kept


def test_what_is_left_proves_itself_and_says_since_when(office: Database) -> None:
    """Ends noted later still hold; those of what is gone are from before, not wrong."""
    older, end, newer = (head_at(office, each) for each in (3, 12, OLD + 3))
    before = examined(office)
    cut, noted = cut_at(office, 12)
    assert noted == [cut]
    found = examined(office, older, end, newer)
    assert found.cuts == (cut,)
    assert found.since == day_of(13)
    assert found.before_cut == 1
    assert found.count == before.count - 12 + 1
    assert found.head.number == found.cut_told_at == before.head.number + 1
    with office.reading() as connection:
        assert audit.find(connection, CODE, audit.Chosen(person_id="person-2")) == []
        assert len(audit.find(connection, CODE, audit.Chosen(person_id="person-1"))) == 1
        reach = reach_of(connection, CODE, TODAY, YEARS)
        assert (reach.since, reach.count) == (found.since, found.count)
        assert (reach.overdue, reach.cuts) == (OLD - 12, (cut,))
        told = audit.events(connection, CODE, kinds=[KIND])
    assert [each.detail["decided_by"] for each in told] == ["総務課長"]


def test_the_record_goes_on_and_is_cut_again(office: Database) -> None:
    """The event of the newest cut proves all of them."""
    first, _ = cut_at(office, 3)
    second, _ = cut_at(office, 12)
    with office.writing() as connection:
        audit.append(connection, CODE, an_event("goes_on"))
    found = examined(office, audit.Head(3, first.hash), audit.Head(12, second.hash))
    assert found.cuts == (first, second)
    assert found.before_cut == 1
    later = datetime(2033, 4, 2, tzinfo=UTC)
    end = examined(office).cut_told_at + 1
    with office.reading() as connection:
        plan = plan_cut(connection, CODE, [head_at(office, end)], later.date(), 6)
    third = replace(cut_of(plan, later), years=6)
    carry_out(office, CODE, third, lambda _: None)
    found = examined(office)
    assert found.cuts == (first, second, third)
    assert found.count == 1, "the events of the earlier cuts are gone, the new one proves them"
    in_the_dark(office, "UPDATE audit_cuts SET decided_by = 'x' WHERE number = 3")
    with pytest.raises(DatabaseError, match="audit_cut_untold"):
        examined(office)


def in_the_dark(database: Database, *statements: str) -> None:
    """Do what only somebody with full power over the database can do."""
    with database.writing() as connection:
        for table in ("audit_events", "audit_subjects", "audit_cuts"):
            if connection.dialect.name == "sqlite":
                for change in ("update", "delete"):
                    connection.execute(text(f"DROP TRIGGER IF EXISTS {table}_no_{change}"))
            else:
                for change in ("change", "delete"):
                    connection.execute(
                        text(f"DROP TRIGGER IF EXISTS {table}_no_{change} ON {table}")
                    )
        for statement in statements:
            connection.execute(text(statement))


def test_nothing_goes_before_its_time_or_without_a_noted_end(office: Database) -> None:
    """At the newest end that was noted within what may go."""
    assert a_plan(office, 3, 12, OLD + 3).to.number == 12
    assert a_plan(office, 3, 12).last_on == date(2018, 6, 13)
    with pytest.raises(DatabaseError, match="audit_cut_without_anchor"):
        a_plan(office, OLD + 3)
    with pytest.raises(DatabaseError, match="audit_nothing_to_cut"):
        a_plan(office, 12, today=date(2026, 3, 31))
    cut_at(office, OLD)
    with pytest.raises(DatabaseError, match="audit_nothing_to_cut"):
        a_plan(office, OLD + 1)
    too_early = replace(cut_of(CutPlan(head_at(office, OLD + 1), 1, AT)), number=OLD + 1)
    with pytest.raises(DatabaseError, match="audit_nothing_to_cut"):
        carry_out(office, CODE, too_early, lambda _: None)
    assert examined(office).cuts[-1].number == OLD


def hold_on(office: Database, person_id: str, until_on: date | None = None) -> None:
    """Forbid the deletion of somebody's records."""
    hold = LegalHold(
        id=f"hold-{person_id}",
        participant_id=person_id,
        reason="訴えがある",
        made_by="user-5",
        made_at=AT,
        until_on=until_on,
    )
    SqlRecordStore(office, CODE, KEYRING).add_hold(hold, an_event("hold_made"))


@pytest.mark.parametrize(
    ("person_id", "at", "is_stopped"),
    [
        ("person-2", 4, False),
        ("person-2", 5, True),
        ("person-3", 6, False),
        ("person-3", 7, True),  # one of several
        ("person-1", 13, False),
        ("person-1", 14, True),
    ],
)
def test_a_hold_stops_the_cut_where_it_tells_of_the_person(
    office: Database, person_id: str, at: int, is_stopped: bool
) -> None:
    """Only of what would go; the same plan that was made before does not get through either."""
    plan = a_plan(office, at)
    hold_on(office, person_id)
    if not is_stopped:
        assert a_plan(office, at) == plan
        return
    with pytest.raises(DatabaseError, match="audit_cut_on_hold"):
        a_plan(office, at)
    with pytest.raises(DatabaseError, match="audit_cut_on_hold"):
        carry_out(office, CODE, cut_of(plan), lambda _: None)
    assert examined(office).cuts == ()


def test_a_hold_reaches_what_is_told_of_a_proposal(office: Database) -> None:
    """The event names the proposal, and the proposal the person."""
    cut_at(office, 8)
    hold_on(office, "person-2")
    with pytest.raises(DatabaseError, match="audit_cut_on_hold"):
        a_plan(office, 9)


def test_a_hold_that_has_ended_stops_nothing(office: Database) -> None:
    hold_on(office, "person-2", until_on=TODAY - timedelta(days=1))
    assert a_plan(office, 12).to.number == 12


def test_without_its_check_a_hold_would_stop_nothing(
    office: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold_on(office, "person-2")
    monkeypatch.setattr(audit_cutting, "_check_holds", lambda *_: None)
    cut_at(office, 12)
    assert examined(office).cuts


def test_what_cannot_be_noted_is_not_cut(office: Database) -> None:
    """All of it or nothing."""

    def fail(_: Cut) -> None:
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        carry_out(office, CODE, cut_of(a_plan(office, 12)), fail)
    found = examined(office)
    assert (found.cuts, found.since) == ((), day_of(1))


def test_a_chain_that_was_changed_since_it_was_examined_is_not_cut(office: Database) -> None:
    plan = a_plan(office, 12)
    other = replace(plan, to=audit.Head(12, bytes(32)))
    with pytest.raises(DatabaseError, match="audit_chain_broken"):
        carry_out(office, CODE, cut_of(other), lambda _: None)


def test_the_database_lets_go_only_of_what_lies_below_a_cut(office: Database) -> None:
    """Row by row and all at once; the cut itself stays as it was written."""
    cut_at(office, 12)
    ways = [
        "DELETE FROM audit_events WHERE number = 13",
        "DELETE FROM audit_subjects",
        "UPDATE audit_events SET actor_id = 'x'",
        "UPDATE audit_cuts SET number = 20",
        "DELETE FROM audit_cuts",
    ]
    if office.engine.dialect.name == "postgresql":
        ways += [f"TRUNCATE {table}" for table in ("audit_events", "audit_subjects", "audit_cuts")]
    with office.writing() as connection:
        people = {"people": "person-1,person-2"}
        audit.append(connection, CODE, replace(an_event(), detail=people))
    for statement in ways:
        with pytest.raises(DBAPIError, match="append-only"), office.writing() as connection:
            connection.execute(text(statement))
    assert examined(office).cuts[-1].number == 12


@pytest.mark.parametrize(
    "changed",
    [
        {"number": 11},
        {"hash": bytes(32)},
        {"last_at": day_of(1)},
        {"at": NOW + timedelta(days=1)},
        {"actor_id": "user-9"},
        {"decided_by": "市長"},
        {"years": 1},
        {"rules": "2020-01-01"},
    ],
    ids=str,
)
def test_no_word_of_a_cut_can_be_changed(office: Database, changed: dict[str, Any]) -> None:
    cut_at(office, 12)
    in_the_dark(office)
    with office.writing() as connection:
        connection.execute(update(audit_cuts).values(**changed))
    with pytest.raises(DatabaseError, match=r"audit_cut_untold|audit_chain_broken"):
        examined(office)


def remove_up_to(connection: Connection, number: int) -> None:
    """Delete the beginning of the record."""
    for table in (audit_subjects, audit_events):
        connection.execute(delete(table).where(table.c.number <= number))


def forge(office: Database, number: int, *, is_told: bool = True, at: datetime = NOW) -> None:
    """Cut as somebody would who has the database and knows how the product does it."""
    cut = cut_of(CutPlan(head_at(office, number), number, day_of(number)), at)
    in_the_dark(office)
    with office.writing() as connection:
        if is_told:
            event = AuditEvent(KIND, cut.actor_id, "audit", CODE, cut.at, told_of([cut]))
            audit.append(connection, CODE, event)
        connection.execute(insert(audit_cuts).values(to_row(CODE, cut)))
        remove_up_to(connection, number)


def test_a_beginning_that_is_merely_gone_is_found(office: Database) -> None:
    """Without a cut, and with one of which no event tells."""
    other = office
    in_the_dark(other, "DELETE FROM audit_subjects WHERE number <= 12")
    in_the_dark(other, "DELETE FROM audit_events WHERE number <= 12")
    with pytest.raises(DatabaseError, match="audit_chain_broken"):
        examined(other)


def test_a_cut_of_which_no_event_tells_is_found(office: Database) -> None:
    forge(office, 12, is_told=False)
    with pytest.raises(DatabaseError, match="audit_cut_untold"):
        examined(office)


def noted(office: Database, *files: AnchorFile) -> bool:
    """Compare the last cut with files."""
    return is_noted(examined(office), files, NOW, YEARS)


def test_a_forged_cut_is_found_by_the_file_of_anchors(office: Database) -> None:
    """The chain alone does not show it; the file to which the office adds knows of no such cut."""
    file = [anchor(office, number) for number in (3, 12)]
    recent = anchor(office, OLD + 3, AT)
    forge(office, 12)
    assert examined(office, *(each.head for each in file)).before_cut == 1
    with pytest.raises(DatabaseError, match="audit_cut_not_noted"):
        noted(office, AnchorFile(file, goes_on=True))
    with pytest.raises(DatabaseError, match="audit_cut_not_noted"):
        noted(office, AnchorFile([*file, recent], goes_on=True))
    later = Anchor(CODE, examined(office).head, NOW)
    with pytest.raises(DatabaseError, match="audit_cut_not_noted"):
        noted(office, AnchorFile([*file, later]))
    assert not noted(office, AnchorFile(file)), "a copy from before cannot know of it"
    assert not noted(office, AnchorFile([later], goes_on=True)), "nor one begun since"
    assert not noted(office)


def test_an_old_copy_alone_finds_a_cut_of_what_had_to_be_kept(office: Database) -> None:
    """Whatever follows an end that was noted last year is not older than that."""
    file = [anchor(office, OLD + 1, AT)]
    forge(office, OLD + 3)
    with pytest.raises(DatabaseError, match="audit_cut_too_much"):
        noted(office, AnchorFile(file))


@pytest.mark.parametrize("at", [datetime(2060, 1, 1, tzinfo=UTC), LONG_AGO])
def test_a_forged_cut_gains_nothing_by_another_day(office: Database, at: datetime) -> None:
    """A day to come would make what is kept look old; a day long past would make the file young."""
    file = [anchor(office, OLD + 1, AT)]
    forge(office, OLD + 3, at=at)
    with pytest.raises(DatabaseError, match="audit_cut_too_much"):
        noted(office, AnchorFile(file))


def test_a_true_cut_is_known_to_the_file(office: Database) -> None:
    """Also beside a copy that ends before it, and to one that was written since."""
    file = [anchor(office, number) for number in (3, 12)]
    cut, _ = cut_at(office, 12)
    of_cut = Anchor(CODE, audit.Head(cut.number, cut.hash), NOW, is_cut=True)
    later = Anchor(CODE, examined(office).head, NOW)
    assert noted(office, AnchorFile([*file, of_cut], goes_on=True))
    assert noted(office, AnchorFile([*file, of_cut, later], goes_on=True), AnchorFile(file))
    assert noted(office, AnchorFile([*file, later]), AnchorFile([of_cut]))
    elsewhere = replace(of_cut, head=audit.Head(12, bytes(32)))
    with pytest.raises(DatabaseError, match="audit_cut_not_noted"):
        noted(office, AnchorFile([*file, elsewhere], goes_on=True))


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_backup_of_before_or_after_a_cut_comes_back_whole(
    office: Database, tmp_path: Path, when: str
) -> None:
    """With all that the ends noted in their time prove."""
    anchors = [head_at(office, number) for number in (3, 12, OLD + 3)]
    url, file = url_of(office), tmp_path / "a.backup"
    if when == "before":
        backup.make(office, file, KEYRING, NOW, tmp_path)
    cut, _ = cut_at(office, 12)
    if when == "after":
        backup.make(office, file, KEYRING, NOW, tmp_path)
    office.close()
    restored(url, file)
    now = Database(url)
    found = examined(now, *anchors)
    assert (found.before_cut, found.cuts) == ((0, ()) if when == "before" else (1, (cut,)))
    now.close()
