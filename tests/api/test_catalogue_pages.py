"""The catalogue for staff on the sample city: what is found, what is shown, who may write."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.app import create_app
from tests.api.conftest import enter
from tests.office import Clock
from tests.sample_office import sample_office


@pytest.fixture
def app(tmp_path: Path, clock: Clock) -> FastAPI:
    """Build the application on the sample city."""
    return create_app(sample_office(tmp_path), clock)


@pytest.fixture
def staff(client: TestClient) -> TestClient:
    """Sign in as a coordinator."""
    assert enter(client) == 303
    return client


def found(page: str) -> int:
    """Return the number that the page names."""
    told = re.search(r"(\d+)か所 見つかりました", page)
    return int(told[1]) if told else 0


def names(page: str) -> list[str]:
    """Return the names of the places in the list."""
    return re.findall(r'<h3><a href="/places/[^"]+" data-open>([^<]+)</a>', page)


def counts(page: str, name: str) -> dict[str, int]:
    """Return the number beside each choice of a filter."""
    pattern = rf'name="{name}" id="{name}-(?!any")([^"]+)".*?<span class="left">(\d+)'
    return {value: int(count) for value, count in re.findall(pattern, page, re.DOTALL)}


def marks(page: str) -> list[dict[str, Any]]:
    """Return the places on the map."""
    data = re.search(r'<script type="application/json"[^>]*>(.*?)</script>', page, re.DOTALL)
    assert data is not None
    features = json.loads(data[1])["features"]
    return [each["properties"] for each in features if each["properties"]["kind"] == "place"]


class TestFinding:
    """`/places`: words, filters, numbers, pages, and what to do when nothing is found."""

    def test_everything_is_there_before_anything_is_asked(self, staff: TestClient) -> None:
        """In pages of twenty, free places first; the rest of the map is passed over by keys."""
        page = staff.get("/places").text
        assert found(page) == 149
        assert len(names(page)) == 20
        drawn = marks(page)
        assert sum(mark["current"] for mark in drawn) == sum(not mark["aside"] for mark in drawn)
        assert 0 < sum(mark["current"] for mark in drawn) <= 20
        last = staff.get("/places?page=8").text
        assert len(names(last)) == 9
        assert names(staff.get("/places?page=99").text) == names(last)
        assert "受け入れの枠は、まだありません" in last

    def test_the_numbers_beside_the_choices_are_what_one_finds(self, staff: TestClient) -> None:
        """Pressing a choice leads to exactly as many places as it said."""
        page = staff.get("/places?accommodation=small_group").text
        weekdays = counts(page, "weekday")
        assert len(weekdays) == 7
        for day, count in weekdays.items():
            narrowed = staff.get(f"/places?accommodation=small_group&weekday={day}").text
            assert found(narrowed) == count
        for value, count in counts(page, "district").items():
            narrowed = staff.get(f"/places?accommodation=small_group&district={value}").text
            assert found(narrowed) == count

    @pytest.mark.parametrize(
        ("words", "address"),
        [("水曜", "weekday=2"), ("水曜日 午前", "weekday=2&band=0"), ("夕方", "band=2")],
    )
    def test_days_among_the_words_are_understood(
        self, staff: TestClient, words: str, address: str
    ) -> None:
        """Whoever types a weekday means the weekday."""
        assert found(staff.get("/places", params={"q": words}).text) == found(
            staff.get(f"/places?{address}").text
        )

    def test_words_and_filters_are_met_together(self, staff: TestClient) -> None:
        """And can be taken away one by one."""
        page = staff.get("/places?q=いす体操&district=community_welfare/西原&free=yes").text
        assert 0 < found(page) < 20
        assert len(re.findall(r'<a class="chip fit" href="([^"]+)">', page)) == 3
        assert all("西原圏域" in row for row in re.findall(r'<li class="card place".*?</li>', page))

    def test_when_nothing_is_found_one_change_is_offered(self, staff: TestClient) -> None:
        """With the number of places it leads to; following it keeps the promise."""
        page = staff.get("/places?q=囲碁&weekday=6&accommodation=small_group").text
        assert "条件に合う場所は、今はありません" in page
        ways = re.findall(r'<li><a href="([^"]+)">([^<]+)</a> <b>(\d+)か所</b>', page)
        assert "土曜なら" in {words for _, words, _ in ways}
        for href, _, count in ways:
            assert found(staff.get(href.replace("&amp;", "&")).text) == int(count)

    def test_addresses_that_no_longer_make_sense_are_understood_as_far_as_they_go(
        self, staff: TestClient
    ) -> None:
        """An old link is no error."""
        page = staff.get("/places?weekday=9&menu=gone&page=x&stage=0&q=" + "あ" * 500)
        assert page.status_code == 200
        assert page.text.count("あ" * 101) == 0

    def test_words_are_shown_as_they_were_typed(self, staff: TestClient) -> None:
        """And never as markup."""
        page = staff.get("/places", params={"q": '"><b>x'}).text
        assert '"><b>x' not in page
        assert "&#34;&gt;&lt;b&gt;x" in page
