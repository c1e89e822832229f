"""Planning sittings, carrying them out, and writing what was talked about and decided."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from cases.actions.intake import Clock, check_may_edit, find_person
from cases.consent import WhyNot, written_in_force
from cases.errors import CaseError, NotFound, UnknownName
from cases.life import Required
from cases.life_words import state_word
from cases.meetings.meeting import (
    LIFE,
    AgendaItem,
    Attendance,
    Meeting,
    MeetingState,
    MeetingStep,
)
from cases.permissions import Action, PeopleScope, check_may
from cases.ports import CaseStore, MeetingStore
from catalog.actor import Actor
from catalog.audit import AuditEvent
from catalog.dates import day_in_japan
from catalog.ids import IdSource, new_id
from catalog.municipality import MeetingSetting, Municipality

_KINDS = {MeetingStep.HOLD: "meeting_held", MeetingStep.CALL_OFF: "meeting_called_off"}


@dataclass(frozen=True, slots=True)
class Table:
    """Where meetings and the people they talk about are kept, with the city's settings."""

    meetings: MeetingStore
    cases: CaseStore
    city: Municipality


def setting_of(city: Municipality, name: str) -> MeetingSetting:
    """Return the setting of a kind of meeting by its name.

    Raises
    ------
    UnknownName
        ``meeting_kind_unknown``.
    """
    found = next((each for each in city.meetings if each.name == name), None)
    if found is None:
        raise UnknownName("meeting_kind_unknown", value=name)
    return found


def find_meeting(actor: Actor, table: Table, meeting_id: str) -> Meeting:
    """Return a sitting, from outside for who is not invited to a 支援会議.

    Raises
    ------
    NotFound
        ``meeting_not_found``.
    """
    found = table.meetings.meeting(PeopleScope(actor), meeting_id)
    if found is None:
        raise NotFound("meeting_not_found")
    return found


def find_item(actor: Actor, table: Table, meeting_id: str, item_id: str) -> AgendaItem:
    """Return an item of a sitting.

    Raises
    ------
    NotFound
        ``agenda_item_not_found``, whether there is none or the actor may not know of it.
    """
    found = table.meetings.agenda_item(PeopleScope(actor), item_id)
    if found is None or found.meeting_id != meeting_id:
        raise NotFound("agenda_item_not_found")
    return found


def plan_meeting(
    actor: Actor,
    table: Table,
    clock: Clock,
    *,
    name: str,
    starts_at: datetime,
    minutes: int,
    place: str = "",
    matter: str = "",
    chair: str = "",
    office_ids: Collection[str] = (),
    ids: IdSource = new_id,
) -> Meeting:
    """Plan a sitting of a kind that the city has.

    Raises
    ------
    NotPermitted
        Unless the role writes meetings.
    UnknownName, CaseError
        ``meeting_kind_unknown``; ``meeting_matter_in_room``; ``meeting_without_length``.
    """
    check_may(actor, Action.WRITE_MEETINGS)
    setting = setting_of(table.city, name)
    meeting = Meeting(
        id=ids(),
        kind=setting.kind,
        name=setting.name,
        confidential=setting.is_room,
        starts_at=starts_at,
        minutes=minutes,
        place=place,
        matter=matter,
        chair=chair,
        called_by=actor.user_id,
        office_ids=tuple(sorted(office_ids)),
    )
    table.meetings.save_meeting(meeting, _event(actor, "meeting_planned", meeting.id, clock))
    return meeting


def take_step(
    actor: Actor,
    table: Table,
    clock: Clock,
    meeting_id: str,
    step: MeetingStep,
    *,
    seen: int,
    reason: str = "",
) -> Meeting:
    """Write that a sitting was held, or call it off.

    Raises
    ------
    NotPermitted, NotFound
        Unless the role writes meetings and is invited to this one.
    CaseError
        ``meeting_still_to_come``; ``step_not_allowed``, ``step_incomplete`` without a reason.
    """
    check_may(actor, Action.WRITE_MEETINGS)
    meeting = _invited(actor, table, meeting_id)
    on = day_in_japan(meeting.starts_at)
    if step is MeetingStep.HOLD and on > day_in_japan(clock()):
        raise CaseError("meeting_still_to_come", on=on)
    given = {Required.DAY} | ({Required.REASON} if reason.strip() else set())
    state = LIFE.take(meeting.state, step, given)
    after = replace(meeting, state=state, reason=reason, version=seen + 1)
    table.meetings.save_meeting(after, _event(actor, _KINDS[step], meeting.id, clock))
    return after


