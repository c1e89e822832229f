"""Going forward with a proposal from the person's own pages, setting it aside, undoing either."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import RedirectResponse

from api.answers import Sent
from api.rights import Decides
from api.wiring import Wired
from cases.actions.deciding import decide_proposal
from cases.actions.intake import find_person
from cases.errors import NotFound
from cases.permissions import PeopleScope
from cases.proposal import Decision
from catalog.vocabulary import load_vocabulary

router = APIRouter(include_in_schema=False)


@router.post("/people/{participant_id}/proposals/{proposal_id}")
def decide(
    actor: Decides, wiring: Wired, participant_id: str, proposal_id: str, sent: Sent
) -> RedirectResponse:
    """Take one decision and come back to the places; nobody outside hears of it."""
    try:
        decision = Decision(sent.one("decision"))
    except ValueError:
        raise NotFound("proposal_not_found") from None
    reason = sent.one("reason") if decision is Decision.SET_ASIDE else ""
    with wiring.writing() as stores:
        person = find_person(actor, stores.cases, participant_id)
        proposal = stores.runs.proposal(PeopleScope(actor), proposal_id)
        if proposal is None or proposal.participant_id != person.id:
            raise NotFound("proposal_not_found")
        decide_proposal(
            actor,
            stores.cases,
            stores.catalog,
            stores.runs,
            load_vocabulary().extended_by(stores.municipality.settings().codes),
            proposal_id,
            decision,
            wiring.clock,
            reason,
        )
    said = "" if decision is Decision.UNDO else f"?decided={proposal_id}"
    return RedirectResponse(f"/people/{participant_id}/openings{said}", status_code=303)
