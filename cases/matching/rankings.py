"""The best openings for one person, the best people for one opening, and all who are refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from cases.matching.stories import PairStory, rule_name, tell_at, tell_pairs
from cases.matching.weighing import Weighed
from cases.words.refusals import UNRESOLVED
from matcher.eligibility import Eligibility, Reason
from matcher.ranking import Ranked, rank_offers, rank_profiles


@dataclass(frozen=True, slots=True)
class Ranking:
    """The best pairs of one person or one opening, and how many were refused by which rule.

    `candidates` counts all that no rule refuses; with the counts of `refused` they add up to all.
    """

    ranked: tuple[PairStory, ...]
    candidates: int
    refused: tuple[tuple[str, int], ...]


def rank_for_participant(weighed: Weighed, participant_id: str, top: int = 20) -> Ranking:
    """Rank the openings for one person; equal fits in the order of their ids."""
    i = weighed.row(participant_id)
    eligibility = weighed.considered.eligibility
    best = rank_offers(weighed.considered.scores, eligibility, i, top)
    asked = Eligibility(eligibility.failed[[i]])
    return _ranking(weighed, best, lambda j: (i, j), asked, unresolved_in(weighed))


def rank_for_opening(weighed: Weighed, opening_id: str, top: int = 20) -> Ranking:
    """Rank the people for one opening; of equal fits who has waited longest comes first."""
    j = weighed.column(opening_id)
    inputs = weighed.inputs
    unresolved = 0 if inputs.takes_part[j] else len(inputs.people)
    waited = np.array([(inputs.on - p.since_on).days for p in inputs.participants], np.int64)
    eligibility = weighed.considered.eligibility
    best = rank_profiles(weighed.considered.scores, eligibility, j, top, waited)
    asked = Eligibility(eligibility.failed[:, [j]].T)
    return _ranking(weighed, best, lambda i: (i, j), asked, unresolved)


def _ranking(
    weighed: Weighed,
    best: Ranked,
    pair: Callable[[int], tuple[int, int]],
    asked: Eligibility,
    unresolved: int,
) -> Ranking:
    """Tell the best pairs; `asked` are the rules of all pairs that could be told, in one row."""
    ranked = tuple(tell_at(weighed, *pair(place)) for place in best.places.tolist())
    return Ranking(ranked, int(asked.candidates().sum()), counts_of(asked, 0, unresolved))


def unresolved_in(weighed: Weighed) -> int:
    """Return how many openings are not known well enough to take part."""
    return int((~weighed.inputs.takes_part).sum())


def counts_of(eligibility: Eligibility, i: int, unresolved: int) -> tuple[tuple[str, int], ...]:
    """Count pairs by their first rule; those not known well enough are told apart from closed."""
    counts = {rule_name(reason): count for reason, count in eligibility.counts(i).items()}
    closed = counts.pop(rule_name(Reason.NOT_OPEN), 0) - unresolved
    told = {UNRESOLVED: unresolved, rule_name(Reason.NOT_OPEN): closed, **counts}
    return tuple((rule, count) for rule, count in told.items() if count)


def refused_for_participant(weighed: Weighed, participant_id: str) -> list[PairStory]:
    """Return every opening that a rule refuses to a person, with its first reason in words."""
    i = weighed.row(participant_id)
    refused = np.flatnonzero(weighed.considered.eligibility.failed[i])
    return tell_pairs(weighed, np.full(len(refused), i), refused)


def refused_for_opening(weighed: Weighed, opening_id: str) -> list[PairStory]:
    """Return every person whom a rule refuses at an opening, with the first reason in words."""
    j = weighed.column(opening_id)
    refused = np.flatnonzero(weighed.considered.eligibility.failed[:, j])
    return tell_pairs(weighed, refused, np.full(len(refused), j))
