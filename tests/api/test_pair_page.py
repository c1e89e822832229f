"""A pair of a run: what taking the place does to others, drawn and said, and to whom it is told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.app import create_app
from api.pages.matching.displacing import Taking, takings_of_latest
from cases.permissions import scope_of_everyone
from catalog.actor import Actor, Role
from catalog.audit import AuditEvent
from tests.api.conftest import as_role, enter
from tests.office import Clock
from tests.sample_office import matched_office

CODE = "999997"
EVERYONE = scope_of_everyone(CODE)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    """Build the application on the sample city, with a run."""
    return create_app(matched_office(tmp_path_factory.mktemp("pair")), Clock())


@pytest.fixture(scope="module")
def staff(app: FastAPI) -> Iterator[TestClient]:
    """Sign in as a coordinator who may open everybody."""
    with TestClient(app, follow_redirects=False) as opened:
        assert enter(opened) == 303
        yield opened


@pytest.fixture(scope="module")
def moving(app: FastAPI) -> tuple[str, str, Taking]:
    """Return somebody with a proposal, an opening that would move two others, and how."""
    wiring = app.state.wiring
    actor = Actor("sample-mizuno", "", Role.SYSTEM, CODE)
    with wiring.reading() as stores:
        run = stores.runs.latest_run(EVERYONE)
        openings = [each.id for each in stores.catalog.openings()]
        for each in stores.runs.proposals(EVERYONE, run.id):
            found = takings_of_latest(wiring, stores, actor, each.participant_id)
            for opening_id in openings:
                taking = found.at(opening_id)
                if taking is not None and len(taking.legs) > 2:
                    return each.participant_id, opening_id, taking
    raise AssertionError


def card(page: str) -> str:
    """Return the part of a page about what taking the place does."""
    return unescape(page[page.index('id="taking-title"') :].partition("</section>")[0])


def test_every_row_of_the_drawing_is_there_as_text(
    app: FastAPI, staff: TestClient, moving: tuple[str, str, Taking]
) -> None:
    """On the page of the run and on the person's own, in the order of the chain."""
    person, opening, taking = moving
    run = app.state.wiring.stores.runs.latest_run(EVERYONE)
    for address in (
        f"/matching/{run.id}/pairs/{person}/{opening}",
        f"/people/{person}/openings/{opening}",
    ):
        told = card(staff.get(address).text)
        names = re.findall(r'who-box">([^<]+) さん<', told)
        assert names == [leg.name for leg in taking.legs]
        assert re.findall(r"<b>([^<]+)</b>", told) == [leg.place for leg in taking.legs]
        assert taking.sentence in told
        assert all(f"{leg.name}さん" in taking.sentence for leg in taking.legs[1:])


def test_the_list_of_a_run_leads_to_its_pairs_and_back(app: FastAPI, staff: TestClient) -> None:
    """The way back ends at the row one came from; the record is one link away."""
    run = app.state.wiring.stores.runs.latest_run(EVERYONE)
    listed = staff.get(f"/matching/{run.id}").text
    hrefs = re.findall(rf'href="(/matching/{run.id}/pairs/[^"]+)"', listed)
    assert len(hrefs) == len(app.state.wiring.stores.runs.proposals(EVERYONE, run.id))
    page = staff.get(hrefs[0]).text
    back = re.search(rf'href="(/matching/{run.id}[^"]*#([\w-]+))"', page)
    assert back is not None
    assert f'id="{back[2]}"' in listed
    assert f'href="/matching/{run.id}/record"' in page
    assert "いまの案です。だれの案も変わりません。" in page
    assert 'value="advance"' in page


def test_who_may_not_open_all_of_them_reads_neither_names_nor_numbers(
    app: FastAPI, moving: tuple[str, str, Taking]
) -> None:
    """An agency that may open the person, but not those who would move."""
    person, opening, taking = moving
    wiring = app.state.wiring
    found = wiring.stores.cases.participant(EVERYONE, person)
    event = AuditEvent("person_saved", "system", "participant", person, Clock().now)
    wiring.stores.cases.save_participant(replace(found, office_id="ためし"), event)
    browser = as_role(app, TestClient(app, follow_redirects=False), Role.LEAD_AGENCY)
    told = card(browser.get(f"/people/{person}/openings/{opening}").text)
    assert "この枠を今から空けられるかは、相談室で確かめてください。" in told
    assert re.findall(r'who-box">([^<]+) さん<', told) == [taking.legs[0].name]
    assert not [leg.name for leg in taking.legs[1:] if leg.name in told]
    assert not re.search(r"\d+人", told.replace("あと1人", ""))


def test_a_person_who_takes_no_part_has_no_such_part(app: FastAPI, staff: TestClient) -> None:
    """Neither they nor a refused place: nothing was computed for them."""
    run = app.state.wiring.stores.runs.latest_run(EVERYONE)
    left = next(each for each in run.unplaced if each.reason == "no_pair")
    top = f"/people/{left.participant_id}/openings"
    refused = re.search(rf'href="({top}/[\w-]{{22}})"', staff.get(f"{top}/refused").text)
    assert refused is not None
    assert "taking-title" not in staff.get(refused[1]).text


def test_the_foot_says_what_is_of_today_and_what_of_the_run(
    app: FastAPI, staff: TestClient, moving: tuple[str, str, Taking]
) -> None:
    """Reasons are asked anew: a run of another day must not stand under them."""
    person, opening, _ = moving
    run = app.state.wiring.stores.runs.latest_run(EVERYONE)
    page = unescape(staff.get(f"/matching/{run.id}/pairs/{person}/{opening}").text)
    assert "合い方と理由は、令和8年11月" in page
    assert f"案の一覧と「この枠を使うと」は、計算 R-{run.number}（令和8年11月" in page
