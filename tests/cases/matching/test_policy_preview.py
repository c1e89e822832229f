"""What another policy would do: everybody once in every sum, nobody whom one may not know."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from cases.actions.matching import Stores
from cases.actions.policies import adopt_policy, preview_policy
from cases.errors import CaseError, NotPermitted
from cases.matching import policy_preview
from cases.matching.everyone import solve
from cases.matching.policy_preview import (
    By,
    Effect,
    Figures,
    Placing,
    PolicyPreview,
    age_band,
    effect_of,
    effect_words,
    figures_of,
    preview,
    preview_words,
)
from cases.matching.problem_of import Bridge
from cases.matching.weighing import Weighed
from cases.messages import in_japanese
from cases.need import Need
from cases.participant import Participant
from cases.permissions import POLICY, Action, scope_of_everyone
from cases.words.policy import (
    change_of_value_words,
    section_name,
    value_name,
    value_words,
)
from catalog.actor import Actor, Role
from catalog.opening import Stage
from db import audit
from db.catalog import SqlCatalogStore
from matcher.errors import MatcherError
from matcher.explanation import Word
from matcher.policy import SECTIONS, Policy, own_policy
from matcher.policy_text import Changed, read_policy, values_of
from matcher.result import Assignment, Proof
from tests.cases.conftest import CODE, COORDINATOR, clock
from tests.cases.small_city import FIELD, SHED, TALK, city, inputs, need, person

HEAD = 'from = 2026-11-12\nsource = "市の会議"\n'
PLANNER, ADMINISTRATOR = (
    Actor("u5", "小川", role, CODE) for role in (Role.PLANNER, Role.ADMINISTRATOR)
)


def everybody(_: Participant) -> bool:
    return True


def compared(
    draft: Policy, people: list[tuple[Participant, Need]], openings: list[Any], **options: Any
) -> PolicyPreview:
    """Compare the product's own policy with a draft in a city with these people and openings."""
    given = inputs([each for each, _ in people], [each for _, each in people], city(openings))
    return preview(
        given,
        own_policy(),
        draft,
        options.get("is_counted", everybody),
        with_people=True,
        with_small_figures=options.get("with_small_figures", True),
    )


def steps(most: int) -> Policy:
    """Return the product's own policy with another number of stages that one may skip."""
    return read_policy(HEAD + f"[stage]\nmost_steps = {most}\n")


def test_whoever_gains_or_loses_a_place_is_counted_in_each_dimension() -> None:
    """With a stage less to skip, the one at the beginning loses the field to the one further on."""
    beginner = person("p1", stage=Stage.CONSULTATION, birth_on=date(1990, 1, 1), sex="female")
    further = person("p2", stage=Stage.VISIT, birth_on=None, town_id="c")
    first = replace(FIELD, first_stage=Stage.TRIAL)
    found = compared(steps(1), [(beginner, need("p1")), (further, need("p2"))], [first])
    assert found.changed == (Changed("stage.most_steps", 2.0, 1.0),)
    assert found.proven
    before = {each.participant_id: each.before for each in found.people}
    assert sum(each is not None for each in before.values()) == 1
    by_person = {each.participant_id: each.effect for each in found.people}
    if before["p1"] is None:
        assert by_person == {"p1": Effect.WITHOUT, "p2": Effect.STAYS}
    else:
        assert by_person == {"p1": Effect.NO_LONGER, "p2": Effect.PLACED}
    for by in By:
        groups = [each for each in found.groups if each.by is by]
        assert sum(each.figures.people or 0 for each in groups) == 2
        for effect in Effect:
            assert sum(each.counts[effect] for each in groups) == found.counts[effect]
    assert {each.words for each in found.groups if each.by is By.AGE} == {
        "18〜39歳",
        "年齢をまだ聞いていない",
    }
    assert {each.words for each in found.groups if each.by is By.DISTRICT} == {"西", "東"}


def test_a_policy_that_closes_the_only_place_takes_it_away() -> None:
    beginner = person("p1", stage=Stage.CONSULTATION)
    opening = replace(FIELD, first_stage=Stage.TRIAL)
    found = compared(steps(1), [(beginner, need("p1"))], [opening])
    (effect,) = found.people
    assert (effect.effect, effect.after) == (Effect.NO_LONGER, None)
    assert effect.before is not None
    assert effect.before.opening_id == opening.id
    (group,) = (each for each in found.groups if each.by is By.STAGE)
    assert (group.figures.before, group.figures.after, group.words) == (1, 0, "相談")
    assert preview_words(found.figures).startswith(
        "待っている方は 1人。そのうち、新しく案ができる方が 0人、案がなくなる方が 1人"
    )


