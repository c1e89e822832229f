"""Errors: plain pages for people, RFC 9457 for programs, and nothing personal in either."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import anyio
import pytest
from anyio import sleep
from fastapi import FastAPI
from starlette.testclient import TestClient
from starlette.types import Message

from api.app import create_app
from api.errors import EXIT_CODES, HTTP_STATUS, status_of
from api.limits import MOST_FIELD_BYTES, MOST_FIELDS, MOST_FILES
from api.messages import EXPLANATIONS
from api.problems import CODE_OF_STATUS
from api.refusals import Refusal
from api.settings import Settings
from db import migrate
from db.errors import DatabaseError
from tests.api.conftest import enter, form_token
from tests.databases import PostgresqlDatabases
from tests.office import PASSWORD, Clock, an_office, prepare


def test_unknown_page_and_unknown_address_of_the_interface(client: TestClient) -> None:
    """The same fact in two forms; the address itself is not repeated."""
    page = client.get("/no-such-page/canary-name")
    assert page.status_code == 404
    assert "この画面は見つかりません" in page.text
    assert "canary-name" not in page.text
    answer = client.get("/api/v1/no-such-thing/canary-name")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == 404
    assert answer.json()["code"] == "not_found"
    assert "canary-name" not in answer.text


def test_unexpected_error_tells_nothing_but_a_number(
    app: FastAPI, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither the page nor the log repeats the text of the error; the number joins the two."""

    @app.get("/breaks")
    def breaks() -> None:
        raise ValueError("canary-name")

    with caplog.at_level(logging.INFO), TestClient(app) as client:
        answer = client.get("/breaks")
    assert answer.status_code == 500
    assert "うまくいきませんでした" in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert "canary-name" not in answer.text + caplog.text
    assert "ValueError" in caplog.text
    assert "test_problems.py" in caplog.text
    logged = next(each for each in caplog.records if each.name == "tsunagite")
    number = logged.getMessage().removeprefix("trouble ").partition(":")[0]
    assert number in answer.text


def test_too_large_request_is_not_read(client: TestClient) -> None:
    """It is refused at its announced size, and while it streams without one."""
    form_token(client)  # the cookie without which nobody reads a body at all
    big = b"a" * 10_000_001
    answer = client.post("/sign-in", content=big)
    assert answer.status_code == 413
    assert "10MB" in answer.text
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    streamed = client.post("/sign-in", content=iter([big[:6_000_000]] * 2), headers=form)
    assert streamed.status_code == 413


def test_form_of_too_many_fields_or_too_long_ones_is_not_read(client: TestClient) -> None:
    """Each has a bound of its own, below that of the whole request; nothing of it is repeated."""
    form_token(client)
    many = "&".join(f"canary{n}=1" for n in range(MOST_FIELDS + 1))
    long = f"login={'canary' * (MOST_FIELD_BYTES // 6 + 9)}"
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    for body in (many, long):
        answer = client.post("/people/search", content=body, headers=form)
        assert answer.status_code == 400
        assert "送られた内容を読めませんでした" in answer.text
        assert "canary" not in answer.text
    files = [("file", (f"{n}.txt", b"canary")) for n in range(MOST_FILES + 1)]
    assert client.post("/people/search", files=files).status_code == 400


def test_request_that_never_ends_is_given_up(tmp_path: Path) -> None:
    """Who sends one byte now and then keeps nothing busy for ever."""

    async def send_slowly() -> list[Message]:
        app = create_app(prepare(tmp_path, body_seconds=0.2))
        sent: list[Message] = []

        async def receive() -> Message:
            await sleep(0.05)
            return {"type": "http.request", "body": b"a", "more_body": True}

        async def send(message: Message) -> None:
            sent.append(message)

        form = (b"content-type", b"application/x-www-form-urlencoded")
        cookie = (b"cookie", b"tsunagite=anything")  # without one, nobody reads the body at all
        scope = {
            "type": "http", "method": "POST", "path": "/sign-in", "headers": [form, cookie],
            "query_string": b"", "scheme": "http", "root_path": "", "server": ("localhost", 80),
        }  # fmt: skip
        await app(scope, receive, send)
        app.state.wiring.close()
        return sent

    start, body = anyio.run(send_slowly)
    assert start["status"] == 408
    assert "時間がかかりすぎた" in body["body"].decode()


