"""The JSON interface on the sample city: the same rights as the pages, one writer of documents."""

from __future__ import annotations

import json
import re
import time
from dataclasses import replace
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.app import create_app
from api.v1 import schemas
from cases.permissions import PeopleScope, scope_of_everyone
from cases.proposal import ProposalStatus
from cases.run import best_first
from catalog.actor import Actor, Role
from catalog.audit import AuditEvent
from db import audit
from db.sample.accounts import CITY_OFFICE, account_id
from exchange.json_documents import write
from exchange.match_documents import match_document
from tests.api.conftest import as_role, enter
from tests.office import Clock
from tests.sample_office import sample_office

EVENT = AuditEvent("set_up", "system", "opening", "o", datetime(2026, 11, 12, tzinfo=UTC))
jsonschema: Any = import_module("jsonschema")  # it comes without types
SCHEMAS = Path(__file__).parents[2] / "docs" / "schemas"


@pytest.fixture
def app(tmp_path: Path, clock: Clock) -> FastAPI:
    """Build the application on the sample city."""
    return create_app(sample_office(tmp_path), clock)


class Caller:
    """Calls the interface as a program does, with the token of the session."""

    def __init__(self, client: TestClient) -> None:
        self.client = client

    def get(self, path: str, status: int = 200, **params: Any) -> Any:
        """Read something."""
        answer = self.client.get(f"/api/v1{path}", params=params)
        assert answer.status_code == status, answer.text
        return answer.json()

    def send(self, method: str, path: str, body: Any, status: int) -> Any:
        """Change something."""
        token = self.client.get("/api/v1/session").json()["form_token"]
        answer = self.client.request(
            method, f"/api/v1{path}", json=body, headers={"X-Form-Token": token}
        )
        assert answer.status_code == status, answer.text
        return answer.json()

    def post(self, path: str, body: Any, status: int = 201) -> Any:
        """Add something."""
        return self.send("POST", path, body, status)

    def put(self, path: str, body: Any, status: int = 200) -> Any:
        """Put something in the place of what is there."""
        return self.send("PUT", path, body, status)


@pytest.fixture
def api(client: TestClient) -> Caller:
    """Sign in as a coordinator."""
    assert enter(client) == 303
    return Caller(client)


def check_document(document: Any, name: str) -> None:
    """Hold a document against the schema that the product documents."""
    schema = json.loads((SCHEMAS / f"{name}.json").read_text("utf-8"))
    jsonschema.Draft202012Validator(schema).validate(document)


class TestPlaces:
    """Searching, one place, one opening."""

    def test_the_same_is_found_as_on_the_page(self, api: Caller) -> None:
        """Number, order and the numbers of the choices."""
        everything = api.get("/places")
        assert (everything["total"], everything["pages"], len(everything["places"])) == (149, 3, 50)
        found = api.get("/places", q="いす体操", district="community_welfare/西原", free=True)
        assert 0 < found["total"] < 20
        page = api.client.get("/places?q=いす体操&district=community_welfare/西原&free=yes").text
        assert f"{found['total']}か所 見つかりました" in page
        assert [page.index(each["id"]) for each in found["places"]] == sorted(
            page.index(each["id"]) for each in found["places"]
        )
        narrowed = api.get("/places", weekday=2, accommodation=["small_group", "companion"])
        for day, count in narrowed["facets"]["weekday"].items():
            asked = api.get("/places", weekday=day, accommodation=["small_group", "companion"])
            assert asked["total"] == count

    def test_a_place_and_its_openings(self, api: Caller) -> None:
        """With the next days on which they take place, and nothing that only the office knows."""
        place = api.get("/places", q="こもれび文庫")["places"][0]
        assert api.get(f"/places/{place['id']}") == place
        mending = next(each for each in place["openings"] if each["name"] == "本の補修")
        assert mending["schedule"]["recurrence"] == "0We"
        assert mending["schedule"]["next_on"][0] == "2026-11-18"
        assert mending["free"] == 1
        assert api.get(f"/openings/{mending['id']}") == mending
        assert not {"found_by", "liaison", "status_reason"} & mending.keys()

    @pytest.mark.parametrize(
        "query", ["weekday=7", "band=night", "page=0", "stage=9", "free=perhaps", "colour=red"]
    )
    def test_an_impossible_question_is_refused(self, api: Caller, query: str) -> None:
        """With the name of the field; a program is told, where a page is lenient."""
        answer = api.client.get(f"/api/v1/places?{query}")
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == ["query", query.partition("=")[0]]

    def test_what_is_for_the_city_is_not_shown_to_agencies(
        self, app: FastAPI, client: TestClient
    ) -> None:
        """Neither in a list nor by its id, nor in the numbers."""
        catalog = app.state.wiring.catalog
        resource = next(iter(catalog.resources().values()))
        catalog.save_resource(replace(resource, visibility="office"), EVENT)
        for opening in catalog.openings():
            if opening.resource_id == resource.id:
                catalog.save_opening(replace(opening, visibility="office"), EVENT)
        api = Caller(as_role(app, client, Role.MEMBER_AGENCY))
        assert api.get("/places")["total"] == 148
        api.get(f"/places/{resource.id}", 404)
        api = Caller(as_role(app, client, Role.PLANNER))
        assert api.get("/places")["total"] == 149


