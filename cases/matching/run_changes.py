"""What a run changed for people, compared with the one before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from cases.matching.run_groups import UNDER_WAY
from cases.proposal import Proposal
from cases.run import MatchRun
from cases.words.wording import own_wording


class Kind(StrEnum):
    """What became different for someone."""

    PLACED = "placed"
    MOVED = "moved"
    NO_LONGER = "no_longer"


@dataclass(frozen=True, slots=True)
class Change:
    """A change for one person: the proposals of the run before and of this one."""

    participant_id: str
    kind: Kind
    before: Proposal | None
    after: Proposal | None


def changes_between(
    before: Iterable[Proposal], run: MatchRun, after: Iterable[Proposal]
) -> list[Change]:
    """Return what is different in a run, in the order of the kinds, then of its proposals.

    Whoever goes forward with the proposal of the run before, or waits no more, has lost nothing
    and is left out.

    Parameters
    ----------
    before
        Proposals of the run before.
    run, after
        The run and its proposals, as the same reader may see them.
    """
    had = {each.participant_id: each for each in before}
    has = {each.participant_id: each for each in after}
    without = {each.participant_id for each in run.unplaced}
    without |= {each.participant_id for each in run.not_considered if each.why != UNDER_WAY}
    placed = [Change(id_, Kind.PLACED, None, each) for id_, each in has.items() if id_ not in had]
    moved = [
        Change(id_, Kind.MOVED, had[id_], each)
        for id_, each in has.items()
        if id_ in had and had[id_].opening_id != each.opening_id
    ]
    lost = [Change(id_, Kind.NO_LONGER, each, None) for id_, each in had.items() if id_ in without]
    return placed + moved + lost


def change_words(kind: Kind) -> str:
    """Return what became different: 新しく案ができました."""
    return own_wording().say("change", kind)
