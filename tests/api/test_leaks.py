"""Nobody but the named staff meets a protected person: on no page, in no answer, on no terminal.

One of the sample city's people has a protected address and is a case of 水野. All that any other
role can open is opened here, with everything that the database has to fill an address with, and
searched for this person. What 水野 sees proves that the search would find them.
"""

from __future__ import annotations

import hashlib
import html
import itertools
import logging
import re
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any, Final

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from httpx2 import Response
from sqlalchemy import true
from starlette.testclient import TestClient

from api import cli
from api.app import create_app
from api.deciding import take_decision
from api.invitations import make_link
from api.pages.matching.contexts import TABS
from api.second_factors import begin_enrolment
from api.wiring import Wiring
from cases.actions.helping import save_helper, start_helping
from cases.actions.keeping import hold
from cases.actions.matching import start_matching
from cases.actions.settling import bind, settle_placing
from cases.bond import BondKind
from cases.helper import Helper
from cases.intake.reception import Reception
from cases.intake.referral import Referral
from cases.meetings.meeting import AgendaItem, Attendance, Decided, Meeting
from cases.outreach import Visit, VisitState
from cases.participant import Participant
from cases.permissions import scope_of_everyone
from cases.placing.enquiry import Enquiry, EnquiryState
from cases.placing.placement import Placement
from cases.placing_rule import PlacingKind
from cases.proposal import Decision, Proposal
from catalog.actor import Actor, Role
from catalog.audit import AuditEvent
from catalog.ids import new_id
from catalog.opening import Opening
from catalog.organisation import Organisation
from catalog.resource import Resource
from catalog.schedule import Band
from db.meetings import SqlMeetingStore
from db.sample.accounts import CITY_OFFICE, LEAD, MEMBER, SAMPLE_ACCOUNTS, account_id
from exchange.frozen_runs import freeze
from tests.api.conftest import as_role, enter, form_token
from tests.api.homes import living_in
from tests.api.leak_table import leak_table
from tests.office import PASSWORD, Clock
from tests.sample_office import small_office
from tests.talks import a_talk

QUERIES: Final[Mapping[str, tuple[str, ...]]] = {
    "/people": ("", "?show=mine", "?show=all&page=2"),
    "/people/new": ("", "?reception={reception_id}"),
    "/intake/new": ("", "?referral={referral_id}"),
    "/people/{participant_id}/openings": ("", "?show=all"),
    "/people/{participant_id}/openings/sheet": ("", "?place={opening_id}"),
    "/people/{participant_id}/what-if": ("", "?slot=0-0&way=fetched&more={opening_id}"),
    "/openings/{opening_id}/people": ("", "?show=all"),
    "/openings/new": ("?place={place_id}",),
    "/places": ("", "?q={name}", "?q={case_no}", "?district=南台"),
    "/matching/compare": ("", "?before={before}&after={after}"),
    "/matching/{run_id}": tuple(f"?tab={tab}" for tab in TABS),
    "/api/v1/people": ("", "?q={name}", "?limit=500"),
    "/api/v1/places": ("", "?q={name}"),
}
"""What is asked at an address beside the address itself."""
TABLES: Final = "SELECT name FROM sqlite_master WHERE type = 'table'"
PLANTED: Final = AuditEvent(
    "participant_changed", "system", "participant", "p", datetime(2026, 11, 12, tzinfo=UTC)
)
TYPED: Final = {"name": "name", "case_no": "number"}
"""A search shows what was typed again; that mark says nothing there."""
OWN_WORDS: Final = "紫陽花の鉢を七つ育てたい"
NOTE: Final = "薄墨色の手帳を預かる"
BOND_REASON: Final = "蜜柑の木の下での約束"
PLACING_REASON: Final = "白樺の小径で聞いた事情"
HOLD_REASON: Final = "水晶の文鎮を預けた件"
IN_ROOM: Final = ("茜色の戸の家", "瑠璃の鍵を預かる話", "琥珀の灯を見に行く")
VISITED: Final = "縹色の戸口で聞いた返事"
PASSED_ON: Final = "鶯色の封筒を届ける件"
ASKED: Final = "萌黄色の暖簾の先の話"
HEARD: Final = "菫色の傘を差した日の話"
HELPER: Final = "薄荷谷 操"
HELPER_WORDS: Final = "竹とんぼを削るのが得意"
SECLUDED: Final = ("霧笛の手しごと", "桐の間の離れ", "月見坂を守る会")
"""Words that stand nowhere else: each is planted where a secret of the table is kept."""
SAMPLE_LOGINS: Final = ("hara", "oka", "tsutsumi", "tani", "ogawa", "kansa", "kanri")
OWN: Final = frozenset({"factor"})
"""What a page shows to the one whose account it is."""
NOBODY: Final = "nobody who has signed in"
WALKED_COMMANDS: Final = (
    ["match"],
    ["match", "--json"],
    ["match", "--district", "南台"],
    ["match", "--helpers"],
    ["match", "--helpers", "--json"],
    ["rank", "--opening", "{opening}", "--top", "100"],
    ["rank", "--opening", "{opening}", "--json"],
    ["export", "towns", "{out}"],
    ["doctor"],
    ["doctor", "--json"],
    ["backup", "{out}.backup"],
    ["user", "list"],
    ["user", "sessions", "mizuno"],
    ["audit", "show"],
    ["audit", "verify"],
    ["audit", "anchor", "{out}.ends"],
    ["migrate"],
    ["policy", "preview", "{draft}"],
    ["policy", "preview", "{draft}", "--json"],
)
MADE_ROLES: Final = (Role.HOST,)


