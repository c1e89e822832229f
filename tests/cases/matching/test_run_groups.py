"""The groups of a run add up to everybody in it."""

from __future__ import annotations

from cases.matching.run_groups import (
    Group,
    count_groups,
    count_unplaced,
    group_words,
    missing_words,
)
from cases.run import NotConsidered, Unplaced
from tests.cases.runs import proposal, run_of


def unplaced(reason: str, *refused: tuple[str, int]) -> Unplaced:
    """Return someone without a place."""
    return Unplaced(participant_id="p9", reason=reason, candidates=0, refused=refused)


def test_everybody_is_in_one_group() -> None:
    run = run_of(
        unplaced=(unplaced("no_pair", ("time", 3)),),
        not_considered=(
            NotConsidered(participant_id="p5", why="consent_expired"),
            NotConsidered(participant_id="p6", why="paused"),
            NotConsidered(participant_id="p7", why="advanced"),
        ),
    )
    proposals = [proposal("p1", word="fair"), proposal("p2"), proposal("p3", word="near")]
    assert list(count_groups(run, proposals).items()) == [
        (Group.GOOD, 1),
        (Group.FAIR, 1),
        (Group.NEAR, 1),
        (Group.UNPLACED, 1),
        (Group.WAITS, 2),
        (Group.UNDER_WAY, 1),
    ]


def test_every_group_has_a_word() -> None:
    assert [group_words(group) for group in Group] == [
        "よく合う",
        "合う",
        "あと一つで合う",
        "今は合わない",
        "今は見つからない",
        "同意などを待つ",
        "先に案を進めている",
    ]


def test_missing_is_what_the_closest_openings_lack() -> None:
    """105 openings fail by their time; those that would not are too far away."""
    near = unplaced("no_pair", ("age", 51), ("time", 105), ("unreachable", 17))
    assert missing_words(near) == "行ける距離や範囲に枠がない"
    assert missing_words(unplaced("no_pair")) == "受け付けている枠がない"
    crowded = unplaced("crowded_out", ("time", 105))
    assert missing_words(crowded) == "合う枠が、ほかの人で満員になる"


def test_counts_of_what_is_missing_add_up() -> None:
    left = [unplaced("crowded_out")] * 2 + [unplaced("no_pair", ("travel", 1))]
    left.append(unplaced("no_pair", ("unreachable", 1)))
    left.append(unplaced("no_pair", ("time", 1)))
    counts = count_unplaced(left)
    assert counts == [
        ("合う枠が、ほかの人で満員になる", 2),
        ("行ける距離や範囲に枠がない", 2),
        ("希望の曜日・時間の枠がない", 1),
    ]
    assert sum(count for _, count in counts) == len(left)
