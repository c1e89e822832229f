"""What the cases package asks of a database; `db` gives it, each within one transaction.

A store is bound to one municipality and one transaction. Every method that changes anything
takes the `AuditEvent` that is written with it. Every read of people takes the `PeopleScope` of
the reader: whom the scope does not admit is absent from the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Protocol, TypeAlias

from cases.bond import Bond
from cases.city_policy import AdoptedPolicy
from cases.closing import Evaluation, Watch
from cases.consent import Consent
from cases.disclosure import Disclosure
from cases.emergency import EmergencyAccess, Sought
from cases.following.follow_up import FollowUp
from cases.following.rhythm import OpenThread
from cases.helper import Helper
from cases.helper_run import HelperRun
from cases.intake.counting import HeardOn
from cases.intake.reception import Reception
from cases.intake.referral import Referral, ReferralState
from cases.meetings.meeting import AgendaItem, Meeting
from cases.need import Need
from cases.outreach import Visit, VisitState
from cases.participant import Household, Participant, ParticipantStatus
from cases.permissions import PeopleScope
from cases.placing.enquiry import Enquiry, EnquiryState
from cases.placing.placement import Placement, PlacementState
from cases.placing_rule import PlacingRule
from cases.plan import SupportPlan
from cases.proposal import Proposal
from cases.remit import RemitSetting
from cases.retention import Deletion, LegalHold
from cases.run import MatchRun, Unplaced
from cases.versions import Version
from catalog.actor import Actor
from catalog.audit import AuditEvent
from catalog.municipality import Municipality
from catalog.opening import Opening
from catalog.organisation import Organisation
from catalog.resource import Resource
from geo.towns import Town
from matcher.problem import Problem
from matcher.result import Assignment

Freeze: TypeAlias = Callable[[Problem, Assignment], tuple[bytes, bytes]]
"""Writes a problem and its result as the files `tsunagite.problem/1` and `tsunagite.result/1`."""


class CaseStore(Protocol):
    """People with their needs and consents."""

    def participants(
        self, scope: PeopleScope, status: ParticipantStatus | None = None
    ) -> Sequence[Participant]:
        """Return the people whom the scope admits, by `since_on`, then case number."""

    def participant(self, scope: PeopleScope, participant_id: str) -> Participant | None:
        """Return one person, or None where there is none or the scope does not admit them."""

    def participant_by_case_no(self, scope: PeopleScope, case_no: str) -> Participant | None:
        """Return the person with a case number, or None."""

    def case_numbers(self) -> Sequence[str]:
        """Return all case numbers, whoever may open the people: none is given twice."""

    def find_by_name(self, scope: PeopleScope, text: str) -> Sequence[Participant]:
        """Return the people whose name or reading contains a text."""

    def in_household(self, scope: PeopleScope, household_id: str) -> Sequence[Participant]:
        """Return the admitted people of one household."""

    def households(self, scope: PeopleScope) -> Mapping[str, Household]:
        """Return the households of the admitted people by id."""

    def needs(self, scope: PeopleScope) -> Mapping[str, Need]:
        """Return the current need of each admitted person who has one, by participant id."""

    def need(self, scope: PeopleScope, participant_id: str) -> Need | None:
        """Return the current need of one admitted person."""

    def consents(self, scope: PeopleScope) -> Mapping[str, Sequence[Consent]]:
        """Return all statements of consent of each admitted person, by participant id."""

    def consents_of(self, scope: PeopleScope, participant_id: str) -> Sequence[Consent]:
        """Return all statements of consent of one admitted person, as recorded."""

    def save_participant(self, participant: Participant, event: AuditEvent) -> None:
        """Add a person or a new version of one."""

    def save_household(self, household: Household, event: AuditEvent) -> None:
        """Add a household or a new version of one."""

    def save_need(self, need: Need, event: AuditEvent) -> None:
        """Add a need or a new version of one."""

    def add_consent(self, consent: Consent, event: AuditEvent) -> None:
        """Add a statement of consent; none is ever changed."""

    def record(self, event: AuditEvent) -> None:
        """Write an event about a person that changes nothing (an address that was shown)."""


class MunicipalityStore(Protocol):
    """The city: its settings, its towns and districts, its shape."""

    def settings(self) -> Municipality:
        """Return the settings of the city."""

    def towns(self) -> Sequence[Town]:
        """Return all towns of the municipality by id."""

    def memberships(self, on: date) -> Mapping[str, Mapping[str, str]]:
        """Return district names by layer key and town id, as they are on a day."""

    def outline(self) -> bytes | None:
        """Return the city's polygon as WKB, or None where it is not known."""

    def policies(self) -> Sequence[AdoptedPolicy]:
        """Return the city's own matching policies, as they were adopted, the oldest first."""

    def adopt_policy(self, adopted: AdoptedPolicy, event: AuditEvent) -> None:
        """Keep a policy under the next number; none is ever changed."""

    def record(self, event: AuditEvent) -> None:
        """Write an event about the city that changes nothing (a policy that was tried)."""


