"""The verbs on real databases: who may, what is kept, which event goes with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from cases.actions.consenting import record_consent, withdraw_consent
from cases.actions.deciding import decide_proposal
from cases.actions.intake import (
    edit_need,
    edit_participant,
    next_case_no,
    register_participant,
    save_household,
)
from cases.actions.matching import (
    Matched,
    Stores,
    policy_in_force,
    policy_of_run,
    start_matching,
    weigh_person,
    weigh_waiting,
)
from cases.city_policy import AdoptedPolicy, policy_of
from cases.consent import ConsentState
from cases.errors import CaseError, ConsentMissing, NotFound, NotPermitted, TransitionNotAllowed
from cases.matching.rankings import rank_for_opening, rank_for_participant
from cases.participant import Household, ParticipantStatus
from cases.permissions import PeopleScope, scope_of_everyone
from cases.proposal import Decision, ProposalStatus
from catalog.actor import Actor, Role
from catalog.audit import AuditEvent
from catalog.errors import CatalogError
from catalog.opening import OpeningStatus
from catalog.vocabulary import load_vocabulary
from db import audit
from db.catalog import SqlCatalogStore
from matcher.policy import own_policy
from matcher.policy_text import read_policy
from matcher.problem import Problem
from matcher.result import Assignment
from tests.cases.conftest import CODE, COORDINATOR, NOW, SETTINGS, an_event, clock
from tests.cases.small_city import FIELD, consent, need, person

SCOPE = PeopleScope(COORDINATOR)
NAMED = replace(COORDINATOR, user_id="u9")
PLANNER = replace(COORDINATOR, user_id="u5", role=Role.PLANNER)
VOCABULARY = load_vocabulary()


def freeze(problem: Problem, assignment: Assignment) -> tuple[bytes, bytes]:
    """Write as little as tells one run from another."""
    return str(problem.participant_ids).encode(), str(assignment.opening_of.tolist()).encode()


def match(
    stores: Stores, actor: Actor = COORDINATOR, district: str = "", reuse: bool = True
) -> Matched:
    """Start a matching run of the small city."""
    return start_matching(actor, stores, clock, freeze, "0.1.0", district=district, reuse=reuse)


def events(stores: Stores) -> list[AuditEvent]:
    """Return all events, the oldest first."""
    assert isinstance(stores.catalog, SqlCatalogStore)
    with stores.catalog.database.reading() as connection:
        return list(audit.events(connection, CODE))[::-1]


def last_events(stores: Stores, count: int) -> list[tuple[str, str]]:
    """Return kind and subject of the last events."""
    return [(event.kind, event.subject_id) for event in events(stores)[-count:]]


def decide(
    stores: Stores, decision: Decision, reason: str = "", actor: Actor = COORDINATOR, at: int = 0
) -> ProposalStatus:
    """Decide about the proposal of p1 in the last run."""
    run = stores.runs.latest_run(SCOPE)
    assert run is not None
    (proposal,) = stores.runs.proposals(PeopleScope(NAMED), run.id)
    decided = decide_proposal(
        actor,
        stores.cases,
        stores.catalog,
        stores.runs,
        VOCABULARY,
        proposal.id,
        decision,
        clock,
        reason,
    )
    return decided.proposal.status


def test_case_numbers_go_on() -> None:
    assert next_case_no([]) == "A-0001"
    assert next_case_no(["T-0009", "T-0412", "旧-7", "なし"]) == "T-0413"
    assert next_case_no(["T-999"]) == "T-1000"


def test_registering_makes_the_actor_the_coordinator(stores: Stores) -> None:
    lead = Actor("u2", "森", Role.LEAD_AGENCY, CODE, "office-a")
    new = register_participant(lead, stores.cases, person("p1"), clock)
    assert (new.coordinator_id, new.office_id) == ("u2", "office-a")
    assert stores.cases.participant(PeopleScope(lead), "p1") == new
    assert last_events(stores, 1) == [("participant_registered", "p1")]


def test_planners_register_nobody(stores: Stores) -> None:
    with pytest.raises(NotPermitted):
        register_participant(PLANNER, stores.cases, person("p1"), clock)
    assert stores.cases.case_numbers() == []


def test_nobody_registers_a_protected_person_for_others_only(stores: Stores) -> None:
    """Whoever writes it down would not see it again, so it is refused."""
    hidden = person("p1", address_protected=True, coordinator_id="u9")
    with pytest.raises(NotPermitted):
        register_participant(COORDINATOR, stores.cases, hidden, clock)


def test_editing_names_the_fields_and_not_their_values(two_people: Stores) -> None:
    before = two_people.cases.participant(SCOPE, "p1")
    assert before is not None
    edit_participant(
        COORDINATOR, two_people.cases, replace(before, phone="0480-00-0000", note="新"), clock
    )
    event = events(two_people)[-1]
    assert (event.kind, event.detail) == ("participant_changed", {"fields": "phone,note"})


def test_saving_without_change_is_no_event(two_people: Stores) -> None:
    before = last_events(two_people, 3)
    unchanged = two_people.cases.participant(SCOPE, "p1")
    told = two_people.cases.need(SCOPE, "p1")
    assert unchanged is not None
    assert told is not None
    edit_participant(COORDINATOR, two_people.cases, unchanged, clock)
    edit_need(COORDINATOR, two_people.cases, told, clock)
    assert last_events(two_people, 3) == before


def test_a_new_need_replaces_the_old(two_people: Stores) -> None:
    edit_need(COORDINATOR, two_people.cases, need("p1", goal="外へ"), clock)
    told = two_people.cases.need(SCOPE, "p1")
    assert told is not None
    assert told.goal == "外へ"
    assert last_events(two_people, 1) == [("need_changed", "p1")]


def test_a_protected_person_does_not_exist_for_others(two_people: Stores) -> None:
    hidden = two_people.cases.participant(PeopleScope(NAMED), "p2")
    assert hidden is not None
    for verb in (
        lambda: edit_participant(COORDINATOR, two_people.cases, hidden, clock),
        lambda: edit_need(COORDINATOR, two_people.cases, need("p2"), clock),
        lambda: record_consent(COORDINATOR, two_people.cases, consent("p2"), clock),
        lambda: weigh_person(COORDINATOR, two_people, clock, "p2"),
    ):
        with pytest.raises(NotFound, match="person_not_found"):
            verb()


def test_households_are_saved_by_staff_only(stores: Stores) -> None:
    save_household(COORDINATOR, stores.cases, Household(id="h1", name="青葉家"), clock)
    assert last_events(stores, 1) == [("household_saved", "h1")]
    with pytest.raises(NotPermitted):
        save_household(PLANNER, stores.cases, Household(id="h1", name="青葉家"), clock)


def test_consent_is_recorded_with_its_instant(two_people: Stores) -> None:
    said = replace(consent("p1"), id="c9", on=date(2026, 11, 12))
    kept = record_consent(COORDINATOR, two_people.cases, said, clock)
    assert kept.recorded_at == NOW
    assert list(two_people.cases.consents_of(SCOPE, "p1"))[-1] == kept
    assert last_events(two_people, 1) == [("consent_recorded", "p1")]


def test_consent_of_tomorrow_and_withdrawal_by_the_side_door_are_refused(
    two_people: Stores,
) -> None:
    tomorrow = replace(consent("p1"), id="c9", on=date(2026, 11, 13))
    with pytest.raises(CaseError, match="consent_in_future"):
        record_consent(COORDINATOR, two_people.cases, tomorrow, clock)
    withdrawn = replace(consent("p1"), id="c9", state=ConsentState.WITHDRAWN)
    with pytest.raises(CaseError, match="withdraw_instead"):
        record_consent(COORDINATOR, two_people.cases, withdrawn, clock)


def test_a_run_is_kept_with_proposals_and_everyone_left(two_people: Stores) -> None:
    two_people.cases.save_participant(person("p3"), an_event("participant_registered"))
    matched = match(two_people)
    run = matched.run
    assert matched.is_new
    assert (run.status, run.certified, run.on) == ("optimal", True, date(2026, 11, 12))
    assert run.problem == b"('p1', 'p2')"
    everyone = scope_of_everyone(CODE)
    kept = two_people.runs.run(everyone, run.id)
    assert kept is not None
    proposals = two_people.runs.proposals(everyone, run.id)
    assert len(proposals) == 1
    assert proposals[0].reason.startswith("やりたい「畑・庭の手入れ」")
    assert len(kept.unplaced) == 1
    assert [(n.participant_id, n.why) for n in kept.not_considered] == [("p3", "consent_none_yet")]
    assert last_events(two_people, 1) == [("matching_run", run.id)]


def test_a_run_never_shows_a_protected_person_to_others(two_people: Stores) -> None:
    run = match(two_people).run
    everyone = scope_of_everyone(CODE)
    left = {u.participant_id for u in run.unplaced} | {n.participant_id for n in run.not_considered}
    proposed = {p.participant_id for p in two_people.runs.proposals(SCOPE, run.id)}
    assert left | proposed == {"p1"}
    all_people = {p.participant_id for p in two_people.runs.proposals(everyone, run.id)}
    whole = two_people.runs.run(everyone, run.id)
    assert whole is not None
    assert all_people | {u.participant_id for u in whole.unplaced} == {"p1", "p2"}


def test_nothing_changed_shows_the_last_run(two_people: Stores) -> None:
    first = match(two_people)
    second = match(two_people)
    assert (first.is_new, second.is_new) == (True, False)
    assert second.run == first.run
    two_people.catalog.save_opening(replace(FIELD, capacity=2), an_event("opening_saved"))
    third = match(two_people)
    assert third.is_new
    assert len(two_people.runs.runs(SCOPE)) == 2


def test_a_run_can_be_asked_for_although_nothing_changed(two_people: Stores) -> None:
    first = match(two_people)
    again = match(two_people, reuse=False)
    assert again.is_new
    assert again.run.digest == first.run.digest
    assert [run.id for run in two_people.runs.runs(SCOPE)] == [again.run.id, first.run.id]


def test_only_people_of_one_district(two_people: Stores) -> None:
    far = person("p4", town_id="d")
    two_people.cases.save_participant(far, an_event("participant_registered"))
    run = match(two_people, district="東").run
    assert [n.participant_id for n in run.not_considered] == ["p4"]
    assert run.unplaced == ()
    with pytest.raises(CaseError, match="district_unknown"):
        match(two_people, district="北")


def test_only_who_may_starts_a_run(two_people: Stores) -> None:
    with pytest.raises(NotPermitted):
        match(two_people, actor=PLANNER)
    assert two_people.runs.latest_run(SCOPE) is None


@pytest.fixture
def proposed(two_people: Stores) -> Stores:
    """Give the stores after a run in which p1 has a proposal."""
    hidden = two_people.cases.participant(PeopleScope(NAMED), "p2")
    assert hidden is not None
    resting = replace(hidden, status=ParticipantStatus.PAUSED)
    two_people.cases.save_participant(resting, an_event("participant_changed"))
    match(two_people)
    return two_people


def test_advance_and_undo(proposed: Stores) -> None:
    assert decide(proposed, Decision.ADVANCE) is ProposalStatus.ADVANCED
    with pytest.raises(TransitionNotAllowed):
        decide(proposed, Decision.ADVANCE)
    after = match(proposed).run
    assert [n.why for n in after.not_considered] == ["advanced"]
    (under_way,) = proposed.runs.proposals_for(SCOPE, "p1")
    assert under_way.decided_by == "u1"


def test_whoever_is_placed_holds_no_place_twice(proposed: Stores) -> None:
    """The host counts them from then on; the advanced proposal is history."""
    decide(proposed, Decision.ADVANCE)
    hidden = proposed.cases.participant(PeopleScope(NAMED), "p2")
    done = proposed.cases.participant(SCOPE, "p1")
    assert hidden is not None
    assert done is not None
    placed = replace(done, status=ParticipantStatus.PLACED)
    waiting = replace(hidden, status=ParticipantStatus.WAITING)
    for person_ in (placed, waiting):
        proposed.cases.save_participant(person_, an_event("participant_changed"))
    again = match(proposed).run
    (proposal,) = proposed.runs.proposals(PeopleScope(NAMED), again.id)
    assert (proposal.participant_id, proposal.opening_id) == ("p2", "o-field")


def test_setting_aside_keeps_the_place_away_from_the_next_run(proposed: Stores) -> None:
    assert decide(proposed, Decision.SET_ASIDE, "too_far") is ProposalStatus.SET_ASIDE
    again = match(proposed)
    assert again.is_new
    assert [dict(u.refused)["avoided"] for u in again.run.unplaced] == [2]


def test_a_reason_that_is_not_in_the_list_is_refused(proposed: Stores) -> None:
    with pytest.raises(CatalogError, match="no code 'to_far'"):
        decide(proposed, Decision.SET_ASIDE, "to_far")
    with pytest.raises(CaseError, match="set_aside_without_reason"):
        decide(proposed, Decision.SET_ASIDE)


def test_a_reason_of_health_lets_the_person_rest_until_it_is_undone(proposed: Stores) -> None:
    decide(proposed, Decision.SET_ASIDE, "not_now_health")
    resting = proposed.cases.participant(SCOPE, "p1")
    assert resting is not None
    assert resting.status is ParticipantStatus.PAUSED
    decide(proposed, Decision.UNDO)
    waiting = proposed.cases.participant(SCOPE, "p1")
    assert waiting is not None
    assert waiting.status is ParticipantStatus.WAITING


def test_a_pause_that_has_ended_does_not_end_the_next_one(proposed: Stores) -> None:
    """Who waits again by themselves rests again when a proposal is set aside for health."""
    kept = proposed.cases.participant(SCOPE, "p1")
    assert kept is not None
    ended = replace(kept, status=ParticipantStatus.PAUSED, paused_until_on=NOW.date())
    proposed.cases.save_participant(ended, an_event("participant_changed"))
    decide(proposed, Decision.SET_ASIDE, "not_now_health")
    resting = proposed.cases.participant(SCOPE, "p1")
    assert resting is not None
    assert (resting.status, resting.paused_until_on) == (ParticipantStatus.PAUSED, None)


def test_a_closed_place_is_not_advanced_to(proposed: Stores) -> None:
    proposed.catalog.save_opening(
        replace(FIELD, status=OpeningStatus.PAUSED), an_event("opening_saved")
    )
    with pytest.raises(CaseError, match="opening_closed"):
        decide(proposed, Decision.ADVANCE)


def test_deciding_takes_a_person_with_the_right(proposed: Stores) -> None:
    with pytest.raises(NotFound, match="proposal_not_found"):
        decide(proposed, Decision.ADVANCE, actor=PLANNER)
    system = Actor("system", "", Role.SYSTEM, CODE)
    with pytest.raises(NotPermitted):
        decide(proposed, Decision.ADVANCE, actor=system)


def test_withdrawal_stops_what_was_under_way(proposed: Stores) -> None:
    decide(proposed, Decision.ADVANCE)
    withdrawal = withdraw_consent(
        COORDINATOR, proposed.cases, proposed.runs, proposed.helping, "p1", clock
    )
    assert [p.status for p in withdrawal.stopped] == [ProposalStatus.PROPOSED]
    assert withdrawal.consent.state is ConsentState.WITHDRAWN
    assert [kind for kind, _ in last_events(proposed, 2)] == ["consent_recorded", "proposal_undo"]
    with pytest.raises(ConsentMissing, match="consent_withdrawn"):
        decide(proposed, Decision.ADVANCE)
    assert [n.why for n in match(proposed).run.not_considered] == ["consent_withdrawn"]


def test_ranking_one_person_from_the_stores(two_people: Stores) -> None:
    ranking = rank_for_participant(weigh_person(COORDINATOR, two_people, clock, "p1"), "p1")
    assert [story.opening_id for story in ranking.ranked] == ["o-field"]


def test_own_advanced_proposal_keeps_no_place_from_oneself(proposed: Stores) -> None:
    decide(proposed, Decision.ADVANCE)
    ranking = rank_for_participant(weigh_person(COORDINATOR, proposed, clock, "p1"), "p1")
    assert [story.opening_id for story in ranking.ranked] == ["o-field"]


def test_nobody_is_ranked_without_consent_or_need(stores: Stores) -> None:
    stores.cases.save_participant(person("p1"), an_event("participant_registered"))
    with pytest.raises(ConsentMissing):
        weigh_person(COORDINATOR, stores, clock, "p1")
    stores.cases.add_consent(consent("p1"), an_event("consent_recorded"))
    with pytest.raises(CaseError, match="missing_no_need"):
        weigh_person(COORDINATOR, stores, clock, "p1")


def test_ranking_people_for_an_opening_shows_only_whom_one_may_see(two_people: Stores) -> None:
    open_to = rank_for_opening(weigh_waiting(COORDINATOR, two_people, clock), "o-field")
    assert [story.participant_id for story in open_to.ranked] == ["p1"]
    named = rank_for_opening(weigh_waiting(NAMED, two_people, clock), "o-field")
    assert {story.participant_id for story in named.ranked} == {"p1", "p2"}
    with pytest.raises(NotPermitted):
        weigh_waiting(PLANNER, two_people, clock)


def test_a_city_lays_its_policy_over_the_own_one() -> None:
    assert policy_of(SETTINGS) is own_policy()
    changed = replace(
        SETTINGS,
        policy={"from": date(2026, 4, 1), "source": "市の会議", "weights": {"wish": 50}},
    )
    assert policy_of(changed).weights.wish == 50


def adopted(from_on: date, wish: int, version: str = "") -> AdoptedPolicy:
    """Return a policy as the small city would adopt it."""
    text = f'from = {from_on}\nsource = "市の会議"\n[weights]\nwish = {wish}\n'
    version = version or read_policy(text).version
    return AdoptedPolicy(0, from_on, version, text, "見なおした", "u8", NOW)


def test_a_run_goes_by_the_policy_adopted_for_its_day(two_people: Stores) -> None:
    """It names the policy, so that the same one is found again when another holds."""
    for each in (
        adopted(date(2026, 11, 1), 40),
        adopted(date(2026, 11, 12), 60),
        adopted(date(2026, 11, 13), 90),
    ):
        two_people.municipality.adopt_policy(each, an_event("policy_adopted"))
    run = match(two_people).run
    assert run.policy_version == adopted(date(2026, 11, 12), 60).version
    two_people.municipality.adopt_policy(
        adopted(date(2026, 11, 12), 70), an_event("policy_adopted")
    )
    assert policy_in_force(two_people.municipality, NOW.date()).weights.wish == 70
    assert policy_in_force(two_people.municipality, date(2026, 11, 11)).weights.wish == 40
    assert policy_in_force(two_people.municipality, date(2026, 10, 31)) is own_policy()
    assert policy_of_run(two_people.municipality, run).weights.wish == 60
    other = replace(run, policy_version="2020-01-01-00000000")
    assert policy_of_run(two_people.municipality, other).weights.wish == 70
    assert match(two_people).is_new


def test_the_day_of_a_run_is_the_day_in_japan(two_people: Stores) -> None:
    def late() -> datetime:
        return NOW + timedelta(hours=15)  # already the 13th in Tokyo

    run = start_matching(COORDINATOR, two_people, late, freeze, "0.1.0").run
    assert run.on == date(2026, 11, 13)
