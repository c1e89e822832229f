"""Sittings as a calendar file (iCalendar, RFC 5545), for the calendar a reader already has."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from cases.meetings.meeting import OPAQUE, Meeting, MeetingState

if TYPE_CHECKING:
    from icalendar import Event

MEDIA_TYPE: Final = "text/calendar; charset=utf-8"
_MAKER: Final = "-//Tsunagite//meetings//JA"


def calendar_of(sittings: Iterable[Meeting], made_at: datetime) -> bytes:
    """Return a calendar with one event for each sitting, called off or not.

    A calendar lies open on screens and goes on to telephones: a 支援会議 is 「会議」 without a name
    or a place, and of no sitting it is told whom it is about.
    """
    from icalendar import Calendar

    entries = [_entry(each, made_at) for each in sittings]
    calendar = Calendar.new(prodid=_MAKER, name="つなぎ手の会議", subcomponents=entries)
    content: bytes = calendar.to_ical()
    return content


def _entry(sitting: Meeting, made_at: datetime) -> Event:
    from icalendar import STATUS, Event

    starts_at = sitting.starts_at.astimezone(UTC)
    is_off = sitting.state is MeetingState.CALLED_OFF
    return Event.new(
        uid=f"{sitting.id}@tsunagite",
        sequence=sitting.version,
        stamp=made_at,
        start=starts_at,
        end=starts_at + timedelta(minutes=sitting.minutes),
        summary=OPAQUE if sitting.confidential else sitting.name,
        location=None if sitting.confidential else sitting.place or None,
        status=STATUS.CANCELLED if is_off else STATUS.CONFIRMED,
    )
