"""Looking at what would be, from the stores; nothing is changed by it."""

from __future__ import annotations

from dataclasses import dataclass

from cases.actions.intake import Clock
from cases.actions.matching import Stores, weigh_person, weigh_waiting
from cases.matching.weighing import Weighed
from cases.matching.what_if import ForEveryone, WhatIf, as_seen, suppose, suppose_for_everyone
from cases.permissions import Action, PeopleScope, Relation, may, scope_of_everyone
from catalog.actor import Actor


@dataclass(frozen=True, slots=True, eq=False)
class Supposed:
    """A person as things stand, as they would be, and what that would do for everyone.

    `everyone` is of those whom the reader may open; None where the person is not matched now, or
    the reader sees no runs.
    """

    now: Weighed
    then: Weighed
    everyone: ForEveryone | None = None


def look_ahead(
    actor: Actor, stores: Stores, clock: Clock, participant_id: str, what_if: WhatIf
) -> Supposed:
    """Suppose something of a person, for them alone and for everyone who waits.

    Everyone is computed, protected people included, as in a run.

    Raises
    ------
    NotFound, CaseError
        As `weigh_person`.
    """
    now = weigh_person(actor, stores, clock, participant_id)
    if what_if.is_nothing:
        return Supposed(now, now)
    then = suppose(now, what_if)
    if not may(actor, Action.SEE_RUNS, frozenset(Relation)):
        return Supposed(now, then)
    everybody = scope_of_everyone(actor.municipality_code).actor
    waiting = weigh_waiting(everybody, stores, clock)
    found = suppose_for_everyone(waiting, then, what_if)
    if found is None:
        return Supposed(now, then)
    people = {each.id for each in stores.cases.participants(PeopleScope(actor))}
    matched = waiting.considered.profiles.ids + waiting.considered.offers.ids
    known = people.union(now.considered.offers.ids)
    return Supposed(now, then, as_seen(found, matched, known))
