"""Enquiries as lists and pages say them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from api.answers import Typed
from api.wiring import Wiring
from cases.actions.asking import Desk
from cases.actions.cataloguing import find_opening, seen_openings, seen_places
from cases.actions.matching import Stores
from cases.life_words import state_word
from cases.participant import Participant
from cases.placing.answers import own_rules
from cases.placing.asking import Task, ToDo
from cases.placing.enquiry import LIFE, Enquiry, EnquiryState
from cases.placing.liaison import liaison_of
from cases.words.dates import date_words, day_words
from catalog.actor import Actor
from catalog.opening import Opening
from catalog.organisation import Organisation
from catalog.vocabulary import Vocabulary

HOWS: Final = ("phone", "visit", "meeting_in_person", "fax", "letter", "email")
"""Ways to ask a host, of the list `contact_method`; many hosts have no computer."""
GONE: Final = "（今は見られない枠）"
CHANGED: Final = (
    "先に ほかの職員が書きました。下が 今の様子です。"
    "あなたの書いた文は 残っています。見くらべて、もう一度 押してください。"
)
TASKS: Final[Mapping[Task, tuple[str, str]]] = {
    Task.NUDGE: ("届いたかを たずねる", "まだ返事がありません。届いたかを たずねてください。"),
    Task.MOVE_ON: (
        "次へ進める",
        "約束の日が過ぎても 返事がありません。待つのをやめて、ほかの場所を探せます。",
    ),
    Task.ASK_AGAIN: ("もう一度 たずねる", "「あとでまた」と言われた日に なりました。"),
    Task.ASK_PERSON: ("本人に聞く", "受け入れ先は「はい」です。本人の気持ちを聞いてください。"),
    Task.BEGIN: ("参加を始める", "受け入れ先も本人も「はい」です。見学の日を決めてください。"),
}
"""What to do about an enquiry: the verb, and why."""
LOOKS: Final[Mapping[EnquiryState, str]] = {
    EnquiryState.SENT: "fit",
    EnquiryState.ACCEPTED: "good",
    EnquiryState.PLACED: "good",
    EnquiryState.LATER: "near",
    EnquiryState.SILENT: "attention",
}
"""The colour of a state; the others have none."""


@dataclass(frozen=True, slots=True)
class EnquiryRow:
    """One enquiry in a list; `person` is empty where a list is of one person."""

    href: str
    code: str
    person: str
    place: str
    state: str
    when: str
    about: str
    words: str
    verb: str
    is_late: bool = False


def desk_of(actor: Actor, wiring: Wiring, stores: Stores) -> Desk:
    """Return what the verbs about enquiries and placements work with."""
    return Desk(
        wiring.placing,
        stores,
        wiring.vocabulary,
        lambda opening_id: find_opening(actor, stores.catalog, opening_id),
    )


def place_names(actor: Actor, stores: Stores) -> dict[str, str]:
    """Return what each opening one sees is called, with its place: けやき台サロン「お茶の会」."""
    places = seen_places(actor, stores.catalog)
    return {
        each.id: f"{places[each.resource_id].name}「{each.name}」"
        if each.resource_id in places
        else each.name
        for each in seen_openings(actor, stores.catalog).values()
    }


def contact_rows(host: Organisation | None) -> tuple[tuple[str, str], ...]:
    """Return how a host is reached."""
    if host is None:
        return ()
    rows = (
        ("窓口", host.contact_name),
        ("電話", host.phone),
        ("ファックス", host.fax),
        ("つながる時間", host.contact_hours),
    )
    return tuple(each for each in rows if each[1])


def found_by_other(opening: Opening, host: Organisation | None, actor: Actor) -> str:
    """Return which other office has found a place and keeps the contact, empty where none has."""
    office = liaison_of(opening, host)
    return office if office and office != actor.office_id else ""


def enquiry_row(
    enquiry: Enquiry,
    person: Participant | None,
    places: Mapping[str, str],
    what: ToDo | None,
    today: date,
) -> EnquiryRow:
    """Return an enquiry as a list says it."""
    is_due = what is not None and what.due_on <= today
    verb, why = TASKS[what.task] if what and is_due else ("開く", _standing(enquiry, what))
    return EnquiryRow(
        href=f"/enquiries/{enquiry.id}",
        code=enquiry.code,
        person=person.name if person else "",
        place=places.get(enquiry.opening_id, GONE),
        state=state_word(LIFE.noun, enquiry.state),
        when=_since(what.due_on, today) if what and is_due else _day(enquiry),
        about="今日まで" if what and is_due else "",
        words=why,
        verb=verb,
        is_late=bool(what and is_due and what.due_on < today),
    )


def _since(due_on: date, today: date) -> str:
    days = (today - due_on).days
    return f"{days}日 過ぎています" if days else "今日"


def _day(enquiry: Enquiry) -> str:
    on = enquiry.answered_on or enquiry.sent_on
    return day_words(on) if on else ""


def _standing(enquiry: Enquiry, what: ToDo | None) -> str:
    if what is None:
        return ""
    if what.task in (Task.NUDGE, Task.MOVE_ON) and enquiry.answer_by_on:
        return f"{date_words(enquiry.answer_by_on)}まで 返事を待ちます。"
    return f"{date_words(what.due_on)}に、{TASKS[what.task][0]}。"


def host_reasons(vocabulary: Vocabulary) -> tuple[tuple[str, str, str], ...]:
    """Return the reasons of a host: code, words, what follows."""
    rules = own_rules()
    return tuple(
        (each.code, each.label, rules.consequence(each.code).words)
        for each in vocabulary.codes("host_answer_reason").values()
    )


def seen_of(sent: Typed) -> int:
    """Return the number of the version that a form was made from."""
    number = sent.one("version")
    return int(number) if number.isascii() and number.isdigit() else 0


def answer_words(enquiry: Enquiry, vocabulary: Vocabulary) -> tuple[tuple[str, str], ...]:
    """Return what host and person have answered, each as a label and a sentence."""
    return tuple(
        (label, words)
        for label, words in (
            ("受け入れ先", _host_words(enquiry, vocabulary)),
            ("本人", _person_words(enquiry, vocabulary)),
        )
        if words
    )


def _host_words(enquiry: Enquiry, vocabulary: Vocabulary) -> str:
    if enquiry.answered_on is None:
        return ""
    reason = enquiry.host_reason
    said = (
        date_words(enquiry.answered_on),
        vocabulary.label("host_answer_reason", reason) if reason else "「受けられます」",
        enquiry.host_words,
        f"{date_words(enquiry.ask_again_on)}から また聞けます" if enquiry.ask_again_on else "",
    )
    return "　".join(filter(None, said))


def _person_words(enquiry: Enquiry, vocabulary: Vocabulary) -> str:
    if not enquiry.person_answer:
        return ""
    reason = enquiry.person_reason
    said = (
        date_words(enquiry.person_answered_on) if enquiry.person_answered_on else "",
        f"「{vocabulary.label('person_answer', enquiry.person_answer)}」",
        vocabulary.label("set_aside_reason", reason) if reason else "",
        enquiry.person_words,
    )
    return "　".join(filter(None, said))
