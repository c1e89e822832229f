"""Who has the places that somebody could have had, and what it would cost them to move."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache

from cases.errors import NotFound
from cases.words.wording import fit_word, own_wording
from matcher.displacement import SolvedAgain, displacements
from matcher.explanation import Word, word_of
from matcher.policy import Policy
from matcher.prices import Alternative, Move, Prices
from matcher.problem import UNITS_PER_POINT, Problem
from matcher.result import Assignment


@dataclass(frozen=True, slots=True)
class Shift:
    """Somebody else changes places: the words of the fit before and after, None without a place.

    `from_opening` and `to_opening` are ids, None for no place.
    """

    participant_id: str
    before: Word | None
    after: Word | None
    from_opening: str | None = None
    to_opening: str | None = None


@dataclass(frozen=True, slots=True)
class Crowding:
    """An opening that fits someone but went to others.

    Attributes
    ----------
    occupants
        Ids of the people who have its places in the run.
    shifts
        Who would move if the person took it, in the order of the chain; None where nobody there
        can move at all.
    fit
        How it fits the person.
    is_own
        Whether it is the person's own place in the run, so that nobody moves.
    """

    opening_id: str
    occupants: tuple[str, ...]
    shifts: tuple[Shift, ...] | None
    fit: Word | None = None
    is_own: bool = False


def crowding_of(
    problem: Problem, assignment: Assignment, policy: Policy, participant_id: str
) -> tuple[Crowding, ...]:
    """Return the openings that a person could take, the ones that cost others least first.

    Raises
    ------
    NotFound
        `participant_not_weighed`, where the person took no part in the run.
    MatcherError
        Where the run is not proven optimal, or rules between people make it too much to compute.
    """
    person = _person(problem, participant_id)
    alternatives = _prices(problem, assignment).alternatives(person)
    return tuple(_crowding(problem, assignment, policy, person, each) for each in alternatives)


def crowding_at(
    problem: Problem, assignment: Assignment, policy: Policy, participant_id: str, opening_id: str
) -> Crowding:
    """Return one of the openings that a person could take; quicker than all of them.

    Raises
    ------
    NotFound, MatcherError
        As `crowding_of`; also where the run did not know the opening, or it could not be.
    """
    person = _person(problem, participant_id)
    if opening_id not in problem.opening_ids:
        raise NotFound("opening_not_weighed", id=opening_id)
    opening = problem.opening_ids.index(opening_id)
    alternative = _prices(problem, assignment).alternative(person, opening)
    return _crowding(problem, assignment, policy, person, alternative)


def _person(problem: Problem, participant_id: str) -> int:
    if participant_id not in problem.participant_ids:
        raise NotFound("participant_not_weighed", id=participant_id)
    return problem.participant_ids.index(participant_id)


@lru_cache(maxsize=4)
def _prices(problem: Problem, assignment: Assignment) -> Prices | SolvedAgain:
    """Prepare the chains of moves once for the many questions about one run."""
    return displacements(problem, assignment)


def _word(problem: Problem, policy: Policy, person: int, opening: int) -> Word | None:
    """Return how a pair fits, None for no place."""
    if opening < 0:
        return None
    own = (problem.pair_participant == person) & (problem.pair_opening == opening)
    (score,) = problem.pair_score[own].tolist()
    return word_of(score / UNITS_PER_POINT, policy)


def _crowding(
    problem: Problem, assignment: Assignment, policy: Policy, person: int, alternative: Alternative
) -> Crowding:
    def shift(move: Move) -> Shift:
        return Shift(
            problem.participant_ids[move.participant],
            _word(problem, policy, move.participant, move.from_opening),
            _word(problem, policy, move.participant, move.to_opening),
            _id(problem, move.from_opening),
            _id(problem, move.to_opening),
        )

    needed = alternative.displacement
    others = [move for move in needed.moves if move.participant != person] if needed else []
    return Crowding(
        opening_id=problem.opening_ids[alternative.opening],
        occupants=tuple(
            problem.participant_ids[one] for one in alternative.occupants if one != person
        ),
        shifts=None if needed is None else tuple(map(shift, others)),
        fit=_word(problem, policy, person, alternative.opening),
        is_own=alternative.opening == int(assignment.opening_of[person]),
    )


def _id(problem: Problem, opening: int) -> str | None:
    return problem.opening_ids[opening] if opening >= 0 else None


def may_be_told(crowding: Crowding, known: Collection[str]) -> bool:
    """Tell whether a reader may know of everyone who would move, and of where from and where to.

    Parameters
    ----------
    known
        Ids of the people whom the reader may open, and of the openings that exist for them.
    """
    return all(
        shift.participant_id in known
        and all(not id_ or id_ in known for id_ in (shift.from_opening, shift.to_opening))
        for shift in crowding.shifts or ()
    )


def crowding_words(
    crowding: Crowding, names: Mapping[str, str], openings: Collection[str], people: int
) -> str:
    """Return what taking an opening would do to others.

    Parameters
    ----------
    names
        Name by participant id of everyone whom the reader may open. Where somebody who would
        move is not among them, the same is said as where nobody may move: a sentence of its own
        would tell a reader that somebody hidden has a place there.
    openings
        Ids of the openings that exist for the reader.
    people
        How many people took part in the run, as far as the reader may know of them.
    """
    wording = own_wording()
    if crowding.shifts is None or not may_be_told(crowding, {*names, *openings}):
        return wording.say("displacement", "untold")
    if crowding.is_own:
        return wording.say("displacement", "own")
    if not crowding.shifts:
        return wording.say("displacement", "nobody")
    said = [_shift_words(shift, names[shift.participant_id]) for shift in crowding.shifts]
    rest = wording.say("displacement", "rest", people=people - 1 - len(said))
    return "".join([wording.say("displacement", "begin"), *said, rest])


def _shift_words(shift: Shift, name: str) -> str:
    wording = own_wording()
    if shift.after is None:
        return wording.say("displacement", "loses", name=name)
    if shift.before is None or shift.before is shift.after:
        return wording.say("displacement", "moves_alike", name=name)
    before, after = fit_word(shift.before), fit_word(shift.after)
    return wording.say("displacement", "moves", name=name, before=before, after=after)
