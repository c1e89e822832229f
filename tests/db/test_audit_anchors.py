"""Ends of the chain that were noted elsewhere come back as noted, and tell of what was cut off."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from db.audit import Head
from db.audit_anchors import Anchor, file_in, read_anchors, write_anchor
from db.errors import DatabaseError

AT = datetime(2026, 11, 4, 0, 30, tzinfo=UTC)
FIRST = Anchor("999999", Head(3, bytes(range(32))), AT)
SECOND = Anchor("999999", Head(9, bytes(32)), AT)
OTHER = Anchor("112305", Head(1, bytes(32)), AT)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Write three anchors into a new folder."""
    path = file_in(tmp_path / "far away", "999999")
    for each in (FIRST, OTHER, SECOND):
        write_anchor(path, each)
    return path


def test_anchors_come_back_by_municipality(path: Path) -> None:
    """In their order; the file is for its owner alone."""
    assert read_anchors(path, "999999") == [FIRST, SECOND]
    assert read_anchors(path, "112305") == [OTHER]
    assert path.stat().st_mode & 0o077 == 0


def test_an_anchor_that_was_cut_off_does_not_spoil_the_others(path: Path) -> None:
    """After a loss of power in the middle of a line one goes on in a new one."""
    with path.open("ab") as file:
        file.write(b'{"format": "tsunagite.aud')
    write_anchor(path, SECOND)
    assert read_anchors(path, "999999") == [FIRST, SECOND, SECOND]


@pytest.mark.parametrize(
    "written", ["number;hash\n", '{"format": "other/1"}\n', "[]\n", '{"number": 3}\n', "\xff"]
)
def test_what_is_no_file_of_anchors_is_refused(tmp_path: Path, written: str) -> None:
    """With its name, and where it has lines, the line."""
    path = tmp_path / "any.txt"
    path.write_bytes(written.encode("latin-1"))
    with pytest.raises(DatabaseError, match="anchors_unreadable"):
        read_anchors(path, "999999")


def test_a_file_that_is_not_there_or_of_another_city_is_refused(path: Path) -> None:
    """Nobody takes silence for a good sign."""
    with pytest.raises(DatabaseError, match="anchors_unreadable"):
        read_anchors(path.with_name("nowhere"), "999999")
    with pytest.raises(DatabaseError, match="anchors_of_others"):
        read_anchors(path, "000000")
