"""What a host may read of an opening of theirs, from the stores."""

from __future__ import annotations

from cases.actions.cataloguing import find_opening
from cases.actions.intake import Clock
from cases.actions.matching import Stores, weigh_waiting
from cases.matching.host_view import LATER, HostsPart, hosts_part
from cases.permissions import Action, check_may, relations_to_host, scope_of_everyone
from catalog.actor import Actor
from catalog.opening import Opening
from catalog.search import SHOWN_STATUSES


def look_as_host(
    actor: Actor, stores: Stores, clock: Clock, opening_id: str
) -> tuple[Opening, HostsPart]:
    """Return an opening, and what its host could do so that people who wait can come.

    Everyone who waits is counted, whoever looks, so that all who may see it read the same; it
    says of nobody that they wait (see `cases.matching.host_view`). What has been edited since the
    last run is answered after the next one: whoever edits and reads in turn could otherwise ask
    about one age after the other until each person is found.

    Raises
    ------
    NotFound
        Where the actor may not know the opening.
    NotPermitted
        Unless they may write it: the host, and the office.
    """
    opening = find_opening(actor, stores.catalog, opening_id)
    check_may(actor, Action.EDIT_CATALOG, relations_to_host(actor, opening.host_id))
    if opening.status not in SHOWN_STATUSES:
        return opening, HostsPart()
    everyone = scope_of_everyone(actor.municipality_code)
    run = stores.runs.latest_run(everyone)
    if run is None or stores.catalog.was_edited_since(opening.id, run.started_at):
        return opening, LATER
    return opening, hosts_part(weigh_waiting(everyone.actor, stores, clock), opening.id)
