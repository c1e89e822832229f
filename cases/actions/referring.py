"""つなぎ: asking another agency to take something up, answering, saying what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from cases.actions.intake import Clock, check_may_edit, find_person
from cases.actions.receiving import check_may_write, find_reception
from cases.consent import Consent, WhyNot, written_in_force
from cases.errors import CaseError, NotFound, NotPermitted
from cases.intake.referral import LIFE, WAITING, Referral, ReferralStep
from cases.life import Required
from cases.participant import Participant
from cases.permissions import (
    Action,
    PeopleScope,
    Relation,
    check_may,
    may,
    relations_to_offices,
    scope_of_everyone,
)
from cases.ports import CaseStore, IntakeStore, ReferralStore
from catalog.actor import Actor
from catalog.audit import AuditEvent
from catalog.dates import day_in_japan
from catalog.ids import IdSource, new_id

ANSWERS: Final = frozenset({ReferralStep.HEAR, ReferralStep.TAKE, ReferralStep.DECLINE})
ENDS: Final = frozenset({ReferralStep.SOLVE, ReferralStep.HAND_ON, ReferralStep.WITHDRAW})


@dataclass(frozen=True, slots=True)
class Passing:
    """What the verbs about referrals work with."""

    referrals: ReferralStore
    cases: CaseStore
    intake: IntakeStore
    clock: Clock

    @property
    def today(self) -> date:
        """The present day in Japan."""
        return day_in_japan(self.clock())


def refer(
    actor: Actor,
    passing: Passing,
    *,
    to_office_id: str,
    why: str,
    participant_id: str | None = None,
    reception_id: str | None = None,
    ids: IdSource = new_id,
) -> Referral:
    """Ask another agency to take up what is known of a person, or of nobody by name.

    Of somebody by name only an agency hears that has part in their plan, or that a written consent
    names (個人情報保護法 第27条、第69条); without one a reception without a name can be passed on.

    Raises
    ------
    NotFound, NotPermitted
        Where the actor may not know or change whom it is about.
    CaseError
        ``referral_about_nobody``, ``referral_to_itself``, ``referral_from_nowhere``,
        ``referral_not_consented``, ``referral_of_protected``.
    """
    if not actor.office_id:
        raise CaseError("referral_from_nowhere")
    whose = participant_id
    if reception_id is not None:
        reception = find_reception(actor, passing.intake, reception_id)
        check_may_write(actor, passing.cases, reception)
        whose = reception.participant_id
    if whose is not None:
        person = find_person(actor, passing.cases, whose)
        check_may_edit(actor, person)
        check_may_tell(actor, person, to_office_id, passing)
    at = passing.clock()
    new = Referral(
        id=ids(),
        participant_id=whose,
        reception_id=reception_id,
        from_office_id=actor.office_id,
        to_office_id=to_office_id,
        asked_on=day_in_japan(at),
        why=why,
        recorded_by=actor.user_id,
        recorded_at=at,
    )
    return passing.referrals.save_referral(new, _event(actor, "referral_asked", new, passing))


def check_may_tell(actor: Actor, person: Participant, office_id: str, passing: Passing) -> None:
    """Raise `CaseError` where an office may not be told of somebody by name."""
    if office_id in {person.office_id, *person.member_office_ids}:
        return
    if person.address_protected:
        raise CaseError("referral_of_protected")
    if not _is_consented(actor, person.id, office_id, passing):
        raise CaseError("referral_not_consented", office=office_id)


def names_office(consents: Sequence[Consent], office_id: str, today: date) -> bool:
    """Tell whether a written consent that is in force lets an office know of the person."""
    valid = written_in_force(consents, today)
    return not isinstance(valid, WhyNot) and any(office_id in each.agencies for each in valid)


def find_referral(actor: Actor, passing: Passing, referral_id: str) -> Referral:
    """Return a referral that the actor may know of.

    Raises
    ------
    NotFound
        ``referral_not_found``, whether there is none or the actor may not know; so it is for the
        office that was asked, once the person has taken back their consent.
    """
    found = passing.referrals.referral(PeopleScope(actor), referral_id)
    if found is None or not _may_know(actor, passing, found):
        raise NotFound("referral_not_found")
    return found


def steps_for(actor: Actor, passing: Passing, referral: Referral) -> tuple[ReferralStep, ...]:
    """Return which steps of its life the actor may take now.

    The office that is asked answers; whoever asked writes down what they were told by telephone,
    and alone withdraws.
    """
    possible = LIFE.verbs(referral.state)
    if _may_write(actor, passing, referral):
        return possible
    if _is_asked(actor, referral):
        return tuple(each for each in possible if each is not ReferralStep.WITHDRAW)
    return ()


def check_may_answer(actor: Actor, passing: Passing, referral: Referral) -> None:
    """Raise `NotPermitted` unless the actor belongs to the office asked, or may have asked."""
    if not _is_asked(actor, referral) and not _may_write(actor, passing, referral):
        raise _forbidden(actor)


def take_step(
    actor: Actor,
    passing: Passing,
    referral_id: str,
    step: ReferralStep,
    *,
    words: str,
    seen: int,
) -> Referral:
    """Answer, end or withdraw a referral, in words.

    Raises
    ------
    NotFound, NotPermitted
        Where the actor may not know of it, or not take this step.
    CaseError
        ``step_not_allowed``, ``step_incomplete`` where a reason is missing.
    """
    before = find_referral(actor, passing, referral_id)
    given = {Required.REASON} if words.strip() else set()
    state = LIFE.take(before.state, step, given)
    if step not in steps_for(actor, passing, before):
        raise _forbidden(actor)
    at = passing.clock()
    after = replace(before, state=state, recorded_by=actor.user_id, recorded_at=at)
    if step in ANSWERS:
        after = replace(after, answered_on=passing.today, answer=words)
    else:
        after = replace(after, ended_on=passing.today, outcome=words)
    event = _event(actor, "referral_answered", after, passing, step=step)
    return passing.referrals.save_referral(after, event, seen)


def look_at_inbox(actor: Actor, passing: Passing) -> list[Referral]:
    """Return what the actor's own office was asked and has not answered yet, the oldest first."""
    asked = passing.referrals.referrals_to(PeopleScope(actor), actor.office_id or "")
    waiting = (each for each in asked if each.state in WAITING)
    return _by_day(each for each in waiting if _may_know(actor, passing, each))


