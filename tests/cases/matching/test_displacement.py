"""Who has the place that somebody could have had, and what moving would cost them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cases.errors import NotFound
from cases.matching.displacement import Crowding, Shift, crowding_at, crowding_of, crowding_words
from cases.matching.everyone import MatchOutcome, run_matching
from cases.need import Wish
from catalog.opening import Opening
from catalog.schedule import Band
from matcher.assignment import assign
from matcher.errors import MatcherError
from matcher.explanation import Word
from matcher.policy import own_policy
from matcher.rules import AllOrNone
from matcher.structure import is_flow
from tests.cases.small_city import FIELD, SHED, city, inputs, need, person

POLICY = own_policy()
NAMES = {"p1": "青葉 実", "p2": "小春 ちよ", "p3": "星川 なお"}
OPENINGS = (FIELD.id, SHED.id)
FREE = frozenset({(2, Band.MORNING), (3, Band.AFTERNOON)})


def run(openings: tuple[Opening, ...]) -> MatchOutcome:
    """Match three people: p1 and p2 can go anywhere, p3 only to the field."""
    people = [person(id_) for id_ in NAMES]
    needs = [
        need("p1", available=FREE, wishes=(Wish("repairing", 5),)),
        need("p2", available=FREE),
        need("p3", max_minutes=40),  # the visit is long for them, so p2 fits a little better
    ]
    return run_matching(inputs(people, needs, city(openings)), POLICY)


def crowding(outcome: MatchOutcome, who: str) -> tuple[Crowding, ...]:
    """Return what stands between a person and each opening."""
    return crowding_of(outcome.problem, outcome.assignment, POLICY, who)


def test_who_has_the_place_and_who_would_lose_it() -> None:
    outcome = run((FIELD, replace(SHED, capacity=1)))
    (left,) = outcome.unplaced
    (found,) = crowding(outcome, left.participant_id)
    assert (left.participant_id, found.opening_id) == ("p3", "o-field")
    assert found.occupants == ("p2",)
    assert found.shifts == (Shift("p2", Word.GOOD, None, "o-field"),)
    assert (found.fit, found.is_own) == (Word.GOOD, False)
    assert crowding_words(found, NAMES, OPENINGS, 3) == (
        "この枠を使うと、小春 ちよさんの案が、なくなります。ほかの1人は変わりません。"
    )


def test_taking_the_only_place_of_someone_else() -> None:
    outcome = run((FIELD, SHED))
    field = next(each for each in crowding(outcome, "p1") if each.opening_id == "o-field")
    assert field.occupants == ("p3",)
    assert [shift.after for shift in field.shifts or ()] == [None]


def test_the_own_place_and_one_that_is_left_move_nobody() -> None:
    outcome = run((FIELD, replace(SHED, capacity=2)))
    own, *_ = crowding(outcome, "p1")
    assert (own.opening_id, own.is_own, own.shifts) == ("o-shed", True, ())
    assert crowding_words(own, NAMES, OPENINGS, 3) == "いまの案です。だれの案も変わりません。"
    p3 = next(each for each in crowding(outcome, "p2") if not each.is_own)
    assert crowding_words(replace(p3, shifts=()), NAMES, OPENINGS, 3) == (
        "この枠を使っても、ほかの方の案は変わりません。"
    )


def test_where_somebody_moves_from_and_to() -> None:
    """p1 can take the field only if p2 or p3 leaves it; whoever goes to the shed is followed."""
    outcome = run((FIELD, replace(SHED, capacity=2)))
    for who in NAMES:
        for found in crowding(outcome, who):
            at = {each.participant_id: each.opening_id for each in outcome.proposals}
            for shift in found.shifts or ():
                assert shift.from_opening == at[shift.participant_id]
                assert shift.to_opening != shift.from_opening


def test_nobody_is_named_to_whom_one_may_not_be_shown() -> None:
    found = Crowding("o1", ("p2",), (Shift("p2", Word.GOOD, Word.FAIR),))
    words = crowding_words(found, {"p1": "青葉 実"}, OPENINGS, 80)
    assert words == "この枠を今から空けられるかは、相談室で確かめてください。"
    assert not any(digit in words for digit in "0123456789")


@pytest.mark.parametrize(
    ("shift", "words"),
    [
        (Shift("p2", Word.GOOD, Word.FAIR),
         "小春 ちよさんの案が「よく合う」から「合う」へ変わります。"),
        (Shift("p2", Word.GOOD, Word.GOOD),
         "小春 ちよさんの案が、同じ合い方の別の枠に変わります。"),
        (Shift("p2", Word.GOOD, None), "小春 ちよさんの案が、なくなります。"),
    ],
)  # fmt: skip
def test_each_kind_of_move(shift: Shift, words: str) -> None:
    found = Crowding("o1", ("p2",), (shift,))
    assert crowding_words(found, NAMES, OPENINGS, 80) == (
        f"この枠を使うと、{words}ほかの78人は変わりません。"
    )


def test_a_place_from_which_nobody_can_move() -> None:
    assert crowding_words(Crowding("o1", ("p2",), None), NAMES, OPENINGS, 80) == (
        "この枠を今から空けられるかは、相談室で確かめてください。"
    )


def test_who_took_no_part_is_not_found() -> None:
    with pytest.raises(NotFound):
        crowding(run((FIELD,)), "p9")


def test_rules_between_people_are_kept_by_those_who_move() -> None:
    """p1 and p2 go together or not at all, so p3 takes a place from both."""
    outcome = run((FIELD, replace(SHED, capacity=1)))
    people = ("p1", "p2")
    problem = replace(outcome.problem, rules=(AllOrNone(people),))
    assignment = assign(problem)
    assert not is_flow(problem)
    (field,) = crowding_of(problem, assignment, POLICY, "p3")
    assert {shift.participant_id for shift in field.shifts or ()} == set(people)
    assert all(shift.to_opening is None for shift in field.shifts or ())


def test_one_opening_is_told_as_among_all() -> None:
    """Whether chains say it or solving again; what the run did not know is not told."""
    outcome = run((FIELD, replace(SHED, capacity=1)))
    for rules in ((), (AllOrNone(("p1", "p2")),)):
        problem = replace(outcome.problem, rules=rules)
        assignment = assign(problem)
        for who in NAMES:
            for each in crowding_of(problem, assignment, POLICY, who):
                one = crowding_at(problem, assignment, POLICY, who, each.opening_id)
                assert one == each
        with pytest.raises(NotFound):
            crowding_at(problem, assignment, POLICY, "p1", "nowhere")
        with pytest.raises(MatcherError, match="pair_not_possible"):
            crowding_at(problem, assignment, POLICY, "p3", "o-shed")


def test_a_move_to_where_the_reader_knows_of_nothing_is_told_as_none() -> None:
    shift = Shift("p2", Word.GOOD, Word.FAIR, FIELD.id, "o-hidden")
    assert crowding_words(Crowding("o1", ("p2",), (shift,)), NAMES, OPENINGS, 80) == (
        crowding_words(Crowding("o1", ("p2",), None), NAMES, OPENINGS, 80)
    )
