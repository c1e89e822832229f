"""Nothing personal can be read in the database: every column is sealed, or says why it is not.

Marks are put into every text of every value that the stores keep of people. Then the rows, the
files of the database and its log of writes are searched for them, in each spelling that a database
or JSON could give them. With sealing switched off the same search finds them.
"""

from __future__ import annotations

import itertools
import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Final, TypeVar

import pytest
from sqlalchemy import select, text

from cases.disclosure import Disclosure
from cases.emergency import EmergencyAccess
from cases.helper import Helper
from cases.helper_run import HelperRun
from cases.intake.reception import Reception
from cases.intake.referral import Referral
from cases.meetings.meeting import AgendaItem, Attendance, Decided, Meeting
from cases.outreach import Visit, VisitState
from cases.plan import PlanRole
from cases.retention import LegalHold
from cases.run import Near, Unplaced
from catalog.actor import Role
from db import secrets
from db.cases import SqlCaseStore
from db.closing import SqlClosingStore
from db.following import SqlFollowUpStore
from db.helping import SqlHelperStore
from db.intake import SqlIntakeStore
from db.meetings import SqlMeetingStore
from db.outreach import SqlVisitStore
from db.placing import SqlPlacementStore
from db.planning import SqlPlanStore
from db.records import SqlRecordStore
from db.referring import SqlReferralStore
from db.rights import SqlEmergencyStore
from db.rules import SqlRuleStore
from db.runs import SqlRunStore
from db.second_factors import Authenticator, SqlFactorStore
from db.session import Database, sqlite_path
from db.tables import Encrypted, metadata
from db.users import SqlUserStore, User
from tests.db.casework import EVALUATION, PLAN, WATCH
from tests.db.conftest import KEYRING
from tests.db.examples import (
    AT,
    CODE,
    CONSENT,
    HOUSEHOLD,
    NEED,
    OPENING,
    SYSTEM,
    an_event,
)
from tests.db.placings import ENDED, ENQUIRY, MOVED
from tests.db.talks import TALK
from tests.db.test_rules import LOCK, OPEN_PERSON, THIRD, TOGETHER, _people
from tests.db.test_runs import PROPOSAL, RUN
from tests.figures import figure

_V = TypeVar("_V")
LISTED: Final = tomllib.loads(Path(__file__).with_name("clear_columns.toml").read_text("utf-8"))
CLEAR: Final = {each: group["why"] for group in LISTED["reason"] for each in group["columns"]}
CODES: Final = frozenset(
    {
        "id", "case_no", "household_id", "participant_id", "opening_id", "host_id", "run_id",
        "rule_id", "coordinator_id", "office_id", "status", "state", "kind", "sex", "companion",
        "next_step", "user_id", "made_by", "undone_by", "lifted_by", "recorded_by", "decided_by",
        "basis", "code", "window", "channel", "connected_by", "connector_district", "field",
        "screening", "received_by", "reception_id", "from_office_id", "to_office_id",
        "side", "occasion", "absence_reason", "placement_id", "evaluation_id",
        "word", "set_aside_reason", "set_aside",
    }
)  # fmt: skip
"""Fields that hold an opaque id or a code of a list."""
NUMBERS: Final = ("35.7654321", "139.5432109", "1947-03-29")
SPELLINGS: Final = re.compile(
    rb"CN\d{4}X|C\0N\0(?:\d\0){4}X\0|\\u5370|"
    + b"|".join(re.escape(each.encode(code)) for each in NUMBERS for code in ("utf-8", "utf-16-le"))
)
"""Every mark and number, in UTF-8 and UTF-16, and how JSON writes the beginning of a mark."""
HOLD: Final = LegalHold(id="h", participant_id="person-2", reason="x", made_by="u", made_at=AT)
TOLD: Final = Disclosure(
    id="d", participant_id="person-2", on=AT.date(), recipient="x", categories=frozenset({"属性"}),
    basis="by_law", reason="x", approved_by="x", items="x", recorded_by="u", recorded_at=AT,
)  # fmt: skip
HELPER_RUN: Final = HelperRun(
    id="hr", on=AT.date(), started_by="u", started_at=AT, finished_at=AT, policy_version="1",
    code_version="0", certified=True, rounds=(),
)  # fmt: skip

EMERGENCY: Final = EmergencyAccess(
    id="e", user_id="u", office_id=None, participant_id="person-2", reason="life", words="x",
    confirmed=True, started_at=AT, until_at=AT + timedelta(hours=1),
)  # fmt: skip


SITTING: Final = Meeting(id="m", kind="confidential", starts_at=AT, confidential=True)
TALKED: Final = AgendaItem(
    id="item", meeting_id="m", number=1, participant_id="person-2", title="x", confidential=True,
    members=(Attendance("o", "u"),),
)  # fmt: skip


