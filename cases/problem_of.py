"""The bridge to the matcher: what was weighed, as the frozen problem that is solved and kept."""

from __future__ import annotations

import numpy as np

from cases.weighing import Weighed
from matcher.problem import Problem, whole_units


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
