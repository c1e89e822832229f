"""First words in the browser: written in half a minute, decided, corrected, made a case."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.app import create_app
from api.wiring import Wiring
from cases.intake.counting import count_heard
from cases.intake.reception import Reception
from cases.permissions import scope_of_everyone
from catalog.actor import Role
from db.sample.accounts import CITY_OFFICE, MEMBER
from tests.api.conftest import as_role, enter, form_token
from tests.office import Clock
from tests.sample_office import sample_office

HEARD = "サロンに来なくなった。雨戸が閉まったまま"
ENTRY = {
    "window": "つながり相談室",
    "channel": "heard_at_place",
    "connected_by": "salon",
    "connector_district": "南台",
    "office_id": CITY_OFFICE,
    "field": "elderly",
    "heard": HEARD,
    "whom_to_ask": "東町サロンの世話役さん",
    "received_on": "令和8年11月10日",
}


@pytest.fixture
def app(tmp_path: Path, clock: Clock) -> FastAPI:
    """Build the application on the sample city."""
    return create_app(sample_office(tmp_path), clock)


@pytest.fixture
def staff(client: TestClient) -> TestClient:
    """Sign in as a coordinator who sees all."""
    assert enter(client) == 303
    return client


def send(
    client: TestClient, path: str, fields: Mapping[str, str], page: str = ""
) -> tuple[int, str, str]:
    """Send a form with everything hidden in it; return status, where it leads and the text."""
    shown = client.get(page or path).text
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', shown))
    answer = client.post(path, data={**hidden, **fields})
    return answer.status_code, answer.headers.get("Location", ""), answer.text


def kept(app: FastAPI, address: str) -> Reception:
    """Return the reception of an address as it stands."""
    wiring: Wiring = app.state.wiring
    id_ = address.split("/")[2].partition("?")[0]
    found = wiring.intake.reception(scope_of_everyone(wiring.city.code), id_)
    assert found is not None
    return found


def write(staff: TestClient, **changed: str) -> str:
    """Write down a first word and return its address."""
    status, goal, _ = send(staff, "/intake/new", ENTRY | changed)
    assert status == 303
    assert goal.startswith("/intake/")
    return goal


def test_what_was_heard_is_kept_without_a_name(app: FastAPI, staff: TestClient) -> None:
    goal = write(staff)
    found = kept(app, goal)
    assert (found.heard, found.connector_district, found.field) == (HEARD, "南台", "elderly")
    assert found.participant_id is None
    assert found.received_on.isoformat() == "2026-11-10"
    shown = staff.get(goal).text
    for words in (HEARD, "サロン・通いの場", "南台圏域", "高齢", "令和8年11月10日"):
        assert words in shown, words


def test_almost_nothing_is_needed_and_wrong_things_are_said(staff: TestClient) -> None:
    """An empty form is a first word too; what cannot be is said at its field."""
    shown = staff.get("/intake/new").text
    assert re.search(r'value="つながり相談室" checked', shown)
    status, _, page = send(staff, "/intake/new", {"received_on": "令和8年12月1日"})
    assert status == 422
    assert "今日より先です" in page
    status, _, page = send(staff, "/intake/new", ENTRY | {"channel": "???", "received_on": "あす"})
    assert status == 422
    assert "もう一度 選んでください" in page
    assert "日付として読めません" in page
    assert HEARD in page
    status, goal, _ = send(staff, "/intake/new", {"then": "list"})
    assert (status, goal) == (303, "/intake?saved=1")


def test_what_is_undecided_stands_first(app: FastAPI, staff: TestClient) -> None:
    decided = write(staff, heard="決めた話", received_on="令和8年11月12日")
    write(staff, heard="まだの話", received_on="令和8年11月1日")
    status, goal, _ = send(
        staff, f"{decided}/screening", {"screening": "informed", "screened_on": ""}, decided
    )
    assert (status, goal) == (303, f"{decided}?saved=screened")
    assert kept(app, decided).screening == "informed"
    page = staff.get("/intake").text
    assert page.index("まだの話") < page.index("決めた話")
    status, _, page = send(
        staff, f"{decided}/screening", {"screening": "support", "screened_on": "令和8年11月1日"},
        decided,
    )  # fmt: skip
    assert status == 422
    assert "より前です" in page
    status, _, page = send(
        staff, f"{decided}/screening", {"screening": "support", "version": "1"}, decided
    )
    assert status == 422
    assert "先に直しました" in page
    status, _, page = send(staff, f"{decided}/screening", {"screening": ""}, decided)
    assert status == 422


def test_a_correction_is_a_new_version_and_loses_nobodys_words(
    app: FastAPI, staff: TestClient
) -> None:
    goal = write(staff)
    status, _, _ = send(staff, f"{goal}/edit", ENTRY | {"heard": "はじめの直し"})
    assert status == 303
    late = ENTRY | {"heard": "あとの直し", "version": "1"}
    status, _, page = send(staff, f"{goal}/edit", late)
    assert status == 409
    assert "はじめの直し" in page
    assert "あとの直し" in page
    assert kept(app, goal).heard == "はじめの直し"
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version is not None
    status, _, _ = send(staff, f"{goal}/edit", late | {"version": version[1]})
    assert status == 303
    shown = staff.get(goal).text
    for words in (HEARD, "はじめの直し", "あとの直し"):
        assert words in shown


def test_a_case_begins_from_it(app: FastAPI, staff: TestClient) -> None:
    """What is known is filled in; from then on the reception is the person's."""
    goal = write(staff)
    id_ = kept(app, goal).id
    form = staff.get(f"/people/new?reception={id_}").text
    assert HEARD in form
    assert re.search(r'name="fields" value="elderly" checked', form)
    status, where, _ = send(
        staff, "/people/new", {"name": "新 はじめ", "then": "end"}, f"/people/new?reception={id_}"
    )
    assert status == 303
    person_id = where.split("/")[2].partition("?")[0]
    assert kept(app, goal).participant_id == person_id
    assert "新 はじめ" in staff.get(goal).text
    status, _, page = send(staff, "/people/new", {"name": "別の方"}, f"/people/new?reception={id_}")
    assert status == 422
    assert "ほかの方に つながっています" in page
    status, where, _ = send(staff, f"{goal}/person/remove", {}, goal)
    assert (status, where) == (303, f"{goal}?saved=unlinked")
    assert kept(app, goal).participant_id is None