class CatalogStore(Protocol):
    """Places, their hosts and openings."""

    def openings(self) -> Sequence[Opening]:
        """Return all openings by id."""

    def opening(self, opening_id: str) -> Opening | None:
        """Return one opening, or None."""

    def resources(self) -> Mapping[str, Resource]:
        """Return all resources by id."""

    def resource(self, resource_id: str) -> Resource | None:
        """Return one resource, or None."""

    def organisations(self) -> Mapping[str, Organisation]:
        """Return all organisations by id."""

    def take_place(self, opening_id: str, event: AuditEvent) -> None:
        """Take one free place; refused with ``no_free_place`` where there is none."""

    def release_place(self, opening_id: str, event: AuditEvent) -> None:
        """Give a taken place back; refused with ``no_taken_place``."""

    def was_edited_since(self, opening_id: str, at: datetime) -> bool:
        """Tell whether an opening was added, or what it says changed, at an instant or later."""

    def save_opening(self, opening: Opening, event: AuditEvent, seen: int | None = None) -> None:
        """Add an opening or a new version of one.

        Of a kept one `taken` changes only where it is still what the writer has `seen`.
        """

    def save_resource(self, resource: Resource, event: AuditEvent) -> None:
        """Add a resource or a new version of one."""

    def save_organisation(self, organisation: Organisation, event: AuditEvent) -> None:
        """Add an organisation or a new version of one."""


class RuleStore(Protocol):
    """What the office settled before the search: 決めておくこと."""

    def placing_rules(self, scope: PeopleScope) -> Sequence[PlacingRule]:
        """Return the rules that are not undone about admitted people, the earliest first."""

    def placing_rule(self, scope: PeopleScope, rule_id: str) -> PlacingRule | None:
        """Return one rule, undone or not, or None where the scope does not admit its person."""

    def bonds(self, scope: PeopleScope) -> Sequence[Bond]:
        """Return the bonds that are not undone and of which everyone is admitted."""

    def bond(self, scope: PeopleScope, bond_id: str) -> Bond | None:
        """Return one bond, undone or not, or None where the scope does not admit all of it."""

    def add_placing_rule(self, rule: PlacingRule, event: AuditEvent) -> None:
        """Add a rule; none is ever changed but by being undone."""

    def add_bond(self, bond: Bond, event: AuditEvent) -> None:
        """Add a bond; none is ever changed but by being undone."""

    def undo_placing_rule(self, rule: PlacingRule, event: AuditEvent) -> None:
        """Keep that a rule was undone."""

    def undo_bond(self, bond: Bond, event: AuditEvent) -> None:
        """Keep that a bond was undone."""


class RunStore(Protocol):
    """Matching runs and their proposals."""

    def add_run(self, run: MatchRun, proposals: Sequence[Proposal], event: AuditEvent) -> None:
        """Keep a run with its proposals; a run is never changed."""

    def run(self, scope: PeopleScope, run_id: str) -> MatchRun | None:
        """Return one run, or None; whom the scope does not admit is left out of its lists."""

    def run_by_number(self, scope: PeopleScope, number: int) -> MatchRun | None:
        """Return the run with a number, or None; as `run`."""

    def latest_run(self, scope: PeopleScope) -> MatchRun | None:
        """Return the run that started last, or None; as `run`."""

    def runs(self, scope: PeopleScope, limit: int = 20) -> Sequence[MatchRun]:
        """Return the last runs, the newest first; as `run`, their long files left empty."""

    def proposals(self, scope: PeopleScope, run_id: str) -> Sequence[Proposal]:
        """Return the proposals of a run for the people whom the scope admits."""

    def proposal(self, scope: PeopleScope, proposal_id: str) -> Proposal | None:
        """Return one proposal, or None where the scope does not admit its person."""

    def proposals_for(self, scope: PeopleScope, participant_id: str) -> Sequence[Proposal]:
        """Return all proposals of one admitted person, the newest run first."""

    def unplaced_of(
        self, scope: PeopleScope, participant_id: str
    ) -> Sequence[tuple[date, Unplaced]]:
        """Return what runs said of one admitted person without a place, the newest run first."""

    def decided_proposals(self, scope: PeopleScope) -> Sequence[Proposal]:
        """Return what was advanced or set aside in any run, by the time of the decision."""

    def save_proposal(self, proposal: Proposal, event: AuditEvent) -> None:
        """Keep what was decided about a proposal."""


