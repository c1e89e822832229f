"""What setting a proposal aside does to later runs: dated data, one effect for each reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Final

from cases.errors import CaseError
from cases.own_data import own_data
from cases.proposal import Proposal, ProposalStatus
from cases.receiving import Receiving
from catalog.dates import day_in_japan

_PLACES: Final = ("opening", "resource", "nothing")


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What is kept away from the person and for how long; `rests`: nothing is proposed at all.

    `days` None means until the decision is undone.
    """

    keeps_away: str
    days: int | None = None
    until_confirmed: bool = False
    rests: bool = False

    def __post_init__(self) -> None:
        if self.keeps_away not in _PLACES:
            raise CaseError("set_aside_effect", value=self.keeps_away)


@cache
def _effects() -> tuple[Mapping[str, Effect], Effect]:
    data = own_data("set_aside")
    effects = {code: Effect(**entry) for code, entry in data["effects"].items()}
    return effects, Effect(**data["otherwise"])


def effect_of(reason: str) -> Effect:
    """Return the effect of a reason; a city's own reasons share one."""
    effects, otherwise = _effects()
    return effects.get(reason, otherwise)


def _holds(effect: Effect, decided_on: date, confirmed_on: date | None, on: date) -> bool:
    if effect.until_confirmed:
        return confirmed_on is None or confirmed_on <= decided_on
    return effect.days is None or on < decided_on + timedelta(effect.days)


def kept_away(
    decided: Iterable[Proposal], receiving: Sequence[Receiving], on: date
) -> dict[tuple[str, str], str]:
    """Return what must not be proposed on a day: the reason by (participant id, opening id)."""
    opening_of = {each.opening.id: each.opening for each in receiving}
    at_resource: dict[str, list[str]] = {}
    for each in receiving:
        at_resource.setdefault(each.opening.resource_id, []).append(each.opening.id)
    away: dict[tuple[str, str], str] = {}
    for proposal in decided:
        opening = opening_of.get(proposal.opening_id)
        if proposal.status is not ProposalStatus.SET_ASIDE or opening is None:
            continue
        effect = effect_of(proposal.set_aside_reason)
        decided_on = day_in_japan(proposal.decided_at) if proposal.decided_at else on
        if not _holds(effect, decided_on, opening.last_confirmed_on, on):
            continue
        places = {
            "opening": [opening.id],
            "resource": at_resource[opening.resource_id],
            "nothing": [],
        }
        for opening_id in places[effect.keeps_away]:
            away[proposal.participant_id, opening_id] = proposal.set_aside_reason
    return away
