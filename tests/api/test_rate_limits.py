"""How often one may ask: told kindly, to programs with the seconds to wait."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.testclient import TestClient

from api.app import create_app
from api.rate_limits import NEVER, RATES, Per
from tests.api.conftest import enter, form_token
from tests.office import Clock, prepare

Open = Callable[[float], TestClient]


@pytest.fixture
def open_office(tmp_path: Path) -> Iterator[Open]:
    """Open an office with these rates."""
    opened: list[TestClient] = []

    def opening(factor: float) -> TestClient:
        settings = prepare(tmp_path / str(len(opened)), rate_factor=factor)
        client = TestClient(create_app(settings, Clock()), follow_redirects=False)
        opened.append(client)
        return client.__enter__()

    yield opening
    for client in opened:
        client.__exit__(None, None, None)


def test_every_rate_is_of_addresses_that_there_are(app: FastAPI) -> None:
    """A rate for an address that was renamed would hold for nothing."""
    found = {
        f"{method} {route.path}"
        for route in iter_route_contexts(app.routes)
        for method in route.methods or ()
    }
    for rate in RATES:
        assert rate.addresses <= found, rate.name
    assert found >= NEVER


def test_tries_to_sign_in_are_fewest(open_office: Open) -> None:
    """From one address; pages can still be opened, and the watcher is never refused."""
    (rate,) = (each for each in RATES if each.name == "sign_in")
    client = open_office(5 / rate.a_minute)
    fields = {"login": "", "password": ""}
    for _ in range(5):
        assert client.post("/sign-in", data=fields).status_code == 403
    refused = client.post("/sign-in", data=fields)
    assert refused.status_code == 429
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert f"{refused.headers['retry-after']}秒ほど待ってから" in refused.text
    assert client.get("/help").status_code == 200
    assert client.get("/healthz").status_code == 200


def test_one_user_searches_less_often_than_they_look(open_office: Open) -> None:
    """Programs are told the same as RFC 9457; somebody else at the same address goes on."""
    (rate,) = (each for each in RATES if each.name == "search")
    assert rate.per is Per.USER
    client = open_office(3 / rate.a_minute)
    assert enter(client) == 303
    answers = [client.get("/api/v1/people?q=canary") for _ in range(4)]
    assert [each.status_code for each in answers] == [200, 200, 200, 429]
    assert answers[-1].headers["content-type"] == "application/problem+json"
    assert answers[-1].json()["code"] == "too_often"
    assert answers[-1].headers["retry-after"]
    assert "canary" not in answers[-1].text
    assert client.get("/").status_code == 200
    client.cookies.clear()
    assert enter(client, "hara") == 303
    assert client.get("/api/v1/people").status_code == 200


def test_a_refused_request_changes_nothing_and_no_factor_is_no_limit(open_office: Open) -> None:
    """The rate is asked before the form is read, and before anything is done."""
    client = open_office(1e-9)  # one request of each kind
    token = form_token(client)
    refused = client.post("/sign-in", data={"form_token": token, "login": "mizuno"})
    assert refused.status_code == 429
    assert "mizuno" not in refused.text
    free = open_office(0)
    assert {free.get("/sign-in").status_code for _ in range(30)} == {200}
