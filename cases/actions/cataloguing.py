"""Writing the catalogue: openings as staff enter them, confirming them, each step of their life."""

from __future__ import annotations

from dataclasses import replace

from cases.actions.intake import Clock, changed_fields
from cases.errors import CaseError, NotFound
from cases.permissions import CATALOG_VIEW, Action, check_may, may, relations_to_host
from cases.ports import CatalogStore
from catalog.actor import Actor, Role
from catalog.audit import AuditEvent
from catalog.dates import day_in_japan
from catalog.errors import CatalogError
from catalog.opening import (
    TRANSITIONS,
    Opening,
    OpeningStatus,
    Requirement,
    missing_before_shown,
    transition,
)
from catalog.organisation import Organisation
from catalog.resource import Resource
from catalog.search import SHOWN_STATUSES, is_visible
from catalog.vocabulary import Vocabulary


def find_opening(actor: Actor, store: CatalogStore, opening_id: str) -> Opening:
    """Return an opening that the actor may know of, with the place where it is.

    Raises
    ------
    NotFound
        `opening_not_found`, whether there is none or the actor may not see it.
    """
    opening = store.opening(opening_id)
    # Asked for in any case: it must take as long where there is no opening.
    place = store.resource(opening.resource_id if opening else opening_id)
    if opening is None or place is None or not sees(actor, opening, place):
        raise NotFound("opening_not_found")
    return opening


def seen_openings(actor: Actor, store: CatalogStore) -> dict[str, Opening]:
    """Return the openings that exist for an actor, by id: whoever names some reads these."""
    places = store.resources()
    return {
        each.id: each
        for each in store.openings()
        if each.resource_id in places and sees(actor, each, places[each.resource_id])
    }


def sees(actor: Actor, opening: Opening, place: Resource) -> bool:
    """Tell whether an opening exists for an actor: visible to the role, or their own to write.

    Drafts and what has ended are for those who write them.
    """
    if relations_to_host(actor, opening.host_id):
        return True
    view = CATALOG_VIEW[actor.role]
    is_visible_both = is_visible(opening.visibility, view) and is_visible(place.visibility, view)
    return is_visible_both and (opening.status in SHOWN_STATUSES or may_write(actor, opening))


def seen_places(actor: Actor, store: CatalogStore) -> dict[str, Resource]:
    """Return the places that exist for an actor, by id: whoever names or offers some reads these.

    One that is hidden is there with an opening that is the actor's own.
    """
    view, own = CATALOG_VIEW[actor.role], {each.resource_id for each in _own(actor, store)}
    return {
        id_: each
        for id_, each in store.resources().items()
        if id_ in own or is_visible(each.visibility, view)
    }


def seen_hosts(actor: Actor, store: CatalogStore) -> dict[str, Organisation]:
    """Return the hosts that exist for an actor, by id: whoever names or offers some reads these."""
    return {id_: each for id_, each in store.organisations().items() if sees_host(actor, each)}


def sees_host(actor: Actor, host: Organisation) -> bool:
    """Tell whether a host exists for an actor: one of another host is none of theirs."""
    if relations_to_host(actor, host.id):
        return True
    return actor.role is not Role.HOST and is_visible(host.visibility, CATALOG_VIEW[actor.role])


def _own(actor: Actor, store: CatalogStore) -> list[Opening]:
    return [each for each in store.openings() if relations_to_host(actor, each.host_id)]


def may_write(actor: Actor, opening: Opening) -> bool:
    """Tell whether an actor may change an opening."""
    return may(actor, Action.EDIT_CATALOG, relations_to_host(actor, opening.host_id))


def add_opening(
    actor: Actor, store: CatalogStore, vocabulary: Vocabulary, opening: Opening, clock: Clock
) -> Opening:
    """Add an opening; every one begins as a draft, `change_status` takes it further.

    Raises
    ------
    NotPermitted
        Unless the actor may write for this host.
    CaseError
        `opening_begins_as_draft`.
    CatalogError
        `unknown_code` for a code that is in no list.
    """
    check_may(actor, Action.EDIT_CATALOG, relations_to_host(actor, opening.host_id))
    if opening.status is not OpeningStatus.DRAFT:
        raise CaseError("opening_begins_as_draft")
    check_codes(opening, vocabulary)
    store.save_opening(opening, _event(actor, "opening_added", opening, clock))
    return opening


