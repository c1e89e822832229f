"""Trying what would be, from the stores: for whom, and of whom one is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from cases.actions.cataloguing import edit_opening
from cases.actions.hosting import look_as_host
from cases.actions.matching import Stores, start_matching
from cases.actions.supposing import look_ahead
from cases.errors import NotFound, NotPermitted
from cases.matching.host_view import LATER, HostsPart
from cases.matching.what_if import WhatIf
from cases.participant import ParticipantStatus
from catalog.actor import Actor, Role
from catalog.opening import OpeningStatus
from catalog.schedule import Band
from catalog.vocabulary import load_vocabulary
from exchange.frozen_runs import freeze
from tests.cases.conftest import CODE, COORDINATOR, an_event, clock
from tests.cases.small_city import FIELD, person

THURSDAY = WhatIf(slots=frozenset({(3, Band.AFTERNOON)}))
HOST = Actor("h", "農園", Role.HOST, CODE, office_id=FIELD.host_id)


def test_nothing_supposed_is_everything_as_it_stands(two_people: Stores) -> None:
    found = look_ahead(COORDINATOR, two_people, clock, "p1", WhatIf())
    assert found.now is found.then
    assert found.everyone is None


def test_everyone_is_matched_again_but_told_of_are_those_one_may_open(two_people: Stores) -> None:
    """The second person is protected: the sentence says of whom it speaks."""
    found = look_ahead(COORDINATOR, two_people, clock, "p1", THURSDAY).everyone
    assert found is not None
    assert not found.is_all
    assert {each.participant_id for each in found.moved} <= {"p1"}
    named = replace(COORDINATOR, user_id="u9", role=Role.SYSTEM)
    of_all = look_ahead(named, two_people, clock, "p1", THURSDAY).everyone
    assert of_all is not None
    assert of_all.is_all


def test_who_sees_no_runs_is_told_of_the_person_alone(two_people: Stores) -> None:
    member = replace(COORDINATOR, role=Role.MEMBER_AGENCY)
    found = look_ahead(member, two_people, clock, "p1", THURSDAY)
    assert found.everyone is None
    assert found.then is not found.now


def test_of_someone_who_pauses_nothing_is_said_for_everyone(two_people: Stores) -> None:
    """They are in no matching now, so nobody else could move because of them."""
    pausing = person("p1", coordinator_id="u1", status=ParticipantStatus.PAUSED)
    two_people.cases.save_participant(pausing, an_event("participant_changed"))
    found = look_ahead(COORDINATOR, two_people, clock, "p1", THURSDAY)
    assert found.everyone is None
    assert found.then is not found.now


def test_whom_one_may_not_open_nothing_is_supposed_of(two_people: Stores) -> None:
    with pytest.raises(NotFound):
        look_ahead(COORDINATOR, two_people, clock, "p2", THURSDAY)


def test_a_host_reads_of_their_own_opening_only(two_people: Stores) -> None:
    start_matching(COORDINATOR, two_people, clock, freeze, "0")
    opening, part = look_as_host(HOST, two_people, clock, FIELD.id)
    assert opening.id == FIELD.id
    assert part == look_as_host(COORDINATOR, two_people, clock, FIELD.id)[1]
    with pytest.raises(NotPermitted):
        look_as_host(replace(HOST, role=Role.PLANNER), two_people, clock, FIELD.id)


def test_an_edit_is_answered_after_the_next_run_alone(two_people: Stores) -> None:
    """Whoever edits and reads in turn learns of nobody, whatever they ask for."""
    assert look_as_host(HOST, two_people, clock, FIELD.id)[1] == LATER

    def later() -> datetime:
        return clock() + timedelta(hours=1)

    start_matching(COORDINATOR, two_people, later, freeze, "0")
    told = look_as_host(HOST, two_people, clock, FIELD.id)[1]
    assert not told.is_later
    vocabulary = load_vocabulary()
    for age in range(20, 90, 10):
        asked = replace(FIELD, welcome=replace(FIELD.welcome, min_age=age, max_age=age))
        edit_opening(
            HOST, two_people.catalog, vocabulary, asked, lambda: clock() + timedelta(hours=2)
        )
        assert look_as_host(HOST, two_people, clock, FIELD.id)[1] == LATER
    start_matching(
        COORDINATOR,
        two_people,
        lambda: clock() + timedelta(hours=3),
        freeze,
        "0",
        reuse=False,
    )
    assert look_as_host(HOST, two_people, clock, FIELD.id)[1] != LATER


def test_of_a_draft_nothing_could_be_done_yet(two_people: Stores) -> None:
    draft = replace(FIELD, status=OpeningStatus.DRAFT)
    two_people.catalog.save_opening(draft, an_event("opening_saved"))
    assert look_as_host(HOST, two_people, clock, FIELD.id) == (draft, HostsPart())
