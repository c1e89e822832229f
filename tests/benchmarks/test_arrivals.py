from __future__ import annotations

from benchmarks.arrivals import WAYS, _measured


def test_no_way_exceeds_hindsight_and_a_seed_says_it_all() -> None:
    """On a small city; the same seed draws the same people and futures."""
    first, again = (_measured(30, 4, 5, 1.0, seed=3)[0] for _ in range(2))
    assert first == again
    assert len(first) == len(WAYS)
    assert all(0 < share <= 1 for share in first)
