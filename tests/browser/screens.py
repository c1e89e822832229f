"""The picture gallery: `python -m tests.browser.screens [NAME …]` writes `docs/screens/*.png`.

Every page of the coordinator's job is pictured with the fictional sample city, on the morning for
which it was made: on the office screen, at 125 %, on a phone, and on paper.
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from playwright.sync_api import Page, sync_playwright

from api.settings import Settings
from tests.browser.chromium import find_browser, launch
from tests.browser.pictures import shrink
from tests.browser.server import serving
from tests.browser.watch import DESKTOP, PHONE, Window, session_of
from tests.office import Clock
from tests.sample_office import match_everyone, match_helpers, sample_office
from tests.spec.desks import KeyboardDesk
from tests.spec.model_case import tell

FOLDER: Final = Path(__file__).parents[2] / "docs" / "screens"
MOST_KILOBYTES: Final = 150
ZOOMED: Final = (1093, 614)
"""The office screen at 125 %."""
PAPER: Final = (680, 1009)
"""A sheet of A4 within its margins of 15 mm, at 96 dots an inch."""
MARGIN: Final = 57
PROGRESS: Final = "**/matching/progress/*"
LATEST: Final = "/matching/latest"
UNPLACED: Final = f"{LATEST}?tab=unplaced"
HELPERS: Final = "/matching/helpers"
STORY: Final = "story"
"""The name under which all pictures of the model case are taken."""
ONE_PLACE: Final = "/places?q=こもれび文庫"


@dataclass(frozen=True, slots=True)
class Screen:
    """A picture: its name, the page, who looks and through how large a window.

    `keys` are pressed first, one after the other, and all but `STAYS` open another page. Then
    the links that `follow` names are pressed. `scroll_to` is an element that is brought to the
    top. `PAPER` as size shows the first sheet of what the printer gets.
    """

    name: str
    path: str
    login: str = ""
    size: tuple[int, int] = DESKTOP
    scroll_to: str = ""
    keys: tuple[str, ...] = ()
    follow: tuple[str, ...] = ()


STAYS: Final = frozenset({"j", "k", "a", "s"})
FOURTH: Final = ("j", "j", "j", "j")
"""To the fourth row of a list: of the people, the first with several places."""
SECOND: Final = ("j", "j")
"""To the second row: of the people, one for whom there is no place now."""
TO_DELETE: Final = ("記録のこと", "この方の記録を削除する")
TO_PLAN: Final = ("青葉 実", "プラン")
TO_CLOSING: Final = ("青葉 実", "評価と終結")
CLOSED: Final = "/people?show=closed"
TO_STORY: Final = ("青葉 実", "これまで")
TO_WATCH: Final = ("波多 すみれ", "評価と終結", "見守りを見る")
ENTER_PLACE: Final = ("j", "Enter")
BEFORE_THE_FIRST_RUN: Final = (
    Screen("home-first-day", "/", "mizuno"),
    Screen("matching-none", "/matching", "mizuno"),
)
SCREENS: Final = (
    Screen("sign-in", "/sign-in"),
    Screen("sign-in-phone", "/sign-in", size=PHONE),
    Screen("not-found", "/no-such-page"),
    Screen("invitation-void", "/invitation/nowhere"),
    Screen("account", "/account", "mizuno"),
    Screen("account-phone", "/account", "mizuno", PHONE),
    Screen("account-password", "/account/password", "mizuno"),
    Screen("account-confirm", "/account/confirm", "mizuno"),
    Screen("account-passkey", "/account/passkeys/new", "mizuno"),
    Screen("staff", "/staff", "kanri"),
    Screen("staff-phone", "/staff", "kanri", PHONE),
    Screen("staff-everybody", "/staff/sessions/end", "kanri"),
    Screen("staff-everybody-phone", "/staff/sessions/end", "kanri", PHONE),
    Screen("staff-new", "/staff/new", "kanri"),
    Screen("staff-one", "/staff/sample-mizuno", "kanri"),
    Screen("help", "/help", "mizuno"),
    Screen("home", "/", "mizuno"),
    Screen("home-125", "/", "mizuno", ZOOMED),
    Screen("home-phone", "/", "mizuno", PHONE),
    Screen("home-paper", "/", "mizuno", PAPER),
    Screen("home-planner", "/", "ogawa"),
    Screen("matching", LATEST, "mizuno", keys=("j", "a", "a")),
    Screen("matching-125", LATEST, "mizuno", ZOOMED, keys=("j",)),
    Screen("matching-reasons", LATEST, "mizuno", keys=("j", "j", "j", "s")),
    Screen("matching-map", LATEST, "mizuno", PHONE, "#city"),
    Screen("matching-unplaced", UNPLACED, "mizuno"),
    Screen("matching-phone", LATEST, "mizuno", PHONE),
    Screen("matching-list-phone", LATEST, "mizuno", PHONE, "#list"),
    Screen("matching-paper", LATEST, "mizuno", PAPER),
    Screen("matching-crowded", UNPLACED, "mizuno", follow=("だれの案か、動かすと",)),
    Screen("matching-pair", LATEST, "mizuno", keys=("j", "e")),
    Screen("matching-pair-phone", LATEST, "mizuno", PHONE, keys=("j", "e")),
    Screen("matching-compare", "/matching/compare", "mizuno"),
    Screen("matching-imagined", LATEST, "mizuno", follow=("枠が あと1つあれば",)),
    Screen("matching-imagined-phone", LATEST, "mizuno", PHONE, follow=("枠が あと1つあれば",)),
    Screen("matching-record", LATEST, "mizuno", follow=("計算の記録",)),
    Screen("matching-runs", "/matching", "mizuno"),
    Screen("policy", "/settings/policy", "mizuno"),
    Screen("policy-phone", "/settings/policy", "mizuno", PHONE),
    Screen("matching-helpers", HELPERS, "mizuno"),
    Screen("matching-helpers-phone", HELPERS, "mizuno", PHONE),
    Screen("helper-new", f"{HELPERS}/new", "mizuno"),
    Screen("places", "/places", "mizuno"),
    Screen("places-125", "/places", "mizuno", ZOOMED),
    Screen("places-narrowed", "/places?weekday=2&accommodation=small_group", "mizuno"),
    Screen("places-nothing", "/places?q=乗馬&weekday=6", "mizuno"),
    Screen("places-phone", "/places", "mizuno", PHONE),
    Screen("place", ONE_PLACE, "mizuno", keys=ENTER_PLACE),
    Screen("place-phone", ONE_PLACE, "mizuno", PHONE, keys=ENTER_PLACE),
    Screen("place-paper", ONE_PLACE, "mizuno", PAPER, keys=ENTER_PLACE),
    Screen("opening-edit", ONE_PLACE, "mizuno", keys=ENTER_PLACE, follow=("枠を直す",)),
    Screen("opening-people", ONE_PLACE, "mizuno", keys=(*ENTER_PLACE, "j", "g")),
    Screen("opening-host", ONE_PLACE, "mizuno", keys=ENTER_PLACE, follow=("受け入れ先に見せる",)),
    Screen("people", "/people", "mizuno"),
    Screen("people-125", "/people", "mizuno", ZOOMED),
    Screen("people-phone", "/people", "mizuno", PHONE),
    Screen("person-new", "/people/new", "mizuno"),
    Screen("person", "/people", "mizuno", keys=(*FOURTH, "Enter")),
    Screen("person-need", "/people", "mizuno", keys=(*FOURTH, "Enter", "e")),
    Screen("person-consent", "/people", "mizuno", keys=(*FOURTH, "Enter"), follow=("同意と開示",)),
    Screen("person-plan", "/people", "mizuno", follow=TO_PLAN),
    Screen("person-plan-phone", "/people", "mizuno", PHONE, follow=TO_PLAN),
    Screen("person-plan-paper", "/people", "mizuno", PAPER, follow=(*TO_PLAN, "印刷する")),
    Screen("person-closing", "/people", "mizuno", follow=TO_CLOSING),
    Screen("person-closing-phone", "/people", "mizuno", PHONE, follow=TO_CLOSING),
    Screen("person-evaluation-paper", CLOSED, "mizuno", PAPER, follow=(*TO_WATCH[:2], "印刷する")),
    Screen("person-story", "/people", "mizuno", follow=TO_STORY),
    Screen("person-story-phone", "/people", "mizuno", PHONE, follow=TO_STORY),
    Screen("person-watch", CLOSED, "mizuno", follow=TO_WATCH),
    Screen("person-watch-phone", CLOSED, "mizuno", PHONE, follow=TO_WATCH),
    Screen("home-watch", "/", "tani"),
    Screen("person-openings", "/people", "mizuno", keys=(*FOURTH, "g")),
    Screen("person-openings-125", "/people", "mizuno", ZOOMED, keys=(*FOURTH, "g")),
    Screen("person-openings-phone", "/people", "mizuno", PHONE, keys=(*FOURTH, "g")),
    Screen("person-openings-paper", "/people", "mizuno", PAPER, keys=(*FOURTH, "g")),
    Screen("person-without", "/people", "mizuno", keys=(*SECOND, "g")),
    Screen("person-why", "/people", "mizuno", keys=(*FOURTH, "g", "j", "e")),
    Screen("person-why-paper", "/people", "mizuno", PAPER, keys=(*FOURTH, "g", "j", "e")),
    Screen(
        "person-refused", "/people", "mizuno", keys=(*FOURTH, "g"), follow=("1枠ずつ理由を見る",)
    ),
    Screen(
        "person-why-not",
        "/people",
        "mizuno",
        keys=(*FOURTH, "g"),
        follow=("1枠ずつ理由を見る", "川岸おもちゃ病院"),
    ),
    Screen("person-sheet", "/people", "mizuno", keys=(*FOURTH, "g"), follow=("本人に見せる1枚",)),
    Screen(
        "person-sheet-paper",
        "/people",
        "mizuno",
        PAPER,
        keys=(*FOURTH, "g"),
        follow=("本人に見せる1枚",),
    ),
    Screen("person-what-if", "/people", "mizuno", keys=(*FOURTH, "g"), follow=("条件を変えて",)),
    Screen(
        "person-what-if-tried",
        "/people",
        "mizuno",
        keys=(*FOURTH, "g"),
        follow=("条件を変えて", "行けるなら"),
    ),
    Screen("person-records", "/people", "mizuno", keys=(*FOURTH, "Enter"), follow=("記録のこと",)),
    Screen("person-deletion", "/people", "mizuno", keys=(*FOURTH, "Enter"), follow=TO_DELETE),
    Screen(
        "person-deletion-phone",
        "/people",
        "mizuno",
        PHONE,
        keys=(*FOURTH, "Enter"),
        follow=TO_DELETE,
    ),
    Screen(
        "person-accesses",
        "/people",
        "mizuno",
        keys=(*FOURTH, "Enter"),
        follow=("記録のこと", "この人の記録を見た人"),
    ),
    Screen("audit", "/audit", "kansa"),
    Screen("audit-phone", "/audit", "kansa", PHONE),
    Screen(
        "person-changes",
        "/people",
        "mizuno",
        keys=(*FOURTH, "Enter"),
        follow=("記録のこと", "変更の記録"),
    ),
    Screen(
        "person-export",
        "/people",
        "mizuno",
        keys=(*FOURTH, "Enter"),
        follow=("記録のこと", "まとめて出す"),
    ),
    Screen("retention", "/records/retention", "mizuno"),
    Screen("rules", "/matching/rules", "mizuno"),
    Screen("rules-phone", "/matching/rules", "mizuno", PHONE),
    Screen(
        "rules-placing",
        "/people",
        "mizuno",
        keys=(*FOURTH, "g", "j", "e"),
        follow=("この枠に決めて",),
    ),
    Screen(
        "rules-bonding",
        "/people",
        "mizuno",
        keys=(*FOURTH, "Enter"),
        follow=("ほかの方と いっしょに・別々に",),
    ),
    Screen("intake", "/intake", "mizuno"),
    Screen("intake-phone", "/intake", "mizuno", PHONE),
    Screen("intake-new", "/intake/new", "mizuno"),
    Screen("intake-new-phone", "/intake/new", "mizuno", PHONE),
    Screen("intake-one", "/intake", "mizuno", keys=("j", "Enter")),
    Screen("referrals", "/referrals", "mizuno"),
    Screen("referrals-phone", "/referrals", "mizuno", PHONE),
    Screen(
        "person-visits",
        "/people",
        "mizuno",
        keys=(*FOURTH, "Enter"),
        follow=("受付・訪問", "訪問のページへ"),
    ),
    Screen("person-intake", "/people", "mizuno", keys=(*FOURTH, "Enter"), follow=("受付・訪問",)),
    Screen("intake-counts", "/intake/counts", "mizuno"),
    Screen("calls", "/calls", "mizuno"),
    Screen("calls-phone", "/calls", "mizuno", PHONE),
    Screen("call", "/calls", "mizuno", keys=ENTER_PLACE),
    Screen("call-phone", "/calls", "mizuno", PHONE, keys=ENTER_PLACE),
    Screen("call-host", "/calls", "mizuno", keys=ENTER_PLACE, follow=("受け入れ先に聞く",)),
    Screen("call-course-phone", "/calls", "mizuno", PHONE, "#course-tsunagari", ENTER_PLACE),
    Screen("call-correct", "/calls", "mizuno", keys=ENTER_PLACE, follow=("直す",)),
    Screen("course", "/calls", "mizuno", keys=ENTER_PLACE, follow=("経過記録",)),
    Screen("course-paper", "/calls", "mizuno", PAPER, keys=ENTER_PLACE, follow=("経過記録",)),
    Screen("placements", "/placements", "mizuno"),
    Screen("placements-phone", "/placements", "mizuno", PHONE),
    Screen("placement", "/placements", "mizuno", keys=("j", "Enter")),
    Screen("enquiries", "/enquiries", "mizuno"),
    Screen("enquiries-phone", "/enquiries", "mizuno", PHONE),
    Screen(
        "enquiry-new", "/people", "mizuno", keys=(*FOURTH, "g"), follow=("受け入れ先に たずねる",)
    ),
    Screen("meetings", "/meetings", "mizuno"),
    Screen("meetings-new", "/meetings/new", "mizuno"),
    Screen("meetings-phone", "/meetings", "mizuno", PHONE),
    Screen("emergency", "/emergency", "mizuno"),
    Screen("emergency-phone", "/emergency", "mizuno", PHONE),
    Screen("emergency-report", "/emergency/report", "kansa"),
    Screen("criteria", "/settings/criteria", "ogawa"),
    Screen("criteria-phone", "/settings/criteria", "ogawa", PHONE),
    Screen("remits", "/settings/remits", "kanri"),
    Screen("remits-phone", "/settings/remits", "kanri", PHONE),
    Screen("components", "/styleguide", scroll_to="body"),
    Screen("components-decisions", "/styleguide", scroll_to="#city"),
    Screen("components-phone", "/styleguide", size=PHONE, scroll_to="body"),
)
WITH_PROVIDER: Final = (
    Screen("sign-in-provider", "/sign-in"),
    Screen("sign-in-provider-phone", "/sign-in", size=PHONE),
    Screen("account-provider", "/account", "mizuno", scroll_to="#provider-title"),
    Screen("staff-provider", "/staff/sample-mizuno", "kanri", scroll_to="#provider-title"),
)
"""Of an office that has set an identity provider; the pictures ask it nothing."""


def main(names: list[str]) -> int:
    """Take the pictures named, or all; fail when a page complains or one is too large to keep."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        settings = sample_office(Path(home) / "office", styleguide=True)
        with serving(settings, Clock()) as origin:
            browser = launch(playwright, find_browser())
            for screen in chosen(BEFORE_THE_FIRST_RUN, names):
                take(screen, Window(browser, origin))
            if not names:
                take_progress(Window(browser, origin))
            else:
                match_everyone(settings)
            match_helpers(settings)
            for screen in chosen(SCREENS, names):
                take(screen, Window(browser, origin))
        with serving(office_with_provider(Path(home) / "provider"), Clock()) as origin:
            for screen in chosen(WITH_PROVIDER, names):
                take(screen, Window(browser, origin))
        if not names or STORY in names:
            session_of.cache_clear()
            with serving(sample_office(Path(home) / STORY), Clock()) as origin:
                take_story(Window(browser, origin), origin)
            browser.close()
    sizes = {path.name: path.stat().st_size / 1000 for path in sorted(FOLDER.glob("*.png"))}
    for name, kilobytes in sizes.items():
        print(f"{kilobytes:6.0f} kB  {name}")
    return int(any(kilobytes > MOST_KILOBYTES for kilobytes in sizes.values()))


