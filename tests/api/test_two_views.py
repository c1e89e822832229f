"""Both orders of the places for one person: on the page, in `/api/v1`, on a terminal."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.app import create_app
from cases.permissions import scope_of_everyone
from catalog.actor import Role
from tests.api.conftest import as_role, enter
from tests.api.test_v1 import Caller, check_document
from tests.office import Clock
from tests.sample_office import matched_office, sample_office

EVERYONE = scope_of_everyone("999997")


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    """Build the application on the sample city, with a run."""
    return create_app(matched_office(tmp_path_factory.mktemp("views")), Clock())


@pytest.fixture(scope="module")
def staff(app: FastAPI) -> Iterator[TestClient]:
    """Sign in as a coordinator who may open everybody."""
    with TestClient(app, follow_redirects=False) as opened:
        assert enter(opened) == 303
        yield opened


def views(page: str) -> str:
    """Return the part of a page with both orders."""
    return unescape(page[page.index('id="views-title"') :].partition("</section>")[0])


def test_page_and_document_tell_the_same_order(app: FastAPI, staff: TestClient) -> None:
    """For everyone with a proposal; in neither is there a figure of anybody."""
    stores = app.state.wiring.stores
    run = stores.runs.latest_run(EVERYONE)
    told, differs, linked = 0, 0, 0
    for each in stores.runs.proposals(EVERYONE, run.id)[:12]:
        rank = Caller(staff).get(f"/people/{each.participant_id}/openings")
        check_document(rank, "rank-1")
        page = staff.get(f"/people/{each.participant_id}/openings").text
        if len(rank["counted"]) < 2:
            assert "views-title" not in page
            continue
        lists = re.findall(r"<ol.*?</ol>", views(page), re.DOTALL)
        shown = [re.findall(r"/openings/([\w-]{22})", one) for one in lists]
        assert shown == [
            [one["opening"] for one in rank["ranked"][:3]],
            [one["opening"] for one in rank["counted"][:3]],
        ]
        assert not re.search(r"\d人|\d\.\d", views(page))
        told += 1
        differs += rank["ranked"][0]["opening"] != rank["counted"][0]["opening"]
        effects = {
            one["opening"]: one["words"] for one in rank["counted"] if one["effect"] != "none"
        }
        told_of = re.findall(r'([^<>]+)<a href="[^"]+/([\w-]{22})#taking-title"', page)
        assert {id_: words.strip() for words, id_ in told_of}.items() <= effects.items()
        linked += len(told_of)
        assert ("数えても同じです" in page) is (shown[0][0] == shown[1][0])
    assert told
    assert differs
    assert linked


def test_who_sees_no_runs_sees_one_order(app: FastAPI) -> None:
    """Nothing of others reaches an agency that only has its own cases."""
    browser = as_role(app, TestClient(app, follow_redirects=False), Role.MEMBER_AGENCY)
    for person in Caller(browser).get("/people"):
        assert "views-title" not in browser.get(f"/people/{person['id']}/openings").text


def test_without_a_run_there_is_nothing_to_count(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The page and the document are as before."""
    app = create_app(sample_office(tmp_path_factory.mktemp("no-run")), Clock())
    person = app.state.wiring.stores.cases.participant_by_case_no(EVERYONE, "T-0335")
    with TestClient(app, follow_redirects=False) as browser:
        assert enter(browser) == 303
        assert Caller(browser).get(f"/people/{person.id}/openings")["counted"] == []
        assert "views-title" not in browser.get(f"/people/{person.id}/openings").text
