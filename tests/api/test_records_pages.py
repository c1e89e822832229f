"""The keeping of a person's records on the screen: telling, holding, correcting, handing out."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.app import create_app
from api.pages.records.gathering import FIELDS, label_of
from api.wiring import Wiring
from cases.actions.matching import start_matching
from cases.consent import HOSTS, Consent, ConsentState
from cases.consent_scope import agency_words
from cases.helper import Helper
from cases.intake.reception import Reception
from cases.participant import Participant, ParticipantStatus
from cases.permissions import scope_of_everyone
from cases.retention import own_retention
from cases.run import Unplaced
from catalog.actor import Actor, Role
from catalog.audit import AuditEvent
from db import audit
from db.forgetting import kept_deletions
from db.sample.accounts import CITY_OFFICE, account_id
from exchange.frozen_runs import freeze
from exchange.person_export import FREE_TEXTS, free_texts
from tests.api.conftest import as_role, enter, form_token
from tests.db.examples import an_event
from tests.db.test_plaintext import EMERGENCY, HELPER_RUN
from tests.db.test_runs import PROPOSAL, RUN
from tests.office import Clock
from tests.sample_office import sample_office


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


@pytest.fixture
def person(app: FastAPI) -> Participant:
    """Return somebody who waits, whom 水野 may open and whose address is not protected."""
    wiring: Wiring = app.state.wiring
    people = wiring.stores.cases.participants(scope_of_everyone(wiring.city.code))
    return next(
        each
        for each in people
        if not each.address_protected
        and each.coordinator_id == account_id("mizuno")
        and each.status is ParticipantStatus.WAITING
    )


def send(browser: TestClient, path: str, **fields: Any) -> Any:
    """Send a form of the person's page."""
    token = form_token(browser, path.rsplit("/records", 1)[0] + "/records")
    return browser.post(path, data={"form_token": token} | fields, follow_redirects=True)


def text_of(answer: Any) -> str:
    """Return what a page says."""
    return html.unescape(re.sub(r"<[^>]+>", "", answer.text))


def kinds(app: FastAPI, person: Participant) -> list[str]:
    """Return what was done about a person, the last first."""
    wiring: Wiring = app.state.wiring
    with wiring.database.reading() as connection:
        return [
            each.kind for each in audit.events(connection, wiring.city.code, subject_id=person.id)
        ]


TOLD = {
    "on": "令和8年11月10日",
    "recipient": "民生委員の山本さん",
    "categories": ["属性"],
    "items": "名前と 住んでいる町",
    "basis": "by_law",
    "reason": "見守りをたのむため",
    "approved_by": "福祉課長",
}


def test_what_was_told_is_noted_with_its_basis(
    app: FastAPI, browser: TestClient, person: Participant
) -> None:
    path = f"/people/{person.id}/records"
    assert "まだ だれにも知らせていません" in text_of(browser.get(path))
    page = send(browser, f"{path}/told", **TOLD)
    assert page.status_code == 200
    for words in (
        "提供の記録を書きました",
        "民生委員の山本さん",
        "名前と 住んでいる町",
        "第69条",
        "福祉課長",
    ):
        assert words in text_of(page)
    assert "disclosed" in kinds(app, person)


def test_what_no_consent_covers_is_refused_in_words(
    browser: TestClient, person: Participant
) -> None:
    """Nothing is kept; what was typed stays in the form."""
    path = f"/people/{person.id}/records"
    page = send(browser, f"{path}/told", **TOLD | {"basis": "consent"})
    assert page.status_code == 422
    assert "本人の同意に入っていません" in text_of(page)
    assert "見守りをたのむため" in page.text
    assert "まだ だれにも" in text_of(browser.get(path))


def test_a_host_by_name_is_told_by_the_consent_for_hosts(
    app: FastAPI, browser: TestClient, person: Participant
) -> None:
    """The entry of the list says what the consent covers, the name says which one it was."""
    wiring: Wiring = app.state.wiring
    event = AuditEvent("set_up", "system", "city", "c", wiring.clock())
    consent = Consent(
        id="c-hosts",
        participant_id=person.id,
        state=ConsentState.WRITTEN,
        given_by="本人",
        on=date(2026, 11, 1),
        agencies=frozenset({HOSTS}),
        categories=frozenset({"属性"}),
        recorded_at=wiring.clock(),
    )
    wiring.stores.cases.add_consent(consent, event)
    path = f"/people/{person.id}/records"
    by_consent = TOLD | {"basis": "consent", "recipient_name": "こもれび文庫"}
    refused = text_of(send(browser, f"{path}/told", **by_consent | {"recipient": "こもれび文庫"}))
    assert "「団体や人の名前」に書いてください。" in refused
    told = send(browser, f"{path}/told", **by_consent | {"recipient": agency_words(HOSTS)})
    assert f"{agency_words(HOSTS)}：こもれび文庫" in text_of(told)


