"""A form that adds something adds it once: pressed twice, sent again, or by many at once."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api import once
from api.app import create_app
from api.once import DoneForms
from api.pages.rules.placing import AT_HOST
from api.wiring import Wiring
from cases.permissions import scope_of_everyone
from tests.api.conftest import enter
from tests.api.test_catalogue_pages import ENTRY, openings_at, place_named
from tests.api.test_helpers_pages import OFFER, PATH
from tests.api.test_people_pages import CONSENT, person
from tests.office import Clock
from tests.sample_office import sample_office


@pytest.fixture
def app(tmp_path: Path, clock: Clock) -> FastAPI:
    """Build the application on the sample city."""
    return create_app(sample_office(tmp_path), clock)


@pytest.fixture
def staff(client: TestClient) -> TestClient:
    """Sign in as a coordinator."""
    assert enter(client) == 303
    return client


@dataclass(frozen=True, slots=True)
class Adding:
    """A form that adds something, how it is filled in, and how many of it there are."""

    path: str
    fields: Mapping[str, Any]
    count: Callable[[], int]


def adding(app: FastAPI, staff: TestClient, what: str) -> Adding:
    """Return one of the forms."""
    wiring: Wiring = app.state.wiring
    stores, scope = wiring.stores, scope_of_everyone(wiring.city.code)
    who = person(app, "T-0335")
    place = place_named(staff, "こもれび文庫")
    opening = openings_at(app, place)[0]
    match what:
        case "opening":
            path = f"/openings/new?place={place.rsplit('/', 1)[1]}"
            fields = {**ENTRY, "host_id": opening.host_id, "do": "open"}
            return Adding(path, fields, lambda: len(stores.catalog.openings()))
        case "helper":
            path = f"{PATH}/new?participant={who.id}"
            return Adding(path, OFFER, lambda: len(stores.helping.helpers(scope)))
        case "consent":
            path = f"/people/{who.id}/consent"
            return Adding(path, CONSENT, lambda: len(stores.cases.consents_of(scope, who.id)))
        case "rule":
            path = f"/people/{who.id}/openings/{opening.id}/settle"
            fields = {"kind": AT_HOST, "reason": "本人の希望"}
            return Adding(path, fields, lambda: len(stores.rules.placing_rules(scope)))
    path = "/people/new"
    fields = {"name": "霧雨 つむぎ", "since_on": "令和8年11月12日"}
    return Adding(path, fields, lambda: len(stores.cases.case_numbers()))


FORMS = ("opening", "helper", "consent", "rule", "person")


@pytest.fixture(params=FORMS)
def form(request: pytest.FixtureRequest, app: FastAPI, staff: TestClient) -> Adding:
    """Give each form in turn."""
    return adding(app, staff, request.param)


def filled(staff: TestClient, form: Adding) -> dict[str, Any]:
    """Open the form and fill it in."""
    shown = staff.get(form.path).text
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', shown))
    assert hidden["once"]
    return {**hidden, **form.fields}


def test_the_same_form_again_adds_nothing(staff: TestClient, form: Adding) -> None:
    before, fields = form.count(), filled(staff, form)
    first, second = (staff.post(form.path, data=fields) for _ in range(2))
    assert first.status_code == second.status_code == 303
    assert second.headers["Location"] == first.headers["Location"]
    assert form.count() == before + 1


def test_a_button_pressed_by_a_shaking_hand_adds_one(staff: TestClient, form: Adding) -> None:
    """Whoever comes while the first is at work waits for it."""
    before, fields = form.count(), filled(staff, form)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: staff.post(form.path, data=fields), range(4)))
    assert {answer.status_code for answer in answers} == {303}
    assert len({answer.headers["Location"] for answer in answers}) == 1
    assert form.count() == before + 1


@pytest.fixture
def defenceless(monkeypatch: pytest.MonkeyPatch) -> None:
    """Switch the defence off."""

    async def let_through(*_: object) -> None:
        return None

    monkeypatch.setattr(DoneForms, "begin", let_through)
    monkeypatch.setattr(DoneForms, "end", lambda *_: None)


@pytest.mark.usefixtures("defenceless")
@pytest.mark.parametrize("what", ["opening", "consent"])
def test_without_the_defence_it_is_added_twice(app: FastAPI, staff: TestClient, what: str) -> None:
    form = adding(app, staff, what)
    before, fields = form.count(), filled(staff, form)
    for _ in range(2):
        staff.post(form.path, data=fields)
    assert form.count() == before + 2


@pytest.mark.parametrize("what", ["opening", "consent"])
def test_whoever_opens_the_form_anew_may_add_another(
    app: FastAPI, staff: TestClient, what: str
) -> None:
    form = adding(app, staff, what)
    before = form.count()
    for _ in range(2):
        assert staff.post(form.path, data=filled(staff, form)).status_code == 303
    assert form.count() == before + 2


def test_a_form_that_was_sent_back_can_be_mended(app: FastAPI, staff: TestClient) -> None:
    """Also with its own key: nothing was kept, so nothing is done already."""
    form = adding(app, staff, "opening")
    before, fields = form.count(), filled(staff, form)
    assert staff.post(form.path, data=fields | {"name": ""}).status_code == 422
    assert staff.post(form.path, data=fields | {"name": ""}).status_code == 422
    assert staff.post(form.path, data=fields).status_code == 303
    assert form.count() == before + 1


def test_only_the_last_forms_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """The memory of a server is no place for all forms there ever were."""
    monkeypatch.setattr(once, "MOST_KEPT", 3)
    forms = DoneForms()

    async def send(key: str) -> str:
        try:
            await forms.begin(key)
        except once.DoneBefore as done:
            return done.location
        forms.end(key, f"/{key}")
        return ""

    async def all_of_them() -> list[str]:
        return [await send(key) for key in ("a", "b", "c", "c", "d", "a", "d")]

    assert asyncio.run(all_of_them()) == ["", "", "", "/c", "", "", "/d"]
