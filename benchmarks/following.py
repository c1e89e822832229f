"""Who is to be called today, among 5,000 open placements with 100,000 talks; one long case.

The lists read days alone and open nothing; a case of three years with a talk each week on both
sides opens everything that was said. Both databases; PostgreSQL runs as it comes.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Table, insert

from benchmarks.audit_reads import postgresql, sqlite
from cases.actions.following import due_talks, find_thread
from cases.following.follow_up import FollowUp, FollowUpState, Side
from cases.participant import Participant
from cases.placing.placement import Moved, Placement, PlacementStep
from catalog.actor import Actor, Role
from catalog.audit import AuditEvent
from catalog.municipality import Municipality
from catalog.opening import Opening, Stage
from catalog.organisation import Organisation
from catalog.resource import Resource
from db import migrate
from db.cases import SqlCaseStore
from db.catalog import SqlCatalogStore
from db.following import SqlFollowUpStore
from db.municipality import SqlMunicipalityStore
from db.placing import SqlPlacementStore
from db.rows import Value, to_row
from db.secrets import Keyring
from db.session import Database
from db.tables import follow_ups, personal_columns, placements

CODE: Final = "999999"
PLACEMENTS: Final = 5000
TALKS_OF_EACH: Final = 20
WEEKS: Final = 156
TODAY: Final = date(2026, 11, 12)
AT: Final = datetime(2026, 11, 12, tzinfo=UTC)
SEALED_BYTES: Final = 60
TARGET_MS: Final = 300
TURNS: Final = 5
COORDINATOR: Final = Actor("user", "水野", Role.COORDINATOR, CODE)
EVENT: Final = AuditEvent("set_up", "system", "municipality", CODE, AT)


def run(many: int = PLACEMENTS, weeks: int = WEEKS) -> dict[str, Any]:
    """Measure the list of the day and the longest case.

    Returns
    -------
    dict
        For each database the median and the slowest in ms of `TURNS`, and how much there was.
    """
    cases: list[dict[str, Any]] = []
    for kind, opened in (("SQLite", sqlite), ("PostgreSQL", postgresql)):
        with opened() as url:
            migrate.upgrade(url)
            database = Database(url)
            cases += _measured(kind, database, many, weeks)
            database.close()
    return {
        "name": "following",
        "question": f"calls of today and one long case, target {TARGET_MS} ms",
        "cases": cases,
    }


def _measured(kind: str, database: Database, many: int, weeks: int) -> Iterator[dict[str, Any]]:
    keyring = Keyring({"1": os.urandom(32)}, "1", os.urandom(32))
    cases = SqlCaseStore(database, CODE, keyring)
    placing = SqlPlacementStore(database, CODE, keyring)
    following = SqlFollowUpStore(database, CODE, keyring)
    _fill(database, keyring, many, weeks)
    due, dues = _timed(lambda: due_talks(COORDINATOR, following, TODAY))
    yield {
        "question": f"{kind}, who is due among {many} open placements",
        "due": len(dues),
        "talks": many * TALKS_OF_EACH,
        "ms": due,
    }
    long, thread = _timed(lambda: find_thread(COORDINATOR, cases, placing, following, "long"))
    yield {
        "question": f"{kind}, a case with a talk each week on both sides",
        "talks": len(thread.talks),
        "ms": long,
    }


def _timed(work: Callable[[], Any]) -> tuple[dict[str, float], Any]:
    took, found = [], work()
    for _ in range(TURNS):
        start = time.perf_counter()
        found = work()
        took.append((time.perf_counter() - start) * 1000)
    return {"p50": statistics.median(took), "most": max(took)}, found


def _fill(database: Database, keyring: Keyring, many: int, weeks: int) -> None:
    """Write people, one placement each and talks of which only the days are true."""
    city = Municipality(code=CODE, name="つなぎ市", kana="つなぎし", plane_zone=9)
    SqlMunicipalityStore(database, CODE).save_settings(city, EVENT)
    catalog = SqlCatalogStore(database, CODE)
    catalog.save_organisation(Organisation("host", "図書館", "としょかん", "public"), EVENT)
    catalog.save_resource(Resource("place", "図書館", "としょかん", "place"), EVENT)
    opening = Opening("opening", "place", "host", "本の棚", ("books",), "group", "", 1)
    catalog.save_opening(opening, EVENT)
    people = [_person(f"p{number}") for number in range(many)] + [_person("long")]
    SqlCaseStore(database, CODE, keyring).save_participants(people, EVENT)
    placing = SqlPlacementStore(database, CODE, keyring)
    following = SqlFollowUpStore(database, CODE, keyring)
    began_on = TODAY - timedelta(weeks=weeks)
    with database.writing() as connection:
        placing.save_placement(_placement("long", began_on), EVENT)
        for number in range(2 * weeks):
            side = (Side.PERSON, Side.HOST)[number % 2]
            on = began_on + timedelta(weeks=number // 2)
            following.save_follow_up(_talk(f"long-{number}", "long", side, on), EVENT)
        connection.execute(insert(placements), [_bare_placement(n) for n in range(many)])
        for number in range(0, many, 500):
            some = range(number, min(many, number + 500))
            connection.execute(insert(follow_ups), [row for n in some for row in _bare_talks(n)])


def _person(id_: str) -> Participant:
    return Participant(
        id=id_,
        case_no=f"A-{id_}",
        name="青葉 実",
        name_kana="あおば みのる",
        birth_on=None,
        sex="",
        since_on=TODAY,
        stage=Stage.TRIAL,
        coordinator_id=COORDINATOR.user_id,
    )


def _placement(whose: str, on: date, moves: tuple[Moved, ...] = ()) -> Placement:
    return Placement(
        id=whose,
        participant_id=whose,
        opening_id="opening",
        host_id="host",
        stage=Stage.PARTICIPATION,
        begun_on=on,
        moves=moves,
        recorded_at=AT,
    )


def _talk(id_: str, whose: str, side: Side, on: date) -> FollowUp:
    return FollowUp(
        id=id_,
        placement_id=whose,
        participant_id=whose,
        side=side,
        due_on=on,
        state=FollowUpState.DONE,
        done_on=on,
        fits_state=3,
        fits_wishes=4,
        came=3,
        planned=4,
        voice="水をやるだけなら、できた。来週も行ってみたい。",
        scales=(("tsunagari", "1", (2, 2, 3, 2, 1)),),
        recorded_at=AT,
    )


def _bare_placement(number: int) -> dict[str, Any]:
    begun_on = TODAY - timedelta(400 + number % 300)
    moved = Moved(PlacementStep.STEP_UP, begun_on + timedelta(90), Stage.PARTICIPATION)
    placement = _placement(f"p{number}", begun_on, (moved,))
    return _bare(placements, placement) | {"moved_on": placement.moved_on}


def _bare_talks(number: int) -> Iterator[dict[str, Any]]:
    for at in range(TALKS_OF_EACH):
        side, on = (Side.PERSON, Side.HOST)[at % 2], TODAY - timedelta(30 * at + number * 37 % 120)
        yield _bare(follow_ups, _talk(f"p{number}-{at}", f"p{number}", side, on))


def _bare(table: Table, value: Value) -> dict[str, Any]:
    """Return a row in whose sealed columns stands noise: a list opens none of them."""
    row = to_row(CODE, value)
    noise = {
        column.name: os.urandom(SEALED_BYTES)
        for column in personal_columns()
        if column.table is table and row[column.name] is not None
    }
    return row | noise
