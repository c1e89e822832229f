"""The tables hold every field of the values, and say what is personal."""

from __future__ import annotations

from dataclasses import fields

import pytest
from sqlalchemy import Table

from cases.bond import Bond
from cases.closing import Evaluation, Watch
from cases.consent import Consent
from cases.disclosure import Disclosure
from cases.following.follow_up import FollowUp
from cases.intake.reception import Reception
from cases.intake.referral import Referral
from cases.outreach import Visit
from cases.participant import Household, Participant
from cases.placing.enquiry import Enquiry
from cases.placing.placement import Placement
from cases.placing_rule import PlacingRule
from cases.plan import SupportPlan
from cases.proposal import Proposal
from cases.retention import Deletion, LegalHold
from cases.run import MatchRun, NotConsidered, Unplaced, UsedRule
from catalog.opening import Opening
from catalog.organisation import Organisation
from catalog.resource import Resource
from db import tables
from geo.towns import Town

SHAPE = {"shape", "min_lon", "min_lat", "max_lon", "max_lat"}


@pytest.mark.parametrize(
    ("kind", "table", "elsewhere", "besides"),
    [
        (Organisation, tables.organisations, set(), set()),
        (Resource, tables.resources, set(), set()),
        (Opening, tables.openings, set(), set()),
        (Town, tables.towns, set(), SHAPE),
        (Household, tables.households, set(), set()),
        (Participant, tables.participants, {"named_staff_ids", "member_office_ids"}, set()),
        (Consent, tables.consents, set(), {"number"}),
        (Proposal, tables.proposals, set(), {"position"}),
        (MatchRun, tables.match_runs, {"unplaced", "not_considered", "used"}, set()),
        (UsedRule, tables.run_rules, set(), {"run_id", "position"}),
        (PlacingRule, tables.placing_rules, set(), set()),
        (Bond, tables.bonds, {"participant_ids"}, set()),
        (LegalHold, tables.legal_holds, set(), set()),
        (Disclosure, tables.disclosures, set(), set()),
        (Deletion, tables.deletions, set(), set()),
        (Reception, tables.receptions, set(), set()),
        (Referral, tables.referrals, set(), set()),
        (Visit, tables.visits, set(), set()),
        (Enquiry, tables.enquiries, set(), set()),
        (Placement, tables.placements, set(), {"moved_on"}),
        (SupportPlan, tables.support_plans, set(), set()),
        (FollowUp, tables.follow_ups, set(), set()),
        (Evaluation, tables.evaluations, set(), set()),
        (Watch, tables.watches, set(), set()),
        (Unplaced, tables.run_unplaced, set(), {"run_id", "position"}),
        (NotConsidered, tables.run_not_considered, set(), {"run_id", "position"}),
    ],
)
def test_columns_are_the_fields(
    kind: type, table: Table, elsewhere: set[str], besides: set[str]
) -> None:
    """A field without a column would be lost without a word."""
    expected = {field.name for field in fields(kind)} - elsewhere | besides
    assert {column.name for column in table.columns} == expected | {"municipality_code"}


def test_the_municipality_begins_every_key_and_every_index() -> None:
    for table in tables.metadata.sorted_tables:
        columns = [table.primary_key.columns]
        columns += [index.columns for index in table.indexes]
        columns += [reference.columns for reference in table.foreign_key_constraints]
        assert {key.keys()[0] for key in columns} == {"municipality_code"}, table.name


def test_what_is_personal_is_encrypted() -> None:
    personal = {f"{column.table.name}.{column.name}" for column in tables.personal_columns()}
    of_a_person = "name name_kana birth_on sex relation town_id address phone lat lon fields"
    assert personal == {
        *(f"participants.{name}" for name in [*of_a_person.split(), "own_words", "note"]),
        "participants.programmes",
        "emergency_accesses.words",
        *(f"match_runs.{name}" for name in ("problem", "result", "views")),
        *(f"helper_runs.{name}" for name in ("rounds", "unplaced", "not_considered", "unfilled")),
        "helper_proposals.parts",
        "helper_proposals.reason",
        "helper_proposals.short",
        "helper_proposals.way",
        "helpers.content",
        "households.name",
        "households.note",
        "needs.content",
        "consents.capacity",
        "consents.given_by",
        "consents.giver",
        "consents.note",
        "agenda_items.content",
        "meetings.content",
        "disclosures.approved_by",
        "disclosures.items",
        "disclosures.reason",
        "disclosures.recipient",
        "legal_holds.reason",
        "receptions.heard",
        "receptions.whom_to_ask",
        *(f"visits.{name}" for name in ("result", "relation", "words")),
        *(f"referrals.{name}" for name in ("why", "answer", "outcome")),
        *(f"enquiries.{name}" for name in ("text", "how", "host_reason", "host_words")),
        *(f"enquiries.person_{name}" for name in ("answer", "reason", "words")),
        *(f"placements.{name}" for name in ("companion", "moves", "insurance")),
        "placements.end_reason",
        "placements.next_place",
        *(f"evaluations.{name}" for name in ("judgement", "reason", "reached", "changes", "left")),
        "evaluations.no_watch_reason",
        "evaluations.reopen_reason",
        *(f"watches.{name}" for name in ("how", "looks", "reason")),
        *(f"support_plans.{name}" for name in ("aim", "long_goal", "short_goal", "direction")),
        *(f"support_plans.{name}" for name in ("lead_office_id", "roles", "services")),
        *(f"support_plans.{name}" for name in ("signed_by", "decided_in", "end_reason")),
        *(f"follow_ups.{name}" for name in ("how", "fits_state", "fits_wishes", "burden", "came")),
        *(f"follow_ups.{name}" for name in ("planned", "absence_reason", "voice", "worries")),
        *(f"follow_ups.{name}" for name in ("dangers", "scales", "note", "rematch")),
        "versions.content",
        "authenticators.secret",
        "bonds.reason",
        "placing_rules.reason",
        "proposals.parts",
        "proposals.reason",
        "proposals.short",
        "proposals.way",
        "run_unplaced.near",
        "run_unplaced.refused",
        "run_unplaced.words",
    }
