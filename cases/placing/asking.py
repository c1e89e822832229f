"""Who is to be asked today about an enquiry: functions of its dates alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from cases.placing.answers import Rules
from cases.placing.enquiry import Enquiry, EnquiryState

YES = "yes"
HESITATES = "hesitates"
NO = "no"
"""The codes of the list `person_answer` that the product itself knows."""


class Task(StrEnum):
    """What is to be done next about an enquiry."""

    NUDGE = "nudge"
    """Ask the host whether it arrived."""
    MOVE_ON = "move_on"
    """Nobody answered in time: wait no more, look for another place."""
    ASK_AGAIN = "ask_again"
    """The host asked to be asked again."""
    ASK_PERSON = "ask_person"
    BEGIN = "begin"
    """Both said yes."""


@dataclass(frozen=True, slots=True, order=True)
class ToDo:
    """What is to be done next, and from which day on."""

    due_on: date
    task: Task


def to_do(enquiry: Enquiry, rules: Rules) -> ToDo | None:
    """Return what comes next about an enquiry, or None where nothing does.

    A day may lie ahead; `due` leaves those out.
    """
    match enquiry.state:
        case EnquiryState.SENT:
            return _while_waiting(enquiry, rules)
        case EnquiryState.LATER if enquiry.ask_again_on:
            return ToDo(enquiry.ask_again_on, Task.ASK_AGAIN)
        case EnquiryState.ACCEPTED:
            return _after_yes(enquiry, rules)
    return None


def due(enquiries: Iterable[Enquiry], rules: Rules, today: date) -> list[tuple[ToDo, Enquiry]]:
    """Return what is to be done today or was to be done before, the longest due first."""
    known = ((to_do(each, rules), each) for each in enquiries)
    found = [(what, each) for what, each in known if what and what.due_on <= today]
    return sorted(found, key=lambda pair: (pair[0], pair[1].code))


def _while_waiting(enquiry: Enquiry, rules: Rules) -> ToDo | None:
    if enquiry.sent_on is None or enquiry.answer_by_on is None:
        return None
    nudge_on = enquiry.sent_on + timedelta(rules.waiting_for(enquiry.how).nudge_days)
    if enquiry.nudged_on is None and nudge_on <= enquiry.answer_by_on:
        return ToDo(nudge_on, Task.NUDGE)
    return ToDo(enquiry.answer_by_on + timedelta(1), Task.MOVE_ON)


def _after_yes(enquiry: Enquiry, rules: Rules) -> ToDo | None:
    told = [each for each in (enquiry.answered_on, enquiry.person_answered_on) if each]
    last = max(told, default=None)
    if last is None or enquiry.person_answer == NO:
        return None
    if enquiry.person_answer == YES:
        return ToDo(last, Task.BEGIN)
    if enquiry.person_answer == HESITATES and enquiry.person_answered_on:
        again = enquiry.person_answered_on + timedelta(rules.person_again_days)
        return ToDo(again, Task.ASK_PERSON)
    return ToDo(last, Task.ASK_PERSON)
