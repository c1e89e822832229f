"""Rules that cannot hold together, found before anything is solved.

With `fixed` and `forbidden` alone, nothing else can make a problem infeasible: whoever is not
fixed may always stay unplaced.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from matcher.problem import Problem
from matcher.result import NONE_HELD, Stage
from matcher.rules import Fixed, Forbidden


def find_conflict(problem: Problem) -> tuple[tuple[str, ...], Stage] | None:
    """Irreducible list of rules that contradict each other, with the proof, or None.

    The proof is a set of potentials by which a feasible assignment would have to be worth less
    than nothing at all (Farkas): u and y as in `Stage` with every value 0, and the sum of u
    and of capacity times y below 0.
    """
    fixed = [(at, rule) for at, rule in enumerate(problem.rules) if isinstance(rule, Fixed)]
    forbidden = {
        (rule.participant, rule.opening): at
        for at, rule in reversed(list(enumerate(problem.rules)))
        if isinstance(rule, Forbidden)
    }
    capacity = dict(zip(problem.opening_ids, problem.capacity.tolist(), strict=True))
    for at, rule in fixed:
        if capacity[rule.opening] == 0:
            return _told(problem, [at], [rule.participant], rule.opening)
    home: dict[str, tuple[int, str]] = {}
    guests: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for at, rule in fixed:
        if (rule.participant, rule.opening) in forbidden:
            against = forbidden[rule.participant, rule.opening]
            return _told(problem, [at, against], [rule.participant])
        earlier, opening = home.setdefault(rule.participant, (at, rule.opening))
        if opening != rule.opening:
            return _told(problem, [earlier, at], [rule.participant])
        guests[rule.opening].setdefault(rule.participant, at)
        if len(guests[rule.opening]) > capacity[rule.opening]:
            crowd = guests[rule.opening]
            return _told(problem, list(crowd.values()), list(crowd), rule.opening)
    return None


def _told(
    problem: Problem, rules: list[int], participants: list[str], opening: str | None = None
) -> tuple[tuple[str, ...], Stage]:
    """Conflict and proof: the people stand against the opening, or have nowhere to go."""
    u = np.array([-(one in participants) for one in problem.participant_ids], np.int64)
    y = np.array([one == opening for one in problem.opening_ids], np.int64)
    return tuple(f"rules/{at}" for at in sorted(rules)), Stage("feasibility", u, y, NONE_HELD)