PERSON = {
    "name": "春野 かすみ",
    "name_kana": "はるの かすみ",
    "birth_on": "1990-04-02",
    "sex": "female",
    "town": None,
    "own_words": "土をさわるのは、きらいじゃない",
}
NEED = {
    "kind": "being_useful",
    "wishes": [{"menu": "gardening", "strength": 5}, {"menu": "tea_chat", "strength": 3}],
    "wishes_text": "花の世話がしたい",
    "available": [{"weekday": day, "band": "morning"} for day in range(7)],
    "modes": ["walk", "bus"],
    "travel_limit_minutes": 60,
    "noise_limit": 2,
}
CONSENT = {
    "state": "written",
    "given_by": "本人",
    "agencies": ["hosts"],
    "categories": ["希望"],
    "until_on": "2027-03-31",
}


@pytest.fixture
def newcomer(api: Caller, app: FastAPI) -> str:
    """Register somebody who wants something and agreed; return their id."""
    town = app.state.wiring.ground.towns()[0].id
    person = api.post("/people", {**PERSON, "town": town})
    api.put(f"/people/{person['id']}/need", NEED)
    api.post(f"/people/{person['id']}/consents", CONSENT)
    return str(person["id"])


class TestPeople:
    """Whom one may open, registering, need, consent."""

    def test_somebody_is_registered_step_by_step(self, api: Caller, newcomer: str) -> None:
        """The next case number, the caller as coordinator, need and consent as they were sent."""
        person = api.get(f"/people/{newcomer}")
        numbers = [each["case_no"] for each in api.get("/people")]
        assert person["case_no"] == max(numbers)
        # Whether a number is taken would say that there is somebody of that number.
        api.post("/people", {**PERSON, "case_no": person["case_no"]}, 422)
        api.post("/people", {**PERSON, "case_no": "T-9999"}, 422)
        assert len(set(numbers)) == len(numbers)
        assert person["coordinator"] == api.get("/session")["user"]
        assert person["name"] == PERSON["name"]
        assert person["need"] | NEED == person["need"]
        (consent,) = person["consents"]
        assert consent | CONSENT == consent
        assert consent["on"] == "2026-11-12"

    def test_a_list_tells_no_more_than_a_list_needs(self, api: Caller, newcomer: str) -> None:
        """Addresses and words are with the person."""
        listed = next(each for each in api.get("/people") if each["id"] == newcomer)
        assert set(listed) == set(schemas.PersonSummary.model_fields)

    def test_a_protected_address_stays_on_the_pages(self, api: Caller, app: FastAPI) -> None:
        """Where it is shown only when asked for, and recorded."""
        sent = {**PERSON, "address": "つばめ町9番9号", "phone": "0480-00-9999"}
        person = api.post("/people", {**sent, "address_protected": True})
        assert (person["town"], person["address"], person["phone"]) == (None, "", "")
        assert "9番9号" not in json.dumps(api.get(f"/people/{person['id']}"), ensure_ascii=False)
        other = Caller(as_role(app, api.client, Role.COORDINATOR, office="べつの課"))
        assert person["id"] not in {each["id"] for each in other.get("/people")}
        other.get(f"/people/{person['id']}", 404)

    def test_a_program_says_who_meets_somebody(self, api: Caller, app: FastAPI) -> None:
        """事業 and members of the plan, at once or later; the record names what changed."""
        person = api.post("/people", {**PERSON, "programmes": ["参加支援事業"]})
        assert person["lead_agency"] == "つながり相談室"
        assert (person["programmes"], person["member_agencies"]) == (["参加支援事業"], [])
        path = f"/people/{person['id']}"
        support = {"programmes": ["多機関協働事業"], "member_agencies": ["高齢者相談センター"]}
        assert api.put(f"{path}/support", support) == support
        assert api.get(path) | support == api.get(path)
        wiring = app.state.wiring
        with wiring.stores.cases.database.reading() as connection:
            told = [
                (each.kind, each.detail["fields"])
                for each in audit.events(connection, wiring.city.code, subject_id=person["id"])
                if "fields" in each.detail
            ]
        assert told == [
            ("participant_changed", "programmes,member_office_ids"),
            ("participant_registered", "programmes"),
        ]
        member = Caller(as_role(app, api.client, Role.MEMBER_AGENCY, "高齢者相談センター"))
        member.get(path)
        member.put(f"{path}/support", {"programmes": [], "member_agencies": []}, 403)

    def test_nobody_takes_a_person_out_of_their_own_sight(
        self, app: FastAPI, client: TestClient
    ) -> None:
        """The council, entrusted with three 事業, cannot move somebody of the city's to another."""
        assert enter(client, "hara") == 303
        council = Caller(client)
        own = account_id("hara")
        people = [council.get(f"/people/{each['id']}") for each in council.get("/people")]
        person = next(each for each in people if each["coordinator"] != own)
        other = {"programmes": ["利用者支援事業"], "member_agencies": []}
        council.put(f"/people/{person['id']}/support", other, 403)
        assert council.get(f"/people/{person['id']}")["programmes"] == person["programmes"]

    @pytest.mark.parametrize(
        ("field", "name", "near"),
        [
            ("programmes", "参加支縁事業", "「参加支援事業」のことですか"),
            ("member_agencies", "基幹相談", "「基幹相談支援センター」のことですか"),
        ],
    )
    def test_what_the_city_has_not_is_refused_with_near_names(
        self, api: Caller, newcomer: str, field: str, name: str, near: str
    ) -> None:
        body = {"programmes": [], "member_agencies": [], field: [name]}
        told = api.put(f"/people/{newcomer}/support", body, 422)
        assert near in told["detail"]
        assert api.get(f"/people/{newcomer}")[field] == []
        before = len(api.get("/people"))
        assert near in api.post("/people", {**PERSON, field: [name]}, 422)["detail"]
        assert len(api.get("/people")) == before

    @pytest.mark.parametrize(
        ("method", "path", "body", "status", "code"),
        [
            ("POST", "/people", {}, 422, "unreadable"),
            ("POST", "/people", {"name": "　"}, 409, "not_now"),
            ("POST", "/people", {**PERSON, "nickname": "かすみ"}, 422, "unreadable"),
            ("POST", "/people", {**PERSON, "sex": "?"}, 422, "unreadable"),
            ("POST", "/people", {**PERSON, "town": "nowhere"}, 422, "unreadable"),
            ("POST", "/people", {**PERSON, "fields": ["astronaut"]}, 422, "unreadable"),
            ("POST", "/people", {**PERSON, "birth_on": "2027-01-01"}, 409, "not_now"),
            ("PUT", "/people/{id}/need", {**NEED, "kind": "fame"}, 422, "unreadable"),
            ("PUT", "/people/{id}/need", {**NEED, "modes": []}, 422, "unreadable"),
            ("PUT", "/people/{id}/need", {**NEED, "modes": ["rocket"]}, 422, "unreadable"),
            ("PUT", "/people/{id}/need", {**NEED, "avoid_hosts": ["x"]}, 422, "unreadable"),
            ("PUT", "/people/{id}/need", {**NEED, "avoid_districts": ["x/y"]}, 422, "unreadable"),
            ("PUT", "/people/{id}/need", {**NEED, "avoid_menu": ["tea_chat"]}, 409, "not_now"),
            ("PUT", "/people/nobody/need", NEED, 404, "not_found"),
            ("POST", "/people/{id}/consents", {"state": "maybe"}, 422, "unreadable"),
            ("POST", "/people/{id}/consents", {**CONSENT, "given_by": ""}, 409, "not_now"),
            ("POST", "/people/{id}/consents", {**CONSENT, "giver": "family"}, 409, "not_now"),
            ("POST", "/people/{id}/consents", {**CONSENT, "giver": "cat"}, 422, "unreadable"),
            ("POST", "/people/{id}/consents", {**CONSENT, "on": "2030-01-01"}, 409, "not_now"),
            ("POST", "/people/nobody/consents", CONSENT, 404, "not_found"),
        ],
    )
    def test_what_cannot_be_is_refused_and_nothing_is_kept(
        self,
        api: Caller,
        newcomer: str,
        method: str,
        path: str,
        body: Any,
        status: int,
        code: str,
    ) -> None:
        """As a problem document that names nobody."""
        before = api.get("/people"), api.get(f"/people/{newcomer}")
        problem = api.send(method, path.format(id=newcomer), body, status)
        assert (problem["status"], problem["code"]) == (status, code)
        assert problem["type"] == f"urn:tsunagite:problem:{code}"
        text = json.dumps(problem, ensure_ascii=False)
        assert "かすみ" not in text
        assert before[1]["case_no"] not in text
        assert problem["detail"].endswith("。")
        assert (api.get("/people"), api.get(f"/people/{newcomer}")) == before

    def test_numbers_that_are_none_and_bodies_that_are_no_json(
        self, api: Caller, newcomer: str
    ) -> None:
        """NaN is no number of JSON; half a body is answered with 400."""
        token = api.get("/session")["form_token"]
        headers = {"X-Form-Token": token, "Content-Type": "application/json"}
        address = f"/api/v1/people/{newcomer}/need"
        text = json.dumps({**NEED, "travel_limit_minutes": float("nan")})
        assert api.client.put(address, content=text, headers=headers).status_code == 422
        broken = api.client.put(address, content=text[:20], headers=headers)
        assert broken.status_code == 400
        assert broken.headers["content-type"] == "application/problem+json"


