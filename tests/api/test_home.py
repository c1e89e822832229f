"""The first page tells what is to be done, to each role what it may know."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.app import create_app
from catalog.actor import Role
from tests.api.conftest import as_role, enter
from tests.office import Clock
from tests.sample_office import sample_office


@pytest.fixture
def app(tmp_path: Path, clock: Clock) -> FastAPI:
    """Build the application on the sample city."""
    return create_app(sample_office(tmp_path / "office"), clock)


def waiting(page: str) -> int:
    """Read how many people wait."""
    found = re.search(r'big-figure"><b>(\d+)</b>人', page)
    assert found is not None
    return int(found[1])


def test_a_coordinator_sees_who_waits_and_what_to_mind(client: TestClient) -> None:
    """The button to match everyone is there, and eight people without consent in force."""
    assert enter(client) == 303
    page = client.get("/").text
    assert waiting(page) == 80
    assert "気にかけておく方が 8人" in page
    assert "まとめて探す" in page


def test_a_consent_that_ends_soon_is_told(app: FastAPI, clock: Clock, client: TestClient) -> None:
    """From thirty days before the end on, the days left stand in the list."""
    clock.now += timedelta(days=120)
    assert enter(client) == 303
    assert re.search(r"あと\d+日", client.get("/").text)


def test_who_is_not_named_counts_one_person_less(app: FastAPI, client: TestClient) -> None:
    """A protected person is in no count of anybody else."""
    assert waiting(as_role(app, client, Role.COORDINATOR).get("/").text) == 79


@pytest.mark.parametrize("role", [Role.PLANNER, Role.AUDITOR, Role.ADMINISTRATOR])
def test_other_roles_meet_nobody(app: FastAPI, client: TestClient, role: Role) -> None:
    """Who works without people sees no name and no number of people."""
    page = as_role(app, client, role).get("/").text
    assert "待っている人" not in page
    assert "気にかけておくこと" not in page
    assert "/people/" not in page
