"""つなぎ on the screen: asking another agency, its answers, the inbox, what is counted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Final

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.app import create_app
from api.wiring import Wiring
from cases.consent import Consent, ConsentState
from cases.intake.referral import Referral, ReferralState
from cases.participant import Participant
from cases.permissions import scope_of_everyone
from catalog.actor import Role
from db.sample.accounts import MEMBER
from tests.api.conftest import as_role, enter
from tests.api.test_intake_pages import HEARD, kept, send, write
from tests.db.examples import an_event
from tests.office import Clock
from tests.sample_office import sample_office

ASKED: Final = "一度 家に行ってほしい"


@pytest.fixture
def app(tmp_path: Path) -> FastAPI:
    """Open the sample city."""
    return create_app(sample_office(tmp_path), Clock())


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    """Return a browser in which 水野 is signed in."""
    with TestClient(app, follow_redirects=False) as opened:
        assert enter(opened) == 303
        yield opened


@pytest.fixture
def person(app: FastAPI) -> Participant:
    """Return somebody whom the member agency may not open."""
    wiring: Wiring = app.state.wiring
    people = wiring.stores.cases.participants(scope_of_everyone(wiring.city.code))
    return next(
        each
        for each in people
        if not each.address_protected
        and MEMBER not in {each.office_id, *each.member_office_ids}
        and each.coordinator_id == "sample-mizuno"
    )


def all_of(app: FastAPI) -> list[Referral]:
    """Return every referral as it stands."""
    wiring: Wiring = app.state.wiring
    return wiring.referrals.referrals(scope_of_everyone(wiring.city.code))


def pass_on(client: TestClient, app: FastAPI, address: str, **changed: str) -> Referral:
    """Pass a reception on and return what was kept."""
    before = {each.id for each in all_of(app)}
    fields = {"to_office_id": MEMBER, "why": ASKED} | changed
    status, goal, page = send(client, f"{address}/referrals", fields, address)
    assert (status, goal) == (303, f"{address}?saved=referred"), page
    (new,) = (each for each in all_of(app) if each.id not in before)
    return new


def allow(app: FastAPI, person: Participant, state: ConsentState, id_: str) -> None:
    """Keep that the person agreed that the agency knows, or took it back."""
    consent = Consent(
        id=id_, participant_id=person.id, state=state, given_by="本人", on=date(2026, 11, 10),
        agencies=frozenset({MEMBER}), giver="person",
    )  # fmt: skip
    app.state.wiring.stores.cases.add_consents([consent], an_event())


def test_a_reception_without_a_name_is_passed_on_and_answered(
    app: FastAPI, client: TestClient
) -> None:
    """Asked, heard for themselves, taken, solved between the two of them; then it is counted."""
    goal = write(client)
    assert HEARD in client.get(goal).text.partition('name="why"')[2]
    asked = pass_on(client, app, goal)
    assert (asked.reception_id, asked.state) == (kept(app, goal).id, ReferralState.ASKED)
    assert ASKED in client.get(goal).text
    as_role(app, client, Role.MEMBER_AGENCY, MEMBER)
    assert ASKED in client.get("/").text
    assert client.get(goal).status_code == 404
    address = f"/referrals/{asked.id}"
    page = client.get(address).text
    assert "お名前のない受付" in page
    assert HEARD not in page
    assert 'value="withdraw"' not in page
    for step, words in (("hear", "明日 うかがいます"), ("take", ""), ("solve", "サロンへ")):
        assert send(client, address, {"step": step, "words": words}, address)[0] == 303, step
    assert ASKED not in client.get("/").text
    page = client.get("/referrals").text
    assert "機関の間で解決した" in page
    form = client.get(f"/intake/new?referral={asked.id}").text
    assert ASKED in form
    (ended,) = (each for each in all_of(app) if each.id == asked.id)
    assert (ended.answer, ended.outcome) == ("", "サロンへ")
    as_role(app, client, Role.PLANNER, "福祉政策課")
    counted = client.get("/intake/counts").text
    assert "<dt>多機関協働なしで、機関どうしで解決した</dt><dd>1件</dd>" in counted


def test_a_refusal_needs_a_reason_and_the_second_answer_is_told(
    app: FastAPI, client: TestClient
) -> None:
    goal = write(client)
    asked = pass_on(client, app, goal)
    address = f"/referrals/{asked.id}"
    as_role(app, client, Role.MEMBER_AGENCY, MEMBER)
    status, _, page = send(client, address, {"step": "decline"}, address)
    assert status == 422
    assert "理由が要ります" in page
    status, _, page = send(client, address, {}, address)
    assert status == 422
    late = {"step": "decline", "words": "手が足りません", "version": "1"}
    assert send(client, address, {"step": "hear"}, address)[0] == 303
    status, _, page = send(client, address, late, address)
    assert status == 422
    assert "先に直しました" in page
    assert "手が足りません" in page
    assert send(client, address, late | {"version": "2"}, address)[0] == 303
    status, _, page = send(client, address, {"step": "solve", "words": "x"}, address)
    assert status == 422
    assert "できません" in page
    as_role(app, client, Role.MEMBER_AGENCY, "ほかの機関")
    assert client.get(address).status_code == 404


def test_who_asked_may_withdraw_and_write_down_a_telephone_answer(
    app: FastAPI, client: TestClient
) -> None:
    goal = write(client)
    first, second = pass_on(client, app, goal), pass_on(client, app, goal, why="もう一つ")
    for each, step in ((first, "withdraw"), (second, "take")):
        address = f"/referrals/{each.id}"
        fields = {"step": step, "words": "電話で聞いた"}
        assert send(client, address, fields, address)[0] == 303
    assert {each.id: each.state for each in all_of(app)} == {
        first.id: ReferralState.WITHDRAWN,
        second.id: ReferralState.TAKEN,
    }


def test_of_somebody_by_name_only_who_they_agreed_to_is_told(
    app: FastAPI, client: TestClient, person: Participant
) -> None:
    """And no longer once they have taken it back."""
    page, fields = f"/people/{person.id}/intake", {"to_office_id": MEMBER, "why": ASKED}
    path = f"/people/{person.id}/referrals"
    assert "つなぎは まだありません" in client.get(page).text
    status, _, refused = send(client, path, fields, page)
    assert status == 422
    assert "伝える同意が、まだありません" in refused
    assert ASKED in refused
    allow(app, person, ConsentState.WRITTEN, "c-yes")
    assert send(client, path, fields, page)[:2] == (303, f"{page}?saved=referred")
    (asked,) = all_of(app)
    assert asked.participant_id == person.id
    as_role(app, client, Role.MEMBER_AGENCY, MEMBER)
    told = client.get(f"/referrals/{asked.id}").text
    assert ASKED in told
    assert person.name not in told
    assert ASKED in client.get("/").text
    allow(app, person, ConsentState.WITHDRAWN, "c-no")
    assert client.get(f"/referrals/{asked.id}").status_code == 404
    assert ASKED not in client.get("/").text
    assert ASKED not in client.get("/referrals").text


def test_what_cannot_be_asked_is_said_at_its_field(
    app: FastAPI, client: TestClient, person: Participant
) -> None:
    goal = write(client)
    for fields in ({"why": ASKED}, {"to_office_id": "ない機関", "why": ASKED}):
        status, _, page = send(client, f"{goal}/referrals", fields, goal)
        assert status == 422
        assert "選んで" in page
    status, _, page = send(client, f"{goal}/referrals", {"to_office_id": MEMBER, "why": " "}, goal)
    assert status == 422
    assert "たのむことを 書いてください" in page
    wiring: Wiring = app.state.wiring
    everybody = wiring.stores.cases.participants(scope_of_everyone(wiring.city.code))
    hidden = next(each for each in everybody if each.address_protected)
    page = f"/people/{hidden.id}/intake"
    fields = {"to_office_id": MEMBER, "why": ASKED}
    status, _, refused = send(client, f"/people/{hidden.id}/referrals", fields, page)
    assert status == 422
    assert "担当どうしで" in refused
    assert all_of(app) == []
