"""Signing out leaves nothing behind on the machine, and breaks nothing, on plain http."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.watch import Window
from tests.office import PASSWORD


def test_nothing_of_a_page_is_left_and_the_machine_keeps_its_setting(window: Window) -> None:
    """The way back leads to the sign-in, which looks as before; one can go on at once."""
    page = window.open("/people")  # with a session of its own: others share the one of `login`
    assert page.url.startswith("http://")
    page.get_by_label("アカウント名").fill("mizuno")
    page.get_by_label("パスワード").fill(PASSWORD)
    page.get_by_role("button", name="サインインする").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("本人・世帯")
    page.evaluate("localStorage.setItem('keys', 'off')")
    colour = "getComputedStyle(document.querySelector('h1')).fontFamily"
    looks = page.evaluate(colour)
    page.locator("summary", has_text="水野").click()
    with page.expect_response("**/sign-out") as left:
        page.get_by_role("button", name="サインアウト").click()
    assert left.value.header_value("Clear-Site-Data") == '"cache"'
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text("サインイン")
    assert page.evaluate(colour) == looks, "the stylesheet is fetched again"
    assert page.evaluate("localStorage.getItem('keys')") == "off"
    page.go_back()
    expect(heading).to_have_text("サインイン")
    page.get_by_label("アカウント名").fill("mizuno")
    page.get_by_label("パスワード").fill(PASSWORD)
    page.get_by_role("button", name="サインインする").click()
    expect(heading).to_have_text("本人・世帯")
