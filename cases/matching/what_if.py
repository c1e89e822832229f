"""What would be if one thing were otherwise: a day more, a way, a longer way, one more place.

Nothing is kept and nobody is asked: the rules and the fit are asked again for one person as they
would then be, and everyone is matched again with that one row changed. Whoever need not move
stays where they are.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from cases.matching.encoding import encode_openings, encode_people
from cases.matching.inputs import MatchInputs, travel_of
from cases.matching.problem_of import build_problem
from cases.matching.weighing import Weighed, weigh
from cases.need import Need
from cases.receiving import Receiving
from catalog.schedule import Band
from geo.speeds import TravelMode
from matcher.again import Again, best_again
from matcher.change import Change, Kind
from matcher.eligibility import Eligibility
from matcher.errors import NotSupported
from matcher.explanation import Word, word_of
from matcher.problem import UNITS_PER_POINT, Problem
from matcher.relaxation import relax
from matcher.rules import HostLimit

PICKUP: Final = "pickup_by_supporter"
"""The code of `transport` for who is fetched by somebody who is not the host."""
LONGER_MINUTES: Final = (10, 20, 30)
MOST_SECONDS: Final = 5.0
"""For matching everyone again, before it is left out."""
_TRIED: Final = frozenset({Kind.SLOT, Kind.LONGER_WAY, Kind.PICKUP, Kind.PLACE})


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What is supposed of one person, and of one opening.

    Attributes
    ----------
    slots
        Further half days on which the person can go: weekday (Monday 0) and band.
    modes
        Further ways of travelling, values of `geo.speeds.TravelMode`.
    is_fetched
        Somebody fetches the person, wherever it is.
    longer_minutes
        By how much longer a way may be.
    one_more_at
        The opening that takes one person more.
    """

    slots: frozenset[tuple[int, Band]] = frozenset()
    modes: tuple[str, ...] = ()
    is_fetched: bool = False
    longer_minutes: int = 0
    one_more_at: str = ""

    @property
    def is_nothing(self) -> bool:
        """Whether nothing is supposed at all."""
        return self == WhatIf()


@dataclass(frozen=True, slots=True)
class Moved:
    """Someone has another place than before, or none; None where there is no place."""

    participant_id: str
    from_opening: str | None
    to_opening: str | None
    before: Word | None
    after: Word | None


@dataclass(frozen=True, slots=True)
class ForEveryone:
    """What it would do when everyone is matched again.

    Attributes
    ----------
    moved
        Everyone whose place is another one, the person included, by id.
    gains
        By how much the place of each fits better then, in 1e-6; who is not named gains nothing.
    is_all
        Whether it is about everyone who is matched; otherwise about those whom a reader may know.
    """

    moved: tuple[Moved, ...]
    gains: Mapping[str, int]
    is_all: bool = True

    @property
    def more_placed(self) -> int:
        """How many more have a place, after minus before."""
        return sum(bool(each.to_opening) - bool(each.from_opening) for each in self.moved)

    @property
    def fit(self) -> int:
        """1 if the places then fit better altogether, -1 worse, 0 alike."""
        total = sum(self.gains.values())
        return (total > 0) - (total < 0)


def as_seen(found: ForEveryone, matched: Iterable[str], known: Container[str]) -> ForEveryone:
    """Return what a reader may be told: every name and number is of those whom they may open.

    Whether there are others is said by the same words whether or not anything changes for them.

    Parameters
    ----------
    matched
        Ids of everyone who is matched, and of all openings.
    known
        Ids of the people whom the reader may open, and of the openings that exist for them: who
        comes from or goes to another moves unseen.
    """
    unseen = {
        each.participant_id
        for each in found.moved
        if each.participant_id not in known
        or any(id_ and id_ not in known for id_ in (each.from_opening, each.to_opening))
    }
    return ForEveryone(
        moved=tuple(each for each in found.moved if each.participant_id not in unseen),
        gains={
            id_: gain for id_, gain in found.gains.items() if id_ in known and id_ not in unseen
        },
        is_all=all(id_ in known for id_ in matched),
    )


def supposed_need(need: Need, what_if: WhatIf) -> Need:
    """Return a need as it would be."""
    return replace(
        need,
        available=need.available | what_if.slots,
        modes=tuple(dict.fromkeys((*need.modes, *what_if.modes))),
        travel_limit_minutes=need.travel_limit_minutes + what_if.longer_minutes,
    )


