"""Working with a result in a real browser: read, decide, undo, come back, print."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.result_page import FIRST_LINE, press, rows, sums
from tests.browser.server import serving
from tests.browser.watch import PHONE, Window, check, check_every_width, session_of
from tests.office import Clock
from tests.sample_office import matched_office


@pytest.fixture
def origin(tmp_path: Path, own_port: socket.socket) -> Iterator[str]:
    """Serve a sample city of its own: what is decided here is nobody else's."""
    session_of.cache_clear()
    with serving(matched_office(tmp_path / "office"), Clock(), own_port) as address:
        yield address


@pytest.fixture
def page(window: Window) -> Page:
    """Open the result of the sample city as a coordinator."""
    return window.open("/matching/latest", login="mizuno")


def test_ten_decisions_are_ten_keys(page: Page) -> None:
    """A decides and moves on by itself, past what is decided already."""
    rows(page).nth(3).get_by_role("button", name="進める").click()
    expect(rows(page).nth(4)).to_be_focused()
    rows(page).nth(0).focus()
    press(page, *"aaaaaaaaaa")
    expect(sums(page)).to_have_text("進める 11人・見送り 0人・まだ 49人")
    expect(rows(page).nth(11)).to_be_focused()


def test_a_reason_is_asked_and_can_be_given_up(page: Page) -> None:
    """Each reason says what it does; Escape leaves everything as it was."""
    rows(page).nth(1).focus()
    press(page, "s")
    reasons = rows(page).nth(1).get_by_role("button")
    expect(reasons).to_have_count(12)
    expect(reasons.first).to_contain_text("2週間後にまた出す")
    check(page)
    press(page, "Escape")
    expect(rows(page).nth(1)).to_be_focused()
    expect(rows(page).nth(1).get_by_role("button", name="見送る")).to_be_visible()
    expect(sums(page)).to_have_text("進める 0人・見送り 0人・まだ 60人")
    press(page, "s")
    reasons.filter(has_text="人が多い").click()
    expect(rows(page).nth(1)).to_contain_text("→ この場所は出さない")
    expect(rows(page).nth(2)).to_be_focused()
    press(page, "k", "z")
    expect(sums(page)).to_have_text("進める 0人・見送り 0人・まだ 60人")


def test_what_cannot_be_decided_is_said_at_the_row(window: Window, page: Page) -> None:
    """Two windows decide about one proposal; the second reads why not, and nothing is lost."""
    other = window.open(page.url, login="hara")
    name = rows(other).nth(0).locator("th a").inner_text()
    rows(other).nth(0).get_by_role("button", name="進める").click()
    expect(sums(other)).to_contain_text("進める 1人")
    row = rows(page).filter(has_text=name)
    row.get_by_role("button", name="進める").click()
    expect(row.get_by_role("alert")).to_be_visible()
    expect(row.get_by_role("button", name="戻す")).to_be_visible()
    check(page)


def test_the_way_of_a_row_is_on_the_map(page: Page) -> None:
    """The dashed circle at the town's centre, the line, the minutes; M goes to the table."""
    expect(page.locator(".map-around")).to_have_count(0)
    row = rows(page).filter(has_text="歩き").first
    row.focus()
    expect(page.locator(".map-around")).to_have_count(1)
    expect(page.locator(".map-label-way")).to_contain_text("歩いて")
    place = row.get_by_role("cell").first.locator("b").inner_text()
    expect(page.locator(".map-label-place")).to_have_text(place)
    press(page, "m")
    table = page.get_by_role("table", name="地図と同じ内容の表")
    expect(table).to_be_in_viewport()
    counted = [int(each[:-1]) for each in table.locator("td").all_inner_texts()]
    waiting, found, *others = (counted[column::4] for column in range(4))
    assert sum(waiting) == 79  # a protected person is in none of them
    assert sum(found) == 59
    assert waiting == [sum(row) for row in zip(found, *others, strict=True)]


def test_whoever_looks_closer_comes_back_to_the_same_list(page: Page) -> None:
    """Tab and order stand in the address, nothing personal does; Back finds the row again."""
    page.get_by_role("link", name="待っている長さ").click()
    page.get_by_role("link", name=re.compile("^今は見つからない")).click()
    row = rows(page).nth(4)
    name = row.locator("th a").inner_text()
    row.focus()
    press(page, "Enter")
    expect(page.get_by_text(name).first).to_be_visible()
    page.go_back()
    expect(page).to_have_url(re.compile(r"\?tab=unplaced&sort=waiting#row-"))
    expect(rows(page).nth(4)).to_be_focused()


def test_every_page_is_accessible_at_every_width(window: Window) -> None:
    """Also at 200 % zoom and on the smallest phone, with nothing to scroll sideways."""
    page = window.open("/matching/latest", size=PHONE, login="mizuno")
    address = page.url
    expect(page.locator(".leaflet-container")).to_be_attached()
    check_every_width(page)
    rows(page).nth(0).get_by_role("button", name="進める").click()
    expect(sums(page)).to_contain_text("進める 1人")
    check_every_width(page)
    tabs = [f"{address}?tab={tab}" for tab in ("unplaced", "waits", "advanced", "changed")]
    for path in ("/", "/matching", f"{address}/record", *tabs):
        page.goto(path)
        check_every_width(page)
    check_every_width(window.open("/", size=PHONE, login="ogawa"))


def test_paper_shows_the_list_without_buttons(page: Page) -> None:
    """The sentence, the list and the counts; no navigation, nothing to press."""
    page.emulate_media(media="print")
    expect(page.get_by_role("heading", name=FIRST_LINE)).to_be_visible()
    expect(rows(page).first).to_be_visible()
    expect(page.get_by_role("button", name="進める").first).to_be_hidden()
    expect(page.locator(".top")).to_be_hidden()


def test_in_a_contrast_theme_every_group_keeps_its_word(window: Window) -> None:
    """No group of the bar is told by its colour alone."""
    page = window.open("/matching/latest", login="mizuno", forced_colors="active")
    legend = page.locator(".result .legend li")
    expect(legend).to_have_text(
        [
            "よく合う 31人",
            "合う 23人",
            "あと一つで合う 6人",
            "今は見つからない 12人",
            "同意などを待つ 8人",
        ]
    )
    check(page)