@dataclass(frozen=True, slots=True)
class Office:
    """The application on the sample city after two runs, and what its addresses can name.

    `marks` give a secret away, each as it would stand in a text without spaces.
    """

    app: FastAPI
    hidden: Participant
    proposal: Proposal
    known: Mapping[str, tuple[str, ...]]
    fillings: Mapping[str, str]
    marks: Mapping[str, tuple[str, ...]]

    def found_in(self, text: str) -> set[str]:
        """Return which secrets a text tells."""
        shown = flat(readable(text))
        return {what for what, marks in self.marks.items() if any(m in shown for m in marks)}


def marks_of(
    hidden: Participant, proposal: Proposal, wiring: Wiring, secluded: Secluded
) -> dict[str, list[str]]:
    """Return what is planted for each secret of the table."""
    users = {each.login: each for each in wiring.users.users()}
    user, desk, now = users["mizuno"], wiring.desk, wiring.clock()
    factor = begin_enrolment(desk.factors, user.id, now)
    link = make_link(desk.one_time, users["kansa"], users["kanri"].id, desk.rules, now)
    keys = wiring.settings.key_file.read_text(encoding="utf-8")
    with TestClient(create_app(wiring.settings, Clock()), follow_redirects=False) as signed_in:
        assert enter(signed_in) == 303
        session = next(iter(signed_in.cookies.values()))
    return {
        "name": [hidden.name],
        "reading": [hidden.name_kana],
        "number": [hidden.case_no],
        "id": [hidden.id],
        "address": [hidden.address],
        "telephone": [hidden.phone],
        "proposal": [proposal.id],
        "own_words": [OWN_WORDS],
        "note": [NOTE],
        "bond_reason": [BOND_REASON],
        "placing_reason": [PLACING_REASON],
        "hold_reason": [HOLD_REASON],
        "room": list(IN_ROOM),
        "asked": [ASKED],
        "heard": [HEARD],
        "passed_on": [PASSED_ON],
        "visited": [VISITED],
        "helper": [HELPER, HELPER_WORDS],
        "secluded": secluded.marks,
        "session": [session],
        "password": [user.password_hash],
        "factor": [factor.secret],
        "invitation": [link.path.rpartition("/")[2]],
        "key": re.findall(r"[A-Za-z0-9+/_-]{32,}", keys),
    }


def readable(text: str) -> str:
    r"""Return a text with what HTML and JSON hide: &#26376; and \u6708."""
    plain = re.sub(r"\\u([0-9a-fA-F]{4})", lambda code: chr(int(code[1], 16)), text)
    return html.unescape(plain)


