"""Who waits, and which of them may be matched: consent first, then everything else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from cases.consent import Consent, Consented, WhyNot, find_consent, require_consent
from cases.matching.city import City, locate
from cases.matching.encoding import need_has_known_codes
from cases.need import Need
from cases.participant import Participant, ParticipantStatus, as_of
from cases.proposal import Proposal, ProposalStatus
from cases.run import NotConsidered

ASKING: Final = (ParticipantStatus.WAITING, ParticipantStatus.PAUSED)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Everyone who waits, in two parts; together they are all of them."""

    consented: tuple[Consented, ...]
    not_considered: tuple[NotConsidered, ...]


def sort_waiting(
    participants: Iterable[Participant],
    needs: Mapping[str, Need],
    consents: Mapping[str, Sequence[Consent]],
    decided: Sequence[Proposal],
    city: City,
    on: date,
) -> Waiting:
    """Say of everyone who waits whether they may be matched on a day, and if not, why not.

    The reasons in their order: `paused`, `paused_until`, `consent_…`, `advanced` (a proposal is
    under way), `no_need`, `need_ended`, `code_unknown`, `place_unknown`.
    """
    waiting = [as_of(person, on) for person in participants if person.status in ASKING]
    advanced = {p.participant_id for p in decided if p.status is ProposalStatus.ADVANCED}
    located = locate(
        [person.town_id for person in waiting],
        [(person.lat, person.lon) for person in waiting],
        city,
    )
    consented: list[Consented] = []
    not_considered: list[NotConsidered] = []
    for person, is_located in zip(waiting, located.known.tolist(), strict=True):
        said = consents.get(person.id, ())
        why = (
            _unwilling(person, said, on)
            or ("advanced" if person.id in advanced else "")
            or find_gap(person, needs.get(person.id), is_located, city, on)
        )
        if why:
            not_considered.append(NotConsidered(participant_id=person.id, why=why))
        else:
            consented.append(require_consent(person, said, on))
    return Waiting(tuple(consented), tuple(not_considered))


def drop_finished(
    decided: Iterable[Proposal], participants: Iterable[Participant]
) -> list[Proposal]:
    """Leave out advanced proposals of people who wait no more: they hold no place any longer.

    Whoever is placed is counted by the host (`Opening.taken`), not twice.
    """
    asking = {person.id for person in participants if person.status in ASKING}
    return [
        each
        for each in decided
        if each.status is not ProposalStatus.ADVANCED or each.participant_id in asking
    ]


def _unwilling(person: Participant, said: Sequence[Consent], on: date) -> str:
    """Return why the person may not or should not be asked now, nothing if they may."""
    if person.status is ParticipantStatus.PAUSED:
        return "paused_until" if person.paused_until_on else "paused"
    found = find_consent(said, on)
    return f"consent_{found}" if isinstance(found, WhyNot) else ""


def find_gap(person: Participant, need: Need | None, is_located: bool, city: City, on: date) -> str:
    """Return what is still to be asked before a person can be matched, nothing if all is known."""
    if need is None:
        return "no_need"
    if need.until_on is not None and need.until_on < on:
        return "need_ended"
    if not need_has_known_codes(person, need, city.vocabulary):
        return "code_unknown"
    return "" if is_located else "place_unknown"
