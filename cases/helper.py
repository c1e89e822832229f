"""Who offers to help at groups: a volunteer, or somebody who is accompanied here themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from cases.consent import Consent, Consented, require_consent
from cases.errors import CaseError
from cases.participant import Participant
from catalog.schedule import Band

MOST_GROUPS: Final = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Helper:
    """What somebody offers as a helper (支え手).

    `participant_id` names the person where they are accompanied here themselves (受け手): one may
    look for a place and help elsewhere. `menu` is what they would like to do, empty for anything,
    `available` holds pairs of weekday (Monday 0) and band, `most_groups` is at how many groups
    they would help. `experienced` is who has helped at a group before. On `agreed_on` they agreed
    to be proposed to groups, until `until_on` (None: until they say otherwise).
    """

    id: str
    name: str
    name_kana: str = ""
    participant_id: str | None = None
    town_id: str | None = None
    phone: str = ""
    menu: frozenset[str] = frozenset()
    strengths: str = ""
    available: frozenset[tuple[int, Band]] = frozenset()
    modes: tuple[str, ...] = ("walk",)
    travel_limit_minutes: int = 30
    most_groups: int = 1
    known_place_ids: frozenset[str] = frozenset()
    experienced: bool = False
    agreed_on: date | None = None
    until_on: date | None = None
    note: str = ""

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise CaseError("helper_name_missing")
        if any(not 0 <= weekday <= 6 for weekday, _ in self.available):
            raise CaseError("weekday_outside")
        if self.travel_limit_minutes < 1:
            raise CaseError("travel_limit_below_one", value=self.travel_limit_minutes)
        if not self.modes:
            raise CaseError("modes_missing")
        if not 1 <= self.most_groups <= MOST_GROUPS:
            raise CaseError("most_groups_outside", value=self.most_groups, most=MOST_GROUPS)


@dataclass(frozen=True, slots=True)
class Agreed:
    """A helper who may be proposed to groups; only `require_agreement` makes this value.

    `consented` is the consent of somebody who is accompanied here, None of a volunteer.
    """

    helper: Helper
    consented: Consented | None


def require_agreement(
    helper: Helper, participant: Participant | None, consents: Sequence[Consent], on: date
) -> Agreed:
    """Prove that a helper may be proposed to groups on a day.

    Parameters
    ----------
    participant, consents
        Of a helper who is accompanied here: they need their written consent as ever.

    Raises
    ------
    CaseError
        `helper_not_agreed` or `helper_ended`.
    ConsentMissing
        Where somebody who is accompanied here has not consented in writing.
    """
    if helper.agreed_on is None or helper.agreed_on > on:
        raise CaseError("helper_not_agreed")
    if helper.until_on is not None and helper.until_on < on:
        raise CaseError("helper_ended")
    if helper.participant_id is None:
        return Agreed(helper, None)
    if participant is None or participant.id != helper.participant_id:
        raise CaseError("helper_not_agreed")
    return Agreed(helper, require_consent(participant, consents, on))