def flat(text: str) -> str:
    """Return a text without spaces and line breaks."""
    return "".join(text.split())


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """Match everyone, go forward with the protected person, match again."""
    app = create_app(small_office(tmp_path_factory.mktemp("leaks")), Clock())
    wiring: Wiring = app.state.wiring
    everyone, stores = scope_of_everyone(wiring.city.code), wiring.stores
    everybody = stores.cases.participants(everyone)
    (hidden,) = (person for person in everybody if person.address_protected)
    hidden = replace(hidden, own_words=OWN_WORDS, note=NOTE)
    stores.cases.save_participant(hidden, PLANTED)
    assert hidden.coordinator_id == account_id("mizuno")
    mizuno = Actor(account_id("mizuno"), "水野", Role.COORDINATOR, wiring.city.code, CITY_OFFICE)
    first = start_matching(mizuno, stores, wiring.clock, freeze, "0").run
    (proposal,) = (
        each
        for each in stores.runs.proposals(everyone, first.id)
        if each.participant_id == hidden.id
    )
    led = next(each for each in everybody if each.office_id == LEAD and not each.address_protected)
    led = replace(led, member_office_ids=led.member_office_ids | {MEMBER})
    stores.cases.save_participant(led, PLANTED)
    assert take_decision(wiring, mizuno, proposal.id, Decision.ADVANCE) == ""
    settle_for(hidden, mizuno, wiring, proposal.opening_id)
    last = start_matching(mizuno, stores, wiring.clock, freeze, "0").run
    others = list(stores.runs.proposals(everyone, last.id))
    beside = [e for e in others if e.opening_id == proposal.opening_id] or others
    crowded = [each.participant_id for each in last.unplaced if each.reason == "crowded_out"]
    opening = stores.catalog.opening(proposal.opening_id)
    assert opening is not None
    held = hold(mizuno, stores.cases, wiring.records, hidden.id, wiring.clock, reason=HOLD_REASON)
    heard = Reception(
        id=new_id(), received_on=date(2026, 10, 1), office_id=CITY_OFFICE, heard=HEARD,
        whom_to_ask=HEARD, participant_id=hidden.id,
    )  # fmt: skip
    wiring.intake.save_reception(heard, PLANTED)
    went = Visit(
        id=new_id(), participant_id=hidden.id, planned_on=date(2026, 10, 3),
        state=VisitState.DONE, done_on=date(2026, 10, 3), result="refused", words=VISITED,
    )  # fmt: skip
    wiring.visits.save_visit(went, PLANTED)
    passed = Referral(
        id=new_id(), participant_id=hidden.id, reception_id=heard.id, from_office_id=CITY_OFFICE,
        to_office_id=LEAD, asked_on=date(2026, 10, 2), why=PASSED_ON,
    )  # fmt: skip
    wiring.referrals.save_referral(passed, PLANTED)
    asked = Enquiry(
        id=new_id(), code="K7M2PX", participant_id=hidden.id, opening_id=opening.id,
        host_id=opening.host_id, state=EnquiryState.SENT, how="phone",
        sent_on=date(2026, 11, 4), answer_by_on=date(2026, 11, 11), person_answer="hesitates",
        text=ASKED, person_words=ASKED, host_words=ASKED,
    )  # fmt: skip
    wiring.placing.save_enquiry(asked, PLANTED)
    people = (hidden.id, beside[0].participant_id, crowded[0], led.id)
    for id_ in people:
        place(id_, opening, wiring)
    helping = helping_of((hidden, led), mizuno, wiring)
    secluded = seclude(helping.pop("helped_opening_id"), proposal.opening_id, wiring)
    return Office(
        app=app,
        hidden=hidden,
        proposal=proposal,
        known={
            "participant_id": people,
            "person_id": people,
            "opening_id": (proposal.opening_id, secluded.opening.id),
            "place_id": (opening.resource_id, secluded.place.id),
            "run_id": (first.id, last.id),
            "proposal_id": (proposal.id, beside[0].id),
            "name": ("problem", "result"),
            "job_id": ("nowhere",),
            "user_id": (account_id("mizuno"),),
            "session_id": ("nowhere",),
            "passkey_id": ("nowhere",),
            "secret": ("nowhere",),
            "host_id": (opening.host_id, secluded.host.id),
            "hold_id": (held.id,),
            "enquiry_id": (asked.id,),
            "placement_id": tuple(f"placed-{id_}" for id_ in people),
            "talk_id": tuple(f"talk-{id_}" for id_ in people),
            **room_of(hidden, mizuno, wiring),
            "reception_id": (heard.id,),
            "referral_id": (passed.id,),
            "visit_id": (went.id,),
            **helping,
        },
        fillings={
            "place_id": opening.resource_id,
            "opening_id": proposal.opening_id,
            "before": first.id,
            "after": last.id,
            "name": hidden.name,
            "case_no": hidden.case_no,
            "reception_id": heard.id,
            "referral_id": passed.id,
        },
        marks={
            what: tuple(map(flat, marks))
            for what, marks in marks_of(hidden, proposal, wiring, secluded).items()
        },
    )


