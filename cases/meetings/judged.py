"""Which sittings of a 重層的支援会議 judged what about one person."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from cases.meetings.meeting import AgendaItem, Meeting, MeetingState
from cases.words.dates import date_words
from catalog.dates import day_in_japan

KIND: Final = "coordination"
"""The kind of a 重層的支援会議 in the settings of a city."""
FITS: Final = frozenset({"fits", "fits_with_changes"})
"""Judgements (`plan_judgement`) with which a plan is decided."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What one item decided: where, when, and as which code of the list `plan_judgement`."""

    item_id: str
    name: str
    number: int
    on: date
    judgement: str

    @property
    def words(self) -> str:
        """Return where it was: 重層的支援会議 令和8年11月12日（木） 議題2."""
        return f"{self.name} {date_words(self.on)} 議題{self.number}"


def judged_in(
    items: Iterable[AgendaItem], meetings: Iterable[Meeting], judgements: Collection[str]
) -> tuple[Judged, ...]:
    """Return where items were judged so, in a 重層的支援会議 that was held; the last first.

    Parameters
    ----------
    items
        About one person.
    meetings
        As the reader may see them; of others they learn nothing.
    """
    held = {each.id: each for each in meetings if each.kind == KIND and _was_held(each)}
    found = [
        Judged(item.id, sat.name, item.number, day_in_japan(sat.starts_at), item.judgement)
        for item in items
        if item.judgement in judgements and (sat := held.get(item.meeting_id)) is not None
    ]
    return tuple(sorted(found, key=lambda each: (each.on, each.number), reverse=True))


def _was_held(meeting: Meeting) -> bool:
    return meeting.state is MeetingState.HELD
