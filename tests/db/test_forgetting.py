"""Who was deleted is gone for good: nothing opens, runs stay, a restored backup forgets again."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import select

from cases.helper import Helper
from cases.meetings.meeting import AgendaItem
from cases.participant import ParticipantStatus
from cases.permissions import PeopleScope
from cases.proposal import Decision, decide
from cases.retention import Deletion
from catalog.actor import Actor, Role
from catalog.opening import OpeningStatus
from db import audit
from db.cases import SqlCaseStore
from db.catalog import SqlCatalogStore
from db.closing import SqlClosingStore
from db.errors import DatabaseError
from db.following import SqlFollowUpStore
from db.forgetting import (
    apply_deletions,
    delete_person,
    deletions_of,
    forget_again,
    keep_deletions,
    kept_deletions,
    wipe_traces,
)
from db.health import find_faults
from db.helping import SqlHelperStore
from db.meetings import SqlMeetingStore
from db.placing import SqlPlacementStore
from db.planning import SqlPlanStore
from db.records import SqlRecordStore
from db.rights import SqlEmergencyStore
from db.rules import SqlRuleStore
from db.runs import SqlRunStore
from db.sealing import Sealing
from db.secrets import SealedKey
from db.session import Database, sqlite_path
from db.tables import data_keys, name_index, participants, proposals
from tests.databases import Fill, SqliteDatabases
from tests.db.casework import EVALUATION, PLAN, WATCH
from tests.db.conftest import KEYRING
from tests.db.examples import AT, CODE, CONSENT, HOUSEHOLD, NEED, OPENING, SYSTEM, an_event
from tests.db.placings import ENDED, ENQUIRY, PLACEMENT
from tests.db.talks import TALK
from tests.db.test_plaintext import EMERGENCY, HELPER_RUN, HOLD, TOLD
from tests.db.test_rules import LOCK, OPEN_PERSON, THIRD, TOGETHER, _people
from tests.db.test_runs import OF_PROTECTED, PROPOSAL, RUN

GONE: Final = "person-2"
DELETION: Final = Deletion(
    participant_id=GONE,
    at=AT + timedelta(days=1),
    ground="retention_passed",
    decided_by="user-1",
    approved_by="課長",
)
APART: Final = replace(TOGETHER, id="bond-2", participant_ids=("person-1", GONE, "person-3"))


def an_office(database: Database) -> None:
    """Fill a city with three people of one household and all that can be kept of the second."""
    _people(database)
    cases, rules = SqlCaseStore(database, CODE, KEYRING), SqlRuleStore(database, CODE, KEYRING)
    cases.save_need(replace(NEED, participant_id=GONE), an_event())
    cases.add_consent(replace(CONSENT, participant_id=GONE), an_event())
    rules.add_placing_rule(LOCK, an_event())
    for bond in (TOGETHER, APART):
        rules.add_bond(bond, an_event())
    helper = Helper(id="helper-2", name=OPEN_PERSON.name, participant_id=GONE)
    SqlHelperStore(database, CODE, KEYRING).save_helper(helper, an_event())
    runs = SqlRunStore(database, CODE, KEYRING)
    runs.add_run(RUN, [PROPOSAL, OF_PROTECTED], an_event())


@pytest.fixture
def office(database_with: Callable[[Fill], Database]) -> Database:
    """Open the city."""
    return database_with(an_office)


def delete_it(office: Database, deletion: Deletion = DELETION) -> Deletion:
    """Delete the second person."""
    return delete_person(office, CODE, KEYRING, deletion, an_event("person_deleted"))


def test_nothing_of_the_person_opens(office: Database) -> None:
    delete_it(office)
    check_nothing_opens(office)


def check_nothing_opens(office: Database) -> None:
    """Ask every store for the second person."""
    cases, rules = SqlCaseStore(office, CODE, KEYRING), SqlRuleStore(office, CODE, KEYRING)
    assert [each.id for each in cases.participants(SYSTEM)] == ["person-1", "person-3"]
    assert cases.participant(SYSTEM, GONE) is None
    assert cases.participant_by_case_no(SYSTEM, OPEN_PERSON.case_no) is None
    assert cases.case_numbers() == ["2026-001", "2026-003"]
    assert GONE not in {each.id for each in cases.find_by_name(SYSTEM, "山田")}
    assert cases.needs(SYSTEM) == {} == cases.consents(SYSTEM)
    assert rules.placing_rules(SYSTEM) == []
    assert SqlHelperStore(office, CODE, KEYRING).helpers(SYSTEM) == []
    assert SqlRunStore(office, CODE, KEYRING).proposals_for(SYSTEM, GONE) == []


def test_what_stays_is_noise(office: Database) -> None:
    """The bytes of a kept row open with no key that there is, and the row tells nothing."""
    with office.reading() as connection:
        before = set(connection.scalars(select(data_keys.c.subject_id)))
    delete_it(office)
    with office.reading() as connection:
        after = set(connection.scalars(select(data_keys.c.subject_id)))
        keys = connection.execute(select(data_keys)).all()
        row = (
            connection.execute(select(participants).where(participants.c.id == GONE))
            .mappings()
            .one()
        )
        sealed = connection.scalar(
            select(proposals.c.reason).where(proposals.c.participant_id == GONE)
        )
        tokens = set(connection.scalars(select(name_index.c.participant_id)))
    assert before - after == {GONE, "helper-2"}
    assert sealed is not None
    assert PROPOSAL.reason.encode() not in sealed
    store = SqlRunStore(office, CODE, KEYRING)
    for each in keys:
        key = KEYRING.open_data_key(SealedKey(each.key_id, each.sealed), CODE, each.subject_id)
        with pytest.raises(DatabaseError, match="cannot_decrypt"):
            store.sealing.open(str, sealed, proposals.c.reason, key, PROPOSAL.id)
    assert GONE not in tokens
    assert [row[name] for name in ("name", "name_kana", "address", "phone", "note")] == [None] * 5
    assert (row["case_no"], row["household_id"]) == (f"{GONE}-", None)
    assert row["since_on"] == DELETION.at.date()


def test_bonds_of_the_others_stay_without_their_reason(office: Database) -> None:
    delete_it(office)
    (left,) = SqlRuleStore(office, CODE, KEYRING).bonds(SYSTEM)
    assert (left.id, left.participant_ids) == (APART.id, ("person-1", "person-3"))
    assert "削除された方" in left.reason


def test_runs_and_the_record_stay_readable(office: Database) -> None:
    number = len(audit_kinds(office))
    delete_it(office)
    runs = SqlRunStore(office, CODE, KEYRING)
    run = runs.run(SYSTEM, RUN.id)
    assert run is not None
    assert (run.problem, run.result) == (RUN.problem, RUN.result)
    assert [each.participant_id for each in run.unplaced] == ["person-1"]
    assert [each.participant_id for each in run.not_considered] == ["person-1"]
    assert [each.kind for each in run.used] == ["most_at_once"]
    assert [each.id for each in runs.proposals(SYSTEM, run.id)] == [OF_PROTECTED.id]
    assert audit_kinds(office)[number:] == ["person_deleted"]
    assert find_faults(office) == []


def audit_kinds(database: Database) -> list[str]:
    """Return the kinds of all events in order, the chain checked."""
    with database.reading() as connection:
        audit.verify(connection, CODE)
        return [each.kind for each in audit.events(connection, CODE)][::-1]


def test_the_household_goes_with_its_last_person(office: Database) -> None:
    cases = SqlCaseStore(office, CODE, KEYRING)
    for number, id_ in enumerate((GONE, "person-3", "person-1"), start=1):
        assert HOUSEHOLD.id in cases.households(SYSTEM)
        assert delete_it(office, replace(DELETION, participant_id=id_)).number == number
    with office.reading() as connection:
        kept = set(connection.scalars(select(data_keys.c.subject_id)))
    assert kept == {TOGETHER.id, APART.id, RUN.id}
    assert [each.participant_id for each in deletions_of(office, CODE)] == [
        GONE, "person-3", "person-1",
    ]  # fmt: skip


def test_nobody_is_deleted_twice(office: Database) -> None:
    delete_it(office)
    with pytest.raises(DatabaseError, match="deleted_already"):
        delete_it(office)
    assert audit_kinds(office).count("person_deleted") == 1


def test_the_old_bytes_are_gone_from_the_file(sqlite_databases: SqliteDatabases) -> None:
    """Not even in pages set aside: whoever kept the key file could else open them."""
    database = Database(sqlite_databases.create(an_office))
    with database.reading() as connection:
        of_person = select(data_keys.c.sealed).where(data_keys.c.subject_id == GONE)
        sealed = connection.scalar(of_person)
        tokens = set(
            connection.scalars(
                select(name_index.c.token).where(name_index.c.participant_id == GONE)
            )
        )
    assert isinstance(sealed, bytes)
    path = sqlite_path(database.engine)
    assert path is not None
    assert sealed in stored(path)
    delete_it(database)
    assert wipe_traces(database)
    assert sealed not in stored(path)
    assert tokens
    database.close()


def stored(path: Path) -> bytes:
    """Return the bytes of a database file and of what lies beside it."""
    return b"".join(each.read_bytes() for each in path.parent.glob(f"{path.name}*"))


def test_traces_are_wiped_on_both(office: Database) -> None:
    delete_it(office)
    assert wipe_traces(office)
    assert deletions_of(office, CODE) == (replace(DELETION, number=1),)


def test_a_restored_backup_forgets_again(sqlite_databases: SqliteDatabases, tmp_path: Path) -> None:
    """The backup was taken before the deletion; the log in the file knows of it."""
    log = tmp_path / "keys" / "deletions.jsonl"
    live = Database(sqlite_databases.create(an_office))
    wipe_traces(live)
    path = sqlite_path(live.engine)
    assert path is not None
    shutil.copy(path, tmp_path / "backup.sqlite")
    delete_it(live)
    delete_it(live, replace(DELETION, participant_id="person-3"))
    keep_deletions(live, CODE, log)
    keep_deletions(live, CODE, log)
    live.close()
    restored = Database(f"sqlite:///{tmp_path / 'backup.sqlite'}")
    cases = SqlCaseStore(restored, CODE, KEYRING)
    assert len(cases.participants(SYSTEM)) == 3
    kept = kept_deletions(log, CODE)
    event = an_event("deletions_applied")
    assert apply_deletions(restored, CODE, KEYRING, kept, event) == 2
    assert [each.id for each in cases.participants(SYSTEM)] == ["person-1"]
    assert apply_deletions(restored, CODE, KEYRING, kept, event) == 0
    assert audit_kinds(restored).count("deletions_applied") == 1
    assert {each.participant_id for each in deletions_of(restored, CODE)} == {GONE, "person-3"}
    restored.close()


def test_deletions_apply_on_both(office: Database) -> None:
    unknown = replace(DELETION, participant_id="registered-after-the-backup")
    assert apply_deletions(office, CODE, KEYRING, [DELETION, unknown], an_event("applied")) == 2
    assert SqlCaseStore(office, CODE, KEYRING).participant(SYSTEM, GONE) is None


def test_the_log_is_for_its_owner_and_read_with_care(office: Database, tmp_path: Path) -> None:
    log = tmp_path / "deletions.jsonl"
    assert kept_deletions(log, CODE) == ()
    keep_deletions(office, CODE, log)
    assert log.read_bytes() == b"", "it says that nobody was deleted"
    delete_it(office)
    keep_deletions(office, CODE, log)
    assert log.stat().st_mode & 0o077 == 0
    assert kept_deletions(log, CODE) == (DELETION,)
    assert kept_deletions(log, "111111") == ()
    log.write_text(log.read_text() + "{}\n")
    with pytest.raises(DatabaseError, match=r"deletions_malformed.*line=2"):
        kept_deletions(log, CODE)


def test_a_line_of_the_log_that_the_power_cut_off_is_written_again(
    office: Database, tmp_path: Path
) -> None:
    """Wherever it was cut, also within a character."""
    log = tmp_path / "deletions.jsonl"
    delete_it(office)
    keep_deletions(office, CODE, log)
    whole = log.read_bytes()
    for end in range(1, len(whole)):
        log.write_bytes(whole[:end])
        keep_deletions(office, CODE, log)
        assert kept_deletions(log, CODE) == (DELETION,), end
    log.write_bytes(whole + whole[:40])
    other = replace(DELETION, participant_id="person-3")
    delete_it(office, other)
    keep_deletions(office, CODE, log)
    assert kept_deletions(log, CODE) == (DELETION, other)
    log.write_bytes(whole[20:] + whole)
    with pytest.raises(DatabaseError, match=r"deletions_malformed.*line=1"):
        kept_deletions(log, CODE)


def test_who_might_not_know_of_the_person_learns_nothing(office: Database) -> None:
    """A deleted person with a protected address is not even counted for others."""
    delete_it(office, replace(DELETION, participant_id="person-1"))
    stranger = PeopleScope(Actor("user-5", "林", Role.COORDINATOR, CODE))
    assert {each.id for each in SqlCaseStore(office, CODE, KEYRING).participants(stranger)} == {
        OPEN_PERSON.id, THIRD.id,
    }  # fmt: skip


def test_a_run_that_ends_after_the_deletion_keeps_nothing_of_the_person(office: Database) -> None:
    """It is as if it had ended before: the row says that there was somebody, and nothing else."""
    runs, records = SqlRunStore(office, CODE, KEYRING), SqlRecordStore(office, CODE, KEYRING)
    delete_it(office)
    late = replace(RUN, id="run-2", number=2)
    made = replace(PROPOSAL, id="proposal-9", run_id="run-2")
    runs.add_run(late, [made], an_event())
    assert [each.id for each in SqlCaseStore(office, CODE, KEYRING).participants(SYSTEM)] == [
        "person-1", "person-3",
    ]  # fmt: skip
    assert runs.proposals(SYSTEM, "run-2") == []
    assert records.deleted_in(SYSTEM, "run-2").proposed == 1
    seen = runs.run(SYSTEM, "run-2")
    assert seen is not None
    assert GONE not in {each.participant_id for each in seen.unplaced}


def test_helpers_who_were_deleted_get_no_key_from_a_run(office: Database) -> None:
    helping = SqlHelperStore(office, CODE, KEYRING)
    delete_it(office)
    made = replace(PROPOSAL, id="proposal-9", run_id="hr", participant_id="helper-2")
    helping.add_helper_run(HELPER_RUN, [made], an_event())
    assert helping.helpers(SYSTEM) == []
    assert helping.helper_proposals(SYSTEM, "hr") == []


def _writes(office: Database) -> dict[str, Callable[[], object]]:
    """Give every way to write about the second person, prepared before the deletion."""
    cases, rules = SqlCaseStore(office, CODE, KEYRING), SqlRuleStore(office, CODE, KEYRING)
    records, helping = SqlRecordStore(office, CODE, KEYRING), SqlHelperStore(office, CODE, KEYRING)
    emergencies = SqlEmergencyStore(office, CODE, KEYRING)
    placing = SqlPlacementStore(office, CODE, KEYRING)
    following = SqlFollowUpStore(office, CODE, KEYRING)
    closing = SqlClosingStore(office, CODE, KEYRING)
    again = Helper(id="helper-9", name=OPEN_PERSON.name, participant_id=GONE)
    return {
        "person": lambda: cases.save_participant(replace(OPEN_PERSON, note="x"), an_event()),
        "need": lambda: cases.save_need(replace(NEED, participant_id=GONE), an_event()),
        "consent": lambda: cases.add_consent(
            replace(CONSENT, id="c-9", participant_id=GONE), an_event()
        ),
        "hold": lambda: records.add_hold(HOLD, an_event()),
        "disclosure": lambda: records.add_disclosure(TOLD, an_event()),
        "rule": lambda: rules.add_placing_rule(replace(LOCK, id="r-9"), an_event()),
        "bond": lambda: rules.add_bond(replace(TOGETHER, id="b-9"), an_event()),
        "helper": lambda: helping.save_helper(replace(again, id="helper-2"), an_event()),
        "new helper": lambda: helping.save_helper(again, an_event()),
        "enquiry": lambda: placing.save_enquiry(ENQUIRY, an_event()),
        "placement": lambda: placing.save_placement(PLACEMENT, an_event()),
        "evaluation": lambda: closing.save_evaluation(EVALUATION, an_event()),
        "watch": lambda: closing.save_watch(WATCH, an_event()),
        "plan": lambda: SqlPlanStore(office, CODE, KEYRING).save_plan(PLAN, an_event()),
        "talk": lambda: following.save_follow_up(TALK, an_event()),
        "emergency": lambda: emergencies.add(EMERGENCY, an_event()),
        "agenda": lambda: SqlMeetingStore(office, CODE, KEYRING).save_agenda_item(
            AgendaItem(id="i-9", meeting_id="m", number=1, participant_id=GONE), an_event()
        ),
    }


def test_nothing_more_is_written_about_who_was_deleted(office: Database) -> None:
    writes = _writes(office)
    delete_it(office)
    for name, write in writes.items():
        with pytest.raises(DatabaseError, match="deleted_already"):
            pytest.fail(f"{name}: {write()}")
    with office.reading() as connection:
        assert not {GONE, "helper-2", "helper-9"} & set(
            connection.scalars(select(data_keys.c.subject_id))
        )


def test_who_came_back_is_forgotten_at_the_next_start(
    office: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As an earlier version left them; the defence is switched off to make such a database."""
    delete_it(office)
    monkeypatch.setattr(Sealing, "deleted", lambda *_: set())
    writes = _writes(office)
    for name in ("need", "consent", "hold", "helper"):
        writes[name]()
    monkeypatch.undo()
    with pytest.raises(AttributeError):
        SqlCaseStore(office, CODE, KEYRING).participants(SYSTEM)
    event = an_event("deletions_applied")
    assert forget_again(office, CODE, KEYRING, event) == 1
    assert forget_again(office, CODE, KEYRING, event) == 0
    check_nothing_opens(office)
    assert audit_kinds(office).count("deletions_applied") == 1


