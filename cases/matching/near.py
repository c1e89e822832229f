"""Places within reach of a person: what would have to change, in words, and what never changes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cases.matching.inputs import MatchInputs
from cases.matching.latitude import laws_of
from cases.matching.overriding import with_overrides
from cases.run import Near
from cases.words.changes import Audience, change_words, side_words, then_words
from cases.words.facts import PairFacts
from cases.words.refusals import UNRESOLVED
from cases.words.wording import own_wording
from matcher.change import Change, changed
from matcher.consideration import Consideration, consider
from matcher.eligibility import Reason
from matcher.explanation import word_of
from matcher.relaxation import changes_of, near_misses, relax
from matcher.scoring import score

MOST_NEAR: Final = 3
_MOST_CHANGES: Final = (1, 2)
"""One change is a question that can be asked; where none is enough, two are better than nothing."""


@dataclass(frozen=True, slots=True)
class WayOut:
    """What one side alone could do about one rule, in words."""

    rule: str
    side: str
    words: str


@dataclass(frozen=True, slots=True)
class Reach:
    """What would make a refused pair possible.

    Attributes
    ----------
    change
        The lightest changes as a condition: 木曜の午後も 出かけられるなら; empty if there are none.
    sentence
        What would then be: 「…なら、よく合います。」; or why nothing may change.
    ways
        For each rule that can give way, what each side alone could do.
    """

    change: str
    sentence: str
    ways: tuple[WayOut, ...]


def reach_of(
    inputs: MatchInputs,
    considered: Consideration,
    i: int,
    j: int,
    audience: Audience = Audience.COORDINATOR,
) -> Reach:
    """Return what would make a refused pair possible, as the audience may know it.

    The rules and the fit are asked again for the pair as it would be after the changes.
    """
    facts, vocabulary = inputs.facts(i, j), inputs.city.vocabulary
    found = relax(considered, i, j, inputs.latitude)

    def words(changes: Iterable[Change]) -> str:
        return change_words(changes, facts, vocabulary, audience)

    if audience is Audience.HOST:
        condition = "" if found.never else words(found.changes)
        return Reach(condition, condition and _host_sentence(condition), ())
    ways = tuple(
        WayOut(way.rule.name.lower(), side_words(way.side), words(way.changes))
        for way in found.ways
        if facts.place_known
    )
    if found.never:
        return Reach("", never_words(found.never, facts), ways)
    after = changed(considered, i, j, found.changes, inputs.latitude)
    fit = float(score(*after, considered.policy).total[0, 0])
    condition = words(found.changes)
    return Reach(condition, then_words(condition, word_of(fit, considered.policy)), ways)


def _host_sentence(condition: str) -> str:
    return own_wording().say("then", "host", condition=condition)


def never_words(never: Sequence[Reason], facts: PairFacts) -> str:
    """Return why nothing may change, by the first rule that must stay."""
    say = own_wording().say
    if not facts.place_known:
        return say("if_never", UNRESOLVED)
    rule, laws = never[0], laws_of(facts.receiving)
    if rule is Reason.AVOIDED and facts.set_aside:
        return say("if_never", "set_aside")
    if rule in (Reason.AVOIDED, Reason.AVOIDED_ACTIVITY):
        return say("if_never", rule.name.lower())
    return (
        say("if_never", "by_law", law=laws[rule]) if rule in laws else say("if_never", "otherwise")
    )


def change_of(inputs: MatchInputs, considered: Consideration, i: int, j: int, kinds: int) -> str:
    """Return the lightest changes of a pair, whose kinds are known, as the coordinator reads them.

    Parameters
    ----------
    kinds
        From `matcher.relaxation`; 0 where nothing makes the pair possible.
    """
    changes = changes_of(considered, i, j, kinds, inputs.latitude)
    return change_words(changes, inputs.facts(i, j), inputs.city.vocabulary)


def near_of(inputs: MatchInputs, considered: Consideration, i: int) -> tuple[Near, ...]:
    """Return the nearest openings that refuse a person, the lightest change first.

    At most three, of one change each; where no opening is so near, of two.
    """
    return _told(inputs, considered, i, i)


def near_after(
    inputs: MatchInputs, considered: Consideration, opening_of: NDArray[np.integer]
) -> dict[int, tuple[Near, ...]]:
    """Return the nearest openings of everyone without a place, as things stand after a run.

    The places that the run gave away are taken, so one more place is a change like any other.

    Parameters
    ----------
    opening_of
        Opening of each person, -1 for none, [n].
    """
    rows = np.flatnonzero(opening_of < 0)
    if not rows.size:
        return {}
    taken = np.bincount(opening_of[opening_of >= 0], minlength=len(considered.offers))
    offers = replace(
        considered.offers, free=np.maximum(considered.offers.free - taken, 0).astype(np.int32)
    )
    people, pairs = considered.profiles.take(rows), considered.pairs.take(rows)
    asked = consider(people, offers, pairs, considered.policy)
    left = with_overrides(asked, inputs.arranged, inputs.receiving)
    return {int(row): _told(inputs, left, at, int(row)) for at, row in enumerate(rows)}


def _told(inputs: MatchInputs, considered: Consideration, at: int, row: int) -> tuple[Near, ...]:
    """Tell the nearest openings of the person who stands in `row` of the inputs."""
    for most in _MOST_CHANGES:
        found = near_misses(considered, at, MOST_NEAR, inputs.latitude, most)
        if len(found):
            break
    told = []
    for j, kinds in zip(found.places.tolist(), found.kinds.tolist(), strict=True):
        changes = changes_of(considered, at, j, kinds, inputs.latitude)
        words = change_words(changes, inputs.facts(row, j), inputs.city.vocabulary)
        told.append(Near(considered.offers.ids[j], words))
    return tuple(told)
