"""Writing the catalogue on real databases: who may, what is kept, and the steps of an opening."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from cases.actions.cataloguing import (
    add_opening,
    change_status,
    confirm_opening,
    edit_host_limits,
    edit_opening,
    find_host,
    find_opening,
    next_statuses,
    seen_openings,
)
from cases.actions.matching import Stores, weigh_person, weigh_waiting
from cases.errors import CaseError, NotFound, NotPermitted
from catalog.actor import Actor, Role
from catalog.errors import CatalogError
from catalog.opening import Opening, OpeningStatus
from catalog.vocabulary import load_vocabulary
from tests.cases.conftest import CODE, COORDINATOR, an_event, clock
from tests.cases.small_city import FIELD
from tests.cases.test_actions import events, last_events

VOCABULARY = load_vocabulary()
PLANNER = replace(COORDINATOR, role=Role.PLANNER)
AGENCY = replace(COORDINATOR, role=Role.LEAD_AGENCY)
HOST = Actor("h", "農園", Role.HOST, CODE, office_id=FIELD.host_id)
OTHER_HOST = replace(HOST, office_id="h-other")
DRAFT = replace(FIELD, id="o-new", status=OpeningStatus.DRAFT)


def add(stores: Stores, opening: Opening = DRAFT, actor: Actor = COORDINATOR) -> Opening:
    """Add an opening."""
    return add_opening(actor, stores.catalog, VOCABULARY, opening, clock)


def edit(stores: Stores, opening: Opening, actor: Actor = COORDINATOR) -> Opening:
    """Keep a new version."""
    return edit_opening(actor, stores.catalog, VOCABULARY, opening, clock)


def step(
    stores: Stores, to: OpeningStatus, reason: str = "", actor: Actor = COORDINATOR
) -> Opening:
    """Take the new draft a step further."""
    return change_status(actor, stores.catalog, DRAFT.id, to, clock, reason)


def test_an_opening_begins_as_a_draft_and_is_opened_by_staff(stores: Stores) -> None:
    """Nobody else may open it; each step is an event."""
    add(stores, actor=HOST)
    assert step(stores, OpeningStatus.SUBMITTED, actor=HOST).status is OpeningStatus.SUBMITTED
    with pytest.raises(CatalogError, match="may not take"):
        step(stores, OpeningStatus.OPEN, actor=HOST)
    assert step(stores, OpeningStatus.OPEN).status is OpeningStatus.OPEN
    assert last_events(stores, 3) == [
        ("opening_added", "o-new"),
        ("opening_status", "o-new"),
        ("opening_status", "o-new"),
    ]
    with pytest.raises(CaseError, match="opening_begins_as_draft"):
        add(stores, replace(DRAFT, id="o-2", status=OpeningStatus.OPEN))


def test_a_step_asks_for_its_reason(stores: Stores) -> None:
    """The table says what is needed; the reason is kept with the opening, not in the audit."""
    assert next_statuses(COORDINATOR, FIELD) == {
        OpeningStatus.FULL: False,
        OpeningStatus.PAUSED: True,
        OpeningStatus.ENDED: True,
    }
    assert next_statuses(PLANNER, FIELD) == next_statuses(OTHER_HOST, FIELD) == {}
    add(stores)
    step(stores, OpeningStatus.OPEN)
    with pytest.raises(CatalogError, match="needs a reason"):
        step(stores, OpeningStatus.PAUSED)
    paused = step(stores, OpeningStatus.PAUSED, "担い手の都合")
    assert paused.status_reason == "担い手の都合"
    assert "担い手" not in str(events(stores)[-1])


def test_a_change_is_kept_with_the_names_of_its_fields(stores: Stores) -> None:
    """What did not change is not written again."""
    edit(stores, replace(FIELD, capacity=4, noise=2, status=OpeningStatus.ENDED))
    kept = find_opening(COORDINATOR, stores.catalog, FIELD.id)
    assert (kept.capacity, kept.status) == (4, OpeningStatus.OPEN)
    assert events(stores)[-1].detail == {"fields": "capacity,noise"}
    before = len(events(stores))
    edit(stores, kept)
    assert len(events(stores)) == before


def test_hosts_write_their_own_openings_only(stores: Stores) -> None:
    """And cannot give one to somebody else; planners write none at all."""
    edit(stores, replace(FIELD, capacity=2), actor=HOST)
    for actor, opening in (
        (PLANNER, FIELD),
        (HOST, replace(FIELD, host_id="h-salon")),
    ):
        with pytest.raises(NotPermitted):
            edit(stores, opening, actor=actor)
    for refused in (PLANNER, OTHER_HOST):
        with pytest.raises(NotPermitted):
            add(stores, actor=refused)


def test_what_one_may_not_see_is_not_there(stores: Stores) -> None:
    """By visibility, and drafts for those who write them."""
    edit(stores, replace(FIELD, visibility="office"))
    add(stores)
    assert find_opening(PLANNER, stores.catalog, FIELD.id).visibility == "office"
    for actor, opening_id in (
        (replace(AGENCY, role=Role.MEMBER_AGENCY), FIELD.id),
        (OTHER_HOST, FIELD.id),
        (PLANNER, DRAFT.id),
        (COORDINATOR, "nowhere"),
    ):
        with pytest.raises(NotFound, match="opening_not_found"):
            find_opening(actor, stores.catalog, opening_id)
    assert find_opening(HOST, stores.catalog, DRAFT.id) == DRAFT


MEMBER = replace(COORDINATOR, role=Role.MEMBER_AGENCY)


def test_what_one_may_not_see_is_in_no_list_of_what_fits(two_people: Stores) -> None:
    """A member agency reads of its own person, but not of openings for the office alone."""
    hidden = replace(FIELD, visibility="office")
    two_people.catalog.save_opening(hidden, an_event("opening_saved"))
    fitting = {
        actor.role: {
            *weigh_person(actor, two_people, clock, "p1").considered.offers.ids,
            *weigh_waiting(actor, two_people, clock).considered.offers.ids,
        }
        for actor in (COORDINATOR, MEMBER)
    }
    assert fitting[Role.COORDINATOR] - fitting[Role.MEMBER_AGENCY] == {hidden.id}
    assert hidden.id not in seen_openings(MEMBER, two_people.catalog)


def test_confirming_notes_who_when_and_how(stores: Stores) -> None:
    """One call, one event; the way is a code of the city's list."""
    confirmed = confirm_opening(COORDINATOR, stores.catalog, VOCABULARY, FIELD.id, "phone", clock)
    assert confirmed.last_confirmed_on == date(2026, 11, 12)
    assert (confirmed.last_confirmed_by, confirmed.last_confirmed_how) == ("水野", "phone")
    assert last_events(stores, 1) == [("opening_confirmed", FIELD.id)]
    with pytest.raises(CatalogError, match="no code"):
        confirm_opening(COORDINATOR, stores.catalog, VOCABULARY, FIELD.id, "smoke", clock)
    with pytest.raises(NotPermitted):
        confirm_opening(PLANNER, stores.catalog, VOCABULARY, FIELD.id, "phone", clock)