def edit_opening(
    actor: Actor, store: CatalogStore, vocabulary: Vocabulary, opening: Opening, clock: Clock
) -> Opening:
    """Keep a new version of an opening; its status stays what it is.

    Raises
    ------
    NotFound, NotPermitted
        Where the actor may not see the opening, or not write for its host, before or after.
    CatalogError
        `unknown_code`; `opening_incomplete` where something is missing that a shown one needs.
    """
    before = find_opening(actor, store, opening.id)
    for each in (before, opening):
        check_may(actor, Action.EDIT_CATALOG, relations_to_host(actor, each.host_id))
    kept = replace(opening, status=before.status, status_reason=before.status_reason)
    check_codes(kept, vocabulary)
    if kept.status in SHOWN_STATUSES and (missing := missing_before_shown(kept)):
        raise CatalogError("opening_incomplete", missing=", ".join(missing))
    changed = changed_fields(before, kept)
    if changed:
        event = _event(actor, "opening_changed", kept, clock, fields=",".join(changed))
        store.save_opening(kept, event, seen=before.taken)
    return kept


def confirm_opening(
    actor: Actor,
    store: CatalogStore,
    vocabulary: Vocabulary,
    opening_id: str,
    how: str,
    clock: Clock,
) -> Opening:
    """Note that somebody made sure today that an opening is as it stands here.

    Parameters
    ----------
    how
        A code of the list `contact_method`.

    Raises
    ------
    NotFound, NotPermitted, CatalogError
        As `edit_opening`.
    """
    before = find_opening(actor, store, opening_id)
    check_may(actor, Action.EDIT_CATALOG, relations_to_host(actor, before.host_id))
    vocabulary.check("contact_method", how)
    confirmed = replace(
        before,
        last_confirmed_on=day_in_japan(clock()),
        last_confirmed_by=actor.name,
        last_confirmed_how=how,
    )
    store.save_opening(confirmed, _event(actor, "opening_confirmed", confirmed, clock, how=how))
    return confirmed


def change_status(
    actor: Actor,
    store: CatalogStore,
    opening_id: str,
    to: OpeningStatus,
    clock: Clock,
    reason: str = "",
) -> Opening:
    """Take one step in the life of an opening.

    Raises
    ------
    NotFound, NotPermitted
        As `edit_opening`.
    CatalogError
        What the table of `catalog.opening` does not allow, or what the step requires.
    """
    before = find_opening(actor, store, opening_id)
    check_may(actor, Action.EDIT_CATALOG, relations_to_host(actor, before.host_id))
    after, event = transition(before, to, actor, clock(), reason)
    store.save_opening(after, event)
    return after


def find_host(actor: Actor, store: CatalogStore, host_id: str) -> Organisation:
    """Return a host for whom the actor may write.

    Raises
    ------
    NotFound, NotPermitted
        `host_not_found`, whether there is none or the actor may not see it; where the actor may not
        write for this host.
    """
    host = seen_hosts(actor, store).get(host_id)
    if host is None:
        raise NotFound("host_not_found")
    check_may(actor, Action.EDIT_CATALOG, relations_to_host(actor, host_id))
    return host


def edit_host_limits(
    actor: Actor,
    store: CatalogStore,
    host_id: str,
    most_at_once: int | None,
    newcomers_a_month: int | None,
    clock: Clock,
) -> Organisation:
    """Keep how many people a host can have at all its openings; None is no limit.

    Raises
    ------
    NotFound, NotPermitted
        As `find_host`.
    CatalogError
        `too_small`.
    """
    before = find_host(actor, store, host_id)
    after = replace(before, most_at_once=most_at_once, newcomers_a_month=newcomers_a_month)
    if after != before:
        event = AuditEvent(
            kind="host_limits_changed",
            actor_id=actor.user_id,
            subject_kind="organisation",
            subject_id=host_id,
            at=clock(),
            detail={"at_once": str(most_at_once), "a_month": str(newcomers_a_month)},
        )
        store.save_organisation(after, event)
    return after


def next_statuses(actor: Actor, opening: Opening) -> dict[OpeningStatus, bool]:
    """Return the statuses to which an actor may take an opening; True where it takes a reason."""
    if not may_write(actor, opening):
        return {}
    return {
        to: Requirement.REASON in step.requires
        for (was, to), step in TRANSITIONS.items()
        if was is opening.status and actor.role in step.by
    }


def check_codes(opening: Opening, vocabulary: Vocabulary) -> None:
    """Raise `CatalogError` ("unknown_code") unless every code of an opening is in its list."""
    used = {
        "menu": opening.menu,
        "form": (opening.form,),
        "role": (opening.role,),
        "accommodation": sorted(opening.accommodations),
        "field": sorted(opening.welcome.fields),
        "transport": opening.transport,
        "insurance": (opening.insurance,) if opening.insurance else (),
    }
    for name, codes in used.items():
        for code in codes:
            vocabulary.check(name, code)


def _event(actor: Actor, kind: str, opening: Opening, clock: Clock, **detail: str) -> AuditEvent:
    return AuditEvent(
        kind=kind,
        actor_id=actor.user_id,
        subject_kind="opening",
        subject_id=opening.id,
        at=clock(),
        detail=detail,
    )
