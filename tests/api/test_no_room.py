"""A disk without room: the page says so, nothing is kept by halves, and reading goes on later."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import event, text
from starlette.testclient import TestClient

from api.app import create_app
from api.wiring import Wiring
from tests.api.conftest import enter
from tests.api.test_once import adding, filled
from tests.office import Clock
from tests.sample_office import sample_office


@pytest.fixture
def app(tmp_path: Path, clock: Clock) -> FastAPI:
    """Build the application on the sample city."""
    return create_app(sample_office(tmp_path), clock)


def test_what_cannot_be_kept_is_told_in_words(app: FastAPI, client: TestClient) -> None:
    assert enter(client) == 303
    form = adding(app, client, "opening")
    typed = filled(client, form)
    sent = [typed | {"once": str(number)} for number in range(10)]
    before = form.count()
    wiring: Wiring = app.state.wiring
    full = take_all_room(wiring)
    answers = [client.post(form.path, data=fields) for fields in sent]
    refused = [answer for answer in answers if answer.status_code != 303]
    assert refused, "sooner or later there is no room"
    assert {answer.status_code for answer in refused} == {503}
    assert "ディスク" in refused[-1].text
    assert form.count() == before + len(answers) - len(refused)
    event.remove(wiring.database.engine, "connect", full)
    wiring.database.engine.dispose()
    assert client.post(form.path, data=sent[-1]).status_code == 303, "the form was not used up"


def take_all_room(wiring: Wiring) -> Any:
    """Let the database file grow no more; return what undoes it when it is removed."""
    with wiring.database.reading() as connection:
        pages = connection.execute(text("PRAGMA page_count")).scalar_one()

    def limit(connection: Any, _record: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {pages}")

    event.listen(wiring.database.engine, "connect", limit)
    wiring.database.engine.dispose()
    return limit
