"""What was known of a person at each time: a correction adds a version and erases none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from cases.need import Need
from cases.participant import Participant, ParticipantStatus
from catalog.dates import day_in_japan


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version of who somebody is, or of what they need.

    Attributes
    ----------
    number
        Counts from 1 for each of the two.
    at, by
        When and by whom it was written; None and empty for what stood there before versions were
        kept.
    """

    participant_id: str
    number: int
    content: Participant | Need
    at: datetime | None = None
    by: str = ""


def closed_on(versions: Sequence[Version]) -> date | None:
    """Return the day on which the support of a person ended, None where it goes on or is unknown.

    Parameters
    ----------
    versions
        Of one person, in their order; needs among them tell nothing.
    """
    end: date | None = None
    for version in versions:
        if not isinstance(version.content, Participant):
            continue
        if version.content.status is not ParticipantStatus.CLOSED:
            end = None
        elif end is None and version.at is not None:
            end = day_in_japan(version.at)
    return end
