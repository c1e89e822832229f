"""The page of commands says everything that the command line knows."""

from __future__ import annotations

import re

from api.cli import run
from docs.cli import cli_page


def test_every_command_has_its_section_with_its_options() -> None:
    page = cli_page()
    sections = dict(re.findall(r"^## (.+)\n((?:(?!^## ).*\n)*)", page, re.MULTILINE))
    assert {"init", "match", "rank", "solve", "audit verify", "user add"} <= set(sections)
    for option in ("--district 圏域", "--as-of 2026-04-01", "--json", "--reuse"):
        assert option in sections["match"]
    assert "tsunagite import KIND FILE… [OPTIONS]" in sections["import"]
    assert "必ず指定する" in sections["init"]


def test_a_table_has_as_many_cells_in_every_row() -> None:
    """A bar in a text does not end its cell."""
    for line in cli_page().splitlines():
        if line.startswith("|"):
            assert len(re.findall(r"(?<!\\)\|", line)) == 4, line


def test_what_the_page_calls_a_command_is_one() -> None:
    """Each heading can be typed."""
    for words in re.findall(r"^## (.+)$", cli_page(), re.MULTILINE):
        assert run([*words.split(), "--help"]) == 0
