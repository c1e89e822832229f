"""The record in words: nothing that was done is told by the code of a program."""

from __future__ import annotations

from datetime import UTC, datetime
from fnmatch import fnmatch
from typing import Final

import pytest

from cases.placing.placement import PlacementStep
from cases.placing_rule import PlacingKind
from cases.plan import PlanState
from cases.proposal import Decision
from cases.words.audit import WORDS, deed_words, event_words, where_words
from catalog.audit import AuditEvent
from db.users import PASSWORD, PROVIDER
from tests.cases.raised_kinds import raised_kinds

PUT_TOGETHER: Final = {
    "*_right": [f"{each}_right" for each in (PASSWORD, PROVIDER)],
    "proposal_*": [f"proposal_{each}" for each in Decision],
    "plan_*": [f"plan_{each}" for each in PlanState],
    "placement_*": [f"placement_{each}" for each in PlacementStep],
    "*_settled": [f"{each}_settled" for each in PlacingKind],
    "*_undone": [f"{each}_undone" for each in PlacingKind],
}
"""Kinds that the source puts together of parts, and what comes of it."""


def test_every_kind_that_can_be_written_has_words() -> None:
    """Whatever the source writes, through whichever function."""
    raised = raised_kinds()
    assert {"emergency_opened", "locked", "invited", "remit_set", "consent_recorded"} <= raised
    whole = {kind for kind in raised if "*" not in kind}
    assert {kind for kind in raised if "*" in kind} == set(PUT_TOGETHER)
    for pattern, kinds in PUT_TOGETHER.items():
        assert all(fnmatch(kind, pattern) for kind in kinds)
        whole |= set(kinds)
    assert sorted(whole - WORDS.keys()) == []


def test_a_kind_of_an_earlier_version_is_told_as_it_is() -> None:
    assert event_words("once_upon") == "そのほか（once_upon）"


@pytest.mark.parametrize(
    ("kind", "detail", "deed", "where"),
    [
        (
            "emergency_opened",
            {"access": "a1", "reason": "life"},
            "緊急閲覧で開きました（いのち・からだの危険がある）",
            "緊急閲覧",
        ),
        (
            "people_shown",
            {"route": "GET /people/{participant_id}/consent", "emergency": "a1"},
            "画面で見ました",
            "同意の画面",
        ),
        (
            "participant_changed",
            {"fields": "programmes"},
            "本人の記録を直しました（支援している事業）",
            "",
        ),
        ("people_told", {"command": "people list"}, "サーバーの端末で見ました", "people list"),
    ],
)
def test_an_event_says_what_why_and_where(
    kind: str, detail: dict[str, str], deed: str, where: str
) -> None:
    at = datetime(2026, 11, 12, tzinfo=UTC)
    event = AuditEvent(kind, "u-1", "participant", "p-1", at, detail)
    assert deed_words(event) == deed
    assert where_words(event) == where
