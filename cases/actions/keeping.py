"""Telling others about a person, keeping their records, and deleting them when it is time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from cases.actions.intake import Clock, check_may_edit, find_person
from cases.disclosure import Disclosure, check_covered
from cases.errors import CaseError, NotFound
from cases.participant import Participant, ParticipantStatus
from cases.permissions import Action, PeopleScope, Relation, check_may, check_may_with
from cases.ports import CaseStore, RecordStore
from cases.retention import (
    Deletion,
    Keeping,
    LegalHold,
    check_may_be_deleted,
    is_confirmed,
    keeping_of,
    own_retention,
)
from cases.versions import Version, closed_on
from catalog.actor import Actor
from catalog.audit import AuditEvent
from catalog.dates import day_in_japan
from catalog.ids import IdSource, new_id


@dataclass(frozen=True, slots=True)
class Kept:
    """Somebody whose support has ended, and how long their records are still to be kept."""

    participant: Participant
    keeping: Keeping


def disclose(
    actor: Actor, cases: CaseStore, records: RecordStore, disclosure: Disclosure, clock: Clock
) -> Disclosure:
    """Note what was told about a person; what rests on consent has to be covered by one.

    Raises
    ------
    NotFound, NotPermitted
        Where the actor may not know or change the person.
    CaseError
        ``disclosure_in_future``; ``disclosure_not_covered``.
    """
    check_may_edit(actor, find_person(actor, cases, disclosure.participant_id))
    at = clock()
    if disclosure.on > day_in_japan(at):
        raise CaseError("disclosure_in_future", on=disclosure.on)
    consents = cases.consents_of(PeopleScope(actor), disclosure.participant_id)
    check_covered(disclosure, consents)
    noted = replace(disclosure, recorded_by=actor.user_id, recorded_at=at)
    told = {"disclosure": noted.id, "basis": noted.basis}
    records.add_disclosure(noted, _event(actor, "disclosed", noted.participant_id, clock, **told))
    return noted


def hold(
    actor: Actor,
    cases: CaseStore,
    records: RecordStore,
    participant_id: str,
    clock: Clock,
    *,
    reason: str,
    until_on: date | None = None,
    ids: IdSource = new_id,
) -> LegalHold:
    """Forbid any deletion of a person's records, until a day or until it is lifted.

    Raises
    ------
    NotFound, NotPermitted
        Where the actor may not know or change the person.
    CaseError
        ``hold_without_reason``.
    """
    check_may_edit(actor, find_person(actor, cases, participant_id))
    made = LegalHold(
        id=ids(),
        participant_id=participant_id,
        reason=reason,
        made_by=actor.user_id,
        made_at=clock(),
        until_on=until_on,
    )
    records.add_hold(made, _event(actor, "hold_made", participant_id, clock, hold=made.id))
    return made


def lift_hold(
    actor: Actor,
    cases: CaseStore,
    records: RecordStore,
    participant_id: str,
    hold_id: str,
    clock: Clock,
) -> LegalHold:
    """Allow again what a hold forbade.

    Raises
    ------
    NotFound, NotPermitted
        Where the actor may not know or change the person; ``hold_not_found``.
    """
    check_may_with(actor, Action.DELETE_PEOPLE, find_person(actor, cases, participant_id))
    standing = (
        each
        for each in records.holds_of(PeopleScope(actor), participant_id)
        if each.id == hold_id and each.lifted_at is None
    )
    found = next(standing, None)
    if found is None:
        raise NotFound("hold_not_found")
    lifted = replace(found, lifted_by=actor.user_id, lifted_at=clock())
    records.lift_hold(lifted, _event(actor, "hold_lifted", participant_id, clock, hold=hold_id))
    return lifted


def keeping_of_person(
    actor: Actor, cases: CaseStore, records: RecordStore, participant_id: str, clock: Clock
) -> Keeping:
    """Return how long a person's records are to be kept.

    Raises
    ------
    NotFound
        Where the actor may not know the person.
    """
    person = find_person(actor, cases, participant_id)
    scope = PeopleScope(actor)
    versions = records.versions_of(scope, participant_id)
    return _keeping(person, versions, records.holds_of(scope, participant_id), clock)


def kept_people(
    actor: Actor, cases: CaseStore, records: RecordStore, clock: Clock
) -> tuple[Kept, ...]:
    """Return everyone whose support has ended, whose time of keeping ends first at the top.

    Raises
    ------
    NotPermitted
        Where the role never deletes.
    """
    check_may(actor, Action.DELETE_PEOPLE, frozenset(Relation))
    scope = PeopleScope(actor)
    versions, holds = records.versions_of_closed(scope), records.holds(scope)
    closed = [
        Kept(person, _keeping(person, versions.get(person.id, ()), holds.get(person.id, ()), clock))
        for person in cases.participants(scope, ParticipantStatus.CLOSED)
    ]
    return tuple(
        sorted(
            closed, key=lambda each: (each.keeping.until_on or date.max, each.participant.case_no)
        )
    )


def delete(
    actor: Actor,
    cases: CaseStore,
    records: RecordStore,
    participant_id: str,
    clock: Clock,
    *,
    ground: str,
    approved_by: str,
    confirmed: str,
) -> Deletion:
    """Delete a person for good; nothing can undo it.

    Parameters
    ----------
    ground
        Code of a `Ground`.
    confirmed
        The person's case number or name, typed once more.

    Raises
    ------
    NotFound, NotPermitted
        Where the actor may not know or delete the person.
    CaseError
        ``deletion_on_hold``, ``still_to_be_kept``, ``ground_unknown``, ``deletion_not_confirmed``.
    """
    person = find_person(actor, cases, participant_id)
    check_may_with(actor, Action.DELETE_PEOPLE, person)
    keeping = keeping_of_person(actor, cases, records, participant_id, clock)
    check_may_be_deleted(keeping, own_retention().ground(ground), day_in_japan(clock()))
    if not is_confirmed(confirmed, person.case_no, person.name):
        raise CaseError("deletion_not_confirmed")
    deletion = Deletion(
        participant_id=participant_id,
        at=clock(),
        ground=ground,
        decided_by=actor.user_id,
        approved_by=approved_by,
    )
    event = _event(actor, "person_deleted", participant_id, clock, ground=ground)
    return records.delete(deletion, event)


def _keeping(
    person: Participant, versions: Sequence[Version], holds: Sequence[LegalHold], clock: Clock
) -> Keeping:
    ended = closed_on(versions) if person.status is ParticipantStatus.CLOSED else None
    return keeping_of(ended, holds, day_in_japan(clock()))


def _event(actor: Actor, kind: str, participant_id: str, clock: Clock, **detail: str) -> AuditEvent:
    return AuditEvent(kind, actor.user_id, "participant", participant_id, clock(), detail)
