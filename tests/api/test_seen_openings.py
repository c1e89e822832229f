"""Every page and answer that names openings asks which of them exist for the reader."""

from __future__ import annotations

from pathlib import Path

import pytest

from api import pages as all_pages
from api import rule_names, v1

PLACES = [Path(str(package.__file__)).parent for package in (all_pages, v1)]
SOURCES = [
    path
    for place in PLACES
    for path in sorted(place.rglob("*.py"))
    if path.parent.name != "records"  # a person who asks is told everything that is kept of them
]
SOURCES.append(Path(str(rule_names.__file__)))


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_no_page_reads_all_openings_past_the_rights(path: Path) -> None:
    """`seen_openings` and `find_opening` leave out what the reader may not see."""
    text = path.read_text("utf-8")
    assert "catalog.openings()" not in text
    assert "catalog.opening(" not in text
