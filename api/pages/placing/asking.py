"""Asking a host about somebody: what the host will read or hear is shown before it is said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.answers import TEXT, Answers, Sent, Typed
from api.frame import KeyHint
from api.pages.people.head import Head, date_without_weekday, look_with_head
from api.pages.people.person_form import written_day
from api.pages.placing_lists.words import HOWS, contact_rows, desk_of, found_by_other, place_names
from api.pages.surroundings import frame_for
from api.rendering import render
from api.rights import Decides
from api.wiring import Wired, Wiring
from cases.actions.asking import Asked, PersonSaid, ask, draft
from cases.actions.cataloguing import find_opening
from cases.consent import Consent, WhyNot
from cases.errors import CaseError, NotFound, NotPermitted
from cases.messages import in_japanese
from catalog.actor import Actor
from catalog.dates import day_in_japan
from catalog.errors import CatalogError
from db.errors import DatabaseError
from db.messages import in_japanese as database_in_japanese

router = APIRouter(include_in_schema=False)

KEYS: Final = (KeyHint(("Ctrl+Enter",), "たずねたと書く"),)
LABELS: Final = {
    "text": "受け入れ先に伝える文",
    "how": "どうやって",
    "sent_on": "たずねた日",
    "person_answer": "本人の気持ち",
}
WRONG: Final = 422


@dataclass(frozen=True, slots=True)
class AskingPage:
    """The form; `stopped` is the rule that forbids to ask, with nothing to send then."""

    head: Head
    opening_id: str
    place: str
    host: str
    contact: tuple[tuple[str, str], ...]
    found_by: str
    basis: str
    typed: Typed
    hows: tuple[tuple[str, str], ...]
    answers: tuple[tuple[str, str], ...]
    stopped: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)
    tab: str = "openings"


@router.get("/people/{participant_id}/openings/{opening_id}/enquiry")
def form(
    request: Request, actor: Decides, wiring: Wired, participant_id: str, opening_id: str
) -> HTMLResponse:
    """Show what would be said to the host; nobody hears of it yet."""
    return _page(request, actor, wiring, participant_id, opening_id)


@router.post("/people/{participant_id}/openings/{opening_id}/enquiry")
def send(
    request: Request,
    actor: Decides,
    wiring: Wired,
    participant_id: str,
    opening_id: str,
    sent: Sent,
) -> Response:
    """Write that the host was asked, in these words."""
    form = Answers(sent, LABELS)
    text, on = form.text("text", TEXT), form.day("sent_on") or day_in_japan(wiring.clock())
    how = form.choice("how", HOWS, "phone")
    answer = form.choice("person_answer", ("yes", "hesitates"))
    try:
        with wiring.writing() as stores:
            if not form.errors:
                asked = ask(
                    actor,
                    desk_of(actor, wiring, stores),
                    wiring.clock,
                    participant_id,
                    opening_id,
                    Asked(text, how, on),
                    office=_office(actor, wiring),
                    said=PersonSaid(answer, on) if answer else None,
                )
                return RedirectResponse(f"/enquiries/{asked.id}", status_code=303)
    except (NotFound, NotPermitted):
        raise
    except (CaseError, CatalogError) as error:
        dated = {"enquiry_in_future": "sent_on"}
        form.wrong(dated.get(getattr(error, "code", ""), "text"), in_japanese(error))
    except DatabaseError as error:
        form.wrong("text", database_in_japanese(error))
    return _page(request, actor, wiring, participant_id, opening_id, sent, form.errors)


def _page(
    request: Request,
    actor: Actor,
    wiring: Wiring,
    participant_id: str,
    opening_id: str,
    sent: Typed | None = None,
    errors: Mapping[str, str] | None = None,
) -> HTMLResponse:
    office, stopped, text = _office(actor, wiring), "", ""
    with wiring.reading() as stores:
        standing, head = look_with_head(actor, wiring, stores, participant_id)
        opening = find_opening(actor, stores.catalog, opening_id)
        desk = desk_of(actor, wiring, stores)
        try:
            text = draft(actor, desk, wiring.clock, participant_id, opening_id, office)
        except (NotFound, NotPermitted):
            raise
        except CaseError as error:
            stopped = in_japanese(error)
        hosts = stores.catalog.organisations()
        place = place_names(actor, stores)[opening_id]
    host, vocabulary = hosts.get(opening.host_id), wiring.vocabulary
    today = day_in_japan(wiring.clock())
    first = {"text": (text,), "how": ("phone",), "sent_on": (written_day(today),)}
    page = AskingPage(
        head=head,
        opening_id=opening_id,
        place=place,
        host=host.name if host else "",
        contact=contact_rows(host),
        found_by=found_by_other(opening, host, actor),
        basis=consent_words(standing.consent),
        typed=sent or Typed(first),
        hows=tuple((each, vocabulary.label("contact_method", each)) for each in HOWS),
        answers=(
            ("yes", vocabulary.label("person_answer", "yes")),
            ("hesitates", vocabulary.label("person_answer", "hesitates")),
            ("", "これから聞く"),
        ),
        stopped=stopped,
        errors=errors or {},
    )
    keys = () if stopped else KEYS
    frame = frame_for(request, actor, "受け入れ先にたずねる", current="/people", keys=keys)
    return render(request, "pages/placing/asking.html", frame, page, WRONG if errors else 200)


def consent_words(consent: Consent | WhyNot) -> str:
    """Return the ground on which a host may be asked."""
    if isinstance(consent, WhyNot):
        return ""
    until = f"、{date_without_weekday(consent.until_on)}まで" if consent.until_on else ""
    return f"本人の文書の同意（{date_without_weekday(consent.on)}{until}）。名前などは伝えません。"


def _office(actor: Actor, wiring: Wiring) -> str:
    return "　".join(filter(None, (wiring.city.name, actor.office_id)))
