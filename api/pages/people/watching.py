"""見守り on the screen: which office looks when, what it saw, and what comes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.answers import TEXT, Answers, Sent, Typed
from api.frame import KeyHint
from api.pages.people.closing import desk_of
from api.pages.people.head import Head, look_with_head
from api.pages.people.person_form import written_day
from api.pages.surroundings import frame_for
from api.rendering import render
from api.rights import SeesPeople, WritesPeople
from api.wiring import Wired, Wiring
from cases.actions.closing import end_watch, look_after, may_look
from cases.actions.intake import check_may_edit, find_person
from cases.actions.matching import Stores
from cases.closing import Looked, Watch, WatchState
from cases.errors import CaseError, NotFound, NotPermitted
from cases.life_words import state_word
from cases.messages import in_japanese
from cases.permissions import PeopleScope
from cases.words.dates import date_words
from catalog.actor import Actor
from catalog.dates import day_in_japan
from db.errors import DatabaseError

router = APIRouter(include_in_schema=False)

KEYS: Final = (KeyHint(("Ctrl+Enter",), "保存する"),)
WRONG: Final = 422
SAVED: Final = {
    "looked": "様子を見たことを保存しました。",
    "ended": "見守りを終えました。記録は残っています。",
}
LABELS: Final[Mapping[str, str]] = {
    "on": "様子を見た日",
    "words": "どうだったか",
    "next_on": "次に様子を見る日",
    "reason": "見守りを終える理由",
}


@dataclass(frozen=True, slots=True)
class WatchView:
    """One watch in words, with what the office saw, the last first."""

    state: str
    facts: tuple[tuple[str, str], ...]
    looks: tuple[tuple[str, str, bool], ...]


@dataclass(frozen=True, slots=True)
class WatchPage:
    """The watches over one person, and the forms for the one that goes on."""

    head: Head
    watches: tuple[WatchView, ...]
    watch_id: str
    seen: int
    may_look: bool
    may_end: bool
    typed: Typed
    errors: Mapping[str, str] = field(default_factory=dict)
    message: str = ""
    tab: str = "closing"


@router.get("/people/{participant_id}/watch")
def watch(
    request: Request,
    actor: SeesPeople,
    wiring: Wired,
    participant_id: str,
    saved: Annotated[str, Query()] = "",
) -> HTMLResponse:
    """Show who keeps watch, and what they saw."""
    with wiring.reading() as stores:
        content = _content(actor, wiring, stores, participant_id, message=SAVED.get(saved, ""))
    return _page(request, actor, content)


@router.post("/people/{participant_id}/watch")
def look(
    request: Request, actor: SeesPeople, wiring: Wired, participant_id: str, sent: Sent
) -> Response:
    """Keep how the person was."""
    form = Answers(sent, LABELS)
    on, next_on, words = form.day("on"), form.day("next_on"), form.text("words", TEXT)
    with wiring.writing() as stores:
        this = _seen(actor, wiring, stores, participant_id, sent)
        if not form.errors:
            try:
                look_after(
                    actor, desk_of(wiring, stores), this, wiring.clock,
                    on=on, words=words, again=form.ticked("again"), next_on=next_on,
                )  # fmt: skip
                return _saved(participant_id, "looked")
            except (NotFound, NotPermitted):
                raise
            except CaseError as error:
                form.wrong(_AT.get(error.code, "on"), in_japanese(error))
        content = _content(actor, wiring, stores, participant_id, sent, form.errors)
    return _page(request, actor, content, WRONG)


@router.post("/people/{participant_id}/watch/end")
def end(
    request: Request, actor: WritesPeople, wiring: Wired, participant_id: str, sent: Sent
) -> Response:
    """End the watch."""
    form = Answers(sent, LABELS)
    reason = form.text("reason")
    with wiring.writing() as stores:
        this = _seen(actor, wiring, stores, participant_id, sent)
        try:
            end_watch(actor, desk_of(wiring, stores), this, wiring.clock, reason=reason)
            return _saved(participant_id, "ended")
        except (NotFound, NotPermitted):
            raise
        except CaseError as error:
            form.wrong("reason", in_japanese(error))
        content = _content(actor, wiring, stores, participant_id, sent, form.errors)
    return _page(request, actor, content, WRONG)


_AT: Final[Mapping[str, str]] = {
    "look_without_words": "words",
    "watch_without_day": "next_on",
    "watch_day_passed": "next_on",
}
"""At which field a refusal is told."""


def _seen(actor: Actor, wiring: Wiring, stores: Stores, participant_id: str, sent: Typed) -> Watch:
    """Return the watch as it was seen; another version meanwhile is refused."""
    person = find_person(actor, stores.cases, participant_id)
    kept = wiring.closing.watches_of(PeopleScope(actor), participant_id)
    if not any(may_look(actor, person, each) for each in kept):
        check_may_edit(actor, person)
    seen = (sent.one("watch"), sent.one("seen"))
    this = next((each for each in kept if (each.id, str(each.version)) == seen), None)
    if this is None:
        raise DatabaseError("changed_meanwhile")
    return this


def _content(
    actor: Actor,
    wiring: Wiring,
    stores: Stores,
    participant_id: str,
    typed: Typed | None = None,
    errors: Mapping[str, str] | None = None,
    message: str = "",
) -> WatchPage:
    standing, head = look_with_head(actor, wiring, stores, participant_id)
    kept = wiring.closing.watches_of(PeopleScope(actor), participant_id)
    now = next((each for each in kept if each.state is WatchState.WATCHING), None)
    names = {user.id: user.name for user in wiring.users.users()}
    today = written_day(day_in_japan(wiring.clock()))
    return WatchPage(
        head=head,
        watches=tuple(_view(each, names) for each in kept),
        watch_id=now.id if now else "",
        seen=now.version if now else 0,
        may_look=now is not None and may_look(actor, standing.participant, now),
        may_end=now is not None and head.may_edit,
        typed=typed or Typed({"on": (today,)}),
        errors=errors or {},
        message=message,
    )


def _view(watch: Watch, names: Mapping[str, str]) -> WatchView:
    next_on = watch.next_on if watch.state is WatchState.WATCHING else None
    rows = (
        ("見守る機関", watch.office_id),
        ("はじめた日", date_words(watch.since_on)),
        (
            "次に様子を見る日",
            date_words(next_on) if next_on else "",
        ),
        ("見守り方", watch.how),
        ("終わった日", date_words(watch.ended_on) if watch.ended_on else ""),
        ("理由", watch.reason),
    )
    return WatchView(
        state=state_word("watch", watch.state),
        facts=tuple(each for each in rows if each[1]),
        looks=tuple(_told(each, names) for each in reversed(watch.looks)),
    )


def _told(looked: Looked, names: Mapping[str, str]) -> tuple[str, str, bool]:
    return f"{date_words(looked.on)}　{names.get(looked.by, '職員')}", looked.words, looked.again


def _saved(participant_id: str, what: str) -> RedirectResponse:
    return RedirectResponse(f"/people/{participant_id}/watch?saved={what}", status_code=303)


def _page(request: Request, actor: Actor, content: WatchPage, status: int = 200) -> HTMLResponse:
    keys = KEYS if content.may_look else ()
    frame = frame_for(request, actor, "見守り", current="/people", keys=keys)
    return render(request, "pages/people/watch.html", frame, content, status)
