"""From people and places to what the matcher reads; only people with consent come through."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeAlias

import numpy as np

from cases.consent import Consented
from cases.errors import CaseError
from cases.matching.arrangements import NOTHING_ARRANGED, Arrangements
from cases.matching.city import City, Located, locate
from cases.matching.encoding import encode_openings, encode_people
from cases.matching.familiarity import Whereabouts, find_acquainted, find_familiar
from cases.matching.host_wishes import encode_wishes
from cases.matching.latitude import latitude_of
from cases.matching.reach import Reach, resolve_reach
from cases.need import Need
from cases.participant import Participant, age_on
from cases.proposal import Proposal, ProposalStatus
from cases.receiving import Receiving
from cases.set_aside import kept_away
from cases.words.facts import PairFacts, Way
from catalog.resource import Resource
from catalog.service_area import ServiceArea, WholeCity
from catalog.text import similarity
from geo.speeds import TravelMode
from geo.travel import BestTravel, best_minutes
from matcher.change import Latitude
from matcher.host_wishes import gladness
from matcher.profiles import Bools, Float32s, Offers, Pairs, Profiles

MODES: Final = tuple(TravelMode)
AID_CODES: Final = frozenset({"wheelchair_access"})
"""Accommodations by which a person is known to travel with an aid."""
_HOME_ONLY_ACCURACY: Final = "city"
NOWHERE: Final = Whereabouts()


@dataclass(frozen=True, slots=True, eq=False)
class MatchInputs:
    """Everything a matching of these people and openings rests on.

    People and openings stand in the order of their ids; n and m of them.

    Attributes
    ----------
    travel
        Minutes and mode of the quickest way, [n, m], before what needs no travelling.
    online, at_home
        Whether one can take part over the internet, or the host comes, [n, m].
    people_at, places_at
        Where people and places are.
    takes_part
        Openings whose place and codes are known, [m].
    latitude
        What can be asked of each opening.
    away
        Reasons for which proposals were set aside and still stay away, by (person, opening) id.
    arranged
        What the office settled before the search.
    """

    on: date
    people: tuple[Consented, ...]
    needs: tuple[Need, ...]
    receiving: tuple[Receiving, ...]
    city: City
    profiles: Profiles
    offers: Offers
    pairs: Pairs
    travel: BestTravel
    online: Bools
    at_home: Bools
    people_at: Located
    places_at: Located
    takes_part: Bools
    latitude: Latitude
    away: Mapping[tuple[str, str], str]
    arranged: Arrangements = NOTHING_ARRANGED

    @property
    def participants(self) -> tuple[Participant, ...]:
        """The people themselves."""
        return tuple(each.participant for each in self.people)

    def facts(self, i: int, j: int) -> PairFacts:
        """Return what the words about person `i` and opening `j` may speak of."""
        comes_to = "online" if self.online[i, j] else "outreach" if self.at_home[i, j] else ""
        mode = int(self.travel.mode[i, j])
        minutes = float(self.travel.minutes[i, j])
        participant, opening = self.people[i].participant, self.receiving[j].opening
        return PairFacts(
            participant=participant,
            need=self.needs[i],
            receiving=self.receiving[j],
            on=self.on,
            way=Way(MODES[mode].value, minutes) if mode >= 0 and np.isfinite(minutes) else None,
            comes_to=comes_to,
            place_known=bool(self.takes_part[j]),
            way_known=not np.isnan(minutes),
            set_aside=self.away.get((participant.id, opening.id), ""),
        )


def build_inputs(
    people: Sequence[Consented],
    needs: Mapping[str, Need],
    city: City,
    on: date,
    decided: Sequence[Proposal] = (),
    whereabouts: Whereabouts = NOWHERE,
    arranged: Arrangements = NOTHING_ARRANGED,
) -> MatchInputs:
    """Turn people who consented and the openings of a city into the arrays of the matcher.

    Parameters
    ----------
    people
        Made by `require_consent` alone, so nobody without consent can get in.
    needs
        Need of each person by participant id.
    decided
        Proposals of earlier runs: an advanced one holds its place, one that was set aside keeps
        its opening away for as long as the reason says.
    whereabouts
        Where people are who are placed already.
    arranged
        What the office settled before the search.

    Raises
    ------
    CaseError
        `need_missing` for a person without need.
    CatalogError, GeoError
        For codes and modes that do not exist (`sort_waiting` leaves such people out).
    """
    people = sorted(people, key=lambda each: each.participant.id)
    persons = [each.participant for each in people]
    own_needs = [_need_of(person, needs) for person in persons]
    receiving = _receiving(city, decided)
    reach = resolve_reach(_areas(receiving), city.towns, city.districts, city.speeds)
    people_at = locate(
        [person.town_id for person in persons], [(p.lat, p.lon) for p in persons], city
    )
    places_at = _locate_places(receiving, city)
    takes_part = _takes_part(receiving, reach, places_at, city)
    travel = travel_of(persons, own_needs, receiving, people_at, places_at, city, on)
    remote = reach.serves_remotely(people_at.towns)
    online = reach.serves_online(people_at.towns)
    away = kept_away(decided, receiving, on)
    profiles = encode_people(list(zip(persons, own_needs, strict=True)), city.vocabulary, on)
    pairs = Pairs(
        travel_minutes=np.where(remote, np.float32(0), travel.known_minutes),
        in_area=reach.serves(people_at.towns),
        avoided=_avoided(own_needs, receiving, _district_finder(city, reach, places_at))
        | _set_aside(persons, receiving, away),
        similarity=_similarity(own_needs, receiving),
        familiar=find_familiar(own_needs, receiving, whereabouts),
        acquainted=find_acquainted(persons, own_needs, receiving, whereabouts),
        glad=gladness(profiles, encode_wishes(receiving, takes_part, city.vocabulary)),
    )
    return MatchInputs(
        on=on,
        people=tuple(people),
        needs=tuple(own_needs),
        receiving=tuple(receiving),
        city=city,
        profiles=profiles,
        offers=encode_openings(receiving, takes_part, city.vocabulary, on),
        pairs=pairs,
        travel=travel,
        online=online,
        at_home=remote & ~online,
        people_at=people_at,
        places_at=places_at,
        takes_part=takes_part,
        latitude=latitude_of(receiving, takes_part, city.vocabulary),
        away=away,
        arranged=arranged,
    )


def _need_of(person: Participant, needs: Mapping[str, Need]) -> Need:
    need = needs.get(person.id)
    if need is None:
        raise CaseError("need_missing", case_no=person.case_no)
    return need


def _receiving(city: City, decided: Sequence[Proposal]) -> list[Receiving]:
    held = Counter(p.opening_id for p in decided if p.status is ProposalStatus.ADVANCED)
    openings = sorted(city.openings, key=lambda opening: opening.id)
    return [
        Receiving(opening, city.resources.get(opening.resource_id), held[opening.id])
        for opening in openings
    ]


def _areas(receiving: Sequence[Receiving]) -> list[ServiceArea]:
    return [each.resource.service_area if each.resource else WholeCity() for each in receiving]


def _locate_places(receiving: Sequence[Receiving], city: City) -> Located:
    places = [each.resource for each in receiving]
    return locate(
        [place.town_id if place else None for place in places],
        [_measurable_point(place) for place in places],
        city,
    )


def _measurable_point(place: Resource | None) -> tuple[float | None, float | None]:
    """Return the point of a place, unless it only says in which city it lies."""
    if place is None or place.location_accuracy == _HOME_ONLY_ACCURACY:
        return None, None
    return place.lat, place.lon


def _takes_part(
    receiving: Sequence[Receiving], reach: Reach, places_at: Located, city: City
) -> Bools:
    """Tell which openings are known well enough: a place (if one goes there), an area, codes."""
    known = [
        each.resource is not None and each.has_known_codes(city.vocabulary) for each in receiving
    ]
    somewhere = places_at.known | reach.needs_no_place()
    return np.array(known, np.bool_) & somewhere & ~reach.serves_nobody()


def travel_of(
    persons: Sequence[Participant],
    needs: Sequence[Need],
    receiving: Sequence[Receiving],
    people_at: Located,
    places_at: Located,
    city: City,
    on: date,
) -> BestTravel:
    """Return the quickest way of each person to each opening, by the means they use."""
    profiles = [
        city.speeds.profile_of(age_on(person.birth_on, on), bool(need.accommodations & AID_CODES))
        for person, need in zip(persons, needs, strict=True)
    ]
    return best_minutes(
        people_at.points,
        places_at.points,
        [need.modes for need in needs],
        np.array(profiles, np.intp),
        city.speeds,
        fetching=np.array([each.fetches for each in receiving], np.bool_),
    )


DistrictFinder: TypeAlias = Callable[[str, str], Bools]


def _district_finder(city: City, reach: Reach, places_at: Located) -> DistrictFinder:
    """Return what tells of each opening whether it lies in a district, bool[m].

    A place whose town is unknown may lie in any district, so it counts as lying in each.
    """
    nowhere = reach.needs_no_place() & (places_at.towns == len(city.towns))

    def lies_in(layer: str, name: str) -> Bools:
        district_of = city.districts.get(layer, {})
        inside = np.array([district_of.get(town.id) == name for town in city.towns] + [True])
        found: Bools = inside[places_at.towns] & ~nowhere
        return found

    return lies_in


def _avoided(
    needs: Sequence[Need], receiving: Sequence[Receiving], lies_in: DistrictFinder
) -> Bools:
    """Tell which openings are at a host or in a district that a person avoids, [n, m]."""
    avoided = np.zeros((len(needs), len(receiving)), np.bool_)
    hosts = np.array([each.opening.host_id for each in receiving], np.str_)
    for row, need in enumerate(needs):
        if need.avoid_host_ids:
            avoided[row] |= np.isin(hosts, list(need.avoid_host_ids))
        for layer, name in need.avoid_districts:
            avoided[row] |= lies_in(layer, name)
    return avoided


def _set_aside(
    persons: Sequence[Participant],
    receiving: Sequence[Receiving],
    away: Mapping[tuple[str, str], str],
) -> Bools:
    """Tell which openings were set aside for a person and still stay away, [n, m]."""
    set_aside = np.zeros((len(persons), len(receiving)), np.bool_)
    row_of = {person.id: row for row, person in enumerate(persons)}
    column_of = {each.opening.id: column for column, each in enumerate(receiving)}
    for participant_id, opening_id in away:
        if participant_id in row_of:
            set_aside[row_of[participant_id], column_of[opening_id]] = True
    return set_aside


def _similarity(needs: Sequence[Need], receiving: Sequence[Receiving]) -> Float32s:
    return similarity(
        [need.wishes_text for need in needs], [each.description for each in receiving]
    )
