"""Helpers: writing down what they offer, matching them with groups, deciding about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from cases.actions.cataloguing import seen_openings
from cases.actions.intake import Clock, changed_fields, check_may_edit, find_person
from cases.actions.matching import Stores, load_city
from cases.errors import CaseError, NotFound
from cases.helper import Agreed, Helper, require_agreement
from cases.helper_run import HelperRun, Unfilled
from cases.matching.city import City
from cases.matching.helping import (
    NOTHING,
    Engaged,
    HelpInputs,
    all_half_days_of,
    half_days_of,
    helping_policy,
    is_asking,
    lacking_groups,
    match_helpers,
    sort_helpers,
)
from cases.need import availability_mask
from cases.permissions import (
    WITH_VOLUNTEERS,
    Action,
    PeopleScope,
    check_may,
    check_may_with,
    scope_of_everyone,
)
from cases.ports import Freeze
from cases.proposal import Decision, Proposal, ProposalStatus, decide, find_transition
from cases.receiving import Receiving
from cases.set_aside import kept_away
from catalog.actor import Actor
from catalog.audit import AuditEvent
from catalog.dates import day_in_japan
from catalog.ids import IdSource, new_id
from catalog.opening import Opening


def find_helper(actor: Actor, stores: Stores, helper_id: str) -> Helper:
    """Return a helper whom the actor may know of.

    Raises
    ------
    NotFound
        `helper_not_found`, whether there is none or the actor may not know.
    """
    found = stores.helping.helper(PeopleScope(actor), helper_id)
    if found is None:
        raise NotFound("helper_not_found")
    return found


def save_helper(actor: Actor, stores: Stores, helper: Helper, clock: Clock) -> Helper:
    """Keep what somebody offers as a helper, for the first time or anew.

    Raises
    ------
    NotFound, NotPermitted
        Where the actor may not know or change the helper, or the person whom they are.
    """
    before = stores.helping.helper(PeopleScope(actor), helper.id)
    for id_ in {helper.participant_id, before.participant_id if before else None}:
        if id_ is None:
            check_may(actor, Action.EDIT_PEOPLE, WITH_VOLUNTEERS)
        else:
            check_may_edit(actor, find_person(actor, stores.cases, id_))
    changed = changed_fields(before, helper) if before else ("all",)
    if changed:
        event = _event(actor, "helper_saved", helper.id, clock, fields=",".join(changed))
        stores.helping.save_helper(helper, event)
    return helper


@dataclass(frozen=True, slots=True)
class HelpersMatched:
    """A run as the actor may see it, and the groups that lack helpers as far as they may know."""

    run: HelperRun
    proposals: tuple[Proposal, ...]
    lacking: tuple[Unfilled, ...]


def start_helping(
    actor: Actor,
    stores: Stores,
    clock: Clock,
    freeze: Freeze,
    code_version: str,
    on: date | None = None,
    ids: IdSource = new_id,
) -> HelpersMatched:
    """Match all helpers who agreed with the groups that want some, and keep the run.

    Raises
    ------
    NotPermitted
        Unless the role may run matchings.
    """
    check_may(actor, Action.RUN_MATCHING)
    everyone = scope_of_everyone(actor.municipality_code)
    began = clock()
    on = on or day_in_japan(began)
    city = load_city(stores.catalog, stores.municipality, on)
    helpers = stores.helping.helpers(everyone)
    asked, left_out = sort_helpers(
        helpers, {each.id: _agreement(stores, everyone, each, on) for each in helpers}, city
    )
    decided = stores.helping.decided_helper_proposals(everyone)
    inputs = HelpInputs(
        on=on,
        agreed=asked,
        city=city,
        engaged=engagements(stores, helpers, decided, city),
        held=_held(decided),
        away=_away(decided, city, on),
    )
    policy, run_id = helping_policy(), ids()
    outcome = match_helpers(inputs, policy, run_id, ids)
    run = HelperRun(
        id=run_id,
        on=on,
        started_by=actor.user_id,
        started_at=began,
        finished_at=clock(),
        policy_version=policy.version,
        code_version=code_version,
        certified=outcome.certified,
        rounds=tuple(freeze(each.problem, each.assignment) for each in outcome.rounds),
        unplaced=outcome.unplaced,
        not_considered=left_out,
        unfilled=outcome.unfilled,
    )
    event = AuditEvent(
        kind="helper_run",
        actor_id=actor.user_id,
        subject_kind="helper_run",
        subject_id=run.id,
        at=run.finished_at,
        detail={
            "proposed": str(len(outcome.proposals)),
            "unplaced": str(len(run.unplaced)),
            "unfilled": str(len(run.unfilled)),
        },
    )
    stores.helping.add_helper_run(run, outcome.proposals, event)
    return last_helping(actor, stores)


def last_helping(actor: Actor, stores: Stores) -> HelpersMatched:
    """Return the last run of helpers and groups as the actor may see it.

    Raises
    ------
    NotPermitted
        Where the role never sees runs.
    NotFound
        `run_not_found` before the first.
    """
    check_may(actor, Action.SEE_RUNS)
    scope = PeopleScope(actor)
    run = stores.helping.latest_helper_run(scope)
    if run is None:
        raise NotFound("run_not_found")
    proposals = tuple(stores.helping.helper_proposals(scope, run.id))
    decided = stores.helping.decided_helper_proposals(scope)
    lacking = lacking_groups(
        seen_openings(actor, stores.catalog).values(),
        run.unfilled,
        _held(decided) + Counter(p.opening_id for p in proposals if _is_open(p)),
        {each.id for each in stores.helping.helpers(scope)},
    )
    return HelpersMatched(run, proposals, lacking)


def decide_helper_proposal(
    actor: Actor,
    stores: Stores,
    proposal_id: str,
    decision: Decision,
    clock: Clock,
    reason: str = "",
) -> Proposal:
    """Advance a helper's proposal, set it aside for a coded reason, or undo either.

    Raises
    ------
    NotFound
        `proposal_not_found`, also where the actor may not know the helper.
    NotPermitted
        Where the role decides about nobody here.
    TransitionNotAllowed, ConsentMissing, CaseError
        What the table or the present state does not allow.
    CatalogError
        `unknown_code` for a reason that is not in the list.
    """
    scope = PeopleScope(actor)
    proposal = stores.helping.helper_proposal(scope, proposal_id)
    if proposal is None:
        raise NotFound("proposal_not_found")
    helper = find_helper(actor, stores, proposal.participant_id)
    client = (
        find_person(actor, stores.cases, helper.participant_id) if helper.participant_id else None
    )
    if client is None:
        check_may(actor, Action.DECIDE_PROPOSAL, WITH_VOLUNTEERS)
    else:
        check_may_with(actor, Action.DECIDE_PROPOSAL, client)
    at = clock()
    on = day_in_japan(at)
    city = load_city(stores.catalog, stores.municipality, on)
    if reason:
        city.vocabulary.check("set_aside_reason", reason)
    step = find_transition(proposal, decision)
    everyone = scope_of_everyone(actor.municipality_code)
    if step.needs_consent:
        found = _agreement(stores, everyone, helper, on)
        if isinstance(found, str):
            raise CaseError("helper_not_ready")
    if step.needs_place:
        _check_group(stores, helper, proposal, city)
    decided, event = decide(proposal, decision, actor, at, reason)
    stores.helping.save_helper_proposal(decided, event)
    return decided


def engagements(
    stores: Stores, helpers: Iterable[Helper], decided: Iterable[Proposal], city: City
) -> dict[str, Engaged]:
    """Return what each helper has taken on: groups to help at, and where they take part.

    The first matching goes before the second: a helper who is accompanied here keeps the half
    days of their own place, proposed or advanced, and does not help at that same place.
    """
    opening_of = {each.id: each for each in city.openings}
    own = _own_openings(stores, opening_of)
    engaged: dict[str, Engaged] = {}
    for helper in helpers:
        for opening in own.get(helper.participant_id or "", ()):
            before = engaged.get(helper.id, NOTHING)
            engaged[helper.id] = Engaged(
                before.half_days | all_half_days_of(opening),
                before.resource_ids | {opening.resource_id},
                before.groups,
            )
    free_of = {each.id: availability_mask(each.available) for each in helpers}
    for proposal in decided:
        group, helper_id = opening_of.get(proposal.opening_id), proposal.participant_id
        if proposal.status is not ProposalStatus.ADVANCED or group is None:
            continue
        before = engaged.get(helper_id, NOTHING)
        half_days = half_days_of(group, free_of.get(helper_id, 0) & ~before.half_days)
        engaged[helper_id] = before.joined_by(group, half_days)
    return engaged


def _own_openings(stores: Stores, opening_of: Mapping[str, Opening]) -> dict[str, list[Opening]]:
    """Return at which openings people take part, or are to: by the id of the person."""
    everyone = scope_of_everyone(stores.municipality.settings().code)
    advanced = [
        each
        for each in stores.runs.decided_proposals(everyone)
        if each.status is ProposalStatus.ADVANCED
    ]
    last = stores.runs.latest_run(everyone)
    proposed = stores.runs.proposals(everyone, last.id) if last else ()
    open_still = [each for each in proposed if _is_open(each)]
    own: dict[str, list[Opening]] = {}
    for proposal in (*advanced, *open_still):
        if opening := opening_of.get(proposal.opening_id):
            own.setdefault(proposal.participant_id, []).append(opening)
    return own


def _agreement(stores: Stores, everyone: PeopleScope, helper: Helper, on: date) -> Agreed | str:
    """Return the proof that a helper agreed, or the code of why there is none."""
    participant_id = helper.participant_id
    participant = stores.cases.participant(everyone, participant_id) if participant_id else None
    consents = stores.cases.consents_of(everyone, participant_id) if participant_id else ()
    try:
        return require_agreement(helper, participant, consents, on)
    except CaseError as error:
        return error.code


def _check_group(stores: Stores, helper: Helper, proposal: Proposal, city: City) -> None:
    """Raise `CaseError` where the group or the helper has no room any more."""
    everyone = scope_of_everyone(stores.municipality.settings().code)
    decided = stores.helping.decided_helper_proposals(everyone)
    group = next((each for each in city.openings if each.id == proposal.opening_id), None)
    if group is None or not is_asking(group):
        raise CaseError("helper_group_closed")
    if _held(decided)[group.id] >= group.helpers_wanted:
        raise CaseError("helper_group_full", opening=group.name)
    engaged = engagements(stores, [helper], decided, city).get(helper.id, NOTHING)
    if engaged.groups >= helper.most_groups:
        raise CaseError("helper_has_enough", most=helper.most_groups)
    free = availability_mask(helper.available) & ~engaged.half_days
    if group.resource_id in engaged.resource_ids or (
        group.schedule is not None and not half_days_of(group, free)
    ):
        raise CaseError("helper_is_busy", opening=group.name)


def _is_open(proposal: Proposal) -> bool:
    return proposal.status is ProposalStatus.PROPOSED


def _held(decided: Iterable[Proposal]) -> Counter[str]:
    return Counter(p.opening_id for p in decided if p.status is ProposalStatus.ADVANCED)


def _away(decided: Iterable[Proposal], city: City, on: date) -> frozenset[tuple[str, str]]:
    groups = [
        Receiving(each, city.resources.get(each.resource_id))
        for each in city.openings
        if each.helpers_wanted
    ]
    return frozenset(kept_away(decided, groups, on))


def _event(actor: Actor, kind: str, helper_id: str, clock: Clock, **detail: str) -> AuditEvent:
    return AuditEvent(
        kind=kind,
        actor_id=actor.user_id,
        subject_kind="helper",
        subject_id=helper_id,
        at=clock(),
        detail=detail,
    )
