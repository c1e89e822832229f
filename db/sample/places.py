"""Hosts, resources and openings of the sample city, drawn from the data files beside this one."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from importlib.resources import files
from itertools import count, cycle, islice
from typing import Any

import numpy as np

from catalog.ids import IdSource
from catalog.opening import Opening, OpeningStatus, Preference, Stage, Welcome
from catalog.organisation import Organisation
from catalog.resource import Resource
from catalog.schedule import ClosedPeriod, Schedule, parse_recurrence
from catalog.service_area import Online, ServiceArea, WholeCity
from db.sample.accounts import CITY_OFFICE, COUNCIL
from db.sample.land import Land, SampleTown

NEW_YEAR = ClosedPeriod("12-29", "01-03", "年末年始は休み")
AUGUST = ClosedPeriod("08-01", "08-31", "8月は休み")


@dataclass(frozen=True, slots=True)
class Places:
    """Everything one can join, and who receives people there."""

    organisations: tuple[Organisation, ...]
    resources: tuple[Resource, ...]
    openings: tuple[Opening, ...]


class PlaceMaker:
    """Draws the places; `today` decides the dates of confirmation."""

    def __init__(
        self, land: Land, town_ids: Mapping[str, str], new_id: IdSource, seed: int, today: date
    ) -> None:
        self.rng = np.random.default_rng(seed)
        self.new_id = new_id
        self.today = today
        self.town_ids = town_ids
        self.towns: dict[str, Iterator[SampleTown]] = {
            district: cycle(self.shuffled([t for t in land.towns if t.district == district]))
            for district in sorted({town.district for town in land.towns})
        }
        self.town_called = {town.name: town for town in land.towns}
        self.host_rows: list[dict[str, Any]] = read("hosts")["hosts"]
        self.phone_numbers = count(1000)
        self.hosts: dict[str, Organisation] = {}
        self.district_of: dict[str, str] = {}
        self.resources: list[Resource] = []
        self.openings: list[Opening] = []

    def make(self) -> Places:
        """Return all places, openings in the order in which they were drawn."""
        for row in self.host_rows:
            self.add_host(row)
        roles, gatherings = read("roles"), read("gatherings")
        self.add_salons(gatherings["salon"])
        self.add_kayoinoba(gatherings["kayoinoba"])
        self.add_child_rearing_hubs(gatherings["child_rearing_hub"])
        self.add_activity_centers(gatherings["activity_center"])
        self.add_community_hubs(gatherings["community_hub"])
        self.add_consultation_centers(gatherings["elderly_consultation_center"])
        for row in roles["volunteering"]:
            self.add_role(row, "volunteer_site", "volunteering", "volunteer")
        for row in roles["work"]:
            self.add_role(row, "workplace", "work_experience", "work_support")
        return Places(tuple(self.hosts.values()), tuple(self.resources), tuple(self.openings))

    # ------------------------------------------------------------------ hosts

    def add_host(self, row: Mapping[str, str]) -> None:
        """Add one organisation that receives people."""
        town = self.town_called.get(row.get("town", "")) or next(self.towns[row["district"]])
        lat, lon = self.near(town)
        self.district_of[row["name"]] = row["district"]
        agency = COUNCIL if row["liaison"] == "contracted" else CITY_OFFICE
        self.hosts[row["name"]] = Organisation(
            id=self.new_id(),
            name=row["name"],
            name_kana=row["kana"],
            kind=row["kind"],
            town_id=self.town_ids[town.name],
            address=invented_address(self.rng, town),
            lat=lat,
            lon=lon,
            phone=self.phone(),
            fax=self.phone() if self.rng.random() < 0.6 else "",
            contact_hours=self.pick(["平日 9時〜17時", "午前中", "夕方 17時から", "火・木の日中"]),
            liaison=agency,
            liaison_form=row["liaison"],
            found_by=agency,
            **self.confirmed(),
        )

    # -------------------------------------------------------------- gatherings

    def add_salons(self, pattern: Mapping[str, Any]) -> None:
        """Add 40 salons, held by associations and groups of residents."""
        hosts = [self.hosts[row["name"]] for row in self.host_rows if row.get("salons")]
        styles, names = cycle(pattern["styles"]), cycle(pattern["names"])
        for host in islice(cycle(hosts), 40):
            style = next(styles)
            town = next(self.towns[self.district_of[host.name]])
            resource = self.add_resource(
                f"{plain(town)} {next(names)}", "salon", host, town, style["what"], style["give"]
            )
            self.add_gathering(
                resource, host, style, self.pick(pattern["codes"]), self.pick(pattern["hours"]),
                places=int(self.rng.integers(2, 5)), form="ibasho", holidays=True,
            )  # fmt: skip

    def add_kayoinoba(self, pattern: Mapping[str, Any]) -> None:
        """Add 44 places of exercise run by residents, for people from 65."""
        hosts = [self.hosts[row["name"]] for row in self.host_rows if row.get("exercise")]
        styles = cycle(pattern["styles"])
        for number, host in enumerate(islice(cycle(hosts), 44)):
            style = dict(next(styles)) | {"min_age": 65}
            town = next(self.towns[self.district_of[host.name]])
            resource = self.add_resource(
                f"{plain(town)}の通いの場", "kayoinoba", host, town, style["what"], style["give"]
            )
            self.add_gathering(
                resource, host, style, pattern["codes"][number % 5], self.pick(pattern["hours"]),
                places=int(self.rng.integers(2, 6)), form="ibasho", pickup=number % 11 == 4,
                helpers_wanted=(2, 0, 1, 0)[number % 4],
            )  # fmt: skip

    def add_child_rearing_hubs(self, pattern: Mapping[str, Any]) -> None:
        """Add 11 hubs for parents with small children."""
        hosts = cycle(pattern["hosts"])
        for number, (name, district) in enumerate(
            zip(pattern["names"], pattern["districts"], strict=True)
        ):
            host, town = self.hosts[next(hosts)], next(self.towns[district])
            give = ["nursing_room", "diaper_changing", "stroller_access", "childrens_toilet",
                    "eating_allowed", "companion", "leave_early"]  # fmt: skip
            resource = self.add_resource(
                name, "child_rearing_hub", host, town, "親子で過ごすひろば", give
            )
            style = {
                "menu": ["child_rearing_circle", "tea_chat"], "what": "親子で過ごすひろば",
                "people": 8 + number % 4 * 3, "noise": 2, "crowd": 1 + number % 3, "give": give,
            }  # fmt: skip
            self.add_gathering(
                resource, host, style, pattern["codes"][number % 3], "10:00-12:00",
                places=3, form="ibasho", with_child=True,
            )  # fmt: skip

    def add_activity_centers(self, pattern: Mapping[str, Any]) -> None:
        """Add three centres for people with disabilities, one with a way to come and go."""
        for number, (name, host_name, district) in enumerate(
            zip(pattern["names"], pattern["hosts"], pattern["districts"], strict=True)
        ):
            host, town = self.hosts[host_name], next(self.towns[district])
            give = ["rest_space", "staff_beside", "own_pace", "quiet_place", "wheelchair_access",
                    "accessible_toilet", "chairs", "companion", "leave_early"]  # fmt: skip
            resource = self.add_resource(
                name, "activity_center", host, town, "創作と軽い作業", give
            )
            style = {
                "menu": ["handicraft", "light_work", "art_calligraphy"], "what": "創作と軽い作業",
                "people": 10, "noise": 1, "crowd": 2, "give": give,
            }  # fmt: skip
            self.add_gathering(
                resource, host, style, ["0MoTuWeThFr", "0TuThFr", "0MoWeFr"][number],
                "10:00-15:00", places=2, form="ibasho", fields=("disability",), pickup=number == 0,
            )  # fmt: skip

    def add_community_hubs(self, pattern: Mapping[str, Any]) -> None:
        """Add five hubs of mutual help; two receive people one by one."""
        council = self.hosts[COUNCIL]
        for number, (name, district) in enumerate(
            zip(pattern["names"], pattern["districts"], strict=True)
        ):
            town = next(self.towns[district])
            give = ["companion", "leave_early", "staff_beside", "nickname", "watching_only",
                    "no_self_introduction", "accessible_toilet", "wheelchair_access"]  # fmt: skip
            resource = self.add_resource(
                name, "community_hub", council, town, "だれでも立ちよれる居場所", give
            )
            if number < 2:
                style = {
                    "menu": ["ibasho_cafe", "tea_chat", "board_games"], "people": 9,
                    "what": "だれでも立ちよれる居場所", "noise": 2, "crowd": 2, "give": give,
                }  # fmt: skip
                self.add_gathering(
                    resource, council, style, "0MoTuWeThFr", "13:00-16:00", places=3, form="ibasho"
                )

    def add_consultation_centers(self, pattern: Mapping[str, Any]) -> None:
        """Add the eight consultation centres for older people; no openings."""
        for number, district in enumerate(pattern["districts"], start=1):
            town = next(self.towns[district])
            self.add_resource(
                f"高齢者相談センター 第{number}", "elderly_consultation_center", None, town,
                "高齢の方と家族の相談", ["wheelchair_access", "accessible_toilet"],
            )  # fmt: skip

    # ------------------------------------------------------------------- roles

    def add_role(self, row: Mapping[str, Any], kind: str, form: str, insurance: str) -> None:
        """Add a volunteer role or a work experience with the place where it happens."""
        host = self.hosts[row["host"]]
        area: ServiceArea = Online() if row.get("area") == "online" else WholeCity()
        resource = next(
            (r for r in self.resources if r.organisation_id == host.id and r.kind == kind), None
        )
        if resource is None:
            resource = self.place_of(host, kind)
        if isinstance(area, Online):
            resource = self.place_of(host, "online_place", area)
        first, last = row.get("stages", [1, 4 if form == "volunteering" else 3])
        form = row.get("form", form)
        self.openings.append(
            Opening(
                id=self.new_id(),
                resource_id=resource.id,
                host_id=host.id,
                name=row["name"],
                menu=tuple(row["menu"]),
                form=form,
                role=row.get("role", "helper"),
                capacity=row["places"] + int(self.rng.integers(0, 2)),
                description=row["text"],
                first_stage=Stage(first),
                last_stage=Stage(last),
                schedule=schedule(row["code"], row["at"]),
                min_minutes=row["minutes"],
                welcome=Welcome(min_age=15, residents_only=False),
                preference=preference(row.get("glad")),
                accommodations=frozenset(row["give"]),
                noise=row["noise"],
                crowd=row["crowd"],
                typical_people=row["people"],
                companion_welcome="companion" in row["give"] or "staff_beside" in row["give"],
                leave_early_ok="leave_early" in row["give"],
                transport=tuple(
                    ["pickup_by_host"] if row.get("pickup") else row.get("transport", [])
                ),
                stipend_yen=row.get("stipend", 0),
                insurance=insurance,
                agreement_required=form.startswith("work"),
                found_by=host.found_by,
                liaison=host.liaison,
                **self.confirmed(row.get("confirmed")),
            )
        )
        self.openings[-1] = self.some_taken(self.openings[-1], row["places"])

    # ------------------------------------------------------------------- parts

    def add_gathering(
        self,
        resource: Resource,
        host: Organisation,
        style: Mapping[str, Any],
        code: str,
        hours: str,
        *,
        places: int,
        form: str,
        with_child: bool | None = None,
        fields: Sequence[str] = (),
        pickup: bool = False,
        holidays: bool = False,
        helpers_wanted: int = 0,
    ) -> None:
        """Add the opening of a place to gather."""
        opening = Opening(
            id=self.new_id(),
            resource_id=resource.id,
            host_id=host.id,
            name=str(style["what"]),
            menu=tuple(style["menu"]),
            form=form,
            role="participant",
            capacity=places + int(self.rng.integers(0, 3)),
            description=resource.description,
            last_stage=Stage.PARTICIPATION,
            schedule=schedule(code, hours, holidays=holidays),
            min_minutes=30,
            welcome=Welcome(
                min_age=style.get("min_age") or None,
                with_child=with_child,
                fields=frozenset(fields),
            ),
            accommodations=frozenset(style["give"]),
            noise=style["noise"],
            crowd=style["crowd"],
            typical_people=style["people"],
            companion_welcome="companion" in style["give"],
            leave_early_ok="leave_early" in style["give"],
            transport=("pickup_by_council",) if pickup else (),
            cost_yen=int(self.pick([0, 0, 100, 100, 200])),
            insurance="event",
            visibility="public",
            found_by=host.found_by,
            liaison=host.liaison,
            helpers_wanted=helpers_wanted,
            **self.confirmed(),
        )
        self.openings.append(self.some_taken(opening, places))

    def some_taken(self, opening: Opening, free: int) -> Opening:
        """Fill an opening up to `free` places; a few places to gather are full or pause."""
        opening = replace(opening, taken=opening.capacity - free)
        draw = self.rng.random()
        if opening.role != "participant":
            return opening
        if draw < 0.06:
            return replace(opening, taken=opening.capacity, status=OpeningStatus.FULL)
        if draw < 0.10:
            return replace(opening, status=OpeningStatus.PAUSED, status_reason="担い手の都合")
        return opening

    def add_resource(
        self,
        name: str,
        kind: str,
        host: Organisation | None,
        town: SampleTown,
        what: str,
        give: Sequence[str],
    ) -> Resource:
        """Add a place that people come to."""
        lat, lon = self.near(town)
        resource = Resource(
            id=self.new_id(),
            name=name,
            name_kana="",
            kind=kind,
            organisation_id=host.id if host else None,
            description=f"{what}。" if not what.endswith("。") else what,
            town_id=self.town_ids[town.name],
            address=invented_address(self.rng, town),
            lat=lat,
            lon=lon,
            phone=host.phone if host else self.phone(),
            accessibility=frozenset(give),
            operation_form=host.liaison_form if host else "contracted",
            source="見本の市",
            **self.confirmed(),
        )
        self.resources.append(resource)
        return resource

    def place_of(self, host: Organisation, kind: str, area: ServiceArea | None = None) -> Resource:
        """Add the place of a host, at the host's own address."""
        resource = Resource(
            id=self.new_id(),
            name=host.name,
            name_kana=host.name_kana,
            kind=kind,
            organisation_id=host.id,
            town_id=host.town_id,
            address=host.address,
            lat=host.lat,
            lon=host.lon,
            phone=host.phone,
            service_area=area or WholeCity(),
            operation_form=host.liaison_form,
            visibility="agencies",
            source="見本の市",
            last_confirmed_on=host.last_confirmed_on,
            last_confirmed_by=host.last_confirmed_by,
            last_confirmed_how=host.last_confirmed_how,
        )
        self.resources.append(resource)
        return resource

    def confirmed(self, days: int | None = None) -> dict[str, Any]:
        """Return when, by whom and how something was last confirmed."""
        ago = days if days is not None else int(self.rng.gamma(2.0, 32.0)) + 1
        return {
            "last_confirmed_on": self.today - timedelta(days=ago),
            "last_confirmed_by": self.pick(["水野", "原", "小沢"]),
            "last_confirmed_how": self.pick(["phone", "visit", "phone", "fax"]),
        }

    def near(self, town: SampleTown) -> tuple[float, float]:
        """Return a point some tens of metres from the middle of a town."""
        shift = self.rng.normal(0, 0.0006, 2)
        return round(town.lat + shift[0], 6), round(town.lon + shift[1], 6)

    def phone(self) -> str:
        """Return a number of the block that is never given to anyone."""
        return f"0480-00-{next(self.phone_numbers)}"

    def pick(self, choices: Sequence[Any]) -> Any:
        """Draw one of some choices."""
        return choices[int(self.rng.integers(len(choices)))]

    def shuffled(self, items: list[SampleTown]) -> list[SampleTown]:
        """Return the items in an order of the seed."""
        return [items[i] for i in self.rng.permutation(len(items))]


