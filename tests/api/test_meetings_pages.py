"""Meetings on the pages: planning, agenda, consent, the room, the paper."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import pytest
from fastapi import FastAPI
from httpx2 import Response
from sqlalchemy import true
from starlette.testclient import TestClient

from api.app import create_app
from api.wiring import Wiring
from cases.consent import Consent, ConsentState
from cases.meetings.meeting import AgendaItem
from cases.participant import Participant
from cases.permissions import scope_of_everyone
from catalog.audit import AuditEvent
from db.meetings import SqlMeetingStore
from tests.api.conftest import enter
from tests.office import Clock
from tests.sample_office import sample_office

SECRET: Final = "柿渋色の封筒のこと"
ROOM: Final = "支援会議"
COORDINATION: Final = "重層的支援会議"


@dataclass(frozen=True, slots=True)
class Desk:
    """Two coordinators at the sample city, and somebody whose consent is not there yet."""

    app: FastAPI
    mizuno: TestClient
    hara: TestClient
    person: Participant

    @property
    def wiring(self) -> Wiring:
        """Return the wiring of the application."""
        wiring: Wiring = self.app.state.wiring
        return wiring

    def plan(self, name: str, **more: str) -> str:
        """Plan a sitting as 水野 and return its address."""
        fields = {"name": name, "on": "2026-11-12", "at": "9:00", "minutes": "60", **more}
        return goal(send(self.mizuno, "/meetings/new", **fields))


def goal(answer: Response) -> str:
    """Return where an answer leads."""
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def send(browser: TestClient, address: str, **fields: str | list[str]) -> Response:
    """Send a form."""
    token = browser.get("/api/v1/session").json()["form_token"]
    return browser.post(address, data={"form_token": token, **fields})


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Sign both in."""
    app = create_app(sample_office(tmp_path_factory.mktemp("meetings")), Clock())
    with (
        TestClient(app, follow_redirects=False) as mizuno,
        TestClient(app, follow_redirects=False) as hara,
    ):
        assert enter(mizuno) == 303
        assert enter(hara, "hara") == 303
        cases = app.state.wiring.stores.cases
        everyone = scope_of_everyone(app.state.wiring.city.code)
        person = next(each for each in cases.participants(everyone) if not each.address_protected)
        consents = cases.consents_of(everyone, person.id)
        last = max((each.on for each in consents), default=person.since_on)
        withdrawn = Consent(
            id="withdrawn", participant_id=person.id, state=ConsentState.WITHDRAWN, given_by="",
            on=last,
            recorded_at=app.state.wiring.clock(),
        )  # fmt: skip
        event = AuditEvent(
            "consent_recorded", "u", "participant", person.id, app.state.wiring.clock()
        )
        cases.add_consent(withdrawn, event)
        yield Desk(app, mizuno, hara, person)


def room_with_item(desk: Desk) -> tuple[str, str]:
    """Hold a 支援会議 about the person, of which 水野 alone is a member."""
    meeting = desk.plan(ROOM)
    item = goal(
        send(desk.mizuno, f"{meeting}/items", case_no=desk.person.case_no, title="山手の世帯")
    )
    fields = {
        "version": "1",
        "title": "山手の世帯",
        "notes": SECRET,
        "who": "水野",
        "what": "訪ねる",
    }
    assert send(desk.mizuno, item, **fields, by="2026-12-01").status_code == 303
    return meeting, item


def test_a_kind_without_people_takes_none(desk: Desk) -> None:
    meeting = desk.plan("包括的支援体制検討会議", matter="来年度の枠")
    refused = send(desk.mizuno, f"{meeting}/items", case_no=desk.person.case_no, title="")
    assert refused.status_code == 422
    assert "個人のことは話し合いません" in refused.text or "議題の名前を" in refused.text
    item = goal(send(desk.mizuno, f"{meeting}/items", title="来年度の予算"))
    assert "来年度の予算" in desk.hara.get(item).text


def test_without_written_consent_only_a_room_takes_the_person(desk: Desk) -> None:
    """The refusal names the two ways out."""
    meeting = desk.plan(COORDINATION)
    refused = send(desk.mizuno, f"{meeting}/items", case_no=desk.person.case_no)
    assert refused.status_code == 422
    assert "文書の同意" in refused.text
    assert "支援会議で扱って" in refused.text
    meeting, item = room_with_item(desk)
    assert SECRET in desk.mizuno.get(item).text


def test_a_room_is_for_its_members_alone(desk: Desk) -> None:
    """For another coordinator the item is as one that never was, the sitting a meeting."""
    meeting, item = room_with_item(desk)
    nowhere = f"{meeting}/items/nowhere"
    there, missing = desk.hara.get(item), desk.hara.get(nowhere)
    assert there.status_code == missing.status_code == 404
    assert there.content == missing.content
    from_outside = desk.hara.get(meeting)
    assert from_outside.status_code == 200
    for address in (meeting, "/meetings", f"/people/{desk.person.id}", "/audit/own"):
        text = desk.hara.get(address).text
        assert SECRET not in text, address
        assert "山手の世帯" not in text, address
    assert ROOM not in from_outside.text
    assert desk.hara.get(f"{meeting}/sheet").status_code == 404
    assert send(desk.hara, f"{meeting}/items", title="x").status_code == 404
    assert send(desk.hara, item, version="2", title="x").status_code == 404
    assert "構成員だけ" in desk.mizuno.get(meeting).text
    assert SECRET in desk.mizuno.get(f"{meeting}/sheet").text


