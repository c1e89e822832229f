"""参加: beginning it once both said yes, its steps, rests and end, and putting mistakes right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from cases.actions.asking import (
    Desk,
    check_consent_and_place,
    check_may_ask,
    find_enquiry,
    is_agreed,
)
from cases.actions.deciding import decide_proposal
from cases.actions.intake import Clock, changed_fields, find_person
from cases.actions.keeping import disclose
from cases.consent import HOSTS, Consent, require_consent
from cases.disclosure import NAMED, Disclosure
from cases.errors import CaseError, NotFound
from cases.life import Required
from cases.participant import Participant, ParticipantStatus
from cases.permissions import PeopleScope
from cases.placing.enquiry import LIFE as ENQUIRY_LIFE
from cases.placing.enquiry import Enquiry, EnquiryStep
from cases.placing.placement import LIFE, Moved, Placement, PlacementState, PlacementStep
from cases.placing.safeguards import own_safeguards
from cases.ports import PlacementStore, RecordStore
from cases.proposal import Decision, ProposalStatus
from cases.receiving import Receiving
from catalog.actor import Actor
from catalog.audit import AuditEvent
from catalog.dates import day_in_japan
from catalog.ids import IdSource, new_id
from catalog.opening import Opening, Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """How a placement begins.

    Attributes
    ----------
    told
        Kinds of data that the host is told now (`cases.consent_scope`); none: nothing yet.
    approved_by
        Who allowed to tell.
    """

    on: date
    visit_at: datetime | None = None
    companion: str = ""
    insurance: str = ""
    agreement_on: date | None = None
    told: frozenset[str] = field(default_factory=frozenset)
    told_words: str = ""
    approved_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A step as it was taken; `reason` is a code of `placement_reason`, or `end_reason` at the end.

    Attributes
    ----------
    until_on
        When somebody asks again after a rest.
    """

    step: PlacementStep
    on: date
    reason: str = ""
    words: str = ""
    until_on: date | None = None
    insurance: str = ""
    agreement_on: date | None = None
    next_place: str = ""


def find_placement(actor: Actor, placing: PlacementStore, placement_id: str) -> Placement:
    """Return a placement of somebody whom the actor may know of.

    Raises
    ------
    NotFound
        ``placement_not_found``.
    """
    found = placing.placement(PeopleScope(actor), placement_id)
    if found is None:
        raise NotFound("placement_not_found")
    return found


def begin(
    actor: Actor,
    desk: Desk,
    records: RecordStore,
    clock: Clock,
    enquiry_id: str,
    seen: int,
    begun: Begun,
    ids: IdSource = new_id,
) -> Placement:
    """Begin what both said yes to: the place is taken, the person placed, the name told if agreed.

    Raises
    ------
    NotFound, NotPermitted
        Where the actor may not know or ask about the person.
    CaseError, ConsentMissing
        ``not_agreed_yet``; without consent, or beyond what the opening offers;
        ``placement_beyond_term``; ``step_incomplete`` without insurance or 確認書;
        ``disclosure_not_covered``.
    DatabaseError
        ``no_free_place`` where somebody else took the last one; ``changed_meanwhile``.
    """
    enquiry = find_enquiry(actor, desk.placing, enquiry_id)
    person = find_person(actor, desk.stores.cases, enquiry.participant_id)
    check_may_ask(actor, person)
    if not is_agreed(enquiry):
        raise CaseError("not_agreed_yet", number=enquiry.code)
    opening, today = desk.opening(enquiry.opening_id), day_in_japan(clock())
    check_consent_and_place(actor, desk, person, opening, today)
    _check_term(opening, begun.on)
    if enquiry.sent_on and begun.on < enquiry.sent_on:
        raise CaseError("begun_before_asked", on=begun.on, asked=enquiry.sent_on)
    stage = max(opening.first_stage, Stage.VISIT)
    _check_safe(opening, stage, begun.insurance, begun.agreement_on)
    _close_enquiry(actor, desk, clock, enquiry, seen)
    placement = Placement(
        id=ids(),
        participant_id=person.id,
        opening_id=opening.id,
        host_id=opening.host_id,
        enquiry_id=enquiry.id,
        stage=stage,
        begun_on=begun.on,
        visit_at=begun.visit_at,
        companion=begun.companion,
        term_on=Receiving(opening, None).ends_on,
        insurance=begun.insurance,
        agreement_on=begun.agreement_on,
        coordinator_id=person.coordinator_id,
    )
    kept = _save(actor, desk, clock, "placement_begun", placement, 0)
    desk.stores.catalog.take_place(opening.id, _about_place(actor, clock, "place_taken", kept))
    _stand(actor, desk, clock, person, ParticipantStatus.PLACED, stage)
    if begun.told:
        _tell_name(actor, desk, records, clock, person, opening, begun, ids)
    return kept


