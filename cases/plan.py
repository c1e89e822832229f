"""支援プラン: goals in the person's words, who does what by when, when it is looked at again."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from cases.errors import CaseError
from cases.life import Life, Required, Row


class PlanState(StrEnum):
    """Where a version of a plan stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    """To a 重層的支援会議."""
    DECIDED = "decided"
    REPLACED = "replaced"
    """By a later version."""
    ENDED = "ended"


class PlanStep(StrEnum):
    """What can happen to a plan."""

    SUBMIT = "submit"
    TAKE_BACK = "take_back"
    DECIDE = "decide"
    REPLACE = "replace"
    END = "end"


_S, _V = PlanState, PlanStep
LIFE: Final = Life(
    "plan",
    frozenset({_S.DRAFT}),
    {
        (_S.DRAFT, _V.SUBMIT): Row(_S.SUBMITTED, frozenset({Required.CONSENT})),
        (_S.SUBMITTED, _V.TAKE_BACK): Row(_S.DRAFT),
        (_S.SUBMITTED, _V.DECIDE): Row(
            _S.DECIDED, frozenset({Required.CONSENT, Required.DECISION, Required.SIGNATURE})
        ),
        (_S.DECIDED, _V.REPLACE): Row(_S.REPLACED),
        (_S.DECIDED, _V.END): Row(_S.ENDED, frozenset({Required.REASON})),
    },
)


@dataclass(frozen=True, slots=True)
class PlanRole:
    """What somebody does: an agency, or the person themselves."""

    who: str
    does: str
    by_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportPlan:
    """A person's plan as it was saved; each saving is a further `version` of it.

    Once decided it is changed by a plan with an id of its own, which replaces it when that is
    decided as well.

    Attributes
    ----------
    aim, long_goal, short_goal
        In the person's words.
    services
        What is ticked: codes of the list `plan_service` (多機関協働, 参加支援, アウトリーチ …).
    direction
        支援の方針 of the office.
    signed_by
        Who signed: the person, or who did for them (as in the consent).
    decided_in
        The agenda item of the 重層的支援会議.
    """

    id: str
    participant_id: str
    version: int
    made_on: date
    state: PlanState = PlanState.DRAFT
    aim: str = ""
    long_goal: str = ""
    short_goal: str = ""
    lead_office_id: str = ""
    roles: tuple[PlanRole, ...] = ()
    services: tuple[str, ...] = ()
    direction: str = ""
    starts_on: date | None = None
    review_on: date | None = None
    signed_by: str = ""
    signed_on: date | None = None
    decided_in: str | None = None
    decided_on: date | None = None
    ended_on: date | None = None
    end_reason: str = ""
    made_by: str = ""
    recorded_at: datetime | None = None

    def __post_init__(self) -> None:
        if self.review_on is not None and self.review_on < self.made_on:
            raise CaseError("review_before_plan", review=self.review_on, made=self.made_on)


OPEN: Final = frozenset({PlanState.DRAFT, PlanState.SUBMITTED})


def open_plan(plans: Sequence[SupportPlan]) -> SupportPlan | None:
    """Return the plan that is being written or decided; there is at most one."""
    return next((each for each in plans if each.state in OPEN), None)


def plan_in_force(plans: Sequence[SupportPlan]) -> SupportPlan | None:
    """Return the plan that was decided and neither replaced nor ended."""
    return next((each for each in plans if each.state is PlanState.DECIDED), None)


def offices_in(plan: SupportPlan, known: Collection[str]) -> frozenset[str]:
    """Return the known offices that a plan gives something to do, its lead office among them."""
    named = {plan.lead_office_id, *(each.who for each in plan.roles)}
    return frozenset(named & set(known))
