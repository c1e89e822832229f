"""Signing in and out as a person does it."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Browser, Dialog, Page, expect

from tests.browser.server import serving
from tests.browser.watch import (
    PHONE,
    Window,
    assert_accessible,
    assert_no_sideways_scrolling,
    check_every_width,
    session_of,
)
from tests.office import PASSWORD, Clock, prepare


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


def test_what_was_written_outlasts_the_session(window: Window) -> None:
    """The page says that nothing was kept; after a sign-in in another window it goes on."""
    window.expect(401, 422)
    page = window.open("/emergency", login="hara")
    page.get_by_label("何があったか").fill("夜に電話があり、声が弱っていた")
    page.context.clear_cookies()
    page.get_by_role("button", name="理由を残して開く").click()
    expect(page.locator("[data-ended]")).to_contain_text("まだ保存していません")
    expect(page.get_by_label("何があったか")).to_have_value("夜に電話があり、声が弱っていた")
    sign_in_anew(page, window, "kanri")
    page.get_by_role("button", name="理由を残して開く").click()
    expect(page.locator("[data-other-viewer]")).to_be_visible()
    expect(page.locator("[data-ended]")).to_be_hidden()
    sign_in_anew(page, window, "hara")
    page.get_by_role("button", name="理由を残して開く").click()
    expect(page.get_by_role("alert").first).to_contain_text("本人の番号を書いてください")
    expect(page.get_by_label("何があったか")).to_have_value("夜に電話があり、声が弱っていた")


def sign_in_anew(page: Page, window: Window, login: str) -> None:
    """Give the browser another session, as a sign-in in another window does."""
    name, value = session_of(window.origin, login)
    page.context.clear_cookies()
    page.context.add_cookies(
        [{"name": name, "value": value, "url": window.origin, "httpOnly": True}]
    )


def test_who_leaves_a_text_behind_is_asked_first(window: Window) -> None:
    """Nothing of it is kept on the machine; a form that went its way asks nobody."""
    window.expect(422)
    page = window.open("/emergency", login="hara")
    asked: list[str] = []

    def leave(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", leave)
    page.get_by_label("何があったか").press_sequentially("夜")
    page.get_by_role("link", name="やめる").click()
    page.wait_for_url("**/people")
    assert asked == ["beforeunload"]
    page.goto("/emergency")
    page.get_by_label("何があったか").press_sequentially("夜")
    page.get_by_role("button", name="理由を残して開く").click()
    expect(page.locator("[data-error-summary]")).to_be_visible()
    assert asked == ["beforeunload"]


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


@pytest.fixture
def clock() -> Clock:
    """Return a clock that the test moves."""
    return Clock()


@pytest.fixture
def own_window(
    browser: Browser, own_port: socket.socket, tmp_path: Path, clock: Clock
) -> Iterator[Window]:
    """Open windows of an office of its own: what is changed there disturbs no other test."""
    with serving(prepare(tmp_path), clock, own_port) as origin:
        opened = Window(browser, origin)
        yield opened
        opened.close()


def sign_in(page: Page, login: str = "mizuno", password: str = PASSWORD) -> None:
    """Fill the form and send it."""
    page.get_by_label("アカウント名").fill(login)
    page.get_by_label("パスワード").fill(password)
    page.keyboard.press("Enter")


def test_a_second_factor_from_setting_it_up_to_signing_in(own_window: Window, clock: Clock) -> None:
    """The picture, the first code, the codes for paper; then password and code, all by keyboard."""
    page = own_window.open("/sign-in?next=/account")
    sign_in(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("自分の設定")
    check_every_width(page)
    page.get_by_role("button", name="2つめの確かめを 始める").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("2つめの確かめを 始める")
    expect(page.locator("svg.qr")).to_be_visible()
    check_every_width(page)
    device = pyotp.TOTP(page.locator("code.secret").inner_text().replace(" ", ""))
    page.get_by_label("6けたの数字").fill(device.at(clock.now))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("控えのコード")
    assert page.locator(".recovery-codes li").count() == 10
    check_every_width(page)
    page.locator("summary", has_text="水野").click()
    page.get_by_role("button", name="サインアウト").click()
    sign_in(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("2つめの確かめ")
    check_every_width(page)
    own_window.expect(422)
    page.get_by_label("数字").fill("000000")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("数字かコードが違います")
    clock.forward(seconds=30)
    page.get_by_label("数字").fill(device.at(clock.now))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("今日の仕事")


def test_after_wrong_tries_one_waits_until_the_administrator_helps(own_window: Window) -> None:
    """Six mistakes; the right password waits as well; one press in another browser opens it."""
    own_window.expect(422)
    page = own_window.open("/sign-in")
    for _ in range(6):
        sign_in(page, password="not this one")
        expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_role("alert")).to_contain_text("あと 1分ほど 待ってから")
    sign_in(page)
    expect(page.get_by_role("alert")).to_contain_text("待ってから")
    staff = own_window.open("/sign-in?next=/staff")
    sign_in(staff, "kanri")
    expect(staff.get_by_role("heading", level=1)).to_have_text("職員の一覧")
    check_every_width(staff)
    row = staff.get_by_role("row", name="mizuno")
    expect(row).to_contain_text("続けて違ったため 待っています")
    row.get_by_role("link", name="水野").click()
    expect(staff.get_by_role("heading", level=1)).to_contain_text("水野")
    check_every_width(staff)
    staff.get_by_role("button", name="すぐに 入れるようにする").click()
    expect(staff.get_by_role("status").first).to_contain_text("待ち時間を なくしました")
    sign_in(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("今日の仕事")


def test_a_session_is_ended_from_another_browser(own_window: Window) -> None:
    """Somebody who forgot to sign out elsewhere does it from here, without scripts."""
    left = own_window.open("/sign-in")
    sign_in(left)
    expect(left.get_by_role("heading", level=1)).to_have_text("今日の仕事")
    here = own_window.open("/sign-in?next=/account", javascript=False)
    sign_in(here)
    expect(here.get_by_role("row")).to_have_count(3)
    here.get_by_role("button", name=re.compile("終わりにする.*Chrome")).click()
    expect(here.get_by_role("row")).to_have_count(2)
    left.goto("/places")
    expect(left.get_by_role("heading", level=1)).to_have_text("サインイン")


def test_an_invited_person_comes_in_by_a_link(own_window: Window) -> None:
    """The administrator invites; the person sets a password; the link is good for once."""
    own_window.expect(404)
    staff = own_window.open("/sign-in?next=/staff/new")
    sign_in(staff, "kanri")
    expect(staff.get_by_role("heading", level=1)).to_have_text("職員を招待する")
    check_every_width(staff)
    staff.get_by_label("アカウント名").fill("hayashi")
    staff.locator("#name").fill("林")
    staff.get_by_label("役割").select_option("planner")
    staff.get_by_role("button", name="招待のリンクを作る").click()
    expect(staff.get_by_role("heading", level=1)).to_have_text("林 さんに渡すリンク")
    check_every_width(staff)
    link = staff.locator("code.secret").inner_text()
    page = own_window.open("/sign-in")
    page.goto(link)
    check_every_width(page)
    for field in page.locator("input[type=password]").all():
        field.fill("春の野に すみれ つみにと")
    page.get_by_role("button", name="このパスワードにする").click()
    expect(page.get_by_role("status").first).to_contain_text("パスワードを決めました")
    sign_in(page, "hayashi", "春の野に すみれ つみにと")
    expect(page.get_by_role("heading", level=1)).to_have_text("自分の設定")
    page.goto(link)
    expect(page.get_by_role("heading", level=1)).to_have_text("このリンクは 使えません")
    check_every_width(page)
