"""The frozen outcome of an assignment: `tsunagite.result/1` as arrays.

Participants and openings stand in the order of the problem; n and m of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from matcher.problem import Int32s, Int64s


class Status(StrEnum):
    """How far the solver came."""

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    UNKNOWN = "unknown"
    INFEASIBLE = "infeasible"


class Unplaced(StrEnum):
    """Why a participant has no place."""

    NO_PAIR = "no_pair"
    """No opening is listed for the participant."""
    RULE = "rule"
    """Every listed pair is impossible by itself."""
    NOT_WORTH = "not_worth"
    """Placing the participant would lower an objective that comes before `placed`."""
    CROWDED_OUT = "crowded_out"
    """The places are taken by others."""


@dataclass(frozen=True, slots=True)
class ObjectiveValue:
    """What was reached, and what cannot be exceeded, in whole units of the objective.

    `placed` and `floors` count by one, `score` by 1e-6. None where nothing is feasible.
    """

    name: str
    value: int | None
    bound: int | None


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """Potentials that prove one objective best, given that the earlier ones stay best.

    With value v of a pair, u of its participant and y of its opening, in whole units of the
    objective: v − u − y ≤ 0 for every possible pair, and 0 where it is used; u ≥ 0 for whoever
    may stay unplaced, and 0 for whoever does; y ≥ 0, and 0 where a place is left. So y is the
    price of a place. Arcs in `held` are exempt: an earlier stage holds them at their flow.

    Attributes
    ----------
    objective
        Its name; "feasibility" in the proof that nothing is feasible.
    participants, openings
        u, [n] and y, [m].
    held
        Rows (participant, opening), [a, 2]: a pair held unused, (participant, -1) held placed,
        (-1, opening) held full. Only those that the potentials need.
    """

    objective: str
    participants: Int64s
    openings: Int64s
    held: Int32s


@dataclass(frozen=True, slots=True, eq=False)
class Proof:
    """What the claim follows from: `potentials`, `tree`, `solver` or `none`."""

    kind: str
    stages: tuple[Stage, ...] = ()
    solver: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Assignment:
    """Who goes where, how good that is, and the proof.

    Attributes
    ----------
    objectives
        Those asked, in their order.
    opening_of
        Opening of each participant, [n]; -1 unplaced.
    score_of
        Score of each participant's pair in whole units of 1e-6, [n]; 0 unplaced.
    unplaced
        Reason of each participant, n of them; None where placed.
    used
        Seats used at each opening, [m]; -1 where that is not told.
    one_more_place
        What each objective would gain if an opening had one more place, [objectives, m].
    conflict
        For `infeasible`: rules such as "rules/3" that cannot hold together, none of them
        superfluous.
    """

    status: Status
    objectives: tuple[ObjectiveValue, ...]
    opening_of: Int32s
    score_of: Int64s
    unplaced: tuple[Unplaced | None, ...]
    used: Int64s
    one_more_place: Int64s | None
    proof: Proof
    conflict: tuple[str, ...] = ()
    method: str = "flow"
    wall_seconds: float = 0.0


NONE_HELD = np.empty((0, 2), np.int32)
