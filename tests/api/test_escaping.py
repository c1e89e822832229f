"""What is typed comes back as text; of the files only the static ones are served."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.app import create_app
from api.rendering import STATIC
from catalog.audit import AuditEvent
from tests.api.conftest import enter
from tests.office import Clock
from tests.sample_office import sample_office

MARKUP = "<img src=x onerror=alert(1)>'\"&{{7*7}}"
EVENT = AuditEvent("set_up", "system", "place", "p", datetime(2026, 11, 12, tzinfo=UTC))


@pytest.fixture
def staff(tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    """Sign in on the sample city, one place of which is called like markup."""
    app = create_app(sample_office(tmp_path_factory.mktemp("markup")), Clock())
    catalog = app.state.wiring.stores.catalog
    place = next(iter(catalog.resources().values()))
    catalog.save_resource(
        replace(place, name=MARKUP, description=MARKUP, note=MARKUP, url="javascript:alert(1)"),
        EVENT,
    )
    app.state.place_id = place.id
    client = TestClient(app)
    enter(client)
    return client


def test_what_is_typed_comes_back_as_text(staff: TestClient) -> None:
    assert isinstance(staff.app, FastAPI)
    pages = [
        staff.get(f"/places/{staff.app.state.place_id}").text,
        staff.get("/places", params={"q": MARKUP}).text,
        staff.get("/sign-in", params={"next": MARKUP}).text,
        staff.get(f"/places/{MARKUP}").text,
    ]
    assert "&lt;img src=x" in pages[0]
    for page in pages:
        assert "<img src=x" not in page


def test_an_address_from_data_is_no_link(staff: TestClient) -> None:
    assert isinstance(staff.app, FastAPI)
    assert 'href="javascript:' not in staff.get(f"/places/{staff.app.state.place_id}").text


@pytest.mark.parametrize(
    "path",
    [
        "/static/",
        "/static/../settings.py",
        "/static/%2e%2e/settings.py",
        "/static/..%2fapp.py",
        "/.git/config",
        "/var/keys.json",
        "/styleguide",
    ],
)
def test_only_static_files_are_served(staff: TestClient, path: str) -> None:
    """No folder, no source, no key, no page for builders."""
    assert (STATIC.parent / "app.py").is_file()
    assert staff.get(path).status_code == 404
