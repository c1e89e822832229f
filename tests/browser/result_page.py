"""The page of a result as the browser tests see it."""

from __future__ import annotations

import re
from typing import Final

from playwright.sync_api import Locator, Page

RESULT: Final = re.compile(r"/matching/[\w-]{22}$")
FIRST_LINE: Final = "80人のうち 60人に、つなぎ先の案があります。"


def press(page: Page, *keys: str) -> None:
    """Press keys, one after the other, as quickly as the machine can."""
    for key in keys:
        page.keyboard.press(key)


def sums(page: Page) -> Locator:
    """Return the line that counts what was decided."""
    return page.locator("#sums")


def rows(page: Page) -> Locator:
    """Return the rows of the list."""
    return page.locator("#list tbody tr")


def said(page: Page) -> Locator:
    """Return what is read aloud."""
    return page.locator("[data-announce]")
