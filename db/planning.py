"""Support plans in the database."""

from __future__ import annotations

from datetime import date
from typing import Final

from cases.permissions import PeopleScope
from cases.plan import PlanState, SupportPlan
from cases.reading import notes_readers
from catalog.audit import AuditEvent
from db.sealing import Sealing
from db.secrets import Keyring
from db.session import Database
from db.tables import support_plans
from db.versioned import VersionedRows

_FIRST: Final = {PlanState.DRAFT: 2, PlanState.SUBMITTED: 2, PlanState.DECIDED: 1}


@notes_readers
class SqlPlanStore:
    """The support plans of one municipality."""

    def __init__(self, database: Database, municipality_code: str, keyring: Keyring) -> None:
        self.database = database
        sealing = Sealing(keyring, municipality_code)
        self._plans = VersionedRows(SupportPlan, support_plans, database, sealing)

    def plans_of(self, scope: PeopleScope, participant_id: str) -> list[SupportPlan]:
        """Return the plans of one admitted person as they stand, the last first."""
        found = self._plans.latest(scope, support_plans.c.participant_id == participant_id)
        return sorted(found, key=_standing, reverse=True)

    def versions_of_plans(self, scope: PeopleScope, participant_id: str) -> list[SupportPlan]:
        """Return every saved version of every plan of one admitted person, the first first."""
        return [
            version
            for plan in reversed(self.plans_of(scope, participant_id))
            for version in self._plans.all_of(scope, plan.id)
        ]

    def save_plan(self, plan: SupportPlan, event: AuditEvent, seen: int = 0) -> SupportPlan:
        """Keep a new version of a plan; see `VersionedRows.save`."""
        return self._plans.save(plan, event, seen)


def _standing(plan: SupportPlan) -> tuple[int, date]:
    """Put what is being written before what is in force, and that before what was."""
    return _FIRST.get(plan.state, 0), plan.made_on