def test_the_code_of_an_emergency_is_no_free_text() -> None:
    """Its words are."""
    assert [each.where for each in free_texts("emergencies/0", EMERGENCY)] == [
        "emergencies/0/words"
    ]


def test_every_free_text_that_is_to_be_read_has_a_label() -> None:
    """Of every part of the record and every field in which staff write freely."""
    assert FIELDS.keys() == FREE_TEXTS
    assert label_of("consents/0/given_by") == "同意・だれが同意したか"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"recipient": ""}, "だれに知らせたかを"),
        ({"categories": []}, "1つは選んでください"),
        ({"basis": "because"}, "根拠を"),
        ({"on": "令和9年1月1日"}, "今日より先です"),
        ({"on": "きのう"}, "日付として読めません"),
    ],
)
def test_what_is_missing_is_said_at_its_field(
    browser: TestClient, person: Participant, changes: dict[str, Any], words: str
) -> None:
    page = send(browser, f"/people/{person.id}/records/told", **TOLD | changes)
    assert page.status_code == 422
    assert words in text_of(page)


def test_a_hold_stops_the_deletion_until_it_is_lifted(
    app: FastAPI, browser: TestClient, person: Participant
) -> None:
    path = f"/people/{person.id}/records"
    assert "削除を止める理由を" in text_of(send(browser, f"{path}/holds", hold_reason=""))
    page = send(browser, f"{path}/holds", hold_reason="訴えがあるため")
    assert "訴えがあるため" in text_of(page)
    asked = {"ground": "mistake", "approved_by": "福祉課長"}
    stopped = send(browser, f"{path}/deletion", **asked)
    assert stopped.status_code == 422
    assert "削除を止める決めごとが 1件ある" in text_of(stopped)
    found = re.search(r"holds/([\w-]+)/lift", page.text)
    assert found is not None
    assert send(browser, f"{path}/holds/{found[1]}/lift").status_code == 200
    assert send(browser, f"{path}/holds/{found[1]}/lift").status_code == 404
    assert send(browser, f"{path}/deletion", **asked).status_code == 200
    assert [each for each in kinds(app, person) if "hold" in each] == ["hold_lifted", "hold_made"]


def test_corrections_are_listed_with_what_stood_before(
    app: FastAPI, browser: TestClient, person: Participant
) -> None:
    page = f"/people/{person.id}/edit"
    form = browser.get(page).text
    version = re.search(r'name="version" value="(\w+)"', form)
    assert version is not None
    token = form_token(browser, page)
    fields = {
        "form_token": token, "version": version[1], "name": "新名 なまえ", "status": "closed",
        "since_on": "令和8年4月1日",
    }  # fmt: skip
    assert browser.post(page, data=fields).status_code == 303
    shown = browser.get(f"/people/{person.id}/records/changes")
    assert shown.status_code == 200
    words = text_of(shown)
    assert person.name in words
    assert "新名 なまえ" in words
    assert "水野" in words
    listed = text_of(browser.get("/records/retention"))
    assert "新名 なまえ" in listed
    assert "令和14年3月31日" in listed


def test_everything_is_handed_out_and_noted(
    app: FastAPI, browser: TestClient, person: Participant
) -> None:
    path = f"/people/{person.id}/records"
    send(browser, f"{path}/told", **TOLD)
    assert "渡す前に" in text_of(browser.get(f"{path}/export"))
    assert "person_exported" not in kinds(app, person)
    page = text_of(send(browser, f"{path}/export", **{"as": "page"}))
    for words in (
        person.name,
        person.case_no,
        "民生委員の山本さん",
        "自由に書いた文",
        "知らせたことの記録・理由",
    ):
        assert words in page
    answer = send(browser, f"{path}/export", **{"as": "file"})
    assert person.name not in answer.headers["content-disposition"]
    document = json.loads(answer.content)
    assert document["format"] == "tsunagite.person/1"
    assert document["person"]["name"] == person.name
    assert document["person"]["programmes"] == list(person.programmes)
    assert document["person"]["member_office_ids"] == sorted(person.member_office_ids)
    assert document["disclosures"][0]["recipient"] == "民生委員の山本さん"
    assert {"consents", "versions", "proposals", "events", "to_read"} <= document.keys()
    assert "見守りをたのむため" in [each["words"] for each in document["to_read"]]
    assert kinds(app, person).count("person_exported") == 2


