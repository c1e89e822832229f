"""Matching everyone at once: what is solved, what came of it, and the words of each answer.

In go people with consent and a city; out come proposals and reasons in Japanese. Between the two
there are only numbers and opaque ids: what is frozen of a run is the problem, never a name.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from cases.contradiction import Contradiction, RulesContradict
from cases.errors import NotFound
from cases.matching.checking import is_accepted
from cases.matching.inputs import MatchInputs
from cases.matching.latitude import legal_limits
from cases.matching.near import near_after
from cases.matching.overriding import own_overriding
from cases.matching.problem_of import Bridge, bridge
from cases.matching.rankings import counts_of, unresolved_in
from cases.matching.settled_rules import used_overrides
from cases.matching.stories import tell_at, tell_pair
from cases.matching.two_sided import look_from_both_sides
from cases.matching.weighing import Weighed, weigh
from cases.proposal import Proposal
from cases.run import NotConsidered, Unplaced, UsedRule
from cases.words.facts import way_words
from cases.words.wording import own_wording, unplaced_words
from catalog.ids import IdSource, new_id
from matcher.assignment import assign
from matcher.policy import Policy
from matcher.problem import Problem
from matcher.result import Assignment, Status


@dataclass(frozen=True, slots=True, eq=False)
class MatchOutcome:
    """What a run found for everyone at once.

    Attributes
    ----------
    problem
        What was solved and is kept: opaque ids and numbers.
    certified
        Whether the check that shares nothing with the solver accepted the result.
    proposals
        One for each person who got an opening, in the order of their ids, with new ids.
    unplaced
        Everyone else who was considered.
    one_more
        Openings at which one more place would let one more person take part.
    digest
        SHA-256 of everything that decides the outcome and its words.
    used
        What the office had settled and took part, each once.
    views
        See `cases.matching.two_sided`.
    """

    problem: Problem
    assignment: Assignment
    certified: bool
    proposals: tuple[Proposal, ...]
    unplaced: tuple[Unplaced, ...]
    one_more: tuple[str, ...]
    digest: str
    used: tuple[UsedRule, ...] = ()
    views: bytes | None = None


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

    Raises
    ------
    RulesContradict
        Where not everything that was settled can hold, with the fewest rules that contradict.
    """
    weighed = weigh(inputs, policy)
    bridged, assignment = solve(weighed)
    problem = bridged.problem
    used = (*bridged.sources, *used_overrides(weighed))
    return MatchOutcome(
        problem=problem,
        assignment=assignment,
        certified=is_accepted(problem, assignment),
        proposals=_proposals(_for_all_readers(weighed), assignment, run_id, ids),
        unplaced=_unplaced(weighed, assignment),
        one_more=_one_more(problem, assignment),
        digest=digest_of(weighed, problem, not_considered, used),
        used=tuple(each for each in dict.fromkeys(used) if each.kind != "floor"),
        views=look_from_both_sides(weighed, problem, assignment),
    )


def solve(weighed: Weighed) -> tuple[Bridge, Assignment]:
    """Return the problem of everyone at once with its best assignment.

    Raises
    ------
    RulesContradict
        As `run_matching`.
    """
    bridged = bridge(weighed)
    if bridged.refused:
        raise RulesContradict(_refused_locks(weighed, bridged))
    assignment = assign(bridged.problem)
    if assignment.status is Status.INFEASIBLE:
        raise RulesContradict(_contradictions(bridged, assignment))
    return bridged, assignment


def _refused_locks(weighed: Weighed, bridged: Bridge) -> tuple[Contradiction, ...]:
    return tuple(Contradiction(each, _why_refused(weighed, each)) for each in bridged.refused)


def _why_refused(weighed: Weighed, lock: UsedRule) -> str:
    """Return the sentence of the rule that refuses a locked opening."""
    try:
        return tell_pair(weighed, lock.participant_ids[0], lock.opening_id).refusal
    except NotFound:  # a draft again, or gone
        return own_wording().say("refused", "not_open")


def _contradictions(bridged: Bridge, assignment: Assignment) -> tuple[Contradiction, ...]:
    positions = (name.removeprefix("rules/") for name in assignment.conflict)
    rules = (bridged.sources[int(at)] for at in positions)
    return tuple(Contradiction(each) for each in dict.fromkeys(rules))


def _for_all_readers(weighed: Weighed) -> Weighed:
    """Leave out what not everybody who reads of a person may know: who else is at a place.

    The words of a run are the same for all its readers; each page of a person says it to those
    who may open the other one.
    """
    considered = weighed.considered
    pairs = replace(considered.pairs, acquainted=np.zeros_like(considered.pairs.acquainted))
    return replace(weighed, considered=replace(considered, pairs=pairs))


def _proposals(
    weighed: Weighed, assignment: Assignment, run_id: str, ids: IdSource
) -> tuple[Proposal, ...]:
    placed = np.flatnonzero(assignment.opening_of >= 0).tolist()
    return tuple(
        _proposal(weighed, i, int(assignment.opening_of[i]), run_id, ids()) for i in placed
    )


def _proposal(weighed: Weighed, i: int, j: int, run_id: str, id_: str) -> Proposal:
    scores = weighed.considered.scores
    story, facts = tell_at(weighed, i, j), weighed.inputs.facts(i, j)
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
    unresolved = unresolved_in(weighed)
    near = near_after(weighed.inputs, weighed.considered, assignment.opening_of)
    found = []
    for i, reason in enumerate(assignment.unplaced):
        if reason is not None:
            unplaced = Unplaced(
                participant_id=weighed.considered.profiles.ids[i],
                reason=str(reason),
                candidates=int(candidates[i]),
                refused=counts_of(eligibility, i, unresolved),
                near=near[i],
            )
            found.append(replace(unplaced, words=unplaced_words(unplaced)))
    return tuple(found)


def _one_more(problem: Problem, assignment: Assignment) -> tuple[str, ...]:
    if assignment.one_more_place is None:
        return ()
    gains = assignment.one_more_place[problem.objectives.index("placed")]
    if assignment.gains_exact is not None:  # what is only bounded is not told
        gains = np.where(assignment.gains_exact, gains, 0)
    return tuple(problem.opening_ids[j] for j in np.flatnonzero(gains).tolist())


def digest_of(
    weighed: Weighed,
    problem: Problem,
    not_considered: Sequence[NotConsidered] = (),
    used: Sequence[UsedRule] = (),
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
        own_overriding().version,
    )
    ids = (*problem.participant_ids, "", *problem.opening_ids, "", *problem.host_names)
    left_out = (f"{each.participant_id}:{each.why}" for each in not_considered)
    settled = map(repr, (problem.rules, problem.objectives, problem.previous, used))
    for text in (*versions, *ids, "", *left_out, "", *settled):
        digest.update(text.encode() + b"\0")
    scores, pairs = weighed.considered.scores, weighed.inputs.pairs
    for array in (
        problem.weight,
        problem.capacity,
        problem.opening_host,
        problem.membership,
        problem.pair_slot,
        weighed.considered.eligibility.failed,
        np.ascontiguousarray(scores.parts),
        pairs.travel_minutes,
        pairs.glad,
        pairs.familiar,
        pairs.acquainted,
    ):
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()
