"""自分の設定: the password, and where one is signed in; the lock-out, told alike to everybody."""

from __future__ import annotations

import re
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api import passwords, sign_in
from api.sessions import browser_words
from tests.api.conftest import enter, form_token
from tests.api.test_second_factor import another, post, set_up
from tests.office import PASSWORD, Clock

NEW_PASSWORD = "春の野に すみれ つみにと"


@pytest.fixture
def elsewhere(app: FastAPI) -> TestClient:
    """Return a second browser."""
    headers = {"User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) Version/18.0 Safari/604.1"}
    return another(app, **headers)


def ids_of_sessions(client: TestClient) -> list[str]:
    """Return the sessions that can be ended on one's own page."""
    return re.findall(r"/account/sessions/([0-9a-f]{24})/end", client.get("/account").text)


def test_one_sees_where_one_is_signed_in_and_ends_it(
    client: TestClient, elsewhere: TestClient
) -> None:
    """Roughly with what, never the address; the one in use is marked and has no button."""
    enter(client)
    enter(elsewhere)
    shown = client.get("/account").text
    assert "Safari（iPhone）" in shown
    assert "testclient" not in shown
    (other,) = ids_of_sessions(client)
    path = f"/account/sessions/{other}/end"
    assert post(client, path) == (303, "/account?done=ended")
    assert elsewhere.get("/").status_code == 303
    assert client.get("/").status_code == 200


def test_nobody_ends_the_session_of_somebody_else(
    app: FastAPI, client: TestClient, elsewhere: TestClient
) -> None:
    """Not even by its name."""
    enter(client, "hara")
    enter(elsewhere)
    second = another(app)
    enter(second)
    (mine,) = ids_of_sessions(elsewhere)
    assert post(client, f"/account/sessions/{mine}/end")[0] == 303
    assert second.get("/").status_code == 200
    assert post(elsewhere, "/account/sessions/others/end") == (303, "/account?done=others")
    assert second.get("/").status_code == 303
    assert client.get("/").status_code == 200


def test_a_new_password_ends_every_other_session(
    client: TestClient, elsewhere: TestClient, tmp_path: Path
) -> None:
    """The present one goes on under a new secret; the old password is over."""
    enter(client)
    enter(elsewhere)
    before = client.cookies["tsunagite"]
    fields = {"present": PASSWORD, "new": NEW_PASSWORD, "again": NEW_PASSWORD}
    assert post(client, "/account/password", **{**fields, "present": "wrong"})[0] == 422
    assert post(client, "/account/password", **{**fields, "again": "other"})[0] == 422
    assert post(client, "/account/password", **{**fields, "new": "mizuno-mizuno"})[0] == 422
    assert elsewhere.get("/").status_code == 200
    assert post(client, "/account/password", **fields) == (303, "/account?done=password")
    assert client.cookies["tsunagite"] != before
    assert client.get("/").status_code == 200
    assert elsewhere.get("/").status_code == 303
    assert enter(elsewhere) == 422
    assert enter(elsewhere, password=NEW_PASSWORD) == 303
    connection = sqlite3.connect(tmp_path / "cases.sqlite3")
    dumped = "\n".join(connection.iterdump())
    connection.close()
    assert NEW_PASSWORD not in dumped


def test_changing_it_needs_a_fresh_proof(client: TestClient, clock: Clock) -> None:
    """Whoever finds a screen unlocked learns nothing and changes nothing."""
    enter(client)
    clock.forward(minutes=10)
    goal = (303, "/account/confirm?next=/account/password")
    answer = client.get("/account/password")
    assert (answer.status_code, answer.headers["location"]) == goal
    fields = {"present": PASSWORD, "new": NEW_PASSWORD, "again": NEW_PASSWORD}
    assert post(client, "/account/password", **fields) == goal
    client.cookies.clear()
    assert enter(client) == 303


# ------------------------------------------------------------------ lock-out
@pytest.mark.parametrize("login", ["mizuno", "nobody", "kansa"])
def test_after_six_wrong_tries_one_waits_and_the_words_are_the_same(
    app: FastAPI, client: TestClient, clock: Clock, login: str
) -> None:
    """For an account, one that does not exist, and one that is stopped."""
    wiring = app.state.wiring
    if login == "kansa":
        enter(client, "kanri")
        assert post(client, "/staff/sample-kansa/act", "/staff", act="disable")[0] == 303
        client.cookies.clear()
    told = []
    for password in ("wrong",) * 7 + (PASSWORD,):
        fields = {"form_token": form_token(client), "login": login, "password": password}
        answer = client.post("/sign-in", data=fields)
        assert answer.status_code == 422
        told.append("待ってから" in answer.text)
    assert told == [False] * 5 + [True] * 3
    clock.forward(minutes=1)
    assert (enter(client, login) == 303) == (login == "mizuno")
    assert wiring.users.user_by_login("mizuno") is not None


