"""What the office settled, as rules of the problem, each with where it comes from.

People outside the matching count as the office knows them. Whoever goes forward already stays
where they are: the others follow them, or keep away from them. Whoever waits but cannot be matched
now keeps those back who do not want to go alone. Of whoever waits no more a bond says nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple, TypeAlias

import numpy as np

from cases.bond import APART, Bond, BondKind
from cases.matching.weighing import Weighed
from cases.placing_rule import PlacingKind
from cases.run import UsedRule
from catalog.schedule import slot_masks
from matcher.profiles import Bools
from matcher.rules import (
    AllOrNone,
    Apart,
    Fixed,
    Forbidden,
    HostLimit,
    Rule,
    SameOpening,
    SameSlot,
)

Sourced: TypeAlias = tuple[Rule, UsedRule]


class Settled(NamedTuple):
    """Rules of the problem, and locks that no pair can keep because a rule refuses it."""

    rules: tuple[Sourced, ...]
    refused: tuple[UsedRule, ...]


def settled_rules(weighed: Weighed) -> Settled:
    """Return everything that the office and its hosts settled, in a fixed order."""
    locks, refused = _locks(weighed)
    return Settled(
        (*locks, *_exclusions(weighed), *_bonds(weighed), *_host_limits(weighed)), refused
    )


def used_overrides(weighed: Weighed) -> tuple[UsedRule, ...]:
    """Return the overrides about people and openings of this matching."""
    people, openings = weighed.considered.profiles.ids, weighed.considered.offers.ids
    return tuple(
        UsedRule(
            kind=str(rule.kind),
            rule_id=rule.id,
            participant_ids=(rule.participant_id,),
            opening_id=rule.opening_id or "",
        )
        for rule in weighed.inputs.arranged.of_kind(PlacingKind.OVERRIDE)
        if rule.participant_id in people and rule.opening_id in openings
    )


def _locks(weighed: Weighed) -> tuple[list[Sourced], tuple[UsedRule, ...]]:
    kept: list[Sourced] = []
    refused: list[UsedRule] = []
    for rule in weighed.inputs.arranged.of_kind(PlacingKind.LOCK):
        who, opening = rule.participant_id, rule.opening_id or ""
        if who not in weighed.considered.profiles.ids:
            continue
        used = UsedRule(
            kind=str(rule.kind), rule_id=rule.id, participant_ids=(who,), opening_id=opening
        )
        if opening in _possible(weighed, who):
            kept.append((Fixed(who, opening), used))
        else:
            refused.append(used)
    return kept, tuple(refused)


def _exclusions(weighed: Weighed) -> Iterator[Sourced]:
    for rule in weighed.inputs.arranged.of_kind(PlacingKind.EXCLUSION):
        who = rule.participant_id
        host_of = _hosts(weighed)
        for opening in _possible(weighed, who):
            if rule.opening_id == opening or rule.host_id == host_of[opening]:
                used = UsedRule(
                    kind=str(rule.kind),
                    rule_id=rule.id,
                    participant_ids=(who,),
                    opening_id=rule.opening_id or "",
                    host_id=rule.host_id or "",
                )
                yield Forbidden(who, opening), used


def _bonds(weighed: Weighed) -> Iterator[Sourced]:
    for bond in weighed.inputs.arranged.bonds:
        used = UsedRule(kind=str(bond.kind), rule_id=bond.id, participant_ids=bond.participant_ids)
        yield from ((rule, used) for rule in _rules_of(bond, weighed))


def _rules_of(bond: Bond, weighed: Weighed) -> Iterator[Rule]:
    arranged = weighed.inputs.arranged
    here = [id_ for id_ in bond.participant_ids if id_ in weighed.considered.profiles.ids]
    away = [id_ for id_ in bond.participant_ids if id_ not in here]
    going = [arranged.under_way[id_] for id_ in away if id_ in arranged.under_way]
    waits_alone = any(id_ in arranged.asking and id_ not in arranged.under_way for id_ in away)
    if len(here) > 1:
        yield _between(bond.kind, tuple(here))
    for who in here:
        for opening in _possible(weighed, who):
            if (waits_alone and bond.kind not in APART) or any(
                _contradicts(bond.kind, weighed, opening, taken) for taken in going
            ):
                yield Forbidden(who, opening)


def _between(kind: BondKind, people: tuple[str, ...]) -> Rule:
    match kind:
        case BondKind.SAME_OPENING:
            return SameOpening(people)
        case BondKind.SAME_SLOT:
            return SameSlot(people)
        case BondKind.ALL_OR_NONE:
            return AllOrNone(people)
        case BondKind.APART_OPENING:
            return Apart(people, "opening")
        case BondKind.APART_HOST:
            return Apart(people, "host")


def _contradicts(kind: BondKind, weighed: Weighed, opening: str, taken: str) -> bool:
    """Tell whether somebody cannot take an opening because a partner goes forward with another."""
    match kind:
        case BondKind.SAME_OPENING:
            return opening != taken
        case BondKind.APART_OPENING:
            return opening == taken
        case BondKind.APART_HOST:
            host_of = _hosts(weighed)
            return host_of.get(opening) == host_of.get(taken, opening)
        case BondKind.SAME_SLOT:
            return not _half_days(weighed, opening) & _half_days(weighed, taken)
        case BondKind.ALL_OR_NONE:
            return False


def _half_days(weighed: Weighed, opening_id: str) -> int:
    """Return the bits of the week in which an opening takes place; by arrangement all of them."""
    for each in weighed.inputs.receiving:
        if each.opening.id == opening_id and each.opening.schedule is not None:
            return int(np.bitwise_or.reduce(slot_masks(each.opening.schedule)))
    return -1


def _host_limits(weighed: Weighed) -> Iterator[Sourced]:
    """Return what is left of the limits of each host after those who are there or coming."""
    inputs = weighed.inputs
    for host_id in sorted(set(_hosts(weighed).values())):
        host = inputs.city.hosts.get(host_id)
        if host is None:
            continue
        own = [each for each in inputs.receiving if each.opening.host_id == host_id]
        if host.most_at_once is not None:
            there = sum(each.opening.taken + each.held for each in own)
            places = max(0, host.most_at_once - there)
            yield HostLimit(host_id, places, "all"), UsedRule(kind="most_at_once", host_id=host_id)
        if host.newcomers_a_month is not None:
            places = max(0, host.newcomers_a_month - inputs.arranged.came.get(host_id, 0))
            # Whoever keeps the proposal of the last run has not begun there, so is new as well.
            of: Literal["all", "newcomers"] = "all" if inputs.arranged.previous else "newcomers"
            used = UsedRule(kind="newcomers_a_month", host_id=host_id)
            yield HostLimit(host_id, places, of), used


def _hosts(weighed: Weighed) -> dict[str, str]:
    return {each.opening.id: each.opening.host_id for each in weighed.inputs.receiving}


def _possible(weighed: Weighed, participant_id: str) -> Iterable[str]:
    """Return the openings that no rule refuses to a person, in their order."""
    ids = weighed.considered.profiles.ids
    if participant_id not in ids:
        return ()
    candidates: Bools = weighed.considered.eligibility.failed[ids.index(participant_id)] == 0
    return [weighed.considered.offers.ids[j] for j in np.flatnonzero(candidates).tolist()]
