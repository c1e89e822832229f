"""Who would rather have each other: told on the page, as JSON and at a terminal."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api import cli
from api.app import create_app
from cases.actions.matching import start_matching
from cases.matching.two_sided import mutual_pairs
from cases.permissions import scope_of_everyone
from catalog.actor import Actor, Role
from catalog.audit import AuditEvent
from catalog.opening import Preference
from exchange.frozen_runs import freeze
from tests.api.conftest import enter
from tests.api.homes import living_in
from tests.office import Clock
from tests.sample_office import matched_office

COUNT = re.compile(r"互いを望む組が (\d+)組")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def app(home: Path) -> FastAPI:
    """Build the sample city in which every host would be glad of whoever is older than 50."""
    app = create_app(matched_office(home), Clock())
    wiring = app.state.wiring
    event = AuditEvent("set_up", "system", "city", "c", wiring.clock())
    wiring.catalog.save_openings(
        [replace(each, preference=Preference(min_age=50)) for each in wiring.catalog.openings()],
        event,
    )
    runner = Actor("system", "", Role.SYSTEM, wiring.city.code)
    start_matching(runner, wiring.stores, wiring.clock, freeze, "0")
    return app


def told(browser: TestClient, login: str) -> tuple[int, set[str]]:
    """Return how many pairs the page counts, and the addresses of their people."""
    browser.cookies.clear()
    enter(browser, login)
    page = browser.get("/matching/latest").text
    section = page.partition('id="mutual-title"')[2].partition("</section>")[0]
    found = COUNT.search(section)
    return int(found[1]) if found else 0, set(re.findall(r'href="/people/([\w-]+)/', section))


def test_the_page_tells_of_people_whom_the_reader_may_open(app: FastAPI) -> None:
    """The named staff count pairs with the protected person, nobody else; links lead to why."""
    wiring = app.state.wiring
    everyone = scope_of_everyone(wiring.city.code)
    run = wiring.stores.runs.latest_run(everyone)
    people = wiring.stores.cases.participants(everyone)
    (hidden,) = (each.id for each in people if each.address_protected)
    open_to_all = {each.id for each in people} - {hidden}
    pairs = {
        "mizuno": mutual_pairs(run, {*open_to_all, hidden}),
        "hara": mutual_pairs(run, open_to_all),
    }
    with TestClient(app) as browser:
        for login, expected in pairs.items():
            count, shown = told(browser, login)
            assert expected is not None
            assert count == len(expected) > 0
            assert shown == {each.participant_id for each in expected[:20]}
    assert hidden not in shown


def test_a_page_without_named_wishes_says_nothing(home: Path) -> None:
    app = create_app(matched_office(home), Clock())
    wiring = app.state.wiring
    event = AuditEvent("set_up", "system", "city", "c", wiring.clock())
    silent = [replace(each, preference=None) for each in wiring.catalog.openings()]
    wiring.catalog.save_openings(silent, event)
    runner = Actor("system", "", Role.SYSTEM, wiring.city.code)
    run = start_matching(runner, wiring.stores, wiring.clock, freeze, "0").run
    assert run.views is None
    with TestClient(app) as browser:
        enter(browser, "mizuno")
        assert "互いを望む組" not in browser.get("/matching/latest").text


def test_programs_and_terminals_are_told_the_same(
    app: FastAPI, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As somebody whom no protected person named."""
    with TestClient(app) as browser:
        count, _ = told(browser, "hara")
    capsys.readouterr()
    with living_in(home):
        assert cli.run(["match", "--as-of", "2026-11-12", "--reuse", "--json"]) == 0
        document = json.loads(capsys.readouterr().out)
        assert cli.run(["match", "--as-of", "2026-11-12", "--reuse"]) == 0
    assert len(document["mutual"]) == count
    assert {each["case_no"] for each in document["mutual"]} <= {
        each["case_no"] for part in ("proposals", "unplaced") for each in document[part]
    }
    assert f"互いを望む組が {count}組" in capsys.readouterr().out
