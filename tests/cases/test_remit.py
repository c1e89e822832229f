"""To what the work of an office is limited: what may be said, and what it then covers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cases.errors import CaseError, UnknownName
from cases.remit import Holder, RemitSetting, as_limit, check_office, check_remit
from cases.support import programmes_of
from catalog.actor import Role
from catalog.municipality import Agency
from tests.cases.conftest import SETTINGS

CITY = replace(
    SETTINGS,
    agencies=(
        Agency("参加支援事業", "相談室", "general"),
        Agency("生活支援体制整備事業", "社協", "elderly"),
        Agency("参加支援事業", "法人", "general"),
    ),
)
WHOLE = RemitSetting(holder=Holder.OFFICE, holder_id="x")
WEST = frozenset({("welfare", "西")})
TOWNS = {"welfare": {"a": "西", "b": "西", "c": "東"}}


def test_each_programme_of_the_city_is_named_once_in_the_order_of_its_plan() -> None:
    assert programmes_of(CITY) == ("参加支援事業", "生活支援体制整備事業")


def test_what_the_city_has_may_be_entrusted() -> None:
    check_remit(WHOLE, CITY)
    check_remit(replace(WHOLE, programmes=frozenset({"参加支援事業"}), districts=WEST), CITY)


@pytest.mark.parametrize(
    ("setting", "code"),
    [
        (replace(WHOLE, programmes=frozenset()), "remit_empty"),
        (replace(WHOLE, districts=frozenset()), "remit_empty"),
        (replace(WHOLE, programmes=frozenset({"ない事業"})), "programme_unknown"),
        (replace(WHOLE, districts=frozenset({("welfare", "北")})), "district_unknown"),
        (replace(WHOLE, districts=frozenset({("other", "西")})), "district_unknown"),
    ],
)
def test_what_the_city_has_not_is_refused(setting: RemitSetting, code: str) -> None:
    """An empty limit would shut everything, an unknown one as well, without anybody noticing."""
    with pytest.raises(CaseError, match=code):
        check_remit(setting, CITY)


def test_a_remit_covers_the_towns_of_its_districts() -> None:
    assert as_limit(WHOLE, TOWNS).town_ids is None
    assert as_limit(replace(WHOLE, districts=WEST), TOWNS).town_ids == frozenset({"a", "b"})
    both = WEST | {("welfare", "東")}
    assert as_limit(replace(WHOLE, districts=both), TOWNS).town_ids == frozenset({"a", "b", "c"})


def test_a_district_that_has_no_towns_yet_covers_none() -> None:
    """Not the whole city: a layer that is not yet drawn must not open everything."""
    assert as_limit(replace(WHOLE, districts=WEST), {}).town_ids == frozenset()


ENTRUSTED = [replace(WHOLE, holder_id="社会福祉協議会", programmes=frozenset({"参加支援事業"}))]


@pytest.mark.parametrize("office", ["社会福祉協議会　本所", "", None])
def test_where_offices_are_limited_no_new_name_reaches_the_whole_city(office: str | None) -> None:
    """What is spelt otherwise has no remit, and without one the whole city would be theirs."""
    with pytest.raises(UnknownName, match="office_unknown"):
        check_office(Role.COORDINATOR, office, ENTRUSTED, ["相談室"])
    check_office(Role.COORDINATOR, office, [], ["相談室"])  # nobody is limited in this city
    check_office(Role.LEAD_AGENCY, office, ENTRUSTED, ["相談室"])  # meets its own cases alone


def test_an_office_that_is_known_is_taken() -> None:
    for office in ("社会福祉協議会", "相談室"):
        check_office(Role.COORDINATOR, office, ENTRUSTED, ["相談室"])