class HelperStore(Protocol):
    """Helpers, and the matchings of helpers and groups; a proposal names the helper as its person.

    Volunteers are admitted for whoever sees all people, others as the person they are.
    """

    def helpers(self, scope: PeopleScope) -> Sequence[Helper]:
        """Return the helpers whom the scope admits, by their reading, then their name."""

    def helper(self, scope: PeopleScope, helper_id: str) -> Helper | None:
        """Return one helper, or None where there is none or the scope does not admit them."""

    def helper_of(self, scope: PeopleScope, participant_id: str) -> Helper | None:
        """Return what an admitted person offers as a helper, or None."""

    def save_helper(self, helper: Helper, event: AuditEvent) -> None:
        """Add a helper or a new version of one."""

    def add_helper_run(self, run: HelperRun, made: Sequence[Proposal], event: AuditEvent) -> None:
        """Keep a run with its proposals; a run is never changed."""

    def latest_helper_run(self, scope: PeopleScope) -> HelperRun | None:
        """Return the last run, or None; whom the scope does not admit is left out of its lists."""

    def helper_proposals(self, scope: PeopleScope, run_id: str) -> Sequence[Proposal]:
        """Return the proposals of a run for admitted helpers, in its order."""

    def helper_proposal(self, scope: PeopleScope, proposal_id: str) -> Proposal | None:
        """Return one proposal, or None where the scope does not admit its helper."""

    def helper_proposals_for(self, scope: PeopleScope, helper_id: str) -> Sequence[Proposal]:
        """Return all proposals of one admitted helper."""

    def decided_helper_proposals(self, scope: PeopleScope) -> Sequence[Proposal]:
        """Return what was advanced or set aside in any run, by the time of the decision."""

    def save_helper_proposal(self, proposal: Proposal, event: AuditEvent) -> None:
        """Keep what was decided about a proposal."""


class IntakeStore(Protocol):
    """First words, and what agencies pass on to one another.

    One with a person is admitted with the person; one about nobody known yet, to the office that
    received it and to those who see all.
    """

    def receptions(self, scope: PeopleScope) -> Sequence[Reception]:
        """Return the admitted receptions as they stand, by the day, then id."""

    def reception(self, scope: PeopleScope, reception_id: str) -> Reception | None:
        """Return one reception as it stands, or None where there is none or it is not admitted."""

    def versions_of_reception(self, scope: PeopleScope, reception_id: str) -> Sequence[Reception]:
        """Return all versions of one admitted reception, the first first."""

    def receptions_of(self, scope: PeopleScope, participant_id: str) -> Sequence[Reception]:
        """Return the receptions of one admitted person as they stand, by the day."""

    def heard(self) -> Sequence[HeardOn]:
        """Return what is counted of every reception of the city, also of those deleted since."""

    def save_reception(self, reception: Reception, event: AuditEvent) -> None:
        """Keep the next version of a reception; none is ever changed."""


class ReferralStore(Protocol):
    """What agencies ask of one another; the last version of each counts, all are kept.

    It exists for whoever may know its person or its reception, and for the office that is asked,
    unless the person is protected. Saving takes the number of the version that was seen, 0 for
    none; where another was kept since, it is refused with ``changed_meanwhile``.
    """

    def referrals(self, scope: PeopleScope) -> Sequence[Referral]:
        """Return every referral that exists for the reader, the first first."""

    def referral(self, scope: PeopleScope, referral_id: str) -> Referral | None:
        """Return one referral, or None."""

    def referrals_to(self, scope: PeopleScope, office_id: str) -> Sequence[Referral]:
        """Return what an office was asked, the first first."""

    def referrals_from(self, scope: PeopleScope, office_id: str) -> Sequence[Referral]:
        """Return what an office has asked of others, the first first."""

    def referrals_of(self, scope: PeopleScope, participant_id: str) -> Sequence[Referral]:
        """Return the referrals of one person, the first first."""

    def referrals_of_reception(self, scope: PeopleScope, reception_id: str) -> Sequence[Referral]:
        """Return the referrals of one reception, the first first."""

    def versions_of_referral(self, scope: PeopleScope, referral_id: str) -> Sequence[Referral]:
        """Return every version of a referral, the first first."""

    def ends(self) -> Sequence[tuple[date, ReferralState]]:
        """Return when and how each ended, also of people deleted since; no words, nobody."""

    def save_referral(self, referral: Referral, event: AuditEvent, seen: int = 0) -> Referral:
        """Keep a new version of a referral and return it."""


