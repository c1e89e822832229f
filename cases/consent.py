"""Consent: who agreed to what, until when, and the proof that a person may be matched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Final

from cases.errors import CaseError, ConsentMissing
from cases.participant import Participant

HOSTS: Final = "hosts"
"""The entry of `Consent.agencies` that allows talking to hosts, and so the matching."""
PERSON: Final = "person"
"""The code of the list `consent_giver` for the person themselves."""


class ConsentState(StrEnum):
    """What the person said; only `WRITTEN` opens the way to hosts."""

    NONE_YET = "none_yet"
    REFUSED = "refused"
    VERBAL = "verbal"
    WRITTEN = "written"
    WITHDRAWN = "withdrawn"


AGREEING: Final = frozenset({ConsentState.VERBAL, ConsentState.WRITTEN})


class WhyNot(StrEnum):
    """Why a person may not be matched; the words are in `cases/data/wording.toml`."""

    NONE_YET = "none_yet"
    REFUSED = "refused"
    VERBAL_ONLY = "verbal_only"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    HOSTS_NOT_INCLUDED = "hosts_not_included"


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """One statement of consent; a record is never changed, a withdrawal is a new one.

    `agencies` × `categories` is the scope (who may know which kinds of data), `until_on` its
    last day (None: until withdrawn), `recorded_at` orders statements of one day. `given_by` is a
    name, `giver` a code of the list `consent_giver`; where somebody else agreed, `capacity` tells
    how the person's own will was made sure of. Statements of earlier times have neither.
    """

    id: str
    participant_id: str
    state: ConsentState
    given_by: str
    on: date
    agencies: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    until_on: date | None = None
    note: str = ""
    recorded_at: datetime | None = None
    giver: str | None = None
    capacity: str | None = None

    def __post_init__(self) -> None:
        if self.until_on is not None and self.until_on < self.on:
            raise CaseError("consent_ends_before_start", on=self.on, until=self.until_on)
        if self.state is ConsentState.WRITTEN and not self.given_by.strip():
            raise CaseError("consent_without_giver")
        is_for_another = self.giver not in (None, PERSON) and self.state in AGREEING
        if is_for_another and not (self.capacity or "").strip():
            raise CaseError("consent_without_capacity")


@dataclass(frozen=True, slots=True)
class Consented:
    """A person who may be matched, with the written consent that says so.

    Only `require_consent` makes this value, so whoever holds one need not ask again.
    """

    participant: Participant
    consent: Consent


def _in_order(consent: Consent) -> tuple[date, datetime]:
    earliest = datetime.min.replace(tzinfo=UTC)
    return consent.on, consent.recorded_at or earliest


def find_consent(consents: Sequence[Consent], today: date) -> Consent | WhyNot:
    """Return the written consent to matching that is in force, or why there is none."""
    valid = written_in_force(consents, today)
    if isinstance(valid, WhyNot):
        return valid
    naming_hosts = (each for each in reversed(valid) if HOSTS in each.agencies)
    return next(naming_hosts, WhyNot.HOSTS_NOT_INCLUDED)


def written_in_force(consents: Sequence[Consent], today: date) -> Sequence[Consent] | WhyNot:
    """Return the written consents that are in force, the earliest first, or why there are none.

    A refusal or a withdrawal ends everything before it; a verbal statement ends nothing.
    """
    said = sorted((c for c in consents if c.on <= today), key=_in_order)
    ends = {ConsentState.REFUSED: WhyNot.REFUSED, ConsentState.WITHDRAWN: WhyNot.WITHDRAWN}
    last_end = max((i for i, c in enumerate(said) if c.state in ends), default=-1)
    since = said[last_end + 1 :]
    written = [c for c in since if c.state is ConsentState.WRITTEN]
    valid = [c for c in written if c.until_on is None or c.until_on >= today]
    if valid:
        return valid
    if written:
        return WhyNot.EXPIRED
    if any(c.state is ConsentState.VERBAL for c in since):
        return WhyNot.VERBAL_ONLY
    return ends[said[last_end].state] if last_end >= 0 else WhyNot.NONE_YET


def require_consent(
    participant: Participant, consents: Sequence[Consent], today: date
) -> Consented:
    """Prove that a person may be matched on a day.

    Raises
    ------
    ConsentMissing
        With the code `consent_<why>`, when no written consent that includes hosts is in force.
        The placement of a person with an outside host needs it (社会福祉法106条の4第2項2号の
        事業の運用; 支援会議 of 106条の6 works without, but may not place anyone).
    """
    own = [consent for consent in consents if consent.participant_id == participant.id]
    found = find_consent(own, today)
    if isinstance(found, WhyNot):
        raise ConsentMissing(f"consent_{found}", case_no=participant.case_no)
    return Consented(participant, found)
