"""Every address of the application: public on purpose, or for those whose role allows it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.testclient import TestClient

from api.app import create_app
from cases.actions.matching import Stores, start_matching
from cases.bond import Bond, BondKind
from cases.helper import Helper
from cases.helper_run import HelperRun
from cases.intake.reception import Reception
from cases.intake.referral import Referral
from cases.meetings.meeting import AgendaItem, Meeting
from cases.outreach import Visit
from cases.permissions import Action as A
from cases.permissions import PeopleScope, is_ever_allowed, scope_of_everyone
from cases.placing.enquiry import Enquiry, EnquiryState
from cases.placing.placement import Placement
from cases.placing_rule import PlacingKind, PlacingRule
from cases.proposal import Proposal
from catalog.actor import Actor, Role
from catalog.audit import AuditEvent
from db.sample.accounts import CITY_OFFICE
from exchange.frozen_runs import freeze
from tests.api.conftest import as_role, form_token
from tests.office import Clock
from tests.sample_office import sample_office
from tests.talks import a_talk

PUBLIC: Final = frozenset(
    {
        "GET /healthz",
        "GET /readyz",
        "GET /help",
        "GET /sign-in",
        "POST /sign-in",
        "POST /sign-in/passkey",
        "POST /sign-in/passkey/options",
        "POST /sign-out",
        "GET /api/v1/docs",
        "GET /api/v1/openapi.json",
        "HEAD /api/v1/openapi.json",
    }
)
"""Nobody need be signed in: nothing of anybody is there. Static files stand beside them."""
SENT: Final = frozenset(each for each in PUBLIC if each.startswith("POST "))
"""Those of them to which a form is sent."""
BY_SECRET: Final = frozenset(
    {
        "GET /sign-in/code",
        "POST /sign-in/code",
        "POST /sign-in/code/passkey",
        "POST /sign-in/code/passkey/options",
        "GET /sign-in/factor",
        "POST /sign-in/factor",
        "POST /sign-in/provider",
        "GET /sign-in/provider/back",
        "GET /invitation/{secret}",
        "POST /invitation/{secret}",
    }
)
"""For who holds a one-time secret: a half-done sign-in, a link. Nobody else learns anything."""
ANY_STAFF: Final = None
ROUTES: Final[dict[str, A | None]] = {
    "GET /": ANY_STAFF,
    "GET /api/v1/session": ANY_STAFF,
    # one's own account
    "GET /account": ANY_STAFF,
    "GET /account/confirm": ANY_STAFF,
    "POST /account/confirm": ANY_STAFF,
    "POST /account/confirm/passkey": ANY_STAFF,
    "POST /account/confirm/passkey/options": ANY_STAFF,
    "GET /account/password": ANY_STAFF,
    "POST /account/password": ANY_STAFF,
    "GET /account/factor": ANY_STAFF,
    "POST /account/factor": ANY_STAFF,
    "POST /account/factor/new": ANY_STAFF,
    "POST /account/factor/remove": ANY_STAFF,
    "POST /account/factor/codes": ANY_STAFF,
    "POST /account/provider": ANY_STAFF,
    "POST /account/provider/remove": ANY_STAFF,
    "GET /account/passkeys/new": ANY_STAFF,
    "POST /account/passkeys": ANY_STAFF,
    "POST /account/passkeys/options": ANY_STAFF,
    "POST /account/passkeys/{passkey_id}/remove": ANY_STAFF,
    "POST /account/sessions/others/end": ANY_STAFF,
    "POST /account/sessions/{session_id}/end": ANY_STAFF,
    # everybody's accounts
    "GET /staff": A.MANAGE_USERS,
    "GET /staff/new": A.MANAGE_USERS,
    "POST /staff/new": A.MANAGE_USERS,
    "GET /staff/sessions/end": A.MANAGE_USERS,
    "POST /staff/sessions/end": A.MANAGE_USERS,
    "GET /staff/{user_id}": A.MANAGE_USERS,
    "POST /staff/{user_id}": A.MANAGE_USERS,
    "POST /staff/{user_id}/act": A.MANAGE_USERS,
    "POST /staff/{user_id}/link": A.MANAGE_USERS,
    "POST /staff/{user_id}/identity": A.MANAGE_USERS,
    "POST /staff/{user_id}/identity/remove": A.MANAGE_USERS,
    # calls
    "GET /calls": A.SEE_PEOPLE,
    "GET /calls/next": A.SEE_PEOPLE,
    "GET /calls/{placement_id}": A.SEE_PEOPLE,
    "POST /calls/{placement_id}": A.EDIT_PEOPLE,
    "GET /calls/{placement_id}/talks/{talk_id}": A.EDIT_PEOPLE,
    "POST /calls/{placement_id}/talks/{talk_id}": A.EDIT_PEOPLE,
    "GET /people/{participant_id}/course": A.SEE_PEOPLE,
    # places and openings
    "GET /places": A.SEE_CATALOG,
    "GET /places/{place_id}": A.SEE_CATALOG,
    "GET /openings/new": A.EDIT_CATALOG,
    "POST /openings/new": A.EDIT_CATALOG,
    "GET /openings/{opening_id}/edit": A.EDIT_CATALOG,
    "POST /openings/{opening_id}/edit": A.EDIT_CATALOG,
    "POST /openings/{opening_id}/status": A.EDIT_CATALOG,
    "POST /openings/{opening_id}/confirm": A.EDIT_CATALOG,
    "GET /openings/{opening_id}/people": A.SEE_PEOPLE,
    "GET /openings/{opening_id}/host": A.EDIT_CATALOG,
    "GET /api/v1/places": A.SEE_CATALOG,
    "GET /api/v1/places/{place_id}": A.SEE_CATALOG,
    "GET /api/v1/openings/{opening_id}": A.SEE_CATALOG,
    "GET /api/v1/openings/{opening_id}/people": A.SEE_PEOPLE,
    # first words
    "GET /intake": A.SEE_RECEPTIONS,
    "GET /intake/new": A.WRITE_RECEPTIONS,
    "POST /intake/new": A.WRITE_RECEPTIONS,
    "GET /intake/counts": A.SEE_PLANNING,
    "GET /intake/{reception_id}": A.SEE_RECEPTIONS,
    "GET /intake/{reception_id}/edit": A.WRITE_RECEPTIONS,
    "POST /intake/{reception_id}/edit": A.WRITE_RECEPTIONS,
    "POST /intake/{reception_id}/screening": A.WRITE_RECEPTIONS,
    "POST /intake/{reception_id}/person": A.WRITE_RECEPTIONS,
    "POST /intake/{reception_id}/person/remove": A.WRITE_RECEPTIONS,
    "POST /intake/{reception_id}/referrals": A.WRITE_RECEPTIONS,
    # what agencies ask of one another
    "GET /referrals": A.SEE_RECEPTIONS,
    "GET /referrals/{referral_id}": A.SEE_RECEPTIONS,
    "POST /referrals/{referral_id}": A.WRITE_RECEPTIONS,
    "GET /people/{participant_id}/intake": A.SEE_PEOPLE,
    "POST /people/{participant_id}/referrals": A.EDIT_PEOPLE,
    "GET /people/{participant_id}/visits": A.SEE_PEOPLE,
    "POST /people/{participant_id}/visits": A.EDIT_PEOPLE,
    "GET /people/{participant_id}/visits/{visit_id}": A.SEE_PEOPLE,
    "POST /people/{participant_id}/visits/{visit_id}": A.EDIT_PEOPLE,
    "POST /people/{participant_id}/visits/{visit_id}/off": A.EDIT_PEOPLE,
    # people
    "GET /people": A.SEE_PEOPLE,
    "GET /people/search": ANY_STAFF,  # leads to the list, which asks
    "POST /people/search": A.SEE_PEOPLE,
    "GET /people/new": A.EDIT_PEOPLE,
    "POST /people/new": A.EDIT_PEOPLE,
    "GET /people/{participant_id}": A.SEE_PEOPLE,
    "POST /people/{participant_id}/address": A.SEE_PEOPLE,
    "GET /people/{participant_id}/edit": A.EDIT_PEOPLE,
    "POST /people/{participant_id}/edit": A.EDIT_PEOPLE,
    "GET /people/{participant_id}/need": A.EDIT_PEOPLE,
    "POST /people/{participant_id}/need": A.EDIT_PEOPLE,
    "GET /people/{participant_id}/consent": A.SEE_PEOPLE,
    "POST /people/{participant_id}/consent": A.EDIT_PEOPLE,
    "GET /people/{participant_id}/consent/withdraw": A.EDIT_PEOPLE,
    "POST /people/{participant_id}/consent/withdraw": A.EDIT_PEOPLE,
    "GET /people/{participant_id}/plan": A.SEE_PEOPLE,
    "POST /people/{participant_id}/plan": A.EDIT_PEOPLE,
    "POST /people/{participant_id}/plan/step": A.EDIT_PEOPLE,
    "GET /people/{participant_id}/plan/print": A.SEE_PEOPLE,
    "GET /people/{participant_id}/closing": A.SEE_PEOPLE,
    "POST /people/{participant_id}/closing": A.EDIT_PEOPLE,
    "POST /people/{participant_id}/closing/close": A.EDIT_PEOPLE,
    "POST /people/{participant_id}/closing/reopen": A.EDIT_PEOPLE,
    "GET /people/{participant_id}/closing/print": A.SEE_PEOPLE,
    "GET /people/{participant_id}/story": A.SEE_PEOPLE,
    "GET /people/{participant_id}/watch": A.SEE_PEOPLE,
    "POST /people/{participant_id}/watch": A.SEE_PEOPLE,
    "POST /people/{participant_id}/watch/end": A.EDIT_PEOPLE,
    "GET /people/{participant_id}/records": A.SEE_PEOPLE,
    "GET /people/{participant_id}/records/changes": A.SEE_PEOPLE,
    "POST /people/{participant_id}/records/told": A.EDIT_PEOPLE,
    "POST /people/{participant_id}/records/holds": A.EDIT_PEOPLE,
    "POST /people/{participant_id}/records/holds/{hold_id}/lift": A.DELETE_PEOPLE,
    "GET /people/{participant_id}/records/export": A.HAND_OUT_RECORDS,
    "POST /people/{participant_id}/records/export": A.HAND_OUT_RECORDS,
    "GET /people/{participant_id}/records/deletion": A.DELETE_PEOPLE,
    "POST /people/{participant_id}/records/deletion": A.DELETE_PEOPLE,
    "GET /records/retention": A.DELETE_PEOPLE,
    "GET /people/{participant_id}/openings": A.SEE_PEOPLE,
    "GET /people/{participant_id}/openings/refused": A.SEE_PEOPLE,
    "GET /people/{participant_id}/openings/sheet": A.SEE_PEOPLE,
    "GET /people/{participant_id}/what-if": A.SEE_PEOPLE,
    "GET /people/{participant_id}/openings/{opening_id}": A.SEE_PEOPLE,
    "POST /people/{participant_id}/proposals/{proposal_id}": A.DECIDE_PROPOSAL,
    "GET /people/{participant_id}/openings/{opening_id}/enquiry": A.DECIDE_PROPOSAL,
    "POST /people/{participant_id}/openings/{opening_id}/enquiry": A.DECIDE_PROPOSAL,
    "GET /enquiries": A.SEE_PEOPLE,
    "GET /enquiries/{enquiry_id}": A.SEE_PEOPLE,
    "GET /enquiries/{enquiry_id}/sheet": A.SEE_PEOPLE,
    "POST /enquiries/{enquiry_id}/host": A.DECIDE_PROPOSAL,
    "POST /enquiries/{enquiry_id}/person": A.DECIDE_PROPOSAL,
    "POST /enquiries/{enquiry_id}/step": A.DECIDE_PROPOSAL,
    "POST /enquiries/{enquiry_id}/placement": A.DECIDE_PROPOSAL,
    "GET /placements": A.SEE_PEOPLE,
    "GET /placements/{placement_id}": A.SEE_PEOPLE,
    "POST /placements/{placement_id}/step": A.DECIDE_PROPOSAL,
    "POST /placements/{placement_id}/undo": A.DECIDE_PROPOSAL,
    "POST /placements/{placement_id}/correct": A.DECIDE_PROPOSAL,
    "GET /api/v1/people": A.SEE_PEOPLE,
    "POST /api/v1/people": A.EDIT_PEOPLE,
    "GET /api/v1/people/{person_id}": A.SEE_PEOPLE,
    "PUT /api/v1/people/{person_id}/need": A.EDIT_PEOPLE,
    "PUT /api/v1/people/{person_id}/support": A.EDIT_PEOPLE,
    "POST /api/v1/people/{person_id}/consents": A.EDIT_PEOPLE,
    "GET /api/v1/people/{person_id}/openings": A.SEE_PEOPLE,
    "GET /api/v1/people/{person_id}/openings/{opening_id}": A.SEE_PEOPLE,
    # the record of what was done
    "GET /audit": A.SEE_AUDIT,
    "GET /audit/file": A.SEE_AUDIT,
    "GET /audit/accesses": A.SEE_AUDIT,
    "POST /audit/accesses": A.SEE_AUDIT,
    "GET /audit/own": ANY_STAFF,
    "GET /people/{participant_id}/accesses": A.SEE_PEOPLE,
    # emergency access
    "GET /emergency": A.OPEN_IN_EMERGENCY,
    "POST /emergency": A.OPEN_IN_EMERGENCY,
    "POST /emergency/{access_id}/end": A.OPEN_IN_EMERGENCY,
    "GET /emergency/report": A.SEE_EMERGENCIES,
    "GET /settings/criteria": A.SEE_PLANNING,
    "POST /settings/criteria": A.SEE_PLANNING,
    "GET /settings/remits": A.MANAGE_USERS,
    "POST /settings/remits": A.MANAGE_USERS,
    # meetings
    "GET /meetings": A.SEE_MEETINGS,
    "GET /meetings/calendar.ics": A.SEE_MEETINGS,
    "POST /meetings/search": A.SEE_MEETINGS,
    "GET /meetings/new": A.WRITE_MEETINGS,
    "POST /meetings/new": A.WRITE_MEETINGS,
    "GET /meetings/{meeting_id}": A.SEE_MEETINGS,
    "GET /meetings/{meeting_id}/sheet": A.SEE_MEETINGS,
    "POST /meetings/{meeting_id}/state": A.WRITE_MEETINGS,
    "POST /meetings/{meeting_id}/items": A.WRITE_MEETINGS,
    "GET /meetings/{meeting_id}/items/{item_id}": A.SEE_MEETINGS,
    "POST /meetings/{meeting_id}/items/{item_id}": A.WRITE_MEETINGS,
    # matching
    "GET /matching": A.SEE_RUNS,
    "POST /matching": A.RUN_MATCHING,
    "GET /matching/progress/{job_id}": A.RUN_MATCHING,
    "GET /matching/latest": A.SEE_RUNS,
    "GET /matching/compare": A.SEE_RUNS,
    "GET /matching/{run_id}": A.SEE_RUNS,
    "GET /matching/{run_id}/proposals/{proposal_id}": A.SEE_RUNS,
    "GET /matching/{run_id}/crowded/{participant_id}": A.SEE_RUNS,
    "GET /matching/{run_id}/pairs/{participant_id}/{opening_id}": A.SEE_RUNS,
    "GET /matching/{run_id}/imagined": A.SEE_RUNS,
    "GET /matching/{run_id}/record": A.SEE_RUNS,
    "GET /matching/{run_id}/{name}.json": A.SEE_RUNS,
    "POST /matching/{run_id}/proposals/{proposal_id}": A.DECIDE_PROPOSAL,
    "GET /matching/helpers": A.SEE_RUNS,
    "POST /matching/helpers": A.RUN_MATCHING,
    "GET /matching/helpers/new": A.EDIT_PEOPLE,
    "POST /matching/helpers/new": A.EDIT_PEOPLE,
    "GET /matching/helpers/{helper_id}/edit": A.EDIT_PEOPLE,
    "POST /matching/helpers/{helper_id}/edit": A.EDIT_PEOPLE,
    "GET /matching/helpers/proposals/{helper_proposal_id}/aside": A.DECIDE_PROPOSAL,
    "POST /matching/helpers/proposals/{helper_proposal_id}": A.DECIDE_PROPOSAL,
    "GET /settings/policy": A.PREVIEW_POLICY,
    "POST /settings/policy/preview": A.PREVIEW_POLICY,
    "POST /settings/policy": A.EDIT_SETTINGS,
    # what is settled before a search
    "GET /matching/rules": A.SETTLE_RULES,
    "GET /matching/rules/hosts": A.SETTLE_RULES,
    "POST /matching/rules/{rule_id}/undo": A.SETTLE_RULES,
    "POST /matching/rules/bonds/{bond_id}/undo": A.SETTLE_RULES,
    "GET /people/{participant_id}/openings/{opening_id}/settle": A.SETTLE_RULES,
    "POST /people/{participant_id}/openings/{opening_id}/settle": A.SETTLE_RULES,
    "GET /people/{participant_id}/together": A.SETTLE_RULES,
    "POST /people/{participant_id}/together": A.SETTLE_RULES,
    "GET /hosts/{host_id}/limits": A.EDIT_CATALOG,
    "POST /hosts/{host_id}/limits": A.EDIT_CATALOG,
    "GET /api/v1/rules": A.SETTLE_RULES,
    "POST /api/v1/rules": A.SETTLE_RULES,
    "POST /api/v1/rules/{rule_id}/undo": A.SETTLE_RULES,
    "GET /api/v1/bonds": A.SETTLE_RULES,
    "POST /api/v1/bonds": A.SETTLE_RULES,
    "POST /api/v1/bonds/{bond_id}/undo": A.SETTLE_RULES,
    "GET /api/v1/matching": A.SEE_RUNS,
    "POST /api/v1/matching": A.RUN_MATCHING,
    "GET /api/v1/matching/jobs/{job_id}": A.RUN_MATCHING,
    "GET /api/v1/matching/{run_id}": A.SEE_RUNS,
    "GET /api/v1/matching/{run_id}/proposals": A.SEE_RUNS,
    "POST /api/v1/matching/{run_id}/proposals/{proposal_id}": A.DECIDE_PROPOSAL,
}
"""Every other address, with what the role must be allowed to do; None: whoever is signed in."""
FOR_SOME: Final = frozenset(
    {
        "GET /matching/{run_id}/{name}.json",  # for who may open everybody in the run
        "GET /matching/{run_id}/imagined",  # the same
        "GET /matching/helpers/new",  # a lead agency writes its own cases, volunteers are none
        "POST /matching/helpers/new",
        "GET /api/v1/matching/jobs/{job_id}",  # there is no job
        "POST /people/{participant_id}/records/holds/{hold_id}/lift",  # there is no hold
        "POST /emergency/{access_id}/end",  # nothing was opened
        "POST /people/{participant_id}/watch",  # of who may only read, the office that watches
        "GET /matching/{run_id}/crowded/{participant_id}",  # this person was not crowded out
    }
)
"""Where a role that is allowed may still find nothing."""
OFFICE: Final = "ためしの課"
EVENT: Final = AuditEvent("set_up", "system", "city", "c", datetime(2026, 11, 12, tzinfo=UTC))
ROLES: Final = [role for role in Role if role is not Role.SYSTEM]
REFUSED: Final = frozenset({401, 403, 404})


def addresses(app: FastAPI) -> list[str]:
    """Return every address that the application answers, as `GET /places`."""
    return [
        f"{method} {route.path}"
        for route in iter_route_contexts(app.routes)
        for method in sorted(route.methods or ())
    ]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    """Build the application on the sample city, with a run."""
    app = create_app(sample_office(tmp_path_factory.mktemp("rights")), Clock())
    wiring = app.state.wiring
    runner = Actor("system", "", Role.SYSTEM, wiring.city.code)
    start_matching(runner, wiring.stores, wiring.clock, freeze, "0")
    return app


@pytest.fixture(scope="module")
def known(app: FastAPI) -> dict[str, str]:
    """Return things to which everybody whose role allows it stands closely enough."""
    stores = app.state.wiring.stores
    everyone = scope_of_everyone(app.state.wiring.city.code)
    run = stores.runs.latest_run(everyone)
    proposal = stores.runs.proposals(everyone, run.id)[0]
    person = stores.cases.participant(everyone, proposal.participant_id)
    staff = frozenset(f"sample-{role}-{len(OFFICE)}-{OFFICE}" for role in ROLES)
    stores.cases.save_participant(
        replace(person, office_id=OFFICE, named_staff_ids=staff, address_protected=False), EVENT
    )
    opening = stores.catalog.opening(proposal.opening_id)
    place = stores.catalog.resource(opening.resource_id)
    host = replace(stores.catalog.organisations()[opening.host_id], id=OFFICE, visibility="public")
    stores.catalog.save_organisation(host, EVENT)
    stores.catalog.save_opening(replace(opening, host_id=OFFICE, visibility="public"), EVENT)
    stores.catalog.save_resource(replace(place, visibility="public"), EVENT)
    second = stores.cases.participant(
        everyone, stores.runs.proposals(everyone, run.id)[1].participant_id
    )
    changed: dict[str, Any] = {
        "office_id": OFFICE,
        "named_staff_ids": staff,
        "address_protected": False,
    }
    stores.cases.save_participant(replace(second, **changed), EVENT)
    made: dict[str, Any] = {"reason": "ためし", "made_by": "u1", "made_at": EVENT.at}
    lock = PlacingRule(
        id="rule", kind=PlacingKind.LOCK, participant_id=person.id, opening_id=opening.id, **made
    )
    stores.rules.add_placing_rule(lock, EVENT)
    together = (person.id, second.id)
    stores.rules.add_bond(
        Bond(id="bond", kind=BondKind.SAME_SLOT, participant_ids=together, **made), EVENT
    )
    placed = Placement(
        id="placement",
        participant_id=person.id,
        opening_id=opening.id,
        host_id=OFFICE,
        begun_on=EVENT.at.date(),
    )
    app.state.wiring.placing.save_placement(placed, EVENT)
    app.state.wiring.following.save_follow_up(a_talk(placed, "talk"), EVENT)
    offer_help(stores, person.id, opening.id)
    heard = Reception(id="reception", received_on=EVENT.at.date(), office_id=OFFICE)
    app.state.wiring.intake.save_reception(heard, EVENT)
    asked = Enquiry(
        id="enquiry", code="K7M2PX", participant_id=person.id, opening_id=opening.id,
        host_id=OFFICE, state=EnquiryState.SENT, how="phone", sent_on=EVENT.at.date(),
    )  # fmt: skip
    app.state.wiring.placing.save_enquiry(asked, EVENT)
    went = Visit(id="visit", participant_id=person.id, planned_on=EVENT.at.date())
    app.state.wiring.visits.save_visit(went, EVENT)
    passed = Referral(
        id="referral", reception_id="reception", from_office_id=OFFICE, to_office_id="elsewhere",
        asked_on=EVENT.at.date(),
    )  # fmt: skip
    app.state.wiring.referrals.save_referral(passed, EVENT)
    coordinator = Actor(
        "sample-mizuno", "", Role.COORDINATOR, app.state.wiring.city.code, CITY_OFFICE
    )
    assert stores.cases.participant(PeopleScope(coordinator), person.id) is not None
    return {
        "participant_id": person.id,
        "person_id": person.id,
        "opening_id": opening.id,
        "place_id": opening.resource_id,
        "proposal_id": proposal.id,
        "run_id": run.id,
        "name": "result",
        "job_id": "nowhere",
        "user_id": "sample-kansa",
        "session_id": "nowhere",
        "passkey_id": "nowhere",
        "access_id": "nowhere",
        "placement_id": "placement",
        "talk_id": "talk",
        "rule_id": "rule",
        "reception_id": "reception",
        "referral_id": "referral",
        "visit_id": "visit",
        "hold_id": "hold",
        "enquiry_id": "enquiry",
        "bond_id": "bond",
        "host_id": OFFICE,
        **planned_meeting(app),
        "helper_id": "helper",
        "helper_proposal_id": "helper-proposal",
    }


def planned_meeting(app: FastAPI) -> dict[str, str]:
    """Plan a sitting without people, with a matter on its agenda."""
    store = app.state.wiring.meetings
    name = "包括的支援体制検討会議"
    sitting = Meeting(id="meeting", kind="steering", name=name, starts_at=EVENT.at)
    store.save_meeting(sitting, EVENT)
    matter = AgendaItem(id="item", meeting_id=sitting.id, number=1, title="枠の数")
    store.save_agenda_item(matter, EVENT)
    return {"meeting_id": sitting.id, "item_id": matter.id}


def offer_help(stores: Stores, participant_id: str, opening_id: str) -> None:
    """Let a person offer to help, with a proposal of a matching."""
    stores.helping.save_helper(
        Helper(id="helper", name="支え手", participant_id=participant_id), EVENT
    )
    run = HelperRun(
        id="helper-run",
        on=EVENT.at.date(),
        started_by="u1",
        started_at=EVENT.at,
        finished_at=EVENT.at,
        policy_version="1",
        code_version="0",
        certified=True,
        rounds=(),
    )
    proposal = Proposal(
        id="helper-proposal",
        run_id=run.id,
        participant_id="helper",
        opening_id=opening_id,
        score=0.5,
        parts=(),
        word="fair",
    )
    stores.helping.add_helper_run(run, [proposal], EVENT)


@pytest.fixture(scope="module")
def browser(app: FastAPI) -> Iterator[TestClient]:
    """Return a browser without scripts."""
    with TestClient(app, follow_redirects=False, raise_server_exceptions=False) as opened:
        yield opened


def test_every_address_is_in_the_table(app: FastAPI) -> None:
    """A new route cannot be forgotten; the interface is in the count of its own description."""
    found = addresses(app)
    assert len(set(found)) == len(found)
    assert set(found) == PUBLIC | BY_SECRET | ROUTES.keys()
    described = {
        f"{method.upper()} {path}"
        for path, operations in app.openapi()["paths"].items()
        for method in operations
    }
    interface = {each for each in ROUTES if " /api/v1/" in each}
    assert described == interface
    pages = [each for each in found if " /api/" not in each]
    assert len(found) == len(pages) + len(described) + 3  # docs, and the description twice


def test_public_addresses_ask_for_nobody(browser: TestClient) -> None:
    """None of them leads to the sign-in or refuses whoever has not signed in."""
    browser.cookies.clear()
    for address in sorted(PUBLIC - SENT):
        method, path = address.split(" ")
        assert browser.request(method, path).status_code == 200, address
    assert browser.get("/static/favicon.svg").status_code == 200


def test_without_the_secret_nothing_is_told(browser: TestClient) -> None:
    """Half a sign-in begins anew, and every link that does not count is answered alike."""
    browser.cookies.clear()
    token = form_token(browser)
    answers = {
        address: call(browser, address, {"secret": "nowhere"}, token) for address in BY_SECRET
    }
    assert {answer for name, answer in answers.items() if "/sign-in" in name} == {(303, "/sign-in")}
    assert {answer for name, answer in answers.items() if "/invitation" in name} == {(404, "")}


def test_nobody_gets_in_without_signing_in(browser: TestClient, known: dict[str, str]) -> None:
    """Pages lead to the sign-in, the interface says 401, a change is refused in any case."""
    browser.cookies.clear()
    token = form_token(browser)
    for address in ROUTES:
        answer = call(browser, address, known, token)
        if " /api/" in address:
            assert answer == (401, ""), address
        else:
            assert answer[0] == 303, address
            assert answer[1].startswith("/sign-in"), address


@pytest.mark.parametrize("role", ROLES)
def test_each_role_gets_where_the_table_says(
    app: FastAPI, browser: TestClient, known: dict[str, str], role: Role
) -> None:
    """And nowhere else: whoever may not is told so, or that there is no such page."""
    as_role(app, browser, role, OFFICE)
    token = token_of(browser)
    for address, action in ROUTES.items():
        status, goal = call(browser, address, known, token)
        is_allowed = action is None or is_ever_allowed(role, action)
        assert not goal.startswith("/sign-in"), address
        if not is_allowed:
            assert status in REFUSED - {401}, f"{role} {address} {status}"
        elif address not in FOR_SOME:
            assert status not in REFUSED, f"{role} {address} {status}"
        assert status < 500, f"{role} {address} {status}"


def token_of(browser: TestClient) -> str:
    """Return the token of the session."""
    token: str = browser.get("/api/v1/session").json()["form_token"]
    return token


def call(browser: TestClient, address: str, known: dict[str, str], token: str) -> tuple[int, str]:
    """Ask at an address with the things that are known, sending next to nothing."""
    method, pattern = address.split(" ")
    path = re.sub(r"{(\w+)}", lambda name: known[name[1]], pattern)
    if pattern == "/openings/new":
        path += f"?place={known['place_id']}"
    headers = {"X-Form-Token": token}
    if " /api/" in address and method != "GET":
        answer = browser.request(method, path, json={}, headers=headers)
    elif method != "GET":
        # What is undone was never done, and nobody is called so.
        fields = {"form_token": token, "decision": "undo", "words": "だれでもない"}
        answer = browser.request(method, path, data=fields, headers=headers)
    else:
        answer = browser.get(path)
    return answer.status_code, answer.headers.get("location", "")
