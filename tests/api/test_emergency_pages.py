"""緊急閲覧 as people meet it: asked for, told to the person's staff, reported, ended."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.app import create_app
from api.pages.emergency import reads_of
from cases.emergency import own_terms
from cases.participant import Participant, ParticipantStatus
from cases.permissions import POLICY, Action, Relation, scope_of_everyone
from cases.remit import Holder, RemitSetting
from cases.retention import Deletion
from catalog.actor import Role
from catalog.audit import AuditEvent
from db.sample.accounts import account_id
from tests.api.conftest import as_role, form_token
from tests.api.test_leaks import routes
from tests.api.test_matrix import BODIES
from tests.office import Clock
from tests.sample_office import matched_office, sample_office

WORDS = "夜に本人から泣いて電話があった"
EVENT = AuditEvent("set_up", "system", "city", "c", Clock().now)


@pytest.fixture
def app(tmp_path: Path) -> FastAPI:
    """Build the application on the sample city."""
    return create_app(sample_office(tmp_path), Clock())


@pytest.fixture
def people(app: FastAPI) -> list[Participant]:
    """Return somebody of Mizuno's who waits, and one of hers whose address is protected."""
    cases = app.state.wiring.stores.cases
    everyone = cases.participants(scope_of_everyone(app.state.wiring.city.code))
    found = [each for each in everyone if each.status is ParticipantStatus.WAITING][:2]
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
    assert f"緊急閲覧で開いている方がいます：{person.case_no}（13:00まで）" in opened.text
    assert lead.get(f"{page}/edit").status_code in (403, 404)
    assert person.case_no in lead.get("/emergency").text
    with browser(app, Role.AUDITOR, "監査") as auditor:
        report = auditor.get("/emergency/report").text
        assert WORDS in report
        assert person.name not in report
        assert person.case_no not in report
        looked = report.split('href="/audit/accesses?who=')[1].split('"')[0]
        listed = auditor.get(f"/audit/accesses?who={looked}").text
        assert "緊急閲覧で開きました" in listed
    token = form_token(lead, "/emergency")
    end = lead.get("/emergency").text.split('action="/emergency/')[1].split('"')[0]
    ended = lead.post(f"/emergency/{end}", data={"form_token": token})
    assert "緊急閲覧を終えました" in lead.get(ended.headers["Location"]).text
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


def test_a_search_in_vain_leads_to_the_emergency_who_may_use_it(
    app: FastAPI, lead: TestClient, people: list[Participant]
) -> None:
    """And the page says what to do when only the name is known."""
    sent = {"form_token": form_token(lead, "/people"), "words": people[0].case_no}
    assert 'class="button plain" href="/emergency"' in lead.post("/people/search", data=sent).text
    assert "お名前では開けません。" in lead.get("/emergency").text
    with browser(app, Role.MEMBER_AGENCY, "ほか") as member:
        sent["form_token"] = form_token(member, "/people")
        assert 'href="/emergency"' not in member.post("/people/search", data=sent).text


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


def test_the_report_names_each_record_that_was_read(
    app: FastAPI, lead: TestClient, people: list[Participant]
) -> None:
    """Page by page, how often; what the same person reads of others is not counted."""
    person = people[0]
    ask(lead, person.case_no)
    report = app.state.wiring
    (access,) = report.emergencies.about(scope_of_everyone(report.city.code))
    assert reads_of(access, report) == ()
    for path in ("", "", "/consent", "/records"):
        assert lead.get(f"/people/{person.id}{path}").status_code == 200
    told = reads_of(access, report)
    assert told == ("本人の概要（2回）", "同意の画面（1回）", "記録のこと（1回）")
    with browser(app, Role.AUDITOR, "監査") as auditor:
        page = auditor.get("/emergency/report").text
    assert "、".join(told) in page
    assert person.name not in page
    with browser(app, Role.COORDINATOR, "よそ") as colleague:
        assert colleague.get(f"/people/{person.id}").status_code == 200
    assert reads_of(access, report) == told


def test_it_ends_by_its_time_in_a_session_that_goes_on(
    app: FastAPI, lead: TestClient, people: list[Participant]
) -> None:
    """The page, the list, the search and the interface know nobody from that moment on."""
    person, clock = people[0], app.state.wiring.clock
    ask(lead, person.case_no)
    begun = clock()
    steps = timedelta(minutes=10)
    while clock() - begun + steps < timedelta(hours=own_terms().hours):
        clock.forward(minutes=10)
        assert lead.get(f"/people/{person.id}").status_code == 200
    assert person.name in lead.get("/people").text
    clock.forward(minutes=10)
    assert lead.get("/account").status_code == 200, "the session itself goes on"
    for path in (f"/people/{person.id}", f"/api/v1/people/{person.id}"):
        assert lead.get(path).status_code == 404
    for path in ("/people", "/", "/emergency", "/api/v1/people"):
        assert person.name not in lead.get(path).text
        assert person.case_no not in lead.get(path).text
    assert "緊急閲覧で開いている方がいます" not in lead.get("/").text


NEEDED: Final = frozenset({"GET", "POST /people/{participant_id}/address"})
"""What an emergency opens: what reads, and the protected address, which is asked for."""