def test_whom_the_reader_may_not_know_of_is_in_no_figure() -> None:
    people = [(person("p1"), need("p1")), (person("p2", address_protected=True), need("p2"))]
    found = compared(
        steps(1), people, [FIELD, SHED, TALK], is_counted=lambda each: not each.address_protected
    )
    assert [each.participant_id for each in found.people] == ["p1"]
    assert sum(found.counts.values()) == 1
    assert all(each.figures.people == 1 for each in found.groups)


def test_nothing_is_told_of_where_a_protected_person_lives() -> None:
    found = compared(steps(1), [(person("p2", address_protected=True), need("p2"))], [FIELD])
    (group,) = (each for each in found.groups if each.by is By.DISTRICT)
    assert group.words == "圏域が分からない"


def test_the_same_policy_changes_nobody() -> None:
    found = compared(own_policy(), [(person("p1"), need("p1"))], [FIELD])
    assert found.changed == ()
    assert {each for each, count in found.counts.items() if count} <= {
        Effect.STAYS,
        Effect.WITHOUT,
    }
    assert preview_words(found.figures) == "待っている方（1人）の案は、だれも変わりません。"
    nobody = figures_of(dict.fromkeys(Effect, 0))
    assert preview_words(nobody) == "今は、つなぎ先を探せる方がいません。"


def test_who_may_read_no_small_figures_reads_none() -> None:
    """Of seven people one loses the only place: that one must not be found in any figure."""
    beginner = person("p0", stage=Stage.CONSULTATION)
    others = [person(f"p{number}", stage=Stage.VISIT) for number in range(1, 7)]
    given = [(each, need(each.id)) for each in (beginner, *others)]
    first = replace(FIELD, first_stage=Stage.TRIAL, capacity=7)
    found = compared(steps(1), given, [first])
    assert (found.figures.lost, found.figures.people) == (1, 7)
    told = compared(steps(1), given, [first], with_small_figures=False)
    assert told.figures == Figures(people=7, gained=0, lost=None, moved=0)
    assert (told.counts, told.groups) == ({}, ())
    sentence = preview_words(told.figures)
    assert sentence.endswith("案がなくなる方が —、別の枠に変わる方が 0人です。")


def test_two_drafts_one_person_apart_tell_nothing_of_that_person() -> None:
    """What the groups told of each would differ by this one, small figures left out or not."""
    people = [(person(f"p{number}", stage=Stage.VISIT), need(f"p{number}")) for number in range(30)]
    first = replace(FIELD, capacity=30)
    told = [
        compared(steps(1), given, [first], with_small_figures=False)
        for given in (people, [*people[:-1], (replace(people[-1][0], sex="female"), people[-1][1])])
    ]
    assert told[0] == told[1]


def test_what_only_the_solver_says_is_no_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    """The claim stays, but nothing shows that it is true."""
    given = [(person("p1"), need("p1"))]
    assert compared(own_policy(), given, [FIELD]).proven

    def believed(weighed: Weighed) -> tuple[Bridge, Assignment]:
        bridged, assignment = solve(weighed)
        return bridged, replace(assignment, proof=Proof("solver", solver="HiGHS"))

    monkeypatch.setattr(policy_preview, "solve", believed)
    assert not compared(own_policy(), given, [FIELD]).proven


@pytest.mark.parametrize(
    ("before", "after", "effect"),
    [
        (None, None, Effect.WITHOUT),
        (None, Word.NEAR, Effect.PLACED),
        (Word.GOOD, None, Effect.NO_LONGER),
        (Word.FAIR, Word.GOOD, Effect.BETTER),
        (Word.FAIR, Word.FAIR, Effect.ELSEWHERE),
        (Word.FAIR, Word.NEAR, Effect.WORSE),
    ],
)
def test_each_effect_has_its_name(before: Word | None, after: Word | None, effect: Effect) -> None:
    was = None if before is None else Placing("o1", before)
    becomes = None if after is None else Placing("o2", after)
    assert effect_of(was, becomes) is effect
    assert re.fullmatch("[ぁ-んァ-ン一-龥]+", effect_words(effect))
    assert effect_of(Placing("o1", Word.GOOD), Placing("o1", Word.FAIR)) is Effect.STAYS


def test_every_age_is_in_one_band() -> None:
    bands = [age_band(age) for age in range(121)]
    assert (bands[17], bands[18], bands[39], bands[74], bands[120]) == (
        "0-17",
        "18-39",
        "18-39",
        "65-74",
        "75-",
    )
    assert age_band(None) == "unknown"


