"""打診: asking a host without saying who it is, and writing what host and person answered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, TypeAlias

from cases.actions.deciding import decide_proposal
from cases.actions.intake import Clock, find_person
from cases.actions.matching import Stores
from cases.bond import BondKind
from cases.consent import require_consent
from cases.errors import CaseError, NotFound
from cases.life import Required
from cases.matching.waiting import drop_finished
from cases.participant import Participant, ParticipantStatus, as_of
from cases.permissions import (
    Action,
    PeopleScope,
    check_may_with,
    is_ever_allowed,
    may_with,
    scope_of_everyone,
)
from cases.placing.answers import own_rules
from cases.placing.asking import NO, YES
from cases.placing.enquiry import LIFE, OPEN, Enquiry, EnquiryState, EnquiryStep
from cases.placing.liaison import LiaisonTask, liaison_of
from cases.placing.placement import Placement, PlacementState
from cases.policies import check_may_be_matched, check_place
from cases.ports import PlacementStore
from cases.proposal import Decision, Proposal, ProposalStatus
from cases.reading import reading
from cases.words.enquiry import check_anonymous, enquiry_text, last_line, short_code
from catalog.actor import Actor
from catalog.audit import AuditEvent
from catalog.dates import day_in_japan
from catalog.ids import IdSource, new_id
from catalog.opening import Opening
from catalog.vocabulary import Vocabulary

FindOpening: TypeAlias = Callable[[str], Opening]
_APART = (BondKind.APART_HOST, BondKind.APART_OPENING)


@dataclass(frozen=True, slots=True)
class Desk:
    """What the verbs about enquiries and placements work with, within one transaction."""

    placing: PlacementStore
    stores: Stores
    vocabulary: Vocabulary
    opening: FindOpening
    """Returns an opening that the actor may know of."""


@dataclass(frozen=True, slots=True)
class Asked:
    """In which words a host was asked, how (a code of `contact_method`), and when."""

    text: str
    how: str
    on: date


@dataclass(frozen=True, slots=True)
class HostSaid:
    """What a host answered; `reason` is a code of `host_answer_reason`."""

    step: EnquiryStep
    on: date
    reason: str = ""
    words: str = ""
    ask_again_on: date | None = None


@dataclass(frozen=True, slots=True)
class PersonSaid:
    """What the person answered, a code of `person_answer`; `reason` one of `set_aside_reason`."""

    answer: str
    on: date
    reason: str = ""
    words: str = ""


def find_enquiry(actor: Actor, placing: PlacementStore, enquiry_id: str) -> Enquiry:
    """Return an enquiry about somebody whom the actor may know of.

    Raises
    ------
    NotFound
        ``enquiry_not_found``.
    """
    found = placing.enquiry(PeopleScope(actor), enquiry_id)
    if found is None:
        raise NotFound("enquiry_not_found")
    return found


def check_may_ask(actor: Actor, person: Participant) -> None:
    """Raise unless the actor may ask hosts about a person.

    Raises
    ------
    NotPermitted
        Where the role does not decide about this person.
    CaseError
        ``protected_asked_by_coordinator``: of a protected person nobody else asks.
    """
    check_may_with(actor, Action.DECIDE_PROPOSAL, person)
    if person.address_protected and person.coordinator_id != actor.user_id:
        raise CaseError("protected_asked_by_coordinator")


def may_ask(actor: Actor, person: Participant) -> bool:
    """Tell whether `check_may_ask` lets the actor ask."""
    is_others = person.address_protected and person.coordinator_id != actor.user_id
    return may_with(actor, Action.DECIDE_PROPOSAL, person) and not is_others


def draft(
    actor: Actor, desk: Desk, clock: Clock, participant_id: str, opening_id: str, office: str
) -> str:
    """Return the words that are proposed for asking; nothing is kept.

    Parameters
    ----------
    office
        Who asks, as the host knows them.

    Raises
    ------
    NotFound, NotPermitted
        Where the actor may not know or ask about the person.
    CaseError, ConsentMissing
        What forbids to ask: see `check_can_be_asked`.
    """
    person = find_person(actor, desk.stores.cases, participant_id)
    check_may_ask(actor, person)
    opening, today = desk.opening(opening_id), day_in_japan(clock())
    check_can_be_asked(actor, desk, person, opening, today)
    need = desk.stores.cases.need(PeopleScope(actor), person.id)
    return enquiry_text(person, need, opening, desk.vocabulary, office=office, today=today)


def check_can_be_asked(
    actor: Actor, desk: Desk, person: Participant, opening: Opening, today: date
) -> None:
    """Raise where a rule forbids to ask a host about a person now.

    Raises
    ------
    CaseError, ConsentMissing
        ``person_paused``, ``person_closed``; ``consent_…``; ``opening_closed``, ``opening_full``;
        ``place_avoided``, ``place_not_possible``; ``enquiry_running``, ``enquiry_parked``.
    """
    if person.status is not ParticipantStatus.PLACED:  # who takes part may look for a second place
        check_may_be_matched(as_of(person, today))
    check_consent_and_place(actor, desk, person, opening, today)
    for each in desk.placing.enquiries_of(PeopleScope(actor), person.id):
        if each.opening_id != opening.id:
            continue
        if each.state in OPEN:
            raise CaseError("enquiry_running", number=each.code)
        if each.ask_again_on and each.ask_again_on > today:
            raise CaseError("enquiry_parked", on=each.ask_again_on)


def check_consent_and_place(
    actor: Actor, desk: Desk, person: Participant, opening: Opening, today: date
) -> None:
    """Raise without a consent to talk to hosts, or where the person cannot come to this place."""
    require_consent(person, desk.stores.cases.consents_of(PeopleScope(actor), person.id), today)
    _check_not_avoided(actor, desk, person, opening, today)
    check_place(opening, today, _promised_to_others(actor, desk, person, opening))


def ask(
    actor: Actor,
    desk: Desk,
    clock: Clock,
    participant_id: str,
    opening_id: str,
    asked: Asked,
    *,
    office: str,
    said: PersonSaid | None = None,
    ids: IdSource = new_id,
) -> Enquiry:
    """Keep that a host was asked, in these very words, and go forward with the proposal for it.

    Of a protected person the host is told nothing but the words of `draft`.

    Parameters
    ----------
    said
        What the person has answered already.

    Raises
    ------
    NotFound, NotPermitted, CaseError, ConsentMissing
        As `draft`; ``enquiry_names_person``; ``enquiry_in_future``; ``enquiry_without_words``.
    """
    proposed = draft(actor, desk, clock, participant_id, opening_id, office)
    person = find_person(actor, desk.stores.cases, participant_id)
    opening, today = desk.opening(opening_id), day_in_japan(clock())
    text = proposed if person.address_protected else asked.text
    _check_past(asked.on, today)
    _check_words(actor, desk, text, person, opening)
    proposal = _proposal_for(actor, desk, as_of(person, today), opening.id)
    if proposal is not None and proposal.status is ProposalStatus.PROPOSED:
        _decide(actor, desk, clock, proposal.id, Decision.ADVANCE)
    id_, until = ids(), _wait_until(asked.on, asked.how)
    given = {Required.CONSENT, Required.PLACE}
    sent = Enquiry(
        id=id_,
        code=short_code(id_),
        participant_id=person.id,
        opening_id=opening.id,
        host_id=opening.host_id,
        proposal_id=proposal.id if proposal else None,
        state=LIFE.take(EnquiryState.DRAFT, EnquiryStep.SEND, given),
        text="\n".join((text.strip(), last_line(short_code(id_), until))),
        how=asked.how,
        sent_on=asked.on,
        answer_by_on=until,
        made_by=actor.user_id,
        **_person_fields(said),
    )
    return _save(actor, desk, clock, "enquiry_sent", sent, 0)


def _wait_until(sent_on: date, how: str) -> date:
    return sent_on + timedelta(own_rules().waiting_for(how).give_up_days)


def write_host_answer(
    actor: Actor, desk: Desk, clock: Clock, enquiry_id: str, seen: int, said: HostSaid
) -> Enquiry:
    """Write what the host answered; a declined proposal is set aside as the reason says.

    Raises
    ------
    NotFound, NotPermitted
        Where the actor may not know or ask about the person.
    CaseError, TransitionNotAllowed
        What the table does not allow; ``answered_before_asked``; ``enquiry_in_future``.
    CatalogError
        ``unknown_code`` for a reason that is not in the list.
    DatabaseError
        ``changed_meanwhile``.
    """
    before, person = _to_change(actor, desk, enquiry_id)
    today = day_in_japan(clock())
    _check_past(said.on, today)
    is_yes = said.step is EnquiryStep.ACCEPT
    reason = "" if is_yes else said.reason
    if reason:
        desk.vocabulary.check("host_answer_reason", reason)
    given = {Required.REASON} if reason else set()
    if is_yes and before.state is EnquiryState.SILENT:
        check_consent_and_place(actor, desk, person, desk.opening(before.opening_id), today)
        given = {Required.CONSENT, Required.PLACE}
    state = LIFE.take(before.state, said.step, given)
    follows = own_rules().consequence(reason)
    again = None if is_yes else said.ask_again_on or said.on + timedelta(follows.again_days)
    if again is not None and again < said.on:
        raise CaseError("asked_again_before_answer", on=again)
    after = replace(
        before,
        state=state,
        answered_on=said.on,
        host_reason=reason,
        host_words=said.words,
        ask_again_on=again,
    )
    if said.step is EnquiryStep.DECLINE:
        _set_aside(actor, desk, clock, before, follows.sets_aside)
    return _save(actor, desk, clock, "enquiry_answered", after, seen)


def write_person_answer(
    actor: Actor, desk: Desk, clock: Clock, enquiry_id: str, seen: int, said: PersonSaid
) -> Enquiry:
    """Write what the person answered; a no takes the enquiry back and sets the proposal aside.

    Raises
    ------
    NotFound, NotPermitted, CaseError, CatalogError, DatabaseError
        As `write_host_answer`; ``answer_without_reason`` for a no without one.
    """
    before, _ = _to_change(actor, desk, enquiry_id)
    _check_past(said.on, day_in_japan(clock()))
    if before.state not in OPEN:
        raise CaseError("enquiry_over", number=before.code)
    desk.vocabulary.check("person_answer", said.answer)
    if said.reason:
        desk.vocabulary.check("set_aside_reason", said.reason)
    after = replace(before, **_person_fields(said))
    if said.answer == NO:
        if not said.reason:
            raise CaseError("answer_without_reason")
        state = LIFE.take(before.state, EnquiryStep.TAKE_BACK, {Required.REASON})
        after = replace(after, state=state)
        _set_aside(actor, desk, clock, before, said.reason)
    return _save(actor, desk, clock, "enquiry_person_answered", after, seen)


def nudge(actor: Actor, desk: Desk, clock: Clock, enquiry_id: str, seen: int) -> Enquiry:
    """Write that the host was asked once more whether it arrived.

    Raises
    ------
    NotFound, NotPermitted, CaseError, DatabaseError
        As `write_host_answer`; ``enquiry_over`` where no answer is waited for.
    """
    before, _ = _to_change(actor, desk, enquiry_id)
    if before.state is not EnquiryState.SENT:
        raise CaseError("enquiry_over", number=before.code)
    after = replace(before, nudged_on=day_in_japan(clock()))
    return _save(actor, desk, clock, "enquiry_nudged", after, seen)


def ask_again(actor: Actor, desk: Desk, clock: Clock, enquiry_id: str, seen: int) -> Enquiry:
    """Ask a host again who wanted to be asked later.

    Raises
    ------
    NotFound, NotPermitted, CaseError, ConsentMissing, DatabaseError
        As `ask`.
    """
    before, person = _to_change(actor, desk, enquiry_id)
    today = day_in_japan(clock())
    opening = desk.opening(before.opening_id)
    check_consent_and_place(actor, desk, person, opening, today)
    _check_words(actor, desk, before.text, person, opening)
    state = LIFE.take(before.state, EnquiryStep.SEND, {Required.CONSENT, Required.PLACE})
    until = _wait_until(today, before.how)
    words = before.text.rpartition("\n")[0]
    after = replace(
        before,
        state=state,
        text="\n".join((words, last_line(before.code, until))),
        sent_on=today,
        answer_by_on=until,
        nudged_on=None,
        answered_on=None,
        host_reason="",
        ask_again_on=None,
    )
    return _save(actor, desk, clock, "enquiry_sent", after, seen)


def move_on(actor: Actor, desk: Desk, clock: Clock, enquiry_id: str, seen: int) -> Enquiry:
    """Wait no more for an answer: the proposal is set aside, another place can be looked for.

    Raises
    ------
    NotFound, NotPermitted, CaseError, DatabaseError
        As `write_host_answer`; ``still_to_be_waited`` before the day.
    """
    before, _ = _to_change(actor, desk, enquiry_id)
    today = day_in_japan(clock())
    state = LIFE.take(before.state, EnquiryStep.LAPSE)
    if before.answer_by_on and today <= before.answer_by_on:
        raise CaseError("still_to_be_waited", on=before.answer_by_on)
    silent = own_rules().silent
    after = replace(before, state=state, ask_again_on=today + timedelta(silent.again_days))
    _set_aside(actor, desk, clock, before, silent.sets_aside)
    return _save(actor, desk, clock, "enquiry_lapsed", after, seen)


def take_back(
    actor: Actor, desk: Desk, clock: Clock, enquiry_id: str, seen: int, reason: str
) -> Enquiry:
    """Take an enquiry back for a reason of `set_aside_reason`; the proposal is set aside with it.

    Raises
    ------
    NotFound, NotPermitted, CaseError, CatalogError, DatabaseError
        As `write_host_answer`.
    """
    before, _ = _to_change(actor, desk, enquiry_id)
    if reason:
        desk.vocabulary.check("set_aside_reason", reason)
    given = {Required.REASON} if reason else set()
    state = LIFE.take(before.state, EnquiryStep.TAKE_BACK, given)
    after = replace(before, state=state, person_reason=reason)
    _set_aside(actor, desk, clock, before, reason)
    return _save(actor, desk, clock, "enquiry_taken_back", after, seen)


def correct_answer(actor: Actor, desk: Desk, clock: Clock, enquiry_id: str, seen: int) -> Enquiry:
    """Strike an answer that was written by mistake: the host's answer is waited for again.

    A proposal that the answer set aside is gone forward with again.

    Raises
    ------
    NotFound, NotPermitted, CaseError, ConsentMissing, DatabaseError
        As `ask`; ``nothing_to_strike`` where nobody has answered, or the placement has begun.
    """
    before, person = _to_change(actor, desk, enquiry_id)
    answered = (
        EnquiryState.ACCEPTED, EnquiryState.DECLINED, EnquiryState.LATER, EnquiryState.SILENT,
        EnquiryState.TAKEN_BACK,
    )  # fmt: skip
    if before.state not in answered or before.sent_on is None:
        raise CaseError("nothing_to_strike")
    today = day_in_japan(clock())
    check_consent_and_place(actor, desk, person, desk.opening(before.opening_id), today)
    proposal = _own_proposal(actor, desk, before)
    if proposal is not None and proposal.status is ProposalStatus.SET_ASIDE:
        _decide(actor, desk, clock, proposal.id, Decision.UNDO)
        _decide(actor, desk, clock, proposal.id, Decision.ADVANCE)
    keeps = before.person_answer != NO
    after = replace(
        before,
        state=EnquiryState.SENT,
        answered_on=None,
        host_reason="",
        host_words="",
        ask_again_on=None,
        **({} if keeps else _person_fields(None)),
    )
    return _save(actor, desk, clock, "enquiry_corrected", after, seen)


def find_enquiries(
    actor: Actor, placing: PlacementStore, states: Sequence[EnquiryState]
) -> list[Enquiry]:
    """Return the enquiries in some states about people whom the actor may know of."""
    scope = PeopleScope(actor)
    return [each for state in states for each in placing.enquiries(scope, state)]


def liaison_tasks(actor: Actor, desk: Desk) -> list[LiaisonTask]:
    """Return what the actor's office is to ask hosts that it has found, for another office.

    The text names nobody. Of protected people, and of one's own, nothing is among it.
    """
    if not actor.office_id or not is_ever_allowed(actor.role, Action.DECIDE_PROPOSAL):
        return []
    everyone, catalog = scope_of_everyone(actor.municipality_code), desk.stores.catalog
    openings, hosts = {each.id: each for each in catalog.openings()}, catalog.organisations()
    found = []
    with reading():  # the text names nobody, and nobody else is shown
        for each in desk.placing.enquiries(everyone, EnquiryState.SENT):
            opening = openings.get(each.opening_id)
            if opening is None or liaison_of(opening, hosts.get(each.host_id)) != actor.office_id:
                continue
            person = desk.stores.cases.participant(everyone, each.participant_id)
            if person and not person.address_protected and person.office_id != actor.office_id:
                found.append(each)
    return [
        LiaisonTask(
            each.code, each.opening_id, each.host_id, each.text, each.sent_on, each.answer_by_on,
            each.made_by,
        )
        for each in found
    ]  # fmt: skip


def is_agreed(enquiry: Enquiry) -> bool:
    """Tell whether host and person have both said yes."""
    return enquiry.state is EnquiryState.ACCEPTED and enquiry.person_answer == YES


def _to_change(actor: Actor, desk: Desk, enquiry_id: str) -> tuple[Enquiry, Participant]:
    found = find_enquiry(actor, desk.placing, enquiry_id)
    person = find_person(actor, desk.stores.cases, found.participant_id)
    check_may_ask(actor, person)
    return found, person


def _check_past(on: date, today: date) -> None:
    if on > today:
        raise CaseError("enquiry_in_future", on=on)


def _check_words(
    actor: Actor, desk: Desk, text: str, person: Participant, opening: Opening
) -> None:
    if not text.strip():
        raise CaseError("enquiry_without_words")
    homes = desk.stores.cases.households(PeopleScope(actor))
    home = homes.get(person.household_id or "")
    towns = {each.id: each.name for each in desk.stores.municipality.towns()}
    also = [home.name if home else "", towns.get(person.town_id or "", "")]
    check_anonymous(text.replace(opening.name, ""), person, also)


def _check_not_avoided(
    actor: Actor, desk: Desk, person: Participant, opening: Opening, today: date
) -> None:
    """Raise where the person must not come: what they avoid, what is settled, who is there.

    Whom it is kept apart from is told to nobody.
    """
    scope = PeopleScope(actor)
    need = desk.stores.cases.need(scope, person.id)
    if need is not None:
        place = desk.stores.catalog.resource(opening.resource_id)
        town = place.town_id if place else None
        layers = desk.stores.municipality.memberships(today)
        districts = {(layer, names.get(town or "", "")) for layer, names in layers.items()}
        if opening.host_id in need.avoid_host_ids or districts & need.avoid_districts:
            raise CaseError("place_avoided", opening=opening.name)
    with reading():  # of whom one is to be apart from nobody learns, nor does the record say so
        if any(_is_there(actor, desk, *each, opening) for each in _apart_from(actor, desk, person)):
            raise CaseError("place_not_possible", opening=opening.name)


def _apart_from(actor: Actor, desk: Desk, person: Participant) -> list[tuple[str, BondKind]]:
    """Return whom a person must not meet, and how far apart they are kept."""
    bonds = desk.stores.rules.bonds(scope_of_everyone(actor.municipality_code))
    return [
        (other, bond.kind)
        for bond in bonds
        if bond.kind in _APART and person.id in bond.participant_ids
        for other in bond.participant_ids
        if other != person.id
    ]


def _is_there(
    actor: Actor, desk: Desk, participant_id: str, kind: BondKind, opening: Opening
) -> bool:
    """Tell whether somebody takes part there, or a host is being asked about them."""
    everyone = scope_of_everyone(actor.municipality_code)
    placed = desk.placing.placements_of(everyone, participant_id)
    asked = desk.placing.enquiries_of(everyone, participant_id)
    standing: list[Placement | Enquiry] = [
        *(each for each in placed if each.state is not PlacementState.ENDED),
        *(each for each in asked if each.state in OPEN),
    ]
    if kind is BondKind.APART_HOST:
        return opening.host_id in {each.host_id for each in standing}
    return opening.id in {each.opening_id for each in standing}


def _promised_to_others(actor: Actor, desk: Desk, person: Participant, opening: Opening) -> int:
    """Return how many places of an opening proposals have promised to others."""
    everyone = scope_of_everyone(actor.municipality_code)
    promised = [
        each
        for each in desk.stores.runs.decided_proposals(everyone)
        if each.opening_id == opening.id
        and each.participant_id != person.id
        and each.status is ProposalStatus.ADVANCED
    ]
    with reading():  # nobody is shown
        people = [desk.stores.cases.participant(everyone, e.participant_id) for e in promised]
    return len(drop_finished(promised, filter(None, people)))


def _proposal_for(
    actor: Actor, desk: Desk, person: Participant, opening_id: str
) -> Proposal | None:
    """Return the proposal for this place that is under way, or else that of the last run."""
    scope, runs = PeopleScope(actor), desk.stores.runs
    own = [each for each in runs.proposals_for(scope, person.id) if each.opening_id == opening_id]
    last = runs.latest_run(scope)
    under_way = (each for each in own if each.status is ProposalStatus.ADVANCED)
    of_last = (
        each
        for each in own
        if last and each.run_id == last.id and each.status is ProposalStatus.PROPOSED
    )
    waits = person.status is ParticipantStatus.WAITING
    return next(under_way, None) or (next(of_last, None) if waits else None)


def _own_proposal(actor: Actor, desk: Desk, enquiry: Enquiry) -> Proposal | None:
    if enquiry.proposal_id is None:
        return None
    return desk.stores.runs.proposal(PeopleScope(actor), enquiry.proposal_id)


def _set_aside(actor: Actor, desk: Desk, clock: Clock, enquiry: Enquiry, reason: str) -> None:
    """Set the proposal of an enquiry aside, where it is still under way and a reason says so."""
    proposal = _own_proposal(actor, desk, enquiry)
    if proposal is None or proposal.status is not ProposalStatus.ADVANCED or not reason:
        return
    _decide(actor, desk, clock, proposal.id, Decision.UNDO)
    _decide(actor, desk, clock, proposal.id, Decision.SET_ASIDE, reason)


def _decide(
    actor: Actor, desk: Desk, clock: Clock, proposal_id: str, what: Decision, reason: str = ""
) -> None:
    stores = desk.stores
    decide_proposal(
        actor,
        stores.cases,
        stores.catalog,
        stores.runs,
        desk.vocabulary,
        proposal_id,
        what,
        clock,
        reason,
    )


def _person_fields(said: PersonSaid | None) -> dict[str, Any]:
    return {
        "person_answer": said.answer if said else "",
        "person_reason": said.reason if said else "",
        "person_words": said.words if said else "",
        "person_answered_on": said.on if said else None,
    }


def _save(
    actor: Actor, desk: Desk, clock: Clock, kind: str, enquiry: Enquiry, seen: int
) -> Enquiry:
    at = clock()
    event = AuditEvent(
        kind, actor.user_id, "participant", enquiry.participant_id, at, {"enquiry": enquiry.id}
    )
    return desk.placing.save_enquiry(replace(enquiry, recorded_at=at), event, seen)
