"""The model case of the city's plan again, in a real browser and by keyboard alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.server import serving
from tests.browser.watch import Window, session_of
from tests.office import Clock
from tests.sample_office import sample_office
from tests.spec.desks import KeyboardDesk
from tests.spec.model_case import tell


@pytest.mark.full
def test_from_the_first_word_to_the_watch_by_keyboard(browser: Browser, tmp_path: Path) -> None:
    """Tab, Space, arrows and Enter reach all that the story needs, at a city of its own."""
    session_of.cache_clear()
    with serving(sample_office(tmp_path / "office"), Clock()) as origin:
        window = Window(browser, origin)
        window.expect(422)
        tell(KeyboardDesk(window.open("/sign-in"), origin))
        window.close()
