from __future__ import annotations

import hashlib

from benchmarks.__main__ import machine, report
from benchmarks.assignment import OURS, WAYS, run
from benchmarks.instances import city


def test_all_ways_find_the_same_values() -> None:
    """On a small instance of each load, CP-SAT included."""
    ways = tuple(WAYS)
    measured = run(((60, 6, 1.05, ways), (60, 6, 0.7, ways)))
    for case in measured["cases"]:
        assert case["all_agree"]
        assert set(case["seconds"]) == set(WAYS)
        assert set(case["ratio"]) == set(WAYS) - {OURS}


def test_a_way_that_is_not_tried_says_so() -> None:
    (case,) = run(((40, 4, 1.0, tuple(WAYS)[:1]),))["cases"]
    assert case["seconds"]["CP-SAT, 2 workers"] == "not run here"
    assert case["ratio"] == {}


def test_an_instance_is_the_same_every_time() -> None:
    one, other = city(200, 10), city(200, 10)
    digests = {
        hashlib.sha256(each.score.tobytes() + each.opening.tobytes()).hexdigest()
        for each in (one, other)
    }
    assert len(digests) == 1
    assert one.capacity.sum() >= 200


def test_the_report_holds_tables_and_the_machine() -> None:
    told = report(
        [
            {
                "name": "x",
                "question": "which is faster",
                "ms": {"ours": 1.5, "theirs": 3.0, "other": "not run here"},
                "ratio": {"theirs": 2.0},
                "same": True,
                "machine": machine(),
            }
        ]
    )
    assert "| theirs | 3 | 2 |" in told
    assert "| other | not run here |  |" in told
    assert "same yes" in told
    assert "Python" in told


def test_the_machine_is_described_without_its_name() -> None:
    import platform

    assert platform.node() not in str(machine()).split()
    assert "/" not in str(machine()["processor"])
