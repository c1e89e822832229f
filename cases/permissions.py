"""Who may do what: one table of role, action and relation, and the two questions put to it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias

from cases.errors import NotPermitted
from cases.participant import Participant
from catalog.actor import Actor, Remit, Role


class Action(StrEnum):
    """What a role can be allowed to do."""

    SEE_PEOPLE = "see_people"
    EDIT_PEOPLE = "edit_people"
    SEE_PROTECTED = "see_protected"
    OPEN_IN_EMERGENCY = "open_in_emergency"
    SEE_EMERGENCIES = "see_emergencies"
    SEE_MEETINGS = "see_meetings"
    WRITE_MEETINGS = "write_meetings"
    SEE_ROOM = "see_room"
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
    HAND_OUT_RECORDS = "hand_out_records"
    DELETE_PEOPLE = "delete_people"
    HAND_OVER = "hand_over"
    SEE_RECEPTIONS = "see_receptions"
    WRITE_RECEPTIONS = "write_receptions"


class Relation(StrEnum):
    """How the actor stands to the thing, the widest first.

    `REMIT`: the person is within the 事業 and the 圏域 that the actor's office and the actor are
    entrusted with. `OWN_OFFICE`: the office is the lead of the case (支援の中心を担う機関).
    `PLAN_MEMBER`: the office takes part in the person's plan. `OWN_CASE`: their coordinator, as
    long as they belong to the office of the case, or named as one who may open them. `EMERGENCY`:
    an emergency access that is running. `ITEM_MEMBER`: takes part in an item of a 支援会議.
    """

    ANY = "any"
    REMIT = "remit"
    OWN_OFFICE = "own_office"
    PLAN_MEMBER = "plan_member"
    OWN_CASE = "own_case"
    EMERGENCY = "emergency"
    ITEM_MEMBER = "item_member"


_A, _R = Action, Role
_Row: TypeAlias = frozenset[Relation]
_ANY: Final[_Row] = frozenset({Relation.ANY})
_REMIT: Final[_Row] = frozenset({Relation.REMIT, Relation.OWN_CASE})
_OFFICE: Final[_Row] = frozenset({Relation.OWN_OFFICE, Relation.OWN_CASE})
_PLAN: Final[_Row] = frozenset({Relation.PLAN_MEMBER, Relation.OWN_CASE})
_CASE: Final[_Row] = frozenset({Relation.OWN_CASE})
_OWN: Final[_Row] = frozenset({Relation.OWN_OFFICE})
_DESK: Final[_Row] = frozenset({Relation.REMIT, Relation.OWN_OFFICE})
_OR_EMERGENCY: Final[_Row] = frozenset({Relation.EMERGENCY})
_MEMBER: Final[_Row] = frozenset({Relation.ITEM_MEMBER})

POLICY: Final[Mapping[Role, Mapping[Action, frozenset[Relation]]]] = {
    _R.COORDINATOR: {
        _A.SEE_PEOPLE: _REMIT | _OR_EMERGENCY,
        _A.EDIT_PEOPLE: _REMIT,
        _A.SEE_PROTECTED: _CASE | _OR_EMERGENCY,
        _A.OPEN_IN_EMERGENCY: _ANY,
        _A.SEE_EMERGENCIES: _REMIT,
        _A.SEE_MEETINGS: _ANY,
        _A.WRITE_MEETINGS: _ANY,
        _A.SEE_ROOM: _MEMBER,
        _A.SEE_CATALOG: _ANY,
        _A.EDIT_CATALOG: _ANY,
        _A.IMPORT_DATA: _ANY,
        _A.RUN_MATCHING: _ANY,
        _A.SEE_RUNS: _ANY,
        _A.DECIDE_PROPOSAL: _REMIT,
        _A.SETTLE_RULES: _REMIT,
        _A.OVERRIDE_RULES: _REMIT,
        _A.SEE_PLANNING: _ANY,
        _A.PREVIEW_POLICY: _ANY,
        _A.HAND_OUT_RECORDS: _REMIT,
        _A.DELETE_PEOPLE: _REMIT,
        _A.HAND_OVER: _OFFICE,
        _A.SEE_RECEPTIONS: _DESK,
        _A.WRITE_RECEPTIONS: _DESK,
    },
    _R.LEAD_AGENCY: {
        _A.SEE_PEOPLE: _OFFICE | _OR_EMERGENCY,
        _A.EDIT_PEOPLE: _OFFICE,
        _A.SEE_PROTECTED: _CASE | _OR_EMERGENCY,
        _A.OPEN_IN_EMERGENCY: _ANY,
        _A.SEE_EMERGENCIES: _OFFICE,
        _A.SEE_MEETINGS: _ANY,
        _A.WRITE_MEETINGS: _ANY,
        _A.SEE_ROOM: _MEMBER,
        _A.SEE_CATALOG: _ANY,
        _A.EDIT_CATALOG: _ANY,
        _A.SEE_RUNS: _ANY,
        _A.DECIDE_PROPOSAL: _OFFICE,
        _A.SETTLE_RULES: _OFFICE,
        _A.HAND_OVER: _OFFICE,
        _A.SEE_RECEPTIONS: _OWN,
        _A.WRITE_RECEPTIONS: _OWN,
    },
    _R.MEMBER_AGENCY: {
        _A.SEE_PEOPLE: _PLAN,
        _A.SEE_PROTECTED: _CASE,
        _A.SEE_MEETINGS: _ANY,
        _A.SEE_ROOM: _MEMBER,
        _A.SEE_CATALOG: _ANY,
        _A.SEE_RECEPTIONS: _OWN,
        _A.WRITE_RECEPTIONS: _OWN,
    },
    _R.HOST: {
        _A.SEE_CATALOG: _ANY,
        _A.EDIT_CATALOG: _OWN,
    },
    _R.PLANNER: {
        _A.SEE_CATALOG: _ANY,
        _A.SEE_PLANNING: _ANY,
        _A.PREVIEW_POLICY: _ANY,
    },
    _R.AUDITOR: {
        _A.SEE_CATALOG: _ANY,
        _A.SEE_AUDIT: _ANY,
        _A.SEE_EMERGENCIES: _ANY,
    },
    _R.ADMINISTRATOR: {
        _A.SEE_CATALOG: _ANY,
        _A.EDIT_CATALOG: _ANY,
        _A.IMPORT_DATA: _ANY,
        _A.MANAGE_USERS: _ANY,
        _A.SEE_EMERGENCIES: _ANY,
        _A.PREVIEW_POLICY: _ANY,
        _A.EDIT_SETTINGS: _ANY,
    },
    _R.SYSTEM: {
        _A.SEE_PEOPLE: _ANY,
        _A.EDIT_PEOPLE: _ANY,
        _A.HAND_OVER: _ANY,
        _A.SEE_PROTECTED: _ANY,
        _A.SEE_CATALOG: _ANY,
        _A.EDIT_CATALOG: _ANY,
        _A.IMPORT_DATA: _ANY,
        _A.RUN_MATCHING: _ANY,
        _A.SEE_RUNS: _ANY,
        _A.SEE_RECEPTIONS: _ANY,
    },
}
"""In which relations a role may do an action; what is not in the table is forbidden.