def test_a_search_in_rooms_finds_ones_own_alone(desk: Desk) -> None:
    _, item = room_with_item(desk)
    assert item in send(desk.mizuno, "/meetings/search", words="柿渋色").text
    assert item not in send(desk.hara, "/meetings/search", words="柿渋色").text


def test_membership_opens_the_item_and_ends_with_it(desk: Desk) -> None:
    _, item = room_with_item(desk)
    users = {each.login: each.id for each in desk.wiring.users.users()}
    fields = {"title": "山手の世帯", "notes": SECRET}
    both = [users["mizuno"], users["hara"]]
    assert send(desk.mizuno, item, version="2", member=both, **fields).status_code == 303
    assert SECRET in desk.hara.get(item).text
    assert send(desk.mizuno, item, version="3", member=both[:1], **fields).status_code == 303
    assert desk.hara.get(item).status_code == 404


def test_the_second_to_save_sees_both_texts(desk: Desk) -> None:
    _, item = room_with_item(desk)
    late = send(desk.mizuno, item, version="1", title="山手の世帯", notes="あとから書いた文")
    assert late.status_code == 422
    assert SECRET in late.text
    assert "あとから書いた文" in late.text


def test_nobody_reads_from_the_record_that_a_room_talked_of_somebody(desk: Desk) -> None:
    room_with_item(desk)
    shown = desk.wiring.records.events_about(desk.person.id)
    assert not [each for each in shown if "meetings" in each.detail.get("route", "")]
    assert not [each for each in shown if each.kind.startswith("agenda")]


def test_the_room_is_open_without_its_condition(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the condition of the database switched off the other coordinator reads it."""
    _, item = room_with_item(desk)
    monkeypatch.setattr(SqlMeetingStore, "_is_member", lambda *_: true())
    assert SECRET in desk.hara.get(item).text


def test_a_sitting_to_come_was_not_held_yet(desk: Desk) -> None:
    meeting = desk.plan(COORDINATION, on="2027-01-20")
    refused = send(desk.mizuno, f"{meeting}/state", step="hold", version="1")
    assert refused.status_code == 422
    assert "まだ先です" in refused.text
    assert send(desk.mizuno, f"{meeting}/state", step="call_off", version="1").status_code == 422
    done = send(desk.mizuno, f"{meeting}/state", step="call_off", version="1", reason="雪のため")
    assert done.status_code == 303
    assert "雪のため" in desk.hara.get(meeting).text
    assert send(desk.mizuno, f"{meeting}/items", title="x").status_code == 422


def test_the_paper_is_numbered_and_handed_back(desk: Desk) -> None:
    meeting, _ = room_with_item(desk)
    paper = desk.mizuno.get(f"{meeting}/sheet?copies=3").text
    assert paper.count("取扱注意・複写禁止・会議後回収") == 3
    assert "3／3 部" in paper
    assert "第106条の6" in paper
    assert desk.mizuno.get(f"{meeting}/sheet?copies=99").status_code == 422


def test_decisions_that_are_open_stand_with_their_day(desk: Desk) -> None:
    """Those of a room do not leave it."""
    meeting = desk.plan("包括的支援体制検討会議")
    item = goal(send(desk.mizuno, f"{meeting}/items", title="名簿"))
    fields = {
        "version": "1",
        "title": "名簿",
        "who": "原",
        "what": "名簿を直す",
        "by": "2026-12-24",
    }
    assert send(desk.mizuno, item, **fields).status_code == 303
    room_with_item(desk)
    listed = desk.hara.get("/meetings").text
    assert "名簿を直す" in listed
    assert "令和8年12月24日" in listed
    assert "訪ねる" not in desk.mizuno.get("/meetings").text
    assert send(desk.mizuno, item, **fields | {"version": "2", "done": "0"}).status_code == 303
    assert "名簿を直す" not in desk.hara.get("/meetings").text


def test_the_export_of_a_person_holds_meetings_and_no_room(desk: Desk) -> None:
    """Not even where the reader is a member of the item."""
    room_with_item(desk)
    told = AgendaItem(
        id="talked", meeting_id="m", number=1, participant_id=desk.person.id, notes="名簿の色鉛筆"
    )
    event = AuditEvent("agenda_added", "u", "meeting", "m", desk.wiring.clock())
    desk.wiring.meetings.save_agenda_item(told, event)
    address = f"/people/{desk.person.id}/records/export"
    for form in ("paper", "file"):
        text = send(desk.mizuno, address, **{"as": form}).text
        assert SECRET not in text
        assert "山手の世帯" not in text
        assert "名簿の色鉛筆" in text


def test_a_deleted_person_takes_the_items_along(desk: Desk) -> None:
    """Nothing of the item is left that could be opened."""
    from cases.retention import Deletion

    _, item = room_with_item(desk)
    wiring, id_ = desk.wiring, desk.person.id
    deletion = Deletion(
        participant_id=id_, at=wiring.clock(), ground="expired", decided_by="u", approved_by="x"
    )
    event = AuditEvent("person_deleted", "u", "participant", id_, wiring.clock())
    wiring.records.delete(replace(deletion), event)
    assert desk.mizuno.get(item).status_code == 404


def test_the_calendar_file_names_nobody(desk: Desk) -> None:
    """What is planned, for a calendar of one's own: without the names of rooms and of people."""
    desk.plan(COORDINATION, place="第2会議室")
    desk.plan(ROOM, place="見守り窓口")
    answer = desk.mizuno.get("/meetings/calendar.ics")
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert f"SUMMARY:{COORDINATION}\r\n" in answer.text
    assert "SUMMARY:会議\r\n" in answer.text
    assert f"SUMMARY:{ROOM}" not in answer.text
    assert "見守り窓口" not in answer.text
