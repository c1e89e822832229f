from __future__ import annotations

from itertools import product

import numpy as np

from benchmarks.arrivals_limit import _prices, _reached, _values
from matcher.arrivals import Candidates


def test_the_best_policy_waits_for_what_is_worth_more_than_the_mean() -> None:
    """One place, two people of 0.2 or 0.8: the first takes it only with 0.8."""
    law = Candidates(2, np.array([0, 1]), np.array([0, 0]), np.array([200_000, 800_000]))
    values = _values(np.array([1]), law, 2)
    assert [value[1] for value in values] == [0, 500_000, 650_000]
    assert values[2][0] == 0


def test_the_value_is_what_its_prices_reach_in_the_mean_over_all_streams() -> None:
    """Two openings, everyone who could come, in every order."""
    law = Candidates(
        3,
        np.array([0, 0, 1, 1, 2]),
        np.array([0, 1, 0, 1, 1]),
        np.array([900_000, 700_000, 300_000, 200_000, 800_000]),
    )
    capacity, people = np.array([2, 1]), 4
    values = _values(capacity, law, people)

    streams = [law.of(list(who)) for who in product(range(3), repeat=people)]
    mean = np.mean([_reached(capacity, stream, _prices(values)) for stream in streams])
    assert np.isclose(mean, values[people][tuple(capacity)])