Of a protected person only those relations count that the row `SEE_PROTECTED` names. The system
registers, imports and computes; it never decides about a proposal: that takes a person. The rows
of receptions are about those of nobody known yet; one with a person follows the rows of people."""
WITH_VOLUNTEERS: Final = frozenset({Relation.ANY, Relation.REMIT})
"""How staff stand to a volunteer, who is nobody's case and under no 事業."""


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


def is_ever_allowed(role: Role, action: Action) -> bool:
    """Tell whether a role may do an action to anything at all."""
    return action in POLICY[role]


def may(actor: Actor, action: Action, relations: frozenset[Relation] = frozenset()) -> bool:
    """Tell whether an actor may do an action to a thing to which they stand so.

    `relations` are the relations that hold, as `relations_to` gives them; `ANY` always holds.
    """
    allowed = POLICY[actor.role].get(action, frozenset())
    return Relation.ANY in allowed or not allowed.isdisjoint(relations)


def check_may(actor: Actor, action: Action, relations: frozenset[Relation] = frozenset()) -> None:
    """Raise `NotPermitted` unless `may` says yes."""
    if not may(actor, action, relations):
        raise NotPermitted("not_permitted", role=actor.role, action=action)


def relations_to(actor: Actor, participant: Participant) -> frozenset[Relation]:
    """Return the relations in which an actor stands to a person."""
    office = actor.office_id
    held = {
        Relation.ANY: True,
        Relation.REMIT: all(_covers(remit, participant) for remit in actor.remits),
        Relation.OWN_OFFICE: office is not None and office == participant.office_id,
        Relation.PLAN_MEMBER: office in participant.member_office_ids,
        Relation.OWN_CASE: _coordinates(actor, participant)
        or actor.user_id in participant.named_staff_ids,
        Relation.EMERGENCY: participant.id in actor.emergencies,
    }
    return frozenset(relation for relation, holds in held.items() if holds)


def _coordinates(actor: Actor, participant: Participant) -> bool:
    """Tell whether a person is an actor's case; whoever left its office has none there any more.

    The office of a case is that of its coordinator at the time when it became theirs.
    """
    return (actor.user_id, actor.office_id) == (participant.coordinator_id, participant.office_id)


def _covers(remit: Remit, participant: Participant) -> bool:
    """Tell whether a person is within a remit; who lives nobody knows where is in no town."""
    under, towns = remit.programmes, remit.town_ids
    return (under is None or not under.isdisjoint(participant.programmes)) and (
        towns is None or participant.town_id in towns
    )


def relations_to_host(actor: Actor, host_id: str | None) -> frozenset[Relation]:
    """Return the relations in which an actor stands to what a host offers; hosts are offices."""
    is_own = host_id is not None and actor.office_id == host_id
    return _OWN if is_own else frozenset()


def relations_to_offices(actor: Actor, office_ids: Collection[str]) -> frozenset[Relation]:
    """Return the relations in which an actor stands to what is about nobody by name yet.

    It is the matter of the offices that received or pass it on. What it is about may lie outside
    any remit, so it lies within the work of those alone whose work is not limited.
    """
    held = {
        Relation.ANY: True,
        Relation.REMIT: not actor.remits,
        Relation.OWN_OFFICE: bool(actor.office_id) and actor.office_id in office_ids,
    }
    return frozenset(relation for relation, holds in held.items() if holds)


def may_with(actor: Actor, action: Action, participant: Participant) -> bool:
    """Tell whether an actor may do an action to a person, protection counted in."""
    relations = relations_to(actor, participant)
    if participant.address_protected:
        relations &= POLICY[actor.role].get(Action.SEE_PROTECTED, frozenset())
    return not relations.isdisjoint(POLICY[actor.role].get(action, frozenset()))


def check_may_with(actor: Actor, action: Action, participant: Participant) -> None:
    """Raise `NotPermitted` unless `may_with` says yes."""
    if not may_with(actor, action, participant):
        raise NotPermitted("not_permitted", role=actor.role, action=action)


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
