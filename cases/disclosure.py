"""What was told to whom about a person, and on which legal basis: 提供の記録."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Final

from cases.consent import Consent, ConsentState
from cases.errors import CaseError
from cases.own_data import own_data


@dataclass(frozen=True, slots=True)
class LegalBasis:
    """One ground on which data may be told, with the article; it may rest on a consent."""

    code: str
    name: str
    law: str
    needs_consent: bool = False


@dataclass(frozen=True, slots=True)
class LegalBases:
    """A dated list of grounds."""

    version: str
    source: str
    bases: tuple[LegalBasis, ...]

    def basis(self, code: str) -> LegalBasis:
        """Return a ground.

        Raises
        ------
        CaseError
            ``basis_unknown``.
        """
        found = next((each for each in self.bases if each.code == code), None)
        if found is None:
            raise CaseError("basis_unknown", value=code)
        return found


@cache
def own_legal_bases() -> LegalBases:
    """Return the list that comes with the product (`cases/data/disclosure.toml`)."""
    data = own_data("disclosure")
    bases = tuple(LegalBasis(**each) for each in data.pop("bases"))
    return LegalBases(**data, bases=bases)


NAMED: Final = "："
"""Between an entry that a consent names (受け入れ先) and the name of which one was told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosure:
    """One time that somebody's data was told; a record is never changed.

    Attributes
    ----------
    recipient
        Who was told: an entry of `Consent.agencies`, such an entry with a name, or a name.
    categories
        Which kinds of data (`cases.consent_scope`).
    items
        What exactly, in words.
    basis
        Code of a `LegalBasis`.
    approved_by
        Who allowed it.
    """

    id: str
    participant_id: str
    on: date
    recipient: str
    categories: frozenset[str]
    basis: str
    reason: str
    approved_by: str
    items: str = ""
    recorded_by: str = ""
    recorded_at: datetime | None = None

    def __post_init__(self) -> None:
        own_legal_bases().basis(self.basis)
        told = (self.recipient, self.reason, self.approved_by)
        if not self.categories or not all(each.strip() for each in told):
            raise CaseError("disclosure_incomplete")

    @property
    def agency(self) -> str:
        """Who was told, as a consent can name them."""
        return self.recipient.partition(NAMED)[0]

    @property
    def name(self) -> str:
        """Which one of those was told, empty where that was not said."""
        return self.recipient.partition(NAMED)[2]


@dataclass(frozen=True, slots=True)
class Uncovered:
    """What a disclosure told that no consent covers; without kinds, nobody may tell this one."""

    recipient: str
    categories: frozenset[str]


def not_covered(disclosure: Disclosure, consents: Sequence[Consent]) -> Uncovered | None:
    """Return what the consents in force on the day of a disclosure do not cover, None for nothing.

    A refusal or a withdrawal ends everything that was said before it; a consent counts on its day.
    """
    said = sorted(
        (each for each in consents if each.on <= disclosure.on),
        key=lambda each: (each.on, each.recorded_at is not None, each.recorded_at),
    )
    allowed: set[str] = set()
    for consent in said:
        if consent.state in (ConsentState.REFUSED, ConsentState.WITHDRAWN):
            allowed = set()
        elif _covers(consent, disclosure):
            allowed |= consent.categories
    missing = disclosure.categories - allowed
    return Uncovered(disclosure.recipient, missing) if missing else None


def _covers(consent: Consent, disclosure: Disclosure) -> bool:
    return (
        consent.state in (ConsentState.WRITTEN, ConsentState.VERBAL)
        and not consent.agencies.isdisjoint({disclosure.recipient, disclosure.agency})
        and (consent.until_on is None or consent.until_on >= disclosure.on)
    )


def check_covered(disclosure: Disclosure, consents: Sequence[Consent]) -> None:
    """Raise where a disclosure rests on consent and none covers it.

    Raises
    ------
    CaseError
        ``disclosure_not_covered`` with the recipient and the kinds that are missing.
    """
    basis = own_legal_bases().basis(disclosure.basis)
    missing = not_covered(disclosure, consents) if basis.needs_consent else None
    if missing is not None:
        raise CaseError("disclosure_not_covered", categories="、".join(sorted(missing.categories)))