def place(participant_id: str, opening: Opening, wiring: Wiring) -> None:
    """Let a person have begun at an opening some days ago, so that both sides are to be asked."""
    placed = Placement(
        id=f"placed-{participant_id}",
        participant_id=participant_id,
        opening_id=opening.id,
        host_id=opening.host_id,
        begun_on=date(2026, 11, 1),
    )
    event = AuditEvent("set_up", "system", "city", "c", wiring.clock())
    wiring.placing.save_placement(placed, event)
    wiring.following.save_follow_up(a_talk(placed, f"talk-{participant_id}"), event)


def helping_of(
    people: tuple[Participant, Participant], actor: Actor, wiring: Wiring
) -> dict[str, Any]:
    """Let two people offer to help whenever they can, match helpers, and name what there is."""
    week = frozenset((day, band) for day in range(7) for band in Band)
    first, second = (
        Helper(
            id=new_id(),
            name=name,
            strengths=HELPER_WORDS if name == HELPER else "",
            participant_id=person.id,
            available=week,
            modes=("walk", "car"),
            travel_limit_minutes=60,
            agreed_on=date(2026, 11, 1),
        )
        for name, person in zip((HELPER, "支え手"), people, strict=True)
    )
    for helper in (first, second):
        save_helper(actor, wiring.stores, helper, wiring.clock)
    matched = start_helping(actor, wiring.stores, wiring.clock, freeze, "0")
    made = {each.participant_id: each for each in matched.proposals}
    other = next(each for id_, each in made.items() if id_ not in (first.id, second.id))
    return {
        "helper_id": (first.id, second.id, other.participant_id),
        "helper_proposal_id": (made[first.id].id, made[second.id].id, other.id),
        "helped_opening_id": made[second.id].opening_id,
    }


def room_of(person: Participant, actor: Actor, wiring: Wiring) -> dict[str, tuple[str, ...]]:
    """Talk of a person in a 支援会議, of whose item the actor alone is a member."""
    at, meetings = wiring.clock(), wiring.meetings
    sitting = Meeting(
        id=new_id(), kind="confidential", name="支援会議", starts_at=at, confidential=True,
        called_by=actor.user_id,
    )  # fmt: skip
    title, notes, what = IN_ROOM
    item = AgendaItem(
        id=new_id(), meeting_id=sitting.id, number=1, participant_id=person.id, title=title,
        members=(Attendance(actor.office_id or "", actor.user_id),), notes=notes,
        decisions=(Decided("水野", what),), confidential=True,
    )  # fmt: skip
    meetings.save_meeting(sitting, PLANTED)
    meetings.save_agenda_item(item, PLANTED)
    return {"meeting_id": (sitting.id,), "item_id": (item.id,)}


@dataclass(frozen=True, slots=True)
class Secluded:
    """What only the city's own staff may know of: an opening, the place and the host of it."""

    opening: Opening
    place: Resource
    host: Organisation

    @property
    def marks(self) -> list[str]:
        """What gives one of them away."""
        parts = (self.opening, self.place, self.host)
        return [each.name for each in parts] + [each.id for each in parts]


def seclude(opening_id: str, but_not: str, wiring: Wiring) -> Secluded:
    """Hide an opening with its place and its host after it was proposed, under names of their own.

    Whoever leads or takes part in a case had it in a list before, and may name it in a need.
    """
    catalog = wiring.catalog
    opening = catalog.opening(opening_id)
    assert opening is not None
    assert opening_id != but_not
    place, host = catalog.resources()[opening.resource_id], catalog.organisations()[opening.host_id]
    names = iter(SECLUDED)
    secluded = Secluded(
        replace(opening, name=next(names), visibility="office"),
        replace(place, name=next(names), visibility="office"),
        replace(host, name=next(names), visibility="office"),
    )
    catalog.save_opening(secluded.opening, PLANTED)
    catalog.save_resource(secluded.place, PLANTED)
    catalog.save_organisation(secluded.host, PLANTED)
    return secluded


