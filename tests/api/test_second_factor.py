"""Signing in with a second factor: what it lets in, what it keeps out."""

from __future__ import annotations

import re
import sqlite3
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyotp
import pytest
from fastapi import FastAPI
from sqlalchemy import select
from starlette.testclient import TestClient

from api import second_factors
from api.app import create_app
from api.second_factors import (
    new_authenticator,
    new_recovery_codes,
    picture_of,
    recovery_hash,
    step_of,
)
from db.one_time import SqlOneTimeStore
from db.second_factors import SqlFactorStore
from db.tables.staff import sign_in_tries
from tests.api.conftest import enter, form_token
from tests.office import PASSWORD, Clock, prepare


def post(client: TestClient, path: str, page: str = "/account", **fields: str) -> tuple[int, str]:
    """Send a form with the token of a page; return the status and where it leads."""
    answer = client.post(path, data={"form_token": form_token(client, page), **fields})
    return answer.status_code, answer.headers.get("location", "")


def another(app: FastAPI, **headers: str) -> TestClient:
    """Return another browser, which neither starts nor stops the application."""
    return TestClient(app, follow_redirects=False, headers=headers)


def set_up(client: TestClient, clock: Clock) -> tuple[pyotp.TOTP, list[str]]:
    """Set up a second factor as a person does; return their device and their recovery codes."""
    assert post(client, "/account/factor/new") == (303, "/account/factor")
    shown = client.get("/account/factor").text
    found = re.search(r'<code class="secret">([A-Z2-7 ]+)</code>', shown)
    assert found is not None
    device = pyotp.TOTP(found[1].replace(" ", ""))
    fields = {"form_token": form_token(client, "/account"), "code": device.at(clock.now)}
    answer = client.post("/account/factor", data=fields)
    assert answer.status_code == 200
    codes = re.findall(r'<code class="recovery-code">([0-9A-Z-]{29})</code>', answer.text)
    assert len(set(codes)) == 10
    return device, codes


def code_at(device: pyotp.TOTP, clock: Clock, steps: int) -> str:
    """Return the code of so many steps later."""
    return device.at(clock.now + timedelta(seconds=30 * steps))


def password_step(client: TestClient) -> None:
    """Come as far as the code."""
    client.cookies.clear()
    fields = {"form_token": form_token(client), "login": "mizuno", "password": PASSWORD}
    answer = client.post("/sign-in", data={**fields, "next": "/places"})
    assert answer.headers["location"] == "/sign-in/code?next=/places"


def code_step(client: TestClient, code: str) -> tuple[int, str]:
    """Send a code."""
    return post(client, "/sign-in/code", "/sign-in/code", code=code, next="/places")


def test_a_code_follows_the_password(client: TestClient, clock: Clock) -> None:
    """Between the two there is no session; afterwards there is one under a new secret."""
    enter(client)
    device, _ = set_up(client, clock)
    password_step(client)
    half = client.cookies["tsunagite"]
    assert client.get("/").status_code == 303
    assert client.get("/account").headers["location"].startswith("/sign-in")
    clock.forward(seconds=30)
    assert code_step(client, "000000")[0] == 422
    assert client.get("/").status_code == 303
    assert code_step(client, device.at(clock.now)) == (303, "/places")
    assert client.cookies["tsunagite"] != half
    assert client.get("/").status_code == 200


def test_a_code_is_taken_once_and_only_near_its_time(client: TestClient, clock: Clock) -> None:
    """Neither the one of the set-up, nor one just used, nor one of a minute ago or ahead."""
    enter(client)
    device, _ = set_up(client, clock)
    password_step(client)
    assert code_step(client, device.at(clock.now))[0] == 422
    clock.forward(minutes=2)
    old, ahead = code_at(device, clock, -2), code_at(device, clock, 2)
    assert [code_step(client, each)[0] for each in (old, ahead)] == [422, 422]
    wide = device.at(clock.now)
    full_width = "".join(
        chr(ord(each) + 0xFEE0) for each in f"{wide[:3]} {wide[3:]}" if each != " "
    )
    assert code_step(client, full_width)[0] == 303
    password_step(client)
    assert code_step(client, wide)[0] == 422
    assert code_step(client, code_at(device, clock, 1))[0] == 303


