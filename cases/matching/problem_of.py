"""The bridge to the matcher: what was weighed, as the frozen problem that is solved and kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cases.matching.group_floors import groups_of
from cases.matching.half_days import SLOT_NAMES, choose_half_days
from cases.matching.settled_rules import settled_rules
from cases.matching.weighing import Weighed
from cases.run import UsedRule
from matcher.problem import DEFAULT_OBJECTIVES, Problem, whole_units

LONGEST_SECONDS: Final = 60.0
"""So long people wait for the best of answers; then the best found is told, and how far it is."""
KEEPING_OBJECTIVES: Final = ("placed", "floors", "stay", "score")
"""As few moves as the loss forces: nobody loses a place for it, and it comes before the fit."""


@dataclass(frozen=True, slots=True, eq=False)
class Bridge:
    """A problem, and where its rules come from.

    Attributes
    ----------
    sources
        Of each rule of the problem.
    refused
        Locks that cannot be kept because a rule refuses the pair: the problem has no such pair.
    """

    problem: Problem
    sources: tuple[UsedRule, ...]
    refused: tuple[UsedRule, ...]


def build_problem(weighed: Weighed) -> Problem:
    """Return the assignment problem of `bridge`."""
    return bridge(weighed).problem


def bridge(weighed: Weighed) -> Bridge:
    """Return the assignment problem: candidates with scores, free places, weights, rules.

    Ids are the random ids of the records; no text of any kind goes in.
    """
    considered, inputs = weighed.considered, weighed.inputs
    candidates = considered.eligibility.candidates()
    participant, opening = np.nonzero(candidates)
    hosts = [each.opening.host_id for each in inputs.receiving]
    names = sorted(set(hosts))
    position = {name: at for at, name in enumerate(names)}
    settled = settled_rules(weighed)
    groups = groups_of(inputs, considered.policy)
    slots = choose_half_days(
        considered.profiles, considered.offers, candidates, inputs.arranged.bonds
    )
    slot_names, pair_slot = _named_slots(slots[participant, opening])
    previous = inputs.arranged.previous
    problem = Problem.from_arrays(
        participant_ids=considered.profiles.ids,
        weight=[person.weight for person in inputs.participants],
        previous=[previous.get(id_, "") for id_ in considered.profiles.ids],
        group_names=groups.names,
        membership=np.array(groups.membership, np.int32),
        opening_ids=considered.offers.ids,
        capacity=considered.offers.free,
        host_names=names,
        opening_host=[position[host] for host in hosts],
        pair_participant=participant,
        pair_opening=opening,
        pair_score=whole_units(considered.scores.total[participant, opening]),
        slot_names=slot_names,
        pair_slot=pair_slot,
        rules=[*(rule for rule, _ in settled.rules), *groups.floors],
        objectives=KEEPING_OBJECTIVES if previous else DEFAULT_OBJECTIVES,
        time_limit_seconds=LONGEST_SECONDS,
    )
    floor = UsedRule(kind="floor")
    sources = (*(used for _, used in settled.rules), *(floor for _ in groups.floors))
    return Bridge(problem, sources, settled.refused)


def _named_slots(slots: NDArray[np.int32]) -> tuple[tuple[str, ...], NDArray[np.int32]]:
    """Return the names of the slots that occur, and the slot of each pair among them."""
    known = np.unique(slots[slots >= 0])
    pair_slot = np.where(slots >= 0, np.searchsorted(known, slots), -1).astype(np.int32)
    return tuple(SLOT_NAMES[at] for at in known), pair_slot
