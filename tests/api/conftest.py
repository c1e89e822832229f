"""The application with a fresh database and a clock that the test moves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from httpx2 import Client
from starlette.testclient import TestClient

from api.app import create_app
from catalog.actor import Role
from catalog.audit import AuditEvent
from db.sample.accounts import account_id
from db.users import User
from tests.office import PASSWORD, Clock, kept_hash, prepare


@pytest.fixture
def clock() -> Clock:
    """Return a clock that stands."""
    return Clock()


@pytest.fixture
def app(tmp_path: Path, clock: Clock) -> FastAPI:
    """Build the application on a fresh SQLite file."""
    return create_app(prepare(tmp_path, styleguide=True), clock)


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    """Return a browser without scripts that follows no redirects by itself."""
    with TestClient(app, follow_redirects=False, raise_server_exceptions=False) as opened:
        yield opened


def form_token(client: Client, path: str = "/sign-in") -> str:
    """Return the token of the first form of a page."""
    found = re.search(r'name="form_token" value="([0-9a-f]{64})"', client.get(path).text)
    assert found is not None
    return found[1]


def enter(client: Client, login: str = "mizuno", password: str = PASSWORD) -> int:
    """Sign in as a person does and return the status of the answer."""
    token = form_token(client)
    fields = {"form_token": token, "login": login, "password": password}
    return client.post("/sign-in", data=fields).status_code


def as_role(app: FastAPI, client: TestClient, role: Role, office: str = "ためし") -> TestClient:
    """Sign in as somebody of a role, at an office; whoever was signed in before is gone."""
    login = f"{role}-{len(office)}-{office}"
    user = User(account_id(login), login, "ためし", role, office, password_hash=kept_hash(PASSWORD))
    event = AuditEvent("user_saved", "system", "user", user.id, Clock().now)
    app.state.wiring.users.save_user(user, event)
    client.cookies.clear()
    assert enter(client, login) == 303
    return client
