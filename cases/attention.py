"""What is easily overlooked: consent that ends or is missing, and people who have waited long."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from cases.consent import Consent, WhyNot
from cases.matching.run_groups import missing_words
from cases.next_step import Standing
from cases.participant import Participant, ParticipantStatus
from cases.run import MatchRun
from cases.words.dates import day_words
from cases.words.wording import own_wording

CONSENT_ENDS_WITHIN_DAYS: Final = 30
MOST_WAITING: Final = 3
_MISSING: Final = (WhyNot.NONE_YET, WhyNot.VERBAL_ONLY, WhyNot.HOSTS_NOT_INCLUDED)


class Care(StrEnum):
    """What to keep in mind about someone, the most urgent first."""

    CONSENT_ENDED = "consent_ended"
    CONSENT_ENDS = "consent_ends"
    CONSENT_MISSING = "consent_missing"
    WAITS_LONG = "waits_long"


@dataclass(frozen=True, slots=True)
class Attention:
    """One thing to keep in mind about one person.

    Attributes
    ----------
    days
        Until the consent ends, or since the person came; 0 where neither is meant.
    until_on
        Last day of the consent that ends.
    why
        Why there is no consent.
    missing
        What the last run missed for the person, in words.
    """

    care: Care
    participant: Participant
    days: int = 0
    until_on: date | None = None
    why: WhyNot | None = None
    missing: str = ""


def find_attentions(
    standings: Sequence[Standing], run: MatchRun | None, on: date
) -> list[Attention]:
    """Return what to keep in mind on a day, the most urgent first.

    Nothing is said of those who refused or withdrew: they have decided. Of those for whom the
    last run found nothing, the three who have waited longest.

    Parameters
    ----------
    run
        The last run as the reader may see it, None before the first.
    """
    waiting = [each for each in standings if each.participant.status is ParticipantStatus.WAITING]
    ended = [
        Attention(Care.CONSENT_ENDED, each.participant, why=WhyNot.EXPIRED)
        for each in waiting
        if each.consent is WhyNot.EXPIRED
    ]
    missing = [
        Attention(Care.CONSENT_MISSING, each.participant, _days(each, on), why=each.consent)
        for each in waiting
        if isinstance(each.consent, WhyNot) and each.consent in _MISSING
    ]
    return [*ended, *_ending(waiting, on), *missing, *_long(waiting, run, on)]


def _ending(waiting: Iterable[Standing], on: date) -> list[Attention]:
    found = [
        Attention(Care.CONSENT_ENDS, each.participant, (until - on).days, until_on=until)
        for each in waiting
        if isinstance(each.consent, Consent)
        and (until := each.consent.until_on) is not None
        and (until - on).days <= CONSENT_ENDS_WITHIN_DAYS
    ]
    return sorted(found, key=lambda each: each.days)


def _long(waiting: Iterable[Standing], run: MatchRun | None, on: date) -> list[Attention]:
    missing = {e.participant_id: missing_words(e) for e in run.unplaced} if run else {}
    found = [
        Attention(Care.WAITS_LONG, each.participant, _days(each, on), missing=missing[id_])
        for each in waiting
        if (id_ := each.participant.id) in missing and not each.why_not
    ]
    return sorted(found, key=lambda each: -each.days)[:MOST_WAITING]


def _days(standing: Standing, on: date) -> int:
    return (on - standing.participant.since_on).days


def attention_words(attention: Attention) -> str:
    """Return what there is to know: 同意が口頭だけのため、つなぎ先を探せません。."""
    code = f"consent_{attention.why}" if attention.why else str(attention.care)
    until = day_words(attention.until_on) if attention.until_on else ""
    return own_wording().say("attention", code, until=until, missing=attention.missing)
