"""Trying another matching policy, and adopting one."""

from __future__ import annotations

from datetime import date

from cases.actions.intake import Clock
from cases.actions.matching import Stores, everyone_who_waits, policy_in_force
from cases.city_policy import AdoptedPolicy
from cases.errors import CaseError
from cases.matching.policy_preview import PolicyPreview, preview
from cases.participant import Participant
from cases.permissions import WITH_VOLUNTEERS, Action, PeopleScope, check_may, may
from cases.ports import MunicipalityStore
from catalog.actor import Actor
from catalog.audit import AuditEvent
from catalog.dates import day_in_japan
from matcher.policy_text import changed_values, read_policy


def preview_policy(
    actor: Actor, stores: Stores, clock: Clock, text: str, on: date | None = None
) -> PolicyPreview:
    """Match everyone who waits with the present and with a drafted policy, and compare.

    Nothing is kept but the event that it was tried. Who sees people sees those whom they may
    open; everyone else sees counts, in which nobody with a protected address is. Who does not see
    planning figures reads no small count, and none from which a small one could be computed.

    Parameters
    ----------
    text
        What would be the city's file; it is laid over the product's own policy.
    on
        Day as of which people are matched; today in Japan if left out.

    Raises
    ------
    NotPermitted
        Unless the role may try policies.
    InvalidPolicy
        What is wrong with the text, and on which line.
    """
    check_may(actor, Action.PREVIEW_POLICY)
    draft = read_policy(text)
    on = on or day_in_japan(clock())
    present = policy_in_force(stores.municipality, on)
    _, inputs = everyone_who_waits(stores, actor, on)
    sees_people = may(actor, Action.SEE_PEOPLE, WITH_VOLUNTEERS)
    found = preview(
        inputs,
        present,
        draft,
        PeopleScope(actor).admits if sees_people else _is_open_to_all,
        with_people=sees_people,
        with_small_figures=may(actor, Action.SEE_PLANNING),
    )
    versions = {"present": present.version, "draft": draft.version}
    stores.municipality.record(
        AuditEvent("policy_tried", actor.user_id, "policy", draft.version, clock(), versions)
    )
    return found


def _is_open_to_all(participant: Participant) -> bool:
    return not participant.address_protected


def adopt_policy(
    actor: Actor, store: MunicipalityStore, clock: Clock, text: str, reason: str
) -> AdoptedPolicy:
    """Let a policy hold from its day on; the ones before are kept.

    Raises
    ------
    NotPermitted
        Unless the role may change the settings.
    InvalidPolicy
        What is wrong with the text, and on which line.
    CaseError
        `policy_reason_missing`; `policy_begins_in_past`, for what was matched stays explained by
        what held then; `policy_unchanged` where its numbers hold on that day anyhow.
    """
    check_may(actor, Action.EDIT_SETTINGS)
    policy, now = read_policy(text), clock()
    today = day_in_japan(now)
    if not reason.strip():
        raise CaseError("policy_reason_missing")
    if policy.from_on < today:
        raise CaseError("policy_begins_in_past", day=policy.from_on, today=today)
    if not changed_values(policy_in_force(store, policy.from_on), policy):
        raise CaseError("policy_unchanged", day=policy.from_on)
    adopted = AdoptedPolicy(
        number=len(store.policies()) + 1,
        from_on=policy.from_on,
        version=policy.version,
        text=text,
        reason=reason.strip(),
        adopted_by=actor.user_id,
        adopted_at=now,
    )
    detail = {"from": policy.from_on.isoformat(), "version": policy.version}
    event = AuditEvent("policy_adopted", actor.user_id, "policy", policy.version, now, detail)
    store.adopt_policy(adopted, event)
    return adopted
