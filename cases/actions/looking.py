"""Looking at people: where each stands today, as far as the reader may know of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from cases.actions.intake import Clock, find_person
from cases.actions.matching import Stores, load_city
from cases.consent import Consent, find_consent
from cases.matching.city import City
from cases.matching.waiting import sort_waiting
from cases.need import Need
from cases.next_step import Standing
from cases.participant import Participant, as_of
from cases.permissions import Action, PeopleScope, Relation, check_may
from cases.proposal import Proposal, ProposalStatus
from catalog.actor import Actor
from catalog.audit import AuditEvent
from catalog.dates import day_in_japan


def look_at_everyone(actor: Actor, stores: Stores, clock: Clock) -> list[Standing]:
    """Return everyone whom the actor may open, who came first first.

    Raises
    ------
    NotPermitted
        Where the role never sees people.
    """
    check_may(actor, Action.SEE_PEOPLE, frozenset(Relation))
    scope, on = PeopleScope(actor), day_in_japan(clock())
    return _standings(
        stores.cases.participants(scope),
        stores.cases.needs(scope),
        stores.cases.consents(scope),
        stores.runs.decided_proposals(scope),
        _latest_proposals(scope, stores),
        load_city(stores.catalog, stores.municipality, on),
        on,
    )


def look_at(actor: Actor, stores: Stores, clock: Clock, participant_id: str) -> Standing:
    """Return where one person stands.

    Raises
    ------
    NotFound
        Where the actor may not know the person.
    """
    person = find_person(actor, stores.cases, participant_id)
    scope, on = PeopleScope(actor), day_in_japan(clock())
    need = stores.cases.need(scope, person.id)
    own = stores.runs.proposals_for(scope, person.id)
    return _standings(
        [person],
        {person.id: need} if need else {},
        {person.id: stores.cases.consents_of(scope, person.id)},
        own,
        _latest_proposals(scope, stores),
        load_city(stores.catalog, stores.municipality, on),
        on,
    )[0]


def show_address(actor: Actor, stores: Stores, clock: Clock, participant_id: str) -> Participant:
    """Return a person whose protected address the actor is about to read, and record that.

    Raises
    ------
    NotFound
        Where the actor may not know the person.
    """
    person = find_person(actor, stores.cases, participant_id)
    stores.cases.record(
        AuditEvent(
            kind="address_shown",
            actor_id=actor.user_id,
            subject_kind="participant",
            subject_id=person.id,
            at=clock(),
        )
    )
    return person


def _standings(
    people: Sequence[Participant],
    needs: Mapping[str, Need],
    consents: Mapping[str, Sequence[Consent]],
    proposals: Sequence[Proposal],
    latest: Sequence[Proposal],
    city: City,
    on: date,
) -> list[Standing]:
    waiting = sort_waiting(people, needs, consents, proposals, city, on)
    why_not = {each.participant_id: each.why for each in waiting.not_considered}
    advanced = [each for each in proposals if each.status is ProposalStatus.ADVANCED]
    # One that is under way comes before what the last run says.
    proposal_of = {each.participant_id: each for each in (*latest, *advanced)}
    return [
        Standing(
            participant=as_of(person, on),
            consent=find_consent(consents.get(person.id, ()), on),
            why_not=why_not.get(person.id, ""),
            proposal=proposal_of.get(person.id),
        )
        for person in people
    ]


def _latest_proposals(scope: PeopleScope, stores: Stores) -> Sequence[Proposal]:
    last = stores.runs.latest_run(scope)
    return stores.runs.proposals(scope, last.id) if last else ()
