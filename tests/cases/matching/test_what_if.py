"""What would be if one thing were otherwise: asked of the rules again, for one and for all."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cases.matching.everyone import run_matching
from cases.matching.stories import tell_pair
from cases.matching.supposing import condition_words, everyone_words, fitting_words
from cases.matching.weighing import Weighed, weigh
from cases.matching.what_if import (
    ForEveryone,
    Moved,
    WhatIf,
    as_seen,
    best_trials,
    suppose,
    suppose_for_everyone,
    supposed_need,
    trial_for,
)
from cases.need import Wish
from catalog.opening import Opening
from catalog.schedule import Band
from matcher.explanation import Word
from matcher.policy import own_policy
from tests.cases.small_city import FIELD, SHED, city, inputs, need, person

POLICY = own_policy()
THURSDAY = WhatIf(slots=frozenset({(3, Band.AFTERNOON)}))
MENDS = (Wish("gardening", 5), Wish("repairing", 4))
NAMES = {"o-field": "農園「畑の手伝い」", "o-shed": "農園「道具の手入れ」"}


def weighed(*ids: str, openings: tuple[Opening, ...] = (FIELD, SHED), **changes: object) -> Weighed:
    """Weigh people who wish to garden and to mend, on Wednesday mornings."""
    people = [person(id_) for id_ in ids]
    needs = [need(id_, wishes=MENDS, **changes) for id_ in ids]
    return weigh(inputs(people, needs, city(openings)), POLICY)


def fits(each: Weighed, opening_id: str) -> bool:
    """Tell whether no rule refuses an opening to the first person."""
    return not tell_pair(each, each.considered.profiles.ids[0], opening_id).rules


def test_a_day_more_opens_what_takes_place_on_it() -> None:
    now = weighed("p1")
    then = suppose(now, THURSDAY)
    assert (fits(now, "o-shed"), fits(then, "o-shed")) == (False, True)
    assert fits(then, "o-field")
    assert not fits(suppose(now, WhatIf(slots=frozenset({(4, Band.AFTERNOON)}))), "o-shed")


def test_a_longer_way_another_means_and_being_fetched_each_bring_a_far_place_near() -> None:
    now = weighed("p1", travel_limit_minutes=5)
    assert not fits(now, "o-field")
    for what_if in (
        WhatIf(longer_minutes=30),
        WhatIf(modes=("car",), longer_minutes=10),
        WhatIf(is_fetched=True),
    ):
        assert fits(suppose(now, what_if), "o-field"), what_if
    assert not fits(suppose(now, WhatIf(longer_minutes=1)), "o-field")


def test_what_is_supposed_is_not_kept() -> None:
    now = weighed("p1")
    before = now.considered.eligibility.failed.copy()
    suppose(now, replace(THURSDAY, one_more_at="o-field", is_fetched=True))
    assert (now.considered.eligibility.failed == before).all()
    assert now.inputs.needs[0] == need("p1", wishes=MENDS)
    assert now.inputs.receiving[0].opening == FIELD


def test_one_more_place_places_one_more_and_moves_nobody() -> None:
    everyone = weighed("p1", "p2")
    left = run_matching(everyone.inputs, POLICY).unplaced[0].participant_id
    alone = weighed(left)
    more = WhatIf(one_more_at="o-field")
    found = suppose_for_everyone(everyone, suppose(alone, more), more)
    assert found is not None
    assert found.moved == (Moved(left, None, "o-field", None, Word.GOOD),)
    assert (found.more_placed, found.fit) == (1, 1)


def test_a_day_more_for_one_makes_room_for_another() -> None:
    """p1 leaves the field for the shed, where it fits as well, and p2 takes the field."""
    everyone = weighed("p1", "p2")
    placed = run_matching(everyone.inputs, POLICY).proposals[0].participant_id
    other = {"p1": "p2", "p2": "p1"}[placed]
    found = suppose_for_everyone(everyone, suppose(weighed(placed), THURSDAY), THURSDAY)
    assert found is not None
    assert found.more_placed == 1
    assert {(each.participant_id, each.from_opening, each.to_opening) for each in found.moved} == {
        (placed, "o-field", "o-shed"),
        (other, None, "o-field"),
    }
    assert everyone_words(found, placed) == "みんなで見ると、案のある方が あと1人 ふえます。"


def test_whoever_stays_hidden_is_in_no_word_and_no_number() -> None:
    """The sentence is the same whether or not the hidden one moves."""
    own = Moved("p1", "o-field", "o-shed", Word.FAIR, Word.GOOD)
    hidden = Moved("p2", None, "o-field", None, Word.GOOD)
    known = {"p1", "o-field", "o-shed"}
    told = [
        everyone_words(as_seen(ForEveryone(moved, {"p1": 5}), ("p1", "p2"), known), "p1")
        for moved in ((own,), (own, hidden))
    ]
    assert (
        told[0]
        == told[1]
        == (
            "あなたが開ける方だけで見ても、ほかの方の案は変わりません。この方の案だけが変わります。"
        )
    )


def test_who_is_not_matched_now_changes_nothing_for_others() -> None:
    assert suppose_for_everyone(weighed("p2"), suppose(weighed("p1"), THURSDAY), THURSDAY) is None


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (ForEveryone((), {}), "みんなで見ても、だれの案も変わりません。"),
        (
            ForEveryone((Moved("p1", "o-field", "o-shed", Word.FAIR, Word.GOOD),), {"p1": 1}),
            "みんなで見ても、ほかの方の案は変わりません。この方の案だけが変わります。",
        ),
        (
            ForEveryone((Moved("p2", "o-field", "o-shed", Word.FAIR, Word.GOOD),), {"p1": 1}),
            "みんなで見ると、案のある方の数は同じで、1人の案が変わります。"
            "合い方は、合わせると よくなります。",
        ),
    ],
)  # fmt: skip
def test_what_it_does_for_everyone_in_words(found: ForEveryone, words: str) -> None:
    assert everyone_words(found, "p1") == words


def test_what_is_supposed_is_one_condition() -> None:
    what_if = WhatIf(frozenset({(3, Band.AFTERNOON)}), ("bus",), True, 20, "o-shed")
    condition = condition_words(what_if, need("p1"), NAMES)
    assert condition == (
        "木曜の午後も 出かけられて、送り迎えがあって、バスでも 行けて、"
        "片道で あと20分 長く 出かけられて、農園「道具の手入れ」の定員があと1人 ふえれば"
    )
    assert fitting_words("木曜の午後も 出かけられるなら", 1, 2) == (
        "木曜の午後も 出かけられるなら、合う枠が 1枠から 2枠に ふえます。"
    )


def test_the_lightest_change_of_a_refused_place_can_be_tried_and_opens_it() -> None:
    now = weighed("p1")
    trial = trial_for(now, "p1", "o-shed")
    assert trial == THURSDAY
    assert fits(suppose(now, trial), "o-shed")


def test_what_must_be_avoided_is_never_tried() -> None:
    now = weighed("p1", avoid_host_ids=frozenset({"h-farm"}))
    assert trial_for(now, "p1", "o-shed") is None


def test_single_trials_open_as_much_as_they_say() -> None:
    now = weighed("p1")
    fitting = int(now.considered.eligibility.candidates().sum())
    trials = best_trials(now, 5)
    assert [each.what_if for each in trials] == [THURSDAY]
    for each in trials:
        then = suppose(now, each.what_if).considered.eligibility.candidates().sum()
        assert then == fitting + each.more


def test_a_need_as_it_would_be() -> None:
    changed = supposed_need(need("p1"), WhatIf(modes=("walk", "bus"), longer_minutes=10))
    assert (changed.modes, changed.travel_limit_minutes) == (("walk", "bus"), 40)


def test_whoever_goes_where_the_reader_knows_of_nothing_moves_unseen() -> None:
    """Neither they nor what they gain is told, and nothing is said of everyone."""
    moved = (Moved("p1", "o-field", "o-hidden", Word.FAIR, Word.GOOD),)
    matched, known = ("p1", "o-field", "o-hidden"), {"p1", "o-field"}
    assert as_seen(ForEveryone(moved, {"p1": 5}), matched, known) == ForEveryone((), {}, False)


def test_an_opening_that_one_may_not_see_stays_as_it_is() -> None:
    """Of who sees the field alone, everyone is still matched at the shed as well."""
    everyone = weighed("p1", "p2")
    seen = weighed("p1", openings=(FIELD,))
    assert suppose_for_everyone(everyone, suppose(seen, THURSDAY), THURSDAY) is not None
