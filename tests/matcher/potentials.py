"""The conditions of `matcher.result.Stage`, word by word: the arcs that are against them."""

from __future__ import annotations

import math

from matcher.problem import Problem
from matcher.result import Stage
from matcher.rules import Fixed, GroupFloor
from tests.matcher import reference


def against(problem: Problem, stage: Stage) -> list[list[int] | list[list[int]]]:
    """List pairs, participants, openings, hosts, and groups (missing, surplus) of wrong sign."""
    n, cost = len(problem.participant_ids), int(stage.objective == "floors")
    group_of = _groups(problem)
    w = [int(stage.groups[group_of[who]]) if who in group_of else 0 for who in range(n)]
    possible = reference.possible_pairs(problem)
    pairs = []
    for who, at in sorted(possible, key=lambda one: _by_id(problem, *one)):
        host = int(problem.opening_host[at])
        z = int(stage.hosts[host]) if host >= 0 else 0
        price = int(stage.participants[who]) + int(stage.openings[at]) + z
        if _value(problem, stage.objective, who, at) + w[who] > price:
            pairs.append([who, at])
    fixed = {rule.participant for rule in problem.rules if isinstance(rule, Fixed)}
    ids = problem.participant_ids
    people = sorted(range(n), key=ids.__getitem__)
    return [
        pairs,
        [who for who in people if ids[who] not in fixed and stage.participants[who] < 0],
        [at for at in _sorted(problem.opening_ids) if stage.openings[at] < 0],
        [at for at in _sorted(problem.host_names) if stage.hosts[at] < 0],
        [at for at in sorted(set(group_of.values())) if stage.groups[at] > cost],
        [at for at in sorted(set(group_of.values())) if stage.groups[at] < 0],
    ]


def _sorted(names: tuple[str, ...]) -> list[int]:
    return sorted(range(len(names)), key=names.__getitem__)


def _by_id(problem: Problem, who: int, at: int) -> tuple[str, str]:
    return problem.participant_ids[who], problem.opening_ids[at]


def _groups(problem: Problem) -> dict[int, int]:
    """Group with a floor of each participant who is in one."""
    found: dict[int, int] = {}
    for rule in problem.rules:
        if isinstance(rule, GroupFloor) and "floors" in problem.objectives:
            group = problem.group_names.index(rule.group)
            members = {who for who, of in problem.membership.tolist() if of == group}
            if math.ceil(round(rule.share * len(members), 9)) > 0:
                found |= dict.fromkeys(members, group)
    return found


def _value(problem: Problem, objective: str, who: int, at: int) -> int:
    ends = list(zip(problem.pair_participant.tolist(), problem.pair_opening.tolist(), strict=True))
    return {
        "placed": int(problem.weight[who]),
        "floors": 0,
        "score": int(problem.pair_score[ends.index((who, at))]),
        "stay": int(problem.previous[who] == problem.opening_ids[at]),
    }[objective]
