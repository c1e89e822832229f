"""Sittings as a calendar file, read back by the library and as the bytes of RFC 5545."""

from __future__ import annotations

from datetime import UTC, datetime

from icalendar import Calendar

from cases.meetings.meeting import Meeting, MeetingState
from exchange.calendar import calendar_of

MADE_AT = datetime(2026, 11, 2, 0, 0, tzinfo=UTC)
OPEN = Meeting(
    id="m-1", kind="coordination", name="重層的支援会議", place="第2会議室",
    starts_at=datetime(2026, 11, 12, 0, 0, tzinfo=UTC), minutes=60,
)  # fmt: skip
ROOM = Meeting(
    id="m-2", kind="support", name="支援会議", place="見守り窓口", confidential=True,
    starts_at=datetime(2026, 11, 13, 1, 0, tzinfo=UTC), state=MeetingState.CALLED_OFF, version=2,
)  # fmt: skip


def test_each_sitting_is_an_event() -> None:
    """When, how long, where; one that was called off says so, as a later version of the same."""
    first, second = Calendar.from_ical(calendar_of([OPEN, ROOM], MADE_AT)).events
    assert (str(first["SUMMARY"]), str(first["LOCATION"])) == ("重層的支援会議", "第2会議室")
    assert (first.start, first.end) == (OPEN.starts_at, datetime(2026, 11, 12, 1, 0, tzinfo=UTC))
    assert (str(first["STATUS"]), str(second["STATUS"])) == ("CONFIRMED", "CANCELLED")
    assert (str(second["UID"]), second["SEQUENCE"]) == ("m-2@tsunagite", 2)


def test_a_room_is_a_meeting_without_name_or_place() -> None:
    """A calendar lies open and goes on to telephones."""
    content = calendar_of([ROOM], MADE_AT).decode()
    assert "SUMMARY:会議\r\n" in content
    assert "支援会議" not in content
    assert "見守り窓口" not in content
