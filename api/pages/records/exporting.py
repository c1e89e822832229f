"""Handing a person everything that is kept about them, on paper or as a file."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from api.answers import Sent
from api.pages.people.head import Head, look_with_head
from api.pages.records.gathering import Printed, gather, printed
from api.pages.surroundings import frame_for
from api.rendering import render
from api.rights import HandsOutRecords
from api.wiring import Wired
from cases.actions.intake import find_person
from cases.permissions import Action, check_may_with
from exchange.person_export import write_person

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class ExportPage:
    """What is handed out; before that only what it would be."""

    head: Head
    printed: Printed | None = None
    tab: str = "records"


@router.get("/people/{participant_id}/records/export")
def ask(
    request: Request, actor: HandsOutRecords, wiring: Wired, participant_id: str
) -> HTMLResponse:
    """Say what would be handed out."""
    with wiring.reading() as stores:
        person = find_person(actor, stores.cases, participant_id)
        check_may_with(actor, Action.HAND_OUT_RECORDS, person)
        _, head = look_with_head(actor, wiring, stores, participant_id)
    frame = frame_for(request, actor, "記録をまとめて出す", current="/people")
    return render(request, "pages/records/export.html", frame, ExportPage(head))


@router.post("/people/{participant_id}/records/export")
def hand_out(
    request: Request, actor: HandsOutRecords, wiring: Wired, participant_id: str, sent: Sent
) -> Response:
    """Hand it out, as a page for the printer or as a file, and note that."""
    with wiring.writing() as stores:
        record = gather(actor, wiring, stores, participant_id)
        if sent.one("as") == "file":
            name = "attachment; filename=person.json"  # whose it is stands in the file alone
            content = write_person(record, wiring.clock())
            return Response(
                content, media_type="application/json", headers={"Content-Disposition": name}
            )
        told = printed(record, actor, wiring, stores)
        _, head = look_with_head(actor, wiring, stores, participant_id)
    frame = frame_for(request, actor, "まとめた記録", current="/people")
    return render(request, "pages/records/export.html", frame, ExportPage(head, told))
