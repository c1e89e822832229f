"""`/api/v1/people`: whom the reader may open, what they want, what they agreed to, what fits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Response, status

from api.rights import SeesPeople, WritesPeople
from api.v1 import schemas
from api.v1.documents import document_response
from api.v1.problems import READING, WRITING, documented
from api.v1.words import BAND_NAMES, BANDS, district_of, district_value
from api.wiring import Wired, Wiring
from cases.actions.cataloguing import find_opening, seen_hosts, seen_places
from cases.actions.consenting import record_consent, withdraw_consent
from cases.actions.counting import count_for_person
from cases.actions.intake import (
    edit_need,
    find_person,
    next_case_no,
    register_participant,
    set_support,
)
from cases.actions.matching import Stores, weigh_person, weigh_waiting
from cases.consent import Consent, ConsentState
from cases.matching.rankings import (
    rank_for_opening,
    rank_for_participant,
    refused_for_opening,
    refused_for_participant,
)
from cases.matching.stories import PairStory, tell_pair, tell_parts
from cases.matching.weighing import Weighed
from cases.need import Need, Wish
from cases.participant import Participant
from cases.permissions import PeopleScope
from cases.support import check_support, offices_of
from catalog.actor import Actor
from catalog.dates import day_in_japan
from catalog.errors import CatalogError
from catalog.ids import new_id
from catalog.municipality import Municipality
from catalog.opening import Stage
from catalog.vocabulary import Vocabulary
from db.users import offices_meeting_people
from exchange.frozen_runs import thaw
from exchange.match_documents import rank_document
from geo.speeds import TravelMode

router = APIRouter(prefix="/api/v1", tags=["people"])

TOP: Final = 20
RANKING: Final = READING | documented(409)
Top = Annotated[int, Query(ge=1, le=1000, description="At most so many ranked pairs.")]


# ------------------------------------------------------------------ who
@router.get("/people", responses=READING)
def list_people(actor: SeesPeople, wiring: Wired) -> list[schemas.PersonSummary]:
    """List everyone whom the reader may open, who came first first."""
    with wiring.reading() as stores:
        people = stores.cases.participants(PeopleScope(actor))
    return [summary_shape(person) for person in people]


@router.get("/people/{person_id}", responses=READING)
def show_person(actor: SeesPeople, wiring: Wired, person_id: str) -> schemas.Person:
    """Return one person."""
    with wiring.reading() as stores:
        return person_shape(find_person(actor, stores.cases, person_id), actor, stores)


@router.post("/people", status_code=status.HTTP_201_CREATED, responses=WRITING)
def add_person(
    actor: WritesPeople, wiring: Wired, sent: schemas.PersonIn, response: Response
) -> schemas.Person:
    """Register somebody; the caller becomes their coordinator."""
    today = day_in_japan(wiring.clock())
    with wiring.writing() as stores:
        check_town(wiring, sent.town)
        check_codes(wiring.vocabulary, "field", sent.fields)
        person = Participant(
            id=new_id(),
            case_no=next_case_no(stores.cases.case_numbers()),
            name=sent.name,
            name_kana=sent.name_kana,
            birth_on=sent.birth_on,
            sex=sent.sex.value,
            town_id=sent.town,
            address=sent.address,
            phone=sent.phone,
            fields=tuple(sent.fields),
            own_words=sent.own_words,
            note=sent.note,
            since_on=sent.since_on or today,
            stage=Stage(sent.stage),
            address_protected=sent.address_protected,
            programmes=tuple(dict.fromkeys(sent.programmes)),
            member_office_ids=frozenset(sent.member_agencies),
        )
        settings = stores.municipality.settings()
        check_support(
            settings, plan_offices(wiring, settings), person.programmes, person.member_office_ids
        )
        kept = register_participant(actor, stores.cases, person, wiring.clock)
        response.headers["Location"] = f"/api/v1/people/{kept.id}"
        return person_shape(kept, actor, stores)


@router.put("/people/{person_id}/support", responses=WRITING)
def write_support(
    actor: WritesPeople, wiring: Wired, person_id: str, sent: schemas.Support
) -> schemas.Support:
    """Say under which 事業 somebody is supported and which agencies take part: who meets them."""
    with wiring.writing() as stores:
        settings = stores.municipality.settings()
        kept = set_support(
            actor,
            stores.cases,
            person_id,
            wiring.clock,
            settings,
            plan_offices(wiring, settings),
            programmes=sent.programmes,
            member_office_ids=sent.member_agencies,
        )
    return schemas.Support(
        programmes=list(kept.programmes), member_agencies=sorted(kept.member_office_ids)
    )


@router.put("/people/{person_id}/need", responses=WRITING)
def write_need(
    actor: WritesPeople, wiring: Wired, person_id: str, sent: schemas.Need
) -> schemas.Need:
    """Keep what somebody wants, for the first time or anew."""
    with wiring.writing() as stores:
        known = known_to(actor, stores)
        check_need(wiring, stores, known, sent)
        before = stores.cases.need(PeopleScope(actor), person_id)
        need = need_of(person_id, sent, before, known)
        kept = edit_need(actor, stores.cases, need, wiring.clock)
    return need_shape(kept, known)


@router.post("/people/{person_id}/consents", status_code=status.HTTP_201_CREATED, responses=WRITING)
def add_consent(
    actor: WritesPeople, wiring: Wired, person_id: str, sent: schemas.ConsentIn
) -> schemas.Consent:
    """Record what somebody said; a withdrawal stops what was under way, today."""
    with wiring.writing() as stores:
        if sent.state is ConsentState.WITHDRAWN:
            withdrawn = withdraw_consent(
                actor,
                stores.cases,
                stores.runs,
                stores.helping,
                person_id,
                wiring.clock,
                given_by=sent.given_by,
                note=sent.note,
            )
            return consent_shape(withdrawn.consent)
        if sent.giver is not None:
            check_codes(wiring.vocabulary, "consent_giver", [sent.giver])
        consent = Consent(
            id=new_id(),
            participant_id=person_id,
            state=sent.state,
            given_by=sent.given_by,
            giver=sent.giver,
            capacity=sent.capacity,
            on=sent.on or day_in_japan(wiring.clock()),
            agencies=frozenset(sent.agencies),
            categories=frozenset(sent.categories),
            until_on=sent.until_on,
            note=sent.note,
        )
        return consent_shape(record_consent(actor, stores.cases, consent, wiring.clock))


# ------------------------------------------------------------------ what fits
@router.get("/people/{person_id}/openings", response_model=schemas.Rank, responses=RANKING)
def rank_openings(actor: SeesPeople, wiring: Wired, person_id: str, top: Top = TOP) -> Response:
    """Rank the openings for one person, and say of every other one why not."""
    with wiring.reading() as stores:
        person = find_person(actor, stores.cases, person_id)
        weighed = weigh_person(actor, stores, wiring.clock, person.id)
        counted = count_for_person(actor, stores, thaw, weighed, person.id)
    ranking = rank_for_participant(weighed, person.id, top)
    refused = refused_for_participant(weighed, person.id)
    document = rank_document(person.case_no, ranking.ranked, refused, counted=counted)
    return document_response(document)


@router.get("/people/{person_id}/openings/{opening_id}", responses=RANKING)
def explain_pair(actor: SeesPeople, wiring: Wired, person_id: str, opening_id: str) -> schemas.Pair:
    """Say why an opening fits a person, or why not."""
    with wiring.reading() as stores:
        find_opening(actor, stores.catalog, opening_id)
        weighed = weigh_person(actor, stores, wiring.clock, person_id)
    return pair_shape(weighed, tell_pair(weighed, person_id, opening_id))


@router.get("/openings/{opening_id}/people", response_model=schemas.Rank, responses=RANKING)
def rank_people(actor: SeesPeople, wiring: Wired, opening_id: str, top: Top = TOP) -> Response:
    """Rank who waits, consented and may be opened by the reader for one opening."""
    with wiring.reading() as stores:
        opening = find_opening(actor, stores.catalog, opening_id)
        weighed = weigh_waiting(actor, stores, wiring.clock)
    ranking = rank_for_opening(weighed, opening.id, top)
    case_nos = {person.id: person.case_no for person in weighed.inputs.participants}
    refused = refused_for_opening(weighed, opening.id)
    return document_response(rank_document(opening.id, ranking.ranked, refused, case_nos))


# ------------------------------------------------------------------ checks
def check_codes(vocabulary: Vocabulary, list_name: str, codes: Iterable[str]) -> None:
    """Raise `CatalogError` ("unknown_code") unless every code is in its list."""
    for code in codes:
        vocabulary.check(list_name, code)


def plan_offices(wiring: Wiring, settings: Municipality) -> tuple[str, ...]:
    """Return the offices that can take part in a person's plan."""
    return offices_of(settings, offices_meeting_people(wiring.users.users()))


