"""A schedule as plain JSON values, for the database, files and frozen runs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from typing import Any

from catalog.errors import CatalogError
from catalog.schedule import ClosedPeriod, Schedule, parse_recurrence


def schedule_to_json(schedule: Schedule) -> dict[str, object]:
    """Return the schedule as JSON values; `schedule_from_json` is its inverse."""
    return {
        "recurrence": schedule.recurrence.code,
        "starts_at": schedule.starts_at.isoformat("minutes"),
        "ends_at": schedule.ends_at.isoformat("minutes"),
        "anchor_on": _day_text(schedule.anchor_on),
        "starts_on": _day_text(schedule.starts_on),
        "ends_on": _day_text(schedule.ends_on),
        "closed_on_holidays": schedule.closed_on_holidays,
        "closed": [
            {"first": str(each.first), "last": str(each.last), "words": each.words}
            for each in schedule.closed
        ],
    }


def schedule_from_json(data: Mapping[str, Any]) -> Schedule:
    """Read what `schedule_to_json` wrote; raises `CatalogError` where it cannot be one."""
    try:
        return Schedule(
            recurrence=parse_recurrence(data["recurrence"]),
            starts_at=time.fromisoformat(data["starts_at"]),
            ends_at=time.fromisoformat(data["ends_at"]),
            anchor_on=_day(data["anchor_on"]),
            starts_on=_day(data["starts_on"]),
            ends_on=_day(data["ends_on"]),
            closed_on_holidays=data["closed_on_holidays"],
            closed=tuple(
                ClosedPeriod(_end(each["first"]), _end(each["last"]), each["words"])
                for each in data["closed"]
            ),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise CatalogError("schedule_value", why=repr(error)) from error


def _day_text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _end(text: str) -> str | date:
    """Read one end of a closed period: a day of the year ("12-29") or a date."""
    return text if len(text) == len("MM-DD") else date.fromisoformat(text)
