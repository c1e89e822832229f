"""What a frozen run says of itself is what was computed."""

from __future__ import annotations

import pytest

from exchange.errors import ExchangeError
from exchange.frozen_runs import freeze
from exchange.run_records import Objective, read_record
from matcher.assignment import assign
from matcher.problem import Problem


def two_for_one_place() -> Problem:
    """Return two people who both fit one place, and an opening that fits nobody."""
    return Problem.from_arrays(
        participant_ids=["p1", "p2"],
        opening_ids=["o1", "o2"],
        capacity=[1, 5],
        pair_participant=[0, 1],
        pair_opening=[0, 0],
        pair_score=[700_000, 900_000],
    )


def test_a_frozen_run_is_read_back() -> None:
    problem = two_for_one_place()
    record = read_record(*freeze(problem, assign(problem)))
    assert (record.people, record.openings) == (2, 2)
    assert (record.method, record.proof) == ("flow", "potentials")
    assert record.objectives == (
        Objective("placed", 1, 1),
        Objective("floors", 0, 0),
        Objective("score", 0.9, 0.9),
    )
    assert record.one_more == ("o1",)


def test_other_files_are_refused() -> None:
    with pytest.raises(ExchangeError):
        read_record(b"no JSON", b"{}")
