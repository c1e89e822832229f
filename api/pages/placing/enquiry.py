"""One enquiry: what the host was told, what host and person answered, and what comes next."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.answers import TEXT, Answers, Sent, Typed
from api.frame import KeyHint
from api.pages.people.cards import Reasons, set_aside_reasons
from api.pages.people.head import date_without_weekday
from api.pages.people.person_form import written_day
from api.pages.placing.placement import AT, LABELS, read_begun
from api.pages.placing_lists.words import (
    CHANGED,
    GONE,
    LOOKS,
    TASKS,
    answer_words,
    contact_rows,
    desk_of,
    found_by_other,
    host_reasons,
    place_names,
    seen_of,
)
from api.pages.surroundings import frame_for
from api.rendering import render
from api.rights import Decides, SeesPeople
from api.wiring import Wired, Wiring
from cases.actions.asking import (
    Desk,
    HostSaid,
    PersonSaid,
    ask_again,
    correct_answer,
    find_enquiry,
    is_agreed,
    may_ask,
    move_on,
    nudge,
    take_back,
    write_host_answer,
    write_person_answer,
)
from cases.actions.cataloguing import seen_openings
from cases.actions.intake import find_person
from cases.actions.placing import begin
from cases.consent import Consent, WhyNot, find_consent
from cases.consent_scope import in_order
from cases.errors import CaseError, NotFound, NotPermitted
from cases.life_words import state_word
from cases.messages import in_japanese
from cases.permissions import PeopleScope
from cases.placing.answers import own_rules
from cases.placing.asking import Task, ToDo, to_do
from cases.placing.enquiry import LIFE, OPEN, Enquiry, EnquiryState, EnquiryStep
from cases.placing.safeguards import own_safeguards
from cases.words.dates import date_words
from catalog.actor import Actor
from catalog.dates import day_in_japan
from catalog.errors import CatalogError
from catalog.opening import Opening
from catalog.vocabulary import Vocabulary
from db.errors import DatabaseError
from db.messages import in_japanese as database_in_japanese

router = APIRouter(include_in_schema=False)

ANSWERED: Final = {"accept": "受けてもらえた", "decline": "今回は難しい", "put_off": "あとでまた"}
HOST_LABELS: Final = {
    "step": "返事",
    "answered_on": "返事の日",
    "reason": "理由",
    "words": "ことば",
    "again_on": "また聞く日",
}
PERSON_LABELS: Final = {
    "answer": "本人の気持ち",
    "told_on": "聞いた日",
    "person_reason": "理由",
    "person_words": "本人のことば",
}
STEPS: Final = {
    "nudge": nudge,
    "move_on": move_on,
    "ask_again": ask_again,
    "correct": correct_answer,
}
KEYS: Final = (KeyHint(("Ctrl+Enter",), "保存する"),)


@dataclass(frozen=True, slots=True)
class Next:
    """What comes next: in words, why, and the button that does it (empty: a form below)."""

    words: str
    why: str
    step: str = ""


@dataclass(frozen=True, slots=True)
class Beginning:
    """The form with which a placement begins: what is to be checked, and what may be told."""

    safeguard: str
    warnings: tuple[str, ...]
    insurances: tuple[tuple[str, str], ...]
    kinds: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class EnquiryPage:
    """An enquiry; `meanwhile` says that somebody else was quicker."""

    id: str
    code: str
    state: str
    look: str
    person: str
    person_id: str
    place: str
    host: str
    contact: tuple[tuple[str, str], ...]
    found_by: str
    asked: tuple[tuple[str, str], ...]
    text: str
    next: Next | None
    answers: tuple[tuple[str, str], ...]
    host_choices: tuple[tuple[str, str], ...]
    host_reasons: Reasons
    person_choices: tuple[tuple[str, str], ...]
    person_reasons: Reasons
    may_take_back: bool
    may_correct: bool
    beginning: Beginning | None
    placement_href: str
    history: tuple[tuple[str, str, str], ...]
    version: int
    typed: Typed
    meanwhile: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)


@router.get("/enquiries/{enquiry_id}")
def show(request: Request, actor: SeesPeople, wiring: Wired, enquiry_id: str) -> HTMLResponse:
    """Show an enquiry."""
    return show_enquiry(request, actor, wiring, enquiry_id)


@router.post("/enquiries/{enquiry_id}/host")
def host_answered(
    request: Request, actor: Decides, wiring: Wired, enquiry_id: str, sent: Sent
) -> Response:
    """Write what the host answered."""
    form = Answers(sent, HOST_LABELS)
    step = form.choice("step", tuple(ANSWERED))
    on = form.day("answered_on") or day_in_japan(wiring.clock())
    again, words = form.day("again_on"), form.text("words", TEXT)
    if not step:
        form.wrong("step", "受け入れ先の返事を選んでください。")

    def change(desk: Desk) -> None:
        said = HostSaid(EnquiryStep(step), on, sent.one("reason"), words, again)
        write_host_answer(actor, desk, wiring.clock, enquiry_id, seen_of(sent), said)

    at = {"answered_before_asked": "answered_on", "enquiry_in_future": "answered_on",
          "asked_again_before_answer": "again_on", "step_incomplete": "reason"}  # fmt: skip
    return _kept(request, actor, wiring, enquiry_id, sent, form, change, at, "step")


@router.post("/enquiries/{enquiry_id}/person")
def person_answered(
    request: Request, actor: Decides, wiring: Wired, enquiry_id: str, sent: Sent
) -> Response:
    """Write what the person answered."""
    form = Answers(sent, PERSON_LABELS)
    answer = form.choice("answer", tuple(wiring.vocabulary.lists["person_answer"]))
    on = form.day("told_on") or day_in_japan(wiring.clock())
    words = form.text("person_words", TEXT)
    if not answer:
        form.wrong("answer", "本人の気持ちを選んでください。")

    def change(desk: Desk) -> None:
        said = PersonSaid(answer, on, sent.one("person_reason"), words)
        write_person_answer(actor, desk, wiring.clock, enquiry_id, seen_of(sent), said)

    at = {"answer_without_reason": "person_reason", "enquiry_in_future": "told_on"}
    return _kept(request, actor, wiring, enquiry_id, sent, form, change, at, "answer")


@router.post("/enquiries/{enquiry_id}/step")
def step(request: Request, actor: Decides, wiring: Wired, enquiry_id: str, sent: Sent) -> Response:
    """Ask once more, wait no more, take back, or strike an answer that was wrong."""
    form = Answers(sent, {"step": "すること", "back_reason": "取り下げる理由"})
    what = form.choice("step", (*STEPS, "take_back"))

    def change(desk: Desk) -> None:
        clock, seen = wiring.clock, seen_of(sent)
        if what == "take_back":
            take_back(actor, desk, clock, enquiry_id, seen, sent.one("back_reason"))
        elif what:
            STEPS[what](actor, desk, clock, enquiry_id, seen)

    at = {"step_incomplete": "back_reason"}
    return _kept(request, actor, wiring, enquiry_id, sent, form, change, at, "next")


@router.post("/enquiries/{enquiry_id}/placement")
def begin_placement(
    request: Request, actor: Decides, wiring: Wired, enquiry_id: str, sent: Sent
) -> Response:
    """Begin what both said yes to."""
    form = Answers(sent, LABELS)
    begun = read_begun(form, sent, wiring)
    meanwhile = ""
    try:
        with wiring.writing() as stores:
            desk = desk_of(actor, wiring, stores)
            find_enquiry(actor, desk.placing, enquiry_id)
            if not form.errors:
                seen = seen_of(sent)
                made = begin(actor, desk, wiring.records, wiring.clock, enquiry_id, seen, begun)
                return RedirectResponse(f"/placements/{made.id}", status_code=303)
    except (NotFound, NotPermitted):
        raise
    except (CaseError, CatalogError) as error:
        form.wrong(AT.get(error.code, "begin"), in_japanese(error))
    except DatabaseError as error:
        meanwhile = CHANGED if error.code == "changed_meanwhile" else database_in_japanese(error)
    return show_enquiry(request, actor, wiring, enquiry_id, sent, form.errors, meanwhile)


@router.get("/enquiries/{enquiry_id}/sheet")
def sheet(request: Request, actor: SeesPeople, wiring: Wired, enquiry_id: str) -> HTMLResponse:
    """Show the paper for a host: the question and boxes for the answer, of nobody by name."""
    with wiring.reading() as stores:
        found = find_enquiry(actor, wiring.placing, enquiry_id)
        hosts = stores.catalog.organisations()
        place = place_names(actor, stores).get(found.opening_id, GONE)
    host = hosts.get(found.host_id)
    reasons = tuple(each.label for each in wiring.vocabulary.codes("host_answer_reason").values())
    page = SheetPage(
        id=found.id,
        code=found.code,
        host=host.name if host else "",
        place=place,
        text=found.text,
        office=actor.office_id or "",
        day=date_words(found.sent_on) if found.sent_on else "",
        reasons=reasons,
    )
    frame = frame_for(request, actor, "受け入れ先への紙", current="/people")
    return render(request, "pages/placing/sheet.html", frame, page)


@dataclass(frozen=True, slots=True)
class SheetPage:
    """The paper for a host."""

    id: str
    code: str
    host: str
    place: str
    text: str
    office: str
    day: str
    reasons: tuple[str, ...]


def _kept(
    request: Request,
    actor: Actor,
    wiring: Wiring,
    enquiry_id: str,
    sent: Typed,
    form: Answers,
    change: Callable[[Desk], None],
    at: Mapping[str, str],
    otherwise: str,
) -> Response:
    """Carry a change out and come back, or say at its field why it was not."""
    meanwhile = ""
    try:
        with wiring.writing() as stores:
            desk = desk_of(actor, wiring, stores)
            find_enquiry(actor, desk.placing, enquiry_id)
            if not form.errors:
                change(desk)
                return RedirectResponse(f"/enquiries/{enquiry_id}", status_code=303)
    except (NotFound, NotPermitted):
        raise
    except (CaseError, CatalogError) as error:
        form.wrong(at.get(error.code, otherwise), in_japanese(error))
    except DatabaseError as error:
        meanwhile = CHANGED if error.code == "changed_meanwhile" else database_in_japanese(error)
    return show_enquiry(request, actor, wiring, enquiry_id, sent, form.errors, meanwhile)


def show_enquiry(
    request: Request,
    actor: Actor,
    wiring: Wiring,
    enquiry_id: str,
    sent: Typed | None = None,
    errors: Mapping[str, str] | None = None,
    meanwhile: str = "",
) -> HTMLResponse:
    """Return the page of an enquiry, with what was typed where it was not kept."""
    vocabulary, today = wiring.vocabulary, day_in_japan(wiring.clock())
    with wiring.reading() as stores:
        found = find_enquiry(actor, wiring.placing, enquiry_id)
        person = find_person(actor, stores.cases, found.participant_id)
        versions = wiring.placing.versions_of_enquiry(PeopleScope(actor), enquiry_id)
        placed = wiring.placing.placements_of(PeopleScope(actor), person.id)
        said = stores.cases.consents_of(PeopleScope(actor), person.id)
        consent = find_consent(said, today)
        opening = seen_openings(actor, stores.catalog).get(found.opening_id)
        host = stores.catalog.organisations().get(found.host_id)
        place = place_names(actor, stores).get(found.opening_id, GONE)
    may_write = may_ask(actor, person)
    names = {each.id: each.name for each in wiring.users.users()}
    page = EnquiryPage(
        id=found.id,
        code=found.code,
        state=state_word(LIFE.noun, found.state),
        look=LOOKS.get(found.state, ""),
        person=person.name,
        person_id=person.id,
        place=place,
        host=host.name if host else "",
        contact=contact_rows(host),
        found_by=found_by_other(opening, host, actor) if opening else "",
        asked=_asked_rows(found, vocabulary.label("contact_method", found.how), names),
        text=found.text,
        next=_next(to_do(found, own_rules()), today) if may_write else None,
        answers=answer_words(found, vocabulary),
        host_choices=_host_choices(found) if may_write else (),
        host_reasons=host_reasons(vocabulary),
        person_choices=tuple(
            (each.code, each.label) for each in vocabulary.codes("person_answer").values()
        )
        if may_write and found.state in OPEN
        else (),
        person_reasons=set_aside_reasons(vocabulary),
        may_take_back=may_write and found.state in OPEN,
        may_correct=may_write and found.state not in (EnquiryState.SENT, EnquiryState.PLACED),
        beginning=_beginning(opening, consent, vocabulary)
        if may_write and opening and is_agreed(found)
        else None,
        placement_href=next(
            (f"/placements/{e.id}" for e in placed if e.enquiry_id == found.id), ""
        ),
        history=tuple(_version_words(each) for each in versions),
        version=found.version,
        typed=sent or _typed(found, today),
        meanwhile=meanwhile,
        errors=errors or {},
    )
    frame = frame_for(request, actor, "打診", current="/people", keys=KEYS if may_write else ())
    status = 409 if meanwhile else 422 if errors else 200
    return render(request, "pages/placing/enquiry.html", frame, page, status)


def _beginning(opening: Opening, consent: Consent | WhyNot, vocabulary: Vocabulary) -> Beginning:
    """Return what is asked when a placement begins; only what the consent covers can be told."""
    rules = own_safeguards()
    insurances = [(e.code, e.label) for e in vocabulary.codes("insurance").values()]
    kinds = () if isinstance(consent, WhyNot) else tuple(in_order(consent.categories))
    return Beginning(
        safeguard=rules.of(opening).words,
        warnings=rules.warnings(opening),
        insurances=(("", "まだ確かめていない"), *insurances),
        kinds=tuple((each, each) for each in kinds),
    )


def _typed(enquiry: Enquiry, today: date) -> Typed:
    on = written_day(today)
    told = enquiry.person_answer
    return Typed(
        {"begun_on": (on,)}
        | {"answered_on": (on,), "told_on": (on,), "answer": (told,) if told else ()}
        | {"person_words": (enquiry.person_words,)}
    )


def _asked_rows(
    enquiry: Enquiry, how: str, names: Mapping[str, str]
) -> tuple[tuple[str, str], ...]:
    rows = (
        ("たずねた日", date_words(enquiry.sent_on) if enquiry.sent_on else ""),
        ("どうやって", how),
        ("たずねた人", names.get(enquiry.made_by, "")),
        ("返事の約束", f"{date_words(enquiry.answer_by_on)}まで" if enquiry.answer_by_on else ""),
        ("もう一度聞いた日", date_words(enquiry.nudged_on) if enquiry.nudged_on else ""),
    )
    return tuple(each for each in rows if each[1])


def _next(what: ToDo | None, today: date) -> Next | None:
    if what is None:
        return None
    words, why = TASKS[what.task]
    by_button = what.task in (Task.NUDGE, Task.MOVE_ON, Task.ASK_AGAIN)
    if what.due_on <= today:
        return Next(words, why, what.task if by_button else "")
    if what.task in (Task.NUDGE, Task.MOVE_ON):
        return Next("返事を待っています", f"{date_words(what.due_on)}に、{words}。")
    return Next(f"{date_words(what.due_on)}に、{words}", "", what.task if by_button else "")


def _host_choices(enquiry: Enquiry) -> tuple[tuple[str, str], ...]:
    possible = LIFE.verbs(enquiry.state)
    return tuple((each, words) for each, words in ANSWERED.items() if each in possible)


def _version_words(enquiry: Enquiry) -> tuple[str, str, str]:
    """Return one version of an enquiry in the line of time: day, its number and state."""
    at = enquiry.recorded_at
    day = day_in_japan(at) if at else None
    state = state_word(LIFE.noun, enquiry.state)
    asked = "。届いたかを たずねました" if enquiry.nudged_on and not enquiry.answered_on else ""
    told = f"{enquiry.version}版：{state}{asked}"
    return (day.isoformat() if day else "", date_without_weekday(day) if day else "", told)
