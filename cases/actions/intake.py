"""Registering people and writing down what they need."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import fields, replace
from datetime import datetime
from typing import Final, TypeAlias, TypeVar

from cases.errors import NotFound
from cases.helper import Helper
from cases.intake.reception import Reception
from cases.need import Need
from cases.participant import Household, Participant
from cases.permissions import (
    Action,
    PeopleScope,
    Relation,
    check_may,
    check_may_with,
)
from cases.ports import CaseStore
from cases.support import SUPPORT, check_support
from catalog.actor import Actor
from catalog.audit import AuditEvent
from catalog.municipality import Municipality
from catalog.opening import Opening

Clock: TypeAlias = Callable[[], datetime]
"""Gives the present instant, aware."""
_Version = TypeVar("_Version", Participant, Need, Opening, Helper, Reception)
_FIRST_CASE_NO: Final = "A-0001"


def find_person(actor: Actor, store: CaseStore, participant_id: str) -> Participant:
    """Return a person whom the actor may know of.

    Raises
    ------
    NotFound
        `person_not_found`, whether there is no such person or the actor may not know.
    """
    found = store.participant(PeopleScope(actor), participant_id)
    if found is None:
        raise NotFound("person_not_found")
    return found


def check_may_edit(actor: Actor, participant: Participant) -> None:
    """Raise `NotPermitted` unless the actor may change what is known of a person."""
    check_may_with(actor, Action.EDIT_PEOPLE, participant)


def next_case_no(numbers: Iterable[str]) -> str:
    """Return the case number after the greatest: T-0412 gives T-0413.

    The greatest is the one whose last digits are the greatest number; what stands before them
    and how many digits there are is kept.
    """
    ends = (re.fullmatch(r"(.*?)(\d+)", number) for number in numbers)
    greatest = max(filter(None, ends), key=lambda end: int(end[2]), default=None)
    if greatest is None:
        return _FIRST_CASE_NO
    return greatest[1] + str(int(greatest[2]) + 1).zfill(len(greatest[2]))


WHOSE_CASE: Final = frozenset(
    {"coordinator_id", "office_id", "named_staff_ids", "address_protected"}
)
"""What decides who may open a person: whose case they are does, or the office of the case."""
FORMER: Final = "former"
"""The key under which the event of a change names whose case it was before."""


def register_participant(
    actor: Actor, store: CaseStore, participant: Participant, clock: Clock
) -> Participant:
    """Add a person; without a coordinator the actor becomes theirs.

    Raises
    ------
    NotPermitted
        Unless the role may add people, and may go on seeing this one.
    """
    new = participant
    if new.coordinator_id is None:
        new = replace(new, coordinator_id=actor.user_id, office_id=new.office_id or actor.office_id)
    check_may_edit(actor, new)
    told = ",".join(support_of(new))
    event = _event(
        actor, "participant_registered", new.id, clock, **{"fields": told} if told else {}
    )
    store.save_participant(new, event)
    return new


def support_of(participant: Participant) -> tuple[str, ...]:
    """Return which fields of a new person let others meet them, for the event."""
    return tuple(name for name in SUPPORT if getattr(participant, name))


def edit_participant(
    actor: Actor, store: CaseStore, participant: Participant, clock: Clock
) -> Participant:
    """Keep a new version of a person; the event names the fields that changed, not their values.

    Raises
    ------
    NotFound, NotPermitted
        Where the actor may not know or change the person, before or after the change; where they
        may not change whose case it is.
    """
    before = find_person(actor, store, participant.id)
    check_may_edit(actor, before)
    check_may_edit(actor, participant)
    changed = changed_fields(before, participant)
    if before.coordinator_id is not None and not WHOSE_CASE.isdisjoint(changed):
        check_may_with(actor, Action.HAND_OVER, before)
    if changed:
        detail = {"fields": ",".join(changed)}
        if "coordinator_id" in changed and before.coordinator_id is not None:
            detail[FORMER] = before.coordinator_id
        event = _event(actor, "participant_changed", before.id, clock, **detail)
        store.save_participant(participant, event)
    return participant


def set_support(
    actor: Actor,
    store: CaseStore,
    participant_id: str,
    clock: Clock,
    city: Municipality,
    offices: Collection[str],
    *,
    programmes: Sequence[str],
    member_office_ids: Collection[str],
) -> Participant:
    """Say under which 事業 a person is supported and which agencies take part in the plan.

    Raises
    ------
    NotFound, NotPermitted
        Where the actor may not know or change the person, before or after the change.
    UnknownName
        `programme_unknown`, `office_unknown`, with near names.
    """
    before = find_person(actor, store, participant_id)
    check_may_edit(actor, before)
    check_support(city, offices, programmes, member_office_ids)
    after = replace(
        before,
        programmes=tuple(dict.fromkeys(programmes)),
        member_office_ids=frozenset(member_office_ids),
    )
    return edit_participant(actor, store, after, clock)


def edit_need(actor: Actor, store: CaseStore, need: Need, clock: Clock) -> Need:
    """Keep what a person needs, for the first time or anew.

    Raises
    ------
    NotFound, NotPermitted
        Where the actor may not know or change the person.
    """
    participant = find_person(actor, store, need.participant_id)
    check_may_edit(actor, participant)
    before = store.need(PeopleScope(actor), participant.id)
    changed = changed_fields(before, need) if before else ("all",)
    if changed:
        event = _event(actor, "need_changed", participant.id, clock, fields=",".join(changed))
        store.save_need(need, event)
    return need


def save_household(actor: Actor, store: CaseStore, household: Household, clock: Clock) -> Household:
    """Add a household or a new version of one."""
    # No household belongs to anybody alone; whoever may edit their own people may name one.
    check_may(actor, Action.EDIT_PEOPLE, frozenset(Relation))
    event = replace(_event(actor, "household_saved", household.id, clock), subject_kind="household")
    store.save_household(household, event)
    return household


def changed_fields(before: _Version, after: _Version) -> tuple[str, ...]:
    """Return the names of the fields in which two versions differ."""
    return tuple(
        field.name
        for field in fields(before)
        if getattr(before, field.name) != getattr(after, field.name)
    )


def _event(actor: Actor, kind: str, participant_id: str, clock: Clock, **detail: str) -> AuditEvent:
    return AuditEvent(
        kind=kind,
        actor_id=actor.user_id,
        subject_kind="participant",
        subject_id=participant_id,
        at=clock(),
        detail=detail,
    )
