"""The form that records what somebody agreed to; a statement is added, none is ever changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from api.answers import TEXT, Answers, Typed
from api.pages.people.options import CONSENT_STATES, SEEING, Options
from api.pages.people.person_form import written_day
from cases.consent import HOSTS, PERSON, Consent, ConsentState
from cases.consent_scope import agencies_to_ask, agency_words, own_consent_scope
from cases.errors import CaseError
from cases.messages import in_japanese
from catalog.ids import new_id

LABELS: Final[Mapping[str, str]] = {
    "state": "同意",
    "giver": "だれが答えたか",
    "given_by": "答えた方の名前",
    "capacity": "本人の意思を どう確かめたか",
    "on": "同意した日",
    "until_on": "いつまで",
    "agencies": "話してよい相手",
    "categories": "話してよいこと",
    "note": "覚え書き",
}
_FIELD_OF: Final[Mapping[str, str]] = {
    "consent_ends_before_start": "until_on",
    "consent_without_giver": "given_by",
    "consent_without_capacity": "capacity",
}


@dataclass(frozen=True, slots=True)
class ConsentRead:
    """What the form says; without errors there is a statement."""

    consent: Consent | None
    errors: Mapping[str, str]


def choices_of(options: Options, consents: Sequence[Consent]) -> Mapping[str, Mapping[str, str]]:
    """Return what the form offers; what earlier statements name is offered again."""
    offices = [user.office_id or "" for user in options.staff if user.role in SEEING]
    named = [agency for consent in consents for agency in sorted(consent.agencies)]
    kinds = [each.name for each in own_consent_scope().categories]
    kinds += [kind for consent in consents for kind in sorted(consent.categories)]
    return {
        "state": CONSENT_STATES,
        "giver": {
            each.code: each.label for each in options.vocabulary.codes("consent_giver").values()
        },
        "agencies": {
            each: agency_words(each)
            for each in agencies_to_ask(options.settings, [*offices, *named])
        },
        "categories": {each: each for each in dict.fromkeys(kinds)},
    }


def typed_of(consents: Sequence[Consent], own_office: str | None, today: date) -> Typed:
    """Return the fields with which a new statement begins: those of the last one, if any."""
    last = next((each for each in reversed(consents) if each.agencies), None)
    agencies = last.agencies if last else frozenset({HOSTS, own_office or HOSTS})
    return Typed(
        {
            "state": (ConsentState.WRITTEN.value,),
            "giver": ((last.giver or "") if last else PERSON,),
            "given_by": (last.given_by if last else "",),
            "on": (written_day(today),),
            "until_on": (written_day(usual_end(today)),),
            "agencies": tuple(sorted(agencies)),
            "categories": tuple(sorted(last.categories)) if last else (),
        }
    )


def usual_end(today: date) -> date:
    """Return until when a consent is usually given: the end of the fiscal year.

    From January on it is the end of the next one, so that nobody is asked again in a few weeks.
    """
    return date(today.year + 1, 3, 31)


def read_consent(
    typed: Typed, choices: Mapping[str, Mapping[str, str]], participant_id: str, today: date
) -> ConsentRead:
    """Read the fields."""
    form = Answers(typed, LABELS)
    if not typed.one("state"):
        form.wrong("state", "文書・口頭・ことわり のどれかを選んでください。")
    state = ConsentState(form.choice("state", choices["state"], ConsentState.VERBAL.value))
    agrees = state is not ConsentState.REFUSED
    on = form.day("on") or today
    if on > today:
        form.wrong("on", "同意した日が、今日より先です。日付を直してください。")
    agencies = frozenset(form.choices("agencies", choices["agencies"]))
    if state is ConsentState.WRITTEN and not agencies:
        form.wrong("agencies", "話してよい相手が選ばれていません。1つは選んでください。")
    giver = form.choice("giver", choices["giver"])
    if agrees and not giver:
        form.wrong("giver", "だれが答えたかを、選んでください。")
    own = choices["giver"][PERSON] if giver == PERSON else ""
    given_by = form.text("given_by") or own
    try:
        consent = Consent(
            id=new_id(),
            participant_id=participant_id,
            state=state,
            given_by=given_by,
            giver=giver or None,
            capacity=form.text("capacity", TEXT) or None,
            on=on,
            agencies=agencies if agrees else frozenset(),
            categories=frozenset(form.choices("categories", choices["categories"]))
            if agrees
            else frozenset(),
            until_on=form.day("until_on") if agrees else None,
            note=form.text("note", TEXT),
        )
    except CaseError as error:
        form.wrong(_FIELD_OF[error.code], in_japanese(error))
        return ConsentRead(None, form.errors)
    return ConsentRead(None if form.errors else consent, form.errors)
