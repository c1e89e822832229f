"""Small pictures stay true."""

from __future__ import annotations

import numpy as np

from tests.browser.pictures import MOST_COLOURS, shrink, with_palette
from tests.browser.watch import Window


def test_few_colours_stay_as_they_are() -> None:
    """Where the palette has room for every colour, no pixel changes."""
    rng = np.random.default_rng(1)
    pixels = rng.integers(0, 6, size=(20, 30, 3), dtype=np.uint8)
    colours, picture = with_palette(pixels)
    assert (colours[picture] == pixels).all()


def test_many_colours_become_their_nearest() -> None:
    """The frequent colours are kept; a rare shade takes the one beside it."""
    frequent = np.stack([np.arange(MOST_COLOURS)] * 3, axis=1).astype(np.uint8)
    rare = frequent[10:50] + np.array([0, 0, 1], np.uint8)
    pixels = np.concatenate([frequent, frequent, rare])[None]
    colours, picture = with_palette(pixels)
    assert len(colours) == MOST_COLOURS
    assert (colours[picture[0, :512]] == pixels[0, :512]).all()
    assert (np.abs(colours[picture].astype(int) - pixels).sum(axis=2) <= 1).all()


def test_the_browser_reads_what_was_written(window: Window) -> None:
    """A shrunken picture of a page is smaller and decodes to the same size and ground."""
    page = window.open("/sign-in")
    png = page.screenshot()
    small = shrink(page.context, png)
    assert len(small) < len(png)
    again = shrink(page.context, small)
    assert shrink(page.context, again) == again
