"""From an evaluation to the end of support, the watch afterwards, and a new beginning."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.app import create_app
from api.wiring import Wiring
from cases.closing import WatchState
from cases.participant import Participant, ParticipantStatus
from cases.permissions import scope_of_everyone
from cases.placing.placement import Placement, PlacementState
from cases.plan import PlanState
from catalog.audit import AuditEvent
from db.sample.accounts import COUNCIL, MEMBER
from tests.api.conftest import enter
from tests.office import Clock
from tests.sample_office import sample_office

REACHED = {"judgement": "close", "reason": "reached", "reached": "水やりを まかされた"}
WATCHED = {"watch_office_id": MEMBER, "next_on": "令和8年12月10日", "how": "電話"}


@pytest.fixture
def app(tmp_path: Path) -> FastAPI:
    """Open the sample city."""
    return create_app(sample_office(tmp_path), Clock())


@pytest.fixture
def mizuno(app: FastAPI) -> Iterator[TestClient]:
    """Return a browser in which 水野 is signed in."""
    with TestClient(app, follow_redirects=False) as opened:
        assert enter(opened) == 303
        yield opened


def wiring_of(app: FastAPI) -> Wiring:
    """Return what the application works with."""
    wiring: Wiring = app.state.wiring
    return wiring


def called(app: FastAPI, name: str) -> Participant:
    """Return somebody of the sample city as they are now."""
    wiring = wiring_of(app)
    everyone = scope_of_everyone(wiring.city.code)
    return next(p for p in wiring.stores.cases.participants(everyone) if p.name == name)


def end_places(app: FastAPI, who: Participant) -> None:
    """End what the sample city has begun for somebody."""
    wiring = wiring_of(app)
    event = AuditEvent("placement_ended", "system", "participant", who.id, wiring.clock())
    for each in wiring.placing.placements_of(scope_of_everyone(wiring.city.code), who.id):
        ended = replace(
            each, state=PlacementState.ENDED, end_reason="reached", ended_on=each.begun_on
        )
        wiring.placing.save_placement(ended, event, each.version)


def press(browser: TestClient, page: str, action: str, **fields: Any) -> tuple[int, str]:
    """Fill in the form of a page that goes to an address, and send it."""
    shown = browser.get(page).text
    form = re.findall(rf'<form[^>]*action="{action}".*?</form>', shown, re.S)
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form[0]))
    answer = browser.post(action, data=hidden | {"on": "令和8年11月12日"} | fields)
    return answer.status_code, answer.text


def test_from_the_evaluation_to_a_new_beginning(app: FastAPI, mizuno: TestClient) -> None:
    """The plan ends with it, the office that watches is told when to look, all of it stays."""
    who = called(app, "青葉 実")
    wiring, everyone = wiring_of(app), scope_of_everyone(wiring_of(app).city.code)
    end_places(app, who)
    page = f"/people/{who.id}/closing"
    assert press(mizuno, page, page, **REACHED, changes=["calm", "participation"])[0] == 303
    assert "水やりを まかされた" in mizuno.get(f"{page}/print").text
    status, said = press(mizuno, page, f"{page}/close")
    assert (status, "見守る機関が ありません" in said) == (422, True)
    outside = WATCHED | {"watch_office_id": COUNCIL}
    status, said = press(mizuno, page, f"{page}/close", **outside)
    assert (status, "加わっていません" in said) == (422, True)
    assert press(mizuno, page, f"{page}/close", **WATCHED)[0] == 303
    assert called(app, who.name).status is ParticipantStatus.CLOSED
    (plan,) = wiring.plans.plans_of(everyone, who.id)
    assert (plan.state, plan.end_reason) == (PlanState.ENDED, "目標を達成した")
    (watch,) = wiring.closing.watches_of(everyone, who.id)
    assert (watch.office_id, watch.how) == (MEMBER, "電話")
    assert press(mizuno, page, f"{page}/reopen", reopen_reason="")[0] == 422
    assert press(mizuno, page, f"{page}/reopen", reopen_reason="また休みがち")[0] == 303
    assert called(app, who.name).status is ParticipantStatus.WAITING
    (watch,) = wiring.closing.watches_of(everyone, who.id)
    assert (watch.state, watch.reason) == (WatchState.REOPENED, "また休みがち")
    shown = mizuno.get(page).text
    assert "また休みがち" in shown
    assert "水やりを まかされた" in shown


def test_nothing_ends_while_a_place_is_open(app: FastAPI, mizuno: TestClient) -> None:
    who = called(app, "青葉 実")
    wiring = wiring_of(app)
    end_places(app, who)
    opening = next(iter(wiring.stores.catalog.openings()))
    placed = Placement(
        id="pl", participant_id=who.id, opening_id=opening.id, host_id=opening.host_id,
        begun_on=wiring.clock().date(),
    )  # fmt: skip
    event = AuditEvent("placed", "system", "participant", who.id, wiring.clock())
    wiring.placing.save_placement(placed, event)
    page = f"/people/{who.id}/closing"
    assert press(mizuno, page, page, **REACHED)[0] == 303
    shown = mizuno.get(page).text
    assert "参加が 1件" in shown
    token = re.findall(r'name="form_token" value="([^"]*)"', shown)[0]
    refused = mizuno.post(f"{page}/close", data={"form_token": token} | WATCHED)
    assert (refused.status_code, "参加が 1件" in refused.text) == (422, True)
    edit = mizuno.get(f"/people/{who.id}/edit").text
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', edit))
    fields = {"name": who.name, "status": "closed", "since_on": "令和8年4月1日"}
    refused = mizuno.post(f"/people/{who.id}/edit", data=hidden | fields)
    assert (refused.status_code, "参加が 1件" in refused.text) == (422, True)
    assert called(app, who.name).status is who.status


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"judgement": "", "reached": "x"}, "これから どうするか"),
        ({"judgement": "close", "reached": "x"}, "終結の理由が ありません"),
        ({"judgement": "pause", "reached": ""}, "できたことを"),
        ({"judgement": "pause", "reached": "x", "on": "R9.1.1"}, "今日より先"),
    ],
)
def test_what_is_missing_is_said(
    app: FastAPI, mizuno: TestClient, fields: dict[str, str], said: str
) -> None:
    who = called(app, "青葉 実")
    page = f"/people/{who.id}/closing"
    status, shown = press(mizuno, page, page, **fields)
    assert (status, said in shown) == (422, True)
    kept = wiring_of(app).closing.evaluations_of(
        scope_of_everyone(wiring_of(app).city.code), who.id
    )
    assert kept == []


def test_the_second_of_two_sees_both_texts(app: FastAPI, mizuno: TestClient) -> None:
    who = called(app, "青葉 実")
    page = f"/people/{who.id}/closing"
    first = {"judgement": "plan_again", "reached": "はじめの文"}
    assert press(mizuno, page, page, **first)[0] == 303
    shown = mizuno.get(f"{page}?edit=1").text
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', shown))
    for words, expected in (("一人目", 303), ("二人目", 409)):
        fields = hidden | {"on": "R8.11.12", "judgement": "plan_again", "reached": words}
        answer = mizuno.post(page, data=fields)
        assert answer.status_code == expected
    assert "一人目" in answer.text
    assert "二人目" in answer.text


def test_the_office_that_watches_is_told_and_writes(app: FastAPI, mizuno: TestClient) -> None:
    """That help is needed again is read by who is responsible, on their first page."""
    who = called(app, "波多 すみれ")
    page = f"/people/{who.id}/watch"
    assert "支援が また要りそう" not in mizuno.get("/").text
    with TestClient(app, follow_redirects=False) as tani:
        assert enter(tani, "tani") == 303
        assert page in tani.get("/").text
        said = {"words": "足が痛くて休んでいる", "again": "1", "next_on": "令和8年12月1日"}
        assert press(tani, page, page, words="")[0] == 422
        assert press(tani, page, page, **said | {"next_on": "令和8年11月1日"})[0] == 422
        seen = press(tani, page, page, **said)
        assert seen[0] == 303
        assert "様子を書く" not in tani.get("/").text
        assert tani.post(f"{page}/end", data={"reason": "x"}).status_code == 403
    assert "支援が また要りそう" in mizuno.get("/").text
    assert "足が痛くて休んでいる" in mizuno.get(page).text
    assert press(mizuno, page, f"{page}/end", reason="")[0] == 422
    assert press(mizuno, page, f"{page}/end", reason="家族と暮らす")[0] == 303
    assert "支援が また要りそう" not in mizuno.get("/").text


def test_a_member_that_does_not_watch_writes_nothing(app: FastAPI, mizuno: TestClient) -> None:
    who = called(app, "波多 すみれ")
    wiring, everyone = wiring_of(app), scope_of_everyone(wiring_of(app).city.code)
    (watch,) = wiring.closing.watches_of(everyone, who.id)
    event = AuditEvent("watch_begun", "system", "participant", who.id, wiring.clock())
    wiring.closing.save_watch(replace(watch, office_id="ほかの機関"), event, watch.version)
    with TestClient(app, follow_redirects=False) as tani:
        assert enter(tani, "tani") == 303
        shown = tani.get(f"/people/{who.id}/watch").text
        assert 'id="record-form"' not in shown
        fields = {"watch": watch.id, "seen": str(watch.version + 1), "on": "R8.11.12"}
        token = tani.get("/api/v1/session").json()["form_token"]
        body = fields | {"form_token": token, "words": "x", "next_on": "R9.1.1"}
        assert tani.post(f"/people/{who.id}/watch", data=body).status_code == 403
