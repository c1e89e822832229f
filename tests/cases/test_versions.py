"""When the support of somebody ended, from what was known at each time."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from cases.participant import ParticipantStatus
from cases.versions import Version, closed_on
from tests.cases.small_city import need, person

JUNE = datetime(2026, 6, 1, 3, tzinfo=UTC)
LATE_IN_JUNE = datetime(2026, 6, 30, 16, tzinfo=UTC)
AUGUST = datetime(2026, 8, 1, 3, tzinfo=UTC)


def written(status: ParticipantStatus, at: datetime | None) -> Version:
    """Return a version of a person of a status."""
    return Version(participant_id="p1", number=1, content=person("p1", status=status), at=at)


WAITING, CLOSED = ParticipantStatus.WAITING, ParticipantStatus.CLOSED
A_NEED = Version(participant_id="p1", number=1, content=need("p1"), at=AUGUST)


@pytest.mark.parametrize(
    ("versions", "day"),
    [
        ([], None),
        ([written(WAITING, JUNE)], None),
        ([written(WAITING, JUNE), written(CLOSED, LATE_IN_JUNE)], date(2026, 7, 1)),
        ([written(CLOSED, JUNE), written(CLOSED, AUGUST)], date(2026, 6, 1)),
        ([written(CLOSED, JUNE), written(WAITING, AUGUST)], None),
        ([written(CLOSED, JUNE), written(WAITING, JUNE), written(CLOSED, AUGUST)],
         date(2026, 8, 1)),
        ([written(CLOSED, JUNE), A_NEED], date(2026, 6, 1)),
        ([written(CLOSED, None)], None),
    ],
    ids=["unknown", "goes_on", "day_in_japan", "corrected_later", "came_back", "ended_again",
         "need_written_later", "before_versions_were_kept"],
)  # fmt: skip
def test_the_day_on_which_support_ended(versions: list[Version], day: date | None) -> None:
    """The time of keeping counts from here: a later correction must not lengthen it."""
    assert closed_on(versions) == day