@pytest.mark.parametrize("announced", ["-1", "1e9", "٣", "abc"])
def test_odd_length_is_no_trouble(client: TestClient, announced: str) -> None:
    """A server refuses it before us; whoever embeds the application may not."""
    header = {b"Content-Length": announced.encode()}
    assert client.post("/sign-in", content=b"a", headers=header).status_code == 403


def test_page_without_session_leads_to_the_sign_in_and_back(client: TestClient) -> None:
    """A full page is redirected; a part of a page makes htmx go there."""
    assert client.get("/").headers["location"] == "/sign-in"
    part = client.get("/", headers={"HX-Request": "true"})
    assert part.status_code == 401
    assert part.headers["hx-redirect"] == "/sign-in"


@pytest.mark.parametrize(
    ("came_from", "goal"),
    [
        ("http://testserver/people/p1/records", "/sign-in?next=/people/p1/records&done=unsaved"),
        (
            "http://testserver/people/p1/records/told",
            "/sign-in?next=/people/p1/records&done=unsaved",
        ),
        ("http://testserver/nowhere", "/sign-in?done=unsaved"),
        ("http://elsewhere/people", "/sign-in?done=unsaved"),
        ("http://testserver//elsewhere/people", "/sign-in?done=unsaved"),
        ("", "/sign-in?done=unsaved"),
    ],
)
def test_a_form_sent_after_the_session_leads_back_to_its_page(
    client: TestClient, clock: Clock, came_from: str, goal: str
) -> None:
    """And the sign-in says that what was sent has not been kept."""
    assert enter(client) == 303
    token = form_token(client, "/")
    clock.forward(minutes=31)
    sent = {"form_token": token, "reason": "書いた"}
    headers = {"Referer": came_from} if came_from else {}
    answer = client.post("/people/p1/records/told", data=sent, headers=headers)
    assert (answer.status_code, answer.headers["location"]) == (303, goal)
    assert "いま送ったものは、保存していません。" in client.get(goal).text


@pytest.mark.parametrize("has_tables", [True, False])
def test_database_that_is_not_ready(client: TestClient, tmp_path: Path, has_tables: bool) -> None:
    """Until `init` has run, pages say so and the watcher is told; alive it is all the same."""
    assert client.get("/readyz").status_code == 200
    settings = Settings(home=tmp_path / "empty")
    settings.home.mkdir()
    if has_tables:
        migrate.upgrade(settings.database_url)
    with TestClient(create_app(settings)) as early:
        assert early.get("/readyz").status_code == 503
        assert early.get("/sign-in").status_code == 503
        assert "準備ができていません" in early.get("/sign-in").text
        assert early.get("/healthz").status_code == 200


def test_every_refusal_has_a_status_and_words() -> None:
    """A new refusal cannot be forgotten in the table."""
    assert set(Refusal.__subclasses__()) <= set(HTTP_STATUS)
    assert set(HTTP_STATUS.values()) <= set(CODE_OF_STATUS)
    assert set(CODE_OF_STATUS.values()) <= set(EXPLANATIONS)


def test_subclasses_stand_before_their_bases() -> None:
    """The first class that fits decides, so a base further up would hide what is below it."""
    for table in (EXIT_CODES, HTTP_STATUS):
        kinds = list(table)
        for place, kind in enumerate(kinds):
            assert not any(issubclass(kind, base) for base in kinds[:place]), kind


def test_busy_database_asks_for_patience() -> None:
    """Only being busy is passing; other refusals of the database are conflicts."""
    assert status_of(DatabaseError("database_busy")) == 503
    assert status_of(DatabaseError("login_taken")) == 409
    assert status_of(ValueError()) == 500


