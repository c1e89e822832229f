"""Passkeys in a real browser, with a device that the browser plays itself."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from playwright.sync_api import Browser, CDPSession, Page, expect

from tests.browser.server import serving
from tests.browser.watch import Window, check_every_width
from tests.office import PASSWORD, Clock, prepare

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def own_window(browser: Browser, own_port: socket.socket, tmp_path: Path) -> Iterator[Window]:
    """Open windows of an office of its own: what is changed there disturbs no other test."""
    with serving(prepare(tmp_path), Clock(), own_port) as origin:
        opened = Window(browser, origin)
        yield opened
        opened.close()


PlugIn: TypeAlias = Callable[..., tuple[CDPSession, str]]


@pytest.fixture
def plug_in(own_window: Window) -> Iterator[PlugIn]:
    """Give a tab a device that checks who holds it, and presses its own button."""
    plugged = []

    def plug(page: Page, **instead: Any) -> tuple[CDPSession, str]:
        devices = page.context.new_cdp_session(page)
        plugged.append(devices)
        devices.send("WebAuthn.enable")
        made = devices.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE | instead})
        return devices, made["authenticatorId"]

    yield plug
    for devices in plugged:
        devices.send("WebAuthn.disable")
        devices.detach()


def sign_in(page: Page) -> None:
    """Fill the form and send it."""
    page.get_by_label("アカウント名").fill("mizuno")
    page.get_by_label("パスワード").fill(PASSWORD)
    page.keyboard.press("Enter")


def sign_out(page: Page) -> None:
    """Leave by the menu."""
    page.locator("summary", has_text="水野").click()
    page.get_by_role("button", name="サインアウト").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("サインイン")


def test_a_passkey_from_making_it_to_giving_it_up(own_window: Window, plug_in: PlugIn) -> None:
    """Made, used alone, used after the password, taken away; all by keyboard and name."""
    own_window.expect(422)
    page = own_window.open("/sign-in?next=/account")
    devices, device = plug_in(page)
    sign_in(page)
    page.get_by_role("link", name="パスキーを足す").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("パスキーを足す")
    check_every_width(page)
    page.get_by_role("button", name="機器に 鍵を作る").press("Enter")
    expect(page.get_by_role("alert").first).to_contain_text("鍵の名前を入れてください")
    page.get_by_label("鍵の名前").fill("相談室のパソコン")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("控えのコード")
    held = devices.send("WebAuthn.getCredentials", {"authenticatorId": device})["credentials"]
    assert [(each["rpId"], each["isResidentCredential"]) for each in held] == [("localhost", True)]
    page.get_by_role("link", name="自分の設定へ もどる").click()
    row = page.get_by_role("row", name="相談室のパソコン")
    expect(row).to_contain_text("まだ使っていません")
    check_every_width(page)

    sign_out(page)
    check_every_width(page)
    page.get_by_role("button", name="パスキーでサインイン").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("今日の仕事")

    sign_out(page)
    sign_in(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("2つめの確かめ")
    check_every_width(page)
    page.get_by_role("button", name="パスキーで 確かめる").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("今日の仕事")

    page.goto("/account")
    expect(row).not_to_contain_text("まだ使っていません")
    page.get_by_role("button", name=re.compile("外す.*相談室")).press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("パスキーを外しました")
    sign_out(page)
    page.get_by_role("button", name="パスキーでサインイン").press("Enter")
    expect(page.get_by_role("alert").first).to_contain_text("このパスキーでは 入れませんでした")


def test_whoever_is_not_recognised_by_the_device_is_told_kindly(
    own_window: Window, plug_in: PlugIn
) -> None:
    """The browser refuses; the words stand in the page, the button can be pressed again."""
    page = own_window.open("/sign-in")
    plug_in(page, isUserVerified=False)
    page.get_by_role("button", name="パスキーでサインイン").click()
    expect(page.get_by_role("alert").first).to_contain_text("パスキーを使いませんでした")
    expect(page.get_by_role("button", name="パスキーでサインイン")).to_be_enabled()


def test_without_scripts_nothing_of_it_is_offered(own_window: Window) -> None:
    page = own_window.open("/sign-in", javascript=False)
    expect(page.get_by_role("button")).to_have_count(1)
    page.goto("/sign-in?next=/account")
    sign_in(page)
    expect(page.get_by_role("heading", name="パスキー")).to_be_visible()
    expect(page.get_by_role("link", name="パスキーを足す")).to_have_count(0)
