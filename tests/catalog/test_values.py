"""The small values: ids, actors, audit events, organisations, resources, settings of a city."""

from __future__ import annotations

import ast
import pickle
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from string import Formatter
from typing import Any

import pytest

from catalog.audit import AuditEvent
from catalog.dates import day_in_japan
from catalog.errors import ENGLISH, CatalogError
from catalog.freshness import days_since_confirmed
from catalog.ids import new_id
from catalog.municipality import (
    CITY_WIDE,
    Agency,
    DistrictLayer,
    DistrictSetting,
    Municipality,
    PlacesByForm,
    PlanPeriod,
    Target,
    is_ward_of,
    with_check_digit,
)
from tests.catalog.examples import a_resource, an_organisation

CATALOG = Path(__file__).parents[2] / "catalog"


def test_ids_are_long_url_safe_and_never_the_same() -> None:
    """128 bits of chance in 22 characters."""
    ids = {new_id() for _ in range(1000)}
    assert len(ids) == 1000
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{22}", each) for each in ids)


def test_an_event_keeps_its_instant_in_utc() -> None:
    """One instant has one spelling, whatever the zone of who wrote it."""
    tokyo = timezone(timedelta(hours=9))
    detail = {"from": "open"}
    event = AuditEvent("k", "u", "opening", "o", datetime(2026, 1, 1, 8, tzinfo=tokyo), detail)
    detail["from"] = "changed later"
    assert event.at == datetime(2025, 12, 31, 23, tzinfo=UTC)
    assert event.at.tzinfo is UTC
    assert event.detail == {"from": "open"}


def test_an_event_without_a_zone_is_refused() -> None:
    """Nine hours of doubt do not belong in an audit chain."""
    with pytest.raises(CatalogError) as caught:
        AuditEvent("k", "u", "opening", "o", datetime.fromisoformat("2026-01-01"))
    assert caught.value.code == "naive_instant"


def test_the_day_is_that_of_japan() -> None:
    """At 15:00 UTC it is midnight in Tokyo."""
    assert day_in_japan(datetime(2026, 3, 31, 14, 59, tzinfo=UTC)) == date(2026, 3, 31)
    assert day_in_japan(datetime(2026, 3, 31, 15, 0, tzinfo=UTC)) == date(2026, 4, 1)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"id": ""}, "empty"),
        ({"name": " "}, "empty"),
        ({"lat": 35.8}, "half_point"),
        ({"lon": 139.5}, "half_point"),
        ({"lat": 139.5, "lon": 35.8}, "out_of_range"),
        ({"lat": 35.8, "lon": 200.0}, "out_of_range"),
        ({"visibility": "hidden"}, "not_one_of"),
    ],
)
@pytest.mark.parametrize("example", [a_resource, an_organisation])
def test_impossible_records_are_refused(
    example: Callable[..., object], changes: dict[str, Any], code: str
) -> None:
    """Names, points and visibility are checked the same for both."""
    with pytest.raises(CatalogError) as caught:
        example(**changes)
    assert caught.value.code == code
    assert str(caught.value)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"cost_yen": -1}, "too_small"),
        ({"capacity": -1}, "too_small"),
        ({"location_accuracy": "good"}, "not_one_of"),
    ],
)
def test_impossible_numbers_of_a_resource_are_refused(changes: dict[str, Any], code: str) -> None:
    """A cost is never negative; how well a point is known has four steps."""
    with pytest.raises(CatalogError) as caught:
        a_resource(**changes)
    assert caught.value.code == code


def test_a_record_with_a_point_is_accepted() -> None:
    """Both halves within the globe."""
    resource = a_resource(lat=35.8, lon=139.5, cost_yen=0, location_accuracy="town")
    assert (resource.lat, resource.lon) == (35.8, 139.5)


@pytest.mark.parametrize(
    ("last", "days"),
    [
        (None, None),
        (date(2026, 11, 12), 0),
        (date(2026, 5, 16), 180),
        (date(2026, 11, 13), 0),
    ],
)
def test_days_since_somebody_made_sure(last: date | None, days: int | None) -> None:
    """Never is not a number, and tomorrow counts as today."""
    assert days_since_confirmed(last, date(2026, 11, 12)) == days


