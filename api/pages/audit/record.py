"""記録: all events of the city for the auditor, by day, kind and member of staff, and as a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from api.pages.audit.rows import EntryRow, rows_of
from api.pages.audit.ways_in import WayIn, into_people
from api.pages.records.retention import ReachWords, reach_words
from api.pages.surroundings import frame_for
from api.rendering import render
from api.rights import SeesAudit
from api.wiring import Wired, Wiring
from cases.words.audit import GROUPS, deed_words, kinds_of, was_emergency, where_words
from catalog.dates import TOKYO
from db import audit
from db.audit import Chosen, people_of
from db.audit_people import pseudonym
from exchange.plain_cells import table_bytes

router = APIRouter(include_in_schema=False)

PAGE: Final = 50
MOST_IN_FILE: Final = 10_000
NO_DAY: Final = (
    "「{day}」は 日付として読めないので、日では しぼりこんでいません。"
    "2026-11-12 のように書いてください。"
)
BOM: Final = b"\xef\xbb\xbf"
"""So that a spreadsheet reads the file as UTF-8."""
HEADERS: Final = ("番号", "日時", "職員", "したこと", "場所", "本人（仮の名）", "人数", "緊急閲覧")


@dataclass(frozen=True, slots=True)
class Filters:
    """What was chosen, as it stands in the form and in addresses."""

    day: str = ""
    group: str = ""
    staff: str = ""

    @property
    def query(self) -> str:
        """The filters as the end of an address, empty where nothing is chosen."""
        given = {"day": self.day, "group": self.group, "staff": self.staff}
        return urlencode({name: value for name, value in given.items() if value})

    def chosen(self) -> Chosen:
        """Return the filters as the store knows them."""
        since = _beginning(self.day)
        return Chosen(
            kinds=kinds_of(self.group),
            actor_id=self.staff or None,
            since=since,
            before=since + timedelta(days=1) if since else None,
        )


@dataclass(frozen=True, slots=True)
class RecordPage:
    """The record: how many events there are, since when, the form, the lines, where it goes on.

    `ways_in` tells whom others have let in of late to meet people.
    """

    reach: ReachWords
    filters: Filters
    groups: tuple[tuple[str, str], ...]
    staff: tuple[tuple[str, str], ...]
    rows: tuple[EntryRow, ...]
    next_href: str
    first_href: str
    file_href: str
    matches: int
    ways_in: tuple[WayIn, ...] = ()
    nobody: bool = False
    errors: Mapping[str, str] = field(default_factory=dict)


@router.get("/audit")
def record(
    request: Request,
    actor: SeesAudit,
    wiring: Wired,
    day: Annotated[str, Query(max_length=10)] = "",
    group: Annotated[str, Query(max_length=20)] = "",
    staff: Annotated[str, Query(max_length=100)] = "",
    under: Annotated[int | None, Query(ge=1, le=2**53)] = None,
    nobody: Annotated[bool, Query()] = False,
) -> HTMLResponse:
    """Show the events, the newest first."""
    page = page_of(wiring, _filters(wiring, day, group, staff), under, nobody)
    if day and not page.filters.day:
        page = replace(page, errors={"day": NO_DAY.format(day=day)})
    frame = frame_for(request, actor, "操作の記録", current="/audit")
    return render(request, "pages/audit/record.html", frame, page)


@router.get("/audit/file")
def file(
    _: SeesAudit,
    wiring: Wired,
    day: Annotated[str, Query(max_length=10)] = "",
    group: Annotated[str, Query(max_length=20)] = "",
    staff: Annotated[str, Query(max_length=100)] = "",
) -> Response:
    """Give what is chosen as a table; that it was taken along is recorded like any file."""
    content = BOM + table_bytes(_cells(wiring, _filters(wiring, day, group, staff)))
    name = f"tsunagite-record-{wiring.clock().astimezone(TOKYO):%Y%m%d-%H%M}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type="text/csv; charset=utf-8", headers=headers)


def page_of(wiring: Wiring, filters: Filters, under: int | None, nobody: bool) -> RecordPage:
    """Build the page; one event more than fits tells whether it goes on."""
    with wiring.database.reading() as connection:
        code = wiring.city.code
        found = audit.find(connection, code, filters.chosen(), under=under, limit=PAGE + 1)
        matches = audit.count(connection, code, filters.chosen()) if filters.query else 0
    shown = found[:PAGE]
    first = f"/audit?{filters.query}".rstrip("?")
    more = "&" if filters.query else ""
    goes_on = len(found) > PAGE
    return RecordPage(
        reach=reach_words(wiring),
        filters=filters,
        groups=(("", "すべて"), *((key, words) for key, (words, _) in GROUPS.items())),
        staff=(("", "すべて"), *((each.id, each.name) for each in wiring.users.users())),
        rows=rows_of(shown, wiring),
        next_href=f"/audit?{filters.query}{more}under={shown[-1].number}" if goes_on else "",
        first_href=first if under is not None else "",
        file_href=f"/audit/file?{filters.query}".rstrip("?"),
        matches=matches,
        ways_in=into_people(wiring),
        nobody=nobody,
    )


def _filters(wiring: Wiring, day: str, group: str, staff: str) -> Filters:
    """Return the filters without what nobody could have chosen."""
    known = {each.id for each in wiring.users.users()}
    return Filters(
        day=day if _beginning(day) else "",
        group=group if group in GROUPS else "",
        staff=staff if staff in known else "",
    )


def _beginning(day: str) -> datetime | None:
    """Return the first instant of a day in Japan."""
    try:
        return datetime.combine(date.fromisoformat(day), time(), TOKYO)
    except (ValueError, OverflowError):
        return None


def _cells(wiring: Wiring, filters: Filters) -> list[tuple[str | float | None, ...]]:
    names = {each.id: each.name for each in wiring.users.users()}
    code = wiring.city.code
    with wiring.database.reading() as connection:
        found = audit.find(connection, code, filters.chosen(), limit=MOST_IN_FILE)
    rows: list[tuple[str | float | None, ...]] = [HEADERS]
    for entry in found:
        event = entry.event
        people = people_of(event.detail) or (
            (event.subject_id,) if event.subject_kind == "participant" and event.subject_id else ()
        )
        rows.append(
            (
                entry.number,
                event.at.astimezone(TOKYO).strftime("%Y-%m-%d %H:%M:%S"),
                names.get(event.actor_id, event.actor_id),
                deed_words(event),
                where_words(event),
                " ".join(pseudonym(code, each) for each in people),
                len(people),
                "緊急" if was_emergency(event) else "",
            )
        )
    return rows
