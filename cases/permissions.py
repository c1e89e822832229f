"""Who may do what: one table of role, action and relation, and the two questions put to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from cases.errors import NotPermitted
from cases.participant import Participant
from catalog.actor import Actor, Role


class Action(StrEnum):
    """What a role can be allowed to do."""

    SEE_PEOPLE = "see_people"
    EDIT_PEOPLE = "edit_people"
    SEE_PROTECTED = "see_protected"
    SEE_CATALOG = "see_catalog"
    EDIT_CATALOG = "edit_catalog"
    IMPORT_DATA = "import_data"
    RUN_MATCHING = "run_matching"
    SEE_RUNS = "see_runs"
    DECIDE_PROPOSAL = "decide_proposal"
    SETTLE_RULES = "settle_rules"
    OVERRIDE_RULES = "override_rules"
    SEE_PLANNING = "see_planning"
    PREVIEW_POLICY = "preview_policy"
    SEE_AUDIT = "see_audit"
    MANAGE_USERS = "manage_users"
    EDIT_SETTINGS = "edit_settings"


class Relation(StrEnum):
    """How the actor stands to the thing; each relation is narrower than the one before."""

    ANY = "any"
    OWN_OFFICE = "own_office"
    OWN_CASE = "own_case"
    NAMED = "named"


_ANY, _OFFICE, _CASE, _NAMED = Relation.ANY, Relation.OWN_OFFICE, Relation.OWN_CASE, Relation.NAMED
_A, _R = Action, Role

POLICY: Final[Mapping[Role, Mapping[Action, Relation]]] = {
    _R.COORDINATOR: {
        _A.SEE_PEOPLE: _ANY,
        _A.EDIT_PEOPLE: _ANY,
        _A.SEE_PROTECTED: _NAMED,
        _A.SEE_CATALOG: _ANY,
        _A.EDIT_CATALOG: _ANY,
        _A.IMPORT_DATA: _ANY,
        _A.RUN_MATCHING: _ANY,
        _A.SEE_RUNS: _ANY,
        _A.DECIDE_PROPOSAL: _ANY,
        _A.SETTLE_RULES: _ANY,
        _A.OVERRIDE_RULES: _ANY,
        _A.SEE_PLANNING: _ANY,
        _A.PREVIEW_POLICY: _ANY,
    },
    _R.LEAD_AGENCY: {
        _A.SEE_PEOPLE: _OFFICE,
        _A.EDIT_PEOPLE: _OFFICE,
        _A.SEE_PROTECTED: _NAMED,
        _A.SEE_CATALOG: _ANY,
        _A.EDIT_CATALOG: _ANY,
        _A.SEE_RUNS: _ANY,
        _A.DECIDE_PROPOSAL: _OFFICE,
        _A.SETTLE_RULES: _OFFICE,
    },
    _R.MEMBER_AGENCY: {
        _A.SEE_PEOPLE: _CASE,
        _A.SEE_PROTECTED: _NAMED,
        _A.SEE_CATALOG: _ANY,
    },
    _R.HOST: {
        _A.SEE_CATALOG: _ANY,
        _A.EDIT_CATALOG: _OFFICE,
    },
    _R.PLANNER: {
        _A.SEE_CATALOG: _ANY,
        _A.SEE_PLANNING: _ANY,
        _A.PREVIEW_POLICY: _ANY,
    },
    _R.AUDITOR: {
        _A.SEE_CATALOG: _ANY,
        _A.SEE_AUDIT: _ANY,
    },
    _R.ADMINISTRATOR: {
        _A.SEE_CATALOG: _ANY,
        _A.EDIT_CATALOG: _ANY,
        _A.IMPORT_DATA: _ANY,
        _A.MANAGE_USERS: _ANY,
        _A.PREVIEW_POLICY: _ANY,
        _A.EDIT_SETTINGS: _ANY,
    },
    _R.SYSTEM: {
        _A.SEE_PEOPLE: _ANY,
        _A.EDIT_PEOPLE: _ANY,
        _A.SEE_PROTECTED: _ANY,
        _A.SEE_CATALOG: _ANY,
        _A.EDIT_CATALOG: _ANY,
        _A.IMPORT_DATA: _ANY,
        _A.RUN_MATCHING: _ANY,
        _A.SEE_RUNS: _ANY,
    },
}
"""What is not in the table is forbidden. The system registers, imports and computes; it never
decides about a proposal: that takes a person."""


CATALOG_VIEW: Final[Mapping[Role, str]] = {
    _R.COORDINATOR: "office",
    _R.LEAD_AGENCY: "agencies",
    _R.MEMBER_AGENCY: "agencies",
    _R.HOST: "public",
    _R.PLANNER: "office",
    _R.AUDITOR: "office",
    _R.ADMINISTRATOR: "office",
    _R.SYSTEM: "office",
}
"""The visibility (`catalog.checks.VISIBILITIES`) up to which a role sees places and openings."""


def widest_relation(role: Role, action: Action) -> Relation | None:
    """Return the widest relation in which a role may do an action, or None."""
    return POLICY[role].get(action)


def may(actor: Actor, action: Action, relations: frozenset[Relation] = frozenset()) -> bool:
    """Tell whether an actor may do an action to a thing to which they stand so.

    `relations` are the relations that hold, as `relations_to` gives them; `ANY` always holds.
    """
    needed = widest_relation(actor.role, action)
    return needed is not None and (needed is Relation.ANY or needed in relations)


def check_may(actor: Actor, action: Action, relations: frozenset[Relation] = frozenset()) -> None:
    """Raise `NotPermitted` unless `may` says yes."""
    if not may(actor, action, relations):
        raise NotPermitted("not_permitted", role=actor.role, action=action)


def relations_to(actor: Actor, participant: Participant) -> frozenset[Relation]:
    """Return the relations in which an actor stands to a person."""
    named = actor.user_id in participant.named_staff_ids
    own_case = named or actor.user_id == participant.coordinator_id
    own_office = own_case or (
        actor.office_id is not None and actor.office_id == participant.office_id
    )
    held = {_ANY: True, _OFFICE: own_office, _CASE: own_case, _NAMED: own_case}
    return frozenset(relation for relation, holds in held.items() if holds)


def relations_to_host(actor: Actor, host_id: str | None) -> frozenset[Relation]:
    """Return the relations in which an actor stands to what a host offers; hosts are offices."""
    is_own = host_id is not None and actor.office_id == host_id
    return frozenset({_ANY, _OFFICE} if is_own else {_ANY})


def may_with(actor: Actor, action: Action, participant: Participant) -> bool:
    """Tell whether an actor may do an action to a person, protection counted in."""
    relations = relations_to(actor, participant)
    if participant.address_protected and not may(actor, Action.SEE_PROTECTED, relations):
        return False
    return may(actor, action, relations)


@dataclass(frozen=True, slots=True)
class PeopleScope:
    """Which people a reader may meet at all; the store filters by it, so no page can forget."""

    actor: Actor

    def admits(self, participant: Participant) -> bool:
        """Tell whether a person exists for the reader; the reference for the SQL filter."""
        return may_with(self.actor, Action.SEE_PEOPLE, participant)


def scope_of_everyone(municipality_code: str) -> PeopleScope:
    """Return the scope of a computation over all people, whose result each reader sees in part.

    A run counts protected people as well: they need places, and their places are taken.
    """
    return PeopleScope(Actor("system", "", Role.SYSTEM, municipality_code))