class Marker:
    """Puts a mark of its own into every text of a value."""

    def __init__(self) -> None:
        self.marks: list[str] = []
        self._numbers = itertools.count(1)

    def marked(self, value: _V) -> _V:
        """Return a value with marks in place of its texts, codes and ids as they are."""
        assert is_dataclass(value)
        assert not isinstance(value, type)
        changed = {
            field.name: self.mark(field.name)
            for field in fields(value)
            if isinstance(getattr(value, field.name), str) and field.name not in CODES
        }
        return replace(value, **changed)

    def mark(self, name: str) -> str:
        """Return a new mark for a field."""
        mark = f"印{name}CN{next(self._numbers):04d}X"
        self.marks.append(mark)
        return mark


def fill(database: Database) -> Marker:
    """Keep something of every kind about people, by every method that writes."""
    _people(database)
    put = Marker()
    cases, rules = SqlCaseStore(database, CODE, KEYRING), SqlRuleStore(database, CODE, KEYRING)
    records = SqlRecordStore(database, CODE, KEYRING)
    person = replace(
        put.marked(OPEN_PERSON), birth_on=date(1947, 3, 29), lat=35.7654321, lon=139.5432109
    )
    cases.save_household(put.marked(HOUSEHOLD), an_event())
    cases.save_participant(person, an_event())
    cases.save_participants([put.marked(person), put.marked(THIRD)], an_event())
    cases.save_need(put.marked(replace(NEED, participant_id="person-2")), an_event())
    cases.save_need(put.marked(replace(NEED, participant_id="person-2")), an_event())
    cases.add_consent(put.marked(replace(CONSENT, participant_id="person-2")), an_event())
    rules.add_placing_rule(put.marked(LOCK), an_event())
    rules.add_bond(put.marked(TOGETHER), an_event())
    helping = SqlHelperStore(database, CODE, KEYRING)
    volunteer = put.marked(Helper(id="v", name="x", note="x"))
    helping.save_helpers([volunteer, put.marked(replace(volunteer, id="w"))], an_event())
    offered = put.marked(replace(PROPOSAL, id="hp", run_id="hr", participant_id="v"))
    helping.add_helper_run(HELPER_RUN, [offered], an_event())
    unplaced = Unplaced(
        participant_id="person-2", reason="no_pair", candidates=0, refused=(),
        words=put.mark("words"), near=(Near(OPENING.id, put.mark("near")),),
    )  # fmt: skip
    run = replace(RUN, unplaced=(unplaced,), not_considered=(), used=())
    runs = SqlRunStore(database, CODE, KEYRING)
    runs.add_run(run, [put.marked(PROPOSAL)], an_event())
    records.add_hold(put.marked(HOLD), an_event())
    records.add_disclosure(put.marked(TOLD), an_event())
    heard = Reception(id="r", received_on=AT.date(), office_id="o", participant_id="person-2")
    SqlIntakeStore(database, CODE, KEYRING).save_reception(put.marked(heard), an_event())
    seen = Visit(
        id="v", participant_id="person-2", planned_on=AT.date(), state=VisitState.DONE,
        done_on=AT.date(), result="x",
    )  # fmt: skip
    SqlVisitStore(database, CODE, KEYRING).save_visit(put.marked(seen), an_event())
    passed_on = Referral(
        id="p", participant_id="person-2", reception_id="r", from_office_id="o",
        to_office_id="q", asked_on=AT.date(),
    )  # fmt: skip
    SqlReferralStore(database, CODE, KEYRING).save_referral(put.marked(passed_on), an_event())
    sittings = SqlMeetingStore(database, CODE, KEYRING)
    sitting = replace(
        SITTING, name="支援会議", called_by="u", place=put.mark("place"), chair=put.mark("chair")
    )
    sittings.save_meeting(sitting, an_event())
    said = Decided(put.mark("who"), put.mark("what"))
    talked = replace(TALKED, title=put.mark("title"), notes=put.mark("notes"), decisions=(said,))
    sittings.save_agenda_item(talked, an_event())
    placing = SqlPlacementStore(database, CODE, KEYRING)
    placing.save_enquiry(put.marked(ENQUIRY), an_event())
    moves = (replace(MOVED, words=put.mark("words")),)
    placed = replace(put.marked(ENDED), companion=put.mark("companion"), moves=moves)
    placing.save_placement(placed, an_event())
    roles = (PlanRole(put.mark("who"), put.mark("does")),)
    planned = replace(
        put.marked(replace(PLAN, decided_in="x")), roles=roles, services=(put.mark("services"),)
    )
    SqlPlanStore(database, CODE, KEYRING).save_plan(planned, an_event())
    worries = (replace(TALK.worries[0], support=put.mark("support")),)
    talk = replace(put.marked(TALK), worries=worries)
    SqlFollowUpStore(database, CODE, KEYRING).save_follow_up(talk, an_event())
    closing = SqlClosingStore(database, CODE, KEYRING)
    evaluated = put.marked(replace(EVALUATION, closed_on=None))
    changes = (put.mark("changes"),)
    closing.save_evaluation(replace(evaluated, changes=changes), an_event())
    looks = (replace(WATCH.looks[0], words=put.mark("words")),)
    closing.save_watch(replace(put.marked(WATCH), looks=looks), an_event())
    users = SqlUserStore(database, CODE)
    users.save_user(User("user-1", "mizuno", "水野", Role.COORDINATOR), an_event())
    factors = SqlFactorStore(database, CODE, KEYRING)
    factors.begin(Authenticator("a", "user-1", put.mark("secret"), AT))
    emergencies = SqlEmergencyStore(database, CODE, KEYRING)
    emergencies.add(replace(EMERGENCY, words=put.mark("words")), an_event())
    assert cases.participant(SYSTEM, "person-2") is not None
    return put


