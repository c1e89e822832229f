"""Small pictures stay true."""

from __future__ import annotations

import struct

import numpy as np

from tests.browser.pictures import MOST_COLOURS, shrink, with_palette
from tests.browser.watch import Window


def test_few_colours_stay_as_they_are() -> None:
    """Where the palette has room for every colour, no pixel changes."""
    rng = np.random.default_rng(1)
    pixels = rng.integers(0, 6, size=(20, 30, 3), dtype=np.uint8)
    colours, picture = with_palette(pixels)
    assert (colours[picture] == pixels).all()


def test_close_shades_become_the_frequent_one_and_a_rare_colour_stays() -> None:
    """A whole scale of greys and its neighbours shrink; one red pixel among them is still red."""
    greys = np.stack([np.arange(MOST_COLOURS)] * 3, axis=1).astype(np.uint8)
    beside = greys[10:50] + np.array([0, 0, 1], np.uint8)
    red = np.array([[200, 0, 0]], np.uint8)
    pixels = np.concatenate([greys, greys, beside, red])[None]
    colours, picture = with_palette(pixels)
    assert len(colours) <= MOST_COLOURS
    assert (colours[picture[0, -1]] == red[0]).all()
    assert (np.abs(colours[picture].astype(int) - pixels) <= 1).all()


def test_paper_has_a_white_margin(window: Window) -> None:
    """The picture grows by the margin on every side."""
    page = window.open("/sign-in")
    small, framed = (shrink(page.context, page.screenshot(), margin) for margin in (0, 10))
    sizes = [struct.unpack(">II", picture[16:24]) for picture in (small, framed)]
    assert sizes[1] == (sizes[0][0] + 20, sizes[0][1] + 20)


def test_the_browser_reads_what_was_written(window: Window) -> None:
    """A shrunken picture of a page is smaller and decodes to the same size and ground."""
    page = window.open("/sign-in")
    png = page.screenshot()
    small = shrink(page.context, png)
    assert len(small) < len(png)
    again = shrink(page.context, small)
    assert shrink(page.context, again) == again
