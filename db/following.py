"""Talks with people and hosts in the database."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from typing import Final

from sqlalchemy import ColumnElement, FromClause, RowMapping, and_, select

from cases.following.follow_up import FollowUp, FollowUpState, Side
from cases.following.rhythm import OpenPlacement, OpenThread, TalkDay
from cases.permissions import PeopleScope
from cases.placing.placement import PlacementState
from cases.reading import notes_readers
from catalog.audit import AuditEvent
from db.people_scope import admitted_ids
from db.rows import from_row, is_standing
from db.sealing import Sealing
from db.secrets import Keyring
from db.session import Database
from db.tables import follow_ups, placements
from db.versioned import VersionedRows

DAYS: Final = ("done_on", "next_on")
"""What of a talk is read for long lists."""


@notes_readers
class SqlFollowUpStore:
    """The talks of one municipality."""

    def __init__(self, database: Database, municipality_code: str, keyring: Keyring) -> None:
        sealing = Sealing(keyring, municipality_code)
        self.database = database
        self.code = municipality_code
        self.keyring = keyring
        self._talks = VersionedRows(FollowUp, follow_ups, database, sealing)

    def follow_ups_of(self, scope: PeopleScope, participant_id: str) -> list[FollowUp]:
        """Return the talks about one admitted person, the first first."""
        return self._talks.latest(scope, follow_ups.c.participant_id == participant_id)

    def follow_ups_in(self, scope: PeopleScope, participant_id: str, year: int) -> list[FollowUp]:
        """Return the talks about one admitted person that were made in a calendar year."""
        return self._talks.latest(
            scope,
            follow_ups.c.participant_id == participant_id,
            follow_ups.c.done_on.between(date(year, 1, 1), date(year, 12, 31)),
        )

    def days_of(self, scope: PeopleScope, participant_id: str) -> list[date]:
        """Return the day of each talk that was made about one admitted person; opens nothing."""
        query = select(follow_ups.c.done_on).where(
            follow_ups.c.municipality_code == self.code,
            follow_ups.c.participant_id == participant_id,
            follow_ups.c.participant_id.in_(admitted_ids(scope, self.code, self.keyring)),
            follow_ups.c.done_on.is_not(None),
            is_standing(follow_ups),
        )
        with self.database.reading() as connection:
            return list(connection.scalars(query))

    def versions_of_follow_up(self, scope: PeopleScope, follow_up_id: str) -> list[FollowUp]:
        """Return every version of a talk, the first first."""
        return self._talks.all_of(scope, follow_up_id)

    def open_threads(self, scope: PeopleScope) -> list[OpenThread]:
        """Return each placement that has not ended with the days of its last talks.

        Nothing that was said is opened.
        """
        asked = {side: follow_ups.alias(f"{side}_talk") for side in Side}
        query = select(
            *(placements.c[field.name] for field in fields(OpenPlacement)),
            *(
                talk.c[name].label(f"{side}_{name}")
                for side, talk in asked.items()
                for name in DAYS
            ),
        ).where(
            placements.c.municipality_code == self.code,
            placements.c.state != PlacementState.ENDED,
            is_standing(placements),
            placements.c.participant_id.in_(admitted_ids(scope, self.code, self.keyring)),
        )
        joined: FromClause = placements
        for side, talk in asked.items():
            joined = joined.outerjoin(talk, _is_last(talk, side))
        with self.database.reading() as connection:
            rows = connection.execute(query.select_from(joined)).mappings().all()
        return [_thread(row) for row in rows]

    def save_follow_up(self, talk: FollowUp, event: AuditEvent, seen: int = 0) -> FollowUp:
        """Keep a new version of a talk; see `VersionedRows.save`."""
        return self._talks.save(talk, event, seen)


def _is_last(talk: FromClause, side: Side) -> ColumnElement[bool]:
    """Return the condition that a talk is the last one of its placement with a side."""
    each = follow_ups.alias(f"any_{side}")
    last = (
        select(each.c.id)
        .where(
            each.c.municipality_code == placements.c.municipality_code,
            each.c.placement_id == placements.c.id,
            each.c.side == side,
            each.c.state == FollowUpState.DONE,
            is_standing(each),
        )
        .order_by(each.c.done_on.desc(), each.c.recorded_at.desc())
        .limit(1)
        .correlate(placements)
        .scalar_subquery()
    )
    return and_(
        talk.c.municipality_code == placements.c.municipality_code,
        talk.c.id == last,
        is_standing(talk),
    )


def _thread(row: RowMapping) -> OpenThread:
    days = ((side, *(row[f"{side}_{name}"] for name in DAYS)) for side in Side)
    talks = tuple(
        TalkDay(side, FollowUpState.DONE, done_on, next_on)
        for side, done_on, next_on in days
        if done_on is not None
    )
    return OpenThread(from_row(OpenPlacement, row), talks)
