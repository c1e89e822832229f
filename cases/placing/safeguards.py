"""Insurance, 確認書 and labour law by kind of opening (`cases/data/safeguards.toml`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Final

from cases.life import Required
from cases.own_data import own_data
from catalog.opening import Opening, Stage

EMPLOYED: Final = "work_training_employed"
_WORK: Final = ("work_experience", "work_training_unemployed", "volunteering", "social_experience")


@dataclass(frozen=True, slots=True)
class Safeguard:
    """What one kind of opening needs.

    Attributes
    ----------
    insured_from, agreed_from
        The first step that needs an insurance, a 確認書; None where none does.
    insurance
        Codes of the list `insurance` that fit.
    """

    insurance: tuple[str, ...]
    words: str
    insured_from: Stage | None = None
    agreed_from: Stage | None = None

    def missing(self, stage: Stage, insurance: str, agreement_on: date | None) -> set[Required]:
        """Return what is not at hand yet for a step."""
        needs_insurance = self.insured_from is not None and stage >= self.insured_from
        needs_agreement = self.agreed_from is not None and stage >= self.agreed_from
        lacks = {
            Required.INSURANCE: needs_insurance and insurance not in self.insurance,
            Required.AGREEMENT: needs_agreement and agreement_on is None,
        }
        return {each for each, lacking in lacks.items() if lacking}


@dataclass(frozen=True, slots=True)
class Ending:
    """What becomes of the person (waiting, paused) and of the proposal after an end."""

    person: str
    sets_aside: str


@dataclass(frozen=True, slots=True)
class Safeguards:
    """The dated rules."""

    version: str
    source: str
    forms: Mapping[str, Safeguard]
    labour: Mapping[str, str]
    ends: Mapping[str, Ending]

    def of(self, opening: Opening) -> Safeguard:
        """Return what an opening needs; where its host asks for a 確認書, from the trial on."""
        found = self.forms.get(opening.form, self.forms["otherwise"])
        if opening.agreement_required and found.agreed_from is None:
            return Safeguard(found.insurance, found.words, found.insured_from, Stage.TRIAL)
        return found

    def ending(self, reason: str) -> Ending:
        """Return what follows from an end; a city's own reasons share one."""
        return self.ends.get(reason, self.ends["otherwise"])

    def warnings(self, opening: Opening) -> tuple[str, ...]:
        """Return where labour law may apply: work without a contract that looks like one."""
        if opening.form == EMPLOYED:
            return (self.labour["employed"],)
        if opening.form not in _WORK:
            return ()
        found = {
            "stipend": opening.stipend_yen > 0,
            "quota": opening.quota,
            "fixed": not opening.leave_early_ok,
        }
        return tuple(self.labour[each] for each, holds in found.items() if holds)


@cache
def own_safeguards() -> Safeguards:
    """Return the rules that come with the product."""
    data = own_data("safeguards")
    return Safeguards(
        version=data["version"],
        source=data["source"],
        forms={
            form: Safeguard(
                tuple(each["insurance"]),
                each["words"],
                _stage(each.get("insured_from")),
                _stage(each.get("agreed_from")),
            )
            for form, each in data["forms"].items()
        },
        labour=data["labour"],
        ends={reason: Ending(**each) for reason, each in data["ends"].items()},
    )


def _stage(name: str | None) -> Stage | None:
    return Stage[name.upper()] if name else None