def test_a_place_promised_to_who_was_deleted_is_free_again(office: Database) -> None:
    runs = SqlRunStore(office, CODE, KEYRING)
    coordinator = Actor("user-5", "林", Role.COORDINATOR, CODE)
    last = replace(OPENING, status=OpeningStatus.OPEN, capacity=2)
    SqlCatalogStore(office, CODE).save_opening(last, an_event())
    waiting = replace(OPEN_PERSON, status=ParticipantStatus.WAITING)
    SqlCaseStore(office, CODE, KEYRING).save_participant(waiting, an_event())
    runs.save_proposal(*decide(PROPOSAL, Decision.ADVANCE, coordinator, AT))
    other = decide(OF_PROTECTED, Decision.ADVANCE, coordinator, AT)
    with pytest.raises(DatabaseError, match="no_free_place"):
        runs.save_proposal(*other)
    delete_it(office)
    runs.save_proposal(*other)


def test_the_place_that_was_taken_for_who_was_deleted_is_given_back(office: Database) -> None:
    """One that ended gives nothing back a second time."""
    placing, catalog = SqlPlacementStore(office, CODE, KEYRING), SqlCatalogStore(office, CODE)
    placing.save_placement(PLACEMENT, an_event())
    placing.save_placement(replace(ENDED, enquiry_id="enquiry-0"), an_event())
    catalog.save_opening(replace(OPENING, taken=2, capacity=3), an_event(), seen=OPENING.taken)
    delete_it(office)
    left = catalog.opening(OPENING.id)
    assert left is not None
    assert left.taken == 1
