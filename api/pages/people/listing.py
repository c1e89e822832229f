"""The list of people whom somebody may open, and the search for one of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.answers import Sent
from api.frame import NEXT_AND_PREVIOUS, OPEN, SEARCH, KeyHint
from api.pages.people.head import consent_view, date_without_weekday
from api.pages.surroundings import can, frame_for
from api.rendering import render
from api.rights import SeesPeople
from api.wiring import SignedIn, Wired, Wiring
from cases.actions.looking import look_at_everyone
from cases.actions.matching import Stores
from cases.consent import Consent
from cases.next_step import Standing, next_step_words
from cases.participant import ParticipantStatus
from cases.permissions import Action, PeopleScope
from cases.words.dates import day_words
from cases.words.wording import own_wording
from catalog.actor import Actor
from catalog.dates import day_in_japan
from catalog.text_key import number_key

router = APIRouter(include_in_schema=False)

PAGE: Final = 50
KEYS: Final = (
    NEXT_AND_PREVIOUS,
    OPEN,
    KeyHint(("G",), "この人のつなぎ先"),
    KeyHint(("C",), "新しい相談"),
    SEARCH,
)
_ALIVE: Final = (ParticipantStatus.WAITING, ParticipantStatus.PAUSED, ParticipantStatus.PLACED)
Choose = Callable[[Standing, Actor], bool]
FILTERS: Final[dict[str, tuple[str, Choose]]] = {
    "all": ("すべて", lambda each, _: each.participant.status in _ALIVE),
    "waiting": (
        "つなぎ先を待っている",
        lambda each, _: each.participant.status is ParticipantStatus.WAITING,
    ),
    "mine": (
        "私の担当",
        lambda each, actor: (
            each.participant.status in _ALIVE and each.participant.coordinator_id == actor.user_id
        ),
    ),
    "without_consent": (
        "文書の同意がまだ",
        lambda each, _: each.participant.status in _ALIVE and not isinstance(each.consent, Consent),
    ),
    "paused": (
        "休んでいる",
        lambda each, _: each.participant.status is ParticipantStatus.PAUSED,
    ),
    "closed": (
        "終わった",
        lambda each, _: each.participant.status is ParticipantStatus.CLOSED,
    ),
}
"""Each filter of the list: its name, and whom it leaves."""
ALWAYS_SHOWN: Final = ("all", "waiting", "mine", "without_consent")


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One line of the list."""

    id: str
    name: str
    line: str
    is_protected: bool
    stage: str
    since: str
    waited: str
    consent: str
    until: str
    coordinator: str
    next_step: str
    next_href: str


@dataclass(frozen=True, slots=True)
class FilterLink:
    """One way to look at the list, and how many people it leaves."""

    key: str
    words: str
    count: int


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """The list: what it says in one sentence, the ways to look at it, the rows."""

    sentence: str
    rows: tuple[PersonRow, ...]
    filters: tuple[FilterLink, ...] = ()
    current: str = ""
    page: int = 1
    pages: int = 1
    may_register: bool = False
    words: str = ""
    may_open_in_emergency: bool = False