def look_at_referrals(actor: Actor, passing: Passing) -> tuple[list[Referral], list[Referral]]:
    """Return all that the actor's own office was asked, and all that it has asked.

    Raises
    ------
    NotPermitted
        Where the role never meets any.
    """
    check_may(actor, Action.SEE_RECEPTIONS, frozenset(Relation))
    scope, office = PeopleScope(actor), actor.office_id or ""
    came = passing.referrals.referrals_to(scope, office)
    return (
        _by_day(each for each in came if _may_know(actor, passing, each)),
        _by_day(passing.referrals.referrals_from(scope, office)),
    )


def _by_day(found: Iterable[Referral]) -> list[Referral]:
    """Sort what waits for an answer first, then by the day, the oldest first."""
    return sorted(found, key=lambda each: (each.state not in WAITING, each.asked_on, each.id))


def _may_know(actor: Actor, passing: Passing, referral: Referral) -> bool:
    """Tell whether whoever is asked may still be told; who may meet the person may anyway."""
    whose = referral.participant_id
    if whose is None or passing.cases.participant(PeopleScope(actor), whose) is not None:
        return True
    return _is_consented(actor, whose, referral.to_office_id, passing)


def _is_consented(actor: Actor, participant_id: str, office_id: str, passing: Passing) -> bool:
    everyone = scope_of_everyone(actor.municipality_code)
    consents = passing.cases.consents_of(everyone, participant_id)
    return names_office(consents, office_id, passing.today)


def _is_asked(actor: Actor, referral: Referral) -> bool:
    own = relations_to_offices(actor, [referral.to_office_id])
    return actor.office_id == referral.to_office_id and may(actor, Action.WRITE_RECEPTIONS, own)


def _may_write(actor: Actor, passing: Passing, referral: Referral) -> bool:
    """Tell whether the actor may change whom it is about."""
    try:
        if referral.participant_id is not None:
            check_may_edit(actor, find_person(actor, passing.cases, referral.participant_id))
        else:
            reception = find_reception(actor, passing.intake, referral.reception_id or "")
            check_may_write(actor, passing.cases, reception)
    except (NotFound, NotPermitted):
        return False
    return True


def _forbidden(actor: Actor) -> NotPermitted:
    return NotPermitted("not_permitted", role=actor.role, action=Action.WRITE_RECEPTIONS)


def _event(
    actor: Actor, kind: str, referral: Referral, passing: Passing, **detail: str
) -> AuditEvent:
    """Return the event about the person where there is one, else about the reception."""
    person = referral.participant_id
    return AuditEvent(
        kind=kind,
        actor_id=actor.user_id,
        subject_kind="participant" if person else "reception",
        subject_id=person or referral.reception_id or "",
        at=passing.clock(),
        detail={"referral": referral.id, **detail},
    )
