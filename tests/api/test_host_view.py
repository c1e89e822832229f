"""受け入れ先に見せる1枚: for the host and the office alone, and of nobody who waits."""

from __future__ import annotations

import re
from html import unescape

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.app import create_app
from cases.permissions import scope_of_everyone
from catalog.actor import Role
from tests.api.conftest import as_role, enter
from tests.office import Clock
from tests.sample_office import matched_office

EVERYONE = scope_of_everyone("999997")


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    """Build the application on the sample city, with a run."""
    return create_app(matched_office(tmp_path_factory.mktemp("host")), Clock())


def test_host_and_office_read_the_same_and_nobody_is_in_it(app: FastAPI) -> None:
    """Of some openings of the sample; other hosts do not get it."""
    stores = app.state.wiring.stores
    everybody = stores.cases.participants(EVERYONE)
    run = stores.runs.latest_run(EVERYONE)
    proposals = stores.runs.proposals(EVERYONE, run.id)
    openings = [stores.catalog.opening(each.opening_id) for each in proposals[:4]]
    browser = TestClient(app, follow_redirects=False)
    assert enter(browser) == 303
    office = {each.id: browser.get(f"/openings/{each.id}/host").text for each in openings}
    for opening in openings:
        page = office[opening.id]
        part = page[page.index('id="sheet-title"') :].partition("</section>")[0]
        told = unescape(re.sub(r"<[^>]+>", " ", part))
        assert opening.name in told
        assert not [each.name for each in everybody if each.name in told]
        asks = told.partition("この枠のこと")[0].partition("）")[2]
        assert not re.search(r"\d+(人が|人の方|歳)", asks)
        assert ("つながる方が" in asks) or ("お願いしたいことは ありません" in asks)
        as_role(app, browser, Role.HOST, opening.host_id)
        own = browser.get(f"/openings/{opening.id}/host")
        assert own.status_code == 200
        assert asks in unescape(re.sub(r"<[^>]+>", " ", own.text))
        as_role(app, browser, Role.HOST, "ほかの受け入れ先")
        assert browser.get(f"/openings/{opening.id}/host").status_code in (403, 404)
