"""Everyone of a run in groups that add up: with which fit they have a proposal, or why not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Final

from cases.proposal import Proposal
from cases.run import MatchRun, Unplaced
from cases.words.wording import own_wording

UNDER_WAY: Final = "advanced"
"""`NotConsidered.why` of whoever already goes forward with a proposal of an earlier run."""


class Group(StrEnum):
    """Where someone of a run stands; the first four are the words of the fit."""

    GOOD = "good"
    FAIR = "fair"
    NEAR = "near"
    POOR = "poor"
    UNPLACED = "unplaced"
    WAITS = "waits"
    UNDER_WAY = "under_way"


def count_groups(run: MatchRun, proposals: Iterable[Proposal]) -> dict[Group, int]:
    """Return how many people stand where, in the order of the groups and without empty ones.

    A run and its proposals are those that the reader may see, so the counts are, too.
    """
    counts: Counter[Group] = Counter(Group(each.word) for each in proposals)
    counts[Group.UNPLACED] = len(run.unplaced)
    for each in run.not_considered:
        counts[Group.UNDER_WAY if each.why == UNDER_WAY else Group.WAITS] += 1
    return {group: counts[group] for group in Group if counts[group]}


def group_words(group: Group) -> str:
    """Return what people call a group: よく合う, 今は見つからない, 同意などを待つ."""
    return own_wording().say("run_group", group)


def count_unplaced(unplaced: Sequence[Unplaced]) -> list[tuple[str, int]]:
    """Return for how many people what is missing, in words, the most frequent first."""
    counts = Counter(missing_words(each) for each in unplaced)
    return sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))


def missing_words(unplaced: Unplaced) -> str:
    """Return what is missing for someone without a place: 希望の曜日・時間の枠がない.

    Rules are told in a fixed order, so the last one that refuses an opening refuses those that
    came closest. That one is what is missing, not the one that refuses most.
    """
    code = unplaced.reason
    if code == "no_pair":
        code = unplaced.refused[-1][0] if unplaced.refused else "no_openings"
    return own_wording().say("missing", code)