def settle_for(hidden: Participant, actor: Actor, wiring: Wiring, opening_id: str) -> None:
    """Settle something about the person alone, and about them with somebody whom all may open."""
    stores, clock = wiring.stores, wiring.clock
    settle_placing(
        actor,
        stores,
        clock,
        PlacingKind.LOCK,
        hidden.id,
        reason=PLACING_REASON,
        opening_id=opening_id,
    )
    everybody = stores.cases.participants(scope_of_everyone(wiring.city.code))
    other = next(each for each in everybody if each.id != hidden.id)
    apart = BondKind.APART_HOST
    bind(actor, stores, clock, apart, [hidden.id, other.id], reason=BOND_REASON)


@pytest.fixture(scope="module")
def browser(office: Office) -> Iterator[TestClient]:
    """Return a browser without scripts."""
    with TestClient(office.app, follow_redirects=False) as opened:
        yield opened


def routes(app: FastAPI) -> Iterator[tuple[str, str]]:
    """Return the method and the pattern of every route."""
    for route in iter_route_contexts(app.routes):
        for method in sorted(route.methods or ()):
            yield method, str(route.path)


def addresses(office: Office) -> Iterator[tuple[str, str]]:
    """Return every surface that can be looked at, with its address for everything there is."""
    for pattern in (each for method, each in routes(office.app) if method == "GET"):
        for named in fillings_of(re.findall(r"{(\w+)}", pattern), office.known):
            path = pattern.format(**named)
            for query in QUERIES.get(pattern, ("",)):
                yield f"GET {pattern}", path + query.format(**office.fillings)


def fillings_of(names: list[str], known: Mapping[str, tuple[str, ...]]) -> Iterator[dict[str, str]]:
    """Return what an address can name: with the protected person everything, with others once.

    The first of each is the protected person, or what is theirs.
    """
    first = {name: known[name][0] for name in names}
    for values in itertools.product(*(known[name] for name in names)):
        named = dict(zip(names, values, strict=True))
        differing = [name for name in names if named[name] != first[name]]
        if len(differing) < 2 or not {"participant_id", "person_id"} & {*differing}:
            yield named


def telling_headers(answer: Response) -> list[str]:
    """Return the headers, without the address that was asked for and comes back to who asked."""
    headers = answer.headers.items()
    return [value for _, value in headers if not value.startswith("/sign-in?next=")]


def look_everywhere(
    office: Office, browser: TestClient, *who: str
) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """Look at every address, in the body and in the headers.

    Returns
    -------
    tuple
        The secrets that are told at each address; those among them that the table does not grant.
    """
    found, leaked = {}, {}
    for surface, address in addresses(office):
        answer = browser.get(address)
        assert answer.status_code < 500, address
        told = "\n".join([answer.text, *telling_headers(answer)])
        typed = {each for each in ("name", "case_no") if office.fillings[each] in address}
        found[address] = office.found_in(told) - {TYPED[each] for each in typed}
        leaked[address] = found[address] - leak_table().granted(surface, *who)
    return found, {address: secrets for address, secrets in leaked.items() if secrets}


def test_the_marks_are_of_nobody_else(office: Office) -> None:
    """Else what is found could be somebody whom one may see."""
    wiring: Wiring = office.app.state.wiring
    for person in wiring.stores.cases.participants(scope_of_everyone(wiring.city.code)):
        if person.id != office.hidden.id:
            text = " ".join([person.name, person.name_kana, person.case_no, person.address])
            assert office.found_in(text) == set()


def content_of(office: Office) -> dict[str, str]:
    """Return a digest of each table, but of what looking leaves: the trace, and when it was."""
    path = office.app.state.wiring.settings.home / "cases.sqlite3"
    with closing(sqlite3.connect(path)) as database:
        names = [name for (name,) in database.execute(TABLES) if not name.startswith("audit")]
        return {
            name: hashlib.sha256(
                repr(sorted(map(repr, rows_of(database, name)))).encode()
            ).hexdigest()
            for name in names
        }


def rows_of(database: sqlite3.Connection, table: str) -> list[dict[str, object]]:
    """Return the rows of a table, of sessions without the time of the last request."""
    cursor = database.execute(f'SELECT * FROM "{table}"')
    columns = [name for name, *_ in cursor.description]
    rows = [dict(zip(columns, row, strict=True)) for row in cursor]
    for row in rows:
        row.pop("last_seen_at", None)
    return rows


