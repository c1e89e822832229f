"""The pages of persons in a real browser: by keys, on narrow windows, without scripts."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.watch import PHONE, Window, assert_accessible, check, check_every_width

NAME = "風早 しげる"
TOP = re.compile(r"/people/[\w-]{22}$")


@pytest.fixture
def page(window: Window) -> Page:
    """Open the list of people as a coordinator."""
    return window.open("/people", login="mizuno")


def press(page: Page, *keys: str) -> None:
    """Press keys, one after the other."""
    for key in keys:
        page.keyboard.press(key)


def find_person(page: Page) -> str:
    """Look for somebody by keys and return the address of their pages."""
    press(page, "/")
    page.keyboard.type(NAME)
    press(page, "Enter")
    expect(page).to_have_url(TOP)
    return page.url


def test_the_places_for_one_person_are_three_keys_away(window: Window) -> None:
    """Slash, the name, Enter, G; then J and E for the reasons of the best."""
    page = window.open("/", login="mizuno")
    find_person(page)
    expect(page.get_by_role("heading", level=1, name=f"{NAME} さん")).to_be_focused()
    expect(page).to_have_title("本人の概要 – つなぎ手")
    press(page, "g")
    expect(page.get_by_role("heading", level=2, name="合いそうな場所")).to_be_visible()
    best = page.get_by_role("article").first
    expect(best).to_contain_text("希望の木曜の午前で、歩いて17分")
    title = best.get_by_role("heading").inner_text()
    press(page, "j")
    expect(best).to_be_focused()
    press(page, "e")
    expect(page.get_by_role("heading", level=1)).to_contain_text(title)
    expect(page.get_by_role("heading", name="必ず守る条件")).to_be_visible()
    page.locator("summary", has_text="数値と計算式").click()
    expect(page.get_by_role("table", name="数値と計算式")).to_be_visible()


def test_every_no_has_its_reason(page: Page) -> None:
    """From the places to those that do not fit, by reason, and to everything in between."""
    find_person(page)
    press(page, "g")
    page.get_by_role("link", name="1枠ずつ理由を見る").click()
    page.get_by_role("link", name=re.compile("^満員")).click()
    expect(page.get_by_role("row", name=re.compile("今は満員です"))).not_to_have_count(0)
    press(page, "j", "Enter")
    expect(page.locator(".failed")).to_contain_text("今は満員です")


def test_rows_of_the_list_are_walked_by_keys(page: Page) -> None:
    """J to a row, G to its places, Back to the list."""
    press(page, "j", "j")
    row = page.locator("tr[data-row]").nth(1)
    expect(row).to_be_focused()
    press(page, "g")
    expect(page).to_have_url(re.compile(r"/openings$"))
    page.go_back()
    expect(page.get_by_role("heading", level=1, name="本人・世帯")).to_be_visible()


def test_somebody_is_registered_by_keyboard_alone(window: Window) -> None:
    """A name, the wishes with the week, the consent, and the places are there."""
    window.expect(422)
    page = window.open("/people", login="mizuno")
    press(page, "c")
    expect(page.get_by_role("heading", level=1, name="新しい相談")).to_be_visible()
    press(page, "Control+Enter")
    summary = page.get_by_role("alert").filter(has_text="1か所を 直してください")
    expect(summary).to_be_focused()
    press(page, "Tab", "Enter")
    expect(page.get_by_role("textbox", name=re.compile("^名前"))).to_be_focused()
    page.keyboard.type("鍵盤 うつ")
    page.get_by_role("combobox", name=re.compile("^町")).focus()
    page.keyboard.type("風見一丁目")
    press(page, "Control+Enter")

    expect(page.get_by_role("heading", name="希望を聞く")).to_be_visible()
    page.get_by_role("combobox", name="やりたいこと 1つめ").focus()
    page.keyboard.type("音楽")
    for slot in ("火曜の午前", "水曜の午前", "木曜の午前", "木曜の午後"):
        box = page.get_by_role("checkbox", name=slot)
        box.focus()
        press(page, "Space")
        expect(box).to_be_checked()
    press(page, "Control+Enter")

    expect(page.get_by_role("heading", name="同意を聞く")).to_be_visible()
    press(page, "Control+Enter")
    expect(page.get_by_role("heading", name="合いそうな場所")).to_be_visible()
    expect(page.get_by_role("article")).not_to_have_count(0)
    page.get_by_role("link", name="概要").click()
    expect(page.get_by_role("definition").filter(has_text="木曜の午前・午後")).to_be_visible()


def test_every_page_is_accessible_at_every_width(window: Window) -> None:
    """Also at 200 % zoom and on the smallest phone, with nothing to scroll sideways."""
    window.expect(422)
    page = window.open("/people", size=PHONE, login="mizuno")
    check_every_width(page)
    stopped = page.locator("tr").filter(has_text="口頭の同意").first
    asked = stopped.locator(".button").get_attribute("href")
    top = find_person(page)
    check_every_width(page)
    for path in ("edit", "need", "consent", "consent/withdraw", "openings", "openings/refused"):
        page.goto(f"{top}/{path}")
        check_every_width(page)
        if path.startswith("openings"):
            page.locator("[data-open]").first.click()
            expect(page.get_by_role("heading", name="必ず守る条件")).to_be_visible()
            check_every_width(page)
    page.goto(asked or "")
    expect(page.get_by_role("heading", name=re.compile("探していません"))).to_be_visible()
    check_every_width(page)
    page.goto("/people/new")
    check_every_width(page)
    page.get_by_role("button", name=re.compile("保存して、希望を聞く")).click()
    expect(page.get_by_role("alert").filter(has_text="直してください")).to_be_visible()
    check_every_width(page)


def test_several_of_one_name_are_listed(page: Page) -> None:
    """What was looked for stands in the form, never in the address."""
    press(page, "/")
    page.keyboard.type("風早")
    press(page, "Enter")
    expect(page.get_by_text(re.compile(r"^\d人 見つかりました。$"))).to_be_visible()
    assert page.url.endswith("/people/search")
    expect(page.get_by_label("名前・ふりがな・番号")).to_have_value("風早")
    check(page)


def test_everything_works_without_scripts(window: Window) -> None:
    """Search, register, need and consent are plain forms; a mistake keeps what was typed."""
    window.expect(422)
    page = window.open("/people", javascript=False, login="mizuno")
    page.get_by_role("searchbox").first.fill(NAME)
    page.get_by_role("searchbox").first.press("Enter")
    expect(page).to_have_url(TOP)
    page.get_by_role("link", name="本人・世帯").click()
    page.get_by_role("link", name=re.compile("新しい相談")).click()
    page.get_by_label(re.compile("^名前")).fill("紙野 かく")
    page.get_by_label(re.compile("^生年月日")).fill("ずっと前")
    page.get_by_role("button", name=re.compile("保存して、希望を聞く")).click()
    expect(page.get_by_role("alert").filter(has_text="1か所を 直してください")).to_be_visible()
    expect(page.get_by_label(re.compile("^名前"))).to_have_value("紙野 かく")
    page.get_by_label(re.compile("^生年月日")).fill("昭和40年1月1日")
    page.get_by_role("button", name=re.compile("保存して、希望を聞く")).click()
    page.get_by_role("checkbox", name="水曜の午前").check()
    page.get_by_role("button", name=re.compile("保存して、同意を聞く")).click()
    page.get_by_role("radio", name="口頭で同意した").check()
    page.get_by_role("button", name=re.compile("同意を記録する")).click()
    expect(page.get_by_text("同意を記録しました。")).to_be_visible()
    page.get_by_role("link", name="つなぎ先", exact=True).click()
    expect(page.get_by_role("heading", name=re.compile("同意が口頭だけのため"))).to_be_visible()


def test_a_protected_address_closes_by_itself(window: Window) -> None:
    """It is shown on a press and gone after a minute."""
    page = window.open("/people", login="mizuno", clock=True)
    press(page, "/")
    page.keyboard.type("T-0401")
    press(page, "Enter")
    page.get_by_role("button", name="表示する（記録されます）").click()
    shown = page.get_by_text(re.compile("ひだまり台三丁目"))
    expect(shown).to_be_visible()
    assert_accessible(page)
    page.clock.run_for(61_000)
    expect(shown).to_have_count(0)
    expect(page.get_by_role("definition").filter(has_text="閉じました")).to_have_count(2)
