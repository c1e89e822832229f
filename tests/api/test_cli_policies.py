"""`policy preview` on the sample city: what a draft would do, and what is wrong with one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from api.cli import run
from cases.permissions import scope_of_everyone
from tests.api.homes import Homes, living_in
from tests.api.test_cli_matching import CODE, SAMPLE, Stored, checked

DRAFT = """
from = 2027-04-01
source = "第3回会議"

[stage]
most_steps = 1
[weights]
travel = 60
"""


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Homes(tmp_path_factory.mktemp("homes")).make(*SAMPLE)


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    path = tmp_path / "draft.toml"
    path.write_text(DRAFT, encoding="utf-8-sig")
    return path


def test_a_preview_for_a_program_adds_up(
    sample: Path, draft: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Everyone at a terminal is in it once; each dimension adds up; the protected one is absent."""
    capsys.readouterr()
    with living_in(sample):
        assert run(["policy", "preview", str(draft), "--as-of", "2026-11-12", "--json"]) == 0
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    checked(document, "policy-preview-1")
    assert [each["key"] for each in document["changed"]] == ["weights.travel", "stage.most_steps"]
    assert (document["on"], document["draft"]["from"]) == ("2026-11-12", "2027-04-01")
    everybody = [each["case_no"] for each in document["people"]]
    assert len(everybody) == len(set(everybody)) == sum(document["counts"].values()) > 40
    for by in ("district", "need", "age", "sex", "stage"):
        groups = [each for each in document["groups"] if each["by"] == by]
        for effect, count in document["counts"].items():
            assert sum(each["counts"][effect] for each in groups) == count
    stored = Stored(sample)
    assert stored.protected.case_no not in everybody
    assert stored.runs.runs(scope_of_everyone(CODE)) == []
    stored.database.close()


def test_a_terminal_shows_gains_and_losses_in_groups(
    sample: Path, draft: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with living_in(sample):
        assert run(["policy", "preview", str(draft)]) == 0
    told = capsys.readouterr().out
    assert "新しく案ができる方が" in told
    assert "通いやすさの大きさ　20 → 60" in told
    for words in ("圏域", "希望の種類", "年齢", "今の段", "何も保存していません"):
        assert words in told


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"from = 2027-04-01\nsource = 'x'\n[weights]\ntrave = 1\n", "直すところは 4行目です。"),
        (b"from = 2027-04-01\nsource = 'x'\n[weights\n", "3行目"),
        (b"source = 'x'\n", "「from」がありません"),
        ("source = '会議'\n".encode("cp932"), "UTF-8 で保存しなおしてください"),
    ],
)
def test_a_wrong_draft_is_refused_with_its_place(
    sample: Path, tmp_path: Path, content: bytes, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "draft.toml"
    path.write_bytes(content)
    with living_in(sample):
        assert run(["policy", "preview", str(path)]) == 2
    printed = capsys.readouterr()
    assert words in printed.err
    assert printed.out == ""
