"""The policy in a real browser: a draft tried by keyboard, in narrow windows, without scripts."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.watch import PHONE, Window, assert_accessible, check_every_width

POLICY = "/settings/policy"
SOURCE = "令和8年度 第3回 支援会議"


def try_draft(page: Page) -> None:
    """Weigh the way more, say who decided, and send the form by its keys."""
    page.get_by_label("通いやすさの大きさ").fill("60")
    page.get_by_label("だれが 何をもとに決めたか").fill(SOURCE)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", level=1, name="下書きを試した結果")).to_be_visible()


def test_a_draft_is_tried_by_keyboard_alone(window: Window) -> None:
    """From the menu to the answer; nothing complains, nor does either page to a checker."""
    page = window.open("/", login="mizuno")
    page.locator("details.viewer summary").press("Enter")
    page.get_by_role("link", name="案の決め方").press("Enter")
    expect(page.get_by_role("heading", level=1, name="案の決め方")).to_be_visible()
    check_every_width(page)
    try_draft(page)
    expect(page.locator(".lead")).to_have_text(re.compile(r"待っている方は \d+人"))
    expect(page.get_by_text("通いやすさの大きさ　20 → 60")).to_be_visible()
    check_every_width(page)


def test_a_mistake_leads_to_its_field_on_a_phone(window: Window) -> None:
    """The summary names it and leads there; the group of the field stands open."""
    page = window.open(POLICY, login="mizuno", size=PHONE)
    page.get_by_text("合い方の ことばの境目").click()
    page.get_by_label("「合う」は いくつから").fill("たくさん")
    page.get_by_label("だれが 何をもとに決めたか").fill(SOURCE)
    window.expect(422)
    page.get_by_role("button", name="下書きを試す").click()
    summary = page.locator("[data-error-summary]")
    expect(summary).to_contain_text("数として読めません")
    summary.get_by_role("link").click()
    expect(page.get_by_label("「合う」は いくつから")).to_be_visible()
    expect(page.get_by_label("「合う」は いくつから")).to_have_value("たくさん")
    assert_accessible(page)
