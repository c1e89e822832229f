"""Readers wait for their events on both databases, and all of them are written."""

from __future__ import annotations

import pytest

from benchmarks import audit_reads


@pytest.mark.postgresql
def test_all_readers_are_measured_and_recorded() -> None:
    """The run itself verifies the chain and counts its events."""
    cases = audit_reads.run(events=8)["cases"]
    assert [each["question"].split(",")[0] for each in cases[:6]] == (
        ["SQLite"] * 3 + ["PostgreSQL"] * 3
    )
    assert all(0 < each["ms"]["p50"] <= each["ms"]["p95"] for each in cases[:6])
    assert cases[6]["ms"]["p50"] > 0
