"""A form that adds something adds it once: pressed twice, sent again, or by many at once."""

from __future__ import annotations

import asyncio
import multiprocessing
import re
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from typing import Any, Final

import pytest
from fastapi import FastAPI
from sqlalchemy import func, select
from starlette.testclient import TestClient

from api.app import create_app
from api.once import DoneForms
from api.pages.rules.placing import AT_HOST
from api.settings import Settings
from api.wiring import Wiring
from cases.permissions import scope_of_everyone
from db.one_time import OneTime, Purpose
from db.secrets import Keyring
from db.session import Database
from db.tables import one_time
from tests.api.conftest import enter, form_token
from tests.api.test_catalogue_pages import ENTRY, openings_at, place_named
from tests.api.test_helpers_pages import OFFER, PATH
from tests.api.test_people_pages import CONSENT, person
from tests.databases import Fill
from tests.db.writers import url_of
from tests.office import Clock, an_office
from tests.sample_office import sample_office

CONTEXT: Final = multiprocessing.get_context("forkserver")


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


def consents_of(app: FastAPI, participant_id: str) -> Adding:
    """Return the form by which a person's consent is written down."""
    wiring: Wiring = app.state.wiring
    cases, scope = wiring.stores.cases, scope_of_everyone(wiring.city.code)
    path = f"/people/{participant_id}/consent"
    return Adding(path, CONSENT, lambda: len(cases.consents_of(scope, participant_id)))


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
            return consents_of(app, who.id)
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


async def let_through(*_: object) -> None:
    """Stand in the place of the defence."""


@pytest.fixture
def defenceless(monkeypatch: pytest.MonkeyPatch) -> None:
    """Switch the defence off."""
    monkeypatch.setattr(DoneForms, "begin", let_through)


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


def test_what_was_sent_is_remembered_for_a_session(
    app: FastAPI, staff: TestClient, clock: Clock
) -> None:
    """No session outlives it, and after that it takes no room."""
    form = adding(app, staff, "person")
    fields = filled(staff, form)
    assert staff.post(form.path, data=fields).status_code == 303
    wiring: Wiring = app.state.wiring
    for hours, count in ((11.9, 1), (0.2, 0)):
        clock.forward(hours=hours)
        now = clock()
        wiring.one_time.begin(OneTime(Purpose.DETOUR, b"d", None, now, now))
        with wiring.database.reading() as connection:
            rows = select(func.count()).where(one_time.c.purpose == Purpose.FORM)
            assert connection.scalar(rows.select_from(one_time)) == count


def test_nobody_waits_for_a_process_that_has_died(app: FastAPI, clock: Clock) -> None:
    """What it had begun may be begun anew after a while."""
    forms = DoneForms(app.state.wiring)
    asyncio.run(forms.begin(b"key"))
    clock.forward(minutes=2)
    assert asyncio.run(forms.begin(b"key")).made_at == clock()


def test_whoever_is_not_signed_in_leaves_nothing(app: FastAPI, client: TestClient) -> None:
    """Else anybody could fill the database with forms that are refused anyway."""
    token = form_token(client)
    sent = client.post("/people/new", data={"form_token": token, "once": "x"})
    assert (sent.status_code, sent.headers["Location"][:8]) == (303, "/sign-in")
    with app.state.wiring.database.reading() as connection:
        assert connection.execute(select(one_time)).all() == []


@dataclass(frozen=True, slots=True)
class Press:
    """One form as it is sent, by a process that serves the same office as others."""

    home: Path
    url: str
    cookies: Mapping[str, str]
    path: str
    fields: Mapping[str, str]
    is_guarded: bool = True


def press(what: Press, pipe: Pipe) -> None:
    """Send a form as soon as it is said, and tell what came of it."""
    if not what.is_guarded:
        pytest.MonkeyPatch().setattr(DoneForms, "begin", let_through)
    settings = Settings(home=what.home, database_url=what.url, rate_factor=0)
    with TestClient(create_app(settings, Clock()), follow_redirects=False) as browser:
        browser.cookies.update(dict(what.cookies))
        assert browser.get(what.path).status_code == 200
        pipe.send("ready")
        pipe.recv()
        answer = browser.post(what.path, data=what.fields)
        pipe.send((answer.status_code, answer.headers.get("Location")))


def pressed_in_two_processes(what: Press) -> list[tuple[int, str]]:
    """Let two processes get the same form at the same time."""
    pairs = [CONTEXT.Pipe() for _ in range(2)]
    workers = [CONTEXT.Process(target=press, args=(what, there)) for _, there in pairs]
    for worker in workers:
        worker.start()
    for _, there in pairs:
        there.close()
    here = [each for each, _ in pairs]
    assert [each.recv() for each in here] == ["ready"] * 2
    for each in here:
        each.send("now")
    told = [each.recv() for each in here]
    for worker in workers:
        worker.join()
    return told


@pytest.mark.parametrize("is_guarded", [True, False])
def test_two_processes_do_it_once(
    database_with: Callable[[Fill], Database], tmp_path: Path, is_guarded: bool
) -> None:
    """Each answers as the first one does; without the defence each of them adds one."""
    database = database_with(an_office)
    settings = Settings(home=tmp_path, database_url=url_of(database), rate_factor=0)
    Keyring.create(settings.key_file)
    app = create_app(settings, Clock())
    with TestClient(app, follow_redirects=False) as staff:
        assert enter(staff) == 303
        somebody = {"name": "霧雨 つむぎ", "since_on": "令和8年11月12日"}
        new = Adding("/people/new", somebody, lambda: 0)
        who = staff.post(new.path, data=filled(staff, new)).headers["Location"].split("/")[2]
        form = consents_of(app, who)
        sent = Press(
            settings.home,
            settings.database_url,
            dict(staff.cookies),
            form.path,
            filled(staff, form),
            is_guarded,
        )
        told = pressed_in_two_processes(sent)
        assert told[0] == told[1]
        assert told[0][0] == 303
        assert form.count() == (1 if is_guarded else 2)
