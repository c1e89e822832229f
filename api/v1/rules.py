"""`/api/v1/rules`: what is settled before the search, about people whom the reader may open."""

from __future__ import annotations

from fastapi import APIRouter, status

from api.rights import Settles
from api.v1 import schemas
from api.v1.problems import READING, WRITING
from api.wiring import Wired
from cases.actions.settling import bind, look_at_rules, settle_placing, unbind, undo_placing
from cases.bond import Bond
from cases.placing_rule import PlacingRule

router = APIRouter(prefix="/api/v1", tags=["matching"])


@router.get("/rules", responses=READING)
def list_rules(actor: Settles, wiring: Wired) -> list[schemas.PlacingRule]:
    """List the locks, exclusions and overrides that hold today, the earliest first."""
    with wiring.reading() as stores:
        settled = look_at_rules(actor, stores, wiring.clock)
    return [rule_shape(each) for each in settled.rules]


@router.post("/rules", status_code=status.HTTP_201_CREATED, responses=WRITING)
def add_rule(actor: Settles, wiring: Wired, sent: schemas.PlacingRuleIn) -> schemas.PlacingRule:
    """Lock a person to an opening, keep one or a host away, or set rules of the matching aside."""
    with wiring.writing() as stores:
        rule = settle_placing(
            actor,
            stores,
            wiring.clock,
            sent.kind,
            sent.person,
            reason=sent.reason,
            opening_id=sent.opening,
            host_id=sent.host,
            until_on=sent.until_on,
        )
    return rule_shape(rule)


@router.post("/rules/{rule_id}/undo", responses=WRITING)
def undo_rule(actor: Settles, wiring: Wired, rule_id: str) -> schemas.PlacingRule:
    """Undo a lock, an exclusion or an override."""
    with wiring.writing() as stores:
        return rule_shape(undo_placing(actor, stores, wiring.clock, rule_id))


@router.get("/bonds", responses=READING)
def list_bonds(actor: Settles, wiring: Wired) -> list[schemas.Bond]:
    """List the bonds between people that hold today, the earliest first."""
    with wiring.reading() as stores:
        settled = look_at_rules(actor, stores, wiring.clock)
    return [bond_shape(each) for each in settled.bonds]


@router.post("/bonds", status_code=status.HTTP_201_CREATED, responses=WRITING)
def add_bond(actor: Settles, wiring: Wired, sent: schemas.BondIn) -> schemas.Bond:
    """Bind people to one another: together, at one time, all or none, or apart."""
    with wiring.writing() as stores:
        bond = bind(
            actor,
            stores,
            wiring.clock,
            sent.kind,
            sent.people,
            reason=sent.reason,
            until_on=sent.until_on,
        )
    return bond_shape(bond)


@router.post("/bonds/{bond_id}/undo", responses=WRITING)
def undo_bond(actor: Settles, wiring: Wired, bond_id: str) -> schemas.Bond:
    """Undo a bond between people."""
    with wiring.writing() as stores:
        return bond_shape(unbind(actor, stores, wiring.clock, bond_id))


def rule_shape(rule: PlacingRule) -> schemas.PlacingRule:
    """Return a rule as the interface gives it."""
    return schemas.PlacingRule(
        id=rule.id,
        kind=rule.kind,
        person=rule.participant_id,
        opening=rule.opening_id,
        host=rule.host_id,
        overrides=list(rule.overrides),
        reason=rule.reason,
        until_on=rule.until_on,
        made_at=rule.made_at,
        undone_at=rule.undone_at,
    )


def bond_shape(bond: Bond) -> schemas.Bond:
    """Return a bond as the interface gives it."""
    return schemas.Bond(
        id=bond.id,
        kind=bond.kind,
        people=list(bond.participant_ids),
        reason=bond.reason,
        until_on=bond.until_on,
        made_at=bond.made_at,
        undone_at=bond.undone_at,
    )
