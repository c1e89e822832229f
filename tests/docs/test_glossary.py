"""The glossary names things that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"^\|([^|]+)\|((?: ?`\w+`,?)+) \|((?: ?`[\w/.]+`,?)+) \|", re.MULTILINE)
ROWS = ROW.findall((ROOT / "docs" / "glossary.md").read_text("utf-8"))


def test_the_rows_were_read() -> None:
    """A change of layout must not empty the test below."""
    assert len(ROWS) > 50


@pytest.mark.parametrize(("japanese", "names", "files"), ROWS)
def test_each_name_stands_in_its_file(japanese: str, names: str, files: str) -> None:
    """Renaming something in the code renames it here."""
    text = "".join((ROOT / file).read_text("utf-8") for file in re.findall(r"`([^`]+)`", files))
    for name in re.findall(r"`(\w+)`", names):
        assert re.search(rf"\b{name}\b", text), f"{japanese.strip()}: {name} is not in {files}"
