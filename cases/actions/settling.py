"""Settling things before the search, and undoing them: 決めておくこと."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from cases.actions.cataloguing import find_opening, seen_hosts
from cases.actions.intake import Clock, find_person
from cases.actions.matching import Stores, weigh_person
from cases.bond import Bond, BondKind
from cases.errors import CaseError, NotFound
from cases.matching.arrangements import is_in_force, undo
from cases.matching.overriding import may_override
from cases.matching.stories import rule_name, tell_pair
from cases.participant import Participant
from cases.permissions import (
    Action,
    PeopleScope,
    Relation,
    check_may,
    check_may_with,
    may_with,
)
from cases.placing_rule import PlacingKind, PlacingRule
from catalog.actor import Actor
from catalog.audit import AuditEvent
from catalog.dates import day_in_japan
from catalog.ids import IdSource, new_id


@dataclass(frozen=True, slots=True)
class Settled:
    """What holds today, as far as the reader may know of it."""

    rules: tuple[PlacingRule, ...]
    bonds: tuple[Bond, ...]


def look_at_rules(actor: Actor, stores: Stores, clock: Clock) -> Settled:
    """Return the rules and bonds about people whom the actor may open, the earliest first.

    Raises
    ------
    NotPermitted
        Where the role never settles anything.
    """
    check_may(actor, Action.SETTLE_RULES, frozenset(Relation))
    scope, on = PeopleScope(actor), day_in_japan(clock())
    return Settled(
        tuple(each for each in stores.rules.placing_rules(scope) if is_in_force(each, on)),
        tuple(each for each in stores.rules.bonds(scope) if is_in_force(each, on)),
    )


def settle_placing(
    actor: Actor,
    stores: Stores,
    clock: Clock,
    kind: PlacingKind,
    participant_id: str,
    *,
    reason: str,
    opening_id: str | None = None,
    host_id: str | None = None,
    until_on: date | None = None,
    ids: IdSource = new_id,
) -> PlacingRule:
    """Lock a person to an opening, keep one or a host away from them, or set rules aside.

    An override takes all rules that refuse the opening today; another one needs a new decision.

    Raises
    ------
    NotFound
        Where the actor may not know the person or the opening, or there is no such host.
    NotPermitted
        Where the role does not settle this for this person.
    ConsentMissing
        For an override without consent: nothing is weighed then.
    CaseError
        `override_not_allowed`, `nothing_to_override`, `already_…`, `rule_…`.
    """
    person = find_person(actor, stores.cases, participant_id)
    override = kind is PlacingKind.OVERRIDE
    check_may_with(actor, Action.OVERRIDE_RULES if override else Action.SETTLE_RULES, person)
    rule = PlacingRule(
        id=ids(),
        kind=kind,
        participant_id=person.id,
        reason=reason.strip(),
        made_by=actor.user_id,
        made_at=clock(),
        opening_id=opening_id or None,
        host_id=host_id or None,
        overrides=_refusing(actor, stores, clock, person.id, opening_id or "") if override else (),
        until_on=until_on,
    )
    _check_last_day(rule, rule.made_at)
    _check_place(actor, stores, rule)
    _check_others(rule, look_at_rules(actor, stores, clock).rules)
    detail = {"rule": rule.id, "overrides": ",".join(rule.overrides)}
    stores.rules.add_placing_rule(rule, _event(actor, f"{kind}_settled", person.id, clock, detail))
    return rule


def undo_placing(actor: Actor, stores: Stores, clock: Clock, rule_id: str) -> PlacingRule:
    """Undo a lock, an exclusion or an override.

    Raises
    ------
    NotFound, NotPermitted
        As `settle_placing`.
    CaseError
        `rule_already_undone`.
    """
    rule = stores.rules.placing_rule(PeopleScope(actor), rule_id)
    if rule is None:
        raise NotFound("rule_not_found")
    person = find_person(actor, stores.cases, rule.participant_id)
    check_may_with(actor, Action.SETTLE_RULES, person)
    undone = undo(rule, actor, clock())
    event = _event(actor, f"{rule.kind}_undone", person.id, clock, {"rule": rule.id})
    stores.rules.undo_placing_rule(undone, event)
    return undone


def bind(
    actor: Actor,
    stores: Stores,
    clock: Clock,
    kind: BondKind,
    participant_ids: Sequence[str],
    *,
    reason: str,
    until_on: date | None = None,
    ids: IdSource = new_id,
) -> Bond:
    """Bind people to one another: together, at one time, all or none, or apart.

    Raises
    ------
    NotFound, NotPermitted
        Where the actor may not know one of them, or not settle anything for them.
    CaseError
        `bond_needs_two`, `already_settled`, `rule_…`.
    """
    for id_ in participant_ids:
        check_may_with(actor, Action.SETTLE_RULES, find_person(actor, stores.cases, id_))
    bond = Bond(
        id=ids(),
        kind=kind,
        participant_ids=tuple(participant_ids),
        reason=reason.strip(),
        made_by=actor.user_id,
        made_at=clock(),
        until_on=until_on,
    )
    _check_last_day(bond, bond.made_at)
    for other in look_at_rules(actor, stores, clock).bonds:
        if (other.kind, other.participant_ids) == (bond.kind, bond.participant_ids):
            raise CaseError("already_settled")
    stores.rules.add_bond(bond, _bond_event(actor, "bond_settled", bond, clock))
    return bond


def unbind(actor: Actor, stores: Stores, clock: Clock, bond_id: str) -> Bond:
    """Undo a bond; raises as `undo_placing`."""
    bond = stores.rules.bond(PeopleScope(actor), bond_id)
    if bond is None:
        raise NotFound("rule_not_found")
    for id_ in bond.participant_ids:
        check_may_with(actor, Action.SETTLE_RULES, find_person(actor, stores.cases, id_))
    undone = undo(bond, actor, clock())
    stores.rules.undo_bond(undone, _bond_event(actor, "bond_undone", bond, clock))
    return undone


def may_settle(actor: Actor, person: Participant, action: Action = Action.SETTLE_RULES) -> bool:
    """Tell whether an actor may settle something for a person."""
    return may_with(actor, action, person)


def _refusing(
    actor: Actor, stores: Stores, clock: Clock, participant_id: str, opening_id: str
) -> tuple[str, ...]:
    """Return the rules that refuse an opening to a person; all of them may be set aside.

    Raises
    ------
    CaseError
        `nothing_to_override` or `override_not_allowed`.
    """
    weighed = weigh_person(actor, stores, clock, participant_id)
    story = tell_pair(weighed, participant_id, opening_id)
    reasons = story.explanation.reasons
    if not reasons:
        raise CaseError("nothing_to_override")
    receiving = weighed.inputs.receiving[weighed.column(opening_id)]
    for reason in reasons:
        if not may_override([reason], receiving):
            raise CaseError("override_not_allowed", rule=rule_name(reason))
    return tuple(map(rule_name, reasons))


def _check_last_day(rule: PlacingRule | Bond, at: datetime) -> None:
    if rule.until_on is not None and rule.until_on < day_in_japan(at):
        raise CaseError("rule_ends_in_past", until=rule.until_on)


def _check_place(actor: Actor, stores: Stores, rule: PlacingRule) -> None:
    if rule.opening_id is not None:
        find_opening(actor, stores.catalog, rule.opening_id)
    elif rule.host_id not in seen_hosts(actor, stores.catalog):
        raise NotFound("host_not_found")


def _check_others(rule: PlacingRule, others: Sequence[PlacingRule]) -> None:
    """Raise where the rule contradicts or repeats another one about the same person."""
    for other in others:
        if other.participant_id != rule.participant_id:
            continue
        same_place = (other.opening_id, other.host_id) == (rule.opening_id, rule.host_id)
        if other.kind is rule.kind is PlacingKind.LOCK:
            raise CaseError("already_locked")
        if same_place and other.kind is rule.kind is PlacingKind.EXCLUSION:
            raise CaseError("already_settled")
        if same_place and {other.kind, rule.kind} == {PlacingKind.LOCK, PlacingKind.EXCLUSION}:
            lock = other.kind is PlacingKind.LOCK
            raise CaseError("already_locked" if lock else "already_excluded")


def _bond_event(actor: Actor, kind: str, bond: Bond, clock: Clock) -> AuditEvent:
    detail = {"kind": str(bond.kind), "people": ",".join(bond.participant_ids)}
    return replace(_event(actor, kind, bond.id, clock, detail), subject_kind="bond")


def _event(
    actor: Actor, kind: str, subject_id: str, clock: Clock, detail: dict[str, str]
) -> AuditEvent:
    return AuditEvent(
        kind=kind,
        actor_id=actor.user_id,
        subject_kind="participant",
        subject_id=subject_id,
        at=clock(),
        detail=detail,
    )