def test_every_number_of_the_policy_has_its_name() -> None:
    """Nothing that a city can change is without words, and no two are named alike in a table."""
    keys = [key for key, _ in values_of(own_policy())]
    assert list(dict.fromkeys(key.partition(".")[0] for key in keys)) == list(SECTIONS)
    for section in SECTIONS:
        assert section_name(section)
        names = [value_name(key) for key in keys if key.partition(".")[0] == section]
        assert len(set(names)) == len(names) > 0
    assert change_of_value_words(Changed("weights.wish", 30.0, 50.0)) == (
        "やりたいことの大きさ　30 → 50"
    )
    assert value_words((6.0, (1.0, 0.5))) == "6・1・0.5"


def last_event(stores: Stores) -> tuple[str, str]:
    """Return kind and actor of the newest event."""
    assert isinstance(stores.catalog, SqlCatalogStore)
    with stores.catalog.database.reading() as connection:
        event = audit.events(connection, CODE, newest=1)[0]
    return event.kind, event.actor_id


def test_a_preview_keeps_nothing_but_its_event(two_people: Stores) -> None:
    """The second of the two is protected: a stranger and whoever sees only counts count one."""
    found = preview_policy(COORDINATOR, two_people, clock, HEAD)
    assert sum(found.counts.values()) == len(found.people) == 1
    assert last_event(two_people) == ("policy_tried", "u1")
    for actor in (PLANNER, ADMINISTRATOR):
        counted = preview_policy(actor, two_people, clock, HEAD)
        assert counted.people == ()
        assert counted.figures.people == (1 if actor is PLANNER else None)
    named = replace(COORDINATOR, user_id="u9")
    assert len(preview_policy(named, two_people, clock, HEAD).people) == 2
    assert two_people.municipality.policies() == []
    assert two_people.runs.runs(scope_of_everyone(CODE)) == []


def roles_without(action: Action) -> list[Role]:
    return [role for role in Role if action not in POLICY[role]]


@pytest.mark.parametrize("role", roles_without(Action.PREVIEW_POLICY))
def test_others_try_no_policy(two_people: Stores, role: Role) -> None:
    with pytest.raises(NotPermitted):
        preview_policy(replace(PLANNER, role=role), two_people, clock, HEAD)


@pytest.mark.parametrize("role", roles_without(Action.EDIT_SETTINGS))
def test_only_an_administrator_adopts(stores: Stores, role: Role) -> None:
    with pytest.raises(NotPermitted):
        adopt_policy(replace(PLANNER, role=role), stores.municipality, clock, HEAD, "見なおし")


def test_an_adopted_policy_is_tried_against(stores: Stores) -> None:
    """What is adopted is what the next draft is compared with; the event names it."""
    text = HEAD + "[weights]\nwish = 50\n"
    adopted = adopt_policy(ADMINISTRATOR, stores.municipality, clock, text, " 会議で決めた ")
    assert stores.municipality.policies() == [adopted]
    assert (adopted.number, adopted.reason, adopted.from_on) == (
        1,
        "会議で決めた",
        date(2026, 11, 12),
    )
    assert last_event(stores) == ("policy_adopted", "u5")
    found = preview_policy(PLANNER, stores, clock, HEAD)
    assert found.changed == (Changed("weights.wish", 50.0, 30.0),)
    with pytest.raises(CaseError, match="policy_unchanged"):
        adopt_policy(ADMINISTRATOR, stores.municipality, clock, text, "もう一度")


@pytest.mark.parametrize(
    ("text", "reason", "code"),
    [
        (HEAD + "[weights]\nwish = 50\n", " ", "policy_reason_missing"),
        ('from = 2026-11-11\nsource = "会議"\n', "なぜか", "policy_begins_in_past"),
        (HEAD, "なぜか", "policy_unchanged"),
    ],
)
def test_what_cannot_be_adopted_is_said(stores: Stores, text: str, reason: str, code: str) -> None:
    with pytest.raises(CaseError) as caught:
        adopt_policy(ADMINISTRATOR, stores.municipality, clock, text, reason)
    assert caught.value.code == code
    assert stores.municipality.policies() == []


def test_a_wrong_draft_is_told_with_its_line(stores: Stores) -> None:
    with pytest.raises(MatcherError) as caught:
        preview_policy(PLANNER, stores, clock, HEAD + "[weights]\nwihs = 50\n")
    assert in_japanese(caught.value) == (
        "方針に「weights.wihs」は使えません。（もしかして：weights.wish）名前を直してください。"
        "直すところは 4行目です。"
    )