def test_it_is_linked_to_somebody_known(app: FastAPI, staff: TestClient) -> None:
    goal = write(staff)
    status, _, page = send(staff, f"{goal}/person", {"case_no": "T-9999"}, goal)
    assert status == 422
    assert "見つかりません" in page
    status, where, _ = send(staff, f"{goal}/person", {"case_no": "T-0350"}, goal)
    assert (status, where) == (303, f"{goal}?saved=linked")
    assert kept(app, goal).participant_id is not None


def test_another_office_is_told_that_there_is_nothing(app: FastAPI, client: TestClient) -> None:
    enter(client)
    goal = write(client)
    as_role(app, client, Role.MEMBER_AGENCY, MEMBER)
    assert HEARD not in client.get("/intake").text
    assert client.get(goal).status_code == 404
    assert client.get(f"{goal}/edit").status_code == 404
    own = write(client, office_id=MEMBER, heard="うちで聞いた話")
    assert "うちで聞いた話" in client.get(own).text
    assert client.get(f"/people/new?reception={kept(app, own).id}").status_code == 403
    token = form_token(client, own)
    fields = ENTRY | {"form_token": token, "office_id": CITY_OFFICE}
    assert client.post("/intake/new", data=fields).status_code == 422
    as_role(app, client, Role.PLANNER, MEMBER)
    assert client.get("/intake").status_code == 403


def test_the_planner_reads_exact_counts_beside_the_targets(
    app: FastAPI, client: TestClient
) -> None:
    """By 年度, month, window, field and 圏域; they meet no words and nobody."""
    enter(client)
    before = count_heard(app.state.wiring.intake.heard())
    write(client)
    write(client, connector_district="川岸", received_on="令和8年4月1日")
    write(client, received_on="令和8年3月31日")
    counted = count_heard(app.state.wiring.intake.heard())
    office = "つながり相談室"
    gained = {y: counted[y].total(office) - before[y].total(office) for y in (2025, 2026)}
    assert gained == {2025: 1, 2026: 2}
    for role in (Role.PLANNER, Role.COORDINATOR):
        as_role(app, client, role, "福祉政策課")
        page = client.get("/intake/counts").text
        assert f"令和8年度の受付は {counted[2026].total()}件です。" in page
        assert f">{counted[2026].total(office)}件<" in page
        assert f">{len(counted[2026].connecting_districts(office))}圏域<" in page
        assert ">600件<" in page
        assert HEARD not in page
        last = client.get("/intake/counts?year=2025").text
        assert f"令和7年度の受付は {counted[2025].total()}件です。" in last
    as_role(app, client, Role.LEAD_AGENCY, "x")
    assert client.get("/intake/counts").status_code == 403
