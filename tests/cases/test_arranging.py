"""What a matching takes over from the stores: the last run, and who came this month."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from cases.actions.arranging import last_proposed, load_arrangements
from cases.actions.matching import Stores
from cases.matching.arrangements import Arrangements
from cases.permissions import scope_of_everyone
from cases.proposal import Decision, ProposalStatus
from tests.cases.conftest import CODE
from tests.cases.small_city import FIELD
from tests.cases.test_actions import NAMED, decide, match

EVERYONE = scope_of_everyone(CODE)


def arranged(stores: Stores, on: date) -> Arrangements:
    """Return what a matching of a day would take over."""
    return load_arrangements(
        EVERYONE,
        stores.cases,
        stores.catalog,
        stores.rules,
        stores.runs.decided_proposals(EVERYONE),
        on,
    )


def test_before_the_first_run_nothing_was_proposed(two_people: Stores) -> None:
    assert last_proposed(EVERYONE, two_people.runs) == {}


def test_only_what_nobody_has_decided_about_may_be_kept(two_people: Stores) -> None:
    """There is one place, and who has it is protected: a computation knows of them as well."""
    match(two_people)
    assert last_proposed(EVERYONE, two_people.runs) == {"p2": FIELD.id}
    assert decide(two_people, Decision.ADVANCE, actor=NAMED) is ProposalStatus.ADVANCED
    assert last_proposed(EVERYONE, two_people.runs) == {}


def test_who_came_counts_for_the_host_in_the_month_of_the_decision(two_people: Stores) -> None:
    match(two_people)
    decide(two_people, Decision.ADVANCE, actor=NAMED)
    host = FIELD.host_id
    assert arranged(two_people, date(2026, 11, 30)).came.get(host, 0) == 1
    assert arranged(two_people, date(2026, 12, 1)).came.get(host, 0) == 0
    assert arranged(two_people, date(2027, 11, 12)).came.get(host, 0) == 0


def test_a_decision_of_an_unknown_day_counts_in_no_month(two_people: Stores) -> None:
    match(two_people)
    decide(two_people, Decision.ADVANCE, actor=NAMED)
    (decided,) = two_people.runs.decided_proposals(EVERYONE)
    found = load_arrangements(
        EVERYONE,
        two_people.cases,
        two_people.catalog,
        two_people.rules,
        [replace(decided, decided_at=None)],
        date(2026, 11, 30),
    )
    assert found.came.get(FIELD.host_id, 0) == 0
