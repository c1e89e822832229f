"""The record as the auditor, a person's own staff, and everybody for themselves can read it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.app import create_app
from api.pages.audit import accesses, record
from cases.participant import Participant
from cases.permissions import scope_of_everyone
from cases.words.audit import PAGES, Kind
from catalog.audit import AuditEvent
from db.audit_people import pseudonym
from db.sample.accounts import account_id
from tests.api.conftest import enter, form_token
from tests.api.test_leaks import routes
from tests.office import Clock
from tests.sample_office import sample_office


@pytest.fixture(scope="module")
def clock() -> Clock:
    """Return a clock that the tests move."""
    return Clock()


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, clock: Clock) -> FastAPI:
    """Build the application on the sample city."""
    return create_app(sample_office(tmp_path_factory.mktemp("audit")), clock)


@pytest.fixture(scope="module")
def people(office: FastAPI) -> list[Participant]:
    """Return everybody, the protected person last."""
    wiring = office.state.wiring
    found = wiring.stores.cases.participants(scope_of_everyone(wiring.city.code))
    return sorted(found, key=lambda each: each.address_protected)


@pytest.fixture(scope="module")
def mizuno(office: FastAPI) -> Iterator[TestClient]:
    """Sign in as the coordinator."""
    with TestClient(office, follow_redirects=False) as opened:
        assert enter(opened) == 303
        yield opened


@pytest.fixture(scope="module")
def auditor(office: FastAPI, mizuno: TestClient) -> TestClient:
    """Sign in as the auditor, after the coordinator has looked at people."""
    browser = TestClient(office, follow_redirects=False)
    assert enter(browser, "kansa") == 303
    return browser


def lines(page: str) -> int:
    return page.count("<tr data-row")


def test_the_auditor_reads_who_looked_and_no_name(
    auditor: TestClient, mizuno: TestClient, people: list[Participant], office: FastAPI
) -> None:
    """A person has the same meaningless name in every line, and neither id nor number."""
    who = people[0]
    mizuno.get(f"/people/{who.id}")
    page = auditor.get("/audit").text
    name = pseudonym(office.state.wiring.city.code, who.id)
    assert f"本人 {name[:6]}" in page
    assert "画面で見ました" in page
    assert "本人の概要" in page
    assert "水野" in page
    for each in people:
        assert each.name not in page
        assert each.case_no not in page
        assert each.id not in page


def test_the_list_of_the_accesses_to_one_person(
    auditor: TestClient, mizuno: TestClient, people: list[Participant]
) -> None:
    """By case number for the auditor, on the person's page for the staff: the same lines."""
    who = people[1]
    for path in ("", "/openings", ""):
        mizuno.get(f"/people/{who.id}{path}")
    token = form_token(auditor, "/audit")
    spelled = who.case_no.lower().translate(str.maketrans("0123456789-", "０１２３４５６７８９－"))
    fields = {"form_token": token, "case_no": f" {spelled} "}
    goal = auditor.post("/audit/accesses", data=fields).headers["Location"]
    assert who.case_no not in goal
    assert who.id not in goal
    for_auditor = auditor.get(goal).text
    for_staff = mizuno.get(f"/people/{who.id}/accesses").text
    assert who.name in for_staff
    assert who.name not in for_auditor
    assert who.case_no not in for_auditor
    assert lines(for_auditor) == lines(for_staff) >= 3
    assert for_auditor.count("本人の概要") == 2


def test_a_number_of_nobody_leads_back_kindly(auditor: TestClient) -> None:
    """Nothing is said about who there is."""
    token = form_token(auditor, "/audit")
    answer = auditor.post("/audit/accesses", data={"form_token": token, "case_no": "T-9999"})
    assert "その番号の方の記録は、ありません" in auditor.get(answer.headers["Location"]).text
    assert auditor.get("/audit/accesses").headers["Location"] == "/audit"
    assert auditor.get("/audit/accesses?who=nobody").headers["Location"] == "/audit?nobody=true"


def test_who_tried_in_vain_is_in_the_list(
    office: FastAPI, mizuno: TestClient, people: list[Participant]
) -> None:
    """The staff of a protected person see who wanted to open them."""
    hidden = people[-1]
    hara = TestClient(office, follow_redirects=False)
    assert enter(hara, "hara") == 303
    assert hara.get(f"/people/{hidden.id}").status_code == 404
    assert hara.get(f"/people/{hidden.id}/accesses").status_code == 404
    page = mizuno.get(f"/people/{hidden.id}/accesses").text
    assert page.count("開こうとして、開けませんでした") == 2


