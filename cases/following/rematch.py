"""When another place is offered because it goes badly (`cases/data/follow_up.toml`)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from cases.following.follow_up import FollowUp
from cases.own_data import own_data


@dataclass(frozen=True, slots=True)
class RematchRule:
    """From where on it goes badly."""

    at_most: int
    weight: int
    missed_share: float
    least_planned: int


@cache
def own_rematch_rule() -> RematchRule:
    """Return the rule that comes with the product."""
    data = own_data("follow_up")
    return RematchRule(
        at_most=data["rematch_at_most"],
        weight=data["rematch_weight"],
        missed_share=data["rematch_missed_share"],
        least_planned=data["rematch_least_planned"],
    )


def rematch_reasons(talk: FollowUp, rule: RematchRule) -> tuple[str, ...]:
    """Return why another place should be offered, nothing where it goes well enough."""
    came, planned = talk.came, talk.planned
    rarely = (
        came is not None
        and planned is not None
        and planned >= rule.least_planned
        and came < planned * rule.missed_share
    )
    told = (
        (_weak(talk.fits_state, rule), "今の状態に 合っていません"),
        (_weak(talk.fits_wishes, rule), "希望に 合っていません"),
        (rarely, "お休みが 多くなっています"),
        (any(w.weight >= rule.weight for w in talk.worries), "受け入れ先の心配が 重くなっています"),
    )
    return tuple(words for holds, words in told if holds)


def _weak(fit: int | None, rule: RematchRule) -> bool:
    return fit is not None and fit <= rule.at_most