def test_what_is_handed_out_tells_of_emergencies_and_of_runs_without_a_place(
    app: FastAPI, browser: TestClient, person: Participant
) -> None:
    """And of what was proposed to them as a helper."""
    wiring: Wiring = app.state.wiring
    stores, opening = wiring.stores, wiring.stores.catalog.openings()[0]
    opened = replace(
        EMERGENCY, user_id=account_id("mizuno"), participant_id=person.id, words="倒れたと聞いた"
    )
    wiring.emergencies.add(opened, an_event())
    alone = Unplaced(
        participant_id=person.id, reason="no_pair", candidates=0, refused=(("travel", 3),),
        words="歩いて行ける枠がありません",
    )  # fmt: skip
    stores.runs.add_run(replace(RUN, unplaced=(alone,), not_considered=(), used=()), [], an_event())
    stores.helping.save_helper(Helper(id="h", name="x", participant_id=person.id), an_event())
    offered = replace(
        PROPOSAL, run_id="hr", participant_id="h", opening_id=opening.id, reason="体操の手伝い"
    )
    stores.helping.add_helper_run(HELPER_RUN, [offered], an_event())
    path = f"/people/{person.id}/records/export"
    page = text_of(send(browser, path, **{"as": "page"}))
    for words in ("倒れたと聞いた", "歩いて行ける枠がありません", "体操の手伝い"):
        assert words in page
    document = json.loads(send(browser, path, **{"as": "file"}).content)
    assert document["emergencies"][0]["words"] == "倒れたと聞いた"
    assert document["without_place"][0]["refused"] == [["travel", 3]]
    assert document["helper_proposals"][0]["place"] == opening.name
    assert "倒れたと聞いた" in [each["words"] for each in document["to_read"]]


def test_what_is_handed_out_begins_with_the_first_words(
    app: FastAPI, browser: TestClient, person: Participant
) -> None:
    """In all their versions; on paper as they stand."""
    intake = app.state.wiring.intake
    heard = Reception(
        id="heard", received_on=date(2026, 6, 1), office_id=CITY_OFFICE, heard="はじめの話",
        participant_id=person.id,
    )  # fmt: skip
    intake.save_reception(heard, an_event())
    intake.save_reception(replace(heard, heard="直した話", version=2), an_event())
    path = f"/people/{person.id}/records/export"
    page = text_of(send(browser, path, **{"as": "page"}))
    assert "受付・聞いたこと" in page
    assert page.count("直した話") == 2, "as it stands, and to be read"
    document = json.loads(send(browser, path, **{"as": "file"}).content)
    assert [each["heard"] for each in document["receptions"]] == ["はじめの話", "直した話"]
    read = [each["words"] for each in document["to_read"]]
    assert {"はじめの話", "直した話"} <= {*read}


def test_nothing_that_is_handed_out_names_whom_the_person_knows(
    app: FastAPI, browser: TestClient, person: Participant
) -> None:
    """Neither the paper nor the file, though the need was changed to name them."""
    wiring: Wiring = app.state.wiring
    scope, cases = scope_of_everyone(wiring.city.code), wiring.stores.cases
    need = cases.need(scope, person.id)
    assert need is not None
    known = next(
        each
        for each in cases.participants(scope)
        if each.id != person.id and not each.address_protected
    )
    event = AuditEvent("need_changed", "system", "participant", person.id, wiring.clock())
    cases.save_need(replace(need, known_person_ids=frozenset({known.id}), goal="畑"), event)
    for form in ("page", "paper", "file"):
        told = send(browser, f"/people/{person.id}/records/export", **{"as": form}).text
        assert "畑" in told
        assert not [each for each in (known.name, known.case_no, known.id) if each in told], form


