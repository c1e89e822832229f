"""Everyone at once: the best assignment, objective by objective, with its proof.

Each objective is one min-cost flow over what the earlier ones leave open: arcs whose reduced
cost is not zero keep their flow in every optimal assignment, so the next objective is solved on
the others (complementary slackness). That is exact for any number of objectives and needs no
large weights. Shortest distances in the residual graph are the potentials; they prove the
stage, hold the arcs for the next one, and are at the same time what one more place at each
opening would gain. Mostly one flow with moderate weights is best for every objective already;
then its potentials prove that, and no further flow is solved.

Ties: among assignments that are equal in every asked objective the solver's choice stands. It
sees participants, openings and pairs in the order of their ids, so it is the same for the same
problem in any order.
"""

from __future__ import annotations

from dataclasses import replace
from time import perf_counter

import numpy as np

from matcher.choices import Bools, Choices, choices_of
from matcher.conflict import find_conflict
from matcher.errors import MatcherError
from matcher.flow import best_flow
from matcher.problem import Int32s, Int64s, Problem, check_flow_class
from matcher.residual import FAR, Free, NotOptimal, all_free, distances, reached, residual_of
from matcher.result import Assignment, ObjectiveValue, Proof, Stage, Status, Unplaced

__all__ = ["Assignment", "assign"]

LARGEST_COST = 2**61
"""`SimpleMinCostFlow` refuses costs when their largest times the nodes comes near 2^62."""


def assign(problem: Problem) -> Assignment:
    """Best assignment of all participants, proven.

    Returns
    -------
    Assignment
        `optimal`, or `infeasible` with the rules that contradict each other.

    Raises
    ------
    NotSupported
        For rules between people, several seats, `stay` or a limit of moves.
    """
    began = perf_counter()
    check_flow_class(problem)
    found = find_conflict(problem)
    assignment = _infeasible(problem, *found) if found else _optimal(problem, choices_of(problem))
    return replace(assignment, wall_seconds=perf_counter() - began)


def _optimal(problem: Problem, choices: Choices) -> Assignment:
    free = all_free(choices)
    left_open, stages = [free], []
    guess = _guess(problem.objectives, choices)
    taken = (
        np.zeros(free.pairs.size, np.bool_) if guess is None else best_flow(choices, guess, free)
    )
    for name, values in zip(problem.objectives, choices.values, strict=True):
        potentials = None if guess is None else _potentials(choices, values, taken, free)
        if potentials is None:
            guess = None
            taken = best_flow(choices, _gain(name, values), free)
            potentials = _potentials(choices, values, taken, free)
        if potentials is None:
            raise MatcherError("solver_gave_up", status=name)
        u, y = potentials
        stages.append(_stage(choices, name, values, u, y))
        free = Free(
            free.pairs & (values - u[choices.participant] == y[choices.opening]),
            free.optional & (u == 0),
            free.openings & (y == 0),
        )
        left_open.append(free)

    opening_of = _opening_of(choices, taken)
    totals = [int(values[taken].sum()) for values in choices.values]
    return Assignment(
        status=Status.OPTIMAL,
        objectives=tuple(map(ObjectiveValue, problem.objectives, totals, totals)),
        opening_of=opening_of,
        score_of=_score_of(problem, opening_of),
        unplaced=_unplaced(problem, choices, taken, left_open),
        used=np.bincount(opening_of[opening_of >= 0], minlength=len(problem.opening_ids)),
        one_more_place=np.stack([stage.openings for stage in stages]),
        proof=Proof("potentials", tuple(stages)),
    )


def _guess(objectives: tuple[str, ...], choices: Choices) -> Int64s | None:
    """Weigh the objectives so that one flow probably is best for each in turn.

    A person placed counts four times the largest score. Chains of moves that give up more than
    that for one person are rare, and the proof of the stage notices them. None where it would
    not be `placed` before `score`, or too large for the solver.
    """
    if "placed" not in objectives or "score" not in objectives[objectives.index("placed") :]:
        return None
    placed = _gain("placed", choices.values[objectives.index("placed")])
    score = choices.values[objectives.index("score")]
    weight = 4 * int(np.abs(score).max(initial=1))
    nodes = choices.optional.size + choices.capacity.size + 1
    fits = weight * (int(placed.max(initial=0)) + 1) * nodes < LARGEST_COST
    return weight * placed + score if fits else None


def _gain(objective: str, values: Int64s) -> Int64s:
    """Gain of each pair as the solver sees it.

    Which people are placed is a matroid, so only the order of their weights matters: their ranks
    give the same optimal assignments, and weights of any size stay within the solver's range.
    """
    if objective != "placed":
        return values
    ranks: Int64s = np.unique(values, return_inverse=True)[1] + 1
    return ranks


