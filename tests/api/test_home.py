"""The first page tells what is to be done, to each role what it may know."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.app import create_app
from cases.actions.intake import edit_participant
from cases.errors import NotPermitted
from cases.permissions import scope_of_everyone
from catalog.actor import Actor, Role
from catalog.audit import AuditEvent
from db.sample.accounts import COUNCIL, account_id
from tests.api.conftest import as_role, enter
from tests.api.test_matching_pages import start
from tests.office import Clock
from tests.sample_office import sample_office


@pytest.fixture
def app(tmp_path: Path, clock: Clock) -> FastAPI:
    """Build the application on the sample city."""
    return create_app(sample_office(tmp_path / "office"), clock)


def waiting(page: str) -> int:
    """Read how many people wait."""
    found = re.search(r'big-figure"><b>(\d+)</b>人', page)
    assert found is not None
    return int(found[1])


def stale(page: str) -> int:
    """Read how many openings nobody has confirmed for half a year."""
    found = re.search(r"半年 確かめていない枠が <b>(\d+)件", page)
    assert found is not None
    return int(found[1])


def test_before_the_first_run_who_waits_comes_first(client: TestClient) -> None:
    """The first line is a sentence with numbers; the button to match everyone is there."""
    assert enter(client) == 303
    page = client.get("/").text
    assert waiting(page) == 80
    assert "つなぎ先を待っている人が 80人、気にかけておくことが 6件 あります。" in page
    assert "全員のつなぎ先を まとめて探す" in page
    assert "つなぎ先の案" not in page
    assert "聞き取りが 8件" in page
    assert "届いたかを たずねる" in page
    assert page.count("data-row") == 6 + 5 + 4


def test_nobody_who_refused_is_pressed(client: TestClient) -> None:
    """Only consent that ended, ends or is not there yet asks for something."""
    assert enter(client) == 303
    page = client.get("/").text
    assert "同意の期限が過ぎたため" in page
    assert "同意が口頭だけのため" in page
    assert "同意は ことわり" not in page
    assert "撤回" not in page


def test_after_a_run_what_is_to_be_decided_comes_first(client: TestClient) -> None:
    """With the last run, and those who have waited longest without a place."""
    assert enter(client) == 303
    address = start(client)
    page = client.get("/").text
    assert "決める案が 60件、気にかけておくことが 9件 あります。" in page
    assert "80人のうち 60人に、つなぎ先の案があります。" in page
    assert f'href="{address}"' in page
    assert "ため、案が見つかっていません。" in page
    assert "ほかの 1件も見る" in page


def test_a_consent_that_ends_soon_is_told(clock: Clock, client: TestClient) -> None:
    """From thirty days before the end on, the days left stand in the list."""
    clock.now += timedelta(days=120)
    assert enter(client) == 303
    page = client.get("/").text
    assert "あと19日" in page
    assert "文書の同意は 3月31日（水）まで。" in page


def test_openings_that_nobody_confirmed_are_counted(clock: Clock, client: TestClient) -> None:
    """After half a year without a call every opening that takes people is due."""
    assert enter(client) == 303
    before = stale(client.get("/").text)
    clock.now += timedelta(days=180)
    assert enter(client) == 303
    assert 0 < before < stale(client.get("/").text)


def test_who_is_not_named_counts_one_person_less(app: FastAPI, client: TestClient) -> None:
    """A protected person is in no count of anybody else."""
    assert waiting(as_role(app, client, Role.COORDINATOR).get("/").text) == 79


def test_an_agency_meets_its_own_people_only(app: FastAPI, client: TestClient) -> None:
    """Who works on single cases sees those, and starts no run."""
    page = as_role(app, client, Role.MEMBER_AGENCY).get("/").text
    assert "まとめて探す" not in page
    assert "今日、急いですることは ありません。" in page


@pytest.mark.parametrize(
    ("role", "words"),
    [
        (Role.PLANNER, "受け入れ先をさがす"),
        (Role.AUDITOR, "記録を見る"),
        (Role.ADMINISTRATOR, "職員の一覧を見る"),
        (Role.HOST, "受け入れの枠を足したり"),
    ],
)
def test_other_roles_meet_nobody(app: FastAPI, client: TestClient, role: Role, words: str) -> None:
    """Who works without people reads what they may do, and no name or number of people."""
    page = as_role(app, client, role).get("/").text
    assert words in page
    assert "この役割では開けません" in page
    assert "待っている" not in page
    assert "data-row" not in page
    assert "/people" not in page


def test_whoever_loses_a_case_is_told_by_whom(app: FastAPI, client: TestClient) -> None:
    """Also where they may no longer open the person; without the office nobody takes one over."""
    wiring = app.state.wiring
    cases, code = wiring.stores.cases, wiring.city.code
    everybody = cases.participants(scope_of_everyone(code))
    mine = [each for each in everybody if each.coordinator_id == account_id("mizuno")]
    one, other = [each for each in mine if not each.address_protected][:2]
    stranger = Actor(account_id("hara"), "原", Role.COORDINATOR, code, COUNCIL)
    colleague = Actor("u-colleague", "同じ室", Role.COORDINATOR, code, one.office_id)
    taken: dict[str, Any] = {"coordinator_id": stranger.user_id, "office_id": COUNCIL}
    named: dict[str, Any] = {"named_staff_ids": frozenset({stranger.user_id})}
    for changes in (taken, named, taken | {"address_protected": True}):
        with pytest.raises(NotPermitted, match="hand_over"):
            edit_participant(stranger, cases, replace(one, **changes), wiring.clock)
    edit_participant(stranger, cases, replace(one, note="電話した"), wiring.clock)
    assert enter(client) == 303
    assert "担当が ほかの職員に変わりました" not in client.get("/").text
    edit_participant(colleague, cases, replace(one, **taken), wiring.clock)
    edit_participant(colleague, cases, replace(other, **taken), wiring.clock)
    gone = cases.participant(scope_of_everyone(code), other.id)
    event = AuditEvent("participant_changed", "system", "participant", other.id, wiring.clock())
    cases.save_participant(replace(gone, address_protected=True), event)
    page = client.get("/").text
    told = page[page.index("担当が ほかの職員に変わりました") :].partition("</section>")[0]
    assert f"{one.name} さん" in told
    assert "担当だった方" in told
    assert other.name not in told
    assert other.id not in told
