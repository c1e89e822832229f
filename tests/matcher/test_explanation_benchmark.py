"""The benchmark of explanations compares ways that agree; its times decide nothing here."""

from __future__ import annotations

from benchmarks.explanation import run


def test_both_ways_tell_the_same_cost() -> None:
    found = run(people=200, nearest=10, asked=5)
    assert found["asked"] == 5
    assert found["same_cost"]
    assert set(found["ratio"]) < set(found["ms"])