def test_without_the_count_nobody_waits(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the test above sees is that defence and no other."""
    monkeypatch.setattr("cases.accounts.LockRule.tries_for", lambda *_: 10**6)
    for _ in range(12):
        assert enter(client, password="wrong") == 422
    assert enter(client) == 303


@pytest.mark.parametrize(
    ("login", "password"),
    [("mizuno", PASSWORD), ("mizuno", "wrong"), ("nobody", PASSWORD), ("mizuno", "x" * 5000)],
)
def test_every_way_through_computes_one_hash(
    app: FastAPI, client: TestClient, monkeypatch: pytest.MonkeyPatch, login: str, password: str
) -> None:
    """So that time does not tell who exists, also while an account waits or is stopped."""
    verified: list[str] = []
    hasher = passwords._hasher()

    class Counting:
        def verify(self, text: str, kept: str) -> bool:
            verified.append(kept)
            return hasher.verify(text, kept)

        def hash(self, text: str) -> str:
            return hasher.hash(text)

    monkeypatch.setattr(passwords, "_hasher", Counting)
    enter(client, login, password)
    assert len(verified) == 1
    client.cookies.clear()
    for _ in range(6):
        enter(client, login, "wrong")
    verified.clear()
    enter(client, login, password)
    assert len(verified) == 1, "while it waits"
    users = app.state.wiring.users
    assert users.user_by_login("mizuno") is not None


def test_no_more_hashes_at_once_than_the_office_allows(
    app: FastAPI, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On every address where a password is taken; the rest waits without a thread."""
    enter(client)
    at_once, most, gate = 0, 0, threading.Lock()

    def slow(*_: Any) -> bool:
        nonlocal at_once, most
        with gate:
            at_once += 1
            most = max(most, at_once)
        threading.Event().wait(0.02)
        with gate:
            at_once -= 1
        return False

    monkeypatch.setattr(sign_in, "password_fits", slow)
    monkeypatch.setattr("cases.accounts.LockRule.tries_for", lambda *_: 10**6)
    token = form_token(client, "/account")
    new = {"new": NEW_PASSWORD, "again": NEW_PASSWORD}
    sent = [
        ("/sign-in", {"login": "nobody", "password": "x"}),
        ("/account/confirm", {"password": "x"}),
        ("/account/password", {"present": "x", **new}),
    ] * 4

    def send(what: tuple[str, dict[str, str]]) -> int:
        return client.post(what[0], data={"form_token": token, **what[1]}).status_code

    with ThreadPoolExecutor(12) as pool:
        assert set(pool.map(send, sent)) == {422}
    assert most == app.state.wiring.settings.sign_ins_at_once


def test_what_one_sits_at_is_told_roughly() -> None:
    windows = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit Chrome/131.0 Safari/537.36"
    assert browser_words(f"{windows} Edg/131.0") == "Edge（Windows）"
    assert browser_words(windows) == "Chrome（Windows）"
    assert browser_words("Mozilla/5.0 (X11; Linux) Gecko Firefox/133.0") == "Firefox（Linux）"
    assert browser_words("curl/8") == "ほかのブラウザー"


def test_what_is_recorded_names_nobody(client: TestClient, clock: Clock, tmp_path: Path) -> None:
    """Each step has its event; of an unknown login not even what was typed."""
    for _ in range(6):
        enter(client, "somebodys-password", "wrong")
    enter(client)
    set_up(client, clock)
    connection = sqlite3.connect(tmp_path / "cases.sqlite3")
    rows = connection.execute("SELECT kind, actor_id, detail FROM audit_events").fetchall()
    dumped = "\n".join(connection.iterdump())
    connection.close()
    found = [kind for kind, actor, _ in rows if actor == "unknown"]
    assert found == ["sign_in_failed"] * 5 + ["locked"]
    assert "somebodys-password" not in dumped
    assert [kind for kind, actor, _ in rows if actor == "sample-mizuno"] == [
        "signed_in",
        "factor_added",
        "proved_again",
        "sessions_ended",
    ]