def take_step(
    actor: Actor, desk: Desk, clock: Clock, placement_id: str, seen: int, taken: Taken
) -> Placement:
    """Take a step: up, back, a rest, on again, or the end; the end gives the place back.

    Raises
    ------
    NotFound, NotPermitted
        Where the actor may not know or ask about the person.
    CaseError, TransitionNotAllowed, ConsentMissing
        What the table does not allow; ``beyond_last_stage``, ``at_first_stage``;
        ``placement_beyond_term``; ``step_before_last``, ``step_in_future``.
    CatalogError
        ``unknown_code`` for a reason that is not in its list.
    DatabaseError
        ``changed_meanwhile``.
    """
    before, person = _to_change(actor, desk, placement_id)
    today = day_in_japan(clock())
    _check_day(before, taken.on, today)
    is_end = taken.step is PlacementStep.END
    if taken.reason:
        desk.vocabulary.check("end_reason" if is_end else "placement_reason", taken.reason)
    given = {Required.REASON} if taken.reason else set[Required]()
    stage = before.stage
    insurance = taken.insurance or before.insurance
    agreement_on = taken.agreement_on or before.agreement_on
    if taken.step in (PlacementStep.STEP_UP, PlacementStep.RESUME):
        opening = desk.opening(before.opening_id)
        require_consent(person, _consents(actor, desk, person), today)
        _check_term(opening, taken.on)
        given |= {Required.CONSENT}
    if taken.step is PlacementStep.STEP_UP:
        stage = _next_stage(opening, stage)
        missing = own_safeguards().of(opening).missing(stage, insurance, agreement_on)
        given |= {Required.INSURANCE, Required.AGREEMENT} - missing
    if taken.step is PlacementStep.STEP_BACK:
        stage = _stage_before(stage)
    state = LIFE.take(before.state, taken.step, given)
    if taken.until_on and taken.until_on < taken.on:
        raise CaseError("rest_ends_before_it_begins", on=taken.until_on)
    moved = Moved(taken.step, taken.on, stage, taken.reason, taken.words, actor.user_id)
    after = replace(
        before,
        state=state,
        stage=stage,
        moves=(*before.moves, moved),
        rests_until_on=taken.until_on if state is PlacementState.RESTING else None,
        insurance=insurance,
        agreement_on=agreement_on,
        ended_on=taken.on if is_end else None,
        end_reason=taken.reason if is_end else "",
        next_place=taken.next_place if is_end else "",
    )
    kept = _save(actor, desk, clock, f"placement_{taken.step}", after, seen)
    if is_end:
        _give_back(actor, desk, clock, kept, person)
    elif stage is not before.stage:
        _stand(actor, desk, clock, person, person.status, stage)
    return kept