def suppose(weighed: Weighed, what_if: WhatIf) -> Weighed:
    """Ask and weigh again for one person alone.

    Parameters
    ----------
    weighed
        Of this person only.
    """
    inputs = weighed.inputs
    needs = [supposed_need(need, what_if) for need in inputs.needs]
    receiving = [_supposed_opening(each, what_if) for each in inputs.receiving]
    travel = inputs.travel
    if what_if.modes:
        travel = travel_of(
            inputs.participants,
            needs,
            receiving,
            inputs.people_at,
            inputs.places_at,
            inputs.city,
            inputs.on,
        )
    remote = inputs.online | inputs.at_home
    people = list(zip(inputs.participants, needs, strict=True))
    vocabulary, on = inputs.city.vocabulary, inputs.on
    supposed = replace(
        inputs,
        needs=tuple(needs),
        receiving=tuple(receiving),
        travel=travel,
        profiles=encode_people(people, vocabulary, on),
        offers=encode_openings(receiving, inputs.takes_part, vocabulary, on),
        pairs=replace(
            inputs.pairs, travel_minutes=np.where(remote, np.float32(0), travel.known_minutes)
        ),
    )
    return weigh(supposed, weighed.considered.policy)


def _supposed_opening(receiving: Receiving, what_if: WhatIf) -> Receiving:
    opening = receiving.opening
    if what_if.is_fetched:
        opening = replace(opening, transport=(*opening.transport, PICKUP))
    if what_if.one_more_at == opening.id:
        opening = replace(opening, capacity=opening.capacity + 1)
    return replace(receiving, opening=opening)


def suppose_for_everyone(everyone: Weighed, person: Weighed, what_if: WhatIf) -> ForEveryone | None:
    """Match everyone again, and say what is different.

    Parameters
    ----------
    everyone
        All who wait and may be matched, as things stand.
    person
        What `suppose` returned for one of them.

    Returns
    -------
    ForEveryone | None
        None where the person is not among those who are matched now, or no answer was found.
    """
    (id_,) = person.considered.profiles.ids
    if id_ not in everyone.considered.profiles.ids:
        return None
    before = build_problem(everyone)
    after = build_problem(_with_row(everyone, person, what_if))
    now = _solved(before)
    then = _solved(_staying(after, before, now)) if now else None
    return _difference(everyone, before, after, now, then) if now and then else None


def _solved(problem: Problem) -> Again | None:
    """Return who goes where; None where rules contradict each other, or it takes too long."""
    try:
        return best_again(problem, MOST_SECONDS)
    except NotSupported:
        return None


def _with_row(everyone: Weighed, person: Weighed, what_if: WhatIf) -> Weighed:
    """Return everyone with one row as supposed, and with the further place."""
    inputs, considered = everyone.inputs, everyone.considered
    free = considered.offers.free + np.array(
        [id_ == what_if.one_more_at for id_ in considered.offers.ids], np.int32
    )
    offers = replace(considered.offers, free=free)
    asked = weigh(replace(inputs, offers=offers), considered.policy).considered
    row = everyone.row(person.considered.profiles.ids[0])
    place_of = {id_: j for j, id_ in enumerate(person.considered.offers.ids)}
    # An opening that does not exist for the reader stays as it is for the person.
    seen = [j for j, id_ in enumerate(offers.ids) if id_ in place_of]
    column = [place_of[offers.ids[j]] for j in seen]
    failed, total = asked.eligibility.failed.copy(), asked.scores.total.copy()
    parts = asked.scores.parts.copy()
    failed[row, seen] = person.considered.eligibility.failed[0, column]
    total[row, seen] = person.considered.scores.total[0, column]
    parts[row, seen] = person.considered.scores.parts[0, column]
    changed = replace(
        asked,
        eligibility=Eligibility(failed),
        scores=replace(asked.scores, total=total, parts=parts),
    )
    return Weighed(inputs, changed)


def _staying(after: Problem, before: Problem, now: Again) -> Problem:
    """Have whoever need not move stay, of all that is equally good.

    Newcomers of a host are told by `previous`; where they are limited it keeps its own meaning.
    """
    if any(isinstance(rule, HostLimit) and rule.of == "newcomers" for rule in after.rules):
        return after
    places = (before.opening_ids[j] if j >= 0 else "" for j in now.opening_of.tolist())
    objectives = tuple(name for name in after.objectives if name != "stay")
    return replace(
        after, previous=tuple(places), objectives=(*objectives, "stay"), moves_limit=None
    )