def rows_of(database: Database) -> Iterator[bytes]:
    """Return every value of every row as bytes, JSON as it is written."""
    with database.reading() as connection:
        for table in metadata.sorted_tables:
            for row in connection.execute(text(f'SELECT * FROM "{table.name}"')):
                for value in row:
                    if isinstance(value, bytes | memoryview):
                        yield bytes(value)
                    else:
                        yield str(value).encode()
                        yield json.dumps(value, default=str, ensure_ascii=False).encode()


def files_of(database: Database) -> Iterator[bytes]:
    """Return the content of the database's files, its log of writes included."""
    path = sqlite_path(database.engine)
    if path is not None:
        folder, pattern = path.parent, f"{path.name}*"
    else:
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as admin:
            admin.execute(text("CHECKPOINT"))
            folder = Path(str(admin.scalar(text("SHOW data_directory"))))
            oid = admin.scalar(
                text("SELECT oid FROM pg_database WHERE datname = current_database()")
            )
        pattern = f"base/{oid}/*"
    for each in sorted(folder.glob(pattern)):
        yield each.read_bytes()
    for each in sorted(folder.glob("pg_wal/0*")) if path is None else ():
        yield each.read_bytes()


def found_in(haystack: Iterator[bytes]) -> tuple[set[bytes], int]:
    """Return what is found, and in how many bytes it was looked for."""
    found: set[bytes] = set()
    searched = 0
    for content in haystack:
        searched += len(content)
        found.update(SPELLINGS.findall(content))
    return found, searched


def test_nothing_that_was_told_can_be_read(database: Database) -> None:
    put = fill(database)
    assert len(put.marks) > 60
    in_rows, rows_bytes = found_in(rows_of(database))
    in_files, files_bytes = found_in(files_of(database))
    assert (in_rows, in_files) == (set(), set())
    told = f"{rows_bytes:,} bytes of rows and {files_bytes:,} bytes of files"
    figure(f"{len(put.marks)} marks and {len(NUMBERS)} numbers: 0 found in {told}")


def test_without_sealing_the_search_finds_them(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The search would see what is not sealed; so it is the sealing that hides it."""
    monkeypatch.setattr(
        secrets.DataKey, "seal", lambda _key, told, _place: b"\x01" + bytes(12) + told.encode()
    )
    monkeypatch.setattr(secrets.DataKey, "open", lambda _key, sealed, _place: sealed[13:].decode())
    put = fill(database)
    plain = {mark[mark.index("CN") :].encode() for mark in put.marks}
    in_rows, _ = found_in(rows_of(database))
    in_files, _ = found_in(files_of(database))
    assert plain <= in_rows
    if sqlite_path(database.engine) is not None:
        assert plain <= in_files
    else:  # PostgreSQL compresses long values in its files
        assert len(in_files & plain) > len(plain) / 2


def test_every_column_is_sealed_or_says_why_not() -> None:
    """A new column is one or the other; nobody forgets to decide."""
    clear = {
        f"{column.table.name}.{column.name}"
        for table in metadata.sorted_tables
        for column in table.columns
        if not isinstance(column.type, Encrypted) and column.name != "municipality_code"
    }
    whole = {each.removesuffix(".*") for each in CLEAR if each.endswith(".*")}
    undecided = {each for each in clear if each not in CLEAR and each.split(".")[0] not in whole}
    assert undecided == set(), "seal them, or say in tests/db/clear_columns.toml why not"
    known = clear | {f"{table}.*" for table in metadata.tables}
    assert set(CLEAR) <= known, "no longer there, or sealed by now"
    assert all(len(why) > 20 for why in CLEAR.values())


def test_every_table_with_sealed_columns_was_filled(database: Database) -> None:
    """What the search proves holds for every table that seals anything."""
    fill(database)
    sealing = [
        table
        for table in metadata.sorted_tables
        if any(isinstance(column.type, Encrypted) for column in table.columns)
    ]
    with database.reading() as connection:
        empty = [
            f"{table.name}.{column.name}"
            for table in sealing
            for column in table.columns
            if isinstance(column.type, Encrypted)
            and connection.execute(select(column).where(column.is_not(None))).first() is None
        ]
    assert empty == []