def a_municipality(**changes: Any) -> Municipality:
    """Return the least that a municipality needs, changed as asked."""
    least = {"code": "999997", "name": "つなぎ市", "kana": "つなぎし", "plane_zone": 9}
    return Municipality(**{**least, **changes})


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"code": "11230"}, "municipality_code"),
        ({"code": "１１２３０５"}, "municipality_code"),
        ({"code": "11230a"}, "municipality_code"),
        ({"name": ""}, "empty"),
        ({"plane_zone": 0}, "out_of_range"),
        ({"plane_zone": 20}, "out_of_range"),
        ({"districts": (DistrictLayer("a", "あ"), DistrictLayer("a", "い"))}, "duplicate"),
    ],
)
def test_impossible_settings_are_refused(changes: dict[str, Any], code: str) -> None:
    """A city that could not work is refused when it is set up."""
    with pytest.raises(CatalogError) as caught:
        a_municipality(**changes)
    assert caught.value.code == code
    assert str(caught.value)


def test_a_layer_names_each_district_once_and_ends_after_it_begins() -> None:
    """Two 圏域 of one name could not be told apart."""
    north = DistrictSetting("北部", ("野火止五丁目から八丁目まで",))
    with pytest.raises(CatalogError, match="twice"):
        DistrictLayer("tier2", "第2層", districts=(north, north))
    with pytest.raises(CatalogError, match="after"):
        DistrictLayer("tier2", "第2層", date(2026, 4, 2), date(2026, 4, 1))


def test_a_plan_and_its_targets() -> None:
    """Days in order; a target is a number or a milestone."""
    with pytest.raises(CatalogError, match="after"):
        PlanPeriod("計画", date(2028, 3, 31), date(2026, 4, 1))
    with pytest.raises(CatalogError, match="milestone"):
        Target("体制", "", {2026: "構築・運用"}, kind="text")


def test_places_are_a_number_a_table_a_word_or_nothing() -> None:
    """Every way in which the plans fill the column 箇所."""
    by_form = PlacesByForm((("contracted", 3), ("private", 8)))
    agencies = tuple(
        Agency("地域づくり", "拠点", "children", places) for places in (3, by_form, CITY_WIDE, None)
    )
    assert [each.places for each in a_municipality(agencies=agencies).agencies] == [
        3,
        by_form,
        "市内全域",
        None,
    ]


@pytest.mark.parametrize(
    ("five", "six"),
    [("11230", "112305"), ("11224", "112241"), ("11000", "110001"), ("99999", "999997")],
)
def test_check_digits_of_known_codes(five: str, six: str) -> None:
    """新座市, 戸田市, 埼玉県 and the sample city."""
    assert with_check_digit(five) == six


@pytest.mark.parametrize(
    ("code", "city", "expected"),
    [
        ("011011", "011002", True),  # 札幌市中央区
        ("141518", "141500", True),  # 相模原市緑区
        ("141313", "141305", True),  # 川崎市川崎区
        ("141313", "141003", False),  # not 横浜市's
        ("011002", "011002", False),  # the city itself
        ("131016", "131008", False),  # 千代田区 is a municipality of its own
        ("112241", "112305", False),
    ],
)
def test_wards_belong_to_their_city(code: str, city: str, expected: bool) -> None:
    assert is_ward_of(code, city) is expected


def raised_codes() -> dict[str, list[set[str] | None]]:
    """Return each code raised in the package with the names it is given (None: from a dict)."""
    found: dict[str, list[set[str] | None]] = {}
    for path in CATALOG.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "CatalogError":
                code = node.args[0]
                assert isinstance(code, ast.Constant), "codes are written out"
                names = {keyword.arg for keyword in node.keywords}
                whole = None if None in names else {str(name) for name in names}
                found.setdefault(str(code.value), []).append(whole)
    return found


def test_every_code_is_raised_and_every_raised_code_has_its_words() -> None:
    """No dead template, no missing one."""
    assert raised_codes().keys() == ENGLISH.keys()


def test_every_template_gets_the_values_it_names() -> None:
    """A message never fails while it is made."""
    for code, calls in raised_codes().items():
        needed = {name for _, name, _, _ in Formatter().parse(ENGLISH[code]) if name}
        for given in calls:
            assert given is None or needed <= given, code


def test_an_error_survives_a_process_border() -> None:
    """Workers hand errors over by pickle."""
    error = CatalogError("empty", kind="code", field="label")
    again = pickle.loads(pickle.dumps(error))
    assert (again.code, again.params, str(again)) == (error.code, error.params, str(error))
