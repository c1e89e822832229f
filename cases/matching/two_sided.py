"""Pairs of a person and a host who would both rather have each other than what a run gives them.

A diagnostic, never a judgement: placing the most people with the best fits in all can leave such
pairs, and it changes nothing. What a run keeps of it has opaque ids and numbers only; each reader
is told of the pairs between people whom they may open, and so of no others by a count.
"""

from __future__ import annotations

import json
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from cases.matching.weighing import Weighed
from cases.run import MatchRun
from cases.words.wording import own_wording
from matcher.blocking import Sides, blocking_pairs
from matcher.problem import Problem
from matcher.profiles import Bools, Int8s
from matcher.result import Assignment
from matcher.rules import AllOrNone, Apart, Fixed, Forbidden, HostLimit, SameOpening, SameSlot
from matcher.scoring import own_fit


@dataclass(frozen=True, slots=True)
class Mutual:
    """A person and an opening who would both rather have each other."""

    participant_id: str
    opening_id: str


def look_from_both_sides(
    weighed: Weighed, problem: Problem, assignment: Assignment
) -> bytes | None:
    """Return what a run keeps of the pairs that would rather have each other.

    None where no host named whom they would be glad of. The person's side is their own fit, the
    host's side how much of what they named the person meets; equal is no preference. People whom a
    rule binds stay where they are, and a host with a limit over all openings has no place left.
    """
    glad = weighed.inputs.pairs.glad
    if not (glad >= 0).any():
        return None
    at = np.flatnonzero(~_forbidden(problem))
    i, j = problem.pair_participant[at].astype(np.int64), problem.pair_opening[at].astype(np.int64)
    own = own_fit(weighed.considered.scores, weighed.considered.policy)
    sides = Sides(i, j, own[i, j], glad[i, j])
    places = np.where(_limited(problem), 0, problem.capacity)
    opening_of = assignment.opening_of
    wanting = blocking_pairs(sides, opening_of, places, _free(problem))
    taken = np.bincount(opening_of[opening_of >= 0], minlength=len(places))
    held = np.flatnonzero((opening_of >= 0) & _free(problem))
    content = {
        "wanting": [_entry(problem, glad, int(i[each]), int(j[each])) for each in wanting],
        "holding": [_entry(problem, glad, each, int(opening_of[each])) for each in held.tolist()],
        "free": [problem.opening_ids[each] for each in np.flatnonzero(taken < places)],
    }
    return json.dumps(content, separators=(",", ":")).encode()


def _entry(problem: Problem, glad: Int8s, i: int, j: int) -> list[str | int]:
    return [problem.participant_ids[i], problem.opening_ids[j], int(glad[i, j])]


def _forbidden(problem: Problem) -> Bools:
    """Tell which of the pairs are excluded."""
    ruled_out = {
        (rule.participant, rule.opening) for rule in problem.rules if isinstance(rule, Forbidden)
    }
    if not ruled_out:
        return np.zeros(len(problem.pair_participant), np.bool_)
    people, openings = problem.participant_ids, problem.opening_ids
    each = zip(problem.pair_participant.tolist(), problem.pair_opening.tolist(), strict=True)
    return np.array([(people[i], openings[j]) in ruled_out for i, j in each], np.bool_)


def _free(problem: Problem) -> Bools:
    """Tell who could come or go alone: nobody whom a rule binds to others or to an opening."""
    bound: set[str] = set()
    for rule in problem.rules:
        match rule:
            case Fixed():
                bound.add(rule.participant)
            case SameOpening() | SameSlot() | AllOrNone() | Apart():
                bound.update(rule.participants)
    return np.array([each not in bound for each in problem.participant_ids], np.bool_)


def _limited(problem: Problem) -> Bools:
    """Tell which openings are of a host with a limit over all of them."""
    hosts = {rule.host for rule in problem.rules if isinstance(rule, HostLimit)}
    positions = [at for at, name in enumerate(problem.host_names) if name in hosts]
    return np.isin(problem.opening_host, positions)


def mutual_pairs(run: MatchRun, known: Container[str]) -> tuple[Mutual, ...] | None:
    """Return the pairs of a run of which a reader may be told; None where no host named anyone.

    Parameters
    ----------
    known
        Ids of the people whom the reader may open. A pair counts for them where the opening has a
        place left, or where somebody whom they may open has one that the host would rather give.
    """
    if run.views is None:
        return None
    views: Mapping[str, list[tuple[str, str, int]]] = json.loads(run.views)
    least: dict[str, int] = dict.fromkeys(map(str, views["free"]), -2)
    for participant_id, opening_id, glad in views["holding"]:
        if participant_id in known:
            least[opening_id] = min(glad, least.get(opening_id, glad))
    return tuple(
        Mutual(participant_id, opening_id)
        for participant_id, opening_id, glad in views["wanting"]
        if participant_id in known and opening_id in least and glad > least[opening_id]
    )


def mutual_words(pairs: Iterable[Mutual]) -> str:
    """Return how many pairs would rather have each other: never as blame."""
    count = len(tuple(pairs))
    return own_wording().say("two_sided", "some" if count else "none", count=count)
