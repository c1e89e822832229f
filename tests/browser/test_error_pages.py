"""What a person sees when something is not there."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.watch import PHONE, Window, assert_accessible, assert_no_sideways_scrolling


def test_unknown_page_says_what_to_do(window: Window) -> None:
    """Plain Japanese, the same look, and a next step."""
    window.expect(404)
    page = window.open("/no-such-page/canary")
    expect(page.get_by_role("heading", level=1)).to_have_text("この画面は見つかりません")
    assert "canary" not in page.content()
    assert_accessible(page)
    page.get_by_role("link", name="はじめの画面へ").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("サインイン")
    assert_no_sideways_scrolling(window.open("/nothing", size=PHONE))


def test_help_shows_the_keys(window: Window) -> None:
    """The map of the keyboard is a page, and single letters can be switched off there."""
    page = window.open("/help")
    expect(page.get_by_role("table", name="キーと その働き")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="1文字のキーを 使わない").click()
    page.reload()
    expect(page.get_by_role("button", name="1文字のキーを 使う")).to_be_visible()


def test_documentation_of_the_interface_asks_nobody_outside(window: Window) -> None:
    """Swagger UI draws the document from our own files."""
    page = window.open("/api/v1/docs")
    expect(page.locator(".swagger-ui .info .title")).to_contain_text("つなぎ手")
