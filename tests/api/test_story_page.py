"""A person's story on one page: all that is dated, the last first, a year and a kind at a time."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from starlette.testclient import TestClient

from api.app import create_app
from api.wiring import Wiring
from cases.intake.referral import Referral
from cases.meetings.meeting import AgendaItem, Attendance, Meeting, MeetingState
from cases.permissions import scope_of_everyone
from catalog.audit import AuditEvent
from db.sample.accounts import CITY_OFFICE, MEMBER, account_id
from tests.api.conftest import enter
from tests.office import Clock
from tests.sample_office import sample_office

SECRET = "柿渋色の封筒のこと"


def test_everything_dated_by_year_and_kind(tmp_path: Path) -> None:
    """What the room of a 支援会議 holds is no part of it, not even for who is its member."""
    app = create_app(sample_office(tmp_path), Clock())
    with TestClient(app, follow_redirects=False) as mizuno:
        assert enter(mizuno) == 303
        wiring: Wiring = app.state.wiring
        everyone = scope_of_everyone(wiring.city.code)
        people = {each.name: each for each in wiring.stores.cases.participants(everyone)}
        who = people["青葉 実"]
        at = wiring.clock()
        event = AuditEvent("consent_recorded", "system", "participant", who.id, at)
        consent = wiring.stores.cases.consents_of(everyone, who.id)[0]
        early = replace(consent, id="early", on=consent.on - timedelta(days=800))
        wiring.stores.cases.add_consent(early, event)
        own = (Attendance("", account_id("mizuno")),)
        room = Meeting(
            id="room", kind="confidential", name="支援会議", starts_at=at, confidential=True,
            state=MeetingState.HELD, called_by=account_id("mizuno"),
        )  # fmt: skip
        item = AgendaItem(
            id="i", meeting_id="room", number=1, participant_id=who.id, title=SECRET,
            confidential=True, members=own,
        )  # fmt: skip
        wiring.meetings.save_meeting(room, event)
        wiring.meetings.save_agenda_item(item, event)
        passed_on = Referral(
            id="r", participant_id=who.id, from_office_id=CITY_OFFICE, to_office_id=MEMBER,
            asked_on=at.date(), why="母の見守りを いっしょに",
        )  # fmt: skip
        wiring.referrals.save_referral(passed_on, event)
        path = f"/people/{who.id}/story"
        shown = mizuno.get(path).text
        for words in (
            "プラン：決まった",
            "重層的支援会議で話し合いました",
            "に聞きました",
            passed_on.why,
        ):
            assert words in shown
        assert SECRET not in shown
        days = re.findall(r'class="when"><b>(\d+)月(\d+)日', shown)
        assert days
        assert [(int(m), int(d)) for m, d in days] == sorted(
            ((int(m), int(d)) for m, d in days), reverse=True
        )
        year = early.on.year
        before = mizuno.get(f"{path}?year={year}").text
        assert "文書で同意しました" in before
        assert "プラン：決まった" not in before
        plans = mizuno.get(f"{path}?kind=plan").text
        assert "プラン：下書き" in plans
        assert "に聞きました" not in plans.split('<ul class="rows">')[1]
        ended = f"/people/{people['波多 すみれ'].id}/story?kind=closing"
        assert "体操は休まず続いている" in mizuno.get(ended).text
        assert "支援を終えました" in mizuno.get(ended).text
