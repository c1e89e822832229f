"""A protected person whom nobody can open any more is noticed, without being named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.app import create_app
from api.wiring import Wiring
from cases.participant import Participant
from cases.permissions import scope_of_everyone
from catalog.audit import AuditEvent
from db.sample.accounts import account_id
from db.unattended import protected_without_staff
from db.users import User
from tests.api.conftest import enter
from tests.office import Clock
from tests.sample_office import small_office

EVENT = AuditEvent("set_up", "system", "city", "c", Clock().now)
TITLE = "担当のいない 保護の対象の方"


@pytest.fixture
def app(tmp_path: Path) -> FastAPI:
    """Build the application on a small sample city, of which one person is protected."""
    return create_app(small_office(tmp_path), Clock())


def hidden_in(wiring: Wiring) -> Participant:
    everybody = wiring.stores.cases.participants(scope_of_everyone(wiring.city.code))
    (hidden,) = (each for each in everybody if each.address_protected)
    return hidden


def moves(user: User) -> User:
    return replace(user, office_id="地域包括支援センター")


def is_stopped(user: User) -> User:
    return replace(user, disabled=True)


@pytest.mark.parametrize("change", [moves, is_stopped])
def test_the_administrator_reads_how_many_and_of_which_office(
    app: FastAPI, client: TestClient, change: Callable[[User], User]
) -> None:
    """Not who: neither name nor number stands there."""
    wiring: Wiring = app.state.wiring
    hidden, users = hidden_in(wiring), {each.login: each for each in wiring.users.users()}
    assert enter(client, "kanri") == 303
    assert TITLE not in client.get("/staff").text
    wiring.users.save_user(change(users["mizuno"]), EVENT)
    page = client.get("/staff").text
    assert TITLE in page
    assert f"{hidden.office_id}　1人" in page
    for mark in (hidden.name, hidden.name_kana, hidden.case_no, hidden.id):
        assert mark not in page


def test_named_staff_are_enough(app: FastAPI) -> None:
    """And whoever is back in the office of the case has it again, and can hand it over."""
    wiring: Wiring = app.state.wiring
    hidden, users = hidden_in(wiring), {each.login: each for each in wiring.users.users()}
    wiring.users.save_user(moves(users["mizuno"]), EVENT)
    assert protected_without_staff(wiring.database, wiring.city.code) == {hidden.office_id: 1}
    named = replace(hidden, named_staff_ids=frozenset({account_id("hara")}))
    wiring.stores.cases.save_participant(named, EVENT)
    assert protected_without_staff(wiring.database, wiring.city.code) == {}
    wiring.stores.cases.save_participant(hidden, EVENT)
    wiring.users.save_user(users["mizuno"], EVENT)
    assert protected_without_staff(wiring.database, wiring.city.code) == {}
