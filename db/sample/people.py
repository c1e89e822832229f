"""The waiting people of the sample city: eighty, from the patterns in data/people.toml."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from cases.consent import HOSTS, Consent, ConsentState
from cases.need import Need, Wish
from cases.participant import Household, Participant
from catalog.ids import IdSource
from catalog.opening import Stage
from catalog.schedule import Band
from db.sample.accounts import CITY_OFFICE, COUNCIL, SAMPLE_ACCOUNTS, account_id, office_of
from db.sample.land import Land, SampleTown
from db.sample.places import invented_address, read

WEEKDAYS = "月火水木金土日"
BANDS = {"午前": Band.MORNING, "午後": Band.AFTERNOON, "夜": Band.EVENING}
LAYER = "community_welfare"


@dataclass(frozen=True, slots=True)
class People:
    """Everyone who waits, with what they want and what they agreed to."""

    households: tuple[Household, ...]
    participants: tuple[Participant, ...]
    needs: tuple[Need, ...]
    consents: tuple[Consent, ...]


class PeopleMaker:
    """Draws the people.

    `coordinators` are the ids of the staff who accompany them, the city's first and then the
    council's, who is `entrusted` with some 事業.
    """

    def __init__(
        self,
        land: Land,
        town_ids: Mapping[str, str],
        coordinators: Sequence[str],
        entrusted: frozenset[str],
        new_id: IdSource,
        seed: int,
        today: date,
    ) -> None:
        self.rng = np.random.default_rng(seed)
        self.land = land
        self.town_ids = town_ids
        self.coordinators = coordinators
        self.entrusted = entrusted
        self.new_id = new_id
        self.today = today
        self.data = read("people")
        self.kinds = {kind["name"]: kind for kind in self.data["kinds"]}
        self.written_out = frozenset(row["name"][0] for row in self.data["named"])
        self.used_names = set(self.written_out)
        self.households: dict[str, Household] = {}

    def make(self) -> People:
        """Return the people, longest waiting first; case numbers follow that order."""
        rows = list(self.data["named"])
        named = [row["kind"] for row in rows]
        for kind in self.kinds.values():
            rows += [{"kind": kind["name"]}] * (kind["count"] - named.count(kind["name"]))
        drawn = [self.person(row) for row in rows]
        drawn.sort(key=lambda pair: pair[0]["since_on"])
        participants, needs = [], []
        for number, (person, need) in enumerate(drawn, start=332):
            participants.append(Participant(case_no=f"T-{number:04}", **person))
            needs.append(Need(participant_id=person["id"], **need))
        return People(
            tuple(self.households.values()),
            tuple(participants),
            tuple(needs),
            tuple(self.consents(participants)),
        )

    def person(self, row: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the fields of one person and of their need."""
        kind = self.kinds[row["kind"]]
        sex = row.get("sex") or ("female" if self.rng.random() < kind["women_share"] else "male")
        name, kana = row.get("name") or self.name(sex)
        town = self.town(row)
        age = row.get("age") or int(self.rng.integers(kind["ages"][0], kind["ages"][1] + 1))
        person = {
            "id": self.new_id(),
            "name": name,
            "name_kana": kana,
            "birth_on": self.today
            - timedelta(days=int(age * 365.2425) + int(self.rng.integers(360))),
            "sex": sex,
            "household_id": self.household(row.get("household")),
            "relation": row.get("relation", ""),
            "town_id": self.town_ids[town.name],
            "address": invented_address(self.rng, town),
            "phone": f"0480-00-{self.rng.integers(2000, 9999)}",
            "fields": tuple(kind["fields"]),
            "own_words": row.get("words") or self.pick(kind["words"]),
            "note": row.get("note", ""),
            "since_on": self.today - timedelta(days=int(self.rng.gamma(2.0, 45.0)) + 7),
            "stage": Stage.CONSULTATION,
            "address_protected": row.get("protected", False),
            **self.office(row, kind),
        }
        return person, self.need(row, kind)

    def office(self, row: Mapping[str, Any], kind: Mapping[str, Any]) -> dict[str, Any]:
        """Return who accompanies somebody, under which 事業, and who takes part in the plan."""
        drawn = self.coordinators[0] if row.get("name") else self.pick(self.coordinators)
        coordinator = self.responsible(kind, drawn)
        return {
            "coordinator_id": coordinator,
            "office_id": office_of(coordinator),
            "programmes": tuple(kind["programmes"]),
            "member_office_ids": frozenset(row.get("members") or kind.get("members", [])),
        }

    def responsible(self, kind: Mapping[str, Any], drawn: str) -> str:
        """Return the lead of a kind's cases, else who was drawn and is entrusted with them."""
        if "lead" in kind:
            return next(account_id(a.login) for a in SAMPLE_ACCOUNTS if a.office == kind["lead"])
        is_theirs = not self.entrusted.isdisjoint(kind["programmes"])
        return drawn if is_theirs else self.coordinators[0]

    def need(self, row: Mapping[str, Any], kind: Mapping[str, Any]) -> dict[str, Any]:
        """Return the fields of a need, what a named person says first."""
        choice = int(self.rng.integers(len(kind["wishes"])))
        wishes = row.get("wishes") or kind["wishes"][choice]
        return {
            "kind": kind["need"],
            "goal": "無理のない ところから、人や地域との つながりを もつ",
            "wishes": tuple(Wish(menu, 5 - place) for place, menu in enumerate(wishes)),
            "wishes_text": kind["text"][choice % len(kind["text"])],
            "dislike_menu": frozenset(kind["dislike"]) - set(wishes),
            "available": available(row.get("times") or self.pick(kind["times"])),
            "max_minutes": row.get("minutes") or int(self.pick(kind["minutes"])),
            "modes": tuple(row.get("modes") or self.pick(kind["modes"])),
            "travel_limit_minutes": row.get("limit") or int(self.pick(kind["limit"])),
            "companion": row.get("companion") or self.pick(kind["companion"]),
            "noise_limit": kind["noise"],
            "crowd_limit": row.get("crowd") or kind["crowd"],
            "accommodations": frozenset(
                row.get("accommodations") or self.pick(kind.get("accommodations", [[]]))
            ),
            "with_child": kind.get("child", False),
            "cost_limit_yen": 300 if "needy" in kind["fields"] else None,
            "avoid_districts": frozenset((LAYER, d) for d in row.get("avoid_districts", [])),
            "existing_options": "既存の事業の対象にあてはまらず、会議で参加支援が合うと考えた。",
        }

    def consents(self, participants: Sequence[Participant]) -> list[Consent]:
        """Return what everyone said: in writing, but for a few of those who are not written out."""
        unusual = [s for s, n in self.data["consents"].items() for _ in range(n)]
        drawn = [p for p in participants if p.name not in self.written_out]
        special = dict(zip((p.id for p in drawn[::9]), unusual, strict=False))
        return [
            self.consent(person, special.get(person.id, "written"))
            for person in participants
            if special.get(person.id) != "none_yet"
        ]

    def consent(self, person: Participant, state: str) -> Consent:
        """Return one statement of consent."""
        on = person.since_on + timedelta(days=5)
        expired = state == "expired"
        return Consent(
            id=self.new_id(),
            participant_id=person.id,
            state=ConsentState.WRITTEN if expired else ConsentState(state),
            given_by="本人",
            on=on,
            agencies=frozenset(
                {CITY_OFFICE, COUNCIL, HOSTS, str(person.office_id), *person.member_office_ids}
            ),
            categories=frozenset({"属性", "健康・疾病・障害・介護", "生活歴・課題"}),
            until_on=self.today - timedelta(days=1)
            if expired
            else date(self.today.year + 1, 3, 31),
        )

    def household(self, name: str | None) -> str | None:
        """Return the id of a household, made on its first member."""
        if name is None:
            return None
        if name not in self.households:
            self.households[name] = Household(id=self.new_id(), name=name)
        return self.households[name].id

    def name(self, sex: str) -> tuple[str, str]:
        """Return a name that nobody has yet, and its reading."""
        given = self.data["men" if sex == "male" else "women"]
        while True:
            family, own = self.pick(self.data["surnames"]), self.pick(given)
            name = f"{family[0]} {own[0]}"
            if name not in self.used_names:
                self.used_names.add(name)
                return name, f"{family[1]} {own[1]}"

    def town(self, row: Mapping[str, Any]) -> SampleTown:
        """Return the town of a row, or one of its district, the more likely the more people."""
        asked = (row.get("town"), row.get("district"))
        towns = [
            t for t in self.land.towns if asked == (None, None) or {t.name, t.district} & {*asked}
        ]
        people = np.array([sum(t.men) + sum(t.women) for t in towns], dtype=float)
        return towns[int(self.rng.choice(len(towns), p=people / people.sum()))]

    def pick(self, choices: Sequence[Any]) -> Any:
        """Draw one of some choices."""
        return choices[int(self.rng.integers(len(choices)))]


def available(text: str) -> frozenset[tuple[int, Band]]:
    """Read "火・水の午前" as the cells of the week: weekdays × bands."""
    days, bands = text.split("の")
    return frozenset(
        (WEEKDAYS.index(day), band)
        for day in days.replace("・", "")
        for name, band in BANDS.items()
        if re.search(name, bands)
    )
