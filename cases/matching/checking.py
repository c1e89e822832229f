"""How far the answer of a matching can be trusted: the check apart from the solver, in words."""

from __future__ import annotations

from cases.words.wording import own_wording
from matcher.certificate import check
from matcher.errors import ResultRefused
from matcher.problem import Problem
from matcher.result import Assignment, Status

SOLVERS_WORD = "solver"
"""Kind of a proof that is none: the solver says that nothing better exists."""


def is_accepted(problem: Problem, assignment: Assignment) -> bool:
    """Tell whether the check that shares nothing with the solver accepts a result.

    Everything that can be counted again is; whether something better exists is left to the
    solver's word where there is nothing else (see `trust_words`).
    """
    try:
        check(problem, assignment, trust_solver=True)
    except ResultRefused:
        return False
    return True


def is_proven(problem: Problem, assignment: Assignment) -> bool:
    """Tell whether the same check shows that nothing better exists, without the solver's word."""
    try:
        verdict = check(problem, assignment)
    except ResultRefused:
        return False
    return verdict.claim is Status.OPTIMAL and not verdict.trusted


def trust_words(*, accepted: bool, status: str, proof: str, more: int | None) -> str:
    """Say in one sentence how far a result can be trusted.

    Parameters
    ----------
    accepted
        What `is_accepted` said.
    status, proof
        Of `tsunagite.result/1`.
    more
        By how many the bound of the placed exceeds the placed; None for who may not know of
        everybody in the run.
    """
    say = own_wording().say
    if not accepted:
        return say("result", "unchecked")
    if status != Status.OPTIMAL:
        return say("result", "limited", more=more) if more is not None else say("result", "best")
    return say("result", "trusted" if proof == SOLVERS_WORD else "certified")
