"""Trying what would be: the answer first, nothing kept, and nobody hinted at."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.app import create_app
from cases.permissions import scope_of_everyone
from tests.api.conftest import enter
from tests.office import Clock
from tests.sample_office import matched_office

CODE = "999997"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    """Build the application on the sample city, with a run."""
    return create_app(matched_office(tmp_path_factory.mktemp("what-if")), Clock())


@pytest.fixture(scope="module")
def staff(app: FastAPI) -> Iterator[TestClient]:
    """Sign in as a coordinator who may open everybody."""
    with TestClient(app, follow_redirects=False) as opened:
        assert enter(opened) == 303
        yield opened


@pytest.fixture(scope="module")
def top(app: FastAPI) -> str:
    """Return the address of somebody's pages."""
    scope = scope_of_everyone(CODE)
    found = app.state.wiring.stores.cases.participant_by_case_no(scope, "T-0335")
    return f"/people/{found.id}"


def answer(page: str) -> str:
    """Return the first line of the page."""
    found = re.search(r'<p class="sentence">([^<]+)</p>', page)
    assert found is not None
    return unescape(found[1])


def test_what_is_offered_opens_as_much_as_it_says(staff: TestClient, top: str) -> None:
    """Each thing that one can try leads to a page that counts the same."""
    page = staff.get(f"{top}/what-if").text
    now = re.search(r"いまは (\d+)枠", answer(page))
    assert now is not None
    trials = re.findall(r'<li><a href="([^"]+)">([^<]+)</a>　あと(\d+)枠', page)
    assert 1 <= len(trials) <= 5
    for href, condition, more in trials:
        told = answer(staff.get(unescape(href)).text)
        assert told == (
            f"{condition}、合う枠が {now[1]}枠から {int(now[1]) + int(more)}枠に ふえます。"
        )


def test_trying_keeps_nothing(app: FastAPI, staff: TestClient, top: str) -> None:
    """The person's need and the pages stay as they were."""
    stores, scope = app.state.wiring.stores, scope_of_everyone(CODE)
    before = stores.cases.need(scope, top.rpartition("/")[2])
    openings = staff.get(f"{top}/openings").text
    staff.get(f"{top}/what-if?slot=0-0&slot=6-2&way=fetched&way=car&longer=30")
    assert stores.cases.need(scope, top.rpartition("/")[2]) == before
    assert staff.get(f"{top}/openings").text == openings


def test_a_refused_place_leads_to_its_own_trial(staff: TestClient, top: str) -> None:
    """And the page then says what becomes of that place."""
    refused = staff.get(f"{top}/openings/refused").text
    trials = []
    for id_ in re.findall(r'/openings/([\w-]{22})" data-open', refused)[:20]:
        page = staff.get(f"{top}/openings/{id_}").text
        trials += re.findall(r'href="([^"]+)">そうなったときを', page)
    assert trials
    page = staff.get(unescape(trials[0])).text
    assert "「今は合わない」から「" in page


def test_nonsense_in_the_address_is_as_if_nothing_had_been_asked(
    staff: TestClient, top: str
) -> None:
    """Days, ways and openings that do not exist are left out."""
    told = staff.get(f"{top}/what-if?slot=9-9&slot=x&way=rocket&more=nowhere&opening=nowhere")
    assert told.status_code == 200
    assert answer(told.text) == answer(staff.get(f"{top}/what-if").text)


def test_a_longer_way_that_is_left_empty_is_not_asked_for(staff: TestClient, top: str) -> None:
    """A form sends its empty fields too."""
    told = staff.get(f"{top}/what-if?slot=0-0&longer=&more=")
    assert told.status_code == 200
    assert answer(told.text) == answer(staff.get(f"{top}/what-if?slot=0-0").text)
    assert staff.get(f"{top}/what-if?longer=241").status_code == 422
