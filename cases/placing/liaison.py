"""Who keeps the contact with a host that another office has found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from catalog.opening import Opening
from catalog.organisation import Organisation


@dataclass(frozen=True, slots=True)
class LiaisonTask:
    """What an office is to tell a host that it has found: of whom, nobody learns.

    Attributes
    ----------
    asked_by
        The account whose enquiry it is; the answer goes there.
    """

    code: str
    opening_id: str
    host_id: str
    text: str
    sent_on: date | None
    answer_by_on: date | None
    asked_by: str


def liaison_of(opening: Opening, host: Organisation | None) -> str:
    """Return the office that keeps the contact for an opening: its own, or the host's.

    Empty where nobody is named; the name is that of an office of the staff or an agency.
    """
    kept = (opening.liaison, opening.found_by)
    return next(filter(None, kept), "") or (host.liaison or host.found_by if host else "")
