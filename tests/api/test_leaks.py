"""Nobody but the named staff meets a protected person: on no page, in no answer, on no terminal.

One of the sample city's people has a protected address and is a case of 水野. All that any other
role can open is opened here, with everything that the database has to fill an address with, and
searched for this person. What 水野 sees proves that the search would find them.
"""

from __future__ import annotations

import html
import itertools
import logging
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.testclient import TestClient

from api import cli
from api.app import create_app
from api.deciding import take_decision
from api.pages.matching.contexts import TABS
from api.wiring import Wiring
from cases.actions.helping import save_helper, start_helping
from cases.actions.matching import start_matching
from cases.actions.settling import bind, settle_placing
from cases.bond import BondKind
from cases.helper import Helper
from cases.participant import Participant
from cases.permissions import scope_of_everyone
from cases.placing_rule import PlacingKind
from cases.proposal import Decision, Proposal
from catalog.actor import Actor, Role
from catalog.ids import new_id
from catalog.schedule import Band
from db.sample.accounts import SAMPLE_ACCOUNTS, account_id
from exchange.frozen_runs import freeze
from tests.api.conftest import as_role, enter
from tests.api.homes import living_in
from tests.office import Clock
from tests.sample_office import sample_office

QUERIES: Final[Mapping[str, tuple[str, ...]]] = {
    "/people": ("", "?show=mine", "?show=all&page=2"),
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
TYPED: Final = {"name": "name", "case_no": "number"}
"""A search shows what was typed again; that mark says nothing there."""
SAMPLE_LOGINS: Final = ("hara", "ogawa", "kansa", "kanri")
MADE_ROLES: Final = (Role.LEAD_AGENCY, Role.MEMBER_AGENCY, Role.HOST)


@dataclass(frozen=True, slots=True)
class Office:
    """The application on the sample city after two runs, and what its addresses can name."""

    app: FastAPI
    hidden: Participant
    proposal: Proposal
    known: Mapping[str, tuple[str, ...]]
    fillings: Mapping[str, str]

    @property
    def marks(self) -> dict[str, str]:
        """Return what gives the person away, each as it would stand in a text without spaces."""
        who = self.hidden
        found = {
            "name": who.name,
            "reading": who.name_kana,
            "number": who.case_no,
            "id": who.id,
            "address": who.address,
            "telephone": who.phone,
            "proposal": self.proposal.id,
        }
        return {what: flat(mark) for what, mark in found.items()}

    def found_in(self, text: str) -> set[str]:
        """Return which marks a text holds."""
        shown = flat(readable(text))
        return {what for what, mark in self.marks.items() if mark in shown}


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
    app = create_app(sample_office(tmp_path_factory.mktemp("leaks")), Clock())
    wiring: Wiring = app.state.wiring
    everyone, stores = scope_of_everyone(wiring.city.code), wiring.stores
    everybody = stores.cases.participants(everyone)
    (hidden,) = (person for person in everybody if person.address_protected)
    assert hidden.coordinator_id == account_id("mizuno")
    mizuno = Actor(account_id("mizuno"), "水野", Role.COORDINATOR, wiring.city.code)
    first = start_matching(mizuno, stores, wiring.clock, freeze, "0").run
    (proposal,) = (
        each
        for each in stores.runs.proposals(everyone, first.id)
        if each.participant_id == hidden.id
    )
    assert take_decision(wiring, mizuno, proposal.id, Decision.ADVANCE) == ""
    settle_for(hidden, mizuno, wiring, proposal.opening_id)
    last = start_matching(mizuno, stores, wiring.clock, freeze, "0").run
    others = list(stores.runs.proposals(everyone, last.id))
    beside = [e for e in others if e.opening_id == proposal.opening_id] or others
    crowded = [each.participant_id for each in last.unplaced if each.reason == "crowded_out"]
    opening = stores.catalog.opening(proposal.opening_id)
    assert opening is not None
    people = (hidden.id, beside[0].participant_id, *crowded[:1])
    return Office(
        app=app,
        hidden=hidden,
        proposal=proposal,
        known={
            "participant_id": people,
            "person_id": people,
            "opening_id": (proposal.opening_id, others[-1].opening_id),
            "place_id": (opening.resource_id,),
            "run_id": (first.id, last.id),
            "proposal_id": (proposal.id, beside[0].id),
            "name": ("problem", "result"),
            "job_id": ("nowhere",),
            "host_id": (opening.host_id,),
            **helping_of(hidden, mizuno, wiring),
        },
        fillings={
            "place_id": opening.resource_id,
            "opening_id": proposal.opening_id,
            "before": first.id,
            "after": last.id,
            "name": hidden.name,
            "case_no": hidden.case_no,
        },
    )


def helping_of(hidden: Participant, actor: Actor, wiring: Wiring) -> dict[str, tuple[str, ...]]:
    """Let the person offer to help whenever they can, match helpers, and name what there is."""
    week = frozenset((day, band) for day in range(7) for band in Band)
    helper = Helper(
        id=new_id(),
        name=hidden.name,
        name_kana=hidden.name_kana,
        participant_id=hidden.id,
        available=week,
        modes=("walk", "car"),
        travel_limit_minutes=60,
        agreed_on=date(2026, 11, 1),
    )
    save_helper(actor, wiring.stores, helper, wiring.clock)
    matched = start_helping(actor, wiring.stores, wiring.clock, freeze, "0")
    (own,) = (each for each in matched.proposals if each.participant_id == helper.id)
    others = [each for each in matched.proposals if each.participant_id != helper.id]
    return {
        "helper_id": (helper.id, others[0].participant_id),
        "helper_proposal_id": (own.id, others[0].id),
    }


def settle_for(hidden: Participant, actor: Actor, wiring: Wiring, opening_id: str) -> None:
    """Settle something about the person alone, and about them with somebody whom all may open."""
    stores, clock = wiring.stores, wiring.clock
    settle_placing(
        actor, stores, clock, PlacingKind.LOCK, hidden.id, reason="理由", opening_id=opening_id
    )
    everybody = stores.cases.participants(scope_of_everyone(wiring.city.code))
    other = next(each for each in everybody if each.id != hidden.id)
    apart = BondKind.APART_HOST
    bind(actor, stores, clock, apart, [hidden.id, other.id], reason=f"{hidden.name}と別に")


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


def addresses(office: Office) -> Iterator[str]:
    """Return every address that can be looked at, filled with everything there is."""
    for pattern in (each for method, each in routes(office.app) if method == "GET"):
        names = re.findall(r"{(\w+)}", pattern)
        for values in itertools.product(*(office.known[name] for name in names)):
            path = pattern.format(**dict(zip(names, values, strict=True)))
            for query in QUERIES.get(pattern, ("",)):
                yield path + query.format(**office.fillings)


def look_everywhere(office: Office, browser: TestClient) -> dict[str, set[str]]:
    """Return which marks are found at which address, in the body or in a header."""
    found = {}
    for address in addresses(office):
        answer = browser.get(address)
        assert answer.status_code < 500, address
        told = "\n".join([answer.text, *answer.headers.values()])
        typed = {each for each in ("name", "case_no") if office.fillings[each] in address}
        found[address] = office.found_in(told) - {TYPED[each] for each in typed}
    return found


def test_the_marks_are_of_nobody_else(office: Office) -> None:
    """Else what is found could be somebody whom one may see."""
    wiring: Wiring = office.app.state.wiring
    for person in wiring.stores.cases.participants(scope_of_everyone(wiring.city.code)):
        if person.id != office.hidden.id:
            text = " ".join([person.name, person.name_kana, person.case_no, person.address])
            assert office.found_in(text) == set()


def test_the_named_coordinator_finds_the_person(office: Office, browser: TestClient) -> None:
    """The addresses lead to the person, and the search knows them when it sees them."""
    browser.cookies.clear()
    assert enter(browser) == 303
    run = office.known["run_id"][0]
    marks_at = {
        "/people?show=all&page=2": {"name"},
        f"/people/{office.hidden.id}": {"name", "reading", "number", "id"},
        f"/people/{office.hidden.id}/openings": {"name", "id", "proposal"},
        f"/matching/{run}": {"name", "id", "proposal"},
        f"/matching/{run}/problem.json": {"id"},
        "/matching/helpers": {"name", "id"},
        f"/matching/helpers/{office.known['helper_id'][0]}/edit": {"name", "id"},
        "/api/v1/people": {"name", "number", "id"},
        "/matching/rules": {"name", "id"},
        "/api/v1/rules": {"id"},
        "/api/v1/bonds": {"name", "id"},
        f"/api/v1/matching/{run}": {"number"},
        f"/api/v1/matching/{run}/proposals": {"id", "proposal"},
    }
    asked = {each for address in addresses(office) for each in (address, address.split("?")[0])}
    for address, marks in marks_at.items():
        assert address in asked
        assert marks <= office.found_in(browser.get(address).text), address


@pytest.mark.parametrize("who", [*SAMPLE_LOGINS, *MADE_ROLES])
def test_nobody_else_does(
    office: Office, browser: TestClient, caplog: pytest.LogCaptureFixture, who: str
) -> None:
    """Neither on a page, nor in the interface, nor in a line of the log."""
    browser.cookies.clear()
    if who in SAMPLE_LOGINS:
        assert enter(browser, who) == 303
    else:
        as_role(office.app, browser, Role(who))
    with caplog.at_level(logging.DEBUG):
        found = look_everywhere(office, browser)
    assert {address: marks for address, marks in found.items() if marks} == {}
    ours = [each.getMessage() for each in caplog.records if each.name.startswith("tsunagite")]
    assert len(ours) >= len(found)
    assert office.found_in("\n".join(ours)) == set()


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


def test_a_terminal_does_not_know_the_person(
    office: Office, capsys: pytest.CaptureFixture[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whoever sits there is not the named staff; a number that was never given is no other."""
    out = tmp_path_factory.mktemp("out") / "towns.csv"
    opening = office.proposal.opening_id
    told = {}
    with living_in(office.app.state.wiring.settings.home):
        for command in (
            ["match"],
            ["match", "--json"],
            ["match", "--district", "南台"],
            ["match", "--helpers"],
            ["match", "--helpers", "--json"],
            ["rank", "--opening", opening, "--top", "100"],
            ["rank", "--opening", opening, "--json"],
            ["export", "towns", str(out)],
            ["doctor"],
            ["user", "list"],
        ):
            assert cli.run(command) == 0, command
            printed = capsys.readouterr()
            assert office.found_in(printed.out + printed.err) == set(), command
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
