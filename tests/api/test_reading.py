"""Whoever is shown something of anybody is in the record before they see it, on every address."""

from __future__ import annotations

import html
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.testclient import TestClient

from api import cli
from api.app import create_app
from api.wiring import Wiring
from cases.participant import Participant, ParticipantStatus
from cases.permissions import scope_of_everyone
from cases.placing.placement import Placement
from cases.reading import Reading
from cases.words.audit import Kind
from catalog.actor import Role
from catalog.audit import AuditEvent
from catalog.ids import new_id
from db import audit
from db.audit import people_of
from tests.api.conftest import as_role, enter, form_token
from tests.api.homes import living_in
from tests.office import Clock
from tests.sample_office import matched_office, sample_office
from tests.talks import a_talk

READS: Final = frozenset(Kind)
LEAST_ROUTES: Final = 25


@dataclass(frozen=True, slots=True)
class Office:
    """The application on the sample city, everybody in it, and what addresses can name."""

    app: FastAPI
    people: list[Participant]
    known: dict[str, str]

    @property
    def wiring(self) -> Wiring:
        wiring: Wiring = self.app.state.wiring
        return wiring

    def head(self) -> int:
        """Return how many events there are."""
        with self.wiring.database.reading() as connection:
            return audit.head(connection, self.wiring.city.code).number

    def events_after(self, number: int) -> list[AuditEvent]:
        """Return what was recorded since, the earliest first."""
        with self.wiring.database.reading() as connection:
            found = audit.find(connection, self.wiring.city.code, audit.Chosen())
        return [each.event for each in reversed(found) if each.number > number]

    def named_in(self, text: str) -> set[str]:
        """Return whom a text gives away, looked for in the simplest way."""
        plain = html.unescape(text)
        return {
            each.id
            for each in self.people
            if each.id in plain or each.name in plain or re.search(rf"{each.case_no}\b", plain)
        }


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """Build the application with a run, and name one of everything."""
    app = create_app(matched_office(tmp_path_factory.mktemp("reading")), Clock())
    wiring: Wiring = app.state.wiring
    everyone, stores = scope_of_everyone(wiring.city.code), wiring.stores
    run = stores.runs.latest_run(everyone)
    assert run is not None
    proposal = stores.runs.proposals(everyone, run.id)[0]
    opening = stores.catalog.opening(proposal.opening_id)
    assert opening is not None
    placed = Placement(
        id="placement",
        participant_id=proposal.participant_id,
        opening_id=opening.id,
        host_id=opening.host_id,
        begun_on=date(2026, 11, 1),
    )
    event = AuditEvent("set_up", "system", "city", "c", wiring.clock())
    wiring.placing.save_placement(placed, event)
    wiring.following.save_follow_up(a_talk(placed, "talk"), event)
    known: dict[str, str] = {
        "participant_id": proposal.participant_id,
        "person_id": proposal.participant_id,
        "opening_id": opening.id,
        "place_id": opening.resource_id,
        "host_id": opening.host_id,
        "run_id": run.id,
        "proposal_id": proposal.id,
        "helper_id": stores.helping.helpers(everyone)[0].id,
        "placement_id": placed.id,
        "talk_id": "talk",
        "name": "result",
    }
    return Office(app, list(stores.cases.participants(everyone)), known)


@pytest.fixture(scope="module")
def browser(office: Office) -> Iterator[TestClient]:
    """Return the browser of a coordinator."""
    with TestClient(office.app, follow_redirects=False, raise_server_exceptions=False) as opened:
        assert enter(opened) == 303
        yield opened


def addresses(office: Office) -> Iterator[str]:
    """Return every address that can be looked at; what nobody knows of is made up."""
    known = defaultdict(new_id, office.known)
    for route in iter_route_contexts(office.app.routes):
        if "GET" in (route.methods or ()):
            yield re.sub(r"{(\w+)(:\w+)?}", lambda name: known[name[1]], str(route.path))


def unrecorded(office: Office, browser: TestClient) -> tuple[dict[str, set[str]], int]:
    """Return the addresses that show people of whom the record says nothing, and how many showed.

    Whom an answer tells of is looked for here once more, in all that the database knows.
    """
    missing, shown = {}, 0
    for address in addresses(office):
        before = office.head()
        answer = browser.get(address)
        if answer.status_code in (403, 404) or 300 <= answer.status_code < 400:
            continue
        told: set[str] = set()
        for each in office.events_after(before):
            told |= {each.subject_id, *people_of(each.detail)} if each.kind in READS else set()
        named = office.named_in(answer.text)
        shown += bool(named)
        if named - told:
            missing[address] = named - told
    return missing, shown


def test_no_address_shows_anybody_without_an_event(office: Office, browser: TestClient) -> None:
    """Every route is walked; a new one cannot be forgotten, for the stores tell of it."""
    missing, shown = unrecorded(office, browser)
    assert missing == {}
    assert shown >= LEAST_ROUTES