@pytest.mark.parametrize("role", [Role.LEAD_AGENCY, Role.COORDINATOR])
def test_it_changes_nothing_whatever_is_sent(tmp_path: Path, role: Role) -> None:
    """Every address that names the person and changes something says no, and so it stays."""
    app = create_app(matched_office(tmp_path), Clock())
    with opened_for(app, role) as (client, person):
        before = content_of_person(app, person)
        token = client.get("/api/v1/session").json()["form_token"]
        tried = 0
        for method, pattern in routes(app):
            name = next((each for each in ("participant_id", "person_id") if each in pattern), "")
            if not name or method == "GET" or f"{method} {pattern}" in NEEDED:
                continue
            ids = dict.fromkeys(re.findall(r"{(\w+)}", pattern), "nowhere")
            answer = client.request(
                method,
                pattern.format(**ids | {name: person.id}),
                headers={"X-Form-Token": token},
                **sent_to(f"{method} {pattern}", person.id),
            )
            assert answer.status_code in (403, 404), (method, pattern, answer.status_code)
            tried += 1
        assert tried >= 12
        assert content_of_person(app, person) == before


def test_the_table_alone_keeps_an_emergency_from_changing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the emergency added to the row of editing, the same document goes through."""
    app = create_app(matched_office(tmp_path), Clock())
    with opened_for(app, Role.LEAD_AGENCY) as (client, person):
        address = f"/api/v1/people/{person.id}/support"
        head = {"X-Form-Token": client.get("/api/v1/session").json()["form_token"]}
        body: dict[str, list[str]] = {"programmes": [], "member_agencies": []}
        assert client.put(address, json=body, headers=head).status_code == 403
        row = POLICY[Role.LEAD_AGENCY]
        wider = row[Action.EDIT_PEOPLE] | {Relation.EMERGENCY}
        table = {**POLICY, Role.LEAD_AGENCY: {**row, Action.EDIT_PEOPLE: wider}}
        monkeypatch.setattr("cases.permissions.POLICY", table)
        assert client.put(address, json=body, headers=head).status_code == 200


@pytest.mark.parametrize("role", [Role.LEAD_AGENCY, Role.COORDINATOR])
def test_every_link_shown_leads_somewhere_and_no_form_changes(tmp_path: Path, role: Role) -> None:
    """From the lists on, link by link: all can be read, and nothing to edit is offered."""
    app = create_app(matched_office(tmp_path), Clock())
    with opened_for(app, role) as (client, person):
        lists = ["/", "/people", "/people?show=mine", "/matching/latest"]
        lists += ["/matching/latest?tab=unplaced", f"/people/{person.id}"]
        todo, seen = [*lists], dict[str, int]()
        while todo:
            path = todo.pop()
            pattern = pattern_of(path, person.id)
            seen[pattern] = seen.get(pattern, 0) + 1
            if seen[pattern] > MOST_ALIKE:
                continue
            answer = client.get(path, follow_redirects=True)
            assert answer.status_code == 200, path
            page = html.unescape(answer.text)
            changing = {
                action
                for action in re.findall(r'<form[^>]*method="post"[^>]*action="([^"]+)"', page)
                if person.id in action or "/proposals/" in action
            }
            assert changing <= {f"/people/{person.id}/address"}, path
            links = {each for each in re.findall(r'href="([^"#]+)', page) if person.id in each}
            assert not {each for each in links if EDITING.search(each)}, path
            assert "希望を直す" not in page, path
            assert "同意を記録する" not in page, path
            todo += [each for each in links if pattern_of(each, person.id) not in seen]
        assert {f"/people/*{each}" for each in ("", "/consent", "/openings", "/records")} <= set(
            seen
        )


MOST_ALIKE: Final = 2
EDITING: Final = re.compile(r"/(edit|need|withdraw|settle|together|deletion|export)\b")


def pattern_of(path: str, person_id: str) -> str:
    """Return an address without ids and without what is asked of it."""
    plain = path.partition("?")[0].replace(person_id, "*")
    return re.sub(r"/[\w-]{22}(?=/|$)", "/+", plain)


def sent_to(route: str, person_id: str) -> dict[str, Any]:
    """Return a whole document for a program's address, and a form's fields for a page's."""
    if "/api/" not in route:
        return {"data": {"decision": "undo"}}
    return {"json": BODIES.get(route, {})}


def content_of_person(app: FastAPI, person: Participant) -> tuple[Any, ...]:
    """Return what is kept of a person."""
    stores = app.state.wiring.stores
    everyone = scope_of_everyone(app.state.wiring.city.code)
    return (
        stores.cases.participant(everyone, person.id),
        stores.cases.need(everyone, person.id),
        stores.cases.consents_of(everyone, person.id),
        list(stores.runs.proposals_for(everyone, person.id)),
    )


@contextmanager
def opened_for(app: FastAPI, role: Role) -> Iterator[tuple[TestClient, Participant]]:
    """Let somebody whose office is entrusted with nobody open one who has a proposal."""
    wiring = app.state.wiring
    everyone = scope_of_everyone(wiring.city.code)
    limit = RemitSetting(
        holder=Holder.OFFICE, holder_id="よそ", programmes=frozenset({"共助の地域づくり事業"})
    )
    wiring.rights.save_remit(limit, EVENT)
    run = wiring.stores.runs.latest_run(everyone)
    placed = {each.participant_id for each in wiring.stores.runs.proposals(everyone, run.id)}
    person = next(
        each
        for each in wiring.stores.cases.participants(everyone)
        if each.id in placed and not each.address_protected
    )
    with browser(app, role, "よそ") as client:
        assert client.get(f"/people/{person.id}").status_code == 404
        assert ask(client, person.case_no)[0] == 303
        yield client, person
