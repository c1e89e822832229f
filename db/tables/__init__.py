"""All tables. Every key begins with ``municipality_code``, so that data can be sharded by it."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Column

from db.tables.audit import audit_cuts, audit_events, audit_subjects
from db.tables.base import metadata
from db.tables.cases import (
    consents,
    data_keys,
    households,
    name_index,
    named_staff,
    needs,
    participants,
    plan_members,
)
from db.tables.catalog import openings, organisations, resources, text_index
from db.tables.closing import evaluations, watches
from db.tables.following import follow_ups
from db.tables.helping import helper_proposals, helper_runs, helpers
from db.tables.intake import receptions, referrals
from db.tables.meetings import agenda_items, agenda_members, meetings
from db.tables.municipality import (
    district_towns,
    districts,
    import_runs,
    map_features,
    municipalities,
    policies,
    town_population,
    towns,
)
from db.tables.one_time import one_time
from db.tables.outreach import visits
from db.tables.passkeys import passkeys
from db.tables.placing import enquiries, placements
from db.tables.planning import support_plans
from db.tables.records import deletions, disclosures, dropped_keys, legal_holds, versions
from db.tables.rights import emergency_accesses, remits
from db.tables.rules import bond_members, bonds, placing_rules
from db.tables.runs import (
    match_runs,
    proposals,
    run_not_considered,
    run_rules,
    run_unplaced,
)
from db.tables.staff import sessions, users
from db.tables.types import Encrypted, EncryptedFile

__all__ = [
    "Encrypted",
    "EncryptedFile",
    "agenda_items",
    "agenda_members",
    "audit_cuts",
    "audit_events",
    "audit_subjects",
    "bond_members",
    "bonds",
    "consents",
    "data_keys",
    "deletions",
    "disclosures",
    "district_towns",
    "districts",
    "dropped_keys",
    "emergency_accesses",
    "enquiries",
    "evaluations",
    "follow_ups",
    "helper_proposals",
    "helper_runs",
    "helpers",
    "households",
    "import_runs",
    "legal_holds",
    "map_features",
    "match_runs",
    "meetings",
    "metadata",
    "municipalities",
    "name_index",
    "named_staff",
    "needs",
    "one_time",
    "openings",
    "organisations",
    "participants",
    "passkeys",
    "personal_columns",
    "placements",
    "placing_rules",
    "plan_members",
    "policies",
    "proposals",
    "receptions",
    "referrals",
    "remits",
    "resources",
    "run_not_considered",
    "run_rules",
    "run_unplaced",
    "sessions",
    "support_plans",
    "text_index",
    "town_population",
    "towns",
    "users",
    "versions",
    "visits",
    "watches",
]


def personal_columns() -> Iterator[Column[bytes]]:
    """List every column that holds personal data."""
    for table in metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, Encrypted):
                yield column
