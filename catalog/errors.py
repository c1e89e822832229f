"""What can be wrong in the catalogue, by code."""

from __future__ import annotations

from collections.abc import Mapping

ENGLISH: Mapping[str, str] = {
    # values
    "naive_instant": "an instant needs a time zone: {value}",
    "empty": "{kind}.{field} must not be empty",
    "out_of_range": "{kind}.{field} is {value}, must be from {least} to {most}",
    "too_small": "{kind}.{field} is {value}, must be at least {least}",
    "not_one_of": "{kind}.{field} is {value!r}, must be one of {allowed}",
    "half_point": "{kind} has only one of lat and lon: lat={lat}, lon={lon}",
    "order": "{kind}: {first_field}={first} lies after {last_field}={last}",
    "taken_exceeds_capacity": "{taken} places taken of a capacity of {capacity}",
    "municipality_code": "a municipality code has 6 digits: {value!r}",
    "duplicate": "{kind}.{field} names {value!r} twice",
    # code lists
    "unknown_list": "there is no code list {list!r}; near: {near}",
    "unknown_code": "the list {list!r} has no code {value!r}; near: {near}",
    "too_many_codes": "the list {list!r} has {count} codes, at most {most} fit",
    # where a resource serves
    "area_kind": "unknown kind of service area {value!r}; near: {near}",
    "area_keys": "a service area {area!r} has the keys {expected}, not {found}",
    "area_value": "a service area {area!r} cannot have {key}={value!r}",
    "area_depth": "a service area is nested deeper than {most}",
    "area_polygon": "not the WKB of a polygon or multipolygon: starts with {start}",
    # when it takes place
    "recurrence_empty": "a recurrence code is empty",
    "recurrence_week_missing": "{text!r}: no week number before {part!r}",
    "recurrence_week": "{text!r}: week {part!r} is not one of 0-7",
    "recurrence_weekday": "{text!r}: unknown weekday {part!r}",
    "recurrence_weekday_missing": "{text!r}: no weekday after {part!r}",
    "recurrence_duplicate": "{text!r}: {part!r} is named twice",
    "recurrence_mixed": "{text!r}: every week (0) and every other week (7) stand alone: {part!r}",
    "schedule_times": "ends at {ends_at}, which is not after its start at {starts_at}",
    "schedule_dates": "ends on {ends_on}, before it starts on {starts_on}",
    "anchor_missing": "{code!r} is every other week and needs a date on which it takes place",
    "anchor_weekday": "the anchor {anchor_on} is not on a weekday of {code!r}",
    "schedule_value": "not a schedule: {why}",
    "closed_day": "{value!r} is neither a date nor a day of the year as MM-DD",
    "closed_mixed": "a closed period mixes a date with a day of the year: {first}, {last}",
    "closed_order": "a closed period ends on {last}, before its start on {first}",
    # the life of an opening
    "transition_unknown": "an opening does not go from {from_status} to {to_status}",
    "transition_role": "{role} may not take an opening from {from_status} to {to_status}",
    "transition_reason": "going from {from_status} to {to_status} needs a reason",
    "transition_no_free_place": "all {capacity} places are taken",
    "transition_past": "the opening's last day {ends_on} is before {today}",
    "opening_incomplete": "before it is shown, the opening needs: {missing}",
}
"""Every code of this package with its English template; the Japanese ones have the same keys."""


class CatalogError(Exception):
    """Something in the catalogue cannot be as it was given.

    Parameters
    ----------
    code
        Key of the message, one of `ENGLISH`.
    **params
        Values that the message names.
    """

    def __init__(self, code: str, /, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = params

    def __str__(self) -> str:
        return ENGLISH[self.code].format(**self.params)
