"""The benchmark of ranking compares ways that agree; its times decide nothing here."""

from __future__ import annotations

from benchmarks.ranking import TOP, run


def test_all_ways_find_the_same_best() -> None:
    found = run(openings=4000, repeats=1)
    assert found["candidates"] > TOP
    assert found["same_best"]
    assert set(found["ms"]) == set(found["ratio"]) | {"matcher"}
