"""Records are kept as long as the rules say, a hold stops every deletion, the rest is counted."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from cases.errors import CaseError
from cases.retention import (
    CASE,
    LegalHold,
    check_may_be_deleted,
    keeping_of,
    kept_until,
    own_retention,
)

AT = datetime(2026, 11, 4, tzinfo=UTC)
HOLD = LegalHold(id="h", participant_id="p", reason="訴え", made_by="u", made_at=AT)
RULES = own_retention()


@pytest.mark.parametrize(
    ("ended_on", "until_on"),
    [
        (date(2021, 3, 31), date(2026, 3, 31)),
        (date(2021, 4, 1), date(2027, 3, 31)),
        (date(2020, 12, 31), date(2026, 3, 31)),
    ],
)
def test_five_years_count_from_the_next_fiscal_year(ended_on: date, until_on: date) -> None:
    assert kept_until(ended_on, RULES.rule(CASE)) == until_on


def test_what_has_no_years_is_kept_for_ever() -> None:
    assert kept_until(date(1990, 1, 1), RULES.rule("deletion")) is None


def test_time_passes_on_the_day_after_the_last() -> None:
    keeping = keeping_of(date(2021, 3, 31), (), date(2026, 4, 1))
    assert not keeping.has_passed(date(2026, 3, 31))
    assert keeping.has_passed(date(2026, 4, 1))
    assert not keeping_of(None, (), AT.date()).has_passed(date(2099, 1, 1))


def test_a_hold_stops_every_deletion_until_it_ends() -> None:
    until = replace(HOLD, until_on=date(2026, 12, 31))
    for hold, day, stands in (
        (HOLD, date(2099, 1, 1), True),
        (until, date(2026, 12, 31), True),
        (until, date(2027, 1, 1), False),
        (replace(HOLD, lifted_at=AT, lifted_by="u"), AT.date(), False),
    ):
        assert hold.stands_on(day) is stands
        keeping = keeping_of(date(2001, 3, 31), [hold], day)
        assert keeping.has_passed(day) is not stands
        if stands:
            for ground in RULES.grounds:
                with pytest.raises(CaseError, match="deletion_on_hold"):
                    check_may_be_deleted(keeping, ground, day)
        else:
            check_may_be_deleted(keeping, RULES.ground("retention_passed"), day)


def test_only_the_end_of_keeping_asks_for_its_time() -> None:
    still = keeping_of(date(2026, 3, 31), (), AT.date())
    for ground in RULES.grounds:
        if ground.after_retention:
            with pytest.raises(CaseError, match="still_to_be_kept"):
                check_may_be_deleted(still, ground, AT.date())
        else:
            check_may_be_deleted(still, ground, AT.date())


def test_a_hold_has_a_reason_and_a_ground_is_known() -> None:
    with pytest.raises(CaseError, match="hold_without_reason"):
        replace(HOLD, reason=" ")
    with pytest.raises(CaseError, match="ground_unknown"):
        RULES.ground("why_not")


def test_what_comes_from_no_law_is_marked_for_checking() -> None:
    """A number of years that no source fixes must not look as if it were law."""
    assert {each.record for each in RULES.rules if each.years} == {
        each.record for each in RULES.rules if each.to_check
    }
    assert all(each.law for each in RULES.grounds)
