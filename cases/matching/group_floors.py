"""Shares of the waiting people of each 圏域 and each kind of need who should be placed (soft).

The shares are policy (`[floors]`). Groups have numbers for names: a frozen file names no 圏域.
Whose address is protected counts in no 圏域, as in every table.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from cases.matching.inputs import MatchInputs
from matcher.policy import Policy
from matcher.rules import GroupFloor


class Groups(NamedTuple):
    """Names of groups, members as (participant, group) positions, and their floors."""

    names: tuple[str, ...]
    membership: tuple[tuple[int, int], ...]
    floors: tuple[GroupFloor, ...]


def groups_of(inputs: MatchInputs, policy: Policy) -> Groups:
    """Return the groups for which the policy asks for a share, each with at least one member."""
    asked = (
        ("district", policy.floors.district, _districts(inputs)),
        ("need", policy.floors.need, _needs(inputs)),
    )
    names: list[str] = []
    membership: list[tuple[int, int]] = []
    floors: list[GroupFloor] = []
    for kind, share, group_of in asked:
        if share == 0:
            continue
        for number in sorted(set(group_of) - {-1}):
            names.append(f"{kind}:{number}")
            floors.append(GroupFloor(names[-1], share))
            members = (i for i, group in enumerate(group_of) if group == number)
            membership += [(i, len(names) - 1) for i in members]
    return Groups(tuple(names), tuple(membership), tuple(floors))


def _districts(inputs: MatchInputs) -> Sequence[int]:
    """Return the number of each person's 圏域 in the first layer, from 1; -1 if not to be told."""
    of_town = next(iter(inputs.city.districts.values()), {})
    numbers = {name: at for at, name in enumerate(sorted(set(of_town.values())), start=1)}
    return [numbers.get(of_town.get(town, ""), -1) for town in _told_towns(inputs)]


def _told_towns(inputs: MatchInputs) -> Iterator[str]:
    towns = [*(town.id for town in inputs.city.towns), ""]
    for person, at in zip(inputs.participants, inputs.people_at.towns.tolist(), strict=True):
        yield "" if person.address_protected else towns[at]


def _needs(inputs: MatchInputs) -> Sequence[int]:
    codes = {code: at for at, code in enumerate(inputs.city.vocabulary.codes("need_kind"), start=1)}
    return [codes.get(need.kind, -1) for need in inputs.needs]
