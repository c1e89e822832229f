"""People, their households, needs and consents go in; who may not open a person changes none."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from cases.actions.intake import changed_fields, support_of
from cases.consent import Consent
from cases.need import Need
from cases.participant import Household, Participant, ParticipantStatus
from cases.permissions import Action, may_with
from catalog.actor import Role
from db import audit
from exchange.errors import ExchangeError
from exchange.merging import Change, counted, merge
from exchange.messages import in_japanese
from exchange.readers import participants
from exchange.readers.participants import (
    KnownPeople,
    ParticipantRow,
    avoid_words,
    unknown_to_avoid,
)
from exchange.report import Finding, ImportReport
from exchange.rows import Read
from exchange.tabular import Table
from exchange.target import Target

_PLACE = ("town", "address", "lat", "lon")
PERSON_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "household_id": ("household",),
    "member_office_ids": ("member_agencies",),
    "town_id": _PLACE,
    "address": _PLACE,
    "lat": _PLACE,
    "lon": _PLACE,
}
NEED_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "available": ("available", "slots"),
    "avoid_host_ids": ("avoid_hosts",),
}


@dataclass(frozen=True, slots=True)
class Person:
    """Everything about one person that an import may change."""

    participant: Participant
    need: Need | None
    consents: tuple[Consent, ...]


def keep_participants(tables: Sequence[Table], target: Target) -> list[ImportReport]:
    """Add people or change them, found again by their case number."""
    reports = []
    for table in tables:
        stored = _stored(target)
        households = target.cases.households(target.scope)
        known = KnownPeople(
            participants={
                person.participant.case_no: person.participant
                for person in stored.values()
                if may_with(target.actor, Action.EDIT_PEOPLE, person.participant)
            },
            taken=frozenset(target.cases.case_numbers()),
            households={home.name: home for home in households.values()},
            organisations=tuple(target.catalog.organisations().values()),
        )
        reading = participants.read_participants(table, target.city(), known)
        told = [_change(read, stored, table.present, target) for read in reading.values]
        made = [each for each in told if _may_keep(each, target)]
        lost = {each.row for each in told} - {each.row for each in made}
        _save_households(
            [read for read in reading.values if read.row not in lost], households, target
        )
        _save(made, target)
        reports.append(counted(_without(reading.report, lost, table), made))
    return reports


def _stored(target: Target) -> dict[str, Person]:
    needs = target.cases.needs(target.scope)
    consents = target.cases.consents(target.scope)
    return {
        each.id: Person(each, needs.get(each.id), tuple(consents.get(each.id, ())))
        for each in target.cases.participants(target.scope)
    }


def _change(
    read: Read[ParticipantRow],
    stored: Mapping[str, Person],
    present: Collection[str],
    target: Target,
) -> Change[Person]:
    row = read.value
    before = stored.get(row.participant.id)
    participant = merge(
        before.participant if before else None, row.participant, present, PERSON_COLUMNS
    )
    if before is None and target.actor.role is not Role.SYSTEM:
        # As when one is registered by hand: whoever brings a person in looks after them first.
        participant = replace(
            participant, coordinator_id=target.actor.user_id, office_id=target.actor.office_id
        )
    need = _need(before.need if before else None, row.need, present)
    participant = _paused_or_not(participant, before, row, need, present)
    said = before.consents if before else ()
    if row.consent is not None and not any(_is_same(row.consent, each) for each in said):
        said = (*said, replace(row.consent, recorded_at=target.at))
    return Change(read.row, before, Person(participant, need, said))


def _may_keep(change: Change[Person], target: Target) -> bool:
    """Tell whether the one who imports may still change the person afterwards, as in a form."""
    return may_with(target.actor, Action.EDIT_PEOPLE, change.after.participant)


def _without(report: ImportReport, rows: Collection[int], table: Table) -> ImportReport:
    """Return a report with rows refused that would take people out of the importer's sight."""
    why = in_japanese(ExchangeError("person_lost"))
    column = table.headers.get("case_no", "")
    lost = (Finding(row, column, "", why) for row in rows)
    rejected = sorted((*report.rejected, *lost), key=lambda each: each.row)
    return replace(report, rejected=tuple(rejected))


def _need(before: Need | None, told: Need | None, present: Collection[str]) -> Need | None:
    """Give the need that an import leaves; names to avoid stay in words until they are known."""
    if told is None:
        return before
    need = merge(before, told, present, NEED_COLUMNS)
    latest = told if {"avoid_hosts", "avoid_districts"} & set(present) else before
    return replace(need, avoid_text=avoid_words(need.avoid_text, unknown_to_avoid(latest)))


def _paused_or_not(
    participant: Participant,
    before: Person | None,
    row: ParticipantRow,
    need: Need | None,
    present: Collection[str],
) -> Participant:
    """Let a person rest while they avoid what nobody knows, and wait again once it is known."""
    if unknown_to_avoid(row.need) and participant.status is ParticipantStatus.WAITING:
        return replace(participant, status=ParticipantStatus.PAUSED)
    is_known_now = unknown_to_avoid(before.need if before else None) and not unknown_to_avoid(need)
    is_resting = participant.status is ParticipantStatus.PAUSED and "status" not in present
    if is_known_now and is_resting:
        return replace(participant, status=ParticipantStatus.WAITING)
    return participant


def _is_same(consent: Consent, other: Consent) -> bool:
    """Say whether two records tell of one statement."""
    return consent == replace(other, id=consent.id, recorded_at=consent.recorded_at)


def _save_households(
    values: Sequence[Read[ParticipantRow]], known: Mapping[str, Household], target: Target
) -> None:
    named = {r.value.household.id: r.value.household for r in values if r.value.household}
    new = [home for id_, home in named.items() if id_ not in known]
    if new:
        event = target.event("households_imported", "households", count=str(len(new)))
        target.cases.save_households(new, event)


def _save(made: Sequence[Change[Person]], target: Target) -> None:
    """Save what differs, with one event for each person, so that each one's history tells it."""
    changed = [change for change in made if not change.is_same]
    if not changed:
        return
    with target.database.writing() as connection:
        for change in changed:
            id_ = change.after.participant.id
            kind = "participant_registered" if change.before is None else "participant_changed"
            before = change.before.participant if change.before else change.after.participant
            changed_here = changed_fields(before, change.after.participant)
            if change.before is None:
                changed_here = support_of(change.after.participant)
            told = ",".join(changed_here)
            event = target.event(kind, "participant", id_, by="import", fields=told)
            audit.append(connection, target.actor.municipality_code, event)
        count = str(len(changed))
        target.cases.save_participants(
            [change.after.participant for change in changed],
            target.event("participants_imported", "participants", count=count),
        )
        needs = [
            change.after.need
            for change in changed
            if change.after.need and change.after.need != (change.before and change.before.need)
        ]
        if needs:
            event = target.event("needs_imported", "needs", count=str(len(needs)))
            target.cases.save_needs(needs, event)
        said = [
            consent
            for change in changed
            for consent in change.after.consents
            if change.before is None or consent not in change.before.consents
        ]
        if said:
            event = target.event("consents_imported", "consents", count=str(len(said)))
            target.cases.add_consents(said, event)
