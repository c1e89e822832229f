"""The coordinator's whole job in a real browser: match everyone, read, decide, undo, come back."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from cases.actions.matching import start_matching
from tests.browser.server import serving
from tests.browser.watch import (
    DESKTOP,
    PHONE,
    Window,
    assert_accessible,
    assert_no_sideways_scrolling,
)
from tests.office import PASSWORD, Clock
from tests.sample_office import sample_office

ZOOMED = (683, 384)
RESULT = re.compile(r"/matching/[\w-]{22}$")
COLD_MILLISECONDS = 30_000
"""The first run of a process may have to wait for what it needs to be loaded."""
FIRST_LINE = "80人のうち 60人に、つなぎ先の案があります。"


@pytest.fixture
def origin(tmp_path: Path) -> Iterator[str]:
    """Serve a sample city of its own: what is decided here is nobody else's."""
    with serving(sample_office(tmp_path / "office"), Clock()) as address:
        yield address


@pytest.fixture(autouse=True)
def polling(window: Window) -> None:
    """Allow the answers of a run that is asked after and not ready yet."""
    window.expect(204)


def press(page: Page, *keys: str) -> None:
    """Press keys, one after the other, as quickly as the machine can."""
    for key in keys:
        page.keyboard.press(key)


def start(page: Page) -> str:
    """Start a run by its button and return the address of the result."""
    page.get_by_role("button", name="全員のつなぎ先を まとめて探す").click()
    page.wait_for_url(RESULT, timeout=COLD_MILLISECONDS)
    return page.url


def sums(page: Page) -> Locator:
    """Return the line that counts what was decided."""
    return page.locator("#sums")


def rows(page: Page) -> Locator:
    """Return the rows of the list."""
    return page.locator("#list tbody tr")


def said(page: Page) -> Locator:
    """Return what is read aloud."""
    return page.locator("[data-announce]")


def check(page: Page) -> None:
    """Find nothing wrong with a page."""
    assert_no_sideways_scrolling(page)
    assert_accessible(page)


def test_the_whole_job_by_keyboard_alone(window: Window) -> None:
    """Sign in, start, read the first line, decide ten, undo one, read the reasons, come back."""
    page = window.open("/sign-in")
    page.get_by_label("アカウント名").focus()
    page.keyboard.type("mizuno")
    press(page, "Tab")
    page.keyboard.type(PASSWORD)
    press(page, "Enter")
    expect(page.get_by_role("heading", level=1, name="今日の仕事")).to_be_focused()
    button = page.get_by_role("button", name="全員のつなぎ先を まとめて探す")
    while not button.evaluate("button => button === document.activeElement"):
        press(page, "Tab")
    press(page, "Enter")
    page.wait_for_url(RESULT, timeout=COLD_MILLISECONDS)

    expect(page.get_by_role("heading", level=1, name="つなぎ先の案")).to_be_focused()
    expect(page.get_by_role("heading", level=2).first).to_have_text(FIRST_LINE)
    expect(page.get_by_text("検算ずみ")).to_be_visible()
    names = rows(page).locator("th a").all_inner_texts()
    press(page, "j")
    expect(rows(page).nth(0)).to_be_focused()

    press(page, "a", "a", "s")
    expect(page.get_by_role("heading", name=re.compile("見送る理由$"))).to_be_focused()
    press(page, "5")
    expect(rows(page).nth(2)).to_contain_text("見送り")
    expect(rows(page).nth(2)).to_contain_text("遠すぎる")
    expect(said(page)).to_have_text(f"{names[2]} さんの案を 見送るにしました。次は {names[3]} さん")
    press(page, "a", "a", "s", "1", "a", "a", "s", "q", "a")
    expect(sums(page)).to_have_text("進める 7人・見送り 3人・まだ 50人")
    expect(page.locator("#tabs")).to_contain_text("進める 7")
    expect(rows(page).nth(10)).to_be_focused()

    press(page, "z")
    expect(sums(page)).to_have_text("進める 6人・見送り 3人・まだ 51人")
    expect(rows(page).nth(9)).to_be_focused()
    expect(said(page)).to_have_text(f"{names[9]} さんの案を 元に戻しました。")

    press(page, "e")
    expect(page.get_by_role("heading", level=1)).to_contain_text(names[9])
    page.go_back()
    expect(rows(page).nth(9)).to_be_focused()
    expect(sums(page)).to_have_text("進める 6人・見送り 3人・まだ 51人")


def test_ten_decisions_are_ten_keys(window: Window) -> None:
    """A decides and moves on by itself, past what is decided already."""
    page = window.open("/", login="mizuno")
    start(page)
    rows(page).nth(3).get_by_role("button", name="進める").click()
    expect(rows(page).nth(4)).to_be_focused()
    rows(page).nth(0).focus()
    press(page, *"aaaaaaaaaa")
    expect(sums(page)).to_have_text("進める 11人・見送り 0人・まだ 49人")
    expect(rows(page).nth(11)).to_be_focused()


def test_a_reason_is_asked_and_can_be_given_up(window: Window) -> None:
    """Each reason says what it does; Escape leaves everything as it was."""
    page = window.open("/", login="mizuno")
    start(page)
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


def test_what_cannot_be_decided_is_said_at_the_row(window: Window) -> None:
    """Two windows decide about one proposal; the second reads why not, and nothing is lost."""
    page = window.open("/", login="mizuno")
    address = start(page)
    other = window.open(address, login="hara")
    name = rows(other).nth(0).locator("th a").inner_text()
    rows(other).nth(0).get_by_role("button", name="進める").click()
    expect(sums(other)).to_contain_text("進める 1人")
    row = rows(page).filter(has_text=name)
    row.get_by_role("button", name="進める").click()
    expect(row.get_by_role("alert")).to_be_visible()
    expect(row.get_by_role("button", name="戻す")).to_be_visible()
    check(page)


