"""Password managers and pasting are welcome wherever a password is typed."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from starlette.testclient import TestClient

from api.rendering import HERE, STATIC
from tests.api.conftest import enter


class Fields(HTMLParser):
    """The fields of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[dict[str, str | None]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "input":
            self.found.append(dict(attrs))


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("/sign-in", {"password": "current-password"}),
        (
            "/account/password",
            {"present": "current-password", "new": "new-password", "again": "new-password"},
        ),
    ],
)
def test_password_managers_are_welcome(
    client: TestClient, path: str, wanted: dict[str, str]
) -> None:
    if path != "/sign-in":
        enter(client)
    fields = Fields(client.get(path).text).found
    passwords = [each for each in fields if each.get("type") == "password"]
    assert {str(each["name"]): each["autocomplete"] for each in passwords} == wanted
    assert not any(key.startswith("on") for each in passwords for key in each)


def test_every_password_field_says_what_it_is_for() -> None:
    """Also on the pages that are rarely seen."""
    for template in HERE.glob("templates/pages/**/*.html"):
        for field in re.findall(r"\{\{ text_field\((.+?)\) \}\}", template.read_text("utf-8")):
            if 'type="password"' in field:
                assert re.search(r'autocomplete="(current|new)-password"', field), template


def test_no_script_hinders_pasting() -> None:
    for script in (STATIC / "js").glob("*.js"):
        assert not re.search(r"[\"'](paste|copy|contextmenu)", script.read_text("utf-8")), script
