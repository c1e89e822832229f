"""Two runs side by side: who has a place now, another one or none any more, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from cases.matching.run_changes import Change, Kind, changes_between
from cases.placing_rule import PlacingKind
from cases.proposal import Proposal
from cases.run import MatchRun
from cases.words.wording import not_considered_words, own_wording
from matcher.explanation import Word
from matcher.problem import Problem
from matcher.rules import Fixed


class Cause(StrEnum):
    """Why someone's place is another one, the first that holds."""

    LOCKED = "locked"  # it was settled before the search
    EXCLUDED = "excluded"  # the place was left out for this person
    NOT_CONSIDERED = "not_considered"  # the person is not matched any more: consent, a pause
    NEW_PERSON = "new_person"  # the person did not wait before
    READY = "ready"  # the person could not be matched before
    CLOSED = "closed"  # the place takes nobody any more
    FEWER = "fewer"  # the place has fewer free places
    NO_LONGER_FITS = "no_longer_fits"  # a condition or the place is different
    NEW_OPENING = "new_opening"  # the place was not there
    MORE = "more"  # the place has more free places
    FITS_NOW = "fits_now"  # a condition or the place is different
    POLICY = "policy"  # another policy weighs otherwise
    OTHERS = "others"  # so that it is best for all together


@dataclass(frozen=True, slots=True, eq=False)
class RunSeen:
    """A run with its proposals as one reader may see them, and what was computed."""

    run: MatchRun
    proposals: Sequence[Proposal]
    problem: Problem


@dataclass(frozen=True, slots=True)
class Difference:
    """What is different for someone, and why, in a sentence."""

    change: Change
    cause: Cause
    words: str


@dataclass(frozen=True, slots=True)
class OpeningsChanged:
    """How many openings the later run had newly, no more, with more and with fewer places."""

    new: int
    closed: int
    more: int
    fewer: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs compared.

    Attributes
    ----------
    differences
        In the order of the kinds, then of the proposals.
    same
        How many have the same place in both.
    fits
        For each word of the fit how many proposals have it, before and after.
    """

    differences: tuple[Difference, ...]
    same: int
    fits: tuple[tuple[Word, int, int], ...]
    openings: OpeningsChanged
    is_other_policy: bool


def compare(before: RunSeen, after: RunSeen) -> Comparison:
    """Compare two runs as the same reader may see them."""
    changes = changes_between(before.proposals, after.run, after.proposals)
    known = _Known(before), _Known(after)
    had = {each.participant_id: each.opening_id for each in before.proposals}
    words = [Counter(each.word for each in seen.proposals) for seen in (before, after)]
    other_policy = before.run.policy_version != after.run.policy_version
    return Comparison(
        differences=tuple(_difference(each, *known, other_policy) for each in changes),
        same=sum(had.get(each.participant_id) == each.opening_id for each in after.proposals),
        fits=tuple((word, words[0][word], words[1][word]) for word in Word),
        openings=_openings(*known),
        is_other_policy=other_policy,
    )


class _Known:
    """What one run knew: who waited, which pairs were possible, how many places there were."""

    def __init__(self, seen: RunSeen) -> None:
        run, problem = seen.run, seen.problem
        self.problem = problem
        self.why_not = {each.participant_id: each.why for each in run.not_considered}
        self.matched = {each.participant_id for each in seen.proposals}
        self.matched |= {each.participant_id for each in run.unplaced}
        people, openings = problem.participant_ids, problem.opening_ids
        self.pairs = {
            (people[i], openings[j]): score
            for i, j, score in zip(
                problem.pair_participant.tolist(),
                problem.pair_opening.tolist(),
                problem.pair_score.tolist(),
                strict=True,
            )
        }
        # Bonds leave places out as well, but that would hint at a partner who stays hidden.
        self.exclusions = {
            (each.participant_ids[0], each.opening_id or each.host_id)
            for each in run.used
            if each.kind == PlacingKind.EXCLUSION
        }
        self.host_of = {
            opening: problem.host_names[at] if at >= 0 else ""
            for opening, at in zip(openings, problem.opening_host.tolist(), strict=True)
        }
        offered = {opening for _, opening in self.pairs}
        self.places: Mapping[str, int] = {
            opening: places
            for opening, places in zip(openings, problem.capacity.tolist(), strict=True)
            if opening in offered
        }

    def excludes(self, person: str, opening: str) -> bool:
        """Tell whether the office left an opening, or its host, out for a person."""
        places = (opening, self.host_of.get(opening, ""))
        return any((person, place) in self.exclusions for place in places)


def _difference(change: Change, before: _Known, after: _Known, other_policy: bool) -> Difference:
    cause = _cause(change, before, after, other_policy)
    if cause is Cause.NOT_CONSIDERED:
        words = not_considered_words(after.why_not[change.participant_id]).partition("→")[0]
    else:
        words = own_wording().say("cause", cause)
    return Difference(change, cause, words.strip())


def _cause(change: Change, before: _Known, after: _Known, other_policy: bool) -> Cause:
    person = change.participant_id
    lost = change.before.opening_id if change.before else ""
    found = change.after.opening_id if change.after else ""
    if found and Fixed(person, found) in after.problem.rules:
        return Cause.LOCKED
    if lost and after.excludes(person, lost):
        return Cause.EXCLUDED
    if person in after.why_not:
        return Cause.NOT_CONSIDERED
    if change.kind is Kind.PLACED and person not in before.matched:
        return Cause.READY if person in before.why_not else Cause.NEW_PERSON
    return (
        (_of_the_lost(person, lost, before, after) if lost else None)
        or (_of_the_found(person, found, before, after) if found else None)
        or (Cause.POLICY if other_policy else Cause.OTHERS)
    )


def _of_the_lost(person: str, opening: str, before: _Known, after: _Known) -> Cause | None:
    if opening not in after.places:
        return Cause.CLOSED
    if (person, opening) not in after.pairs:
        return Cause.NO_LONGER_FITS
    return Cause.FEWER if after.places[opening] < before.places.get(opening, 0) else None


def _of_the_found(person: str, opening: str, before: _Known, after: _Known) -> Cause | None:
    if opening not in before.places:
        return Cause.NEW_OPENING
    if (person, opening) not in before.pairs:
        return Cause.FITS_NOW
    return Cause.MORE if after.places.get(opening, 0) > before.places[opening] else None


def _openings(before: _Known, after: _Known) -> OpeningsChanged:
    both = before.places.keys() & after.places.keys()
    return OpeningsChanged(
        new=len(after.places.keys() - both),
        closed=len(before.places.keys() - both),
        more=sum(after.places[each] > before.places[each] for each in both),
        fewer=sum(after.places[each] < before.places[each] for each in both),
    )