@router.get("/people")
def people(
    request: Request,
    actor: SeesPeople,
    wiring: Wired,
    show: Annotated[str, Query()] = "all",
    page: Annotated[int, Query(ge=1)] = 1,
) -> HTMLResponse:
    """List everyone whom the actor may open; counts and totals cover nobody else."""
    current = show if show in FILTERS else "all"
    with wiring.reading() as stores:
        everyone = look_at_everyone(actor, stores, wiring.clock)
        chosen = [each for each in everyone if FILTERS[current][1](each, actor)]
        pages = max(1, -(-len(chosen) // PAGE))
        at = min(page, pages)
        rows = rows_of(chosen[(at - 1) * PAGE : at * PAGE], actor, wiring, stores)
    content = PeoplePage(
        sentence=sentence_of(everyone),
        rows=rows,
        filters=tuple(filter_links(everyone, actor, current)),
        current=current,
        page=at,
        pages=pages,
        may_register=can(actor, Action.EDIT_PEOPLE),
    )
    frame = frame_for(request, actor, "本人・世帯", current="/people", keys=KEYS)
    return render(request, "pages/people/list.html", frame, content)


@router.get("/people/search")
def reopened(_: SignedIn) -> RedirectResponse:
    """Lead back to the list: what was looked for stands in no address."""
    return RedirectResponse("/people", status_code=303)


@router.post("/people/search")
def search(request: Request, actor: SeesPeople, wiring: Wired, sent: Sent) -> Response:
    """Find people by name, reading or case number; the only one found is opened at once."""
    words = sent.one("words").strip()[:100]
    if not words:
        return RedirectResponse("/people", status_code=303)
    with wiring.reading() as stores:
        ids = found_ids(actor, stores, words)
        if len(ids) == 1:
            return RedirectResponse(f"/people/{ids.pop()}", status_code=303)
        everyone = look_at_everyone(actor, stores, wiring.clock)
        found = [each for each in everyone if each.participant.id in ids]
        rows = rows_of(found, actor, wiring, stores)
    content = PeoplePage(
        sentence=f"{len(rows)}人 見つかりました。" if rows else "",
        rows=rows,
        may_register=can(actor, Action.EDIT_PEOPLE),
        words=words,
        may_open_in_emergency=can(actor, Action.OPEN_IN_EMERGENCY),
    )
    frame = frame_for(request, actor, "本人をさがす", current="/people", keys=KEYS)
    return render(request, "pages/people/found.html", frame, content)


def found_ids(actor: Actor, stores: Stores, words: str) -> set[str]:
    """Return the ids of whom the words mean, by case number or by any part of the name."""
    scope, number = PeopleScope(actor), number_key(words)
    if any(character.isdigit() for character in number):
        key_of = {each.id: number_key(each.case_no) for each in stores.cases.participants(scope)}
        exact = {id_ for id_, key in key_of.items() if key == number}
        return exact or {id_ for id_, key in key_of.items() if number in key}
    return {person.id for person in stores.cases.find_by_name(scope, words)}


def sentence_of(everyone: Sequence[Standing]) -> str:
    """Return the first line of the list."""
    waiting = [e for e in everyone if e.participant.status is ParticipantStatus.WAITING]
    if not everyone:
        return "あなたが開ける方は、まだいません。"
    if not waiting:
        return "つなぎ先を待っている方は、今はいません。"
    without = sum(not isinstance(each.consent, Consent) for each in waiting)
    told = f"つなぎ先を待っている方は {len(waiting)}人です。"
    return told + (f"うち {without}人は、文書の同意がまだありません。" if without else "")


def filter_links(everyone: Sequence[Standing], actor: Actor, current: str) -> list[FilterLink]:
    """Return the ways to look at the list; the rarer ones only where they leave somebody."""
    links = [
        FilterLink(key, words, sum(choose(each, actor) for each in everyone))
        for key, (words, choose) in FILTERS.items()
    ]
    return [each for each in links if each.count or each.key == current or each.key in ALWAYS_SHOWN]


def rows_of(
    standings: Sequence[Standing], actor: Actor, wiring: Wiring, stores: Stores
) -> tuple[PersonRow, ...]:
    """Return the lines of the list."""
    today = day_in_japan(wiring.clock())
    names = {user.id: user.name for user in wiring.users.users()}
    consents = stores.cases.consents(PeopleScope(actor))
    return tuple(
        row_of(each, names, consents.get(each.participant.id, ()), today) for each in standings
    )


def row_of(
    standing: Standing, names: dict[str, str], consents: Sequence[Consent], today: date
) -> PersonRow:
    """Return one line of the list."""
    person = standing.participant
    view = consent_view(standing.consent, consents, today)
    resting = person.status is ParticipantStatus.PAUSED
    stage = own_wording().say("stage", int(person.stage))
    same_year = person.since_on.year == today.year
    return PersonRow(
        id=person.id,
        name=person.name,
        line="　".join(filter(None, (person.name_kana, person.case_no))),
        is_protected=person.address_protected,
        stage=f"{stage}（休んでいます）" if resting else stage,
        since=day_words(person.since_on) if same_year else date_without_weekday(person.since_on),
        waited=f"{(today - person.since_on).days}日前",
        consent=view.look,
        until=view.until,
        coordinator=names.get(person.coordinator_id or "", ""),
        next_step=next_step_words(standing.next_step),
        next_href=next_href(standing),
    )


def next_href(standing: Standing) -> str:
    """Return the page on which the next step can be taken."""
    code = standing.next_step
    page = {
        "no_need": "/need",
        "need_ended": "/need",
        "code_unknown": "/need",
        "place_unknown": "/edit",
        "paused": "/edit",
        "paused_until": "/edit",
        "placed": "",
        "closed": "",
    }.get(code, "/consent" if code.startswith("consent_") else "/openings")
    return f"/people/{standing.participant.id}{page}"
