"""One pair of a run: why, what it costs whom, what would change it, and the decision."""

from __future__ import annotations

from dataclasses import replace

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from api.pages.explaining.why import RunFoot, keys_of, why_page
from api.pages.matching.data import load_run
from api.pages.matching.displacing import takings_of
from api.pages.matching.page import address_of
from api.pages.surroundings import frame_for
from api.rendering import render
from api.rights import SeesRuns
from api.wiring import Wired
from cases.words.dates import date_words
from cases.words.wording import own_wording

router = APIRouter(include_in_schema=False)


@router.get("/matching/{run_id}/pairs/{participant_id}/{opening_id}")
def pair(
    request: Request,
    actor: SeesRuns,
    wiring: Wired,
    run_id: str,
    participant_id: str,
    opening_id: str,
) -> Response:
    """Show a pair as a run knows it, with the decision about it."""
    with wiring.reading() as stores:
        data = load_run(wiring, stores, actor, run_id)
        takings = takings_of(data, participant_id)
        why = why_page(wiring, stores, actor, participant_id, opening_id, takings)
    if why is None:
        return RedirectResponse(f"/people/{participant_id}/openings", status_code=303)
    address = address_of(data.run)
    own = next((e for e in data.all_proposals if e.participant_id == participant_id), None)
    row = own.id if own else participant_id
    foot = RunFoot(
        number=f"R-{data.run.number}",
        on=date_words(data.run.on),
        knows=own_wording().say("pair_foot", "taking" if why.taking else "proposal"),
        policy=data.run.policy_version,
        checked=data.run.certified,
        back_href=f"{address}{'' if own else '?tab=unplaced'}#row-{row}",
        record_href=f"{address}/record",
    )
    frame = frame_for(request, actor, "合い方の理由", current="/matching", keys=keys_of(why))
    return render(request, "pages/people/why.html", frame, replace(why, run=foot))
