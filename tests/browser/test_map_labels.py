"""The names on a map can be read: none covers another, and none is cut off at the edge."""

from __future__ import annotations

from typing import Any, Final

import pytest
from playwright.sync_api import Page

from tests.browser.watch import DESKTOP, PHONE, Window

COLD_MILLISECONDS: Final = 60_000  # for the first run in a process
WORTH_SEEING: Final = 8  # px²; boxes may touch at a corner
BOXES: Final = """() => {
  const frame = document.querySelector("[data-map]").getBoundingClientRect();
  const seen = [...document.querySelectorAll(".map-label > span")]
    .filter(one => one.offsetWidth && getComputedStyle(one).visibility === "visible");
  const within = point => frame.left < point.left && point.left < frame.right
    && frame.top < point.top && point.top < frame.bottom;
  const shown = seen.filter(one => within(one.parentElement.getBoundingClientRect()));
  return [frame, ...shown.map(one => one.getBoundingClientRect())].map(
    one => ({left: one.left, top: one.top, right: one.right, bottom: one.bottom}));
}"""


def overlap(one: dict[str, float], other: dict[str, float]) -> float:
    """Return the area that two boxes share."""
    width = min(one["right"], other["right"]) - max(one["left"], other["left"])
    height = min(one["bottom"], other["bottom"]) - max(one["top"], other["top"])
    return max(0.0, width) * max(0.0, height)


def assert_readable(page: Page, *, whole: bool = True) -> int:
    """Look at every pair of names; returns how many there are. Closer by, some are cut off."""
    boxes: list[dict[str, Any]] = page.evaluate(BOXES)
    frame, *labels = boxes
    for at, label in enumerate(labels):
        if whole:
            assert overlap(label, frame) >= overlap(label, label) - 1, "a name is cut off"
        for other in labels[:at]:
            assert overlap(label, other) <= WORTH_SEEING, "a name covers another"
    return len(labels)


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
@pytest.mark.parametrize("path", ["/places", "/places?weekday=2&accommodation=small_group"])
def test_names_on_the_catalogue_stay_apart(
    window: Window, path: str, size: tuple[int, int]
) -> None:
    """圏域 and stations, wide and narrow; closer by, the towns where there is room."""
    page = window.open(path, login="mizuno", size=size)
    page.locator(".map-label").first.wait_for(state="attached")
    far = assert_readable(page)
    for _ in range(3):
        page.get_by_role("button", name="大きくする").click()
        assert_readable(page, whole=False)
    assert far >= 6


def test_names_of_a_way_and_its_place_stay_apart(window: Window) -> None:
    """Each row of a result shows its own names, on top of those of the city."""
    window.expect(204)  # while the result is not there yet
    page = window.open("/", login="mizuno")
    page.get_by_role("button", name="全員のつなぎ先を まとめて探す").click()
    page.locator("tr[data-row]").first.wait_for(timeout=COLD_MILLISECONDS)
    page.locator(".map-label").first.wait_for(state="attached")
    for at in range(12):
        page.locator("tr[data-row]").nth(at).focus()
        assert_readable(page)
