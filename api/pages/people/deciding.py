"""Going forward with a proposal from the person's own pages, setting it aside, undoing either."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from api.answers import Sent
from api.deciding import take_decision
from api.pages.people.openings import show_openings
from api.rights import Decides
from api.wiring import Wired
from cases.actions.cataloguing import seen_openings
from cases.actions.intake import find_person
from cases.errors import NotFound
from cases.permissions import PeopleScope
from cases.proposal import Decision

router = APIRouter(include_in_schema=False)


@router.post("/people/{participant_id}/proposals/{proposal_id}")
def decide(
    request: Request,
    actor: Decides,
    wiring: Wired,
    participant_id: str,
    proposal_id: str,
    sent: Sent,
) -> Response:
    """Take one decision and come back to the places; nobody outside hears of it."""
    try:
        decision = Decision(sent.one("decision"))
    except ValueError:
        raise NotFound("proposal_not_found") from None
    reason = sent.one("reason") if decision is Decision.SET_ASIDE else ""
    with wiring.reading() as stores:
        person = find_person(actor, stores.cases, participant_id)
        proposal = stores.runs.proposal(PeopleScope(actor), proposal_id)
        if proposal is None or proposal.participant_id != person.id:
            raise NotFound("proposal_not_found")
        opening = seen_openings(actor, stores.catalog).get(proposal.opening_id)
    if why := take_decision(wiring, actor, proposal_id, decision, reason):
        which = f"「{opening.name}」の案は" if opening else "この案は"
        trouble = f"{which}、前のままです。{why}"
        return show_openings(request, actor, wiring, participant_id, trouble=trouble)
    said = "" if decision is Decision.UNDO else f"?decided={proposal_id}"
    return RedirectResponse(f"/people/{participant_id}/openings{said}", status_code=303)
