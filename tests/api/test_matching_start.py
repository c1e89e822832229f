"""Starting a run over everyone: at once, beside another, and what comes first."""

from __future__ import annotations

import re
import threading
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.app import create_app
from cases.actions.matching import start_matching
from tests.api.conftest import enter, form_token
from tests.api.test_matching_pages import start
from tests.office import Clock
from tests.sample_office import sample_office


@pytest.fixture
def app(tmp_path: Path, clock: Clock) -> FastAPI:
    """Build the application on the sample city, for which nothing has been computed yet."""
    return create_app(sample_office(tmp_path), clock)


@pytest.fixture
def mizuno(client: TestClient) -> TestClient:
    """Sign in as the coordinator of the sample who may open everybody."""
    assert enter(client) == 303
    return client


def test_the_first_run_leads_to_its_result(mizuno: TestClient) -> None:
    """Before it there is nothing to read; the answer is its page, or the progress up to it."""
    assert mizuno.get("/matching/latest").headers["location"] == "/matching"
    address = start(mizuno)
    assert "80人のうち" in mizuno.get(address).text
    assert mizuno.get("/matching/latest").headers["location"] == address


def test_whoever_starts_while_a_run_is_under_way_joins_it(
    mizuno: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One run at a time; it is asked after until it has ended."""
    gate = threading.Event()

    def slow(*arguments: Any, **options: Any) -> Any:
        gate.wait(20)
        return start_matching(*arguments, **options)

    monkeypatch.setattr("api.matching_jobs.start_matching", slow)
    form = {"form_token": form_token(mizuno, "/matching")}
    first = mizuno.post("/matching", data=form).headers["location"]
    assert first.startswith("/matching/progress/")
    assert mizuno.post("/matching", data=form).headers["location"] == first
    assert "待っている80人の" in mizuno.get(first).text
    partial = {"HX-Request-Type": "partial"}
    asked = mizuno.get(first, headers=partial)
    assert (asked.status_code, asked.headers.get("HX-Redirect")) == (204, None)
    gate.set()
    while not asked.headers.get("HX-Redirect"):
        asked = mizuno.get(first, headers=partial)
    assert re.fullmatch(r"/matching/[\w-]{22}", mizuno.get(first).headers["location"])
    assert mizuno.get("/matching/progress/of-another-process").headers["location"] == "/matching"