def check_town(wiring: Wiring, town_id: str | None) -> None:
    """Raise `CatalogError` ("unknown_code") unless a town exists."""
    if town_id is not None and town_id not in {town.id for town in wiring.ground.towns()}:
        raise CatalogError("unknown_code", list="town", value=town_id, near="")


@dataclass(frozen=True, slots=True)
class Known:
    """The ids of the places and the hosts that exist for an actor."""

    places: frozenset[str]
    hosts: frozenset[str]


def known_to(actor: Actor, stores: Stores) -> Known:
    """Return which places and hosts a need may name, and tells, to an actor."""
    return Known(
        frozenset(seen_places(actor, stores.catalog)), frozenset(seen_hosts(actor, stores.catalog))
    )


def check_need(wiring: Wiring, stores: Stores, known_ids: Known, sent: schemas.Need) -> None:
    """Raise `CatalogError` ("unknown_code") unless all that a need names exists for the actor."""
    vocabulary = wiring.vocabulary
    check_codes(vocabulary, "need_kind", [sent.kind])
    menus = [*(wish.menu for wish in sent.wishes), *sent.avoid_menu, *sent.dislike_menu]
    check_codes(vocabulary, "menu", menus)
    check_codes(vocabulary, "accommodation", sent.accommodations)
    known = {
        "place": known_ids.places,
        "host": known_ids.hosts,
        "district": {
            district_value(layer.key, each.name)
            for layer in stores.municipality.settings().districts
            for each in layer.districts
        },
    }
    named = (
        ("host", [*sent.avoid_hosts, *sent.known_hosts]),
        ("district", sent.avoid_districts),
        ("place", sent.known_places),
    )
    for list_name, values in named:
        for value in values:
            if value not in known[list_name]:
                raise CatalogError("unknown_code", list=list_name, value=value, near="")