class FollowUpStore(Protocol):
    """Talks with both sides of placements; the last version of each counts, all are kept."""

    def follow_ups_of(self, scope: PeopleScope, participant_id: str) -> Sequence[FollowUp]:
        """Return the talks about one admitted person, the first first."""

    def versions_of_follow_up(self, scope: PeopleScope, follow_up_id: str) -> Sequence[FollowUp]:
        """Return every version of a talk, the first first."""

    def open_threads(self, scope: PeopleScope) -> Sequence[OpenThread]:
        """Return each placement that has not ended with the days of its last talks.

        Nothing that was said is opened.
        """

    def save_follow_up(self, talk: FollowUp, event: AuditEvent, seen: int = 0) -> FollowUp:
        """Keep a new version of a talk and return it."""


class VisitStore(Protocol):
    """Visits before any consent; the last version of each counts, all are kept.

    Saving takes the number of the version that was seen, 0 for none; where another was kept since,
    it is refused with ``changed_meanwhile``.
    """

    def visits(self, scope: PeopleScope, state: VisitState | None = None) -> Sequence[Visit]:
        """Return the visits to admitted people, in a state or in any."""

    def visit(self, scope: PeopleScope, visit_id: str) -> Visit | None:
        """Return one visit, or None."""

    def visits_of(self, scope: PeopleScope, participant_id: str) -> Sequence[Visit]:
        """Return the visits to one admitted person, the first first."""

    def versions_of_visit(self, scope: PeopleScope, visit_id: str) -> Sequence[Visit]:
        """Return every version of a visit, the first first."""

    def save_visit(self, visit: Visit, event: AuditEvent, seen: int = 0) -> Visit:
        """Keep a new version of a visit and return it."""


class RecordStore(Protocol):
    """What is kept about the keeping: versions, holds, disclosures, deletions."""

    def versions_of(self, scope: PeopleScope, participant_id: str) -> Sequence[Version]:
        """Return all versions of an admitted person and of their need, each in its order."""

    def versions_of_closed(self, scope: PeopleScope) -> Mapping[str, Sequence[Version]]:
        """Return the versions of each admitted person whose support has ended."""

    def holds(self, scope: PeopleScope) -> Mapping[str, Sequence[LegalHold]]:
        """Return the holds on each admitted person, lifted ones too, the earliest first."""

    def holds_of(self, scope: PeopleScope, participant_id: str) -> Sequence[LegalHold]:
        """Return the holds on one admitted person, lifted ones too, the earliest first."""

    def disclosures_of(self, scope: PeopleScope, participant_id: str) -> Sequence[Disclosure]:
        """Return what was told of one admitted person, the first first."""

    def add_hold(self, hold: LegalHold, event: AuditEvent) -> None:
        """Keep that a person's records must not be deleted."""

    def lift_hold(self, hold: LegalHold, event: AuditEvent) -> None:
        """Keep that a hold was lifted."""

    def add_disclosure(self, disclosure: Disclosure, event: AuditEvent) -> None:
        """Keep what was told of a person; none is ever changed."""

    def delete(self, deletion: Deletion, event: AuditEvent) -> Deletion:
        """Destroy what is known of a person, and note it in the log."""

    def deletions(self) -> Sequence[Deletion]:
        """Return the log of deletions, the first one first."""

    def events_about(self, participant_id: str) -> Sequence[AuditEvent]:
        """Return what was done about a person, the last first."""

    def record(self, event: AuditEvent) -> None:
        """Write an event that changes nothing (an export that was handed out)."""


class MeetingStore(Protocol):
    """Sittings and the items of their agenda; what is in a room, for its members alone."""

    def meetings(self, scope: PeopleScope) -> Sequence[Meeting]:
        """Return all sittings; a 支援会議 from outside for who is not invited."""

    def agenda_about(self, scope: PeopleScope, participant_id: str) -> Sequence[AgendaItem]:
        """Return the items about one admitted person; what is in a room stays there."""

    def meeting(self, scope: PeopleScope, meeting_id: str) -> Meeting | None:
        """Return one sitting; a 支援会議 from outside for who is not invited."""

    def agenda_item(self, scope: PeopleScope, item_id: str) -> AgendaItem | None:
        """Return one item, or None where there is none for the reader."""

    def next_number(self, meeting_id: str) -> int:
        """Return the place of a new item in the order of a sitting."""

    def save_meeting(self, meeting: Meeting, event: AuditEvent) -> None:
        """Keep a version of a sitting."""

    def save_agenda_item(self, item: AgendaItem, event: AuditEvent) -> None:
        """Keep a version of an item."""