def _potentials(
    choices: Choices, values: Int64s, taken: Bools, free: Free
) -> tuple[Int64s, Int64s] | None:
    """Find u and y of `Stage`, in the order of ids; None when the assignment is not best.

    They are shortest distances from outside. Every opening begins at 0 as well (one more place
    never costs anything), but for those that an earlier objective holds full: there the first
    gain is settled, and this one goes with it.
    """
    n, m = choices.optional.size, choices.capacity.size
    start = np.full(n + m + 1, FAR)
    start[n : n + m][free.openings] = 0
    start[n + m] = 0
    graph = residual_of(choices, values[np.newaxis], taken, free)
    try:
        distance = distances(graph.tail, graph.head, graph.cost[0], start, n + m)
    except NotOptimal:
        return None
    return distance[:n], -distance[n : n + m]


def _stage(choices: Choices, name: str, values: Int64s, u: Int64s, y: Int64s) -> Stage:
    """Bring potentials into the order of the problem, with the held arcs that they need."""
    participants, openings = choices.participants, choices.openings
    pairs = values - u[choices.participant] > y[choices.opening]
    placed, full = choices.optional & (u < 0), y < 0
    held = [
        (participants[choices.participant[pairs]], openings[choices.opening[pairs]]),
        (participants[placed], np.full(placed.sum(), -1)),
        (np.full(full.sum(), -1), openings[full]),
    ]
    stage = Stage(
        objective=name,
        participants=np.empty_like(u),
        openings=np.empty_like(y),
        held=np.concatenate([np.column_stack(part) for part in held]).astype(np.int32),
    )
    stage.participants[participants] = u
    stage.openings[openings] = y
    return stage


def _opening_of(choices: Choices, taken: Bools) -> Int32s:
    opening_of = np.full(choices.participants.size, -1, np.int32)
    participants = choices.participants[choices.participant[taken]]
    opening_of[participants] = choices.openings[choices.opening[taken]]
    return opening_of


def _score_of(problem: Problem, opening_of: Int32s) -> Int64s:
    score_of = np.zeros(opening_of.size, np.int64)
    used = opening_of[problem.pair_participant] == problem.pair_opening
    score_of[problem.pair_participant[used]] = problem.pair_score[used]
    return score_of


def _unplaced(
    problem: Problem, choices: Choices, taken: Bools, left_open: list[Free]
) -> tuple[Unplaced | None, ...]:
    """Reason of every participant, in the order of the problem."""
    n = choices.optional.size
    listed, possible, placed, worth = np.zeros((4, n), np.bool_)
    listed[problem.pair_participant] = True
    somewhere = choices.capacity[choices.opening] > 0
    possible[choices.participants[choices.participant[somewhere]]] = True
    placed[choices.participants[choices.participant[taken]]] = True
    worth[choices.participants] = _worth_placing(problem, choices, taken, left_open)
    reasons: list[Unplaced | None] = [None] * n
    for at in np.flatnonzero(~placed).tolist():
        if not listed[at]:
            reasons[at] = Unplaced.NO_PAIR
        elif not possible[at]:
            reasons[at] = Unplaced.RULE
        else:
            reasons[at] = Unplaced.CROWDED_OUT if worth[at] else Unplaced.NOT_WORTH
    return tuple(reasons)


def _worth_placing(
    problem: Problem, choices: Choices, taken: Bools, left_open: list[Free]
) -> Bools:
    """Who could be placed without loss to any objective before `placed`, or not at all."""
    names = problem.objectives
    before = names.index("placed") if "placed" in names else len(names)
    if not before:
        return np.ones(choices.optional.size, np.bool_)
    return _placeable(choices, taken, left_open[before]) | ~_placeable(choices, taken, left_open[0])


def _placeable(choices: Choices, taken: Bools, free: Free) -> Bools:
    """From whose openings a chain of moves along free arcs leads outside."""
    n, m = choices.optional.size, choices.capacity.size
    graph = residual_of(choices, choices.values[:0], taken, free)
    outward = reached(graph.head, graph.tail, n + m, n + m + 1)
    placeable = np.zeros(n, np.bool_)
    placeable[choices.participant[free.pairs & outward[n + choices.opening]]] = True
    return placeable


def _infeasible(problem: Problem, conflict: tuple[str, ...], proof: Stage) -> Assignment:
    n, m = len(problem.participant_ids), len(problem.opening_ids)
    return Assignment(
        status=Status.INFEASIBLE,
        objectives=tuple(ObjectiveValue(name, None, None) for name in problem.objectives),
        opening_of=np.full(n, -1, np.int32),
        score_of=np.zeros(n, np.int64),
        unplaced=(None,) * n,
        used=np.full(m, -1, np.int64),
        one_more_place=None,
        proof=Proof("potentials", (proof,)),
        conflict=conflict,
    )
