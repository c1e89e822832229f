"""The bridge to the matcher: everyone at once, one person, one opening, and why (not).

In go people with consent and a city; out come proposals and reasons in Japanese. Between the two
there are only numbers and opaque ids: what is frozen of a run is the problem, never a name.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cases.errors import NotFound
from cases.latitude import legal_limits
from cases.match_inputs import MatchInputs
from cases.near import Reach, change_of, near_after, near_of, reach_of
from cases.proposal import Proposal
from cases.run import Near, NotConsidered, Unplaced
from cases.wording import own_wording, unplaced_words
from cases.wording_changes import Audience
from cases.wording_facts import reason_short_words, reason_words, way_words
from cases.wording_parts import PartRow, part_row
from cases.wording_refusals import UNRESOLVED, refused_words
from catalog.ids import IdSource, new_id
from matcher.assignment import assign
from matcher.certificate import check
from matcher.consideration import Consideration, consider
from matcher.eligibility import Eligibility, Reason
from matcher.errors import ResultRefused
from matcher.explanation import PairExplanation, explain_pair
from matcher.policy import Policy
from matcher.problem import Problem, whole_units
from matcher.ranking import Ranked, rank_offers, rank_profiles
from matcher.relaxation import relax_pairs
from matcher.result import Assignment, Status


@dataclass(frozen=True, slots=True, eq=False)
class Weighed:
    """Inputs with all that the matcher asked and weighed about every pair."""

    inputs: MatchInputs
    considered: Consideration

    def row(self, participant_id: str) -> int:
        """Return the row of a person; raises `NotFound`."""
        return _position(self.considered.profiles.ids, participant_id, "participant_not_weighed")

    def column(self, opening_id: str) -> int:
        """Return the column of an opening; raises `NotFound`."""
        return _position(self.considered.offers.ids, opening_id, "opening_not_weighed")


def _position(ids: Sequence[str], wanted: str, code: str) -> int:
    try:
        return ids.index(wanted)
    except ValueError:
        raise NotFound(code, id=wanted) from None


def weigh(inputs: MatchInputs, policy: Policy) -> Weighed:
    """Ask every rule and weigh every part for every pair."""
    return Weighed(inputs, consider(inputs.profiles, inputs.offers, inputs.pairs, policy))


@dataclass(frozen=True, slots=True)
class PairStory:
    """Why a person and an opening fit, or why not, in codes and in words.

    Attributes
    ----------
    reason, short
        The sentence of the match and its facts for a cell; empty where a rule refuses.
    rules
        Names of the rules that refuse, in the order of telling; empty for a candidate.
    refusal
        The sentence of the first of them.
    change
        What would make it possible, as a condition; empty for a candidate, or where nothing may.
    """

    participant_id: str
    opening_id: str
    explanation: PairExplanation
    reason: str = ""
    short: str = ""
    rules: tuple[str, ...] = ()
    refusal: str = ""
    change: str = ""


def tell_pair(weighed: Weighed, participant_id: str, opening_id: str) -> PairStory:
    """Say why a person and an opening fit, or why not.

    Raises
    ------
    NotFound
        Where either took no part.
    """
    i, j = weighed.row(participant_id), weighed.column(opening_id)
    return _tell_all(weighed, np.array([i]), np.array([j]))[0]


def tell_parts(weighed: Weighed, story: PairStory) -> tuple[PartRow, ...]:
    """Return the fit of a pair part by part, what added most first, in words."""
    i, j = weighed.row(story.participant_id), weighed.column(story.opening_id)
    facts, vocabulary = weighed.inputs.facts(i, j), weighed.inputs.city.vocabulary
    return tuple(part_row(part, facts, vocabulary) for part in story.explanation.parts)


def why_not(weighed: Weighed, participant_id: str, opening_id: str) -> str:
    """Return the sentence of the first rule that refuses a pair, nothing for a candidate."""
    return tell_pair(weighed, participant_id, opening_id).refusal


def tell_reach(
    weighed: Weighed,
    participant_id: str,
    opening_id: str,
    audience: Audience = Audience.COORDINATOR,
) -> Reach:
    """Say what would make a refused pair possible, as the audience may know it.

    Raises
    ------
    NotFound
        Where either took no part.
    """
    i, j = weighed.row(participant_id), weighed.column(opening_id)
    return reach_of(weighed.inputs, weighed.considered, i, j, audience)


def near_for_participant(weighed: Weighed, participant_id: str) -> tuple[Near, ...]:
    """Return the nearest openings that refuse a person, with what would have to change."""
    return near_of(weighed.inputs, weighed.considered, weighed.row(participant_id))


def _tell_all(weighed: Weighed, i: NDArray[np.intp], j: NDArray[np.intp]) -> list[PairStory]:
    kinds = relax_pairs(weighed.considered, i, j, weighed.inputs.latitude).kinds.tolist()
    each = zip(i.tolist(), j.tolist(), kinds, strict=True)
    return [_tell(weighed, *pair) for pair in each]


def _tell(weighed: Weighed, i: int, j: int, kinds: int = 0) -> PairStory:
    """Tell a pair; `kinds` are those of the lightest changes."""
    explanation = explain_pair(weighed.considered, i, j)
    facts, vocabulary = weighed.inputs.facts(i, j), weighed.inputs.city.vocabulary
    ids = weighed.considered.profiles.ids[i], weighed.considered.offers.ids[j]
    if explanation.reasons:
        rules = tuple(
            rule_name(reason) if facts.place_known or reason is not Reason.NOT_OPEN else UNRESOLVED
            for reason in explanation.reasons
        )
        refusal = refused_words(rules[0], facts, vocabulary)
        change = change_of(weighed.inputs, weighed.considered, i, j, kinds)
        return PairStory(*ids, explanation, rules=rules, refusal=refusal, change=change)
    told = explanation.strongest
    return PairStory(
        *ids,
        explanation,
        reason=reason_words(told, facts, vocabulary),
        short=reason_short_words(told, facts, vocabulary),
    )


def rule_name(reason: Reason) -> str:
    """Return the code of a rule, as it is stored and looked up in the wording."""
    return reason.name.lower()


@dataclass(frozen=True, slots=True)
class Ranking:
    """The best pairs of one person or one opening, and how many were refused by which rule.

    `candidates` counts all that no rule refuses; with the counts of `refused` they add up to all.
    """

    ranked: tuple[PairStory, ...]
    candidates: int
    refused: tuple[tuple[str, int], ...]


def rank_for_participant(weighed: Weighed, participant_id: str, top: int = 20) -> Ranking:
    """Rank the openings for one person; equal fits in the order of their ids."""
    i = weighed.row(participant_id)
    eligibility = weighed.considered.eligibility
    best = rank_offers(weighed.considered.scores, eligibility, i, top)
    asked = Eligibility(eligibility.failed[[i]])
    return _ranking(weighed, best, lambda j: (i, j), asked, _unresolved(weighed))


def rank_for_opening(weighed: Weighed, opening_id: str, top: int = 20) -> Ranking:
    """Rank the people for one opening; of equal fits who has waited longest comes first."""
    j = weighed.column(opening_id)
    inputs = weighed.inputs
    unresolved = 0 if inputs.takes_part[j] else len(inputs.people)
    waited = np.array([(inputs.on - p.since_on).days for p in inputs.participants], np.int64)
    eligibility = weighed.considered.eligibility
    best = rank_profiles(weighed.considered.scores, eligibility, j, top, waited)
    asked = Eligibility(eligibility.failed[:, [j]].T)
    return _ranking(weighed, best, lambda i: (i, j), asked, unresolved)


def _ranking(
    weighed: Weighed,
    best: Ranked,
    pair: Callable[[int], tuple[int, int]],
    asked: Eligibility,
    unresolved: int,
) -> Ranking:
    """Tell the best pairs; `asked` are the rules of all pairs that could be told, in one row."""
    ranked = tuple(_tell(weighed, *pair(place)) for place in best.places.tolist())
    return Ranking(ranked, int(asked.candidates().sum()), _counts(asked, 0, unresolved))


def _unresolved(weighed: Weighed) -> int:
    """Return how many openings are not known well enough to take part."""
    return int((~weighed.inputs.takes_part).sum())


def _counts(eligibility: Eligibility, i: int, unresolved: int) -> tuple[tuple[str, int], ...]:
    """Count pairs by their first rule; those not known well enough are told apart from closed."""
    counts = {rule_name(reason): count for reason, count in eligibility.counts(i).items()}
    closed = counts.pop(rule_name(Reason.NOT_OPEN), 0) - unresolved
    told = {UNRESOLVED: unresolved, rule_name(Reason.NOT_OPEN): closed, **counts}
    return tuple((rule, count) for rule, count in told.items() if count)


def refused_for_participant(weighed: Weighed, participant_id: str) -> list[PairStory]:
    """Return every opening that a rule refuses to a person, with its first reason in words."""
    i = weighed.row(participant_id)
    refused = np.flatnonzero(weighed.considered.eligibility.failed[i])
    return _tell_all(weighed, np.full(len(refused), i), refused)


def refused_for_opening(weighed: Weighed, opening_id: str) -> list[PairStory]:
    """Return every person whom a rule refuses at an opening, with the first reason in words."""
    j = weighed.column(opening_id)
    refused = np.flatnonzero(weighed.considered.eligibility.failed[:, j])
    return _tell_all(weighed, refused, np.full(len(refused), j))


@dataclass(frozen=True, slots=True, eq=False)
class MatchOutcome:
    """What a run found for everyone at once.

    Attributes
    ----------
    problem
        What was solved and is kept: opaque ids and numbers.
    certified
        Whether the check that shares nothing with the solver accepted the claim "optimal".
    proposals
        One for each person who got an opening, in the order of their ids, with new ids.
    unplaced
        Everyone else who was considered.
    one_more
        Openings at which one more place would let one more person take part.
    digest
        SHA-256 of everything that decides the outcome and its words.
    """

    problem: Problem
    assignment: Assignment
    certified: bool
    proposals: tuple[Proposal, ...]
    unplaced: tuple[Unplaced, ...]
    one_more: tuple[str, ...]
    digest: str


def run_matching(
    inputs: MatchInputs,
    policy: Policy,
    run_id: str = "",
    ids: IdSource = new_id,
    not_considered: Sequence[NotConsidered] = (),
) -> MatchOutcome:
    """Match everyone at once: most people placed, then the best total fit, proven.

    Parameters
    ----------
    run_id
        Run to which the proposals belong.
    not_considered
        Who was left out; it enters the digest only.
    """
    weighed = weigh(inputs, policy)
    problem = build_problem(weighed)
    assignment = assign(problem)
    return MatchOutcome(
        problem=problem,
        assignment=assignment,
        certified=_is_certified(problem, assignment),
        proposals=_proposals(weighed, assignment, run_id, ids),
        unplaced=_unplaced(weighed, assignment),
        one_more=_one_more(problem, assignment),
        digest=digest_of(weighed, problem, not_considered),
    )


def build_problem(weighed: Weighed) -> Problem:
    """Return the assignment problem: candidates with their scores, free places, weights.

    Ids are the random ids of the records; no text of any kind goes in.
    """
    considered = weighed.considered
    participant, opening = np.nonzero(considered.eligibility.candidates())
    hosts = [each.opening.host_id for each in weighed.inputs.receiving]
    names = sorted(set(hosts))
    position = {name: at for at, name in enumerate(names)}
    return Problem.from_arrays(
        participant_ids=considered.profiles.ids,
        weight=[person.weight for person in weighed.inputs.participants],
        opening_ids=considered.offers.ids,
        capacity=considered.offers.free,
        host_names=names,
        opening_host=[position[host] for host in hosts],
        pair_participant=participant,
        pair_opening=opening,
        pair_score=whole_units(considered.scores.total[participant, opening]),
    )


def _is_certified(problem: Problem, assignment: Assignment) -> bool:
    try:
        return check(problem, assignment).claim is Status.OPTIMAL
    except ResultRefused:
        return False


def _proposals(
    weighed: Weighed, assignment: Assignment, run_id: str, ids: IdSource
) -> tuple[Proposal, ...]:
    placed = np.flatnonzero(assignment.opening_of >= 0).tolist()
    return tuple(
        _proposal(weighed, i, int(assignment.opening_of[i]), run_id, ids()) for i in placed
    )


def _proposal(weighed: Weighed, i: int, j: int, run_id: str, id_: str) -> Proposal:
    scores = weighed.considered.scores
    story, facts = _tell(weighed, i, j), weighed.inputs.facts(i, j)
    values = (round(float(value), 6) for value in scores.parts[i, j])
    return Proposal(
        id=id_,
        run_id=run_id,
        participant_id=story.participant_id,
        opening_id=story.opening_id,
        score=float(scores.total[i, j]),
        parts=tuple(zip(scores.part_names, values, strict=True)),
        word=str(story.explanation.word),
        reason=story.reason,
        short=story.short,
        way=way_words(facts.way) if facts.way and not facts.comes_to else "",
    )


def _unplaced(weighed: Weighed, assignment: Assignment) -> tuple[Unplaced, ...]:
    eligibility = weighed.considered.eligibility
    candidates = eligibility.candidates().sum(axis=1)
    unresolved = _unresolved(weighed)
    near = near_after(weighed.inputs, weighed.considered, assignment.opening_of)
    found = []
    for i, reason in enumerate(assignment.unplaced):
        if reason is not None:
            unplaced = Unplaced(
                participant_id=weighed.considered.profiles.ids[i],
                reason=str(reason),
                candidates=int(candidates[i]),
                refused=_counts(eligibility, i, unresolved),
                near=near[i],
            )
            found.append(replace(unplaced, words=unplaced_words(unplaced)))
    return tuple(found)


def _one_more(problem: Problem, assignment: Assignment) -> tuple[str, ...]:
    if assignment.one_more_place is None:
        return ()
    gains = assignment.one_more_place[problem.objectives.index("placed")]
    return tuple(problem.opening_ids[j] for j in np.flatnonzero(gains).tolist())


def digest_of(
    weighed: Weighed, problem: Problem, not_considered: Sequence[NotConsidered] = ()
) -> str:
    """Return the SHA-256 of everything that decides a run and its words, as hexadecimal digits.

    Two runs with one digest propose the same and say the same, so the second need not be kept.
    """
    digest = hashlib.sha256()
    policy, city = weighed.considered.policy, weighed.inputs.city
    versions = (
        policy.digest,
        own_wording().version,
        city.vocabulary.version,
        city.speeds.version,
        legal_limits().version,
    )
    ids = (*problem.participant_ids, "", *problem.opening_ids)
    left_out = (f"{each.participant_id}:{each.why}" for each in not_considered)
    for text in (*versions, *ids, "", *left_out):
        digest.update(text.encode() + b"\0")
    scores, pairs = weighed.considered.scores, weighed.inputs.pairs
    for array in (
        problem.weight,
        problem.capacity,
        weighed.considered.eligibility.failed,
        np.ascontiguousarray(scores.parts),
        pairs.travel_minutes,
    ):
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()
