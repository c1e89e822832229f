"""Two runs compared on a page: the answer first, every sum adds up, the earlier run first."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.app import create_app
from cases.actions.matching import start_matching
from cases.permissions import scope_of_everyone
from catalog.audit import AuditEvent
from catalog.opening import OpeningStatus
from exchange.frozen_runs import freeze
from tests.api.conftest import enter
from tests.office import Clock
from tests.sample_office import matched_office

EVERYONE = scope_of_everyone("999997")


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    """Build the application on the sample city: two runs, between them some openings close."""
    app = create_app(matched_office(tmp_path_factory.mktemp("compare")), Clock())
    wiring = app.state.wiring
    stores, event = wiring.stores, AuditEvent("closed", "system", "opening", "o", Clock().now)
    run = stores.runs.latest_run(EVERYONE)
    for each in stores.runs.proposals(EVERYONE, run.id)[:4]:
        opening = stores.catalog.opening(each.opening_id)
        stores.catalog.save_opening(replace(opening, status=OpeningStatus.PAUSED), event)
    start_matching(EVERYONE.actor, stores, wiring.clock, freeze, "0")
    return app


@pytest.fixture(scope="module")
def staff(app: FastAPI) -> Iterator[TestClient]:
    """Sign in as a coordinator who may open everybody."""
    with TestClient(app, follow_redirects=False) as opened:
        assert enter(opened) == 303
        yield opened


def test_the_first_line_counts_what_the_table_shows(app: FastAPI, staff: TestClient) -> None:
    """Whoever is the same and whoever is not are all who have a place now, or had one."""
    page = unescape(staff.get("/matching/compare").text)
    counted = re.search(
        r"(\d+)人の案が変わりました（新しく (\d+)人、別の枠 (\d+)人、なくなった (\d+)人）。"
        r"(\d+)人は同じ",
        page,
    )
    assert counted is not None
    people, placed, moved, lost, same = map(int, counted.groups())
    rows = re.findall(r'data-column="変わったこと">([^<]+)<', page)
    assert len(rows) == people == placed + moved + lost > 0
    last = app.state.wiring.stores.runs.latest_run(EVERYONE)
    now = len(app.state.wiring.stores.runs.proposals(EVERYONE, last.id))
    assert placed + moved + same == now
    assert "その枠は、受け付けをやめたか、満員になりました。" in page
    assert "なくなった 4、" in page


def test_the_earlier_run_stands_first_whichever_is_named_first(
    app: FastAPI, staff: TestClient
) -> None:
    """And a run that does not exist is not found."""
    last, first = app.state.wiring.stores.runs.runs(EVERYONE, 2)
    pages = [
        staff.get(f"/matching/compare?before={one}&after={other}").text
        for one, other in ((first.id, last.id), (last.id, first.id))
    ]
    assert pages[0] == pages[1] == staff.get("/matching/compare").text
    assert staff.get(f"/matching/compare?before=nothing&after={last.id}").status_code == 404


def test_a_run_beside_itself_has_no_difference(app: FastAPI, staff: TestClient) -> None:
    """The page says so, and offers others."""
    last = app.state.wiring.stores.runs.latest_run(EVERYONE)
    page = staff.get(f"/matching/compare?before={last.id}&after={last.id}").text
    assert "案が変わった方はいません。" in page
    assert "ほかの回も 選んでくらべられます" in page


def test_the_list_of_runs_leads_there(staff: TestClient) -> None:
    """As soon as there are two."""
    assert 'href="/matching/compare"' in staff.get("/matching").text