def test_codes_and_what_a_shown_opening_needs_are_checked(stores: Stores) -> None:
    """A draft may lack something, what people are sent to may not."""
    with pytest.raises(CatalogError, match="no code"):
        add(stores, replace(DRAFT, menu=("gardning",)))
    work = replace(FIELD, form="work_experience")
    with pytest.raises(CatalogError, match="insurance, agreement_required"):
        edit(stores, work)
    add(stores, replace(work, id="o-work", status=OpeningStatus.DRAFT))


def test_how_many_a_host_can_have_is_kept_and_a_word_unchanged_is_no_event(stores: Stores) -> None:
    kept = edit_host_limits(HOST, stores.catalog, FIELD.host_id, 3, None, clock)
    assert (kept.most_at_once, kept.newcomers_a_month) == (3, None)
    assert stores.catalog.organisations()[FIELD.host_id] == kept
    before = events(stores)
    assert (before[-1].kind, before[-1].subject_id) == ("host_limits_changed", FIELD.host_id)
    assert before[-1].detail == {"at_once": "3", "a_month": "None"}
    assert edit_host_limits(COORDINATOR, stores.catalog, FIELD.host_id, 3, None, clock) == kept
    assert events(stores) == before
    with pytest.raises(CatalogError):
        edit_host_limits(COORDINATOR, stores.catalog, FIELD.host_id, 0, None, clock)
    assert events(stores) == before


def test_for_whom_one_may_not_write_nothing_is_kept(stores: Stores) -> None:
    """A host that is not there and one that may not be seen are the same answer."""
    with pytest.raises(NotPermitted):
        edit_host_limits(PLANNER, stores.catalog, FIELD.host_id, 1, None, clock)
    with pytest.raises(NotFound, match="host_not_found"):
        find_host(COORDINATOR, stores.catalog, "h-nowhere")
    hidden = replace(stores.catalog.organisations()[FIELD.host_id], visibility="office")
    stores.catalog.save_organisation(hidden, an_event("organisation_saved"))
    with pytest.raises(NotFound, match="host_not_found"):
        find_host(OTHER_HOST, stores.catalog, FIELD.host_id)
    assert find_host(HOST, stores.catalog, FIELD.host_id) == hidden
