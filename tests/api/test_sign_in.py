"""Sessions: they begin with a new secret, end when they should, and leave no password behind."""

from __future__ import annotations

import hashlib
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from catalog.audit import AuditEvent
from tests.api.conftest import enter, form_token
from tests.office import PASSWORD, Clock


def test_sign_in_opens_the_first_page_under_a_new_secret(client: TestClient) -> None:
    """The cookie of before is worth nothing afterwards, so nobody can plant one."""
    assert client.get("/").headers["location"] == "/sign-in"
    client.get("/sign-in")
    before = client.cookies["tsunagite"]
    assert enter(client) == 303
    assert client.cookies["tsunagite"] != before
    assert client.get("/").status_code == 200
    client.cookies.clear()
    client.cookies.set("tsunagite", before)
    assert client.get("/").status_code == 303


@pytest.mark.parametrize(
    ("login", "password"),
    [("mizuno", "wrong"), ("nobody", PASSWORD), ("mizuno", ""), ("", PASSWORD), ("", "")],
)
def test_wrong_sign_in_is_refused(client: TestClient, login: str, password: str) -> None:
    """Whatever is wrong, the page asks again and no session begins."""
    assert enter(client, login, password) == 422
    assert client.get("/").status_code == 303


def test_the_database_never_sees_the_secret(client: TestClient, tmp_path: Path) -> None:
    """It keeps a hash: whoever reads the database cannot sign in with it."""
    enter(client)
    secret = client.cookies["tsunagite"]
    assert len(secret) == 43  # 256 bits
    connection = sqlite3.connect(tmp_path / "cases.sqlite3")
    kept = connection.execute("SELECT token_hash FROM sessions").fetchall()
    connection.close()
    assert kept == [(hashlib.sha256(secret.encode()).digest(),)]


def test_session_ends_after_half_an_hour_without_a_request(
    client: TestClient, clock: Clock
) -> None:
    """Each request begins the half hour anew."""
    enter(client)
    for _ in range(3):
        clock.forward(minutes=29)
        assert client.get("/").status_code == 200
    clock.forward(minutes=30)
    assert client.get("/").status_code == 303


def test_session_ends_after_twelve_hours_in_any_case(client: TestClient, clock: Clock) -> None:
    """Being busy all day does not make it last."""
    enter(client)
    for _ in range(12 * 3 - 1):
        clock.forward(minutes=20)
        assert client.get("/").status_code == 200
    clock.forward(minutes=20)
    assert client.get("/").status_code == 303


def test_signing_in_anew_ends_the_session_of_before(client: TestClient, app: FastAPI) -> None:
    """Also where somebody else sat here; that in another browser goes on."""
    elsewhere = TestClient(app, follow_redirects=False)
    enter(elsewhere)
    secrets: list[str] = []
    for login in ("mizuno", "mizuno", "kanri"):
        fields = {"form_token": form_token(client, "/account" if secrets else "/sign-in")}
        answer = client.post("/sign-in", data={**fields, "login": login, "password": PASSWORD})
        assert answer.status_code == 303
        secrets.append(client.cookies["tsunagite"])
    for secret, status in zip(secrets, (303, 303, 200), strict=True):
        client.cookies.clear()
        client.cookies.set("tsunagite", secret)
        assert client.get("/").status_code == status
    assert elsewhere.get("/").status_code == 200


def test_no_address_is_led_to_that_a_request_names(client: TestClient) -> None:
    """As a redirect to the same address without its slash would."""
    answer = client.get("/sign-in/", headers={"Host": "evil.example"})
    assert answer.status_code == 404
    assert "evil.example" not in answer.text + str(answer.headers)


def test_sign_out_ends_the_session_on_the_server(client: TestClient) -> None:
    """A copy of the cookie is worth nothing afterwards."""
    enter(client)
    secret = client.cookies["tsunagite"]
    fields = {"form_token": form_token(client, "/")}
    answer = client.post("/sign-out", data=fields)
    assert answer.headers["location"] == "/sign-in"
    assert answer.headers["Clear-Site-Data"] == '"cache"'
    assert "tsunagite" not in client.cookies
    client.cookies.set("tsunagite", secret)
    assert client.get("/").status_code == 303


def test_cookie_is_out_of_reach_for_scripts_and_other_sites(client: TestClient) -> None:
    """On this machine a plain name; by HTTPS the name makes the browser guard it."""
    header = client.get("/sign-in").headers["set-cookie"]
    assert header.startswith("tsunagite=")
    assert "HttpOnly" in header
    assert "SameSite=lax" in header
    assert "Path=/" in header
    assert "Domain" not in header
    with TestClient(client.app, base_url="https://office.example") as secure:
        header = secure.get("/sign-in").headers["set-cookie"]
    assert header.startswith("__Host-tsunagite=")
    assert "Secure" in header


@pytest.mark.parametrize(
    "goal", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere", "x", "/a\r\nb"]
)
def test_sign_in_leads_to_no_other_site(client: TestClient, goal: str) -> None:
    """Only a path of this site is followed afterwards."""
    fields = {
        "form_token": form_token(client),
        "login": "mizuno",
        "password": PASSWORD,
        "next": goal,
    }
    assert client.post("/sign-in", data=fields).headers["location"] == "/"


def test_signing_in_and_out_is_recorded(client: TestClient, tmp_path: Path) -> None:
    """Also the attempt with a wrong password, under the account that was tried."""
    enter(client, password="wrong")
    enter(client)
    client.post("/sign-out", data={"form_token": form_token(client, "/")})
    connection = sqlite3.connect(tmp_path / "cases.sqlite3")
    query = "SELECT kind FROM audit_events WHERE subject_id = 'sample-mizuno' ORDER BY number"
    kinds = [row[0] for row in connection.execute(query)]
    connection.close()
    assert kinds == ["sign_in_failed", "signed_in", "signed_out"]


def test_disabled_account_is_out_at_once(app: FastAPI, client: TestClient) -> None:
    """A running session of an account that is switched off ends with the next request."""
    enter(client)
    users = app.state.wiring.users
    user = users.user_by_login("mizuno")
    event = AuditEvent("user_saved", "system", "user", user.id, datetime.now(UTC))
    users.save_user(replace(user, disabled=True), event)
    assert client.get("/").status_code == 303
    assert enter(client) == 422
