from __future__ import annotations

import stat
from pathlib import Path

import pytest

from exchange.files import CannotWrite, read_bytes, write_bytes
from exchange.messages import in_japanese


def test_a_file_is_replaced_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    write_bytes(path, b"old")
    write_bytes(path, b"new")
    assert read_bytes(path) == b"new"
    assert list(tmp_path.iterdir()) == [path]


def test_what_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    """Here a folder stands where the file should go."""
    path = tmp_path / "result.json"
    path.mkdir()
    with pytest.raises(CannotWrite) as refused:
        write_bytes(path, b"new")
    assert "result.json" in in_japanese(refused.value)
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    """A report of an import repeats what was wrong in it: names, days of birth."""
    path = tmp_path / "report.json"
    path.write_bytes(b"old")
    path.chmod(0o644)
    write_bytes(path, b"new")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
