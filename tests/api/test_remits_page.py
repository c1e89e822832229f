"""担当の範囲: what an administrator sets limits whom others meet, from the next request on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.app import create_app
from cases.participant import ParticipantStatus
from cases.permissions import scope_of_everyone
from catalog.actor import Role
from catalog.audit import AuditEvent
from tests.api.conftest import as_role, form_token
from tests.api.test_people_pages import as_typed, send
from tests.office import Clock
from tests.sample_office import sample_office

PAGE = "/settings/remits"
OFFICE = "自立相談支援事業"


@pytest.fixture
def app(tmp_path: Path) -> FastAPI:
    """Build the application on the sample city."""
    return create_app(sample_office(tmp_path), Clock())


@pytest.fixture
def administrator(app: FastAPI) -> Iterator[TestClient]:
    """Sign in an administrator."""
    with TestClient(app, follow_redirects=False) as client:
        yield as_role(app, client, Role.ADMINISTRATOR, "情報システム課")


@pytest.fixture
def coordinator(app: FastAPI) -> Iterator[TestClient]:
    """Sign in somebody of the office that is entrusted with something."""
    client = TestClient(app, follow_redirects=False)
    yield as_role(app, client, Role.COORDINATOR, OFFICE)
    client.close()


def save(client: TestClient, **fields: str | list[str]) -> tuple[int, str]:
    """Send the form, and return status and page."""
    token = form_token(client, PAGE)
    answer = client.post(PAGE, data={"form_token": token, **fields})
    return answer.status_code, answer.text


def test_an_office_meets_people_of_its_programmes_alone(
    app: FastAPI, administrator: TestClient, coordinator: TestClient
) -> None:
    stores, code = app.state.wiring.stores, app.state.wiring.city.code
    people = stores.cases.participants(scope_of_everyone(code))
    one, other = [each for each in people if not each.address_protected][:2]
    event = AuditEvent("set_up", "system", "city", "c", Clock().now)
    for person, programmes in ((one, ("参加支援事業",)), (other, ("自立相談支援事業",))):
        changed = replace(
            person, programmes=programmes, coordinator_id=None, named_staff_ids=frozenset()
        )
        stores.cases.save_participant(changed, event)
    assert [coordinator.get(f"/people/{each.id}").status_code for each in (one, other)] == [200] * 2
    limits: dict[str, str | list[str]] = {
        "holder": f"office:{OFFICE}",
        "programmes": ["参加支援事業"],
        "districts_all": "yes",
    }
    assert save(administrator, **limits)[0] == 303
    assert OFFICE in administrator.get(PAGE).text
    assert coordinator.get(f"/people/{one.id}").status_code == 200
    assert coordinator.get(f"/people/{other.id}").status_code == 404
    unlimited: dict[str, str | list[str]] = {**limits, "programmes_all": "yes", "programmes": []}
    assert save(administrator, **unlimited)[0] == 303
    assert coordinator.get(f"/people/{other.id}").status_code == 200


def test_somebody_meets_people_of_their_district_alone(
    app: FastAPI, administrator: TestClient, coordinator: TestClient
) -> None:
    wiring = app.state.wiring
    towns = wiring.stores.municipality.memberships(Clock().now.date())["community_welfare"]
    user = next(
        each for each in wiring.users.users() if each.office_id == OFFICE and "-" in each.login
    )
    district = sorted(set(towns.values()))[0]
    limits = {
        "holder": f"user:{user.id}",
        "programmes_all": "yes",
        "districts": f"community_welfare/{district}",
    }
    assert save(administrator, **limits)[0] == 303
    people = wiring.stores.cases.participants(scope_of_everyone(wiring.city.code))
    seen = {
        person.id
        for person in people
        if coordinator.get(f"/api/v1/people/{person.id}").status_code == 200
    }
    expected = {
        person.id
        for person in people
        if user.id in {person.coordinator_id, *person.named_staff_ids}
        or (towns.get(person.town_id or "") == district and not person.address_protected)
    }
    assert seen == expected
    assert 0 < len(seen) < len(people)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"holder": ""}, "機関か職員をえらんでください。"),
        ({"holder": "user:nobody"}, "機関か職員をえらんでください。"),
        ({"programmes": "ないしょの事業", "districts_all": "yes"}, "市の設定にありません"),
        ({"programmes_all": "yes", "districts": "community_welfare/月面"}, "「月面」という圏域"),
        ({"districts_all": "yes"}, "事業も圏域も入っていません"),
        (
            {
                "programmes_all": "yes",
                "districts_all": "yes",
                "districts": "community_welfare/北部",
            },
            "圏域だけを担当するなら、『市全体』のしるしを外してください。",
        ),
        (
            {
                "programmes_all": "yes",
                "districts_all": "yes",
                "programmes": "参加支援事業",
            },
            "『すべての事業を担当する』のしるしを外してください。",
        ),
    ],
)
def test_what_cannot_be_is_said_at_its_field(
    app: FastAPI, administrator: TestClient, fields: dict[str, str], sentence: str
) -> None:
    before = app.state.wiring.rights.remits()
    status, page = save(administrator, **{"holder": f"office:{OFFICE}", **fields})
    assert status == 422
    assert sentence in page
    assert app.state.wiring.rights.remits() == before


def test_after_saving_the_page_says_what_holds_now(administrator: TestClient) -> None:
    """For whom, which programmes and districts; and when a limit was taken away."""
    token, holder = form_token(administrator, PAGE), f"office:{OFFICE}"
    for fields, sentence in (
        (
            {"programmes": "参加支援事業", "districts_all": "yes"},
            f"{OFFICE} の担当は、事業は「参加支援事業」、圏域は「市全体」です。",
        ),
        (
            {"programmes_all": "yes", "districts_all": "yes"},
            f"{OFFICE} の担当に かぎりはありません",
        ),
    ):
        sent = {"form_token": token, "holder": holder, **fields}
        answer = administrator.post(PAGE, data=sent)
        assert sentence in administrator.get(answer.headers["Location"]).text


def test_the_form_of_a_person_says_programmes_and_members_of_the_plan(
    app: FastAPI, coordinator: TestClient
) -> None:
    """The member agency meets the person from then on."""
    cases, code = app.state.wiring.stores.cases, app.state.wiring.city.code
    everyone = scope_of_everyone(code)
    person = next(
        each
        for each in cases.participants(everyone)
        if each.status is ParticipantStatus.WAITING and not each.address_protected
    )
    path = f"/people/{person.id}"
    agency = next(each.name for each in app.state.wiring.ground.settings().agencies)
    member = TestClient(app, follow_redirects=False)
    as_role(app, member, Role.MEMBER_AGENCY, agency)
    assert member.get(path).status_code == 404
    fields = as_typed(coordinator, f"{path}/edit") | {
        "programmes": ["参加支援事業", "多機関協働事業"],
        "member_office_ids": [agency],
    }
    assert send(coordinator, f"{path}/edit", fields)[0] == 303
    kept = cases.participant(everyone, person.id)
    assert kept.programmes == ("参加支援事業", "多機関協働事業")
    assert kept.member_office_ids == {agency}
    assert member.get(path).status_code == 200
    assert member.get(f"{path}/edit").status_code == 403
    member.close()
