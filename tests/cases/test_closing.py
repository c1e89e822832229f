"""When support may end, and what is told of a watch to whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from cases.closing import (
    CLOSES,
    Evaluation,
    Looked,
    News,
    Watch,
    WatchState,
    closed_with,
    closing_evaluation,
    news_of,
)
from cases.errors import CaseError

TODAY = date(2026, 11, 12)
ENDS = Evaluation(id="e", participant_id="p", on=TODAY, judgement=CLOSES, reason="reached")
WATCH = Watch(
    id="w", participant_id="p", evaluation_id="e", office_id="社協", since_on=TODAY,
    next_on=TODAY + timedelta(days=30),
)  # fmt: skip


def test_an_end_has_a_reason() -> None:
    with pytest.raises(CaseError, match="closure_without_reason"):
        replace(ENDS, reason="")


def test_support_ends_with_an_evaluation_that_says_so() -> None:
    with pytest.raises(CaseError, match="closing_without_evaluation"):
        replace(ENDS, judgement="pause", closed_on=TODAY)


def test_only_the_last_evaluation_counts() -> None:
    later = replace(ENDS, id="f", on=TODAY + timedelta(days=1), judgement="plan_again", reason="")
    assert closing_evaluation([ENDS]) == ENDS
    assert closing_evaluation([ENDS, later]) is None
    assert closing_evaluation([]) is None


def test_what_was_reopened_is_open() -> None:
    ended = replace(ENDS, closed_on=TODAY)
    assert closing_evaluation([ended]) is None
    assert closed_with([ended]) == ended
    assert closed_with([replace(ended, reopened_on=TODAY)]) is None


@pytest.mark.parametrize(
    ("days", "office", "is_theirs", "news"),
    [
        (30, "社協", True, None),
        (7, "社協", False, News.LOOK),
        (-20, "社協", True, News.LOOK),
        (-13, "ほか", True, None),
        (-14, "ほか", True, News.NOT_LOOKED),
        (-14, "ほか", False, None),
    ],
)
def test_who_is_told_when(days: int, office: str, is_theirs: bool, news: News | None) -> None:
    watch = replace(WATCH, next_on=TODAY + timedelta(days=days))
    assert news_of(watch, office, TODAY, is_theirs=is_theirs) is news


def test_that_help_is_needed_again_comes_first() -> None:
    asks = replace(WATCH, looks=(Looked(TODAY, "u", "来ていない", again=True),))
    assert news_of(asks, "ほか", TODAY, is_theirs=True) is News.AGAIN
    assert news_of(asks, "ほか", TODAY, is_theirs=False) is None
    ended = replace(asks, state=WatchState.ENDED, ended_on=TODAY, reason="x")
    assert news_of(ended, "ほか", TODAY, is_theirs=True) is None
