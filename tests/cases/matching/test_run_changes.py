"""What is said to have changed did change, and for nobody who only went forward."""

from __future__ import annotations

from cases.matching.run_changes import Change, Kind, change_words, changes_between
from cases.run import NotConsidered, Unplaced
from tests.cases.runs import proposal, run_of


def test_new_other_and_no_place() -> None:
    before = [proposal("p1"), proposal("p2"), proposal("p3"), proposal("p4"), proposal("p5")]
    after = [proposal("p1"), proposal("p2", "o-tea"), proposal("p6")]
    run = run_of(
        unplaced=(Unplaced(participant_id="p3", reason="no_pair", candidates=0, refused=()),),
        not_considered=(NotConsidered(participant_id="p4", why="consent_withdrawn"),),
    )
    assert changes_between(before, run, after) == [
        Change("p6", Kind.PLACED, None, after[2]),
        Change("p2", Kind.MOVED, before[1], after[1]),
        Change("p3", Kind.NO_LONGER, before[2], None),
        Change("p4", Kind.NO_LONGER, before[3], None),
    ]


def test_who_goes_forward_or_waits_no_more_has_lost_nothing() -> None:
    run = run_of(not_considered=(NotConsidered(participant_id="p1", why="advanced"),))
    assert changes_between([proposal("p1"), proposal("p2")], run, []) == []


def test_every_kind_has_its_words() -> None:
    assert [change_words(kind) for kind in Kind] == [
        "新しく案ができました",
        "場所が変わりました",
        "案がなくなりました",
    ]
