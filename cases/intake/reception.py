"""受付: something was heard, by whom and where; no name is needed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from cases.errors import CaseError


@dataclass(frozen=True, slots=True, kw_only=True)
class Reception:
    """One first word; a correction is a new version of it.

    Attributes
    ----------
    window
        Name of the 窓口 in the city's settings (福祉相談室, 福祉の窓口), or empty.
    channel
        How it came: a code of the list `channel`.
    connected_by
        Who connected it: a code of the list `connector` (a salon, 民生委員, the person …).
    connector_district
        The 圏域 of whoever connected it, by name; empty where there is none or nobody knows.
    office_id
        The office that received it.
    field
        A code of the list `field`.
    heard
        What was heard, and whom to ask; a name may stand there, so it is sealed.
    participant_id
        The person whom it became, or about whom it was; None as long as nobody is known.
    screening
        What came of it: a code of the list `screening`, empty until somebody has decided.
    """

    id: str
    received_on: date
    window: str = ""
    channel: str = ""
    connected_by: str = ""
    connector_district: str = ""
    office_id: str = ""
    field: str = ""
    heard: str = ""
    whom_to_ask: str = ""
    participant_id: str | None = None
    screening: str = ""
    screened_on: date | None = None
    received_by: str = ""
    recorded_at: datetime | None = None
    version: int = 1

    def __post_init__(self) -> None:
        if not self.office_id:
            raise CaseError("reception_without_office")
        if self.screened_on is not None and self.screened_on < self.received_on:
            raise CaseError(
                "screened_before_received", on=self.screened_on, received=self.received_on
            )
