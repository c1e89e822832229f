"""Runs and proposals written by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from cases.proposal import Proposal
from cases.run import MatchRun

AT = datetime(2026, 11, 12, 0, 14, tzinfo=UTC)
_RUN = MatchRun(
    id="r1",
    on=AT.date(),
    started_by="u1",
    started_at=AT,
    finished_at=AT,
    policy_version="2026-04-01-12345678",
    code_version="0.1.0",
    seed=0,
    digest="ab" * 32,
    status="optimal",
    certified=True,
    problem=b"{}",
    result=b"{}",
    number=1,
)


def run_of(**values: Any) -> MatchRun:
    """Return a run with some values of its own."""
    return replace(_RUN, **values)


def proposal(participant_id: str, opening_id: str = "o-field", **values: Any) -> Proposal:
    """Return a proposal with some values of its own."""
    made = Proposal(
        id=f"{participant_id}/{opening_id}",
        run_id="r1",
        participant_id=participant_id,
        opening_id=opening_id,
        score=0.8,
        parts=(("wish", 0.8),),
        word="good",
        reason="歩いて18分です。",
        short="歩き18分",
        way="歩いて18分",
    )
    return replace(made, **values)