def _difference(
    everyone: Weighed, before: Problem, after: Problem, now: Again, then: Again
) -> ForEveryone:
    policy = everyone.considered.policy
    scores = [
        dict(
            zip(
                zip(each.pair_participant.tolist(), each.pair_opening.tolist(), strict=True),
                each.pair_score.tolist(),
                strict=True,
            )
        )
        for each in (before, after)
    ]

    def word(table: dict[tuple[int, int], int], i: int, j: int) -> Word | None:
        return word_of(table[i, j] / UNITS_PER_POINT, policy) if j >= 0 else None

    moved: list[Moved] = []
    gains: dict[str, int] = {}
    places = zip(now.opening_of.tolist(), then.opening_of.tolist(), strict=True)
    for i, (j, k) in enumerate(places):
        id_ = before.participant_ids[i]
        gain = (scores[1][i, k] if k >= 0 else 0) - (scores[0][i, j] if j >= 0 else 0)
        if gain:
            gains[id_] = gain
        if j != k:
            moved.append(
                Moved(
                    id_,
                    before.opening_ids[j] if j >= 0 else None,
                    before.opening_ids[k] if k >= 0 else None,
                    word(scores[0], i, j),
                    word(scores[1], i, k),
                )
            )
    return ForEveryone(tuple(moved), gains)


# ------------------------------------------------------------------ what to try
def trial_of(changes: Sequence[Change], opening_id: str) -> WhatIf | None:
    """Return changes of a pair as something to try; None where one of them cannot be tried."""
    if not changes or not {change.kind for change in changes} <= _TRIED:
        return None
    by_kind = {change.kind: change for change in changes}
    slot, longer = by_kind.get(Kind.SLOT), by_kind.get(Kind.LONGER_WAY)
    bits = slot.bits if slot else 0
    return WhatIf(
        slots=frozenset(
            (at // len(Band), Band(at % len(Band)))
            for at in range(bits.bit_length())
            if bits >> at & 1
        ),
        is_fetched=Kind.PICKUP in by_kind,
        longer_minutes=longer.size if longer else 0,
        one_more_at=opening_id if Kind.PLACE in by_kind else "",
    )


def trial_for(weighed: Weighed, participant_id: str, opening_id: str) -> WhatIf | None:
    """Return the lightest change of a refused pair as something to try, if it can be tried."""
    i, j = weighed.row(participant_id), weighed.column(opening_id)
    found = relax(weighed.considered, i, j, weighed.inputs.latitude)
    return None if found.never else trial_of(found.changes, opening_id)


def single_trials(inputs: MatchInputs) -> Iterable[WhatIf]:
    """Return every single thing of the first person that can be tried, what is nearest first."""
    need = inputs.needs[0]
    for weekday in range(7):
        for band in Band:
            if (weekday, band) not in need.available:
                yield WhatIf(slots=frozenset({(weekday, band)}))
    yield WhatIf(is_fetched=True)
    for mode in further_modes(need):
        yield WhatIf(modes=(mode,))
    for minutes in LONGER_MINUTES:
        yield WhatIf(longer_minutes=minutes)


def further_modes(need: Need) -> tuple[str, ...]:
    """Return the ways of travelling that a person does not use; being fetched is no such way."""
    return tuple(
        mode.value
        for mode in TravelMode
        if mode is not TravelMode.PICKUP and mode.value not in need.modes
    )


@dataclass(frozen=True, slots=True)
class Trial:
    """One thing to try for a person, and how many openings would then fit besides."""

    what_if: WhatIf
    more: int


def best_trials(weighed: Weighed, most: int) -> list[Trial]:
    """Return the single things that would open most, the most first; none that opens nothing.

    A longer way is named only where it opens more than a shorter one.
    """
    fitting = int(weighed.considered.eligibility.candidates().sum())
    found, longer = [], 0
    for what_if in single_trials(weighed.inputs):
        supposed = suppose(weighed, what_if).considered
        more = int(supposed.eligibility.candidates().sum()) - fitting
        if what_if.longer_minutes:
            if more <= longer:
                continue
            longer = more
        if more > 0:
            found.append(Trial(what_if, more))
    return sorted(found, key=lambda each: -each.more)[:most]
