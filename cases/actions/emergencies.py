"""Opening somebody in an emergency, ending it, and the report of all of it: 緊急閲覧."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from cases.actions.intake import Clock
from cases.emergency import EmergencyAccess, check_reason, end_of, own_terms
from cases.errors import NotFound
from cases.permissions import (
    Action,
    PeopleScope,
    Relation,
    check_may,
    may,
    may_with,
    relations_to,
)
from cases.ports import CaseStore, EmergencyStore
from catalog.actor import Actor
from catalog.audit import AuditEvent
from catalog.ids import IdSource, new_id
from catalog.text_key import find_number


def open_in_emergency(
    actor: Actor,
    cases: CaseStore,
    emergencies: EmergencyStore,
    clock: Clock,
    case_no: str,
    *,
    reason: str,
    words: str,
    confirmed: bool,
    ids: IdSource = new_id,
) -> str | None:
    """Let the actor open a person for some hours, and return the person's id.

    Whom the actor may open anyhow needs no emergency. None where there is no such person, and
    where a protected one was asked for without the extra word: the two are told alike, and the
    attempt is on record.

    Raises
    ------
    NotPermitted
        Where the role never opens anybody so.
    CaseError
        `emergency_reason_missing`, `emergency_words_missing`.
    """
    check_may(actor, Action.OPEN_IN_EMERGENCY)
    check_reason(reason, words)
    case_no = find_number(case_no, cases.case_numbers()) or case_no
    known = cases.participant_by_case_no(PeopleScope(actor), case_no)
    sought = emergencies.seek(case_no)
    if known is not None:
        return known.id
    if sought is None or (sought.is_protected and not confirmed):
        emergencies.record(_event(actor, "emergency_not_opened", "user", actor.user_id, clock))
        return None
    at = clock()
    access = EmergencyAccess(
        id=ids(),
        user_id=actor.user_id,
        office_id=actor.office_id,
        participant_id=sought.participant_id,
        reason=reason,
        words=words.strip(),
        confirmed=confirmed,
        started_at=at,
        until_at=end_of(at),
    )
    detail = {"access": access.id, "reason": reason, "until": access.until_at.isoformat()}
    subject = access.participant_id
    emergencies.add(
        access, _event(actor, "emergency_opened", "participant", subject, clock, **detail)
    )
    return subject


def end_emergency(
    actor: Actor, emergencies: EmergencyStore, clock: Clock, access_id: str
) -> EmergencyAccess:
    """End an access of one's own before its time.

    Raises
    ------
    NotFound
        `emergency_not_found`: none of the actor's own, or it has ended.
    """
    at = clock()
    for access in emergencies.own(actor):
        if access.id == access_id and access.is_running(at):
            ended = replace(access, ended_at=at)
            detail = {"access": access.id}
            subject = access.participant_id
            event = _event(actor, "emergency_ended", "participant", subject, clock, **detail)
            emergencies.end(ended, event)
            return ended
    raise NotFound("emergency_not_found")


def own_emergencies(
    actor: Actor, emergencies: EmergencyStore, clock: Clock
) -> list[EmergencyAccess]:
    """Return the actor's accesses that are running, the newest first."""
    return [each for each in emergencies.own(actor) if each.is_running(clock())]


@dataclass(frozen=True, slots=True)
class Reported:
    """An access as the reader of the report may know of it; None is not for them.

    The words are empty where the person was deleted since.
    """

    access: EmergencyAccess
    participant_id: str | None = None
    case_no: str | None = None
    words: str | None = None


def report_emergencies(
    actor: Actor, cases: CaseStore, emergencies: EmergencyStore
) -> list[Reported]:
    """Return the accesses of which the actor may know, the newest first.

    Staff read those to the people whom they may open without an emergency; an auditor reads all
    of them with the words but without names, and an administrator without the words.

    Raises
    ------
    NotPermitted
        Where the role never reads them.
    """
    check_may(actor, Action.SEE_EMERGENCIES, frozenset(Relation))
    reader = replace(actor, emergencies=frozenset())
    numbers = _numbers(reader, cases)
    everything = may(actor, Action.SEE_EMERGENCIES)
    told = emergencies.every() if everything else emergencies.about(PeopleScope(reader))
    sees_words = not everything or may(actor, Action.SEE_AUDIT)
    return [
        Reported(
            access=each,
            participant_id=each.participant_id if each.participant_id in numbers else None,
            case_no=numbers.get(each.participant_id),
            words=each.words if sees_words else None,
        )
        for each in told
        if everything or each.participant_id in numbers
    ]


def notices_for(
    actor: Actor, cases: CaseStore, emergencies: EmergencyStore, clock: Clock
) -> list[Reported]:
    """Return who opened the actor's own people of late, the newest first."""
    if not may(actor, Action.SEE_EMERGENCIES, frozenset(Relation)):
        return []
    reader = replace(actor, emergencies=frozenset())
    since = clock() - timedelta(days=own_terms().notice_days)
    scope = PeopleScope(reader)
    recent = [
        each
        for each in emergencies.about(scope)
        if each.started_at >= since and each.user_id != actor.user_id
    ]
    told = []
    for each in recent:
        person = cases.participant(scope, each.participant_id)
        if person is not None and Relation.OWN_CASE in relations_to(reader, person):
            told.append(Reported(each, person.id, person.case_no, each.words))
    return told


def _numbers(reader: Actor, cases: CaseStore) -> Mapping[str, str]:
    """Return the case numbers of the people whose accesses the reader may know of, by id."""
    return {
        person.id: person.case_no
        for person in cases.participants(PeopleScope(reader))
        if may_with(reader, Action.SEE_EMERGENCIES, person)
    }


def _event(
    actor: Actor, kind: str, subject_kind: str, subject_id: str, clock: Clock, **detail: str
) -> AuditEvent:
    return AuditEvent(
        kind=kind,
        actor_id=actor.user_id,
        subject_kind=subject_kind,
        subject_id=subject_id,
        at=clock(),
        detail=detail,
    )