class PlacementStore(Protocol):
    """Enquiries to hosts, and placements; the last version of each counts, all are kept.

    Saving takes the number of the version that was seen, 0 for none; where another was kept since,
    it is refused with ``changed_meanwhile``.
    """

    def enquiries(self, scope: PeopleScope, state: EnquiryState | None = None) -> Sequence[Enquiry]:
        """Return the enquiries about admitted people, in a state or in any."""

    def enquiry(self, scope: PeopleScope, enquiry_id: str) -> Enquiry | None:
        """Return one enquiry, or None."""

    def enquiries_of(self, scope: PeopleScope, participant_id: str) -> Sequence[Enquiry]:
        """Return the enquiries about one admitted person, the first first."""

    def versions_of_enquiry(self, scope: PeopleScope, enquiry_id: str) -> Sequence[Enquiry]:
        """Return every version of an enquiry, the first first."""

    def save_enquiry(self, enquiry: Enquiry, event: AuditEvent, seen: int = 0) -> Enquiry:
        """Keep a new version of an enquiry and return it."""

    def placements(
        self, scope: PeopleScope, state: PlacementState | None = None
    ) -> Sequence[Placement]:
        """Return the placements of admitted people, in a state or in any."""

    def placement(self, scope: PeopleScope, placement_id: str) -> Placement | None:
        """Return one placement, or None."""

    def placements_of(self, scope: PeopleScope, participant_id: str) -> Sequence[Placement]:
        """Return the placements of one admitted person, the first first."""

    def versions_of_placement(self, scope: PeopleScope, placement_id: str) -> Sequence[Placement]:
        """Return every version of a placement, the first first."""

    def save_placement(self, placement: Placement, event: AuditEvent, seen: int = 0) -> Placement:
        """Keep a new version of a placement and return it."""


class PlanStore(Protocol):
    """Support plans; the last version of each counts, all are kept."""

    def plans_of(self, scope: PeopleScope, participant_id: str) -> Sequence[SupportPlan]:
        """Return the plans of one admitted person as they stand, the last first."""

    def versions_of_plans(self, scope: PeopleScope, participant_id: str) -> Sequence[SupportPlan]:
        """Return every saved version of every plan of one admitted person, the first first."""

    def save_plan(self, plan: SupportPlan, event: AuditEvent, seen: int = 0) -> SupportPlan:
        """Keep a new version of a plan and return it, unless another was kept since."""


class ClosingStore(Protocol):
    """Evaluations, and who keeps watch; the last version of each counts, all are kept."""

    def evaluations_of(self, scope: PeopleScope, participant_id: str) -> Sequence[Evaluation]:
        """Return the evaluations of one admitted person as they stand, the last first."""

    def save_evaluation(
        self, evaluation: Evaluation, event: AuditEvent, seen: int = 0
    ) -> Evaluation:
        """Keep a new version of an evaluation and return it, unless another was kept since."""

    def watching(self, scope: PeopleScope) -> Sequence[Watch]:
        """Return the watches of admitted people that go on, by the day of the next look."""

    def watches_of(self, scope: PeopleScope, participant_id: str) -> Sequence[Watch]:
        """Return the watches over one admitted person as they stand, the last first."""

    def save_watch(self, watch: Watch, event: AuditEvent, seen: int = 0) -> Watch:
        """Keep a new version of a watch and return it, unless another was kept since."""


class EmergencyStore(Protocol):
    """Who opened whom in an emergency."""

    def seek(self, case_no: str) -> Sought | None:
        """Return whom a case number names, whoever may open them, or None."""

    def add(self, access: EmergencyAccess, event: AuditEvent) -> None:
        """Let an access begin."""

    def end(self, access: EmergencyAccess, event: AuditEvent) -> None:
        """Let an access end before its time."""

    def own(self, actor: Actor) -> Sequence[EmergencyAccess]:
        """Return the accesses of an actor, the newest first."""

    def about(self, scope: PeopleScope) -> Sequence[EmergencyAccess]:
        """Return the accesses to people whom the scope admits, the newest first."""

    def every(self) -> Sequence[EmergencyAccess]:
        """Return all accesses, the newest first; of who was deleted since without the words."""

    def record(self, event: AuditEvent) -> None:
        """Write an event that changes nothing (somebody was not opened)."""


class RemitStore(Protocol):
    """To what the work of offices and staff is limited."""

    def remits(self) -> Sequence[RemitSetting]:
        """Return all remits, those of offices first."""

    def save_remit(self, setting: RemitSetting, event: AuditEvent) -> None:
        """Keep a remit in the place of the one before; without a limit, keep none."""
