"""A person's support plan on the screen, from the first draft to the version that replaces it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.app import create_app
from api.wiring import Wiring
from cases.meetings.meeting import AgendaItem, Attendance, Meeting, MeetingState
from cases.participant import Participant
from cases.permissions import scope_of_everyone
from cases.plan import PlanState, SupportPlan
from catalog.audit import AuditEvent
from catalog.ids import new_id
from db.sample.accounts import CITY_OFFICE, account_id
from tests.api.conftest import enter
from tests.office import Clock
from tests.sample_office import sample_office

SIGNED = {"signed_by": "本人", "signed_on": "令和8年11月12日"}


@pytest.fixture
def app(tmp_path: Path) -> FastAPI:
    """Open the sample city."""
    return create_app(sample_office(tmp_path), Clock())


@pytest.fixture
def browser(app: FastAPI) -> Iterator[TestClient]:
    """Return a browser in which 水野 is signed in."""
    with TestClient(app, follow_redirects=False) as opened:
        assert enter(opened) == 303
        yield opened


def somebody(app: FastAPI, *, consented: bool) -> Participant:
    """Return somebody of 水野, with a written consent or with none at all."""
    wiring: Wiring = app.state.wiring
    cases, scope = wiring.stores.cases, scope_of_everyone(wiring.city.code)
    consents = cases.consents(scope)
    return next(
        each
        for each in cases.participants(scope)
        if each.coordinator_id == account_id("mizuno")
        and not each.address_protected
        and not wiring.plans.plans_of(scope, each.id)
        and [c.state for c in consents.get(each.id, [])] == (["written"] if consented else [])
        and all(c.until_on is None or c.until_on.year > 2026 for c in consents.get(each.id, []))
    )


def plans(app: FastAPI, who: Participant) -> list[SupportPlan]:
    """Return the plans as they stand."""
    wiring = app.state.wiring
    return list(wiring.plans.plans_of(scope_of_everyone(wiring.city.code), who.id))


def decided(app: FastAPI, who: Participant, **more: Any) -> dict[str, str]:
    """Hold a sitting that finds a plan fitting, and return the fields that say so."""
    wiring: Wiring = app.state.wiring
    event = AuditEvent("agenda_written", "system", "meeting", "m", wiring.clock())
    starts_at = wiring.clock() - timedelta(hours=2)
    sat = Meeting(
        id=new_id(), kind="coordination", name="重層的支援会議", starts_at=starts_at,
        state=MeetingState.HELD,
    )  # fmt: skip
    item = AgendaItem(
        id=new_id(), meeting_id=sat.id, number=2, participant_id=who.id, judgement="fits"
    )
    wiring.meetings.save_meeting(sat, event)
    wiring.meetings.save_agenda_item(replace(item, **more), event)
    return {**SIGNED, "decided_in": item.id}


def token_of(shown: str) -> str:
    """Return the token of the forms of a page."""
    return str(re.findall(r'name="form_token" value="([^"]*)"', shown)[0])


def write(browser: TestClient, who: Participant, shown: str, **fields: object) -> tuple[int, str]:
    """Send the form of a page that was shown."""
    own = {
        name: re.findall(rf'name="{name}" value="([^"]*)"', shown)[0] for name in ("plan", "seen")
    }
    data = {"form_token": token_of(shown), "made_on": "令和8年11月12日"} | own | fields
    answer = browser.post(f"/people/{who.id}/plan", data=data)
    return answer.status_code, answer.text


def step(browser: TestClient, who: Participant, verb: str, **fields: str) -> tuple[int, str]:
    """Press the button of a step."""
    shown = browser.get(f"/people/{who.id}/plan").text
    forms = re.findall(
        r'<form class="card form" method="post" action="[^"]*/step".*?</form>', shown, re.S
    )
    this = next(each for each in forms if f'value="{verb}"' in each)
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', this))
    answer = browser.post(f"/people/{who.id}/plan/step", data=hidden | fields)
    return answer.status_code, answer.text


def test_from_the_first_draft_to_the_next_version(app: FastAPI, browser: TestClient) -> None:
    """Each step needs what the law of the noun says; the decided one is replaced, none is lost."""
    who = somebody(app, consented=True)
    path = f"/people/{who.id}/plan"
    first = browser.get(path).text
    goals = {
        "aim": "花の世話をしたい",
        "who_0": CITY_OFFICE,
        "does_0": "畑に誘う",
        "by_0": "R9.1.31",
    }
    assert write(browser, who, first, **goals, services=["participation"])[0] == 303
    assert step(browser, who, "submit")[0] == 303
    status, page = step(browser, who, "decide")
    assert (status, "重層的支援会議の判断" in page) == (422, True)
    assert step(browser, who, "decide", **decided(app, who))[0] == 303
    (kept,) = plans(app, who)
    assert (kept.state, kept.aim, kept.services) == (
        PlanState.DECIDED, "花の世話をしたい", ("participation",),
    )  # fmt: skip
    anew = browser.get(f"{path}?new=1").text
    assert "花の世話をしたい" in anew
    assert write(browser, who, anew, aim="畑の会に出たい")[0] == 303
    assert "花の世話をしたい → 畑の会に出たい" in browser.get(path).text
    assert step(browser, who, "submit")[0] == 303
    assert step(browser, who, "decide", **decided(app, who))[0] == 303
    assert [each.state for each in plans(app, who)] == [PlanState.DECIDED, PlanState.REPLACED]
    assert "重層的支援会議 令和8年11月12日（木） 議題2" in browser.get(path).text
    paper = browser.get(f"{path}/print").text
    assert "畑の会に出たい" in paper
    assert "要確認" in paper


@pytest.mark.parametrize("judgement", ["", "again"])
def test_only_a_sitting_that_found_it_fitting_decides(
    app: FastAPI, browser: TestClient, judgement: str
) -> None:
    who = somebody(app, consented=True)
    assert write(browser, who, browser.get(f"/people/{who.id}/plan").text, aim="x")[0] == 303
    assert step(browser, who, "submit")[0] == 303
    status, page = step(browser, who, "decide", **decided(app, who, judgement=judgement))
    assert (status, "重層的支援会議の判断" in page) == (422, True)
    assert [each.state for each in plans(app, who)] == [PlanState.SUBMITTED]


def test_what_a_room_said_decides_nothing(app: FastAPI, browser: TestClient) -> None:
    """Not even its name is offered: the plan is for readers who are no members of the room."""
    who = somebody(app, consented=True)
    assert write(browser, who, browser.get(f"/people/{who.id}/plan").text, aim="x")[0] == 303
    assert step(browser, who, "submit")[0] == 303
    own = (Attendance("", account_id("mizuno")),)
    fields = decided(app, who, confidential=True, title="山手の世帯", members=own)
    assert fields["decided_in"] not in browser.get(f"/people/{who.id}/plan").text
    assert step(browser, who, "decide", **fields)[0] == 422


def test_without_consent_no_meeting_is_asked(app: FastAPI, browser: TestClient) -> None:
    who = somebody(app, consented=False)
    shown = browser.get(f"/people/{who.id}/plan").text
    assert write(browser, who, shown, aim="話がしたい")[0] == 303
    status, page = step(browser, who, "submit")
    assert (status, "文書の同意" in page) == (422, True)
    assert [each.state for each in plans(app, who)] == [PlanState.DRAFT]


def test_offices_take_part_only_where_somebody_says_so(app: FastAPI, browser: TestClient) -> None:
    who = somebody(app, consented=True)
    shown = browser.get(f"/people/{who.id}/plan").text
    office = re.findall(r'<option value="([^"]+)"', shown.partition('id="lead_office_id"')[2])[-1]
    roles = {"aim": "話がしたい", "who_0": office, "does_0": "たずねる"}
    cases, scope = app.state.wiring.stores.cases, scope_of_everyone(app.state.wiring.city.code)
    for says, member in (("", False), ("1", True)):
        assert (
            write(browser, who, browser.get(f"/people/{who.id}/plan?new=1").text, **roles)[0] == 303
        )
        assert step(browser, who, "submit")[0] == 303
        assert step(browser, who, "decide", **decided(app, who), take_part=says)[0] == 303
        kept = cases.participant(scope, who.id).member_office_ids
        assert (office in kept - who.member_office_ids) is member


def test_the_second_of_two_sees_both_texts(app: FastAPI, browser: TestClient) -> None:
    who = somebody(app, consented=True)
    shown = browser.get(f"/people/{who.id}/plan").text
    assert write(browser, who, shown, aim="一人目のことば")[0] == 303
    status, page = write(browser, who, shown, aim="二人目のことば")
    assert status == 409
    assert "一人目のことば" in page
    assert "二人目のことば" in page
    assert [each.aim for each in plans(app, who)] == ["一人目のことば"]
    assert write(browser, who, page, aim="二人目のことば")[0] == 303
    assert [(each.aim, each.version) for each in plans(app, who)] == [("二人目のことば", 2)]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"aim": ""}, "目指す姿を"),
        ({"aim": "x", "who_0": "社協"}, "なにをするかを"),
        ({"aim": "x", "does_0": "たずねる"}, "だれがするかを"),
        ({"aim": "x", "review_on": "R8.1.1"}, "見直す日"),
        ({"aim": "x", "review_on": "いつか"}, "日付として読めません"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_kept(
    app: FastAPI, browser: TestClient, fields: dict[str, str], said: str
) -> None:
    who = somebody(app, consented=True)
    status, page = write(browser, who, browser.get(f"/people/{who.id}/plan").text, **fields)
    assert (status, said in page) == (422, True)
    assert plans(app, who) == []