def preference(glad: Mapping[str, Any] | None) -> Preference | None:
    """Return whom a host of the data would be glad of."""
    if glad is None:
        return None
    return Preference(
        min_age=glad.get("min_age"),
        max_age=glad.get("max_age"),
        stages=frozenset(map(Stage, glad.get("stages", []))),
        menu=frozenset(glad.get("menu", [])),
        weekdays=frozenset(glad.get("weekdays", [])),
        words=glad.get("words", ""),
    )


def schedule(code: str, hours: str, *, holidays: bool = False) -> Schedule:
    """Return the schedule of a recurrence code and "HH:MM-HH:MM"."""
    start, end = (time.fromisoformat(part) for part in hours.split("-"))
    recurrence = parse_recurrence(code)
    anchor = None
    if recurrence.fortnightly:
        monday = date(2026, 4, 6)
        anchor = monday + timedelta(days=recurrence.fortnightly[0])
    return Schedule(
        recurrence, start, end, anchor_on=anchor, closed_on_holidays=holidays,
        closed=(NEW_YEAR, AUGUST) if "1" in code[:1] else (NEW_YEAR,),
    )  # fmt: skip


def invented_address(rng: np.random.Generator, town: SampleTown) -> str:
    """Return an invented address in a town."""
    return f"つなぎ市{town.name}{rng.integers(1, 25)}番{rng.integers(1, 20)}号"


def plain(town: SampleTown) -> str:
    """Return the name of a town with its 丁目 in short."""
    return town.name.replace("丁目", "")


def read(name: str) -> dict[str, Any]:
    """Return one of the data files of the sample city."""
    return tomllib.loads((files("db.sample") / "data" / f"{name}.toml").read_text("utf-8"))
