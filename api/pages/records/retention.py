"""Whose time of keeping is over, by which rules, and who has been deleted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from api.pages.people.head import date_without_weekday
from api.pages.records.words import at_words
from api.pages.surroundings import frame_for
from api.rendering import render
from api.rights import DeletesPeople
from api.wiring import Wired, Wiring
from cases.actions.keeping import Kept, kept_people
from cases.retention import AUDIT, Retention, own_retention
from catalog.dates import day_in_japan
from db.audit_cuts import Cut
from db.audit_cutting import reach_of

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class KeptRow:
    """Somebody whose support has ended, in words."""

    href: str
    name: str
    case_no: str
    ended: str
    until: str
    has_passed: bool
    is_held: bool


@dataclass(frozen=True, slots=True)
class DeletedRow:
    """A deletion, in words; nothing tells who it was."""

    number: int
    at: str
    ground: str
    by: str


@dataclass(frozen=True, slots=True)
class ReachWords:
    """How far back the record of what was done reaches; `overdue` counts what may go."""

    since: str
    count: int
    overdue: int
    cut: str


@dataclass(frozen=True, slots=True)
class RetentionPage:
    """All of it."""

    rows: tuple[KeptRow, ...]
    passed: int
    rules: Retention
    rules_since: str
    deleted: tuple[DeletedRow, ...]
    reach: ReachWords
    message: str = ""


@router.get("/records/retention")
def retention(
    request: Request,
    actor: DeletesPeople,
    wiring: Wired,
    deleted: Annotated[bool, Query()] = False,
) -> HTMLResponse:
    """Show whom the office may delete."""
    today = day_in_japan(wiring.clock())
    with wiring.reading() as stores:
        kept = kept_people(actor, stores.cases, wiring.records, wiring.clock)
        log = wiring.records.deletions()
    names = {user.id: user.name for user in wiring.users.users()}
    rules = own_retention()
    content = RetentionPage(
        rows=tuple(_kept_row(each, each.keeping.has_passed(today)) for each in kept),
        passed=sum(each.keeping.has_passed(today) for each in kept),
        rules=rules,
        rules_since=date_without_weekday(date.fromisoformat(rules.version)),
        deleted=tuple(
            DeletedRow(
                each.number,
                at_words(each.at),
                rules.ground(each.ground).name,
                "・".join(filter(None, (names.get(each.decided_by, ""), each.approved_by))),
            )
            for each in reversed(log)
        ),
        reach=reach_words(wiring),
        message="削除しました。" if deleted else "",
    )
    frame = frame_for(request, actor, "残しておく期間", current="/people")
    return render(request, "pages/records/retention.html", frame, content)


def reach_words(wiring: Wiring) -> ReachWords:
    """Say since when the record reaches back, and what became of what was before."""
    years = own_retention().rule(AUDIT).years
    today = day_in_japan(wiring.clock())
    with wiring.database.reading() as connection:
        found = reach_of(connection, wiring.city.code, today, years)
    return ReachWords(
        since=date_without_weekday(day_in_japan(found.since)) if found.since else "",
        count=found.count,
        overdue=found.overdue,
        cut=_cut_words(found.cuts[-1]) if found.cuts else "",
    )


def _cut_words(cut: Cut) -> str:
    on, last = (date_without_weekday(day_in_japan(each)) for each in (cut.at, cut.last_at))
    return (
        f"{last}までの記録は、残しておく期間（{cut.years}年）がすぎたので、{on}に切り取りました。"
        f"決めた人は {cut.decided_by}です。"
    )


def _kept_row(kept: Kept, has_passed: bool) -> KeptRow:
    ended, until = kept.keeping.ended_on, kept.keeping.until_on
    return KeptRow(
        href=f"/people/{kept.participant.id}/records",
        name=kept.participant.name,
        case_no=kept.participant.case_no,
        ended=date_without_weekday(ended) if ended else "記録がありません",
        until=date_without_weekday(until) if until else "—",
        has_passed=has_passed,
        is_held=bool(kept.keeping.holds),
    )
