"""How lists and conflicts name people and places, as far as the reader may know of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cases.actions.cataloguing import seen_hosts, seen_openings, seen_places
from cases.actions.intake import Clock
from cases.actions.matching import Stores
from cases.actions.settling import look_at_rules
from cases.bond import Bond
from cases.permissions import Action, PeopleScope, is_ever_allowed
from cases.placing_rule import PlacingRule
from cases.run import UsedRule
from cases.words.settled import rule_words
from catalog.actor import Actor


@dataclass(frozen=True, slots=True)
class Names:
    """Names by id: of people whom the reader may open, of openings with their place, of hosts."""

    people: Mapping[str, str]
    places: Mapping[str, str]


def names_for(actor: Actor, stores: Stores) -> Names:
    """Read the names of everyone and everything a rule may be about."""
    people = {each.id: f"{each.name}さん" for each in stores.cases.participants(PeopleScope(actor))}
    hosts, resources = seen_hosts(actor, stores.catalog), seen_places(actor, stores.catalog)
    places = {id_: each.name for id_, each in hosts.items()}
    for opening in seen_openings(actor, stores.catalog).values():
        resource = resources.get(opening.resource_id)
        place = f"{resource.name}　" if resource else ""
        places[opening.id] = f"{place}{opening.name}"
    return Names(people, places)


def as_used(rule: PlacingRule) -> UsedRule:
    """Return a rule in the form in which rules are told."""
    return UsedRule(
        kind=str(rule.kind),
        rule_id=rule.id,
        participant_ids=(rule.participant_id,),
        opening_id=rule.opening_id or "",
        host_id=rule.host_id or "",
    )


def bonds_of(actor: Actor, stores: Stores, clock: Clock, participant_id: str) -> tuple[str, ...]:
    """Return the bonds of a person in words; nothing for a role that settles nothing."""
    if not is_ever_allowed(actor.role, Action.SETTLE_RULES):
        return ()
    bonds = [
        each
        for each in look_at_rules(actor, stores, clock).bonds
        if participant_id in each.participant_ids
    ]
    if not bonds:
        return ()
    people = names_for(actor, stores).people
    return tuple(rule_words(bond_as_used(each), people, {}) for each in bonds)


def bond_as_used(bond: Bond) -> UsedRule:
    """Return a bond in the form in which rules are told."""
    return UsedRule(kind=str(bond.kind), rule_id=bond.id, participant_ids=bond.participant_ids)
