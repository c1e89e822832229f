"""The calls: who is due, writing a talk down without JavaScript, moving on, refusals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.app import create_app
from cases.following.follow_up import FollowUp
from cases.permissions import scope_of_everyone
from cases.placing.placement import Placement, PlacementState
from catalog.audit import AuditEvent
from catalog.dates import day_in_japan
from catalog.opening import Stage
from tests.api.conftest import enter, form_token
from tests.office import Clock
from tests.sample_office import sample_office

TODAY = day_in_japan(Clock().now)
EVENT = AuditEvent("set_up", "system", "city", "c", Clock().now)
OVER: dict[str, Any] = {
    "state": PlacementState.ENDED,
    "end_reason": "reached",
    "ended_on": TODAY,
}
GOOD = {
    "came": "3",
    "planned": "4",
    "fits_state": "3",
    "fits_wishes": "4",
    "voice": "お茶の時間がたのしみ",
    **{f"tsunagari_{code}": "2" for code in ("will", "self", "others", "society", "asking")},
}


@pytest.fixture
def app(tmp_path: Path) -> FastAPI:
    """Build the application on the sample city, where two placements alone are open."""
    app = create_app(sample_office(tmp_path), Clock())
    wiring = app.state.wiring
    everyone = scope_of_everyone(wiring.city.code)
    people = [p for p in wiring.stores.cases.participants(everyone) if not p.address_protected]
    opening = wiring.catalog.openings()[0]
    for sampled in wiring.placing.placements(everyone):
        wiring.placing.save_placement(replace(sampled, **OVER), EVENT, sampled.version)
    for number, person in enumerate(people[:2]):
        placed = Placement(
            id=f"placement-{number}",
            participant_id=person.id,
            opening_id=opening.id,
            host_id=opening.host_id,
            stage=Stage.PARTICIPATION,
            begun_on=TODAY - timedelta(8 + number),
        )
        wiring.placing.save_placement(placed, EVENT)
    return app


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    """Sign in a coordinator."""
    with TestClient(app, follow_redirects=False) as client:
        enter(client)
        yield client


def write(client: TestClient, placement: str, side: str = "person", **told: str) -> tuple[int, str]:
    """Send a talk; return status, and where it leads or the page."""
    address = f"/calls/{placement}?side={side}"
    answer = client.post(address, data={"form_token": form_token(client, address), **told})
    return answer.status_code, answer.headers.get("location", answer.text)


def talks(app: FastAPI, placement: str) -> list[FollowUp]:
    wiring = app.state.wiring
    everyone = scope_of_everyone(wiring.city.code)
    placed = wiring.placing.placement(everyone, placement)
    about = wiring.following.follow_ups_of(everyone, placed.participant_id)
    return [each for each in about if each.placement_id == placement]


def test_the_list_and_the_first_page_name_who_is_overdue(client: TestClient) -> None:
    page = client.get("/calls").text
    assert "今日 聞くことが 4件あります（うち 4件は 日を過ぎています）。" in page
    assert "翌日" in page
    assert 'href="/calls"' in client.get("/").text


def test_a_talk_is_written_and_leads_to_the_next_person(app: FastAPI, client: TestClient) -> None:
    status, leads = write(client, "placement-1", **GOOD)
    assert (status, leads) == (303, "/calls/placement-0?side=person&after=placement-1")
    (talk,) = talks(app, "placement-1")
    assert (talk.came, talk.planned, talk.fits_wishes) == (3, 4, 4)
    assert talk.scales == (("tsunagari", "1", (2, 2, 2, 2, 2)),)
    assert talk.occasion == "day_1"
    after = client.get(leads).text
    assert "聞き取りを保存しました" in after
    assert "ほかの つなぎ先を見る" not in after
    page = client.get("/calls/placement-1").text
    assert "お茶の時間がたのしみ" in page
    assert page.count(">前回<") == 2 + 1 + 5
    assert 'role="img"' in page


def test_another_place_is_offered_when_it_goes_badly(client: TestClient) -> None:
    _, leads = write(client, "placement-1", **{**GOOD, "fits_state": "1"})
    assert "ほかの つなぎ先を見る" in client.get(leads).text


def test_the_host_is_asked_about_worries(app: FastAPI, client: TestClient) -> None:
    told = {"worry": "safety", "weight": "2", "support": "2人で入る", "dangers": "health"}
    status, _ = write(client, "placement-1", "host", **told)
    assert status == 303
    (talk,) = talks(app, "placement-1")
    assert (talk.worries[0].kind, talk.worries[0].weight) == ("safety", 2)
    assert "2人で入る" in client.get("/calls/placement-1").text


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({**GOOD, "tsunagari_self": ""}, "つながり指標は"),
        ({**GOOD, "came": "5"}, "来られた回数（5回）が、予定（4回）より多いです"),
        ({**GOOD, "next_on": "2020-01-01"}, "次に聞く日"),
        ({**GOOD, "dangers": "rain"}, "もう一度 選んでください"),
    ],
)
def test_what_cannot_be_is_refused_and_stays_in_the_form(
    app: FastAPI, client: TestClient, told: dict[str, str], words: str
) -> None:
    status, page = write(client, "placement-1", **told)
    assert status in (409, 422)
    assert words in page
    assert "お茶の時間がたのしみ" in page
    assert talks(app, "placement-1") == []


def test_an_ended_placement_takes_no_talk(app: FastAPI, client: TestClient) -> None:
    wiring = app.state.wiring
    placed = wiring.placing.placement(scope_of_everyone(wiring.city.code), "placement-1")
    wiring.placing.save_placement(replace(placed, **OVER), EVENT, placed.version)
    assert "この参加は終わっています" in client.get("/calls/placement-1").text
    status, page = write(client, "placement-1", **GOOD)
    assert (status, "もう終わっています" in page) == (409, True)
    assert "今日 聞くことが 2件" in client.get("/calls").text


def test_nobody_learns_of_a_placement_that_is_not_there(client: TestClient) -> None:
    assert client.get("/calls/nowhere").status_code == 404


def test_a_sign_of_danger_says_at_once_whom_to_call(client: TestClient) -> None:
    _, leads = write(client, "placement-1", **{**GOOD, "dangers": "self_harm"})
    page = client.get(leads).text
    assert "すぐに連絡してください" in page
    assert 'href="tel:119"' in page
    assert "市の窓口：つながり相談室" in page


def test_who_does_not_answer_is_passed_over(client: TestClient) -> None:
    answer = client.get("/calls/next?than=placement-1&side=person")
    assert answer.headers["location"] == "/calls/placement-0?side=person"
    last = client.get("/calls/next?than=placement-0&side=host")
    assert last.headers["location"] == "/calls"


def correct(client: TestClient, address: str, **told: str) -> tuple[int, str]:
    """Send a corrected talk; return status and page."""
    answer = client.post(address, data={"form_token": form_token(client, address), **told})
    return answer.status_code, answer.text


def test_a_wrong_entry_is_put_right_and_the_second_to_do_so_loses_nothing(
    app: FastAPI, client: TestClient
) -> None:
    write(client, "placement-1", **GOOD)
    (talk,) = talks(app, "placement-1")
    address = f"/calls/placement-1/talks/{talk.id}"
    page = client.get(address).text
    assert "お茶の時間がたのしみ" in page
    assert correct(client, address, **GOOD, seen="1", who_5_q1="3")[0] == 422
    better = {**GOOD, "came": "4", "seen": "1"}
    assert correct(client, address, **better)[0] == 303
    status, page = correct(client, address, **{**better, "voice": "庭がいい"})
    assert (status, "どちらを残しますか" in page, "庭がいい" in page) == (409, True, True)
    assert 'name="seen" value="2"' in page
    assert correct(client, address, **{**better, "voice": "庭がいい", "seen": "2"})[0] == 303
    (last,) = talks(app, "placement-1")
    assert (last.came, last.voice, last.version) == (4, "庭がいい", 3)
    wiring = app.state.wiring
    everyone = scope_of_everyone(wiring.city.code)
    assert len(wiring.following.versions_of_follow_up(everyone, talk.id)) == 3


def test_the_record_tells_both_threads_and_draws_each_scale(
    app: FastAPI, client: TestClient
) -> None:
    of_mind = {f"who_5_q{number}": "3" for number in range(1, 6)}
    write(client, "placement-1", **GOOD, **of_mind)
    write(client, "placement-1", "host", worry="safety", weight="2", support="2人で入る")
    person = app.state.wiring.placing.placement(
        scope_of_everyone(app.state.wiring.city.code), "placement-1"
    ).participant_id
    page = client.get(f"/people/{person}/course").text
    for words in ("取扱注意", "要確認", "お茶の時間がたのしみ", "2人で入る", "合計 15点", "WHO-5"):
        assert words in page
    assert "つながり指標の移り変わり" in client.get(f"/people/{person}").text