def take_back_step(
    actor: Actor, desk: Desk, clock: Clock, placement_id: str, seen: int
) -> Placement:
    """Strike the last step, which was written by mistake; all versions stay.

    An end that is struck takes a place again.

    Raises
    ------
    NotFound, NotPermitted, DatabaseError
        As `take_step`; ``no_free_place`` where somebody else has the place now.
    CaseError
        ``nothing_to_strike`` where no step was taken; as `check_consent_and_place`.
    """
    now, person = _to_change(actor, desk, placement_id)
    versions = desk.placing.versions_of_placement(PeopleScope(actor), placement_id)
    earlier = [each for each in versions if len(each.moves) < len(now.moves)]
    if not earlier:
        raise CaseError("nothing_to_strike")
    was = earlier[-1]
    if now.state is PlacementState.ENDED:
        opening = desk.opening(now.opening_id)
        check_consent_and_place(actor, desk, person, opening, day_in_japan(clock()))
        if now.enquiry_id is not None:
            event = _about_place(actor, clock, "place_taken", now)
            desk.stores.catalog.take_place(now.opening_id, event)
    kept = _save(actor, desk, clock, "placement_corrected", was, seen)
    _stand(actor, desk, clock, person, ParticipantStatus.PLACED, was.stage)
    return kept


def correct(
    actor: Actor,
    desk: Desk,
    clock: Clock,
    placement_id: str,
    seen: int,
    *,
    begun_on: date,
    visit_at: datetime | None,
    companion: str,
    insurance: str,
    agreement_on: date | None,
) -> Placement:
    """Put right what was written about a placement; a new version, no step.

    Raises
    ------
    NotFound, NotPermitted, DatabaseError
        As `take_step`.
    CaseError
        ``step_before_last`` where a step was taken before it would begin; ``ended_before_begun``.
    """
    before, _ = _to_change(actor, desk, placement_id)
    if insurance:
        desk.vocabulary.check("insurance", insurance)
    if any(each.on < begun_on for each in before.moves):
        raise CaseError("step_before_last", on=before.moves[0].on, last=begun_on)
    after = replace(
        before,
        begun_on=begun_on,
        visit_at=visit_at,
        companion=companion,
        insurance=insurance,
        agreement_on=agreement_on,
    )
    if after == before and seen == before.version:
        return before
    return _save(actor, desk, clock, "placement_corrected", after, seen)


def _to_change(actor: Actor, desk: Desk, placement_id: str) -> tuple[Placement, Participant]:
    found = find_placement(actor, desk.placing, placement_id)
    person = find_person(actor, desk.stores.cases, found.participant_id)
    check_may_ask(actor, person)
    return found, person


def _check_term(opening: Opening, on: date) -> None:
    ends_on = Receiving(opening, None).ends_on
    if ends_on is not None and on > ends_on:
        raise CaseError("placement_beyond_term", on=on, until=ends_on)


def _check_safe(opening: Opening, stage: Stage, insurance: str, agreement_on: date | None) -> None:
    missing = own_safeguards().of(opening).missing(stage, insurance, agreement_on)
    given = {Required.CONSENT, Required.INSURANCE, Required.AGREEMENT} - missing
    LIFE.take(PlacementState.RUNNING, PlacementStep.STEP_UP, given)


def _check_day(placement: Placement, on: date, today: date) -> None:
    if on > today:
        raise CaseError("step_in_future", on=on)
    last = max([placement.begun_on, *(each.on for each in placement.moves)])
    if on < last:
        raise CaseError("step_before_last", on=on, last=last)


def _next_stage(opening: Opening, stage: Stage) -> Stage:
    if stage >= opening.last_stage:
        raise CaseError("beyond_last_stage", opening=opening.name)
    return Stage(stage + 1)


def _stage_before(stage: Stage) -> Stage:
    if stage <= Stage.VISIT:
        raise CaseError("at_first_stage")
    return Stage(stage - 1)


def _close_enquiry(actor: Actor, desk: Desk, clock: Clock, enquiry: Enquiry, seen: int) -> None:
    given = {Required.CONSENT, Required.PLACE}
    state = ENQUIRY_LIFE.take(enquiry.state, EnquiryStep.BEGIN, given)
    event = _event(actor, clock, "enquiry_placed", enquiry.participant_id, enquiry=enquiry.id)
    after = replace(enquiry, state=state, recorded_at=clock())
    desk.placing.save_enquiry(after, event, seen)


