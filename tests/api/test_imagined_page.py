"""Where one more place would help: told to who may open everybody, and to nobody else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.app import create_app
from api.pages.matching import imagined
from cases.matching.imagined import Imagined
from catalog.actor import Role
from matcher.errors import NotSupported
from tests.api.conftest import as_role, enter
from tests.office import Clock
from tests.sample_office import matched_office


@pytest.fixture
def app(tmp_path: Path, clock: Clock) -> FastAPI:
    """Build the application on the sample city, which has been matched once."""
    return create_app(matched_office(tmp_path / "office"), clock)


def link(client: TestClient) -> str:
    """Follow the run's page to where one more place would help."""
    run = client.get(client.get("/matching/latest").headers["location"]).text
    (found,) = re.findall(r'href="(/matching/[\w-]+/imagined)"', run)
    return str(found)


def test_the_first_line_says_how_many_and_each_row_where_to_look(client: TestClient) -> None:
    """Rows name a 圏域, a kind of need, what the place brings and the next step; no person."""
    assert enter(client) == 303
    page = client.get(link(client)).text
    rows = re.findall("あと1人 つながります。", page)
    assert rows
    assert f"圏域と困りごとが、{len(rows)}組 あります" in page
    assert page.count('href="/places?district=') == len(rows)
    assert "圏域が まだ分からない" not in page


def test_whoever_may_not_open_everybody_finds_no_such_page(
    app: FastAPI, client: TestClient
) -> None:
    """Neither the link nor the page, for every role that does not know of all in the run."""
    assert enter(client) == 303
    address = link(client)
    for role in (Role.MEMBER_AGENCY, Role.HOST, Role.PLANNER):
        reader = as_role(app, client, role)
        assert reader.get(address).status_code in (403, 404)
        assert "/imagined" not in reader.get(address.removesuffix("/imagined")).text


def test_nothing_found_and_nothing_computed_are_sentences(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert enter(client) == 303
    address = link(client)

    def refuse(*_: object) -> Imagined:
        raise NotSupported("too_large_to_solve_again")

    for answer, words in (
        (lambda *_: Imagined((), is_complete=True), "組み合わせは ありません"),
        (refuse, "すぐには計算できません"),
    ):
        monkeypatch.setattr(imagined, "imagined_places", answer)
        page = client.get(address)
        assert page.status_code == 200
        assert words in page.text
        assert "<table" not in page.text