def test_every_secret_of_the_table_is_planted(office: Office) -> None:
    """Else nothing would be found where it is told."""
    assert office.marks.keys() == leak_table().secrets
    assert all(marks and all(marks) for marks in office.marks.values())


def test_the_named_coordinator_finds_the_person(office: Office, browser: TestClient) -> None:
    """The addresses lead to the person, and the search knows each secret when it sees it.

    What the table grants beyond what is there would be a hole that nobody notices.
    """
    browser.cookies.clear()
    assert enter(browser) == 303
    before = content_of(office)
    found, leaked = look_everywhere(office, browser, "named", "self")
    assert leaked == {}
    assert content_of(office) == before
    token = browser.get("/api/v1/session").json()["form_token"]
    asked = f"/people/{office.hidden.id}/address"
    shown = office.found_in(browser.post(asked, data={"form_token": token}).text)
    assert {"address", "telephone"} <= shown
    assert shown <= leak_table().granted("POST /people/{participant_id}/address", "named")
    assert shown.union(*found.values()) - OWN == leak_table().granted_to("named")
    run = office.known["run_id"][0]
    marks_at = {
        "/people?show=all&page=2": {"name"},
        f"/people/{office.hidden.id}": {"name", "reading", "number", "id"},
        f"/people/{office.hidden.id}/openings": {"name", "id", "proposal"},
        f"/matching/{run}?tab={next(iter(TABS))}": {"name", "id", "proposal"},
        f"/matching/{run}/problem.json": {"id"},
        "/matching/helpers": {"helper", "id"},
        f"/matching/helpers/{office.known['helper_id'][0]}/edit": {"name", "id"},
        "/api/v1/people": {"name", "number", "id"},
        "/matching/rules": {"name", "id"},
        "/api/v1/rules": {"placing_reason", "id"},
        "/api/v1/bonds": {"bond_reason", "id"},
        f"/api/v1/matching/{run}": {"number"},
        f"/api/v1/matching/{run}/proposals": {"id", "proposal"},
    }
    for address, marks in marks_at.items():
        assert marks <= found[address], address


def test_signing_in_tells_the_secret_to_its_owner_alone(
    office: Office, browser: TestClient
) -> None:
    """It is in the header of that one answer, and in no other answer, not even their own."""
    browser.cookies.clear()
    token = form_token(browser)
    fields = {"form_token": token, "login": "mizuno", "password": PASSWORD}
    answer = browser.post("/sign-in", data=fields)
    secret = next(iter(browser.cookies.values()))
    assert secret in answer.headers["set-cookie"]
    assert "session" in leak_table().granted("POST /sign-in", "self")
    for address in ("/", "/api/v1/session", "/people"):
        again = browser.get(address)
        assert secret not in "\n".join([again.text, *again.headers.values()])


@pytest.mark.parametrize("who", [NOBODY, *SAMPLE_LOGINS, *MADE_ROLES])
def test_nobody_else_does(
    office: Office, browser: TestClient, caplog: pytest.LogCaptureFixture, who: str
) -> None:
    """Neither on a page, nor in the interface, nor in a line of the log."""
    browser.cookies.clear()
    roles = {each.login: each.role for each in SAMPLE_ACCOUNTS}
    if who in SAMPLE_LOGINS:
        assert enter(browser, who) == 303
    elif who != NOBODY:
        as_role(office.app, browser, Role(who))
    before = content_of(office)
    with caplog.at_level(logging.DEBUG):
        found, leaked = look_everywhere(office, browser, roles.get(who, who))
    assert leaked == {}
    assert content_of(office) == before, "looking changed something"
    ours = [each.getMessage() for each in caplog.records if each.name.startswith("tsunagite")]
    assert len(ours) >= len(found)
    assert office.found_in("\n".join(ours)) == set()


