"""本人に見せる1枚: nobody else is on it, no figure of fit, and one chooses what it holds."""

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

EVERYONE = scope_of_everyone("999997")


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    """Build the application on the sample city, with a run."""
    return create_app(matched_office(tmp_path_factory.mktemp("sheet")), Clock())


@pytest.fixture(scope="module")
def staff(app: FastAPI) -> Iterator[TestClient]:
    """Sign in as a coordinator who may open everybody."""
    with TestClient(app, follow_redirects=False) as opened:
        assert enter(opened) == 303
        yield opened


def paper(page: str) -> str:
    """Return what is printed, without tags."""
    part = page[page.index('id="sheet-title"') :].partition("</section>")[0]
    return unescape(re.sub(r"<[^>]+>", " ", part))


def test_a_sheet_names_nobody_else_and_no_figure(app: FastAPI, staff: TestClient) -> None:
    """For some of the people of the sample; the page around it is not printed."""
    stores = app.state.wiring.stores
    everybody = stores.cases.participants(EVERYONE)
    run = stores.runs.latest_run(EVERYONE)
    for each in stores.runs.proposals(EVERYONE, run.id)[:8]:
        told = paper(staff.get(f"/people/{each.participant_id}/openings/sheet").text)
        for other in everybody:
            assert (other.name in told) is (other.id == each.participant_id)
            assert other.case_no not in told
        assert not re.search(r"\d\.\d|%|よく合う|あと一つで|ほかの方|満員|空き \d", told)


def test_what_is_chosen_stands_on_it_and_at_most_three(app: FastAPI, staff: TestClient) -> None:
    """The best three where nothing is chosen; what does not fit is left out."""
    run = app.state.wiring.stores.runs.latest_run(EVERYONE)
    counts = []
    for each in app.state.wiring.stores.runs.proposals(EVERYONE, run.id)[:8]:
        address = f"/people/{each.participant_id}/openings/sheet"
        page = staff.get(address).text
        offered = re.findall(r'name="place" value="([\w-]+)"( checked)?', page)
        chosen = [id_ for id_, mark in offered if mark]
        assert chosen == [id_ for id_, _ in offered][:3]
        assert page.count('class="sheet-place"') == len(chosen)
        last = offered[-1][0]
        one = staff.get(f"{address}?place={last}&place=nowhere").text
        assert one.count('class="sheet-place"') == 1
        assert "1つ えらびました" in one
        counts.append(len(offered))
    assert max(counts) > 3


def test_who_may_not_be_looked_for_gets_no_sheet(app: FastAPI, staff: TestClient) -> None:
    """Without consent there is nothing to show; the places' page says why."""
    run = app.state.wiring.stores.runs.latest_run(EVERYONE)
    left = next(each for each in run.not_considered if each.why.startswith("consent_"))
    told = staff.get(f"/people/{left.participant_id}/openings/sheet")
    assert (told.status_code, told.headers["location"]) == (
        303,
        f"/people/{left.participant_id}/openings",
    )