def test_the_way_of_a_row_is_on_the_map(window: Window) -> None:
    """The dashed circle at the town's centre, the line, the minutes; M goes to the table."""
    page = window.open("/", login="mizuno")
    start(page)
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
    assert sum(counted[0::3]) == 79  # a protected person is in none of them
    assert sum(counted[1::3]) == 59


def test_a_run_that_takes_longer_says_so(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sentence and a bar until it is done, then the result by itself; also without scripts."""
    gate = threading.Event()

    def slow(*arguments: Any, **options: Any) -> Any:
        gate.wait(20)
        return start_matching(*arguments, **options)

    monkeypatch.setattr("api.matching_jobs.start_matching", slow)
    page = window.open("/", login="mizuno")
    page.get_by_role("button", name="全員のつなぎ先を まとめて探す").click()
    expect(page.get_by_role("heading", level=1, name="つなぎ先を 探しています")).to_be_focused()
    expect(page.get_by_role("status").first).to_contain_text("待っている80人の つなぎ先を")
    check(page)
    plain = window.open(page.url, login="mizuno", javascript=False)
    gate.set()
    for each in (page, plain):
        each.wait_for_url(RESULT, timeout=COLD_MILLISECONDS)
        expect(each.get_by_role("heading", name=FIRST_LINE)).to_be_visible()
    start_again = window.open("/matching", login="mizuno")
    start_again.get_by_role("button", name="全員のつなぎ先を まとめて探す").click()
    expect(start_again.get_by_text("何も変わっていない")).to_be_visible()


def test_a_run_that_breaks_off_can_be_tried_again(
    window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is kept, nobody is named, and the button is there again."""

    def broken(*_: Any, **__: Any) -> Any:
        raise ValueError("青葉 実")

    monkeypatch.setattr("api.matching_jobs.start_matching", broken)
    page = window.open("/", login="mizuno")
    page.get_by_role("button", name="全員のつなぎ先を まとめて探す").click()
    expect(page.get_by_role("heading", level=1, name="つなぎ先を 探せませんでした")).to_be_visible()
    expect(page.get_by_text("青葉")).to_have_count(0)
    check(page)
    monkeypatch.undo()
    page.get_by_role("button", name="もう一度 まとめて探す").click()
    page.wait_for_url(RESULT, timeout=COLD_MILLISECONDS)


def test_start_decide_and_undo_without_scripts(window: Window) -> None:
    """Plain forms and links; each answer comes back to the row that was decided."""
    page = window.open("/", login="mizuno", javascript=False)
    page.get_by_role("button", name="全員のつなぎ先を まとめて探す").click()
    page.wait_for_url(RESULT, timeout=COLD_MILLISECONDS)
    page.get_by_role("link", name="合い方").click()
    rows(page).nth(2).get_by_role("button", name="進める").click()
    expect(sums(page)).to_have_text("進める 1人・見送り 0人・まだ 59人")
    anchor = rows(page).nth(2).get_attribute("id")
    assert page.url.endswith(f"?sort=fit#{anchor}")
    rows(page).nth(3).get_by_role("button", name="見送る").click()
    expect(page.get_by_role("heading", level=1, name="見送る理由を 選んでください")).to_be_visible()
    page.get_by_role("button", name="遠すぎる").click()
    expect(rows(page).nth(3)).to_contain_text("→ この場所は出さない")
    rows(page).nth(2).get_by_role("button", name="戻す").click()
    expect(sums(page)).to_have_text("進める 0人・見送り 1人・まだ 59人")


def test_whoever_looks_closer_comes_back_to_the_same_list(window: Window) -> None:
    """Tab and order stand in the address, nothing personal does; Back finds the row again."""
    page = window.open("/", login="mizuno")
    start(page)
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


@pytest.mark.parametrize("size", [DESKTOP, ZOOMED, PHONE])
def test_every_page_is_accessible_at_every_width(window: Window, size: tuple[int, int]) -> None:
    """Also at 200 % zoom and on the smallest phone, with nothing to scroll sideways."""
    page = window.open("/", size=size, login="mizuno")
    check(page)
    address = start(page)
    expect(page.locator(".leaflet-container")).to_be_attached()
    check(page)
    rows(page).nth(0).get_by_role("button", name="進める").click()
    expect(sums(page)).to_contain_text("進める 1人")
    check(page)
    tabs = [f"{address}?tab={tab}" for tab in ("unplaced", "waits", "advanced", "changed")]
    for path in ("/", "/matching", f"{address}/record", *tabs):
        page.goto(path)
        check(page)
    check(window.open("/", size=size, login="ogawa"))


def test_paper_shows_the_list_without_buttons(window: Window) -> None:
    """The sentence, the list and the counts; no navigation, nothing to press."""
    page = window.open("/", login="mizuno")
    start(page)
    page.emulate_media(media="print")
    expect(page.get_by_role("heading", name=FIRST_LINE)).to_be_visible()
    expect(rows(page).first).to_be_visible()
    expect(page.get_by_role("button", name="進める").first).to_be_hidden()
    expect(page.locator(".top")).to_be_hidden()


def test_in_a_contrast_theme_every_group_keeps_its_word(window: Window) -> None:
    """No group of the bar is told by its colour alone."""
    page = window.open("/", login="mizuno", forced_colors="active")
    start(page)
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