def test_with_the_memory_of_steps_switched_off_a_code_is_taken_twice(
    client: TestClient, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the test above sees is that defence and no other."""
    enter(client)
    device, _ = set_up(client, clock)
    monkeypatch.setattr(SqlFactorStore, "use_step", lambda *_: True)
    password_step(client)
    assert code_step(client, device.at(clock.now))[0] == 303


def test_a_recovery_code_lets_in_once(client: TestClient, clock: Clock) -> None:
    """However it is typed; it is kept as a hash."""
    enter(client)
    _, codes = set_up(client, clock)
    password_step(client)
    assert code_step(client, codes[3].lower().replace("-", " "))[0] == 303
    assert "あと9個" in client.get("/account").text
    password_step(client)
    assert code_step(client, codes[3])[0] == 422
    assert code_step(client, codes[4].replace("0", "O").replace("1", "l"))[0] == 303


def test_neither_secret_nor_code_is_in_the_file(
    client: TestClient, clock: Clock, tmp_path: Path
) -> None:
    """Whoever copies the database can make no code."""
    enter(client)
    device, codes = set_up(client, clock)
    connection = sqlite3.connect(tmp_path / "cases.sqlite3")
    dumped = "\n".join(connection.iterdump())
    connection.close()
    for secret in (device.secret, codes[0], codes[0].replace("-", "")):
        assert secret not in dumped
        assert secret.encode().hex() not in dumped.lower()


def test_guessing_codes_ends_in_a_wait(client: TestClient, clock: Clock) -> None:
    """Also across several half-done sign-ins, and the right code waits as well."""
    enter(client)
    device, _ = set_up(client, clock)
    clock.forward(minutes=1)
    wrong = 0
    while wrong < 5:
        password_step(client)
        wrong += code_step(client, "123456")[0] == 422
        if wrong >= 3:
            break
    fields = {"form_token": form_token(client), "login": "mizuno", "password": PASSWORD}
    assert "待ってから" in client.post("/sign-in", data=fields).text
    assert code_step(client, device.at(clock.now))[0] == 422
    clock.forward(minutes=1)
    password_step(client)


def test_forty_honest_sign_ins_leave_nothing_counted(
    app: FastAPI, client: TestClient, clock: Clock
) -> None:
    """Behind one address many people enter in two steps; none of them locks it."""
    enter(client)
    device, _ = set_up(client, clock)
    for _ in range(40):
        clock.forward(seconds=60)
        password_step(client)
        assert code_step(client, device.at(clock.now)) == (303, "/places")
    with app.state.wiring.database.reading() as connection:
        assert set(connection.scalars(select(sign_in_tries.c.count))) == {0}


def test_half_a_sign_in_ends_after_ten_minutes(client: TestClient, clock: Clock) -> None:
    enter(client)
    device, _ = set_up(client, clock)
    password_step(client)
    clock.forward(minutes=10)
    code = {"form_token": form_token(client, "/sign-in"), "code": device.at(clock.now)}
    answer = client.post("/sign-in/code", data=code)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    assert client.get("/sign-in/code").headers["location"] == "/sign-in"
    assert client.get("/").status_code == 303


def test_a_wrong_first_code_changes_nothing(client: TestClient) -> None:
    enter(client)
    assert post(client, "/account/factor/new") == (303, "/account/factor")
    assert post(client, "/account/factor", code="000000")[0] == 422
    client.cookies.clear()
    assert enter(client) == 303
    assert client.get("/").status_code == 200


def test_giving_it_up_asks_who_one_is(client: TestClient, clock: Clock) -> None:
    """After ten minutes the password alone does not do, and neither does the code alone."""
    enter(client)
    device, _ = set_up(client, clock)
    clock.forward(minutes=11)
    assert post(client, "/account/factor/remove") == (303, "/account/confirm?next=/account")
    confirm = "/account/confirm"
    assert post(client, confirm, confirm, password=PASSWORD)[0] == 422
    assert post(client, confirm, confirm, code=device.at(clock.now))[0] == 422
    before = client.cookies["tsunagite"]
    fields = {"password": PASSWORD, "code": device.at(clock.now), "next": "/account"}
    assert post(client, confirm, confirm, **fields) == (303, "/account")
    assert client.cookies["tsunagite"] != before
    assert post(client, "/account/factor/remove") == (303, "/account?done=removed")
    client.cookies.clear()
    enter(client)
    assert client.get("/").status_code == 200


@pytest.fixture
def strict(tmp_path: Path, clock: Clock) -> FastAPI:
    """Build the application of an office that wants a second factor."""
    return create_app(prepare(tmp_path / "strict", require_second_factor=True), clock)


def test_who_needs_one_sets_it_up_before_coming_in(strict: FastAPI, clock: Clock) -> None:
    """A planner comes in by password, an administrator only after the first code."""
    with TestClient(strict, follow_redirects=False) as client:
        assert enter(client, "ogawa") == 303
        assert client.get("/").status_code == 200
        client.cookies.clear()
        fields = {"form_token": form_token(client), "login": "kanri", "password": PASSWORD}
        assert client.post("/sign-in", data=fields).headers["location"].startswith("/sign-in/f")
        assert client.get("/").status_code == 303
        shown = client.get("/sign-in/factor").text
        found = re.search(r'<code class="secret">([A-Z2-7 ]+)</code>', shown)
        assert found is not None
        device = pyotp.TOTP(found[1].replace(" ", ""))
        factor = "/sign-in/factor"
        assert post(client, factor, factor, code="000000")[0] == 422
        assert post(client, factor, factor, code=device.at(clock.now))[0] == 200
        assert client.get("/").status_code == 200
        assert "この役割では、2つめの確かめが いります" in client.get("/account").text


def test_a_session_from_before_the_rule_is_over(
    client: TestClient, app: FastAPI, strict: FastAPI, clock: Clock
) -> None:
    """Who came in by password alone is asked again once the office wants more."""
    enter(client)
    limits = strict.state.wiring.limits
    app.state.wiring.limits = limits
    assert client.get("/").status_code == 303


def test_every_step_of_the_window_is_compared() -> None:
    """A picture and a code come from the same secret; 19 characters or more in a recovery code."""
    clock = Clock()
    authenticator = new_authenticator("u", clock.now)
    device = pyotp.TOTP(authenticator.secret)
    assert len(authenticator.secret) == 32  # 160 bits
    steps = [
        step_of(authenticator, code_at(device, clock, each), clock.now) for each in range(-2, 3)
    ]
    present = int(clock.now.timestamp()) // second_factors.STEP_SECONDS
    assert steps == [None, present - 1, present, present + 1, None]
    (code,) = new_recovery_codes(1)
    assert len(code.replace("-", "")) * 5 >= 112
    assert recovery_hash(code) == recovery_hash(code.lower().replace("-", ""))
    assert "style=" not in picture_of("otpauth://totp/x")


def test_who_is_half_signed_in_is_looked_up_once_for_a_page(
    client: TestClient, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the page comes again because the code was wrong."""
    enter(client)
    device, _ = set_up(client, clock)
    password_step(client)
    clock.forward(seconds=30)
    looked, look = [], SqlOneTimeStore.look

    def counted(self: SqlOneTimeStore, *what: Any) -> Any:
        looked.append(what)
        return look(self, *what)

    monkeypatch.setattr(SqlOneTimeStore, "look", counted)
    token = form_token(client, "/sign-in/code")
    assert len(looked) == 1
    for code, status in (("", 422), ("000000", 422), (device.at(clock.now), 303)):
        looked.clear()
        sent = {"form_token": token, "code": code}
        assert client.post("/sign-in/code", data=sent).status_code == status
        assert len(looked) == 1