# ------------------------------------------------------------------ shapes
def summary_shape(person: Participant) -> schemas.PersonSummary:
    """Return somebody for a list."""
    return schemas.PersonSummary(**_summary(person))


def _summary(person: Participant) -> dict[str, Any]:
    return {
        "id": person.id,
        "case_no": person.case_no,
        "name": person.name,
        "status": person.status,
        "stage": person.stage,
        "since_on": person.since_on,
        "address_protected": person.address_protected,
    }


def person_shape(person: Participant, actor: Actor, stores: Stores) -> schemas.Person:
    """Return somebody; where a protected person lives is shown on pages only, and recorded."""
    scope = PeopleScope(actor)
    need = stores.cases.need(scope, person.id)
    shown = person
    if person.address_protected:
        shown = replace(person, town_id=None, address="", phone="")
    return schemas.Person(
        **_summary(person),
        name_kana=shown.name_kana,
        birth_on=shown.birth_on,
        sex=schemas.Sex(shown.sex),
        town=shown.town_id,
        address=shown.address,
        phone=shown.phone,
        fields=list(shown.fields),
        own_words=shown.own_words,
        note=shown.note,
        coordinator=shown.coordinator_id,
        lead_agency=shown.office_id,
        programmes=list(shown.programmes),
        member_agencies=sorted(shown.member_office_ids),
        need=need_shape(need, known_to(actor, stores)) if need else None,
        consents=[consent_shape(each) for each in stores.cases.consents_of(scope, person.id)],
    )


