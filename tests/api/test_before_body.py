"""Whoever is refused for the head of a request has sent the body for nothing: nobody reads it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient
from starlette.types import Message

from api.app import create_app
from tests.api.conftest import enter
from tests.office import Clock, prepare

FORM = {"content-type": "application/x-www-form-urlencoded", "cookie": "tsunagite=anything"}
JSON = {"content-type": "application/json", "cookie": "tsunagite=anything"}
ELSEWHERE = (
    {"sec-fetch-site": "cross-site"},
    {"origin": "https://elsewhere.example"},
    {"cookie": ""},
)
ADDRESSES = (("/sign-in", FORM), ("/people/search", FORM), ("/api/v1/people", JSON))


def post(app: FastAPI, path: str, headers: Mapping[str, str]) -> tuple[int, int]:
    """Send a request of many pieces; return the status, and how many pieces were read."""
    read, statuses = 0, []

    async def piece() -> Message:
        nonlocal read
        read += 1
        return {"type": "http.request", "body": b"1", "more_body": read < 5}

    async def take(message: Message) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    named = {"host": "testserver", **headers}
    scope = {
        "type": "http",
        "method": "POST",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(k.encode(), v.encode()) for k, v in named.items() if v],
        "client": ("192.0.2.7", 40_000),
        "server": ("testserver", 80),
    }
    asyncio.run(app(scope, piece, take))
    return statuses[0], read


@pytest.mark.parametrize("sent", ELSEWHERE, ids=lambda sent: next(iter(sent)))
@pytest.mark.parametrize(("path", "headers"), ADDRESSES)
def test_another_site_is_refused_before_its_body_is_read(
    app: FastAPI, path: str, headers: Mapping[str, str], sent: Mapping[str, str]
) -> None:
    assert post(app, path, {**headers, **sent}) == (403, 0)


@pytest.mark.parametrize(("path", "headers"), ADDRESSES)
def test_who_asks_too_often_is_refused_before_the_body_is_read(
    tmp_path: Path, path: str, headers: Mapping[str, str]
) -> None:
    """And each request counts once, whether its body is read or not."""
    app = create_app(prepare(tmp_path, rate_factor=0.001), Clock())  # three a minute of everything
    most = 1 if path == "/sign-in" else 3
    answers = [post(app, path, headers) for _ in range(most + 2)]
    assert [status for status, _ in answers] == [403] * most + [429] * 2
    assert [read > 0 for _, read in answers] == [True] * most + [False] * 2


def test_another_address_is_refused_before_the_body_is_read(tmp_path: Path) -> None:
    app = create_app(prepare(tmp_path, address="https://tsunagi.example"), Clock())
    assert post(app, "/sign-in", FORM) == (400, 0)


def test_it_is_the_look_at_the_head_that_spares_the_body(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Switched off, the framework reads all of it, and only then it is refused."""
    monkeypatch.setattr("api.before_body.check_head", lambda _: None)
    for path, headers in (ADDRESSES[0], ADDRESSES[-1]):
        assert post(app, path, {**headers, **ELSEWHERE[0]}) == (403, 5)


def test_a_form_of_our_own_is_read_as_ever(client: TestClient) -> None:
    assert enter(client) == 303
