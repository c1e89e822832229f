"""What taking a place would do to others: drawn row by row, and in one sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from api.pages.matching.data import RunData, load_run
from api.pages.matching.page import address_of
from api.wiring import Wiring
from cases.actions.matching import Stores
from cases.errors import NotFound
from cases.matching.displacement import Crowding, Shift, crowding_at, crowding_words, may_be_told
from cases.permissions import Action, PeopleScope, Relation, may
from cases.words.wording import fit_word
from catalog.actor import Actor
from exchange.frozen_runs import thaw
from matcher.errors import MatcherError

NOWHERE: Final = "案が なくなります"
UNKNOWN: Final = "場所の記録がありません"


@dataclass(frozen=True, slots=True)
class Leg:
    """One row of the drawing: who goes where, and how that fits.

    Attributes
    ----------
    place, what
        The place and the opening; the place alone where somebody is left without one.
    fit, was
        Words of the fit there, and of where the person is now; empty without a place.
    """

    name: str
    place: str
    what: str
    fit: str
    was: str = ""
    is_asked: bool = False
    is_lost: bool = False


@dataclass(frozen=True, slots=True)
class Taking:
    """What it does to others if a person takes an opening, by one run.

    Attributes
    ----------
    legs
        The person first, then whoever would move, one after the other; the person alone where
        the reader may not know of all of them.
    run
        Its number and moment in words.
    """

    sentence: str
    legs: tuple[Leg, ...]
    run: str
    run_href: str
    is_latest: bool


@dataclass(frozen=True, slots=True)
class Takings:
    """The same for every opening that a person could take in one run; None where there is none."""

    data: RunData | None
    participant_id: str

    def at(self, opening_id: str) -> Taking | None:
        """Return what taking an opening does, None where that is not known."""
        if self.data is None:
            return None
        problem, assignment = thaw(self.data.run.problem, self.data.run.result)
        pair = self.participant_id, opening_id
        try:
            found = crowding_at(problem, assignment, self.data.policy, *pair)
        except (NotFound, MatcherError):
            return None
        return _taking(self.data, self.participant_id, found)

    def words(self, opening_id: str) -> str:
        """Return the sentence about an opening, nothing where the run did not know the pair."""
        found = self.at(opening_id)
        return found.sentence if found else ""


NO_TAKINGS: Final = Takings(None, "")


def takings_of_latest(wiring: Wiring, stores: Stores, actor: Actor, participant_id: str) -> Takings:
    """Return what the latest run says of a person's possible places; nothing without a run."""
    if not may(actor, Action.SEE_RUNS, frozenset(Relation)):
        return NO_TAKINGS
    run = stores.runs.latest_run(PeopleScope(actor))
    if run is None:
        return NO_TAKINGS
    return takings_of(load_run(wiring, stores, actor, run.id), participant_id)


def takings_of(data: RunData, participant_id: str) -> Takings:
    """Return what a run says of a person's possible places."""
    return Takings(data, participant_id)


def _taking(data: RunData, participant_id: str, crowding: Crowding) -> Taking:
    names = {id_: person.name for id_, person in data.people.items()}
    place, what = _place(data, crowding.opening_id)
    asked = Leg(
        name=names.get(participant_id, ""),
        place=place,
        what=what,
        fit=fit_word(crowding.fit) if crowding.fit else "",
        is_asked=True,
    )
    told = (
        crowding.shifts
        if crowding.shifts and may_be_told(crowding, {*names, *data.openings})
        else ()
    )
    return Taking(
        sentence=crowding_words(crowding, names, data.openings, data.considered),
        legs=(asked, *(_leg(data, names, shift) for shift in told)),
        run=f"R-{data.run.number}",
        run_href=address_of(data.run),
        is_latest=data.is_latest,
    )


def _leg(data: RunData, names: Mapping[str, str], shift: Shift) -> Leg:
    place, what = _place(data, shift.to_opening) if shift.to_opening else (NOWHERE, "")
    return Leg(
        name=names[shift.participant_id],
        place=place,
        what=what,
        fit=fit_word(shift.after) if shift.after else "",
        was=fit_word(shift.before) if shift.before else "",
        is_lost=shift.to_opening is None,
    )


def _place(data: RunData, opening_id: str) -> tuple[str, str]:
    opening = data.openings.get(opening_id)
    if opening is None:
        return UNKNOWN, ""
    resource = data.resource_of(opening)
    return (resource.name, opening.name) if resource else (opening.name, "")
