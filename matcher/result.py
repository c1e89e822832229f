"""The frozen outcome of an assignment: `tsunagite.result/1` as arrays.

Participants and openings stand in the order of the problem; n and m of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matcher.problem import Int32s, Int64s

NO_PAIRS: Final = np.empty((0, 2), np.int32)
NOTHING: Final = np.empty(0, np.int32)


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
class Held:
    """Arcs that every assignment which is best so far holds at their flow; positions of each.

    Attributes
    ----------
    pairs
        (participant, opening) held unused, [a, 2].
    placed
        Participants held placed.
    full_openings, full_hosts
        Where no place may be left.
    none_missing
        Groups whose floor must be met.
    no_surplus
        Groups of which no more may be placed than their floor.
    """

    pairs: Int32s = field(default_factory=lambda: NO_PAIRS)
    placed: Int32s = field(default_factory=lambda: NOTHING)
    full_openings: Int32s = field(default_factory=lambda: NOTHING)
    full_hosts: Int32s = field(default_factory=lambda: NOTHING)
    none_missing: Int32s = field(default_factory=lambda: NOTHING)
    no_surplus: Int32s = field(default_factory=lambda: NOTHING)


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """Potentials that prove one objective best, given that the earlier ones stay best.

    With value v of a pair, u of its participant, y of its opening, z of the opening's host and
    w of the participant's group, in whole units of the objective: v + w − u − y − z ≤ 0 for every
    possible pair, and 0 where it is used; u ≥ 0 for whoever may stay unplaced, and 0 for whoever
    does; y, z ≥ 0, and 0 where a place is left; w between 0 and what one missing costs, 0 where
    more than the floor are placed, and that cost where someone is missing. So y is the price of
    a place, and w what a floor is worth to a member. Arcs in `held` are exempt.

    Attributes
    ----------
    participants, openings, hosts, groups
        u, [n]; y, [m]; z and w in the order of the problem's names.
    """

    objective: str
    participants: Int64s
    openings: Int64s
    hosts: Int64s
    groups: Int64s
    held: Held


@dataclass(frozen=True, slots=True)
class Branch:
    """One decision: the unit takes one of these openings, or none of them.

    Attributes
    ----------
    participant
        Position of the member with the least id.
    openings
        Positions, in the order of the problem.
    """

    participant: int
    openings: tuple[int, ...]
    taken: bool


@dataclass(frozen=True, slots=True, eq=False)
class Leaf:
    """What is left after some decisions, and multipliers of rows that bound it.

    Attributes
    ----------
    branches
        From the root on.
    multipliers
        By the name of the row, in whole parts of the stage's denominator; 0 is left out.
    infeasible
        The multipliers prove that nothing is possible here.
    """

    branches: tuple[Branch, ...]
    multipliers: Mapping[str, int]
    infeasible: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """A row that follows from others because every column is a whole number of at least 0.

    The rows times their multipliers, added up and divided by the denominator, everything rounded
    down (Gomory 1958, doi:10.1090/S0002-9904-1958-10224-4; Chvátal 1973,
    doi:10.1016/0012-365X(73)90167-2).

    Attributes
    ----------
    multipliers
        By the name of the row, also of cuts before this one; below 0 only for equations.
    """

    denominator: int
    multipliers: Mapping[str, int]


@dataclass(frozen=True, slots=True, eq=False)
class TreeStage:
    """Leaves that partition all choices, each with a bound on the objective."""

    objective: str
    denominator: int
    leaves: tuple[Leaf, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Proof:
    """What the claim follows from: `potentials`, `tree`, `solver` or `none`.

    Attributes
    ----------
    witnesses
        Of an irreducible conflict: opening of each participant, [n], that keeps all of it but
        the name at the same position.
    cuts
        Rows that the trees may name `cuts/0`, `cuts/1`, …
    """

    kind: str
    stages: tuple[Stage, ...] = ()
    solver: str = ""
    trees: tuple[TreeStage, ...] = ()
    witnesses: tuple[Int32s, ...] = ()
    cuts: tuple[Cut, ...] = ()


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
        New value minus old of each objective if an opening had one more place, [objectives, m].
    gains_exact
        Where those are exact, [m]; elsewhere they are bounds, each as long as the objectives
        before it gain nothing. None means everywhere.
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
    gains_exact: NDArray[np.bool_] | None = None
