"""Pairs that would rather have each other: both sides count, and nobody is hinted at."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from cases.bond import Bond, BondKind
from cases.matching.arrangements import NOTHING_ARRANGED, Arrangements
from cases.matching.everyone import run_matching
from cases.matching.two_sided import Mutual, mutual_pairs, mutual_words
from cases.placing_rule import PlacingKind, PlacingRule
from catalog.opening import Opening, Preference, Stage
from catalog.organisation import Organisation
from matcher.policy import own_policy
from tests.cases.matching.test_settled_rules import bond, lock, settled
from tests.cases.runs import run_of
from tests.cases.small_city import FIELD, city, inputs, need, person

PLACE = replace(FIELD, capacity=1)
OTHER = replace(FIELD, id="o-other", name="べつの畑", menu=("cooking",))
EVERYONE = frozenset({"p1", "p2"})


def mutual(
    openings: list[Opening],
    people: dict[str, dict[str, Any]],
    known: frozenset[str] = EVERYONE,
    arranged: Arrangements = NOTHING_ARRANGED,
    **of_city: Any,
) -> tuple[Mutual, ...] | None:
    """Match two people and return the pairs of which a reader may be told."""
    persons = [person(id_, **changes) for id_, changes in people.items()]
    where = city(openings, **of_city)
    given = inputs(persons, [need(id_) for id_ in people], where, arranged=arranged)
    outcome = run_matching(given, own_policy())
    return mutual_pairs(run_of(views=outcome.views), known)


def test_where_no_host_named_anyone_there_is_nothing_to_tell() -> None:
    assert mutual([PLACE], {"p1": {}, "p2": {}}) is None


@pytest.fixture
def contested() -> dict[str, Any]:
    """Two people for one place: the nearer one gets it, the host would be glad of the other."""
    return {"p1": {"stage": Stage.VISIT, "town_id": "b"}, "p2": {"stage": Stage.TRIAL}}


GLAD = replace(PLACE, preference=Preference(stages=frozenset({Stage.TRIAL})))


def test_a_host_and_someone_left_without_would_rather_have_each_other(
    contested: dict[str, Any],
) -> None:
    assert mutual([GLAD], contested) == (Mutual("p2", "o-field"),)
    assert mutual_words([Mutual("p2", "o-field")]) == (
        "本人も受け入れ先も、いまの案より 互いを望む組が 1組 あります。"
    )


def test_a_host_who_prefers_nobody_of_them_blocks_nothing(contested: dict[str, Any]) -> None:
    alike = replace(PLACE, preference=Preference(stages=frozenset({Stage.VISIT, Stage.TRIAL})))
    assert mutual([alike], contested) == ()
    assert mutual_words(()).endswith("互いを望む組は ありません。")


def test_someone_who_has_what_they_like_best_blocks_nothing(contested: dict[str, Any]) -> None:
    """The host of the other place would be gladder of p1, who would not be gladder there."""
    far = replace(OTHER, preference=Preference(stages=frozenset({Stage.VISIT})))
    assert mutual([PLACE, far], contested) == ()


@pytest.mark.parametrize("known", [frozenset(), frozenset({"p1"}), frozenset({"p2"})])
def test_nobody_is_told_of_people_whom_they_may_not_open(
    contested: dict[str, Any], known: frozenset[str]
) -> None:
    """Neither who wants the place nor who has it may be guessed from a pair or a count."""
    assert mutual([GLAD], contested, known) == ()


@pytest.mark.parametrize(
    "rule",
    [
        lock("p1", "o-field"),  # who has the place keeps it
        lock("p2", "o-field", kind=PlacingKind.EXCLUSION),  # who wants it may not have it
        bond(BondKind.APART_OPENING, "p1", "p2"),
        bond(BondKind.APART_OPENING, "p2", "p3"),  # who wants it cannot decide alone
    ],
)
def test_what_the_office_settled_is_not_put_in_doubt(
    contested: dict[str, Any], rule: PlacingRule | Bond
) -> None:
    people = {**contested, "p3": {"town_id": "d"}}
    assert mutual([GLAD], people, arranged=settled(rule)) == ()
    assert mutual([GLAD], people) == (Mutual("p2", "o-field"),)


def test_a_limit_of_the_host_leaves_no_place(contested: dict[str, Any]) -> None:
    """Two places, but the host takes one person in all: nobody is told that there is room."""
    host = Organisation("h-farm", "農園", "", "farm", most_at_once=1)
    room = replace(GLAD, capacity=2, preference=Preference(max_age=100))
    found = mutual([room], contested, hosts={"h-farm": host})
    assert found == ()


def test_what_is_kept_names_nobody(contested: dict[str, Any]) -> None:
    persons = [person(id_, **changes) for id_, changes in contested.items()]
    given = inputs(persons, [need(id_) for id_ in contested], city([GLAD]))
    views = run_matching(given, own_policy()).views
    assert views is not None
    kept = views.decode()
    assert "p2" in kept
    for who in persons:
        for word in (who.name, who.address, who.case_no, who.note):
            assert word not in kept


def test_a_wish_of_a_host_changes_the_run_that_is_kept(contested: dict[str, Any]) -> None:
    """Otherwise the next run would be called unchanged, and its pairs would be old."""
    persons = [person(id_, **changes) for id_, changes in contested.items()]
    needs = [need(id_) for id_ in contested]
    digests = {
        run_matching(inputs(persons, needs, city([opening])), own_policy()).digest
        for opening in (PLACE, GLAD)
    }
    assert len(digests) == 2
