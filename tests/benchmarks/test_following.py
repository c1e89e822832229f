"""Who is due is asked of both databases, and the long case is as long as it says."""

from __future__ import annotations

import pytest

from benchmarks import following


@pytest.mark.postgresql
def test_the_list_and_the_long_case_are_measured() -> None:
    """Each side was asked within the last five months; some are due again."""
    cases = following.run(many=20, weeks=2)["cases"]
    assert [each["talks"] for each in cases] == [400, 4] * 2
    assert cases[0]["due"] == cases[2]["due"] > 0
    assert all(0 < each["ms"]["p50"] <= each["ms"]["most"] for each in cases)
