"""Organisations: offices, councils, associations, and the hosts who receive people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from catalog.checks import VISIBILITIES, check_at_least, check_filled, check_one_of, check_point


@dataclass(frozen=True, slots=True)
class Organisation:
    """A body one can call; with `is_host` it receives people at its openings.

    `kind`, `operation_form` and `liaison_form` are codes of the vocabulary lists
    `organisation_kind` and `operation_form`. `found_by` and `liaison` (who found it, who keeps
    the contact) are known to the case side only. `most_at_once` is how many people a host can
    have at all its openings together, `newcomers_a_month` how many may begin there in a month;
    None is no limit of its own.
    """

    id: str
    name: str
    name_kana: str
    kind: str
    town_id: str | None = None
    address: str = ""
    lat: float | None = None
    lon: float | None = None
    contact_name: str = ""
    phone: str = ""
    fax: str = ""
    email: str = ""
    contact_hours: str = ""
    corporate_number: str = ""
    operation_form: str = ""
    is_host: bool = True
    note: str = ""
    found_by: str = ""
    liaison: str = ""
    liaison_form: str = ""
    visibility: str = "agencies"
    last_confirmed_on: date | None = None
    last_confirmed_by: str = ""
    last_confirmed_how: str = ""
    most_at_once: int | None = None
    newcomers_a_month: int | None = None

    def __post_init__(self) -> None:
        check_filled("organisation", id=self.id, name=self.name)
        check_point("organisation", self.lat, self.lon)
        check_one_of("organisation", VISIBILITIES, visibility=self.visibility)
        check_at_least("organisation", 1, most_at_once=self.most_at_once)
        check_at_least("organisation", 0, newcomers_a_month=self.newcomers_a_month)
