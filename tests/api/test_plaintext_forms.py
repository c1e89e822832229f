"""What is typed into the forms about a person stands nowhere but sealed and on their own pages.

Marks are put into every free field of every form about people. Then the files of the database, the
lines of the log, the addresses, and the pages about errors are searched for them.
"""

from __future__ import annotations

import itertools
import logging
import re
from pathlib import Path
from typing import Any, Final

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.wiring import Wiring
from cases.permissions import scope_of_everyone
from db import secrets
from db.cases import SqlCaseStore
from tests.api.conftest import enter
from tests.api.test_people_pages import CONSENT, NEED
from tests.figures import figure
from tests.office import Clock
from tests.sample_office import sample_office

FREE_FIELDS: Final = frozenset(
    {
        "name", "name_kana", "own_words", "address", "phone", "household_name", "relation", "note",
        "goal", "wishes_text", "avoid_text", "strengths", "existing_options", "next_step_reason",
        "given_by", "recipient", "items", "reason", "approved_by", "hold_reason",
    }
)  # fmt: skip
"""Fields of forms about people in which one writes freely."""


class Typist:
    """Fills forms with marks and keeps what came back beside the pages themselves."""

    def __init__(self, browser: TestClient) -> None:
        self.browser = browser
        self.marks: list[str] = []
        self.addresses: list[str] = []
        self._numbers = itertools.count(1)

    def send(self, page: str, to: str = "", /, **fixed: Any) -> str:
        """Fill the free fields of a page, send its form, and return where it leads."""
        shown = self.browser.get(page).text
        names = set(re.findall(r'<(?:input|textarea)[^>]* name="(\w+)"', shown)) & FREE_FIELDS
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', shown))
        free = {name: self.mark() for name in sorted(names - fixed.keys())}
        answer = self.browser.post(to or page.partition("?")[0], data=hidden | free | fixed)
        wrong = re.findall(r'class="wrong"[^>]*>(.*?)</p>', answer.text)
        assert (answer.status_code, wrong) in ((303, []), (200, [])), page
        goal = answer.headers.get("location", "")
        self.addresses += [page, to, goal]
        return goal

    def mark(self) -> str:
        """Return a new mark that every field takes."""
        self.marks.append(f"CN{next(self._numbers):04d}X")
        return self.marks[-1]


def fill_all_forms(home: Path, browser: TestClient, wiring: Wiring) -> Typist:
    """Register somebody and write down all that the forms ask for."""
    typist = Typist(browser)
    person = typist.send("/people/new", since_on="令和8年11月12日", birth_on="昭和35年5月1日")
    own = "/".join(person.split("/")[:3])
    typist.send(f"{own}/need", **NEED)
    typist.send(f"{own}/consent", **CONSENT | {"given_by": typist.mark()})
    typist.send(f"{own}/edit", since_on="令和8年11月12日", household="new")
    told = {
        "on": "令和8年11月12日", "categories": ["属性"], "basis": "by_law",
    }  # fmt: skip
    typist.send(f"{own}/records", f"{own}/records/told", **told)
    typist.send(f"{own}/records", f"{own}/records/holds", hold_until_on="")
    everyone = wiring.stores.cases.participants(scope_of_everyone(wiring.city.code))
    other = next(each for each in everyone if not each.address_protected)
    typist.send(f"{own}/together", kind="same_slot", case_no=other.case_no)
    offer = f"/matching/helpers/new?participant={own.rpartition('/')[2]}"
    typist.send(offer, offer, available=["1-0"], modes=["walk"], agreed_on="令和8年11月12日")
    typist.send("/people", "/people/search", words=typist.mark())
    typist.send(f"{own}/consent/withdraw")
    return typist


def stored(home: Path) -> bytes:
    """Return all files of the home folder, the database and its log of writes among them."""
    return b"".join(each.read_bytes() for each in home.rglob("*") if each.is_file())


def test_what_was_typed_stands_in_no_file_log_or_address(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    app = create_app(sample_office(tmp_path), Clock())
    with caplog.at_level(logging.DEBUG), TestClient(app, follow_redirects=False) as browser:
        assert enter(browser) == 303
        typist = fill_all_forms(tmp_path, browser, app.state.wiring)
        lines = "\n".join(each.getMessage() for each in caplog.records)
        files = stored(tmp_path)
    assert len(typist.marks) > 30
    assert [mark for mark in typist.marks if mark.encode() in files] == []
    assert [mark for mark in typist.marks if mark in lines] == []
    assert [mark for mark in typist.marks if mark in " ".join(typist.addresses)] == []
    told = f"{len(files):,} bytes of files, {len(lines):,} characters of log"
    figure(f"{len(typist.marks)} marks: 0 found in {told}")


def test_with_sealing_off_the_files_tell_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is the sealing that hides them, not the search that misses them."""
    app = create_app(sample_office(tmp_path), Clock())
    with TestClient(app, follow_redirects=False) as browser:
        assert enter(browser) == 303
        monkeypatch.setattr(
            secrets.DataKey, "seal", lambda _key, told, _place: b"\x01" + bytes(12) + told.encode()
        )
        typist = Typist(browser)
        shown = browser.get("/people/new").text
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', shown))
        fields = {"since_on": "令和8年11月12日", "name": typist.mark(), "note": typist.mark()}
        assert browser.post("/people/new", data=hidden | fields).status_code == 303
    assert [mark for mark in typist.marks if mark.encode() not in stored(tmp_path)] == []


def test_a_page_about_trouble_tells_nothing_of_anybody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither the page nor the log repeats what an unexpected error says."""
    app = create_app(sample_office(tmp_path), Clock())

    def breaks(*_given: object) -> None:
        raise RuntimeError("CN0001X 山田花子")

    opened = TestClient(app, follow_redirects=False, raise_server_exceptions=False)
    with caplog.at_level(logging.DEBUG), opened as browser:
        assert enter(browser) == 303
        monkeypatch.setattr(SqlCaseStore, "participant", breaks)
        for address in ("/people/somebody", "/api/v1/people/somebody", "/people/x/records"):
            answer = browser.get(address)
            assert answer.status_code == 500, address
            assert "CN0001X" not in answer.text
            assert "山田" not in answer.text
    lines = [each for each in caplog.records if each.name.startswith("tsunagite")]
    assert len(lines) >= 3
    assert not any("CN0001X" in each.getMessage() for each in lines)
