"""Resources: a place, a group or a role that one can join."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from catalog.checks import VISIBILITIES, check_at_least, check_filled, check_one_of, check_point
from catalog.service_area import ServiceArea, WholeCity

LOCATION_ACCURACIES = ("point", "block", "town", "city")
"""How well the point is known; from "town" on it is too coarse to measure a way from."""


@dataclass(frozen=True, slots=True)
class Resource:
    """A salon, a field, a workshop, a library …: what is there, where, and whom it serves.

    `kind`, `accessibility` and `operation_form` are codes of the vocabulary. `days` and `hours`
    are as the source wrote them; what can be computed with is the openings' `Schedule`.
    `external_id` is the id in `source`, by which a later import finds the resource again.
    """

    id: str
    name: str
    name_kana: str
    kind: str
    organisation_id: str | None = None
    description: str = ""
    town_id: str | None = None
    address: str = ""
    address_note: str = ""
    lat: float | None = None
    lon: float | None = None
    location_accuracy: str = "point"
    phone: str = ""
    service_area: ServiceArea = field(default_factory=WholeCity)
    accessibility: frozenset[str] = frozenset()
    days: str = ""
    hours: str = ""
    cost_yen: int | None = None
    capacity: int | None = None
    operation_form: str = ""
    section: str = ""
    visibility: str = "public"
    url: str = ""
    note: str = ""
    source: str = ""
    external_id: str = ""
    last_confirmed_on: date | None = None
    last_confirmed_by: str = ""
    last_confirmed_how: str = ""

    def __post_init__(self) -> None:
        check_filled("resource", id=self.id, name=self.name)
        check_point("resource", self.lat, self.lon)
        check_at_least("resource", 0, cost_yen=self.cost_yen, capacity=self.capacity)
        check_one_of("resource", LOCATION_ACCURACIES, location_accuracy=self.location_accuracy)
        check_one_of("resource", VISIBILITIES, visibility=self.visibility)