def need_of(person_id: str, sent: schemas.Need, before: Need | None, known_ids: Known) -> Need:
    """Return the need that is sent; whom the person knows is written on the page only.

    Places and hosts that do not exist for the actor stay: they were not among what was told.
    """
    places, hosts = known_ids.places, known_ids.hosts
    return Need(
        participant_id=person_id,
        kind=sent.kind,
        goal=sent.goal,
        wishes=tuple(Wish(each.menu, each.strength) for each in sent.wishes),
        wishes_text=sent.wishes_text,
        avoid_menu=frozenset(sent.avoid_menu),
        dislike_menu=frozenset(sent.dislike_menu),
        avoid_text=sent.avoid_text,
        strengths=sent.strengths,
        available=frozenset((slot.weekday, BANDS[slot.band]) for slot in sent.available),
        max_minutes=sent.max_minutes,
        modes=tuple(mode.value for mode in sent.modes),
        travel_limit_minutes=sent.travel_limit_minutes,
        companion=sent.companion.value,
        noise_limit=sent.noise_limit,
        crowd_limit=sent.crowd_limit,
        accommodations=frozenset(sent.accommodations),
        with_child=sent.with_child,
        cost_limit_yen=sent.cost_limit_yen,
        avoid_host_ids=frozenset(sent.avoid_hosts)
        | (before.avoid_host_ids - hosts if before else frozenset()),
        avoid_districts=frozenset(map(district_of, sent.avoid_districts)),
        existing_options=sent.existing_options,
        until_on=sent.until_on,
        next_step=sent.next_step,
        next_step_reason=sent.next_step_reason,
        next_step_on=sent.next_step_on,
        known_place_ids=frozenset(sent.known_places)
        | (before.known_place_ids - places if before else frozenset()),
        known_host_ids=frozenset(sent.known_hosts)
        | (before.known_host_ids - hosts if before else frozenset()),
        known_person_ids=before.known_person_ids if before else frozenset(),
    )


def need_shape(need: Need, known_ids: Known) -> schemas.Need:
    """Return a need as it is kept, with the places and hosts that exist for the actor."""
    return schemas.Need(
        kind=need.kind,
        goal=need.goal,
        wishes=[schemas.Wish(menu=each.menu, strength=each.strength) for each in need.wishes],
        wishes_text=need.wishes_text,
        avoid_menu=sorted(need.avoid_menu),
        dislike_menu=sorted(need.dislike_menu),
        avoid_text=need.avoid_text,
        strengths=need.strengths,
        available=[
            schemas.Slot(weekday=day, band=BAND_NAMES[band]) for day, band in sorted(need.available)
        ],
        max_minutes=need.max_minutes,
        modes=[TravelMode(mode) for mode in need.modes],
        travel_limit_minutes=need.travel_limit_minutes,
        companion=schemas.Companion(need.companion),
        noise_limit=need.noise_limit,
        crowd_limit=need.crowd_limit,
        accommodations=sorted(need.accommodations),
        with_child=need.with_child,
        cost_limit_yen=need.cost_limit_yen,
        avoid_hosts=sorted(need.avoid_host_ids & known_ids.hosts),
        avoid_districts=sorted(district_value(*each) for each in need.avoid_districts),
        existing_options=need.existing_options,
        until_on=need.until_on,
        next_step=need.next_step,
        next_step_reason=need.next_step_reason,
        next_step_on=need.next_step_on,
        known_places=sorted(need.known_place_ids & known_ids.places),
        known_hosts=sorted(need.known_host_ids & known_ids.hosts),
    )


def consent_shape(consent: Consent) -> schemas.Consent:
    """Return a statement of consent."""
    return schemas.Consent(
        id=consent.id,
        state=consent.state,
        given_by=consent.given_by,
        giver=consent.giver,
        capacity=consent.capacity,
        on=consent.on,
        until_on=consent.until_on,
        agencies=sorted(consent.agencies),
        categories=sorted(consent.categories),
        note=consent.note,
        recorded_at=consent.recorded_at,
    )


def pair_shape(weighed: Weighed, story: PairStory) -> schemas.Pair:
    """Return why a pair fits, or why not, with all parts."""
    explanation = story.explanation
    parts = zip(explanation.parts, tell_parts(weighed, story), strict=True)
    return schemas.Pair(
        person=story.participant_id,
        opening=story.opening_id,
        fits=not story.rules,
        word=explanation.word,
        score=explanation.score,
        reason=story.reason,
        rules=list(story.rules),
        words=story.refusal,
        near=[schemas.Near(opening=story.opening_id, change=story.change)] if story.change else [],
        parts=[
            schemas.PartOfFit(
                name=part.name,
                value=part.value,
                weight=part.weight_share,
                word=part.word,
                person=row.person,
                place=row.place,
            )
            for part, row in parts
        ],
    )
