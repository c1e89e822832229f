"""The criteria by which cases are taken on and ended, and their yearly review."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.pages.surroundings import frame_for
from api.rendering import render
from api.rights import SeesPlanning
from api.wiring import Wired, Wiring
from cases.criteria import CriteriaPart, own_criteria
from cases.words.dates import date_words
from catalog.audit import AuditEvent
from catalog.dates import day_in_japan
from db import audit
from db.audit import Chosen

router = APIRouter(include_in_schema=False)

CRITERIA: Final = "/settings/criteria"
REVIEWED: Final = "criteria_reviewed"


@dataclass(frozen=True, slots=True)
class CriteriaPage:
    """The criteria with their date and source, and when they are to be reviewed."""

    parts: tuple[CriteriaPart, ...]
    version: str
    source: str
    last: str
    due: str
    is_told: bool
    message: str


@router.get(CRITERIA)
def show(
    request: Request, actor: SeesPlanning, wiring: Wired, saved: Annotated[bool, Query()] = False
) -> HTMLResponse:
    """Show the criteria."""
    criteria, noted = own_criteria(), last_noted(wiring)
    content = CriteriaPage(
        parts=criteria.parts,
        version=criteria.version,
        source=criteria.source,
        last=date_words(criteria.last_review(noted)),
        due=date_words(criteria.due_on(noted)),
        is_told=criteria.is_told(noted, day_in_japan(wiring.clock())),
        message="見直したことを記録しました。" if saved else "",
    )
    return render(request, "pages/criteria.html", frame_for(request, actor, "基準"), content)


@router.post(CRITERIA)
def review(actor: SeesPlanning, wiring: Wired) -> Response:
    """Note that the criteria were reviewed today."""
    code = wiring.city.code
    event = AuditEvent(REVIEWED, actor.user_id, "municipality", code, wiring.clock())
    wiring.records.record(event)
    return RedirectResponse(f"{CRITERIA}?saved=1", status_code=303)


def last_noted(wiring: Wiring) -> date | None:
    """Return when somebody noted a review last, None where nobody has."""
    with wiring.database.reading() as connection:
        found = audit.find(connection, wiring.city.code, Chosen(kinds=[REVIEWED]), limit=1)
    return day_in_japan(found[0].event.at) if found else None


def review_words(wiring: Wiring) -> str:
    """Return that the review is due, nothing where it is not."""
    criteria, noted = own_criteria(), last_noted(wiring)
    if not criteria.is_told(noted, day_in_japan(wiring.clock())):
        return ""
    return f"支援の基準は、{date_words(criteria.due_on(noted))}までに 見直す決まりです。"
