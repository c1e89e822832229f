"""Who has the places that somebody could have had, and what it would cost them to move."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cases.errors import NotFound
from cases.wording import fit_word, own_wording
from matcher.explanation import Word, word_of
from matcher.policy import Policy
from matcher.prices import Alternative, Move, prices_of
from matcher.problem import UNITS_PER_POINT, Problem
from matcher.result import Assignment


@dataclass(frozen=True, slots=True)
class Shift:
    """Somebody else changes places: the words of the fit before and after, None without a place."""

    participant_id: str
    before: Word | None
    after: Word | None


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
    """

    opening_id: str
    occupants: tuple[str, ...]
    shifts: tuple[Shift, ...] | None


def crowding_of(
    problem: Problem, assignment: Assignment, policy: Policy, participant_id: str
) -> tuple[Crowding, ...]:
    """Return the openings that a person could take, the ones that cost others least first.

    Raises
    ------
    NotFound
        `participant_not_weighed`, where the person took no part in the run.
    MatcherError, NotSupported
        Where the run is not proven optimal.
    """
    if participant_id not in problem.participant_ids:
        raise NotFound("participant_not_weighed", id=participant_id)
    person = problem.participant_ids.index(participant_id)
    word = _words_of_pairs(problem, policy)
    alternatives = prices_of(problem, assignment).alternatives(person)
    return tuple(_crowding(problem, each, person, word) for each in alternatives)


def _words_of_pairs(problem: Problem, policy: Policy) -> Mapping[tuple[int, int], Word]:
    columns = (problem.pair_participant, problem.pair_opening, problem.pair_score)
    rows = zip(*(column.tolist() for column in columns), strict=True)
    return {(i, j): word_of(score / UNITS_PER_POINT, policy) for i, j, score in rows}


def _crowding(
    problem: Problem,
    alternative: Alternative,
    person: int,
    word: Mapping[tuple[int, int], Word],
) -> Crowding:
    def shift(move: Move) -> Shift:
        return Shift(
            problem.participant_ids[move.participant],
            word.get((move.participant, move.from_opening)),
            word.get((move.participant, move.to_opening)),
        )

    needed = alternative.displacement
    others = [move for move in needed.moves if move.participant != person] if needed else []
    return Crowding(
        opening_id=problem.opening_ids[alternative.opening],
        occupants=tuple(
            problem.participant_ids[one] for one in alternative.occupants if one != person
        ),
        shifts=None if needed is None else tuple(map(shift, others)),
    )


def crowding_words(crowding: Crowding, names: Mapping[str, str], people: int) -> str:
    """Return what taking an opening would do to others.

    Parameters
    ----------
    names
        Name by participant id of everyone whom the reader may open. Where somebody who would
        move is not among them, neither names nor numbers are said.
    people
        How many people took part in the run.
    """
    wording = own_wording()
    if crowding.shifts is None:
        return wording.say("displacement", "impossible")
    if any(shift.participant_id not in names for shift in crowding.shifts):
        return wording.say("displacement", "unnamed")
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
