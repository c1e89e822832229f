"""Browser windows that watch: nothing leaves the origin, nothing is blocked, nothing complains."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    Response,
    StorageState,
)

from tests.browser.chromium import MODULES
from tests.office import PASSWORD

DESKTOP: Final = (1366, 768)
PHONE: Final = (320, 640)
AXE_TAGS: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

# Of what passed only the number leaves the page: every node of every rule would take seconds.
AXE_RUN: Final = """async tags => {
  const runOnly = {type: "tag", values: tags};
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
        self.contexts: list[BrowserContext] = []
        self.complaints: list[str] = []
        self.expected_statuses = {200, 303, 304}

    def open(
        self,
        path: str = "/",
        *,
        size: tuple[int, int] = DESKTOP,
        javascript: bool = True,
        login: str = "",
        **options: Any,
    ) -> Page:
        """Open a page of the office in a fresh browser profile, signed in as `login` if given."""
        if login:
            options["storage_state"] = session_of(self.browser, self.origin, login)
        context = self.browser.new_context(
            base_url=self.origin,
            viewport={"width": size[0], "height": size[1]},
            java_script_enabled=javascript,
            locale="ja-JP",
            timezone_id="Asia/Tokyo",
            **options,
        )
        context.set_default_timeout(10_000)
        self.contexts.append(context)
        page = context.new_page()
        page.on("request", self._note_request)
        page.on("response", self._note_response)
        page.on("console", self._note_console)
        page.on("pageerror", lambda error: self.complaints.append(f"script failed: {error}"))
        page.goto(path)
        return page

    def expect(self, *statuses: int) -> None:
        """Allow answers that would otherwise count as complaints."""
        self.expected_statuses |= set(statuses)

    def forgive(self, complaint: str) -> None:
        """Take back complaints that the test itself has caused."""
        self.complaints = [each for each in self.complaints if complaint not in each]

    def close(self) -> None:
        """Close everything and raise what was noticed."""
        for context in self.contexts:
            context.close()
        assert not self.complaints, "\n".join(self.complaints)

    def _note_request(self, request: Request) -> None:
        if not request.url.startswith(self.origin + "/"):
            self.complaints.append(f"left the origin: {request.url}")

    def _note_response(self, response: Response) -> None:
        if response.status not in self.expected_statuses:
            self.complaints.append(f"{response.status} {response.url}")

    def _note_console(self, message: ConsoleMessage) -> None:
        is_answer = "the server responded with a status of" in message.text  # noted above
        if message.type in ("error", "warning") and not is_answer:
            self.complaints.append(f"{message.type}: {message.text}")


@cache
def session_of(browser: Browser, origin: str, login: str) -> StorageState:
    """Sign in once and return the cookies; a test that signs out must sign in by itself."""
    with browser.new_context(base_url=origin) as context:
        page = context.new_page()
        page.goto("/sign-in")
        page.get_by_label("アカウント名").fill(login)
        page.get_by_label("パスワード").fill(PASSWORD)
        page.get_by_role("button", name="サインインする").click()
        page.wait_for_url(f"{origin}/")
        return context.storage_state()


@cache
def axe_source() -> str:
    """Return the accessibility checker."""
    return (MODULES / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


def assert_accessible(page: Page) -> None:
    """Find nothing wrong at WCAG 2.2 AA, nor against the good practice that axe knows."""
    page.evaluate(axe_source())
    result = page.evaluate(AXE_RUN, AXE_TAGS)
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
