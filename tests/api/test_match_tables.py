"""What a terminal says of a run: of everybody only to who may know of everybody."""

from __future__ import annotations

import pytest

from api.commands import match_tables
from exchange.run_records import Objective, RunRecord
from tests.cases.runs import run_of


def test_how_many_more_could_be_placed_is_for_who_may_know_of_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Two were matched and one of them is hidden: the number counts the hidden one as well."""
    placed = Objective("placed", 1, 2)
    record = RunRecord(2, 1, "flow", "tree", (placed,), ())
    monkeypatch.setattr(match_tables, "read_record", lambda *_: record)
    run = run_of(status="feasible")
    assert "あと最大1人" in match_tables.proof_words(run, known=2)
    hidden = match_tables.proof_words(run, known=1)
    assert "人" not in hidden.replace("検算", "")
    assert "もっと良い案が、まだあるかもしれません" in hidden