def test_the_walk_finds_what_is_not_recorded(
    office: Office, browser: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the noting switched off the test above is red."""
    monkeypatch.setattr(Reading, "shown_in", lambda *_: frozenset())
    missing, shown = unrecorded(office, browser)
    assert len(missing) == shown >= LEAST_ROUTES


def last(office: Office) -> AuditEvent:
    return office.events_after(office.head() - 1)[0]


def test_one_page_is_one_event_without_a_name(office: Office, browser: TestClient) -> None:
    """It says who looked, at which kind of page, at whom; and holds no word of the page."""
    before, id_ = office.head(), office.known["participant_id"]
    assert browser.get(f"/people/{id_}").status_code == 200
    (event,) = office.events_after(before)
    assert event.kind == Kind.SHOWN
    assert event.detail["route"] == "GET /people/{participant_id}"
    assert id_ in {event.subject_id, *people_of(event.detail)}
    (person,) = (each for each in office.people if each.id == id_)
    assert person.name not in str(event)
    assert person.case_no not in str(event)


def test_a_list_names_those_of_its_page_alone(office: Office, browser: TestClient) -> None:
    """Who stands on the second page was not shown on the first."""
    seen = []
    for page in (1, 2):
        answer = browser.get(f"/people?page={page}")
        found = set(people_of(last(office).detail))
        assert found == office.named_in(answer.text)
        seen.append(found)
    assert not seen[0] & seen[1]
    assert all(len(each) >= 20 for each in seen)


def test_a_search_is_recorded_without_its_words(office: Office, browser: TestClient) -> None:
    """Also one that finds nobody."""
    token = browser.get("/api/v1/session").json()["form_token"]
    who = office.people[0]
    for words, people in ((who.name, {who.id}), ("だれでもない名前", set())):
        browser.post("/people/search", data={"form_token": token, "words": words})
        event = last(office)
        assert event.kind == Kind.SEARCHED
        assert {event.subject_id, *people_of(event.detail)} - {""} >= people
        assert words not in str(event)


def test_prints_and_files_are_told_apart(office: Office, browser: TestClient) -> None:
    """By their route, and by the header that makes a browser keep a file."""
    id_ = office.known["participant_id"]
    assert browser.get(f"/people/{id_}/openings/sheet").status_code == 200
    assert last(office).kind == Kind.PRINTED


def test_whoever_is_kept_out_is_recorded(office: Office) -> None:
    """With the person where there is one; a made-up id may be anything, so it is not repeated."""
    (hidden,) = (each for each in office.people if each.address_protected)
    browser = TestClient(office.app, follow_redirects=False)
    assert enter(browser, "hara") == 303
    for id_, subject in ((hidden.id, hidden.id), ("山田花子", "")):
        assert browser.get(f"/people/{id_}").status_code == 404
        event = last(office)
        assert (event.kind, event.subject_id) == (Kind.REFUSED, subject)
        assert event.detail == {"route": "GET /people/{participant_id}", "status": "404"}
    as_role(office.app, browser, Role.PLANNER)
    assert browser.get("/people").status_code == 403
    assert (last(office).kind, last(office).detail["status"]) == (Kind.REFUSED, "403")


def test_a_look_by_emergency_access_says_so(office: Office) -> None:
    """Whoever reads the record finds it without comparing it with anything."""
    (hidden,) = (each for each in office.people if each.address_protected)
    browser = TestClient(office.app, follow_redirects=False)
    assert enter(browser, "hara") == 303
    fields = {
        "case_no": hidden.case_no,
        "reason": "life",
        "words": "安否を確かめるため、急ぎで開きます",
        "confirmed": "yes",
    }
    fields["form_token"] = form_token(browser, "/emergency")
    assert browser.post("/emergency", data=fields).status_code == 303
    assert browser.get(f"/people/{hidden.id}").status_code == 200
    assert last(office).detail["emergency"] == "yes"
    assert browser.get("/people").status_code == 200
    shows_them = hidden.id in {last(office).subject_id, *people_of(last(office).detail)}
    assert ("emergency" in last(office).detail) == shows_them


@pytest.mark.parametrize("failure", [OSError("disk full"), RuntimeError("any")])
def test_what_cannot_be_recorded_is_not_shown(
    office: Office, browser: TestClient, monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    """A kind page instead, that gives nothing away; the next request is answered again."""
    person = next(each for each in office.people if each.id == office.known["participant_id"])

    def fail(*_: Any) -> audit.Head:
        raise failure

    with monkeypatch.context() as broken:
        broken.setattr(audit, "append_all", fail)
        for path in (f"/people/{person.id}", "/people", "/api/v1/people"):
            answer = browser.get(path)
            assert answer.status_code == 503
            assert office.named_in(answer.text) == set()
            assert "お見せできません" in answer.text
    assert browser.get(f"/people/{person.id}").status_code == 200


def test_a_command_that_tells_of_people_is_recorded(
    tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    """Those whom it printed, under the name of the command; one that tells of nobody is not."""
    settings = sample_office(tmp_path_factory.mktemp("told"))
    wiring = Wiring(settings, Clock())
    people = list(wiring.stores.cases.participants(scope_of_everyone(wiring.city.code)))
    told = Office(create_app(settings, Clock()), people, {})
    consents = wiring.stores.cases.consents(scope_of_everyone(wiring.city.code))
    (person, *_) = (
        each
        for each in people
        if not each.address_protected
        and each.status is ParticipantStatus.WAITING
        and any(c.state == "written" for c in consents.get(each.id, ()))
    )
    with living_in(settings.home):
        before = told.head()
        assert cli.run(["doctor"]) in (0, 1)
        assert told.head() == before
        assert cli.run(["rank", "--participant", person.case_no]) == 0
        event = last(told)
        assert (event.kind, event.subject_id) == (Kind.COMMAND, person.id)
        assert event.detail == {"command": "rank"}
        assert event.actor_id == "system"
        capsys.readouterr()
        opening = wiring.stores.catalog.openings()[0].id
        assert cli.run(["rank", "--opening", opening, "--json"]) == 0
        printed = capsys.readouterr().out
        named = {each.id for each in people if f'"{each.case_no}"' in printed}
        event = last(told)
        assert {event.subject_id, *people_of(event.detail)} - {""} == named
    told.wiring.close()
    wiring.close()


def test_the_chain_is_whole_after_all_that(office: Office) -> None:
    """Readers and writers have added to it from several threads."""
    with office.wiring.database.reading() as connection:
        assert audit.verify(connection, office.wiring.city.code).number > LEAST_ROUTES
