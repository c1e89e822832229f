"""A municipality's own settings: its names, 圏域, agencies, meetings, targets and codes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal, TypeAlias

from catalog.checks import check_filled, check_one_of, check_order, check_range, check_unique
from catalog.errors import CatalogError
from catalog.vocabulary import Code

MEASURES: Final = ("receptions", "connecting_districts")
"""What is counted towards a target: first words, 圏域 from which at least one was connected."""
CITY_WIDE: Literal["市内全域"] = "市内全域"


@dataclass(frozen=True, slots=True)
class DistrictSetting:
    """One 圏域: its towns as the city writes them ("野火止五丁目から八丁目まで").

    `centre_count` is how many 高齢者相談センター look after it, None where nothing is said.
    """

    name: str
    towns: tuple[str, ...]
    centre_count: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class DistrictLayer:
    """One way of dividing the city, valid from a day on; several layers overlap."""

    key: str
    label: str
    valid_from: date | None = None
    valid_to: date | None = None
    districts: tuple[DistrictSetting, ...] = ()

    def __post_init__(self) -> None:
        check_filled("district_layer", key=self.key, label=self.label)
        check_order("district_layer", "valid_from", self.valid_from, "valid_to", self.valid_to)
        check_unique("district_layer", "districts", (each.name for each in self.districts))


@dataclass(frozen=True, slots=True)
class PlacesByForm:
    """How many places for each form of operation, as (code of `operation_form`, number)."""

    counts: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class PlacesByLayer:
    """How many 圏域 in each layer, as (name of the layer, number)."""

    counts: tuple[tuple[str, int], ...]


Places: TypeAlias = int | PlacesByForm | PlacesByLayer | Literal["市内全域"] | None
"""箇所: a number, numbers by form or layer, the whole city, or nothing said (—)."""


@dataclass(frozen=True, slots=True)
class Agency:
    """One row of the plan's tables: 事業, 機関, 分野, 箇所, 形態, 所管課.

    `field` is a code of the list `field`, `forms` are codes of `operation_form`; `operator` is
    the body entrusted with it, `function` the part of 重層 it belongs to.
    """

    programme: str
    name: str
    field: str
    places: Places = None
    forms: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    operator: str = ""
    function: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Window:
    """A desk where anyone may ask (福祉相談室, 福祉の窓口)."""

    name: str
    places: tuple[str, ...] = ()
    kind: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class MeetingSetting:
    """A meeting as this city calls and holds it.

    `personal_data` says whether people are named in it; `consent_required` whether they must
    have agreed to that. `basis` is the law or the rule it stands on. `rhythm` says in the city's
    words how often it sits, `times_a_year` as a number: at least so often in a fiscal year, None
    where it sits as needed.
    """

    kind: str
    name: str
    basis: str = ""
    consent_required: bool = False
    personal_data: bool = False
    members: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    rhythm: str = ""
    note: str = ""
    times_a_year: int | None = None

    def __post_init__(self) -> None:
        if self.times_a_year is not None:
            check_range("meeting", 1, 12, times_a_year=self.times_a_year)

    @property
    def is_room(self) -> bool:
        """Tell whether it is a 支援会議 (社会福祉法106条の6), whose words stay in its room."""
        return self.kind == "confidential"


@dataclass(frozen=True, slots=True)
class Target:
    """A target of the plan: a number or a milestone for each fiscal year.

    Attributes
    ----------
    measure
        What of the records is counted towards it; empty where the city counts by itself.
    window
        Name of the window at which it is counted, empty for all of them.
    """

    name: str
    unit: str
    values: Mapping[int, float | str]
    baseline: float | str | None = None
    baseline_year: int | None = None
    kind: str = "numeric"
    measure: str = ""
    window: str = ""

    def __post_init__(self) -> None:
        check_one_of("target", ("numeric", "milestone"), kind=self.kind)
        check_one_of("target", ("", *MEASURES), measure=self.measure)


@dataclass(frozen=True, slots=True)
class PlanPeriod:
    """The plan and the days it holds; `successor` is the plan that follows it."""

    name: str
    starts_on: date
    ends_on: date
    successor: str = ""

    def __post_init__(self) -> None:
        check_order("plan", "starts_on", self.starts_on, "ends_on", self.ends_on)


@dataclass(frozen=True, slots=True)
class SupportFunction:
    """One of the parts of 重層 (社会福祉法106条の4第2項各号) under the city's own name.

    `status` is what the plan says of it (既存事業, 継続事業 …).
    """

    number: int
    name: str
    status: str = ""
    since_fiscal_year: int | None = None

    def __post_init__(self) -> None:
        check_filled("function", name=self.name)
        check_range("function", 1, 6, number=self.number)


@dataclass(frozen=True, slots=True)
class Municipality:
    """Everything that differs from city to city.

    `code` is the six-digit national code (全国地方公共団体コード), `plane_zone` the number of the
    plane rectangular coordinate system (平面直角座標系, 1-19), `codes` the city's own additions to
    the code lists, `policy` its overrides of the matching policy.
    """

    code: str
    name: str
    kana: str
    plane_zone: int
    districts: tuple[DistrictLayer, ...] = ()
    agencies: tuple[Agency, ...] = ()
    windows: tuple[Window, ...] = ()
    meetings: tuple[MeetingSetting, ...] = ()
    targets: tuple[Target, ...] = ()
    codes: Mapping[str, tuple[Code, ...]] = field(default_factory=dict)
    policy: Mapping[str, object] = field(default_factory=dict)
    plan: PlanPeriod | None = None
    related_plans: tuple[PlanPeriod, ...] = ()
    functions: tuple[SupportFunction, ...] = ()

    def __post_init__(self) -> None:
        if not (len(self.code) == 6 and self.code.isascii() and self.code.isdigit()):
            raise CatalogError("municipality_code", value=self.code)
        check_filled("municipality", name=self.name, kana=self.kana)
        check_range("municipality", 1, 19, plane_zone=self.plane_zone)
        check_unique("municipality", "districts", (layer.key for layer in self.districts))


CITIES_WITH_WARDS: Final = (
    "01100", "04100", "11100", "12100", "14100", "14130", "14150", "15100", "22100", "22130",
    "23100", "26100", "27100", "27140", "28100", "33100", "34100", "40100", "40130", "43100",
)  # fmt: skip
"""政令指定都市 (地方自治法252条の19) in 2026, five digits; its wards' codes follow it."""


def is_ward_of(code: str, city: str) -> bool:
    """Tell whether a code is that of a ward (行政区) of a city; both have six digits.

    >>> is_ward_of("011037", "011002"), is_ward_of("141313", "141003")
    (True, False)
    """
    before = [c for c in CITIES_WITH_WARDS if c[:3] == code[:3] and c < code[:5]]
    return max(before, default="") == city[:5]


def with_check_digit(code: str) -> str:
    """Return the six-digit code of a five-digit one (JIS X 0401/0402 numbers).

    The digits are weighted 6, 5, 4, 3, 2; the check digit is the last digit of 11 minus the
    remainder of their sum by 11.

    >>> with_check_digit("11230")
    '112305'
    """
    total = sum(weight * int(digit) for weight, digit in zip((6, 5, 4, 3, 2), code, strict=True))
    return code + str((11 - total % 11) % 10)
