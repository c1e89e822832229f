"""Generated pages say what the code says, and a stale one is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from cases import proposal
from catalog import opening
from catalog.vocabulary import load_vocabulary
from docs.generate import GENERATED, main, stale, write
from docs.states import states_page
from docs.vocabulary import vocabulary_page


@pytest.mark.parametrize("name", GENERATED)
def test_committed_pages_are_up_to_date(name: str) -> None:
    """Run `make docs` after changing a table, a list or a command."""
    assert name not in stale(pages={name: GENERATED[name]})


def test_a_stale_page_is_named_and_fails_the_check(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Missing, then written, then one changed by hand."""
    assert main(["--check"], tmp_path) == 1
    told = capsys.readouterr().err
    assert all(name in told for name in GENERATED)
    assert main([], tmp_path) == 0
    assert main(["--check"], tmp_path) == 0
    capsys.readouterr()
    (tmp_path / "states.md").write_text("old", "utf-8")
    assert main(["--check"], tmp_path) == 1
    told = capsys.readouterr().err
    assert "states.md" in told
    assert "vocabulary.md" not in told
    assert (tmp_path / "states.md").read_text("utf-8") == "old", "a check writes nothing"


def test_only_what_changed_is_written(tmp_path: Path) -> None:
    """Folders are made as needed; the second time nothing is left to do."""
    pages = {"a/b.md": lambda: "あ\n", "c.md": lambda: "c\n"}
    assert write(tmp_path, pages) == ["a/b.md", "c.md"]
    assert (tmp_path / "a/b.md").read_bytes() == "あ\n".encode()
    (tmp_path / "c.md").unlink()
    assert write(tmp_path, pages) == ["c.md"]


def test_an_unknown_argument_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2, usage on stderr, nothing written."""
    assert main(["--chek"], tmp_path) == 2
    assert "usage" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_the_states_page_has_every_step() -> None:
    """Each row of each transition table is an arrow of the diagram."""
    page = states_page()
    for start, end in opening.TRANSITIONS:
        assert f"    {start} --> {end}\n" in page
    for (start_, decision), step in proposal.TRANSITIONS.items():
        assert f"    {start_} --> {step.to} : {decision}\n" in page
    for status in opening.FIRST_STATUSES:
        assert f"    [*] --> {status}\n" in page


def test_the_vocabulary_page_has_every_code() -> None:
    """With its label, under its list, with the source."""
    page = vocabulary_page()
    vocabulary = load_vocabulary()
    for name, codes in vocabulary.lists.items():
        assert f"## {name}\n" in page
        assert vocabulary.origins[name].source in page
        for entry in codes.values():
            assert f"| `{entry.code}` | {entry.label} |" in page
