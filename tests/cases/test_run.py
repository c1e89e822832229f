"""The order in which the proposals of a run are listed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from cases.participant import Participant
from cases.proposal import Proposal
from cases.run import best_first

PERSON = Participant(id="p1", case_no="T-1", name="小春", since_on=date(2026, 4, 1))
PEOPLE = {
    each.id: each
    for each in (
        PERSON,
        replace(PERSON, id="p2", case_no="T-2", since_on=date(2026, 3, 1)),
        replace(PERSON, id="p3", case_no="T-0", since_on=date(2026, 3, 1)),
        replace(PERSON, id="p4", case_no="T-4"),
    )
}


def proposal(of: str, score: float) -> Proposal:
    """Return a proposal for somebody."""
    return Proposal(
        id=f"of-{of}", run_id="r", participant_id=of, opening_id="o", score=score, parts=()
    )


def test_the_best_fit_is_first_and_of_equals_who_has_waited_longest() -> None:
    """And of those the case number decides, so that the order is always the same."""
    made = [proposal("p1", 0.5), proposal("p2", 0.5), proposal("p3", 0.5), proposal("p4", 0.9)]
    assert [each.participant_id for each in best_first(made, PEOPLE)] == ["p4", "p3", "p2", "p1"]
