"""The picture gallery: `python -m tests.browser.screens` writes `docs/screens/*.png`.

Pages are pictured with the fictional sample city, on the morning for which it was made.
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from playwright.sync_api import sync_playwright

from tests.browser.chromium import find_browser, launch
from tests.browser.pictures import shrink
from tests.browser.server import serving
from tests.browser.watch import DESKTOP, PHONE, Window
from tests.office import Clock
from tests.sample_office import match_everyone, sample_office

FOLDER: Final = Path(__file__).parents[2] / "docs" / "screens"
MOST_KILOBYTES: Final = 150
LATEST: Final = "/matching/latest"
ONE_PLACE: Final = "/places?q=こもれび文庫"


@dataclass(frozen=True, slots=True)
class Screen:
    """A picture: its name, the page, who looks and through how large a window.

    `keys` are pressed first, one after the other, and all but `STAYS` open another page;
    `scroll_to` names an element that is then brought to the top.
    """

    name: str
    path: str
    login: str = ""
    size: tuple[int, int] = DESKTOP
    scroll_to: str = ""
    keys: tuple[str, ...] = ()


STAYS: Final = frozenset({"j", "k", "a", "s"})
FOURTH: Final = ("j", "j", "j", "j")
"""To the fourth row of a list: of the people, the first with several places."""
SCREENS: Final = (
    Screen("sign-in", "/sign-in"),
    Screen("sign-in-phone", "/sign-in", size=PHONE),
    Screen("not-found", "/no-such-page"),
    Screen("home", "/", "mizuno"),
    Screen("home-phone", "/", "mizuno", PHONE),
    Screen("matching", LATEST, "mizuno", keys=("j", "a", "a")),
    Screen("matching-reasons", LATEST, "mizuno", keys=("j", "j", "j", "s")),
    Screen("matching-unplaced", f"{LATEST}?tab=unplaced", "mizuno"),
    Screen("matching-phone", LATEST, "mizuno", PHONE),
    Screen("matching-runs", "/matching", "mizuno"),
    Screen("places", "/places", "mizuno"),
    Screen("places-narrowed", "/places?weekday=2&accommodation=small_group", "mizuno"),
    Screen("places-phone", "/places", "mizuno", PHONE),
    Screen("place", ONE_PLACE, "mizuno", keys=("j", "Enter")),
    Screen("place-phone", ONE_PLACE, "mizuno", PHONE, keys=("j", "Enter")),
    Screen("opening-people", ONE_PLACE, "mizuno", keys=("j", "Enter", "j", "g")),
    Screen("people", "/people", "mizuno"),
    Screen("people-phone", "/people", "mizuno", PHONE),
    Screen("person", "/people", "mizuno", keys=(*FOURTH, "Enter")),
    Screen("person-openings", "/people", "mizuno", keys=(*FOURTH, "g")),
    Screen("person-openings-phone", "/people", "mizuno", PHONE, keys=(*FOURTH, "g")),
    Screen("person-why", "/people", "mizuno", keys=(*FOURTH, "g", "j", "e")),
    Screen("person-new", "/people/new", "mizuno"),
    Screen("components", "/styleguide"),
    Screen("components-decisions", "/styleguide", scroll_to="#city"),
    Screen("components-phone", "/styleguide", size=PHONE),
)


def main() -> int:
    """Take every picture; fail when a page complains or a picture is too large to keep."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        settings = sample_office(Path(home) / "office", styleguide=True)
        match_everyone(settings)
        with serving(settings, Clock()) as origin:
            browser = launch(playwright, find_browser())
            for screen in SCREENS:
                take(screen, Window(browser, origin))
            browser.close()
    sizes = {path.name: path.stat().st_size / 1000 for path in sorted(FOLDER.glob("*.png"))}
    for name, kilobytes in sizes.items():
        print(f"{kilobytes:6.0f} kB  {name}")
    return int(any(kilobytes > MOST_KILOBYTES for kilobytes in sizes.values()))


def take(screen: Screen, window: Window) -> None:
    """Take one picture."""
    window.expect(404)
    page = window.open(screen.path, size=screen.size, login=screen.login)
    page.wait_for_load_state("networkidle")
    for key in screen.keys:
        if key in STAYS:
            page.keyboard.press(key)
            page.locator(".htmx-request").wait_for(state="detached")
            continue
        with page.expect_event("load"):  # a row that is left is only noted in the address
            page.keyboard.press(key)
        page.wait_for_load_state("networkidle")
    page.wait_for_load_state("networkidle")
    page.evaluate("document.fonts.ready.then(() => true)")
    if screen.scroll_to:
        page.locator(screen.scroll_to).evaluate("element => element.scrollIntoView()")
    picture = shrink(page.context, page.screenshot(animations="disabled"))
    (FOLDER / f"{screen.name}.png").write_bytes(picture)
    window.close()


if __name__ == "__main__":
    sys.exit(main())
