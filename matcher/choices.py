"""What each participant may take once `fixed` and `forbidden` are settled.

Everything here stands in the order of ids, so that the same problem in another order is solved
the same way.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.problem import Int64s, Problem, find_pairs
from matcher.rules import Fixed, Forbidden

Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Choices:
    """The possible pairs of a problem, sorted by participant, then opening.

    Attributes
    ----------
    participants, openings
        Position in the problem of each participant, [n], and opening, [m], in the order of ids.
    participant, opening
        Of each possible pair, [c], in the order of ids.
    values
        What a pair adds to each objective, in its whole units, [objectives, c].
    optional
        Whether the participant may stay unplaced, [n].
    capacity
        Places of each opening, [m]; never more than there are participants.
    """

    participants: Int64s
    openings: Int64s
    participant: Int64s
    opening: Int64s
    values: Int64s
    optional: Bools
    capacity: Int64s


def choices_of(problem: Problem) -> Choices:
    """Possible pairs under the rules of the problem, in the order of ids.

    A pair is possible when it is listed, not forbidden, and its participant is not fixed
    elsewhere. The rules must not contradict each other (`matcher.conflict`).
    """
    participants, participant_rank = _order(problem.participant_ids)
    openings, opening_rank = _order(problem.opening_ids)
    possible, optional = _possible(problem)
    pairs = np.flatnonzero(possible)
    participant = participant_rank[problem.pair_participant[pairs]]
    opening = opening_rank[problem.pair_opening[pairs]]
    sorting = np.lexsort((opening, participant))
    pairs = pairs[sorting]
    value_of = {
        "placed": problem.weight[problem.pair_participant[pairs]],
        "floors": np.zeros(pairs.size, np.int64),  # without floor rules nothing is ever missing
        "score": problem.pair_score[pairs],
    }
    return Choices(
        participants=participants,
        openings=openings,
        participant=participant[sorting],
        opening=opening[sorting],
        values=np.stack([value_of[name] for name in problem.objectives]),
        optional=optional[participants],
        capacity=np.minimum(problem.capacity, len(participants))[openings],
    )


def _order(ids: tuple[str, ...]) -> tuple[Int64s, Int64s]:
    """Positions sorted by id, and the rank of each position."""
    order = np.array(sorted(range(len(ids)), key=ids.__getitem__), np.int64)
    rank = np.empty_like(order)
    rank[order] = np.arange(order.size)
    return order, rank


def _possible(problem: Problem) -> tuple[Bools, Bools]:
    """Which pairs are possible, [k], and who may stay unplaced, [n]."""
    fixed, forbidden = (pairs_of(problem, kind) for kind in (Fixed, Forbidden))
    possible = np.ones(problem.pair_participant.size, np.bool_)
    optional = np.ones(len(problem.participant_ids), np.bool_)
    if fixed.size:
        optional[problem.pair_participant[fixed]] = False
        possible = optional[problem.pair_participant]
        possible[fixed] = True
    possible[forbidden[forbidden >= 0]] = False
    return possible, optional


def pairs_of(problem: Problem, kind: type[Fixed | Forbidden]) -> Int64s:
    """Position of the pair that each rule of a kind names, in their order; -1 is not listed."""
    rules = [rule for rule in problem.rules if isinstance(rule, kind)]
    if not rules:
        return np.empty(0, np.int64)
    participants = {name: at for at, name in enumerate(problem.participant_ids)}
    openings = {name: at for at, name in enumerate(problem.opening_ids)}
    return find_pairs(
        problem,
        [participants[rule.participant] for rule in rules],
        [openings[rule.opening] for rule in rules],
    )
