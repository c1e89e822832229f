"""`person`: one person's records in two files, and no protected person at a terminal."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.cli import run
from api.settings import Settings
from api.wiring import Wiring
from cases.participant import Participant, ParticipantStatus
from cases.permissions import scope_of_everyone
from tests.api.homes import Homes, living_in


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Give the sample city, in which the commands work."""
    copy = Homes(tmp_path_factory.mktemp("homes")).copy("init --municipality sample", "sample load")
    with living_in(copy):
        yield copy


@pytest.fixture(scope="module")
def people(home: Path) -> list[Participant]:
    """Return everybody."""
    wiring = Wiring(Settings(home=home))
    found = list(wiring.stores.cases.participants(scope_of_everyone(wiring.city.code)))
    wiring.close()
    return found


def test_everything_about_one_person_is_written(
    people: list[Participant], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    person = next(each for each in people if not each.address_protected)
    assert run(["person", "export", person.case_no, "--out-dir", str(tmp_path / "out")]) == 0
    told = capsys.readouterr().out
    assert person.name not in told
    assert "渡す前に" in told
    document = json.loads((tmp_path / "out" / "person.json").read_text())
    assert document["person"]["case_no"] == person.case_no
    assert document["events"][0]["kind"] == "person_exported"
    page = (tmp_path / "out" / "person.html").read_text()
    assert person.name in page
    assert "<script" not in page
    assert all(each.stat().st_mode & 0o077 == 0 for each in (tmp_path / "out").iterdir())
    others = {each.id for each in people} - {person.id}
    written = (tmp_path / "out" / "person.json").read_text() + page
    assert [each for each in others if each in written] == []


def test_a_protected_person_is_unknown_at_a_terminal(
    people: list[Participant], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hidden = next(each for each in people if each.address_protected)
    for number in (hidden.case_no, "X-0"):
        assert run(["person", "export", number, "--out-dir", str(tmp_path / "no")]) == 1
        assert "見つかりません" in capsys.readouterr().err
    assert not (tmp_path / "no").exists()


def test_who_is_still_supported_is_not_listed(
    people: list[Participant], capsys: pytest.CaptureFixture[str]
) -> None:
    ended = {each.case_no for each in people if each.status is ParticipantStatus.CLOSED}
    assert len(ended) == 1
    assert run(["person", "retention"]) == 0
    told = capsys.readouterr().out
    assert {each.case_no for each in people if each.case_no in told} == ended


def test_that_nobody_s_support_has_ended_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with living_in(Homes(tmp_path).copy("init --municipality sample")):
        assert run(["person", "retention"]) == 0
    assert "支援が終わった方は、まだいません" in capsys.readouterr().out
