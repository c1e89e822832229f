"""A real browser and a real server for the tests of pages."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.chromium import NoBrowser, find_browser, launch
from tests.browser.server import free_port, serving
from tests.browser.watch import PATIENCE_MILLISECONDS, Window
from tests.conftest import ALLOW_MISSING
from tests.office import Clock
from tests.sample_office import sample_office

expect.set_options(timeout=PATIENCE_MILLISECONDS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test that uses the browser."""
    for item in items:
        if "window" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start the test browser once; where there is none, the tests fail unless told otherwise."""
    try:
        found = find_browser()
    except NoBrowser as error:
        if ALLOW_MISSING:
            pytest.skip(f"no browser: {error}")
        raise
    with sync_playwright() as playwright:
        started = launch(playwright, found)
        yield started
        started.close()


@pytest.fixture(scope="session")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the sample city on a free port, on the morning for which it was made."""
    settings = sample_office(tmp_path_factory.mktemp("office"), styleguide=True)
    with serving(settings, Clock()) as address:
        yield address


@pytest.fixture(scope="session")
def own_port() -> Iterator[socket.socket]:
    """Keep a port for servers of single tests, so that the browser knows their files already."""
    with free_port() as port:
        yield port


@pytest.fixture
def window(browser: Browser, origin: str) -> Iterator[Window]:
    """Open windows that notice every request that leaves and every complaint of the browser."""
    opened = Window(browser, origin)
    yield opened
    opened.close()