def add_item(
    actor: Actor,
    table: Table,
    clock: Clock,
    meeting_id: str,
    *,
    participant_id: str | None = None,
    title: str = "",
    ids: IdSource = new_id,
) -> AgendaItem:
    """Put a person or a matter on the agenda; whoever adds it takes part in it.

    Raises
    ------
    NotPermitted, NotFound
        Unless the role writes meetings, is invited to this one, and may change the person.
    CaseError
        ``meeting_is_over``; ``meeting_takes_no_person``, ``meeting_needs_consent``;
        ``agenda_without_title``.
    """
    check_may(actor, Action.WRITE_MEETINGS)
    meeting = _invited(actor, table, meeting_id)
    if meeting.state is MeetingState.CALLED_OFF:
        raise CaseError("meeting_is_over", state=state_word(LIFE.noun, meeting.state))
    if participant_id is not None:
        check_may_talk_of(actor, table, meeting, participant_id, clock)
    item = AgendaItem(
        id=ids(),
        meeting_id=meeting_id,
        number=table.meetings.next_number(meeting_id),
        participant_id=participant_id,
        title=title,
        members=(Attendance(actor.office_id or "", actor.user_id),),
        confidential=meeting.confidential,
    )
    _save(actor, table, item, "agenda_added", clock)
    return item


def write_item(actor: Actor, table: Table, clock: Clock, item: AgendaItem, seen: int) -> AgendaItem:
    """Keep what was said, decided and judged, and who was there; the writer stays a member.

    Raises
    ------
    NotPermitted, NotFound
        Unless the role writes meetings, the item exists for the actor, and they may change the
        person where it is about one outside of a room.
    CaseError
        ``meeting_needs_consent``, where the consent has ended meanwhile.
    """
    check_may(actor, Action.WRITE_MEETINGS)
    before = find_item(actor, table, item.meeting_id, item.id)
    meeting = find_meeting(actor, table, item.meeting_id)
    if before.participant_id is not None and not before.confidential:
        check_may_talk_of(actor, table, meeting, before.participant_id, clock)
    own = Attendance(actor.office_id or "", actor.user_id)
    is_there = any(each.user_id == actor.user_id for each in item.members)
    members = item.members if is_there or not before.confidential else (own, *item.members)
    kept = replace(
        item,
        number=before.number,
        participant_id=before.participant_id,
        confidential=before.confidential,
        members=members,
        version=seen + 1,
    )
    _save(actor, table, kept, "agenda_written", clock)
    return kept


def check_may_talk_of(
    actor: Actor, table: Table, meeting: Meeting, participant_id: str, clock: Clock
) -> None:
    """Refuse a person in a meeting that takes none, or takes none without a written consent.

    In a 支援会議 (社会福祉法106条の6) no consent is needed; elsewhere it is.

    Raises
    ------
    NotFound, NotPermitted
        Where the actor may not know or change the person.
    CaseError
        ``meeting_takes_no_person``, ``meeting_needs_consent``.
    """
    check_may_edit(actor, find_person(actor, table.cases, participant_id))
    setting = setting_of(table.city, meeting.name)
    if not setting.personal_data:
        raise CaseError("meeting_takes_no_person", name=setting.name)
    consents = table.cases.consents_of(PeopleScope(actor), participant_id)
    valid = written_in_force(consents, day_in_japan(clock()))
    if setting.consent_required and isinstance(valid, WhyNot):
        raise CaseError("meeting_needs_consent", name=setting.name)


def _invited(actor: Actor, table: Table, meeting_id: str) -> Meeting:
    """Return a sitting to which the actor is invited; others cannot write there."""
    meeting = find_meeting(actor, table, meeting_id)
    if meeting.is_opaque:
        raise NotFound("meeting_not_found")
    return meeting


def _save(actor: Actor, table: Table, item: AgendaItem, kind: str, clock: Clock) -> None:
    event = _event(actor, kind, item.meeting_id, clock)
    if item.participant_id is not None and not item.confidential:
        event = replace(event, subject_kind="participant", subject_id=item.participant_id)
    table.meetings.save_agenda_item(item, event)


def _event(actor: Actor, kind: str, meeting_id: str, clock: Clock) -> AuditEvent:
    return AuditEvent(kind, actor.user_id, "meeting", meeting_id, clock())
