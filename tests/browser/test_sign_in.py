"""Signing in and out as a person does it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.watch import PHONE, Window, assert_accessible, assert_no_sideways_scrolling
from tests.office import PASSWORD


def test_sign_in_by_keyboard(window: Window) -> None:
    """From the first key to the first page without a mouse, and out again."""
    page = window.open("/")
    expect(page.get_by_role("heading", level=1)).to_have_text("サインイン")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="本文へ")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_label("アカウント名")).to_be_focused()
    page.keyboard.type("mizuno")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("今日の仕事")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    assert page.title() == "今日の仕事 – つなぎ手"
    page.locator("summary", has_text="水野").press("Enter")
    page.get_by_role("button", name="サインアウト").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("サインイン")
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_have_text("サインイン")


def test_sign_in_without_scripts(window: Window) -> None:
    """The page is a plain form; scripts only make it quicker."""
    page = window.open("/sign-in", javascript=False)
    page.get_by_label("アカウント名").fill("mizuno")
    page.get_by_label("パスワード").fill(PASSWORD)
    page.get_by_role("button", name="サインインする").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("今日の仕事")
    page.locator("summary", has_text="水野").click()
    page.get_by_role("button", name="サインアウト").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("サインイン")


@pytest.mark.parametrize("login", ["mizuno", "nobody"])
def test_wrong_password_is_told_kindly(window: Window, login: str) -> None:
    """The same sentence whether the account exists or not; what was typed stays."""
    window.expect(422)
    page = window.open("/sign-in")
    page.get_by_label("アカウント名").fill(login)
    page.get_by_label("パスワード").fill("not this one")
    page.keyboard.press("Enter")
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("アカウント名か パスワードが違います")
    expect(page.get_by_label("アカウント名")).to_have_value(login)
    expect(page.get_by_label("パスワード")).to_have_value("")
    assert_accessible(page)
    summary.get_by_role("link").click()
    expect(page.get_by_label("アカウント名")).to_be_focused()


def test_each_empty_field_is_named(window: Window) -> None:
    """Two things to mend are two links to their fields."""
    window.expect(422)
    page = window.open("/sign-in")
    page.get_by_role("button", name="サインインする").click()
    expect(page.get_by_role("heading", name="2か所を 直してください")).to_be_visible()
    page.get_by_role("link", name="パスワードを入れてください。").click()
    expect(page.get_by_label("パスワード")).to_be_focused()


def test_back_to_the_page_that_was_asked(window: Window) -> None:
    """Whoever opens a page without a session comes back to it after the sign-in."""
    page = window.open("/sign-in?next=/styleguide")
    page.get_by_label("アカウント名").fill("mizuno")
    page.get_by_label("パスワード").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{window.origin}/styleguide")
    expect(page.get_by_role("heading", name="部品の見本")).to_be_visible()


def test_old_form_is_refused_with_a_way_out(window: Window) -> None:
    """A form from before the sign-in changes nothing and says what to do."""
    window.expect(403)
    page = window.open("/sign-in")
    page.context.clear_cookies()
    page.get_by_label("アカウント名").fill("mizuno")
    page.get_by_label("パスワード").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("もう一度 お願いします")
    assert_accessible(page)
    page.get_by_role("link", name="前の画面を開きなおす").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("サインイン")


def test_the_page_is_accessible_and_fits_a_phone(window: Window) -> None:
    """No violation at desktop width, nothing to scroll sideways at 320 pixels."""
    assert_accessible(window.open("/sign-in"))
    phone = window.open("/sign-in", size=PHONE)
    assert_no_sideways_scrolling(phone)
    assert_accessible(phone)
    for control in phone.get_by_role("textbox").all() + phone.get_by_role("button").all():
        box = control.bounding_box()
        assert box is not None
        assert box["height"] >= 44
