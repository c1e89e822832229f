"""The pages of helpers and groups on the sample city: matched, decided about, written down."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api import cli
from api.app import create_app
from cases.permissions import PeopleScope, scope_of_everyone
from cases.proposal import ProposalStatus
from catalog.actor import Actor, Role
from catalog.schedule import Band
from db.sample.accounts import CITY_OFFICE, account_id
from exchange.frozen_runs import thaw
from matcher.certificate import check
from matcher.result import Status
from tests.api.conftest import enter
from tests.api.homes import living_in
from tests.office import Clock
from tests.sample_office import sample_office

PATH = "/matching/helpers"
Fields: TypeAlias = Mapping[str, str | list[str]]
OFFER: Fields = {
    "name": "霧雨 まなぶ",
    "town": "",
    "menu": ["exercise", "", ""],
    "available": ["1-0", "3-1"],
    "modes": ["walk"],
    "most_groups": "2",
    "agreed_on": "令和8年11月10日",
}


@pytest.fixture
def app(tmp_path: Path, clock: Clock) -> FastAPI:
    """Build the application on the sample city."""
    return create_app(sample_office(tmp_path), clock)


@pytest.fixture
def staff(client: TestClient) -> TestClient:
    """Sign in as a coordinator."""
    assert enter(client) == 303
    return client


def send(client: TestClient, path: str, fields: Fields, page: str = "") -> tuple[int, str, str]:
    """Send a form with its token; return status, where it leads and the text."""
    token = re.search(r'name="form_token" value="([^"]+)"', client.get(page or path).text)
    assert token is not None
    answer = client.post(path, data={"form_token": token[1], **fields})
    return answer.status_code, answer.headers.get("Location", ""), answer.text


def scope(app: FastAPI) -> PeopleScope:
    """Return whom the coordinator may know of."""
    code = app.state.wiring.city.code
    return PeopleScope(Actor(account_id("mizuno"), "水野", Role.COORDINATOR, code, CITY_OFFICE))


def test_before_the_first_matching_the_page_says_what_comes(staff: TestClient) -> None:
    page = staff.get(PATH)
    assert page.status_code == 200
    assert "まだ一度も組み合わせていません。" in page.text
    assert "手伝いたい方と会を 組み合わせる" in page.text


def test_helpers_and_groups_are_matched_and_decided_about(app: FastAPI, staff: TestClient) -> None:
    assert send(staff, PATH, {})[:2] == (303, PATH)
    page = staff.get(PATH).text
    assert re.search(r"手伝いたい方 15人のうち \d+人に、手伝う会の案があります。", page)
    assert "検算ずみ" in page
    assert "本人の了承が、まだありません。" in page
    assert "曜日と時間の合う方が、まだいません。" in page
    store = app.state.wiring.stores.helping
    run = store.latest_helper_run(scope(app))
    assert len(run.rounds) > 1
    assert {check(*thaw(*files)).claim for files in run.rounds} == {Status.OPTIMAL}
    proposal = store.helper_proposals(scope(app), run.id)[0]
    address = f"{PATH}/proposals/{proposal.id}"
    row = f"{PATH}#row-{proposal.id}"
    assert send(staff, address, {"decision": "advance"}, PATH)[:2] == (303, row)
    assert store.helper_proposal(scope(app), proposal.id).status is ProposalStatus.ADVANCED
    assert send(staff, address, {"decision": "advance"}, PATH)[0] == 409
    assert send(staff, address, {"decision": "undo"}, PATH)[:2] == (303, row)
    status, goal, _ = send(staff, address, {"decision": "set_aside"}, PATH)
    assert (status, goal) == (303, f"{address}/aside")
    assert "見送る理由を 選んでください" in staff.get(goal).text
    assert send(staff, address, {"decision": "set_aside", "reason": "too_far"}, PATH)[0] == 303
    assert store.helper_proposal(scope(app), proposal.id).set_aside_reason == "too_far"
    assert send(staff, address, {"decision": "set_aside", "reason": "no_such"}, PATH)[0] == 409


def test_a_row_decided_in_place_comes_back_as_it_stands(app: FastAPI, staff: TestClient) -> None:
    """Twice the same: the second time it says why nothing changed."""
    send(staff, PATH, {})
    store = app.state.wiring.stores.helping
    run = store.latest_helper_run(scope(app))
    proposal = store.helper_proposals(scope(app), run.id)[0]
    token = re.search(r'name="form_token" value="([^"]+)"', staff.get(PATH).text)
    assert token is not None
    address, partial = f"{PATH}/proposals/{proposal.id}", {"HX-Request-Type": "partial"}

    def press(decision: str) -> Any:
        data = {"form_token": token[1], "decision": decision}
        return staff.post(address, data=data, headers=partial)

    assert press("set_aside").headers["HX-Redirect"] == f"{address}/aside"
    done, again = press("advance"), press("advance")
    assert done.status_code == again.status_code == 200
    for answer in (done, again):
        assert answer.text.strip().startswith("<tr data-row")
        assert 'value="undo"' in answer.text
    assert "trouble-words" not in done.text
    assert "trouble-words" in again.text


def test_a_volunteer_is_written_down_and_mended(app: FastAPI, staff: TestClient) -> None:
    assert send(staff, f"{PATH}/new", OFFER)[:2] == (303, PATH)
    store = app.state.wiring.stores.helping
    kept = next(each for each in store.helpers(scope(app)) if each.name == "霧雨 まなぶ")
    assert kept.menu == {"exercise"}
    assert kept.available == {(1, Band.MORNING), (3, Band.AFTERNOON)}
    assert (kept.most_groups, kept.participant_id) == (2, None)
    edit = f"{PATH}/{kept.id}/edit"
    assert "令和8年11月10日" in staff.get(edit).text
    status, _, page = send(staff, edit, {**OFFER, "name": "", "modes": [], "most_groups": "9"})
    assert status == 422
    assert "名前がありません。" in page
    assert "手伝える会の数は、1から 7までの数にしてください。" in page
    assert store.helper(scope(app), kept.id) == kept
    assert send(staff, edit, {**OFFER, "agreed_on": ""})[0] == 303
    assert store.helper(scope(app), kept.id).agreed_on is None


def test_somebody_offers_to_help_beside_looking_for_a_place(
    app: FastAPI, staff: TestClient
) -> None:
    """Both stand together on the page of the person."""
    cases = app.state.wiring.stores.cases
    everyone = scope_of_everyone(app.state.wiring.city.code)
    person = cases.participant_by_case_no(everyone, "T-0335")
    own = f"/people/{person.id}"
    assert "つなぎ先をさがしながら、手伝う側にもなれます。" in staff.get(own).text
    new = f"{PATH}/new?participant={person.id}"
    assert new in staff.get(own).text
    page = staff.get(new).text
    assert 'name="name"' not in page
    assert send(staff, new, OFFER)[:2] == (303, own)
    helper = app.state.wiring.stores.helping.helper_of(scope(app), person.id)
    assert helper.name == person.name
    assert "体操・運動（2つの会まで）" in staff.get(own).text
    assert send(staff, new, OFFER)[:2] == (303, f"{PATH}/{helper.id}/edit")
    assert f"{PATH}/new?participant={person.id}" not in staff.get(own).text


def test_the_planner_finds_no_such_page(client: TestClient) -> None:
    assert enter(client, "ogawa") == 303
    assert client.get(PATH).status_code in (403, 404)


def test_the_command_tells_helpers_and_groups(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with living_in(sample_office(tmp_path).home):
        assert cli.run(["match", "--helpers", "--as-of", "2026-11-12"]) == 0
        told = capsys.readouterr().out
        assert "若竹 きよ" in told
        assert "手伝いの方が足りない会" in told
        assert cli.run(["match", "--helpers", "--json", "--as-of", "2026-11-12"]) == 0
        document = json.loads(capsys.readouterr().out)
        assert document["format"] == "tsunagite.helpers/1"
        assert document["certified"] is True
        assert "若竹" not in json.dumps(document, ensure_ascii=False)
        assert cli.run(["match", "--helpers", "--stay"]) == 2
