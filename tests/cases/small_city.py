"""A small made-up city: four towns in a row, three places, four openings, three people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, time
from typing import Any

from cases.consent import HOSTS, Consent, Consented, ConsentState, require_consent
from cases.matching.arrangements import NOTHING_ARRANGED, Arrangements
from cases.matching.city import City
from cases.matching.familiarity import Whereabouts
from cases.matching.inputs import NOWHERE, MatchInputs, build_inputs
from cases.need import Need, Wish
from cases.participant import Participant
from cases.proposal import Proposal
from catalog.opening import Opening, Stage, Welcome
from catalog.resource import Resource
from catalog.schedule import Band, Schedule, parse_recurrence
from catalog.service_area import InDistrict, Online
from geo.towns import Town, TownIndex

TODAY = date(2026, 11, 12)  # a Thursday
TOWNS = TownIndex(
    # About 910 m apart, from west to east.
    [Town(name, f"{name}町", "999999", 35.8, 139.50 + at / 100) for at, name in enumerate("abcd")]
)
DISTRICTS = {"welfare": {"a": "西", "b": "西", "c": "東", "d": "東"}}


def weekly(code: str, start: int, end: int) -> Schedule:
    """Return a schedule of whole hours."""
    return Schedule(parse_recurrence(code), time(start), time(end))


FARM = Resource(id="r-farm", name="ゆずり川ふれあい農園", name_kana="", kind="farm", town_id="b")
SALON = Resource(
    id="r-salon",
    name="けやき台サロン",
    name_kana="",
    kind="salon",
    town_id="c",
    service_area=InDistrict("welfare", "東"),
)
CLUB = Resource(
    id="r-club", name="夜の談話室", name_kana="", kind="online_place", service_area=Online()
)

FIELD = Opening(
    id="o-field",
    resource_id="r-farm",
    host_id="h-farm",
    name="畑の手伝い",
    menu=("gardening",),
    form="volunteering",
    role="helper",
    capacity=1,
    description="野菜の植え付けと草取り。土をさわる作業です。",
    schedule=weekly("0We", 10, 11),
    typical_people=4,
    last_confirmed_on=date(2026, 10, 28),
)
SHED = replace(
    FIELD,
    id="o-shed",
    name="道具の手入れ",
    menu=("repairing",),
    capacity=2,
    description="道具をなおします。",
    schedule=weekly("0Th", 14, 16),
    typical_people=None,
    noise=2,
)
TEA = replace(
    FIELD,
    id="o-tea",
    resource_id="r-salon",
    host_id="h-salon",
    name="お茶の会",
    menu=("tea_chat",),
    form="ibasho",
    capacity=5,
    description="お茶を飲みながら話します。",
    schedule=weekly("0Tu", 10, 12),
    welcome=Welcome(min_age=65),
    crowd=2,
    typical_people=15,
    first_stage=Stage.VISIT,
)
TALK = replace(
    FIELD,
    id="o-talk",
    resource_id="r-club",
    host_id="h-club",
    name="オンライン談話室",
    menu=("online",),
    form="ibasho",
    capacity=1,
    description="画面ごしに話します。",
    schedule=weekly("0Fr", 20, 21),
)
OPENINGS = (FIELD, SHED, TALK, TEA)
RESOURCES = {place.id: place for place in (FARM, SALON, CLUB)}


def city(openings: Sequence[Opening] = OPENINGS, **changes: Any) -> City:
    """Return the city, with other openings or fields if given."""
    fields: dict[str, Any] = {"resources": RESOURCES, "towns": TOWNS, "districts": DISTRICTS}
    return City(openings=openings, **(fields | changes))


def person(id_: str, **changes: Any) -> Participant:
    """Return someone of 50 who lives in the westernmost town."""
    fields: dict[str, Any] = {
        "case_no": f"K-{id_}",
        "name": f"青葉 {id_}",
        "birth_on": date(1976, 5, 1),
        "town_id": "a",
        "address": "a町1-2-3",
        "note": "ひみつの記録",
        "since_on": date(2026, 6, 1),
    }
    return Participant(id=id_, **(fields | changes))


def need(participant_id: str, **changes: Any) -> Need:
    """Return the need of someone who wishes to garden on Wednesday mornings."""
    fields: dict[str, Any] = {
        "kind": "going_out",
        "wishes": (Wish("gardening", 5),),
        "wishes_text": "土をさわる作業は、きらいじゃない",
        "available": frozenset({(2, Band.MORNING)}),
        "travel_limit_minutes": 30,
    }
    return Need(participant_id=participant_id, **(fields | changes))


def consent(participant_id: str) -> Consent:
    """Return a written consent that includes hosts."""
    return Consent(
        id=f"c-{participant_id}",
        participant_id=participant_id,
        state=ConsentState.WRITTEN,
        given_by="本人",
        on=date(2026, 6, 10),
        agencies=frozenset({HOSTS}),
    )


def agreed(participant: Participant) -> Consented:
    """Return the person with consent."""
    return require_consent(participant, [consent(participant.id)], TODAY)


def inputs(
    people: Iterable[Participant],
    needs: Iterable[Need],
    where: City | None = None,
    decided: Sequence[Proposal] = (),
    whereabouts: Whereabouts = NOWHERE,
    arranged: Arrangements = NOTHING_ARRANGED,
) -> MatchInputs:
    """Return the inputs of these people in the small city."""
    by_person: Mapping[str, Need] = {each.participant_id: each for each in needs}
    return build_inputs(
        [agreed(each) for each in people],
        by_person,
        where or city(),
        TODAY,
        decided,
        whereabouts,
        arranged,
    )
