"""Places within reach: on pages, in `/api/v1`, on a terminal; the same words everywhere."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.app import create_app
from api.cli import run
from cases.permissions import scope_of_everyone
from tests.api.conftest import enter
from tests.api.homes import Homes, living_in
from tests.api.test_cli_matching import SAMPLE, answer
from tests.api.test_matching_pages import start
from tests.api.test_v1 import Caller, check_document
from tests.office import Clock
from tests.sample_office import sample_office

CODE = "999997"
PERSON = "T-0335"
CONDITION = re.compile(r"(れば|るなら)$")


@pytest.fixture
def app(tmp_path: Path, clock: Clock) -> FastAPI:
    """Build the application on the sample city."""
    return create_app(sample_office(tmp_path / "office"), clock)


@pytest.fixture
def staff(client: TestClient) -> TestClient:
    """Sign in as a coordinator who may open everybody."""
    assert enter(client) == 303
    return client


@pytest.fixture
def person_id(app: FastAPI) -> str:
    """Return the id of somebody for whom places are sought."""
    scope = scope_of_everyone(CODE)
    found = app.state.wiring.stores.cases.participant_by_case_no(scope, PERSON)
    return str(found.id)


class TestPages:
    """What staff read."""

    def test_a_refused_place_says_what_would_bring_it_within_reach(
        self, staff: TestClient, person_id: str
    ) -> None:
        """The sentence of the page begins with the condition of the list."""
        top = f"/people/{person_id}/openings"
        listed = re.findall(
            rf'href="{top}/([\w-]+)" data-open>.*?data-column="届くには">([^<]*)</td>',
            staff.get(f"{top}/refused").text,
        )
        assert len(listed) == 50
        told = [(id_, change) for id_, change in listed if change != "—"]
        assert len(told) > 30
        assert all(CONDITION.search(change) for _, change in told)
        opening_id, change = told[0]
        page = staff.get(f"{top}/{opening_id}").text
        card = page[page.index('id="reach-title"') : page.index('id="parts-title"')]
        assert f'<p class="sentence">{change}、' in card
        assert re.search(r'data-column="だれが">(本人|受け入れ先|送り迎え)</td>', card)

    def test_a_place_that_fits_needs_nothing(self, staff: TestClient, person_id: str) -> None:
        """No card about what would have to change."""
        top = f"/people/{person_id}/openings"
        best = re.findall(rf'href="{top}/([\w-]{{22}})"', staff.get(top).text)[0]
        assert "reach-title" not in staff.get(f"{top}/{best}").text

    def test_the_places_of_a_person_name_at_most_three_within_reach(
        self, staff: TestClient, person_id: str
    ) -> None:
        """Each with its condition and a link to why not."""
        page = staff.get(f"/people/{person_id}/openings").text
        card = page[page.index('id="near-title"') :].partition("</section>")[0]
        near = re.findall(r'<li>([^<]+) <span.*?<a href="([^"]+)">([^<]+)</a>', card)
        assert 1 <= len(near) <= 3
        for change, href, _ in near:
            assert CONDITION.search(change)
            assert html.unescape(change) in staff.get(href).text

    def test_who_has_no_place_in_a_run_reads_what_is_near(self, staff: TestClient) -> None:
        """The page names what the document of the run names."""
        address = start(staff)
        match = staff.get(f"/api/v1{address}").json()
        page = staff.get(address, params={"tab": "unplaced"}).text
        told = [near for each in match["unplaced"] for near in each["near"]]
        assert page.count("あと少しで届く つなぎ先") == sum(
            bool(e["near"]) for e in match["unplaced"]
        )
        assert told
        for near in told:
            row = rf'<li>{re.escape(near["change"])} <.*?/openings/{near["opening"]}">'
            assert re.search(row, page)


class TestPrograms:
    """What programs read."""

    def test_a_run_names_at_most_three_places_of_one_change_or_two(self, staff: TestClient) -> None:
        """None of them is the proposal of somebody; the schema holds."""
        match = Caller(staff).post("/matching", None)
        check_document(match, "match-1")
        assert all(len(each["near"]) <= 3 for each in match["unplaced"])
        changes = [near["change"] for each in match["unplaced"] for near in each["near"]]
        assert changes
        assert all(CONDITION.search(change) for change in changes)

    def test_a_refused_pair_carries_its_own_change(self, staff: TestClient, person_id: str) -> None:
        """In the ranking and where the pair is asked for alone; nothing where nothing may."""
        api = Caller(staff)
        ranking = api.get(f"/people/{person_id}/openings")
        check_document(ranking, "rank-1")
        for refused in ranking["refused"]:
            assert [near["opening"] for near in refused["near"]] in ([], [refused["opening"]])
        near = [each for each in ranking["refused"] if each["near"]]
        assert near
        pair = api.get(f"/people/{person_id}/openings/{near[0]['opening']}")
        assert pair["near"] == near[0]["near"]
        hard = {"avoided", "avoided_activity"}
        assert not [each for each in near if hard & set(each["rules"])]
        best = ranking["ranked"][0]["opening"]
        assert api.get(f"/people/{person_id}/openings/{best}")["near"] == []

    def test_the_people_of_an_opening_are_told_alike(
        self, staff: TestClient, person_id: str
    ) -> None:
        """Both sides of a pair say the same change, and name the opening."""
        api = Caller(staff)
        refused = next(
            each for each in api.get(f"/people/{person_id}/openings")["refused"] if each["near"]
        )
        other = api.get(f"/openings/{refused['opening']}/people")
        check_document(other, "rank-1")
        (same,) = (each for each in other["refused"] if each["case_no"] == PERSON)
        assert same["near"] == refused["near"]


class TestTerminal:
    """`match` and `rank`."""

    @pytest.fixture
    def city(self, tmp_path: Path) -> Iterator[Path]:
        """Work in the sample city."""
        home = Homes(tmp_path).make(*SAMPLE)
        with living_in(home):
            yield home

    def test_the_terminal_says_what_the_document_says(
        self, city: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Below the reason of whom nothing was found for, and below a ranking."""
        document = answer(capsys, "match-1", "match")
        near = [near for each in document["unplaced"] for near in each["near"]]
        assert near
        assert run(["match", "--reuse"]) == 0
        flat = _flat(capsys.readouterr().out)
        assert all(f"・{_flat(each['change'])}→" in flat for each in near)
        ranked: Any = answer(capsys, "rank-1", "rank", "--participant", PERSON)
        changes = {_flat(near["change"]) for each in ranked["refused"] for near in each["near"]}
        assert run(["rank", "--participant", PERSON]) == 0
        told = _flat(capsys.readouterr().out).partition("あと少しで届く枠")[2]
        listed = [line.partition("→")[0] for line in told.split("・") if "→" in line]
        assert 1 <= len(listed) <= 3
        assert set(listed) <= changes


def _flat(text: str) -> str:
    return "".join(text.split())
