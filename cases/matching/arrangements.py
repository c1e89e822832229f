"""決めておくこと: what the office settled before the search, as far as one matching needs it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TypeVar

from cases.bond import Bond
from cases.errors import CaseError
from cases.placing_rule import PlacingKind, PlacingRule
from catalog.actor import Actor

Rule = TypeVar("Rule", Bond, PlacingRule)


def is_in_force(rule: Bond | PlacingRule, on: date) -> bool:
    """Tell whether a rule holds on a day."""
    return rule.undone_at is None and (rule.until_on is None or on <= rule.until_on)


def undo(rule: Rule, actor: Actor, at: datetime) -> Rule:
    """Return a rule that holds no longer.

    Raises
    ------
    CaseError
        `rule_already_undone`.
    """
    if rule.undone_at is not None:
        raise CaseError("rule_already_undone")
    return replace(rule, undone_by=actor.user_id, undone_at=at)


@dataclass(frozen=True, slots=True)
class Arrangements:
    """What was settled, and what is known of people outside the matching whom it concerns.

    Attributes
    ----------
    rules, bonds
        Those in force on the day of the matching.
    under_way
        Opening of everyone who waits with an advanced proposal, by participant id.
    asking
        Everyone who waits or rests, in the matching or not; of a bond the others count no more.
    previous
        Opening of the last run that should be kept, by participant id; nothing is kept if empty.
    came
        How many came to a host in the month of the matching, by host id.
    """

    rules: tuple[PlacingRule, ...] = ()
    bonds: tuple[Bond, ...] = ()
    under_way: Mapping[str, str] = field(default_factory=dict)
    asking: frozenset[str] = frozenset()
    previous: Mapping[str, str] = field(default_factory=dict)
    came: Mapping[str, int] = field(default_factory=dict)

    def of_kind(self, kind: PlacingKind) -> tuple[PlacingRule, ...]:
        """Return the rules of one kind."""
        return tuple(rule for rule in self.rules if rule.kind is kind)

    def find(
        self, kind: PlacingKind, participant_id: str, opening_id: str, host_id: str = ""
    ) -> PlacingRule | None:
        """Return the rule of a kind about a person and an opening, or its host."""
        for rule in self.rules:
            at = rule.opening_id == opening_id or (rule.host_id or "") == host_id != ""
            if rule.kind is kind and rule.participant_id == participant_id and at:
                return rule
        return None


NOTHING_ARRANGED = Arrangements()


def arrange(
    rules: Iterable[PlacingRule],
    bonds: Iterable[Bond],
    on: date,
    *,
    under_way: Mapping[str, str],
    asking: Iterable[str],
    previous: Mapping[str, str] | None = None,
    came: Mapping[str, int] | None = None,
) -> Arrangements:
    """Return what holds on a day, the earliest first."""
    return Arrangements(
        rules=tuple(rule for rule in rules if is_in_force(rule, on)),
        bonds=tuple(bond for bond in bonds if is_in_force(bond, on)),
        under_way=dict(under_way),
        asking=frozenset(asking),
        previous=dict(previous or {}),
        came=dict(came or {}),
    )
