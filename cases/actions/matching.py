"""Matching everyone who waits, and looking at one person or one opening, from the stores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches

from cases.actions.arranging import last_proposed, load_arrangements
from cases.actions.cataloguing import seen_openings
from cases.actions.intake import Clock, find_person
from cases.city_policy import policy_named, policy_on
from cases.consent import require_consent
from cases.errors import CaseError
from cases.matching.arrangements import Arrangements
from cases.matching.city import City, locate
from cases.matching.everyone import MatchOutcome, run_matching
from cases.matching.familiarity import MayKnow, Whereabouts, is_of_same_office, whereabouts_of
from cases.matching.inputs import MatchInputs, build_inputs
from cases.matching.waiting import Waiting, drop_finished, find_gap, sort_waiting
from cases.matching.weighing import Weighed, weigh
from cases.participant import Participant, ParticipantStatus
from cases.permissions import Action, PeopleScope, Relation, check_may, scope_of_everyone
from cases.placing_rule import PlacingKind
from cases.ports import (
    CaseStore,
    CatalogStore,
    Freeze,
    HelperStore,
    MunicipalityStore,
    RuleStore,
    RunStore,
)
from cases.proposal import Proposal, ProposalStatus
from cases.run import MatchRun
from catalog.actor import Actor
from catalog.audit import AuditEvent
from catalog.dates import day_in_japan
from catalog.ids import IdSource, new_id
from catalog.search import SHOWN_STATUSES
from catalog.vocabulary import load_vocabulary
from geo.towns import TownIndex
from matcher.policy import Policy


@dataclass(frozen=True, slots=True)
class Stores:
    """The stores of one municipality, within one transaction."""

    cases: CaseStore
    catalog: CatalogStore
    municipality: MunicipalityStore
    runs: RunStore
    rules: RuleStore
    helping: HelperStore


def policy_in_force(municipality: MunicipalityStore, on: date) -> Policy:
    """Return the policy by which people are matched as of a day."""
    return policy_on(municipality.policies(), municipality.settings(), on)


def policy_of_run(municipality: MunicipalityStore, run: MatchRun) -> Policy:
    """Return the policy that a run names; the present one where only an older product knew it."""
    named = policy_named(municipality.policies(), municipality.settings(), run.policy_version)
    return named or policy_in_force(municipality, run.on)


def load_city(catalog: CatalogStore, municipality: MunicipalityStore, on: date) -> City:
    """Read the places and the map of a city as they are on a day; drafts are no openings yet."""
    settings = municipality.settings()
    return City(
        openings=[each for each in catalog.openings() if each.status in SHOWN_STATUSES],
        resources=catalog.resources(),
        hosts=catalog.organisations(),
        towns=TownIndex(municipality.towns()),
        districts=municipality.memberships(on),
        vocabulary=load_vocabulary().extended_by(settings.codes),
        outline=municipality.outline(),
        plane_zone=settings.plane_zone,
    )


@dataclass(frozen=True, slots=True)
class Matched:
    """A run as the actor may see it; `is_new` is False where nothing had changed since it."""

    run: MatchRun
    is_new: bool


def start_matching(
    actor: Actor,
    stores: Stores,
    clock: Clock,
    freeze: Freeze,
    code_version: str,
    on: date | None = None,
    district: str = "",
    reuse: bool = True,
    ids: IdSource = new_id,
    stay: bool = False,
) -> Matched:
    """Match everyone who waits, and keep the run with its proposals.

    Everyone is computed, protected people included; the run is returned as the actor may see it.
    When nothing that decides has changed since the last run, that one is returned.

    Parameters
    ----------
    on
        Day as of which openings, ages and consents count; today in Japan if left out.
    district
        Only people who live in a 圏域 of this name, in any layer.
    reuse
        Keep no second run of what has not changed.
    stay
        Move as few as possible of those for whom the last run has a proposal.

    Raises
    ------
    RulesContradict
        Where not everything that was settled can hold; nothing is kept then.
    NotPermitted
        Unless the role may run matchings.
    CaseError
        `district_unknown`.
    """
    check_may(actor, Action.RUN_MATCHING)
    everyone = scope_of_everyone(actor.municipality_code)
    began = clock()
    on = on or day_in_japan(began)
    policy = policy_in_force(stores.municipality, on)
    waiting, inputs = everyone_who_waits(stores, actor, on, district, stay)
    run_id = ids()
    outcome = run_matching(inputs, policy, run_id, ids, waiting.not_considered)
    last = stores.runs.latest_run(everyone)
    if reuse and last is not None and last.digest == outcome.digest:
        return Matched(_as_seen(actor, stores, last), is_new=False)
    problem, result = freeze(outcome.problem, outcome.assignment)
    run = MatchRun(
        id=run_id,
        on=on,
        started_by=actor.user_id,
        started_at=began,
        finished_at=clock(),
        policy_version=policy.version,
        code_version=code_version,
        seed=0,  # nothing here is drawn by chance
        digest=outcome.digest,
        status=str(outcome.assignment.status),
        certified=outcome.certified,
        problem=problem,
        result=result,
        unplaced=outcome.unplaced,
        not_considered=waiting.not_considered,
        used=outcome.used,
        views=outcome.views,
    )
    stores.runs.add_run(run, outcome.proposals, _event(actor, run, outcome))
    return Matched(_as_seen(actor, stores, run), is_new=True)


def everyone_who_waits(
    stores: Stores, actor: Actor, on: date, district: str = "", stay: bool = False
) -> tuple[Waiting, MatchInputs]:
    """Read who waits as of a day, and what a matching of them rests on.

    Everybody is in it, whoever the actor may know of; see `start_matching` for the parameters.

    Raises
    ------
    CaseError
        `district_unknown`.
    """
    everyone = scope_of_everyone(actor.municipality_code)
    city = load_city(stores.catalog, stores.municipality, on)
    decided = _decided(stores, actor)
    waiting = _waiting(stores, everyone, decided, city, on, district)
    known = whereabouts(stores, actor.municipality_code, is_of_same_office)
    arranged = _arranged(stores, actor, on, last_proposed(everyone, stores.runs) if stay else None)
    needs = stores.cases.needs(everyone)
    return waiting, build_inputs(waiting.consented, needs, city, on, decided, known, arranged)


def weigh_person(actor: Actor, stores: Stores, clock: Clock, participant_id: str) -> Weighed:
    """Weigh all openings that the actor may see for one person, whether or not they wait.

    Raises
    ------
    NotFound
        Where the actor may not know the person.
    ConsentMissing
        Without written consent in force: no matching, not even for looking.
    CaseError
        `missing_…`, where the need or the place of the person is not known well enough.
    """
    participant = find_person(actor, stores.cases, participant_id)
    scope, on = PeopleScope(actor), day_in_japan(clock())
    agreed = require_consent(participant, stores.cases.consents_of(scope, participant.id), on)
    city = _seen_city(actor, stores, on)
    need = stores.cases.need(scope, participant.id)
    located = locate([participant.town_id], [(participant.lat, participant.lon)], city)
    why = find_gap(participant, need, bool(located.known[0]), city, on)
    if need is None or why:
        raise CaseError(f"missing_{why}", case_no=participant.case_no)
    decided = [
        proposal
        for proposal in _decided(stores, actor)
        # What is under way for this very person keeps no place from them.
        if proposal.participant_id != participant.id
        or proposal.status is not ProposalStatus.ADVANCED
    ]
    known = whereabouts(stores, actor.municipality_code, lambda _, known: scope.admits(known))
    arranged = _arranged(stores, actor, on)
    inputs = build_inputs([agreed], {participant.id: need}, city, on, decided, known, arranged)
    return weigh(inputs, policy_in_force(stores.municipality, on))


def _seen_city(actor: Actor, stores: Stores, on: date) -> City:
    """Read the city with only the openings that exist for the actor."""
    city = load_city(stores.catalog, stores.municipality, on)
    seen = seen_openings(actor, stores.catalog)
    return replace(city, openings=[each for each in city.openings if each.id in seen])


def weigh_waiting(actor: Actor, stores: Stores, clock: Clock) -> Weighed:
    """Weigh everyone who waits, may be matched, and may be seen by the actor.

    Raises
    ------
    NotPermitted
        Where the role never sees people.
    """
    check_may(actor, Action.SEE_PEOPLE, frozenset(Relation))
    scope, on = PeopleScope(actor), day_in_japan(clock())
    city = _seen_city(actor, stores, on)
    decided = _decided(stores, actor)
    waiting = _waiting(stores, scope, decided, city, on)
    known = whereabouts(stores, actor.municipality_code, lambda _, known: scope.admits(known))
    needs, arranged = stores.cases.needs(scope), _arranged(stores, actor, on)
    inputs = build_inputs(waiting.consented, needs, city, on, decided, known, arranged)
    return weigh(inputs, policy_in_force(stores.municipality, on))


def _arranged(
    stores: Stores, actor: Actor, on: date, previous: Mapping[str, str] | None = None
) -> Arrangements:
    """Return what was settled, also about people whom the actor may not see."""
    everyone = scope_of_everyone(actor.municipality_code)
    decided = stores.runs.decided_proposals(everyone)
    return load_arrangements(
        everyone, stores.cases, stores.catalog, stores.rules, decided, on, previous
    )


def _decided(stores: Stores, actor: Actor) -> list[Proposal]:
    """Return what earlier decisions still mean, also about people whom the actor may not see."""
    everyone = scope_of_everyone(actor.municipality_code)
    return drop_finished(
        stores.runs.decided_proposals(everyone), stores.cases.participants(everyone)
    )


def whereabouts(stores: Stores, municipality_code: str, may_know: MayKnow) -> Whereabouts:
    """Return where everyone is who is placed, also people whom the reader may not see."""
    everyone = scope_of_everyone(municipality_code)
    placed = stores.cases.participants(everyone, ParticipantStatus.PLACED)
    decided = stores.runs.decided_proposals(everyone) if placed else ()
    return whereabouts_of(decided, placed, may_know)


def _waiting(
    stores: Stores,
    scope: PeopleScope,
    decided: Sequence[Proposal],
    city: City,
    on: date,
    district: str = "",
) -> Waiting:
    people = stores.cases.participants(scope)
    if district:
        people = _living_in(people, city, district)
    return sort_waiting(
        people,
        stores.cases.needs(scope),
        stores.cases.consents(scope),
        decided,
        city,
        on,
    )


def _living_in(people: Sequence[Participant], city: City, district: str) -> list[Participant]:
    names = {name for of in city.districts.values() for name in of.values()}
    if district not in names:
        near = ", ".join(get_close_matches(district, names, n=3))
        raise CaseError("district_unknown", value=district, near=near)
    inside = [any(of.get(town.id) == district for of in city.districts.values())
              for town in city.towns]  # fmt: skip
    located = locate([p.town_id for p in people], [(p.lat, p.lon) for p in people], city)
    return [p for p, town in zip(people, located.towns, strict=True) if [*inside, False][town]]


def _event(actor: Actor, run: MatchRun, outcome: MatchOutcome) -> AuditEvent:
    return AuditEvent(
        kind="matching_run",
        actor_id=actor.user_id,
        subject_kind="run",
        subject_id=run.id,
        at=run.finished_at,
        detail={
            "digest": run.digest,
            "placed": str(len(outcome.proposals)),
            "unplaced": str(len(outcome.unplaced)),
            "not_considered": str(len(run.not_considered)),
            "settled": str(len(run.used)),
            "overrides": str(sum(each.kind == PlacingKind.OVERRIDE for each in run.used)),
        },
    )


def _as_seen(actor: Actor, stores: Stores, run: MatchRun) -> MatchRun:
    seen = stores.runs.run(PeopleScope(actor), run.id)
    assert seen is not None, "the run was kept a moment ago"
    return seen
