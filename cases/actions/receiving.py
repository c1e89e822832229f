"""受付: writing down a first word, saying what came of it, and whose it was."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from cases.actions.intake import Clock, changed_fields, check_may_edit, find_person
from cases.errors import CaseError, NotFound, TakenReception
from cases.intake.reception import Reception
from cases.permissions import (
    Action,
    PeopleScope,
    Relation,
    check_may,
    may,
    relations_to_offices,
)
from cases.ports import CaseStore, IntakeStore
from catalog.actor import Actor
from catalog.audit import AuditEvent
from catalog.dates import day_in_japan


def find_reception(actor: Actor, store: IntakeStore, reception_id: str) -> Reception:
    """Return a reception that the actor may know of, as it stands.

    Raises
    ------
    NotFound
        ``reception_not_found``, whether there is none or the actor may not know.
    """
    found = store.reception(PeopleScope(actor), reception_id)
    if found is None:
        raise NotFound("reception_not_found")
    return found


def check_may_write(actor: Actor, cases: CaseStore, reception: Reception) -> None:
    """Raise `NotPermitted` unless the actor may change a reception.

    With a person it follows who may change the person; else it is the matter of its office.
    """
    if reception.participant_id is not None:
        check_may_edit(actor, find_person(actor, cases, reception.participant_id))
    else:
        stands = relations_to_offices(actor, [reception.office_id])
        check_may(actor, Action.WRITE_RECEPTIONS, stands)


def receive(
    actor: Actor, cases: CaseStore, store: IntakeStore, reception: Reception, clock: Clock
) -> Reception:
    """Write down a first word.

    Raises
    ------
    NotPermitted
        Unless the role receives, and at this office.
    CaseError
        ``received_in_future``.
    """
    check_may_write(actor, cases, reception)
    new = _signed(actor, reception, clock)
    store.save_reception(new, _event(actor, "reception_added", new, clock))
    return new


def correct(
    actor: Actor, cases: CaseStore, store: IntakeStore, reception: Reception, clock: Clock
) -> Reception:
    """Keep a correction as the version after the one that was seen.

    Parameters
    ----------
    reception
        What is to stand there; its `version` is the one that was seen.

    Raises
    ------
    NotFound, NotPermitted
        Where the actor may not know or change it, before or after.
    CaseError
        ``received_in_future``, ``screened_before_received``.
    """
    before = find_reception(actor, store, reception.id)
    check_may_write(actor, cases, before)
    kept = replace(reception, participant_id=before.participant_id)
    check_may_write(actor, cases, kept)
    told = ("version", "received_by", "recorded_at")
    changed = [name for name in changed_fields(before, kept) if name not in told]
    if not changed and before.version == kept.version:
        return before
    new = _signed(actor, replace(kept, version=kept.version + 1), clock)
    event = _event(actor, "reception_changed", new, clock, fields=",".join(changed))
    store.save_reception(new, event)
    return new


def screen(
    actor: Actor,
    cases: CaseStore,
    store: IntakeStore,
    reception_id: str,
    clock: Clock,
    *,
    version: int,
    screening: str,
    on: date,
) -> Reception:
    """Say what came of a first word; without a code it is open again.

    Parameters
    ----------
    version
        The one that was seen.

    Raises
    ------
    NotFound, NotPermitted
        Where the actor may not know or change it.
    CaseError
        ``screened_before_received``.
    """
    before = find_reception(actor, store, reception_id)
    check_may_write(actor, cases, before)
    decided = replace(
        before,
        screening=screening,
        screened_on=on if screening else None,
        version=version + 1,
    )
    new = _signed(actor, decided, clock)
    store.save_reception(new, _event(actor, "reception_screened", new, clock))
    return new


def link(
    actor: Actor,
    cases: CaseStore,
    store: IntakeStore,
    reception_id: str,
    participant_id: str,
    clock: Clock,
) -> Reception:
    """Say whom a first word was about; from then on it follows the person's rights.

    Raises
    ------
    NotFound, NotPermitted
        Where the actor may not know or change the reception or the person.
    TakenReception
        ``reception_has_person``, where it is another person's already.
    """
    before = find_reception(actor, store, reception_id)
    check_may_write(actor, cases, before)
    check_may_edit(actor, find_person(actor, cases, participant_id))
    if before.participant_id == participant_id:
        return before
    if before.participant_id is not None:
        raise TakenReception("reception_has_person")
    linked = replace(before, participant_id=participant_id, version=before.version + 1)
    new = _signed(actor, linked, clock)
    store.save_reception(new, _event(actor, "reception_linked", new, clock))
    return new


def unlink(
    actor: Actor, cases: CaseStore, store: IntakeStore, reception_id: str, clock: Clock
) -> Reception:
    """Take back whom a first word was about: it is nobody's by name again.

    Raises
    ------
    NotFound, NotPermitted
        As `link`.
    """
    before = find_reception(actor, store, reception_id)
    check_may_write(actor, cases, before)
    if before.participant_id is None:
        return before
    loose = replace(before, participant_id=None, version=before.version + 1)
    new = _signed(actor, loose, clock)
    event = _event(actor, "reception_unlinked", before, clock)
    store.save_reception(new, event)
    return new


def may_receive(actor: Actor, office_id: str) -> bool:
    """Tell whether an actor may write down what an office has heard."""
    return may(actor, Action.WRITE_RECEPTIONS, relations_to_offices(actor, [office_id]))


def look_at_receptions(actor: Actor, store: IntakeStore) -> list[Reception]:
    """Return the receptions that the actor may know of: undecided first, then the newest first.

    Raises
    ------
    NotPermitted
        Where the role never meets any.
    """
    check_may(actor, Action.SEE_RECEPTIONS, frozenset(Relation))
    found = store.receptions(PeopleScope(actor))
    newest = sorted(found, key=lambda each: (each.received_on, each.id), reverse=True)
    return sorted(newest, key=lambda each: bool(each.screening))


def _signed(actor: Actor, reception: Reception, clock: Clock) -> Reception:
    at = clock()
    if reception.received_on > day_in_japan(at):
        raise CaseError("received_in_future", on=reception.received_on)
    return replace(reception, received_by=actor.user_id, recorded_at=at)


def _event(
    actor: Actor, kind: str, reception: Reception, clock: Clock, **detail: str
) -> AuditEvent:
    """Return the event about the person where there is one, else about the reception."""
    person = reception.participant_id
    return AuditEvent(
        kind=kind,
        actor_id=actor.user_id,
        subject_kind="participant" if person else "reception",
        subject_id=person or reception.id,
        at=clock(),
        detail={"reception": reception.id, **detail} if person else detail,
    )
