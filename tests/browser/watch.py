"""Browser windows that watch: nothing leaves the origin, nothing is blocked, nothing complains."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Literal, TypeAlias
from urllib.parse import urlsplit

import httpx2
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Error,
    Page,
    Request,
    Response,
)

from tests.api.conftest import enter
from tests.browser.chromium import MODULES

DESKTOP: Final = (1366, 768)
ZOOMED: Final = (683, 384)
PHONE: Final = (320, 640)
PATIENCE_MILLISECONDS: Final = 30_000
"""How long to wait for what must come: a machine with other work shall fail no test."""
RESTING: Final = "/static/favicon.svg"
ForcedColors: TypeAlias = Literal["active", "none"]
Rules: TypeAlias = dict[str, Any]
AXE_ALL: Final[Rules] = {
    "type": "tag",
    "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}
AXE_WIDTH: Final[Rules] = {"type": "rule", "values": ["target-size"]}

# Of what passed only the number leaves the page: every node of every rule would take seconds.
AXE_RUN: Final = """async runOnly => {
  const found = await axe.run(document, {runOnly, resultTypes: ["violations"]});
  return {passed: found.passes.length, violations: found.violations};
}"""


class Window:
    """Opens pages and remembers what went wrong in them.

    `close` raises when a page asked another origin, when the browser wrote an error to its
    console (a broken security policy is one), or when a script failed.
    """

    def __init__(self, browser: Browser, origin: str) -> None:
        self.browser = browser
        self.origin = origin
        self.pages: list[tuple[Page, Purpose]] = []
        self.complaints: list[str] = []
        self.expected_statuses = {200, 303, 304}
        self._notes: dict[Any, Callable[[Any], None]] = {
            "request": self._note_request,
            "response": self._note_response,
            "console": self._note_console,
            "pageerror": self._note_failure,
        }

    def open(
        self,
        path: str = "/",
        *,
        size: tuple[int, int] = DESKTOP,
        javascript: bool = True,
        login: str = "",
        clock: bool = False,
        forced_colors: ForcedColors = "none",
    ) -> Page:
        """Open a page of the office, signed in as `login` if given.

        The tab has been cleared of what earlier tests left in it; only files that may be kept for
        ever are not asked for again. With `clock`, its time stands in the hand of the test.
        """
        purpose = Purpose(self.browser, self.origin, javascript, clock)
        waiting = _tabs[purpose]
        page = waiting.pop() if waiting else purpose.new_page()
        self.pages.append((page, purpose))
        page.context.clear_cookies()
        if login:
            name, value = session_of(self.origin, login)
            page.context.add_cookies(
                [{"name": name, "value": value, "url": self.origin, "httpOnly": True}]
            )
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.emulate_media(media="null", forced_colors=forced_colors)
        if clock:
            page.clock.install()
        for event, note in self._notes.items():
            page.on(event, note)
        page.goto(path)
        ended = login and urlsplit(page.url).path == "/sign-in" != urlsplit(path).path
        assert not ended, f"a test has ended the session of {login} that all tests share"
        return page

    def expect(self, *statuses: int) -> None:
        """Allow answers that would otherwise count as complaints."""
        self.expected_statuses |= set(statuses)

    def forgive(self, complaint: str) -> None:
        """Take back complaints that the test itself has caused."""
        self.complaints = [each for each in self.complaints if complaint not in each]

    def close(self) -> None:
        """Hand back every tab and raise what was noticed."""
        for page, purpose in self.pages:
            for event, note in self._notes.items():
                page.remove_listener(event, note)
            if purpose.clock or not is_cleared(page):
                page.context.close()
            else:
                _tabs[purpose].append(page)
        assert not self.complaints, "\n".join(self.complaints)

    def _note_request(self, request: Request) -> None:
        if not request.url.startswith(self.origin + "/"):
            self.complaints.append(f"left the origin: {request.url}")

    def _note_response(self, response: Response) -> None:
        if response.status not in self.expected_statuses:
            self.complaints.append(f"{response.status} {response.url}")

    def _note_failure(self, error: Error) -> None:
        self.complaints.append(f"script failed: {error}")

    def _note_console(self, message: ConsoleMessage) -> None:
        is_answer = "the server responded with a status of" in message.text  # noted above
        if message.type in ("error", "warning") and not is_answer:
            self.complaints.append(f"{message.type}: {message.text}")


def is_cleared(page: Page) -> bool:
    """Clear a tab for the next test; one that a test left on its way somewhere cannot be."""
    try:
        page.unroute_all()
        page.goto(RESTING)
        page.evaluate("localStorage.clear(), sessionStorage.clear()")
    except Error:
        return False
    return True


@dataclass(frozen=True)
class Purpose:
    """What a tab was made for: a page in a new one takes a second, in one of before a third."""

    browser: Browser
    origin: str
    javascript: bool
    clock: bool

    def new_page(self) -> Page:
        """Open a tab in a browser profile of its own."""
        context = self.browser.new_context(
            base_url=self.origin,
            java_script_enabled=self.javascript,
            locale="ja-JP",
            timezone_id="Asia/Tokyo",
        )
        context.set_default_timeout(PATIENCE_MILLISECONDS)
        return context.new_page()


_tabs: Final[defaultdict[Purpose, list[Page]]] = defaultdict(list)
"""Tabs that nobody uses at the moment; a picture lies in them, in which no script runs."""


@cache
def session_of(origin: str, login: str) -> tuple[str, str]:
    """Sign in once and return the cookie; a test that signs out must sign in by itself."""
    with httpx2.Client(base_url=origin, timeout=PATIENCE_MILLISECONDS / 1000) as client:
        assert enter(client, login) == 303
        (cookie,) = client.cookies.items()
        return cookie


@cache
def axe_source() -> str:
    """Return the accessibility checker."""
    return (MODULES / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


def check(page: Page) -> None:
    """Find nothing wrong with a page."""
    assert_no_sideways_scrolling(page)
    assert_accessible(page)


def check_every_width(page: Page, between: Sequence[tuple[int, int]] = (ZOOMED,)) -> None:
    """Find nothing wrong with a page on a phone, on a desktop and at the widths between.

    Between them everything is tried that a width can change without the phone or the desktop
    showing it. The page is left as wide as it was.
    """
    before = page.viewport_size
    for size in (PHONE, *between, DESKTOP):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        assert_no_sideways_scrolling(page)
        assert_accessible(page, AXE_WIDTH if size in between else AXE_ALL)
    if before is not None:
        page.set_viewport_size(before)


def assert_accessible(page: Page, rules: Rules = AXE_ALL) -> None:
    """Find nothing wrong at WCAG 2.2 AA, nor against the good practice that axe knows."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(axe_source())
    result = page.evaluate(AXE_RUN, rules)
    assert result["passed"], "axe looked at nothing"
    found = [
        f"{each['id']} ({each['help']}): {node['html'][:200]}"
        for each in result["violations"]
        for node in each["nodes"]
        if not is_pin(each["id"], node["html"])
    ]
    assert not found, "\n".join(found)


def is_pin(rule: str, html: str) -> bool:
    """Tell whether small targets lie close because their places do (WCAG 2.5.8, "Essential")."""
    return rule == "target-size" and "leaflet-marker-icon" in html


def assert_no_sideways_scrolling(page: Page) -> None:
    """Everything fits into the width of the window."""
    widths = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert widths[0] <= widths[1], f"{widths[0]} px of content in a window of {widths[1]} px"