def test_a_deletion_takes_two_steps_and_leaves_a_number(
    app: FastAPI, browser: TestClient, person: Participant
) -> None:
    """Runs go on adding up; the person is nowhere any more."""
    wiring: Wiring = app.state.wiring
    everyone = scope_of_everyone(wiring.city.code)
    mizuno = Actor(account_id("mizuno"), "水野", Role.COORDINATOR, wiring.city.code, CITY_OFFICE)
    run = start_matching(mizuno, wiring.stores, wiring.clock, freeze, "0").run
    path = f"/people/{person.id}/records/deletion"
    assert browser.get(path).status_code == 200
    assert "理由を 選んでください" in text_of(send(browser, path, approved_by="課長"))
    passed = send(browser, path, ground="retention_passed", approved_by="課長")
    assert "保存する期間がまだ終わっていない" in text_of(passed)
    asked = {"ground": "mistake", "approved_by": "福祉課長"}
    second = text_of(send(browser, path, **asked))
    assert "2. 確かめ" in second
    for typed in ("T-9999", "", person.name[:1], "はい"):
        wrong = send(browser, path, **asked, step="confirm", confirmed=typed)
        assert "この方の番号とも名前とも ちがいます" in text_of(wrong)
    assert wiring.stores.cases.participant(everyone, person.id) is not None
    done = send(browser, path, **asked, step="confirm", confirmed=person.case_no)
    assert done.status_code == 200
    assert "まちがえて登録した" in text_of(done)
    assert person.name not in done.text
    assert person.case_no not in done.text
    assert wiring.stores.cases.participant(everyone, person.id) is None
    for address in (f"/people/{person.id}", f"/people/{person.id}/records", path):
        assert browser.get(address).status_code == 404
    for address in ("/", "/people?show=all", f"/matching/{run.id}", "/matching"):
        page = browser.get(address)
        assert page.status_code == 200, address
        assert person.name not in page.text
    again = start_matching(mizuno, wiring.stores, wiring.clock, freeze, "0").run
    compared = f"/matching/compare?before={run.id}&after={again.id}"
    for address in (f"/matching/{run.id}", f"/matching/{run.id}/record", "/matching", compared):
        told = text_of(browser.get(address))
        assert told.count("消した人 1人") == 1, address
        assert "削除された" not in told, address
    assert "消した人" not in text_of(browser.get(f"/matching/{again.id}"))
    log = wiring.settings.key_file.with_name("deletions.jsonl")
    assert [each.participant_id for each in kept_deletions(log, wiring.city.code)] == [person.id]
    assert person.name not in log.read_text()


def test_the_page_says_what_goes_what_stays_and_why(
    browser: TestClient, person: Participant
) -> None:
    """On both steps, from the dated rules, with the law of each; the name confirms as well."""
    path = f"/people/{person.id}/records/deletion"
    asked = {"ground": "mistake", "approved_by": "福祉課長"}
    rules = own_retention()
    for answer in (browser.get(path), send(browser, path, **asked)):
        page = text_of(answer)
        for words in (*rules.destroyed, *(x for e in rules.stays for x in (e.name, e.why, e.law))):
            assert words in page
    assert f"{person.case_no} か {person.name} と書いてください" in page
    done = send(browser, path, **asked, step="confirm", confirmed=person.name.replace(" ", "　"))
    assert "まちがえて登録した" in text_of(done)
    assert browser.get(path).status_code == 404


@pytest.mark.parametrize("role", [Role.MEMBER_AGENCY, Role.HOST, Role.ADMINISTRATOR, Role.AUDITOR])
def test_others_neither_delete_nor_hand_out(
    app: FastAPI, browser: TestClient, person: Participant, role: Role
) -> None:
    as_role(app, browser, role)
    for address in ("/records/retention", f"/people/{person.id}/records/export"):
        assert browser.get(address).status_code == 403
    token = browser.get("/api/v1/session").json()["form_token"]
    fields = {
        "form_token": token, "ground": "mistake", "approved_by": "x", "step": "confirm",
        "confirmed": person.case_no,
    }  # fmt: skip
    for what in ("deletion", "export"):
        answer = browser.post(f"/people/{person.id}/records/{what}", data=fields)
        assert answer.status_code in (403, 404)
    wiring: Wiring = app.state.wiring
    everyone = scope_of_everyone(wiring.city.code)
    assert wiring.stores.cases.participant(everyone, person.id) is not None
