"""Words about referrals, and what a form for one offers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from api.answers import TEXT, Answers, Typed
from api.pages.people.head import date_without_weekday
from api.wiring import Wiring
from cases.actions.matching import Stores
from cases.actions.referring import Passing, refer
from cases.errors import CaseError, NotFound, NotPermitted
from cases.intake.referral import LIFE, WAITING, Referral
from cases.life_words import state_word
from cases.messages import in_japanese
from cases.permissions import PeopleScope
from cases.support import offices_of
from catalog.actor import Actor
from db.users import offices_meeting_people

ADDRESS: Final = "/referrals"
LABELS: Final[Mapping[str, str]] = {"to_office_id": "つなぐ先", "why": "たのむこと"}
NAMELESS: Final = "お名前のない受付"
UNTOLD: Final = "ある方"
_AT: Final = {
    "referral_not_consented": "to_office_id",
    "referral_of_protected": "to_office_id",
    "referral_to_itself": "to_office_id",
    "referral_from_nowhere": "to_office_id",
}
"""Beside which field what was wrong is said."""


@dataclass(frozen=True, slots=True)
class ReferralRow:
    """A referral in a line; `who` is somebody whom the reader may meet, or that nobody is named."""

    href: str
    on: str
    from_office: str
    to_office: str
    who: str
    why: str
    state: str
    answer: str
    waits: bool


def passing_of(wiring: Wiring, stores: Stores) -> Passing:
    """Return what the verbs about referrals work with."""
    return Passing(wiring.referrals, stores.cases, wiring.intake, wiring.clock)


def referral_row(each: Referral, actor: Actor, stores: Stores) -> ReferralRow:
    """Return a referral as a list says it."""
    return ReferralRow(
        href=f"{ADDRESS}/{each.id}",
        on=date_without_weekday(each.asked_on),
        from_office=each.from_office_id,
        to_office=each.to_office_id,
        who=who_words(each, actor, stores),
        why=each.why,
        state=state_word(LIFE.noun, each.state),
        answer=each.outcome or each.answer,
        waits=each.state in WAITING,
    )


def who_words(each: Referral, actor: Actor, stores: Stores) -> str:
    """Return whom it is about, by name where the reader may meet the person."""
    if each.participant_id is None:
        return NAMELESS
    person = stores.cases.participant(PeopleScope(actor), each.participant_id)
    return f"{person.name} さん（{person.case_no}）" if person else UNTOLD


def offices_to_ask(actor: Actor, wiring: Wiring) -> tuple[str, ...]:
    """Return which offices can be asked: those of the staff and the agencies, but the own."""
    settings = wiring.ground.settings()
    known = offices_of(settings, offices_meeting_people(wiring.users.users()))
    return tuple(each for each in known if each != actor.office_id)


def ask(
    actor: Actor,
    wiring: Wiring,
    stores: Stores,
    sent: Typed,
    *,
    participant_id: str | None = None,
    reception_id: str | None = None,
) -> Mapping[str, str]:
    """Carry out the form of a referral; return what has to be mended, by field.

    Raises
    ------
    NotFound, NotPermitted
        Where the actor may not know or change whom it is about.
    """
    form = Answers(sent, LABELS)
    office = form.choice("to_office_id", offices_to_ask(actor, wiring))
    why = form.text("why", TEXT)
    if not office:
        form.wrong("to_office_id", "つなぐ先を 選んでください。")
    if not why:
        form.wrong("why", "たのむことを 書いてください。")
    if not form.errors:
        try:
            refer(
                actor, passing_of(wiring, stores), to_office_id=office, why=why,
                participant_id=participant_id, reception_id=reception_id,
            )  # fmt: skip
        except (NotFound, NotPermitted):
            raise
        except CaseError as error:
            form.wrong(_AT.get(error.code, "why"), in_japanese(error))
    return form.errors