class TestFit:
    """Ranking for one person, for one opening, and why."""

    def test_the_best_openings_for_one_person(self, api: Caller, newcomer: str) -> None:
        """The document that the command line writes, with everybody who was refused."""
        ranking = api.get(f"/people/{newcomer}/openings", top=3)
        check_document(ranking, "rank-1")
        schemas.Rank.model_validate(ranking)
        assert ranking["for"] == api.get(f"/people/{newcomer}")["case_no"]
        assert len(ranking["ranked"]) == 3
        every = api.get(f"/people/{newcomer}/openings", top=1000)
        openings = {each["opening"] for each in every["ranked"] + every["refused"]}
        assert len(openings) == len(every["ranked"]) + len(every["refused"]) == 150
        scores = [each["score"] for each in every["ranked"]]
        assert scores == sorted(scores, reverse=True)

    def test_why_and_why_not(self, api: Caller, newcomer: str) -> None:
        """The same score and the same sentence as in the ranking, with all parts."""
        ranking = api.get(f"/people/{newcomer}/openings")
        best, refused = ranking["ranked"][0], ranking["refused"][0]
        pair = api.get(f"/people/{newcomer}/openings/{best['opening']}")
        assert pair["fits"]
        assert (pair["score"], pair["reason"]) == (best["score"], best["reason"])
        assert sum(p["value"] * p["weight"] for p in pair["parts"]) == pytest.approx(best["score"])
        pair = api.get(f"/people/{newcomer}/openings/{refused['opening']}")
        assert not pair["fits"]
        assert (pair["rules"], pair["words"]) == (refused["rules"], refused["words"])
        api.get(f"/people/{newcomer}/openings/nowhere", 404)

    def test_without_consent_nothing_is_weighed(self, api: Caller, newcomer: str) -> None:
        """Withdrawing works at once; the rule is told without the case number."""
        api.post(f"/people/{newcomer}/consents", {"state": "withdrawn", "given_by": "本人"})
        problem = api.get(f"/people/{newcomer}/openings", 409)
        assert problem["rule"] == "consent_withdrawn"
        assert problem["detail"].startswith("その方の同意は撤回されたため")

    def test_the_people_for_one_opening(self, api: Caller, newcomer: str) -> None:
        """Only who may be opened by the reader; together they are all who wait and consented."""
        best = api.get(f"/people/{newcomer}/openings")["ranked"][0]["opening"]
        ranking = api.get(f"/openings/{best}/people", top=1000)
        check_document(ranking, "rank-1")
        numbers = [each["case_no"] for each in ranking["ranked"] + ranking["refused"]]
        assert api.get(f"/people/{newcomer}")["case_no"] in numbers
        assert set(numbers) <= {each["case_no"] for each in api.get("/people")}
        assert len(set(numbers)) == len(numbers)


