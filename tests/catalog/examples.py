"""Small valid values that a test varies, and strategies for random ones."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

from hypothesis import strategies as st

from catalog.opening import Opening
from catalog.organisation import Organisation
from catalog.resource import Resource
from catalog.schedule import ClosedPeriod, Recurrence, Schedule, parse_recurrence

RESOURCE = Resource(id="r1", name="つばめ町サロン", name_kana="つばめちょうさろん", kind="salon")
ORGANISATION = Organisation(
    id="h1", name="つばめ町会", name_kana="つばめちょうかい", kind="neighbourhood_association"
)
OPENING = Opening(
    id="o1",
    resource_id="r1",
    host_id="h1",
    name="花だんの手入れ",
    menu=("gardening",),
    form="volunteering",
    role="helper",
    capacity=3,
)


def a_resource(**changes: Any) -> Resource:
    """Return the example resource with some fields changed."""
    return replace(RESOURCE, **changes)


def an_organisation(**changes: Any) -> Organisation:
    """Return the example organisation with some fields changed."""
    return replace(ORGANISATION, **changes)


def an_opening(**changes: Any) -> Opening:
    """Return the example opening with some fields changed."""
    return replace(OPENING, **changes)


def a_schedule(code: str = "0We", **changes: Any) -> Schedule:
    """Return a schedule from 10:00 to 12:00, changed as asked."""
    return Schedule(
        **{
            "recurrence": parse_recurrence(code),
            "starts_at": time(10),
            "ends_at": time(12),
            **changes,
        }
    )


days = st.dates(date(2015, 1, 1), date(2035, 12, 31))
weeks = st.sampled_from(((0,), (7,))) | st.sets(st.integers(1, 6), min_size=1).map(
    lambda numbers: tuple(sorted(numbers))
)
recurrences = st.dictionaries(st.integers(0, 6), weeks, min_size=1).map(
    lambda found: Recurrence(tuple((day, found[day]) for day in sorted(found)))
)
days_of_year = st.dates(date(2000, 1, 1), date(2000, 12, 31)).map(lambda day: f"{day:%m-%d}")
closed_periods = st.builds(ClosedPeriod, days_of_year, days_of_year, st.just("")) | st.builds(
    lambda first, length_days: ClosedPeriod(first, first + timedelta(length_days)),
    days,
    st.integers(0, 400),
)


@st.composite
def schedules(draw: st.DrawFn) -> Schedule:
    """Draw any valid schedule."""
    recurrence = draw(recurrences)
    minutes = st.integers(0, 24 * 60 - 1)
    start, end = sorted(draw(st.lists(minutes, min_size=2, max_size=2, unique=True)))
    first, last = sorted(draw(st.lists(days, min_size=2, max_size=2)))
    anchor = draw(days)
    if recurrence.fortnightly:
        shift = (recurrence.fortnightly[0] - anchor.weekday()) % 7
        anchor = date.fromordinal(anchor.toordinal() + shift)
    return Schedule(
        recurrence=recurrence,
        starts_at=time(*divmod(start, 60)),
        ends_at=time(*divmod(end, 60)),
        anchor_on=anchor,
        starts_on=draw(st.none() | st.just(first)),
        ends_on=draw(st.none() | st.just(last)),
        closed_on_holidays=draw(st.booleans()),
        closed=tuple(draw(st.lists(closed_periods, max_size=2))),
    )
