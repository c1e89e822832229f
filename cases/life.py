"""The life of a noun as a table: what it does not list does not happen.

Each noun of casework that has a life (a referral, a meeting, a plan, an enquiry, a placement …)
has one table of this kind. The diagrams in `docs/states.md` are written from them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from cases.errors import CaseError, TransitionNotAllowed
from cases.life_words import noun_word, required_word, state_word, step_word, way_on_words

_State = TypeVar("_State", bound=StrEnum)
_Verb = TypeVar("_Verb", bound=StrEnum)


class Required(StrEnum):
    """What must be at hand before a step is taken."""

    CONSENT = "consent"
    REASON = "reason"
    DAY = "day"
    PLACE = "place"
    DECISION = "decision"
    """Of a meeting."""
    SIGNATURE = "signature"
    ANSWER = "answer"
    INSURANCE = "insurance"
    AGREEMENT = "agreement"
    """確認書 with the host."""
    WATCHER = "watcher"
    """The office that keeps watch afterwards."""


@dataclass(frozen=True, slots=True)
class Row(Generic[_State]):
    """Where a step leads, and what it asks for."""

    to: _State
    requires: frozenset[Required] = frozenset()


@dataclass(frozen=True, slots=True)
class Life(Generic[_State, _Verb]):
    """All steps of a noun.

    Attributes
    ----------
    noun
        What it is called in messages: the key of its words in `cases/data/life.toml`.
    begins
        The states in which it may begin.
    """

    noun: str
    begins: frozenset[_State]
    rows: Mapping[tuple[_State, _Verb], Row[_State]]

    def verbs(self, state: _State) -> tuple[_Verb, ...]:
        """Return the steps that are possible from a state, in the order of the table."""
        return tuple(verb for origin, verb in self.rows if origin is state)

    def take(self, state: _State, verb: _Verb, given: Collection[Required] = ()) -> _State:
        """Return the state to which a step leads.

        Raises
        ------
        TransitionNotAllowed
            ``step_not_allowed`` where the table has no such step.
        CaseError
            ``step_incomplete`` with the first thing that is missing.
        """
        row = self.rows.get((state, verb))
        said = {"noun": noun_word(self.noun), "step": step_word(self.noun, verb)}
        if row is None:
            raise TransitionNotAllowed(
                "step_not_allowed",
                status=state_word(self.noun, state),
                way_on=way_on_words(self.noun, self.verbs(state)),
                **said,
            )
        missing = [each for each in Required if each in row.requires and each not in given]
        if missing:
            raise CaseError("step_incomplete", missing=required_word(missing[0]), **said)
        return row.to