class TestMatching:
    """Starting a run, reading it, deciding."""

    @pytest.fixture
    def match(self, api: Caller) -> Any:
        """Match everyone who waits."""
        return api.post("/matching", None)

    def test_a_run_is_made_once_and_read_again(self, api: Caller, app: FastAPI, match: Any) -> None:
        """201 for a new one, 200 where nothing has changed; the bytes of the one writer."""
        check_document(match, "match-1")
        schemas.Match.model_validate(match)
        assert match["status"] == "optimal"
        assert api.post("/matching", None, 200) == match
        answer = api.client.get(f"/api/v1/matching/{match['run']}")
        stores = app.state.wiring.stores
        scope = PeopleScope(Actor("sample-mizuno", "", Role.COORDINATOR, "999997", CITY_OFFICE))
        people = {person.id: person for person in stores.cases.participants(scope)}
        run = stores.runs.run(scope, match["run"])
        proposals = best_first(stores.runs.proposals(scope, run.id), people)
        case_nos = {id_: person.case_no for id_, person in people.items()}
        openings = {each.id for each in stores.catalog.openings()}
        assert answer.content == write(match_document(run, proposals, case_nos, openings))
        (listed,) = api.get("/matching")
        assert listed["id"] == match["run"]
        assert listed["certified"]
        api.get("/matching/nowhere", 404)

    def test_a_long_run_is_asked_for_again(
        self, api: Caller, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """202 with the job; when it is done it names the run."""
        monkeypatch.setattr("api.v1.matching.WAIT_SECONDS", 0.0)
        job = api.post("/matching", None, 202)
        assert job == {"id": job["id"], "status": "running", "run": None, "rule": None}
        while (asked := api.get(f"/matching/jobs/{job['id']}"))["status"] == "running":
            time.sleep(0.05)
        assert asked["status"] == "done"
        assert api.get(f"/matching/{asked['run']}")["run"] == asked["run"]
        api.get("/matching/jobs/nowhere", 404)

    def test_everyone_who_waits_is_in_it_as_far_as_the_reader_may_know(
        self, app: FastAPI, api: Caller, match: Any
    ) -> None:
        """Somebody of a lead agency reads the same run with their own people only."""
        everyone = sum(len(match[part]) for part in ("proposals", "unplaced", "not_considered"))
        waiting = [p for p in api.get("/people") if p["status"] in ("waiting", "paused")]
        assert everyone == len(waiting)
        other = Caller(as_role(app, api.client, Role.LEAD_AGENCY, office="どこにもない課"))
        seen = other.get(f"/matching/{match['run']}")
        assert [seen[part] for part in ("proposals", "unplaced", "not_considered")] == [[], [], []]
        assert other.get(f"/matching/{match['run']}/proposals") == []

    def test_deciding_and_undoing(self, api: Caller, app: FastAPI, match: Any) -> None:
        """Each step is kept; nothing is sent to anybody."""
        proposals = api.get(f"/matching/{match['run']}/proposals")
        assert [each["score"] for each in proposals] == [
            each["score"] for each in match["proposals"]
        ]
        address = f"/matching/{match['run']}/proposals/{proposals[0]['id']}"
        advanced = api.post(address, {"decision": "advance"}, 200)
        assert advanced["status"] == ProposalStatus.ADVANCED
        assert advanced["decided_by"] == "sample-mizuno"
        assert api.post(address, {"decision": "advance"}, 409)["rule"] == "proposal_step"
        assert api.post(address, {"decision": "undo"}, 200)["status"] == "proposed"
        problem = api.post(address, {"decision": "set_aside"}, 409)
        assert problem["rule"] == "set_aside_without_reason"
        assert api.post(address, {"decision": "set_aside", "reason": "moon"}, 422)["rule"] == (
            "unknown_code"
        )
        aside = api.post(address, {"decision": "set_aside", "reason": "too_far"}, 200)
        assert aside["set_aside_reason"] == "too_far"
        kept = app.state.wiring.stores.runs.proposal(
            scope_of_everyone("999997"), proposals[0]["id"]
        )
        assert kept.status is ProposalStatus.SET_ASIDE

    def test_a_proposal_is_found_under_its_own_run_only(self, api: Caller, match: Any) -> None:
        """A wrong address changes nothing."""
        proposal = api.get(f"/matching/{match['run']}/proposals")[0]["id"]
        api.post(f"/matching/nowhere/proposals/{proposal}", {"decision": "advance"}, 404)
        api.post(f"/matching/{match['run']}/proposals/nowhere", {"decision": "advance"}, 404)
        statuses = {each["status"] for each in api.get(f"/matching/{match['run']}/proposals")}
        assert statuses == {"proposed"}


class TestSafety:
    """The cookie alone changes nothing; the document says all of it."""

    def test_a_change_needs_the_token_of_the_session(self, api: Caller, newcomer: str) -> None:
        """And must not come from another site."""
        client, path = api.client, f"/api/v1/people/{newcomer}/need"
        token = api.get("/session")["form_token"]
        assert client.put(path, json=NEED).status_code == 403
        assert client.put(path, json=NEED, headers={"X-Form-Token": "0" * 64}).status_code == 403
        for elsewhere in (
            {"Sec-Fetch-Site": "cross-site"},
            {"Origin": "https://elsewhere.example"},
        ):
            answer = client.put(path, json=NEED, headers={"X-Form-Token": token, **elsewhere})
            assert answer.status_code == 403
            assert answer.json()["code"] == "form_from_elsewhere"

    def test_without_a_session_nothing_is_told(self, client: TestClient) -> None:
        """Not even whether something exists."""
        for path in ("/session", "/places", "/people", "/people/x", "/matching", "/openings/x"):
            answer = client.get(f"/api/v1{path}")
            assert answer.status_code == 401
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.json()["code"] == "not_signed_in"

    def test_the_description_is_whole(self, client: TestClient) -> None:
        """OpenAPI 3.1; every route says how it answers trouble, every change what it takes."""
        document = client.get("/api/v1/openapi.json").json()
        assert document["openapi"].startswith("3.1")
        operations = [
            (path, method, operation)
            for path, each in document["paths"].items()
            for method, operation in each.items()
        ]
        assert len(operations) == 25
        assert len({operation["operationId"] for _, _, operation in operations}) == 25
        for path, method, operation in operations:
            assert path.startswith("/api/v1/")
            assert "application/problem+json" in operation["responses"]["401"]["content"]
            assert operation.get("summary")
            changes = method in ("post", "put")
            assert ("400" in operation["responses"]) is changes, path
            assert ("formToken" in operation["security"][0]) is changes
        assert "HTTPValidationError" not in document["components"]["schemas"]
        references = set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(document)))
        assert references <= document["components"]["schemas"].keys()

    def test_shapes_refuse_what_they_do_not_know(self) -> None:
        """Whatever is read from outside forbids unknown keys and numbers that are none."""
        for name in ("PersonIn", "Need", "ConsentIn", "DecisionIn", "PlaceQuery"):
            config = getattr(schemas, name).model_config
            assert config["extra"] == "forbid"
            assert config["allow_inf_nan"] is False