def test_the_walk_is_red_without_the_filter_of_the_store(
    office: Office, browser: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the condition of the database switched off, another coordinator meets the person."""
    monkeypatch.setattr("db.cases.admitted", lambda *_: true())
    browser.cookies.clear()
    assert enter(browser, "hara") == 303
    for address, secret in (
        (f"/people/{office.hidden.id}", "note"),
        ("/api/v1/people?limit=500", "name"),
    ):
        assert secret in office.found_in(browser.get(address).text), address


def test_the_walk_is_red_without_the_membership_of_a_room(
    office: Office, browser: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With that condition of the database switched off, another coordinator reads the item."""
    item = f"/meetings/{office.known['meeting_id'][0]}/items/{office.known['item_id'][0]}"
    browser.cookies.clear()
    assert enter(browser, "hara") == 303
    assert browser.get(item).status_code == 404
    monkeypatch.setattr(SqlMeetingStore, "_is_member", lambda *_: true())
    assert office.found_in(browser.get(item).text) == {"room"}


def test_the_walk_is_red_where_a_form_offers_every_host(
    office: Office, browser: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the filter of choices switched off, a lead agency reads what is not for agencies."""
    led = office.known["participant_id"][-1]
    browser.cookies.clear()
    assert enter(browser, "tsutsumi") == 303
    page = f"/people/{led}/need"
    assert office.found_in(browser.get(page).text) == set()
    monkeypatch.setattr(
        "api.pages.people.options.seen_hosts", lambda _, catalog: catalog.organisations()
    )
    assert "secluded" in office.found_in(browser.get(page).text)


def test_to_others_the_person_is_as_one_who_never_was(office: Office, browser: TestClient) -> None:
    """Every address that names them answers as it does for a made-up id."""
    browser.cookies.clear()
    assert enter(browser, "hara") == 303
    token = browser.get("/api/v1/session").json()["form_token"]
    nobody, tried = new_id(), 0
    for method, pattern in routes(office.app):
        name = next((n for n in ("participant_id", "person_id") if n in pattern), "")
        if not name:
            continue
        values = {each: known[0] for each, known in office.known.items()}
        answers = []
        for id_ in (office.hidden.id, nobody):
            answer = browser.request(
                method,
                pattern.format(**values | {name: id_}),
                headers={"X-Form-Token": token},
                data={"decision": "undo"},
            )
            answers.append((answer.status_code, answer.text.replace(id_, "")))
        assert answers[0] == answers[1], f"{method} {pattern}"
        tried += 1
    assert tried >= 20


@pytest.mark.parametrize("mark", ["name", "name_kana", "case_no", "id"])
def test_a_search_for_the_person_finds_nobody(
    office: Office, browser: TestClient, mark: str
) -> None:
    """What was typed stands in the form again, and only there."""
    browser.cookies.clear()
    assert enter(browser, "hara") == 303
    token = browser.get("/api/v1/session").json()["form_token"]
    typed = getattr(office.hidden, mark)
    answer = browser.post("/people/search", data={"form_token": token, "words": typed})
    assert answer.status_code == 200
    assert office.found_in(answer.text.replace(typed, "")) == set()
    assert "当たる方は、あなたが開ける方の中に いません" in answer.text


def is_called(surface: str, command: list[str]) -> bool:
    """Tell whether a row of the table is about a command."""
    return f"tsunagite {' '.join(command)} ".startswith(f"{surface} ")


def test_a_terminal_does_not_know_the_person(
    office: Office, capsys: pytest.CaptureFixture[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whoever sits there is not the named staff; a number that was never given is no other."""
    folder = tmp_path_factory.mktemp("out")
    out, draft = folder / "towns.csv", folder / "draft.toml"
    draft.write_text('from = 2027-04-01\nsource = "会議"\n[weights]\ntravel = 60\n', "utf-8")
    opening = office.proposal.opening_id
    told = {}
    with living_in(office.app.state.wiring.settings.home):
        for pattern in WALKED_COMMANDS:
            command = [each.format(opening=opening, out=out, draft=draft) for each in pattern]
            assert cli.run(command) == 0, command
            printed = capsys.readouterr()
            (surface,) = (each for each in leak_table().grants if is_called(each, command))
            granted = leak_table().granted(surface, "operator")
            assert office.found_in(printed.out + printed.err) <= granted, command
        for number in (office.hidden.case_no, "T-9999"):
            assert cli.run(["rank", "--participant", number]) == 1
            printed = capsys.readouterr()
            told[number] = (printed.out + printed.err).replace(number, "")
    assert len(set(told.values())) == 1
    assert office.found_in(out.read_text("utf-8")) == set()


def test_every_account_of_the_sample_is_asked() -> None:
    """A new one cannot be forgotten; only 水野 is named."""
    assert {each.login for each in SAMPLE_ACCOUNTS} == {"mizuno", *SAMPLE_LOGINS}
    assert set(MADE_ROLES) | {each.role for each in SAMPLE_ACCOUNTS} == set(Role) - {Role.SYSTEM}
