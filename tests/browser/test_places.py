"""The catalogue in a real browser: keyboard, filters, map, narrow windows, without scripts."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.watch import PHONE, Window, assert_accessible, check_every_width

PLACE = "/places?q=こもれび文庫"


@pytest.fixture
def page(window: Window) -> Page:
    """Open the catalogue as a coordinator."""
    return window.open("/places", login="mizuno")


def go_to_place(page: Page) -> None:
    """Open the only place of a list by keys."""
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="こもれび文庫")).to_be_visible()


def test_a_place_and_its_people_are_found_by_keyboard_alone(page: Page) -> None:
    """Slash, words, Enter; J, Enter; J, G; J, Enter: eight keys besides the words."""
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox", name="ことばで さがす")).to_be_focused()
    page.keyboard.type("こもれび文庫")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="1か所 見つかりました")).to_be_visible()
    go_to_place(page)
    page.keyboard.press("j")
    expect(page.get_by_role("article", name="本の補修")).to_be_focused()
    page.keyboard.press("g")
    expect(
        page.get_by_role("heading", level=2, name=re.compile("この枠が合いそうです"))
    ).to_be_visible()
    page.keyboard.press("j")
    expect(page.locator(".fitting").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/people/[^/]+/openings/"))


def test_a_filter_changes_list_numbers_and_map_in_place(page: Page) -> None:
    """The focus stays, the address is new, the number is said aloud, and Back goes back."""
    day = page.get_by_role("radio", name=re.compile("水曜"))
    day.focus()
    page.keyboard.press("Space")
    expect(page.get_by_role("heading", name="36か所 見つかりました")).to_be_visible()
    expect(page.get_by_role("radio", name=re.compile("水曜"))).to_be_focused()
    expect(page).to_have_url(re.compile(r"weekday=2"))
    expect(page.locator("[data-announce]")).to_have_text("36か所 見つかりました")
    expect(page.locator(".leaflet-container .map-place.current")).not_to_have_count(0)
    page.get_by_role("checkbox", name=re.compile("少人数")).check()
    expect(page.get_by_role("heading", name="6か所 見つかりました")).to_be_visible()
    expect(page.locator(".map-place")).to_have_count(6)
    page.get_by_role("link", name="水曜 を外す").click()
    expect(page.get_by_role("heading", name="22か所 見つかりました")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="6か所 見つかりました")).to_be_visible()
    expect(page.get_by_role("radio", name=re.compile("水曜"))).to_be_checked()


def test_the_map_draws_the_city_and_leads_to_the_list(page: Page) -> None:
    """Outline, 圏域, river, railway; what the list shows is in the order of the keyboard."""
    frame = page.locator("[data-map]")
    for drawn in (".map-outline", ".map-river", ".map-railway"):
        expect(frame.locator(drawn)).to_have_count(1)
    expect(frame.locator(".map-district-line")).to_have_count(6)
    reachable = frame.get_by_role("button").filter(has_not_text=re.compile("[+−]"))
    listed = page.locator("li.place-card")
    assert 0 < reachable.count() <= listed.count() == 20
    page.keyboard.press("m")
    expect(page.locator("#places")).to_be_focused()
    page.keyboard.press("m")
    expect(frame).to_be_focused()
    reachable.first.focus()
    page.keyboard.press("Enter")
    expect(frame.get_by_role("link", name="くわしく見る")).to_be_visible()


def test_nothing_found_offers_one_change(window: Window) -> None:
    """Following the offer finds as many as it says."""
    page = window.open("/places?q=囲碁&weekday=6&accommodation=small_group", login="mizuno")
    expect(page.get_by_role("heading", name="条件に合う場所は、今はありません")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("link", name="土曜なら").click()
    expect(page.get_by_role("heading", name="1か所 見つかりました")).to_be_visible()


def test_every_page_is_accessible_at_every_width(window: Window) -> None:
    """Also at 200 % zoom and on the smallest phone, with nothing to scroll sideways."""
    page = window.open(PLACE, size=PHONE, login="mizuno")
    expect(page.locator(".leaflet-container")).to_be_visible()
    check_every_width(page)
    page.locator("[data-open]").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("こもれび文庫")
    check_every_width(page)
    place = page.url
    page.get_by_role("link", name=re.compile("この枠に合いそうな人.*本の補修")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("本の補修")
    check_every_width(page)
    page.goto(place)
    page.get_by_role("link", name=re.compile("枠を直す.*本の補修")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("本の補修 を直す")
    check_every_width(page)
    page.goto("/openings/new")
    check_every_width(page)


def test_on_a_phone_the_list_comes_before_the_filters(window: Window) -> None:
    """They open on a press and stay open while one chooses; targets are large enough."""
    page = window.open("/places", size=PHONE, login="mizuno")
    opener = page.get_by_text("しぼりこみ", exact=True)
    expect(page.get_by_role("radio", name=re.compile("水曜"))).to_be_hidden()
    opener.click()
    page.get_by_role("radio", name=re.compile("水曜")).check()
    expect(page.get_by_role("heading", name="36か所 見つかりました")).to_be_visible()
    expect(page.get_by_role("radio", name=re.compile("水曜"))).to_be_visible()
    for control in (opener, page.locator(".tick").first, page.get_by_role("button", name="さがす")):
        box = control.bounding_box()
        assert box is not None
        assert box["height"] >= 44


def test_searching_works_without_scripts(window: Window) -> None:
    """Filters are sent by a button, pages and removals are links, the list stands for the map."""
    page = window.open("/places", javascript=False, login="mizuno")
    expect(page.get_by_text("下の表で 同じ内容が読めます")).to_be_visible()
    page.get_by_role("radio", name=re.compile("水曜")).check()
    page.get_by_role("checkbox", name=re.compile("少人数")).check()
    page.get_by_role("button", name="しぼりこむ").click()
    expect(page.get_by_role("heading", name="6か所 見つかりました")).to_be_visible()
    page.get_by_role("link", name="すべて外す").click()
    page.get_by_role("link", name="次へ").click()
    expect(page.get_by_text("8ページのうち 2ページめ")).to_be_visible()


@pytest.mark.parametrize("javascript", [True, False])
def test_a_schedule_is_said_back_and_a_draft_is_kept(window: Window, *, javascript: bool) -> None:
    """At once while one chooses; without scripts by a button. Mistakes get the focus."""
    window.expect(422)
    page = window.open(PLACE, javascript=javascript, login="mizuno")
    page.locator("[data-open]").click()
    page.get_by_role("link", name="枠を足す").click()
    expect(page.get_by_role("checkbox", name="第2", exact=True)).to_be_hidden()
    page.get_by_role("radio", name="毎月 きまった週").check()
    when = page.get_by_role("region", name="いつ", exact=True)
    for name in ("第2", "第4", "火"):
        when.get_by_role("checkbox", name=name, exact=True).check()
    page.get_by_label(re.compile("始まる時刻")).fill("09:30")
    page.get_by_label(re.compile("終わる時刻")).fill("10:30")
    if javascript:
        page.get_by_label(re.compile("終わる時刻")).blur()
    else:
        page.get_by_role("button", name="日程を確かめる").click()
    said = page.get_by_role("region", name="いつの枠か")
    expect(said).to_contain_text("第2・第4火曜 9時30分〜10時30分")
    expect(said.get_by_role("table")).to_be_visible()
    page.get_by_role("button", name="下書きに しまう").click()
    summary = page.get_by_role("alert").filter(has_text="か所を 直してください")
    expect(summary).to_contain_text("枠の名前がありません")
    if javascript:
        expect(summary).to_be_focused()
        assert_accessible(page)
    expect(page.get_by_role("checkbox", name="第4", exact=True)).to_be_checked()
    name = f"花だんの世話 {javascript}"
    page.get_by_label(re.compile("枠の名前")).fill(name)
    page.get_by_label(re.compile("^定員")).fill("3")
    page.get_by_role("button", name="下書きに しまう").click()
    expect(page.get_by_text("保存しました。")).to_be_visible()
    expect(page.get_by_role("article", name=name)).to_contain_text("下書き")


def test_saving_by_keys_does_not_open_anything(window: Window) -> None:
    """Ctrl+Enter keeps a new opening as a draft: nobody is sent there by a slip."""
    window.expect(422)
    page = window.open(PLACE, login="mizuno")
    go_to_place(page)
    page.get_by_role("link", name="枠を足す").click()
    page.get_by_label(re.compile("枠の名前")).fill("まだ決まらない枠")
    page.get_by_role("radio", name="相談して決める").check()
    expect(page.get_by_label(re.compile("始まる時刻"))).to_be_hidden()
    page.get_by_label(re.compile("^定員")).fill("1")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("article", name="まだ決まらない枠")).to_contain_text("下書き")


def test_paper_shows_places_without_buttons(window: Window) -> None:
    """What one takes along: days, room, host; no keys, no forms."""
    page = window.open(PLACE, login="mizuno")
    page.locator("[data-open]").click()
    page.emulate_media(media="print")
    expect(page.get_by_text("毎週水曜 10時〜11時30分")).to_be_visible()
    expect(page.locator(".key-strip")).to_be_hidden()
    expect(page.get_by_role("link", name=re.compile("枠を直す.*本の補修"))).to_be_hidden()
