"""A decision about a proposal from any page: taken, or why not in words for the one who asked."""

from __future__ import annotations

from api.wiring import Wiring
from cases.actions.deciding import decide_proposal
from cases.errors import CaseError, NotFound, NotPermitted
from cases.messages import in_japanese
from cases.proposal import Decision
from catalog.actor import Actor
from catalog.errors import CatalogError
from db.errors import DatabaseError
from db.messages import in_japanese as database_in_japanese


def take_decision(
    wiring: Wiring, actor: Actor, proposal_id: str, decision: Decision, reason: str = ""
) -> str:
    """Take a decision; return why it could not be taken and what to do now, or nothing.

    Raises
    ------
    NotFound, NotPermitted
        Of these an actor learns no more than from any other page.
    """
    try:
        with wiring.writing() as stores:
            decide_proposal(
                actor,
                stores.cases,
                stores.catalog,
                stores.runs,
                wiring.vocabulary,
                proposal_id,
                decision,
                wiring.clock,
                reason,
            )
    except (NotFound, NotPermitted):
        raise
    except (CaseError, CatalogError) as error:
        return in_japanese(error)
    except DatabaseError as error:
        return database_in_japanese(error)
    return ""