def test_filters_choose_and_pages_go_on(
    auditor: TestClient, mizuno: TestClient, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By day, kind and member of staff; each event stands on one page only."""
    monkeypatch.setattr(record, "PAGE", 3)
    clock.forward(days=2)
    assert enter(mizuno) == 303
    for _ in range(5):
        mizuno.get("/people")
    assert enter(auditor, "kansa") == 303
    address, seen = "/audit?day=2026-11-14&group=read", []
    while address:
        page = auditor.get(address).text
        seen += re.findall(r'<th scope="row">[^<]+<span class="quiet">(\d+)</span>', page)
        found = re.search(r'href="(/audit\?[^"]*under=\d+)" rel="next"', page)
        address = found[1].replace("&amp;", "&") if found else ""
    assert len(seen) == len(set(seen)) >= 5
    assert seen == sorted(seen, key=int, reverse=True)
    nobody = auditor.get("/audit?day=2020-01-01").text
    assert "ここに当たる記録は、ありません" in nobody
    odd = auditor.get("/audit?day=9999-99-99&group=x&staff=y&under=1")
    assert odd.status_code == 200
    assert "「9999-99-99」は 日付として読めないので、日では しぼりこんでいません。" in odd.text
    chosen = auditor.get(f"/audit?day=2026-11-14&group=read&staff={account_id('mizuno')}").text
    assert "選んだ記録 5件" in chosen


def test_the_file_holds_what_is_chosen_and_is_recorded(
    auditor: TestClient, mizuno: TestClient, people: list[Participant]
) -> None:
    """A table without names of people; that it was taken along is the newest event."""
    mizuno.get(f"/people/{people[2].id}")
    answer = auditor.get("/audit/file?group=read")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0]["したこと"] in ("画面で見ました", "この記録を見ました")
    assert {row["したこと"] for row in rows} <= {
        "画面で見ました", "この記録を見ました", "本人をさがしました",
    }  # fmt: skip
    text = answer.content.decode()
    assert not any(each.name in text or each.id in text for each in people)
    assert "ファイルを受け取りました" in auditor.get("/audit").text


def test_everybody_sees_what_is_recorded_of_themselves(office: FastAPI, mizuno: TestClient) -> None:
    """Their own looking only."""
    for _ in range(5):
        mizuno.get("/people")
    assert lines(mizuno.get("/audit/own").text) >= 5
    planner = TestClient(office, follow_redirects=False)
    assert enter(planner, "ogawa") == 303
    assert "まだ 何もありません" in planner.get("/audit/own").text


def test_of_whom_one_was_kept_from_nothing_says_whether_they_exist(office: FastAPI) -> None:
    """The line about a protected person and the one about a made-up id are the same."""
    wiring = office.state.wiring
    everybody = wiring.stores.cases.participants(scope_of_everyone(wiring.city.code))
    (hidden,) = (each for each in everybody if each.address_protected)
    hara, told = TestClient(office, follow_redirects=False), []
    assert enter(hara, "hara") == 303
    for id_ in (hidden.id, "A" * 22):
        assert hara.get(f"/people/{id_}").status_code == 404
        first = re.findall(r"<tr.*?</tr>", hara.get("/audit/own").text, re.DOTALL)[1]
        told.append(re.sub(r"<[^>]+>|\d+", "", first))
    assert told[0] == told[1]


def test_a_long_list_goes_on(
    mizuno: TestClient, people: list[Participant], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The earlier lines are one link away."""
    monkeypatch.setattr(accesses, "PAGE", 2)
    who = people[3]
    for _ in range(3):
        mizuno.get(f"/people/{who.id}")
    page = mizuno.get(f"/people/{who.id}/accesses").text
    found = re.search(rf'href="(/people/{who.id}/accesses\?under=\d+)" rel="next"', page)
    assert found is not None
    assert lines(mizuno.get(found[1]).text) >= 1


def test_every_page_about_people_has_a_name_in_the_record(office: FastAPI) -> None:
    """An address of our own stands in no line; accounts and the sign-in show nobody's records."""
    others = (
        "/account",
        "/staff",
        "/sign-",
        "/invitation",
        "/healthz",
        "/readyz",
        "/help",
        "/api/",
    )
    patterns = {pattern for _, pattern in routes(office) if not pattern.startswith(others)}
    assert len(patterns) > 50
    assert sorted(patterns - PAGES.keys()) == []


def test_an_emergency_is_marked_with_its_reason_wherever_somebody_reads_of_it(
    office: FastAPI, auditor: TestClient, mizuno: TestClient, people: list[Participant]
) -> None:
    """In the record and its filter, in the list of who looked, and on the paper for the person."""
    who, staff = people[4], office.state.wiring.users
    user = next(each for each in staff.users() if each.login == "hara")
    office.state.wiring.stores.cases.save_participant(
        replace(who, coordinator_id=account_id("mizuno")),
        AuditEvent("set_up", user.id, "city", "c", Clock().now),
    )
    access = {"access": "a1", "reason": "life"}
    route = {"route": "GET /people/{participant_id}/consent", "emergency": "a1"}
    at = office.state.wiring.clock()
    for kind, detail in (("emergency_opened", access), (Kind.SHOWN, route)):
        staff.record(AuditEvent(kind, user.id, "participant", who.id, at, detail))
    deed = "緊急閲覧で開きました（いのち・からだの危険がある）"
    listed = mizuno.get(f"/people/{who.id}/accesses").text
    token = form_token(mizuno, f"/people/{who.id}/records/export")
    sent = {"form_token": token, "as": "page"}
    paper = mizuno.post(f"/people/{who.id}/records/export", data=sent).text
    chosen = auditor.get("/audit?group=emergency").text
    for page in (listed, paper, chosen):
        assert deed in page
        assert "緊急閲覧" in page.replace(deed, "")
    assert "画面で見ました〔同意の画面、緊急閲覧〕" in paper
    assert lines(chosen) == 1
