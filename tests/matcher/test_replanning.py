from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from matcher.problem import Problem
from matcher.program import program_of
from matcher.replanning import least_moves
from tests.matcher import reference
from tests.matcher.strategies import flow_problems


@given(flow_problems(), st.integers(0, 3))
def test_a_limit_of_moves_is_kept_and_bounded(problem: Problem, limit: int) -> None:
    """Nothing better moves so few; where that is not proven, the bound still holds."""
    problem = replace(problem, moves_limit=limit)
    best = reference.best(problem)
    if best is None:
        return
    program = program_of(problem)
    reached = least_moves(program)
    if reached is None:
        return
    places = tuple(program.opening_of(reached.solution[: program.column_unit.size] > 0).tolist())
    assert reference.is_feasible(problem, places)
    values = reference.worth(problem, reference.values(problem, places))
    assert values == reached.values
    top = reference.worth(problem, best)
    if reached.optimal:
        assert values == top
    for value, bound, reach in zip(values, reached.bounds, top, strict=True):
        assert value <= bound
        assert reach <= bound
        if value != reach:
            break
