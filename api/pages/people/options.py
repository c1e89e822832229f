"""What the forms about a person offer to choose from, by field: value → words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from api.wiring import Wiring
from cases.actions.cataloguing import seen_hosts, seen_places
from cases.actions.matching import Stores
from cases.consent import ConsentState
from cases.need import COMPANIONS, NextStep
from cases.participant import Household, ParticipantStatus
from cases.permissions import PeopleScope
from cases.support import offices_of, programmes_of
from cases.words.dates import BANDS_JA, WEEKDAYS_JA
from cases.words.wording import own_wording
from catalog.actor import Actor, Role
from catalog.municipality import Municipality
from catalog.opening import Stage
from catalog.organisation import Organisation
from catalog.schedule import Band
from catalog.vocabulary import Code, Vocabulary, load_vocabulary
from db.users import User, offices_meeting_people
from geo.names import normalise_town_name, split_chome
from geo.speeds import TravelMode
from geo.towns import Town, TownIndex

Choices: TypeAlias = Mapping[str, str]

NEW_HOUSEHOLD: Final = "new"
STRENGTHS: Final[Choices] = {
    "5": "いちばん やりたい",
    "4": "ぜひ やりたい",
    "3": "やってみたい",
    "2": "できれば",
    "1": "あってもよい",
}
AVOID_MUST: Final = "must"
AVOIDS: Final[Choices] = {AVOID_MUST: "必ず避ける", "rather": "できれば避けたい"}
MODES: Final[Choices] = {
    mode.value: own_wording().say("way_limit", mode.value) for mode in TravelMode
}
SLOTS: Final[Choices] = {
    f"{weekday}-{int(band)}": f"{WEEKDAYS_JA[weekday]}曜の{BANDS_JA[band]}"
    for weekday in range(7)
    for band in Band
}
_COORDINATING: Final = frozenset({Role.COORDINATOR, Role.LEAD_AGENCY})
SEEING: Final = _COORDINATING | {Role.MEMBER_AGENCY}
_OF_NOBODY: Final = "everyone"
"""The code of the list `field` that says whom a place is for, never what a person needs."""


@dataclass(frozen=True, slots=True)
class Options:
    """What exists in this city to be chosen, as far as the actor may know of it."""

    settings: Municipality
    towns: TownIndex
    households: Mapping[str, Household]
    staff: tuple[User, ...]
    hosts: Mapping[str, Organisation]
    places: Choices
    people: Choices
    vocabulary: Vocabulary

    @property
    def of_person(self) -> Mapping[str, Choices]:
        """Return the choices of the form about who somebody is."""
        return {
            "sex": {"female": "女性", "male": "男性", "": "答えない・分からない"},
            "household": {
                "": "世帯にまとめない",
                **{id_: each.name for id_, each in self.households.items()},
                NEW_HOUSEHOLD: "新しい世帯を作る",
            },
            "fields": _labels(
                entry
                for entry in self.vocabulary.codes("field").values()
                if entry.code != _OF_NOBODY
            ),
            "stage": {str(int(s)): own_wording().say("stage", int(s)) for s in Stage},
            "status": {s.value: own_wording().say("status", s) for s in ParticipantStatus},
            "coordinator_id": self._staff(_COORDINATING),
            "named_staff_ids": self._staff(SEEING),
            "programmes": {each: each for each in programmes_of(self.settings)},
            "member_office_ids": {each: each for each in self._offices()},
        }

    @property
    def of_need(self) -> Mapping[str, Choices]:
        """Return the choices of the form about what somebody wants."""
        wording = own_wording()
        menu = _labels(self.vocabulary.codes("menu").values())
        return {
            "kind": _labels(self.vocabulary.codes("need_kind").values()),
            "wish_menu": menu,
            "wish_strength": STRENGTHS,
            "avoid_menu": menu,
            "avoid_how": AVOIDS,
            "avoid_host": {id_: each.name for id_, each in self.hosts.items()},
            "avoid_districts": self.districts,
            "available": SLOTS,
            "modes": MODES,
            "companion": {each: wording.say("companion", each) for each in COMPANIONS},
            "noise_limit": {str(n): wording.say("noise_limit", n) for n in (1, 2, 3)},
            "crowd_limit": {str(n): wording.say("crowd_limit", n) for n in (1, 2, 3)},
            "accommodations": _labels(self.vocabulary.codes("accommodation").values()),
            "next_step": {step.value: wording.say("next_step_wish", step) for step in NextStep},
            "known_place": self.places,
            "known_host": {id_: each.name for id_, each in self.hosts.items()},
            "known_person": self.people,
        }

    @property
    def town_options(self) -> tuple[tuple[str, str], ...]:
        """Return the towns in the order of their names, each with its reading."""
        return tuple((town.name, town.kana) for town in by_name(self.towns))

    @property
    def districts(self) -> Choices:
        """Return the 圏域 of every layer, by layer and name."""
        return {
            f"{layer.key}/{each.name}": district_words(each.name)
            for layer in self.settings.districts
            for each in layer.districts
        }

    def _staff(self, roles: frozenset[Role]) -> Choices:
        return {
            user.id: f"{user.name}（{user.office_id}）" if user.office_id else user.name
            for user in self.staff
            if user.role in roles and not user.disabled
        }

    def _offices(self) -> tuple[str, ...]:
        """Return the offices whose staff can meet people, then the agencies of the city."""
        return offices_of(self.settings, offices_meeting_people(self.staff))

    def user(self, user_id: str | None) -> User | None:
        """Return an account of the staff, or None."""
        return next((user for user in self.staff if user.id == user_id), None)


CONSENT_STATES: Final[Choices] = {
    ConsentState.WRITTEN.value: "文書で同意した",
    ConsentState.VERBAL.value: "口頭で同意した",
    ConsentState.REFUSED.value: "ことわった",
}


def load_options(wiring: Wiring, stores: Stores, actor: Actor, participant_id: str = "") -> Options:
    """Read what the forms offer; whom one may know only for the need of this person."""
    settings = stores.municipality.settings()
    hosts = sorted(
        seen_hosts(actor, stores.catalog).values(), key=lambda each: (each.name_kana, each.name)
    )
    return Options(
        settings=settings,
        towns=TownIndex(stores.municipality.towns(), (settings.name,)),
        households=stores.cases.households(PeopleScope(actor)),
        staff=tuple(wiring.users.users()),
        hosts={each.id: each for each in hosts},
        places={
            each.id: each.name
            for each in sorted(
                seen_places(actor, stores.catalog).values(),
                key=lambda each: (each.name_kana, each.name),
            )
        },
        people=_others(stores, actor, participant_id) if participant_id else {},
        vocabulary=load_vocabulary().extended_by(settings.codes),
    )


def _others(stores: Stores, actor: Actor, participant_id: str) -> Choices:
    """Return whom a person may be said to know: of a protected one nobody is to learn where."""
    people = stores.cases.participants(PeopleScope(actor))
    named = sorted(people, key=lambda each: (each.name_kana, each.name, each.case_no))
    return {
        each.id: f"{each.name}（{each.case_no}）"
        for each in named
        if each.id != participant_id and not each.address_protected
    }


def by_name(towns: Iterable[Town]) -> list[Town]:
    """Return towns by name, their 丁目 in the order of the numbers."""

    def name_and_number(town: Town) -> tuple[str, int]:
        name, number = split_chome(normalise_town_name(town.name))
        return name, number or 0

    return sorted(towns, key=name_and_number)


def district_words(name: str) -> str:
    """Return what people call a 圏域: 北部圏域."""
    return name if name.endswith("圏域") else f"{name}圏域"


def grouped(entries: Iterable[Code]) -> list[tuple[str, list[Code]]]:
    """Return the entries of a code list under the names of their groups."""
    groups: dict[str, list[Code]] = {}
    for entry in entries:
        groups.setdefault(entry.group, []).append(entry)
    return list(groups.items())


def _labels(entries: Iterable[Code]) -> Choices:
    return {entry.code: entry.label for entry in entries}
