"""Who has seen somebody's records: for the person's own staff, for the auditor, for oneself."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.answers import Sent
from api.pages.audit.rows import EntryRow, rows_of
from api.pages.matching.page import moment_words
from api.pages.surroundings import frame_for
from api.rendering import render
from api.rights import SeesAudit, SeesPeople
from api.wiring import SignedIn, Wired, Wiring, wiring_of
from cases.actions.intake import find_person
from cases.words.audit import ACCESSES, Kind
from catalog.actor import Actor
from db import audit
from db.audit import Chosen
from db.audit_people import person_under, person_with_number, pseudonym

router = APIRouter(include_in_schema=False)

PAGE: Final = 200


@dataclass(frozen=True, slots=True)
class AccessesWords:
    """What stands around the lines; `whose` names the person as the reader may know them."""

    title: str
    whose: str
    lead: str
    back_href: str
    back_words: str
    current: str = ""
    shows_staff: bool = True
    shows_whom: bool = False


@dataclass(frozen=True, slots=True)
class AccessesPage:
    """Lines of who looked when."""

    words: AccessesWords
    made: str
    rows: tuple[EntryRow, ...]
    next_href: str


@router.get("/people/{participant_id}/accesses")
def of_person(
    request: Request,
    actor: SeesPeople,
    wiring: Wired,
    participant_id: str,
    under: Annotated[int | None, Query(ge=1, le=2**53)] = None,
) -> HTMLResponse:
    """Show who has seen a person's records, to whoever may open the person."""
    person = find_person(actor, wiring.stores.cases, participant_id)
    address = f"/people/{person.id}/accesses"
    words = AccessesWords(
        title="この人の記録を見た人",
        whose=f"{person.name} さん（{person.case_no}）",
        lead="画面・検索・印刷・持ち出しと、開こうとして開けなかったことを、新しい順に並べています。",
        back_href=f"/people/{person.id}",
        back_words="本人の概要",
        current="/people",
    )
    return _page(request, actor, words, Chosen(kinds=ACCESSES, person_id=person.id), address, under)


@router.post("/audit/accesses")
def by_number(_: SeesAudit, wiring: Wired, sent: Sent) -> RedirectResponse:
    """Lead to the accesses of the person with a case number, which stands in no address."""
    number = sent.one("case_no").strip()
    with wiring.database.reading() as connection:
        id_ = person_with_number(connection, wiring.city.code, number)
    if id_ is None:
        return RedirectResponse("/audit?nobody=true", status_code=303)
    who = pseudonym(wiring.city.code, id_)
    return RedirectResponse(f"/audit/accesses?who={who}", status_code=303)


@router.get("/audit/accesses")
def of_pseudonym(
    request: Request,
    actor: SeesAudit,
    wiring: Wired,
    who: Annotated[str, Query(max_length=40)] = "",
    under: Annotated[int | None, Query(ge=1, le=2**53)] = None,
) -> Response:
    """Show who has seen a person's records, to the auditor, who does not learn who it is."""
    with wiring.database.reading() as connection:
        id_ = person_under(connection, wiring.city.code, who)
    if id_ is None:
        return RedirectResponse("/audit?nobody=true" if who else "/audit", status_code=303)
    address = f"/audit/accesses?who={who}"
    words = AccessesWords(
        title="ある方の記録を見た人",
        whose=f"本人 {who[:6]}（仮の名）",
        lead="お名前と番号は出ません。画面・検索・印刷・持ち出しと、開けなかったことの一覧です。",
        back_href="/audit",
        back_words="操作の記録",
        current="/audit",
    )
    return _page(request, actor, words, Chosen(kinds=ACCESSES, person_id=id_), address, under)


@router.get("/audit/own")
def own(
    request: Request,
    actor: SignedIn,
    under: Annotated[int | None, Query(ge=1, le=2**53)] = None,
) -> HTMLResponse:
    """Show everybody what is recorded of their own looking."""
    chosen = Chosen(kinds=ACCESSES, actor_id=actor.user_id)
    words = AccessesWords(
        title="あなたが見た記録",
        whose=f"{actor.name} さん",
        lead="あなたが本人の記録を見た・さがした・印刷したことが、このように残っています。",
        back_href="/",
        back_words="今日の仕事",
        shows_staff=False,
        shows_whom=True,
    )
    return _page(request, actor, words, chosen, "/audit/own", under)


def _page(
    request: Request,
    actor: Actor,
    words: AccessesWords,
    chosen: Chosen,
    address: str,
    under: int | None,
) -> HTMLResponse:
    """Show what was chosen, the newest first, from `under` on."""
    wiring = wiring_of(request)
    # Whoever was kept from a person learns by nothing whether there is one.
    hides = Kind.REFUSED if words.shows_whom else None
    rows, next_href = _found(wiring, chosen, address, under, hides)
    page = AccessesPage(words, moment_words(wiring.clock()), rows, next_href)
    frame = frame_for(request, actor, words.title, current=words.current)
    return render(request, "pages/audit/accesses.html", frame, page)


def _found(
    wiring: Wiring, chosen: Chosen, address: str, under: int | None, hides: Kind | None = None
) -> tuple[tuple[EntryRow, ...], str]:
    """Return the lines, and the address of those before them, if there are any.

    Parameters
    ----------
    hides
        The kind of event of which it is not told whom it was about: somebody who was kept from a
        person learns by nothing whether there is one.
    """
    with wiring.database.reading() as connection:
        found = audit.find(connection, wiring.city.code, chosen, under=under, limit=PAGE + 1)
    shown = found[:PAGE]
    rows = tuple(
        replace(row, whom="", href="") if each.event.kind == hides else row
        for each, row in zip(shown, rows_of(shown, wiring), strict=True)
    )
    if len(found) <= PAGE:
        return rows, ""
    joint = "&" if "?" in address else "?"
    return rows, f"{address}{joint}under={shown[-1].number}"
