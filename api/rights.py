"""What a route asks of whoever calls it, before anything is looked up.

The role must be allowed the action in some relation; whether it may be done to this very thing
is asked by the verbs in `cases.actions`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, TypeAlias

from fastapi import Depends

from api.wiring import SignedIn
from cases.permissions import Action, Relation, check_may
from catalog.actor import Actor


def allowed(action: Action) -> Callable[[Actor], Actor]:
    """Return the dependency that gives who asks, or refuses a role that may never do an action."""

    def check(actor: SignedIn) -> Actor:
        check_may(actor, action, frozenset(Relation))
        return actor

    return check


SeesPlaces: TypeAlias = Annotated[Actor, Depends(allowed(Action.SEE_CATALOG))]
WritesPlaces: TypeAlias = Annotated[Actor, Depends(allowed(Action.EDIT_CATALOG))]
SeesPeople: TypeAlias = Annotated[Actor, Depends(allowed(Action.SEE_PEOPLE))]
WritesPeople: TypeAlias = Annotated[Actor, Depends(allowed(Action.EDIT_PEOPLE))]
SeesMeetings: TypeAlias = Annotated[Actor, Depends(allowed(Action.SEE_MEETINGS))]
WritesMeetings: TypeAlias = Annotated[Actor, Depends(allowed(Action.WRITE_MEETINGS))]
RunsMatching: TypeAlias = Annotated[Actor, Depends(allowed(Action.RUN_MATCHING))]
SeesRuns: TypeAlias = Annotated[Actor, Depends(allowed(Action.SEE_RUNS))]
Decides: TypeAlias = Annotated[Actor, Depends(allowed(Action.DECIDE_PROPOSAL))]
TriesPolicies: TypeAlias = Annotated[Actor, Depends(allowed(Action.PREVIEW_POLICY))]
ChangesSettings: TypeAlias = Annotated[Actor, Depends(allowed(Action.EDIT_SETTINGS))]
OpensInEmergency: TypeAlias = Annotated[Actor, Depends(allowed(Action.OPEN_IN_EMERGENCY))]
SeesAudit: TypeAlias = Annotated[Actor, Depends(allowed(Action.SEE_AUDIT))]
SeesEmergencies: TypeAlias = Annotated[Actor, Depends(allowed(Action.SEE_EMERGENCIES))]
ManagesUsers: TypeAlias = Annotated[Actor, Depends(allowed(Action.MANAGE_USERS))]
Settles: TypeAlias = Annotated[Actor, Depends(allowed(Action.SETTLE_RULES))]
HandsOutRecords: TypeAlias = Annotated[Actor, Depends(allowed(Action.HAND_OUT_RECORDS))]
SeesPlanning: TypeAlias = Annotated[Actor, Depends(allowed(Action.SEE_PLANNING))]
SeesReceptions: TypeAlias = Annotated[Actor, Depends(allowed(Action.SEE_RECEPTIONS))]
WritesReceptions: TypeAlias = Annotated[Actor, Depends(allowed(Action.WRITE_RECEPTIONS))]
DeletesPeople: TypeAlias = Annotated[Actor, Depends(allowed(Action.DELETE_PEOPLE))]
