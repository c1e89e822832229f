"""訪問 on the screen: planned, written down, corrected, called off, due on the first page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.app import create_app
from api.wiring import Wiring
from cases.outreach import Visit, VisitState
from cases.participant import Participant
from cases.permissions import scope_of_everyone
from db.sample.accounts import MEMBER, account_id
from tests.api.conftest import enter
from tests.api.test_intake_pages import send
from tests.office import Clock
from tests.sample_office import sample_office

REFUSED = "今日は帰ってくれ"


@pytest.fixture
def app(tmp_path: Path) -> FastAPI:
    """Open the sample city."""
    return create_app(sample_office(tmp_path), Clock())


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    """Return a browser in which 水野 is signed in."""
    with TestClient(app, follow_redirects=False) as opened:
        assert enter(opened) == 303
        yield opened


@pytest.fixture
def person(app: FastAPI) -> Participant:
    """Return somebody whose case 水野 has."""
    wiring: Wiring = app.state.wiring
    people = wiring.stores.cases.participants(scope_of_everyone(wiring.city.code))
    mizuno = account_id("mizuno")
    return next(e for e in people if not e.address_protected and e.coordinator_id == mizuno)


def visits_of(app: FastAPI, person: Participant) -> list[Visit]:
    """Return the visits to a person as they stand."""
    wiring: Wiring = app.state.wiring
    return wiring.visits.visits_of(scope_of_everyone(wiring.city.code), person.id)


def test_a_joint_visit_is_planned_refused_and_tried_again(
    app: FastAPI, client: TestClient, person: Participant
) -> None:
    """It stands on the first page until somebody has written how it was; no consent is asked."""
    path = f"/people/{person.id}/visits"
    assert "予定は ありません" in client.get(f"/people/{person.id}/intake").text
    planned = {
        "planned_on": "令和8年11月12日", "visitor_ids": account_id("mizuno"),
        "office_ids": MEMBER, "plan_words": "玄関先だけ",
    }  # fmt: skip
    status, goal, _ = send(client, path, planned)
    (visit,) = visits_of(app, person)
    assert (status, goal) == (303, f"{path}/{visit.id}")
    assert visit.office_ids == (MEMBER,)
    home = client.get("/").text
    assert "今日までの訪問" in home
    assert goal in home
    told = {
        "done_on": "令和8年11月12日", "result": "refused", "relation": "unknown",
        "words": REFUSED, "next_on": "令和8年11月26日",
    }  # fmt: skip
    assert send(client, goal, told)[:2] == (303, f"{path}?saved=written")
    done, following = sorted(visits_of(app, person), key=lambda each: each.planned_on)
    assert (done.state, done.result, done.words) == (VisitState.DONE, "refused", REFUSED)
    assert (following.state, following.visitor_ids) == (VisitState.PLANNED, done.visitor_ids)
    assert goal not in client.get("/").text
    page = client.get(path).text
    for words in (REFUSED, "1回あります", "まだ会えていない", "11月26日"):
        assert words in page, words
    corrected = told | {"words": "また来週なら", "relation": "knows_us", "version": "2"}
    assert send(client, goal, corrected)[0] == 303
    assert len(visits_of(app, person)) == 2, "a correction plans nothing more"
    status, _, page = send(client, goal, corrected)
    assert status == 422
    assert "先に直しました" in page


def test_what_is_missing_is_said_at_its_field(
    app: FastAPI, client: TestClient, person: Participant
) -> None:
    path = f"/people/{person.id}/visits"
    for fields, words in (
        ({"visitor_ids": account_id("mizuno")}, "行く日を 書いてください"),
        ({"planned_on": "令和8年11月30日"}, "だれが行くかが ありません"),
        ({"planned_on": "あした", "visitor_ids": "nobody"}, "もう一度 選んでください"),
    ):
        status, _, page = send(client, path, fields)
        assert status == 422
        assert words in page
    assert visits_of(app, person) == []
    plan = {"planned_on": "令和8年11月30日", "visitor_ids": account_id("mizuno")}
    assert send(client, path, plan)[:2] == (303, f"{path}?saved=planned")
    (visit,) = visits_of(app, person)
    goal = f"{path}/{visit.id}"
    for fields, words in (
        ({"result": "met", "done_on": ""}, "行った日を 書いてください"),
        ({"done_on": "令和8年11月11日"}, "どうだったかを 選んでください"),
        ({"done_on": "令和8年11月30日", "result": "met"}, "今日より先です"),
        (
            {"done_on": "令和8年11月11日", "result": "met", "next_on": "令和8年11月1日"},
            "より前です",
        ),
    ):
        status, _, page = send(client, goal, fields)
        assert status == 422
        assert words in page, words
    status, _, page = send(client, f"{goal}/off", {"reason": ""}, goal)
    assert status == 422
    assert "理由が要ります" in page
    assert send(client, f"{goal}/off", {"reason": "入院された"}, goal)[0] == 303
    (visit,) = visits_of(app, person)
    assert visit.state is VisitState.CALLED_OFF
    status, _, page = send(client, f"{goal}/off", {"reason": "もう一度"}, path)
    assert status == 422
    assert "できません" in page
    other = client.get(f"/people/nobody/visits/{visit.id}")
    assert other.status_code == 404


def test_what_was_said_at_a_visit_is_handed_out_to_the_person(
    client: TestClient, person: Participant
) -> None:
    path = f"/people/{person.id}/visits"
    plan = {"planned_on": "令和8年11月10日", "visitor_ids": account_id("mizuno")}
    _, goal, _ = send(client, path, plan)
    told = {"done_on": "令和8年11月10日", "result": "through_door", "words": REFUSED}
    assert send(client, goal, told)[0] == 303
    export = f"/people/{person.id}/records/export"
    _, _, page = send(client, export, {"as": "page"})
    assert REFUSED in page
    _, _, file = send(client, export, {"as": "file"})
    document = json.loads(file)
    assert [each["words"] for each in document["visits"]] == ["", REFUSED]
    assert REFUSED in [each["words"] for each in document["to_read"]]
