"""緊急閲覧 as people meet it: asked for, told to the person's staff, reported, ended."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.app import create_app
from cases.participant import Participant
from cases.permissions import scope_of_everyone
from cases.retention import Deletion
from catalog.actor import Role
from catalog.audit import AuditEvent
from db.sample.accounts import account_id
from tests.api.conftest import as_role, form_token
from tests.office import Clock
from tests.sample_office import sample_office

WORDS = "夜に本人から泣いて電話があった"
EVENT = AuditEvent("set_up", "system", "city", "c", Clock().now)


@pytest.fixture
def app(tmp_path: Path) -> FastAPI:
    """Build the application on the sample city."""
    return create_app(sample_office(tmp_path), Clock())


@pytest.fixture
def people(app: FastAPI) -> list[Participant]:
    """Return somebody of Mizuno's, and somebody of hers whose address is protected."""
    cases = app.state.wiring.stores.cases
    found = cases.participants(scope_of_everyone(app.state.wiring.city.code))[:2]
    mine = [
        replace(
            each,
            coordinator_id=account_id("mizuno"),
            named_staff_ids=frozenset(),
            office_id="つながり相談室",
            address_protected=hidden,
        )
        for each, hidden in zip(found, (False, True), strict=True)
    ]
    for each in mine:
        cases.save_participant(each, EVENT)
    return mine


@contextmanager
def browser(app: FastAPI, role: Role, office: str) -> Iterator[TestClient]:
    """Sign somebody in."""
    client = TestClient(app, follow_redirects=False, raise_server_exceptions=False)
    yield as_role(app, client, role, office)
    client.close()


@pytest.fixture
def lead(app: FastAPI) -> Iterator[TestClient]:
    """Sign in somebody of an agency to whom nobody here belongs."""
    with browser(app, Role.LEAD_AGENCY, "よそ") as client:
        yield client


def ask(client: TestClient, case_no: str, **more: str) -> tuple[int, str, str]:
    """Send the form, and return status, address and page."""
    fields = {"case_no": case_no, "reason": "life", "words": WORDS, **more}
    token = form_token(client, "/emergency")
    answer = client.post("/emergency", data={"form_token": token, **fields})
    return answer.status_code, answer.headers.get("location", ""), answer.text


def test_from_asking_to_the_end(app: FastAPI, lead: TestClient, people: list[Participant]) -> None:
    person = people[0]
    page = f"/people/{person.id}"
    assert lead.get(page).status_code == 404
    assert ask(lead, person.case_no)[:2] == (303, page)
    opened = lead.get(page)
    assert opened.status_code == 200
    assert "緊急閲覧で開いている方がいます" in opened.text
    assert lead.get(f"{page}/edit").status_code in (403, 404)
    assert person.case_no in lead.get("/emergency").text
    with browser(app, Role.AUDITOR, "監査") as auditor:
        report = auditor.get("/emergency/report").text
        assert WORDS in report
        assert person.name not in report
        assert person.case_no not in report
    token = form_token(lead, "/emergency")
    end = lead.get("/emergency").text.split('action="/emergency/')[1].split('"')[0]
    assert lead.post(f"/emergency/{end}", data={"form_token": token}).status_code == 303
    assert lead.get(page).status_code == 404
    assert "緊急閲覧で開いている方がいます" not in lead.get("/").text


def test_the_persons_coordinator_sees_it_on_the_first_page(
    app: FastAPI, lead: TestClient, people: list[Participant]
) -> None:
    ask(lead, people[1].case_no, confirmed="yes")
    with TestClient(app, follow_redirects=False) as own:
        token = form_token(own)
        password = "mihon-no-machi"
        fields = {"form_token": token, "login": "mizuno", "password": password}
        assert own.post("/sign-in", data=fields).status_code == 303
        first = own.get("/").text
    assert "担当の方が 緊急閲覧で開かれました" in first
    assert WORDS in first
    assert people[1].case_no in first


def test_nobody_learns_whether_a_number_exists(lead: TestClient, people: list[Participant]) -> None:
    """A protected person's number and one that nobody has: the same page, in every byte."""
    number = people[1].case_no
    nobody = number[:-4] + "9999"
    told = ask(lead, number)
    assert told[0] == 422
    assert told[2].replace(number, "*") == ask(lead, nobody)[2].replace(nobody, "*")


def test_the_report_says_when_the_words_went_with_the_person(
    app: FastAPI, lead: TestClient, people: list[Participant]
) -> None:
    ask(lead, people[0].case_no)
    wiring = app.state.wiring
    deletion = Deletion(
        participant_id=people[0].id,
        at=Clock().now,
        ground="retention_passed",
        decided_by="u",
        approved_by="課長",
    )
    wiring.records.delete(deletion, EVENT)
    with browser(app, Role.AUDITOR, "監査") as auditor:
        report = auditor.get("/emergency/report").text
    assert "（削除された方のため、残っていません）" in report
    assert WORDS not in report


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"reason": ""}, "緊急に開く理由を一つ選んでください。"),
        ({"words": "急ぎ"}, "文字以上で書いてください。"),
        ({"case_no": " "}, "本人の番号を書いてください。"),
        ({"words": "あ" * 5000}, "4000文字までで書いてください。"),
    ],
)
def test_what_is_missing_is_said_at_its_field(
    lead: TestClient, people: list[Participant], changes: dict[str, str], sentence: str
) -> None:
    status, _, page = ask(lead, **{"case_no": people[0].case_no, **changes})
    assert status == 422
    assert sentence in page
    assert lead.get(f"/people/{people[0].id}").status_code == 404
