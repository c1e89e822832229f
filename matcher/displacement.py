"""What it takes to give a participant an opening, whichever way the assignment was found.

Where everything is a flow, a chain of moves in the residual graph says it (`matcher.prices`).
Where rules bind people to each other, the problem is solved again with the pair fixed, and who
stands elsewhere then is who moves.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from matcher.again import Again, best_again
from matcher.errors import MatcherError, NotSupported
from matcher.possible import possible_pairs
from matcher.prices import Alternative, Displacement, Move, Prices, prices_of
from matcher.problem import Problem
from matcher.result import Assignment, Status
from matcher.rules import Fixed, HostLimit
from matcher.structure import is_flow

MOST_PEOPLE = 300
"""Coupled problems of more people are not solved again while somebody waits for the answer."""
MOST_SECONDS = 4.0
"""For all openings of one participant together."""


@dataclass(frozen=True, slots=True, eq=False)
class SolvedAgain:
    """Answers by solving again; they read like those of `Prices`.

    Attributes
    ----------
    answers
        For each participant and opening that was asked for.
    """

    problem: Problem
    assignment: Assignment
    answers: dict[tuple[int, int], Displacement | None] = field(default_factory=dict)

    def alternatives(self, participant: int) -> tuple[Alternative, ...]:
        """List openings that a participant could take, as `Prices.alternatives` does.

        Raises
        ------
        NotSupported
            `too_large_to_solve_again` where it takes too long.
        """
        openings = _openings_of(self.problem, participant)
        seconds = MOST_SECONDS / max(len(openings), 1)
        found = [self._alternative(participant, opening, seconds) for opening in openings]
        return tuple(sorted(found, key=lambda one: _loss(self.problem, one.displacement)))

    def displacement(self, participant: int, opening: int) -> Displacement | None:
        """Cheapest way to give one participant one opening, None when there is none.

        Raises
        ------
        MatcherError
            When the pair is not possible by itself.
        NotSupported
            `too_large_to_solve_again` where it takes too long.
        """
        return self.alternative(participant, opening).displacement

    def alternative(self, participant: int, opening: int) -> Alternative:
        """Return one of the openings that a participant could take; raises as `displacement`."""
        if opening not in _openings_of(self.problem, participant):
            raise MatcherError("pair_not_possible", participant=participant, opening=opening)
        return self._alternative(participant, opening, MOST_SECONDS)

    def _alternative(self, participant: int, opening: int, seconds: float) -> Alternative:
        there = _people_at(self.problem, self.assignment, opening)
        return Alternative(opening, there, self._needed(participant, opening, seconds))

    def _needed(self, participant: int, opening: int, seconds: float) -> Displacement | None:
        pair = participant, opening
        if pair not in self.answers:
            self.answers[pair] = self._solved(participant, opening, seconds)
        return self.answers[pair]

    def _solved(self, participant: int, opening: int, seconds: float) -> Displacement | None:
        problem = self.problem
        if len(problem.participant_ids) > MOST_PEOPLE:
            raise NotSupported("too_large_to_solve_again")
        ids = problem.participant_ids[participant], problem.opening_ids[opening]
        forced = replace(
            _with_few_moves(problem, self.assignment),
            rules=(*problem.rules, Fixed(*ids)),
        )
        after = best_again(forced, seconds)
        if after is None:
            return None
        change = tuple(
            new - (old.value or 0)
            for old, new in zip(self.assignment.objectives, after.values, strict=False)
        )
        return Displacement(change, _moves(problem, self.assignment, after, participant))


def displacements(problem: Problem, assignment: Assignment) -> Prices | SolvedAgain:
    """Prepare the answers about one optimal assignment; worth keeping for many questions.

    Raises
    ------
    MatcherError
        When the assignment does not claim to be optimal, or is not.
    """
    if is_flow(problem):
        return prices_of(problem, assignment)
    if assignment.status is not Status.OPTIMAL:
        raise MatcherError("assignment_not_optimal")
    return SolvedAgain(problem, assignment)


def _openings_of(problem: Problem, participant: int) -> list[int]:
    """Return openings that are possible by themselves, in the order of ids."""
    own = possible_pairs(problem) & (problem.pair_participant == participant)
    return sorted(problem.pair_opening[own].tolist(), key=problem.opening_ids.__getitem__)


def _people_at(problem: Problem, assignment: Assignment, opening: int) -> tuple[int, ...]:
    there = np.flatnonzero(assignment.opening_of == opening).tolist()
    return tuple(sorted(there, key=problem.participant_ids.__getitem__))


def _with_few_moves(problem: Problem, assignment: Assignment) -> Problem:
    """Settle what the objectives leave open by who stays, where nothing else hangs on that."""
    counts_newcomers = any(
        isinstance(rule, HostLimit) and rule.of == "newcomers" for rule in problem.rules
    )
    if "stay" in problem.objectives or problem.moves_limit is not None or counts_newcomers:
        return problem
    places = (*problem.opening_ids, "")
    return replace(
        problem,
        objectives=(*problem.objectives, "stay"),
        previous=tuple(places[at] for at in assignment.opening_of.tolist()),
    )


def _moves(
    problem: Problem, assignment: Assignment, after: Again, participant: int
) -> tuple[Move, ...]:
    """Whoever stands elsewhere: the participant first, then along the places that are taken."""
    moved = np.flatnonzero(assignment.opening_of != after.opening_of).tolist()
    left = sorted(set(moved) - {participant}, key=problem.participant_ids.__getitem__)
    order = [participant] if participant in moved else []
    for one in order:  # grows on the way
        there = [other for other in left if assignment.opening_of[other] == after.opening_of[one]]
        order += there
        left = [other for other in left if other not in there]
    return tuple(
        Move(one, int(assignment.opening_of[one]), int(after.opening_of[one]))
        for one in (*order, *left)
    )


def _loss(problem: Problem, needed: Displacement | None) -> tuple[bool, tuple[int, ...]]:
    """Least loss first, what is impossible last."""
    signs = [1 if name == "floors" else -1 for name in problem.objectives]
    change = needed.change if needed else ()
    return needed is None, tuple(sign * value for sign, value in zip(signs, change, strict=False))
