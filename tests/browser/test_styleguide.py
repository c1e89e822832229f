"""The components: accessible, keyboard, narrow windows, paper, without scripts."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.watch import PHONE, ZOOMED, Window, assert_accessible, check_every_width


@pytest.fixture
def page(window: Window) -> Page:
    """Open the page with every component."""
    return window.open("/styleguide")


def test_every_component_is_accessible_at_every_width(window: Window) -> None:
    """Also at 125 % and 200 % zoom and on the smallest phone, with nothing to scroll sideways."""
    page = window.open("/styleguide", size=PHONE)
    expect(page.locator(".leaflet-container")).to_be_visible()
    check_every_width(page, between=[(1093, 614), ZOOMED])


def test_everything_is_there_without_scripts(window: Window) -> None:
    """Forms post, tables stand in for the map, nothing waits for a script."""
    page = window.open("/styleguide", javascript=False)
    expect(page.get_by_text("下の表で 同じ内容が読めます")).to_be_visible()
    expect(page.get_by_role("table", name="本人ごとの つなぎ先の案")).to_be_visible()
    page.get_by_role("button", name="次へ：だれを・何人").click()
    expect(page.get_by_role("heading", name="部品の見本")).to_be_visible()
    assert page.url.endswith("/styleguide")


def test_the_policy_forbids_inline_code(page: Page) -> None:
    """No inline style or script, no exception in the policy, and the map still draws."""
    response = page.request.get("/styleguide")
    policy = response.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    source = response.text()
    assert " style=" not in source
    assert "<style" not in source
    assert " onclick=" not in source
    expect(page.locator(".map-outline")).to_have_count(1)


def test_rows_are_walked_by_keys(page: Page) -> None:
    """J and K move through the list, A presses the button of the row, Enter opens it."""
    rows = page.locator("[data-row]")
    page.keyboard.press("j")
    expect(rows.nth(0)).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(rows.nth(2)).to_be_focused()
    page.keyboard.press("k")
    expect(rows.nth(1)).to_be_focused()
    page.locator("#row-3").focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(page.url.split("#")[0] + "#person-3")


def test_decisions_move_on_by_themselves(page: Page) -> None:
    """One key for each decision: the row changes in place, the next one has the focus."""
    page.locator("#row-3").focus()
    page.keyboard.press("a")
    expect(page.locator("#row-3").get_by_role("button", name="戻す")).to_be_visible()
    expect(page.locator("#row-4")).to_be_focused()
    expect(page.locator("[data-announce]")).to_have_text(
        "星川 なお さんの案を 進めるにしました。次は 花野 ゆき さん"
    )
    page.keyboard.press("s")
    expect(page.locator("#row-4")).to_contain_text("見送り中")
    expect(page.locator("#row-5")).to_be_focused()
    expect(page.locator("#undo")).to_contain_text("花野 ゆき さんの案を 見送るにしました。")
    assert_accessible(page)


def test_decision_works_without_scripts(window: Window) -> None:
    """The same buttons post the same form."""
    page = window.open("/styleguide", javascript=False)
    page.locator("#row-3").get_by_role("button", name="進める").click()
    expect(page.get_by_role("heading", name="部品の見本")).to_be_visible()


@pytest.mark.parametrize("trouble", ["refused", "unreachable"])
def test_trouble_with_the_server_loses_nothing(window: Window, trouble: str) -> None:
    """The page stays as it is and says what to do; it works again when the server does."""
    window.expect(500)
    page = window.open("/styleguide")

    def answer(route: Route) -> None:
        if trouble == "refused":
            route.fulfill(status=500, body="<p>broken</p>")
        else:
            route.abort()

    page.route("**/styleguide/proposals/*", answer)
    page.locator("#row-3").focus()
    page.keyboard.press("a")
    message = page.locator("[data-trouble]")
    expect(message).to_contain_text("保存できませんでした。書いた内容は この画面に残っています。")
    expect(page.locator("#row-3").get_by_role("button", name="進める")).to_be_visible()
    page.unroute("**/styleguide/proposals/*")
    page.locator("#row-3").get_by_role("button", name="進める").click()
    expect(page.locator("#row-4")).to_be_focused()
    expect(message).to_be_hidden()
    window.forgive("Failed to")


def test_keys_rest_while_one_writes(page: Page) -> None:
    """Letters typed into a field or composed by an input method press nothing."""
    page.keyboard.press("/")
    search = page.get_by_role("searchbox")
    expect(search).to_be_focused()
    page.keyboard.type("jz?")
    expect(search).to_have_value("jz?")
    page.keyboard.press("Escape")
    expect(search).not_to_be_focused()
    page.evaluate(
        "document.body.dispatchEvent(new KeyboardEvent('keydown',"
        " {key: 'j', isComposing: true, bubbles: true}))"
    )
    expect(page.locator("[data-row]:focus")).to_have_count(0)


def test_keys_can_be_switched_off(page: Page) -> None:
    """Who speaks to the computer must not press keys by words; it is remembered."""
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="キーの一覧")).to_be_visible()
    page.get_by_role("button", name="1文字のキーを 使わない").click()
    page.keyboard.press("Escape")
    page.reload()
    page.keyboard.press("j")
    expect(page.locator("[data-row]:focus")).to_have_count(0)
    expect(page.locator(".key-strip kbd").first).to_be_hidden()


def test_what_leaves_the_house_is_confirmed(page: Page) -> None:
    """The dialog repeats whom, what and on what basis; its button is a verb."""
    page.get_by_role("button", name="2人の打診を準備する").click()
    dialog = page.get_by_role("dialog", name="つばめ町 地域福祉推進協議会へ、見学を打診します")
    expect(dialog).to_be_visible()
    expect(dialog).to_contain_text("文書の同意 令和8年8月26日")
    assert_accessible(page)
    dialog.get_by_role("button", name="やめる").click()
    expect(dialog).to_be_hidden()


def test_undo_waits_for_who_is_at_it(window: Window) -> None:
    """The bar goes after ten seconds, but not while it has the focus."""
    page = window.open("/styleguide", clock=True)
    undo = page.get_by_role("button", name="元に戻す")
    undo.focus()
    page.clock.run_for(30_000)
    expect(undo).to_be_visible()
    page.get_by_role("link", name="概要").focus()
    page.clock.run_for(9_000)
    expect(undo).to_be_visible()
    page.clock.run_for(2_000)
    expect(undo).to_have_count(0)


def test_map_works_by_keyboard_and_has_its_table(page: Page) -> None:
    """Every place is a named button in reading order; M goes to the table and back."""
    frame = page.locator("[data-map]")
    places = frame.get_by_role("button").filter(has_not_text="＋")
    names = [each.get_attribute("aria-label") for each in places.all()]
    assert names[0] == "こもれび文庫、空き 1／2人"
    frame.get_by_role("button", name="ゆずり川ふれあい農園").focus()
    page.keyboard.press("Enter")
    expect(frame.locator(".leaflet-popup")).to_contain_text("空き 1／2人")
    expect(frame.locator(".leaflet-control-attribution")).to_have_count(0)
    width_before = frame.locator(".leaflet-control-scale-line").inner_text()
    frame.get_by_role("button", name="大きくする").press("Enter")
    frame.get_by_role("button", name="大きくする").press("Enter")
    expect(frame.get_by_text("けやき台", exact=True)).to_be_visible()
    assert frame.locator(".leaflet-control-scale-line").inner_text() != width_before
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("m")
    expect(page.locator("#proposals")).to_be_focused()
    page.keyboard.press("m")
    expect(frame).to_be_focused()


def test_contrast_theme_keeps_shapes(window: Window) -> None:
    """In a Windows contrast theme filled and empty cells still differ."""
    page = window.open("/styleguide", forced_colors="active")
    cells = page.locator(".fit-bar").nth(2).locator("i")
    colours = [each.evaluate("e => getComputedStyle(e).backgroundColor") for each in cells.all()]
    assert colours[0] != colours[-1]


def test_paper_has_no_navigation(page: Page) -> None:
    """On paper stand the sentences and tables, not the buttons."""
    page.emulate_media(media="print")
    expect(page.locator(".top")).to_be_hidden()
    expect(page.locator(".key-strip")).to_be_hidden()
    expect(page.get_by_role("button", name="進める").first).to_be_hidden()
    expect(page.get_by_role("table", name="本人ごとの つなぎ先の案")).to_be_visible()


def test_focus_is_seen_on_every_control(page: Page) -> None:
    """Black outline and yellow ring, whatever lies below; nothing hides under the sticky bars."""
    page.locator(".skip").focus()
    walked = 0
    while page.evaluate("document.activeElement !== document.body"):
        state = page.evaluate(
            """() => {
              const element = document.activeElement;
              const holder = element.closest(".search, .choice") ?? element;
              const style = getComputedStyle(holder);
              const box = element.getBoundingClientRect();
              const strip = document.querySelector(".key-strip").getBoundingClientRect();
              return {
                what: element.outerHTML.slice(0, 80),
                ring: style.outlineStyle === "solid" && parseFloat(style.outlineWidth) >= 3,
                covered: !element.closest(".bottom") && box.top >= strip.top,
              };
            }"""
        )
        assert state["ring"], state["what"]
        assert not state["covered"], state["what"]
        page.keyboard.press("Tab")
        walked += 1
    assert walked > 70
