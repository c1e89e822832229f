"""From the button to the result in a real browser, whatever happens in between."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from api.pages.matching.data import load_run
from cases.actions.matching import start_matching
from tests.browser.result_page import FIRST_LINE, RESULT, press, rows, said, sums
from tests.browser.server import serving
from tests.browser.watch import PHONE, Window, check, check_every_width, session_of
from tests.office import PASSWORD, Clock
from tests.sample_office import sample_office


@pytest.fixture
def origin(tmp_path: Path, own_port: socket.socket) -> Iterator[str]:
    """Serve a sample city of its own, in which nothing has been computed yet."""
    session_of.cache_clear()
    with serving(sample_office(tmp_path / "office"), Clock(), own_port) as address:
        yield address


@pytest.fixture(autouse=True)
def polling(window: Window) -> None:
    """Allow the answers of a run that is asked after and not ready yet."""
    window.expect(204)


def after(gate: threading.Event, act: Callable[..., Any], seconds: float = 30) -> Any:
    """Have something wait until the gate opens, or for so many seconds, before it begins."""

    def waiting(*arguments: Any, **options: Any) -> Any:
        gate.wait(seconds)
        return act(*arguments, **options)

    return waiting


def test_the_whole_job_by_keyboard_alone(window: Window) -> None:
    """Sign in, start, read the first line, decide ten, undo one, read the reasons, come back."""
    page = window.open("/sign-in")
    page.get_by_label("アカウント名").focus()
    page.keyboard.type("mizuno")
    press(page, "Tab")
    page.keyboard.type(PASSWORD)
    press(page, "Enter")
    expect(page.get_by_role("heading", level=1, name="今日の仕事")).to_be_focused()
    button = page.get_by_role("button", name="全員のつなぎ先を まとめて探す")
    while not button.evaluate("button => button === document.activeElement"):
        press(page, "Tab")
    press(page, "Enter")
    expect(page).to_have_url(RESULT)

    expect(page.get_by_role("heading", level=1, name="つなぎ先の案")).to_be_focused()
    expect(page.get_by_role("heading", level=2).first).to_have_text(FIRST_LINE)
    expect(page.get_by_text("検算ずみ")).to_be_visible()
    names = rows(page).locator("th a").all_inner_texts()
    press(page, "j")
    expect(rows(page).nth(0)).to_be_focused()

    press(page, "a", "a", "s")
    expect(page.get_by_role("heading", name=re.compile("見送る理由$"))).to_be_focused()
    press(page, "5")
    expect(rows(page).nth(2)).to_contain_text("見送り")
    expect(rows(page).nth(2)).to_contain_text("遠すぎる")
    expect(said(page)).to_have_text(f"{names[2]} さんの案を 見送るにしました。次は {names[3]} さん")
    press(page, "a", "a", "s", "1", "a", "a", "s", "q", "a")
    expect(sums(page)).to_have_text("進める 7人・見送り 3人・まだ 50人")
    expect(page.locator("#tabs")).to_contain_text("進める 7")
    expect(rows(page).nth(10)).to_be_focused()

    press(page, "z")
    expect(sums(page)).to_have_text("進める 6人・見送り 3人・まだ 51人")
    expect(rows(page).nth(9)).to_be_focused()
    expect(said(page)).to_have_text(f"{names[9]} さんの案を 元に戻しました。")

    press(page, "e")
    expect(page.get_by_role("heading", level=1)).to_contain_text(names[9])
    page.go_back()
    expect(rows(page).nth(9)).to_be_focused()
    expect(sums(page)).to_have_text("進める 6人・見送り 3人・まだ 51人")


def test_a_run_that_takes_longer_says_so(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sentence and a bar until it is done, then the result by itself; also without scripts."""
    gate = threading.Event()
    monkeypatch.setattr("api.matching_jobs.start_matching", after(gate, start_matching))
    page = window.open("/", login="mizuno")
    page.get_by_role("button", name="全員のつなぎ先を まとめて探す").click()
    expect(page.get_by_role("heading", level=1, name="つなぎ先を 探しています")).to_be_focused()
    expect(page.get_by_role("status").first).to_contain_text("待っている80人の つなぎ先を")
    check(page)
    plain = window.open(page.url, login="mizuno", javascript=False)
    gate.set()
    for each in (page, plain):
        expect(each).to_have_url(RESULT)
        expect(each.get_by_role("heading", name=FIRST_LINE)).to_be_visible()
    start_again = window.open("/matching", login="mizuno")
    start_again.get_by_role("button", name="全員のつなぎ先を まとめて探す").click()
    expect(start_again.get_by_text("何も変わっていない")).to_be_visible()


def test_whoever_is_on_the_way_to_the_result_is_not_sent_again(
    window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asking goes on each half second, but not while a slow answer with the result is awaited."""
    gate = threading.Event()
    walked: list[str] = []
    monkeypatch.setattr("api.matching_jobs.start_matching", after(gate, start_matching))
    late = after(threading.Event(), load_run, 2.0)
    monkeypatch.setattr("api.pages.matching.routes.load_run", late)
    page = window.open("/", login="mizuno")
    page.on("request", lambda asked: walked.extend([asked.url] * asked.is_navigation_request()))
    page.get_by_role("button", name="全員のつなぎ先を まとめて探す").click()
    expect(page.get_by_role("heading", level=1, name="つなぎ先を 探しています")).to_be_visible()
    walked.clear()
    gate.set()
    expect(page).to_have_url(RESULT)
    assert len(walked) == 2, walked  # to the progress, which leads on to the result


def test_a_run_that_breaks_off_can_be_tried_again(
    window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is kept, nobody is named, and the button is there again."""

    def broken(*_: Any, **__: Any) -> Any:
        raise ValueError("青葉 実")

    monkeypatch.setattr("api.matching_jobs.start_matching", broken)
    page = window.open("/", size=PHONE, login="mizuno")
    check_every_width(page)
    page.get_by_role("button", name="全員のつなぎ先を まとめて探す").click()
    expect(page.get_by_role("heading", level=1, name="つなぎ先を 探せませんでした")).to_be_visible()
    expect(page.get_by_text("青葉")).to_have_count(0)
    check(page)
    monkeypatch.undo()
    page.get_by_role("button", name="もう一度 まとめて探す").click()
    expect(page).to_have_url(RESULT)


def test_start_decide_and_undo_without_scripts(window: Window) -> None:
    """Plain forms and links; each answer comes back to the row that was decided."""
    page = window.open("/", login="mizuno", javascript=False)
    page.get_by_role("button", name="全員のつなぎ先を まとめて探す").click()
    expect(page).to_have_url(RESULT)
    page.get_by_role("link", name="合い方").click()
    rows(page).nth(2).get_by_role("button", name="進める").click()
    expect(sums(page)).to_have_text("進める 1人・見送り 0人・まだ 59人")
    anchor = rows(page).nth(2).get_attribute("id")
    assert page.url.endswith(f"?sort=fit#{anchor}")
    rows(page).nth(3).get_by_role("button", name="見送る").click()
    expect(page.get_by_role("heading", level=1, name="見送る理由を 選んでください")).to_be_visible()
    page.get_by_role("button", name="遠すぎる").click()
    expect(rows(page).nth(3)).to_contain_text("→ この場所は出さない")
    rows(page).nth(2).get_by_role("button", name="戻す").click()
    expect(sums(page)).to_have_text("進める 0人・見送り 1人・まだ 59人")