def _give_back(
    actor: Actor, desk: Desk, clock: Clock, placement: Placement, person: Participant
) -> None:
    """Free the place; the person waits again or rests, and the proposal is done with."""
    if placement.enquiry_id is not None:  # one that was written down without asking took no place
        event = _about_place(actor, clock, "place_released", placement)
        desk.stores.catalog.release_place(placement.opening_id, event)
    others = [
        each
        for each in desk.placing.placements_of(PeopleScope(actor), person.id)
        if each.state is not PlacementState.ENDED and each.id != placement.id
    ]
    ending = own_safeguards().ending(placement.end_reason)
    if others:
        stage = max(each.stage for each in others)
        _stand(actor, desk, clock, person, ParticipantStatus.PLACED, stage)
    elif person.status is ParticipantStatus.PLACED:
        status = ParticipantStatus(ending.person)
        _stand(actor, desk, clock, person, status, placement.stage)
    _finish_proposal(actor, desk, clock, placement, ending.sets_aside)


def _finish_proposal(
    actor: Actor, desk: Desk, clock: Clock, placement: Placement, reason: str
) -> None:
    scope, stores = PeopleScope(actor), desk.stores
    enquiry = desk.placing.enquiry(scope, placement.enquiry_id) if placement.enquiry_id else None
    if enquiry is None or enquiry.proposal_id is None:
        return
    proposal = stores.runs.proposal(scope, enquiry.proposal_id)
    if proposal is None or proposal.status is not ProposalStatus.ADVANCED:
        return
    for what in (Decision.UNDO, *([Decision.SET_ASIDE] if reason else [])):
        decide_proposal(
            actor,
            stores.cases,
            stores.catalog,
            stores.runs,
            desk.vocabulary,
            proposal.id,
            what,
            clock,
            reason if what is Decision.SET_ASIDE else "",
        )


def _stand(
    actor: Actor,
    desk: Desk,
    clock: Clock,
    person: Participant,
    status: ParticipantStatus,
    stage: Stage,
) -> None:
    """Keep where the person stands now: placed or not, and on which step."""
    after = replace(person, status=status, stage=stage, paused_until_on=None)
    changed = changed_fields(person, after)
    if changed:
        event = _event(actor, clock, "participant_changed", person.id, fields=",".join(changed))
        desk.stores.cases.save_participant(after, event)


def _tell_name(
    actor: Actor,
    desk: Desk,
    records: RecordStore,
    clock: Clock,
    person: Participant,
    opening: Opening,
    begun: Begun,
    ids: IdSource,
) -> None:
    """Note what the host is told, as far as a consent covers it."""
    host = desk.stores.catalog.organisations().get(opening.host_id)
    disclose(
        actor,
        desk.stores.cases,
        records,
        Disclosure(
            id=ids(),
            participant_id=person.id,
            on=day_in_japan(clock()),
            recipient=f"{HOSTS}{NAMED}{host.name if host else opening.name}",
            categories=begun.told,
            basis="consent",
            reason="参加を始めるため",
            approved_by=begun.approved_by,
            items=begun.told_words,
        ),
        clock,
    )


def _consents(actor: Actor, desk: Desk, person: Participant) -> Sequence[Consent]:
    return desk.stores.cases.consents_of(PeopleScope(actor), person.id)


def _about_place(actor: Actor, clock: Clock, kind: str, placement: Placement) -> AuditEvent:
    return AuditEvent(kind, actor.user_id, "opening", placement.opening_id, clock())


def _save(
    actor: Actor, desk: Desk, clock: Clock, kind: str, placement: Placement, seen: int
) -> Placement:
    event = _event(actor, clock, kind, placement.participant_id, placement=placement.id)
    return desk.placing.save_placement(replace(placement, recorded_at=clock()), event, seen)


def _event(actor: Actor, clock: Clock, kind: str, participant_id: str, **detail: str) -> AuditEvent:
    return AuditEvent(kind, actor.user_id, "participant", participant_id, clock(), detail)
