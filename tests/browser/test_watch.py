"""The watchers of the browser tests notice what they are there for."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.browser.watch import Window, assert_accessible, assert_no_sideways_scrolling


@pytest.mark.parametrize(
    ("act", "noticed"),
    [
        ("document.body.setAttribute('style', 'color: red')", "Content Security Policy"),
        ("fetch('http://elsewhere.example/').catch(() => 0)", "Content Security Policy"),
        ("setTimeout(() => { throw new Error('broken') })", "script failed: broken"),
        ("fetch('/no-such-page')", "404 "),
    ],
)
def test_window_complains(browser: Browser, origin: str, act: str, noticed: str) -> None:
    """A blocked style, a request that leaves, a failing script, a missing file."""
    window = Window(browser, origin)
    page = window.open("/sign-in")
    page.evaluate(f"() => {{ {act} }}")
    while not window.complaints:
        page.wait_for_timeout(20)
    with pytest.raises(AssertionError, match=noticed):
        window.close()


def test_checks_of_a_page_can_fail(window: Window) -> None:
    """A field without a name and a line that is too wide are found."""
    page = window.open("/sign-in")
    page.evaluate("document.querySelector('label').remove()")
    with pytest.raises(AssertionError, match="label"):
        assert_accessible(page)
    page.evaluate("document.querySelector('main').style.width = '3000px'")
    with pytest.raises(AssertionError, match="px of content"):
        assert_no_sideways_scrolling(page)