def office_with_provider(home: Path) -> Settings:
    """Put an office into a folder that has set a provider of this machine."""
    home.mkdir()
    secret = home / "provider-secret"
    secret.write_text("secret", encoding="utf-8")
    return sample_office(
        home,
        oidc_issuer="http://localhost:9",
        oidc_client_id="tsunagite",
        oidc_client_secret_file=secret,
        oidc_redirect_uri="http://localhost:8000/sign-in/provider/back",
    )


def chosen(screens: tuple[Screen, ...], names: list[str]) -> list[Screen]:
    """Return the pictures to take."""
    return [screen for screen in screens if not names or screen.name in names]


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
    for words in screen.follow:
        with page.expect_event("load"):
            page.get_by_role("link", name=words).first.click()
    page.wait_for_load_state("networkidle")
    if screen.size == PAPER:
        page.emulate_media(media="print")
    page.evaluate("document.fonts.ready.then(() => true)")
    if screen.scroll_to:
        page.locator(screen.scroll_to).evaluate("element => element.scrollIntoView()")
    keep(screen.name, page, MARGIN if screen.size == PAPER else 0)
    window.close()


def take_progress(window: Window) -> None:
    """Match everyone for the first time, as the coordinator does, and show how it goes."""
    window.expect(204)
    page = window.open("/matching", login="mizuno")
    page.get_by_role("button", name="全員のつなぎ先を まとめて探す").click()
    page.wait_for_url(PROGRESS)
    keep("matching-progress", page)
    page.locator("#result-title").wait_for(timeout=120_000)
    window.close()


def take_story(window: Window, origin: str) -> None:
    """Tell the model case and picture the end of each chapter, for the manual."""
    window.expect(422)
    page = window.open("/sign-in")
    tell(KeyboardDesk(page, origin), look=lambda name: keep(name, page))
    window.close()


def keep(name: str, page: Page, margin: int = 0) -> None:
    """Write what the window shows into the gallery."""
    picture = shrink(page.context, page.screenshot(animations="disabled"), margin)
    (FOLDER / f"{name}.png").write_bytes(picture)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