def test_access_log_names_routes_only(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    """No address that was asked, no name that was typed."""
    with caplog.at_level(logging.DEBUG, logger="tsunagite.access"):
        enter(client, login="canary-name")
        client.get("/people/canary-id?words=canary-word")
        client.get("/no-such-page/canary-id?words=canary-word")
        client.get("/static/favicon.svg?canary=1")
    lines = [record.getMessage() for record in caplog.records if "access" in record.name]
    assert any(line.startswith("POST /sign-in 422 ") for line in lines)
    assert any(line.startswith("GET /people/{participant_id} 303 ") for line in lines)
    assert any(line.startswith("GET (no route) 404 ") for line in lines)
    assert any(line.startswith("GET /static 200 ") for line in lines)
    assert "canary" not in "".join(lines)


# ------------------------------------------------------------------ what nobody's page sends
STRANGE: dict[str, tuple[dict[Any, Any], dict[str, str], int]] = {
    "a token in other letters": ({"X-Form-Token": "\u00e9".encode("latin-1")}, {}, 403),
    "a field in other letters": ({}, {"form_token": "あ"}, 403),
    "an origin that is none": ({"Origin": "http://["}, {}, 403),
    "a length of many digits": ({"Content-Length": "9" * 5000}, {}, 413),
    "letters of another kind": (
        {"Content-Type": "multipart/form-data; boundary=x; charset=utf-7"},
        {},
        400,
    ),
}


@pytest.mark.parametrize("name", STRANGE)
def test_what_no_page_sends_is_refused_in_words(client: TestClient, name: str) -> None:
    """By anybody, without an account: never an unexpected error."""
    headers, fields, status = STRANGE[name]
    content = {"form_token": form_token(client), "login": "mizuno", "password": "x"} | fields
    answer = client.post("/sign-in", data=content, headers=headers)
    assert answer.status_code == status
    assert "<h1" in answer.text


def test_half_a_character_comes_no_further_than_the_door(client: TestClient) -> None:
    """Of the ways to write one, only UTF-7 lets one pass; a form in it is not read."""
    fields = {"form_token": form_token(client), "login": "+2AA-", "password": "abc"}
    parts = (
        f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n'
        for name, text in fields.items()
    )
    body = "".join(parts) + "--x--\r\n"
    for charset, status in (("utf-7", 400), ('"UTF-7"', 400), ("utf-8", 422)):
        kind = f"multipart/form-data; boundary=x; charset={charset}"
        answer = client.post("/sign-in", content=body.encode(), headers={"Content-Type": kind})
        assert answer.status_code == status


@pytest.mark.parametrize(
    ("referer", "href"),
    [
        ("http://testserver//evil.example/x", "/"),
        ("http://[", "/"),
        ("http://evil.example/places", "/"),
        ("http://testserver/" + "a" * 3000, "/"),
        ("http://testserver/places", "/places"),
    ],
)
def test_the_way_back_stays_here(client: TestClient, referer: str, href: str) -> None:
    """Whatever a request says about where it comes from."""
    shown = client.get("/sign-out", headers={"Referer": referer})
    assert shown.status_code == 405
    assert f'href="{href}"' in shown.text
    assert "//evil" not in shown.text


def test_a_goal_without_end_is_not_kept(client: TestClient) -> None:
    """It would stand in the database for ten minutes."""
    for length, goal in ((1_999, "/" + "a" * 1_999), (2_000, "/")):
        long = "/" + "a" * length
        fields = {"form_token": form_token(client), "login": "mizuno", "password": PASSWORD}
        answer = client.post("/sign-in", data={**fields, "next": long})
        assert answer.headers["location"] == goal
        client.cookies.clear()


@pytest.mark.postgresql
def test_a_character_that_is_not_kept_is_refused_in_words(tmp_path: Path, clock: Clock) -> None:
    """PostgreSQL keeps no NUL: that is no unexpected error, with an account or without."""
    databases = PostgresqlDatabases()
    try:
        settings = prepare(tmp_path, database_url=databases.create(an_office))
        app = create_app(settings, clock)
        with TestClient(app, follow_redirects=False, raise_server_exceptions=False) as client:
            fields = {"form_token": form_token(client), "login": "a\0b", "password": "x"}
            answer = client.post("/sign-in", data=fields)
            assert answer.status_code == 400
            assert "<h1" in answer.text
            assert enter(client) == 303
            for path in (
                "/people/a",
                "/places/a",
                "/api/v1/people/a",
                "/matching/a",
                "/places?q=a",
            ):
                assert client.get(path + "%00b").status_code in (400, 404), path
    finally:
        databases.stop()
