"""One person and one opening: why they fit, why not, and what would change that, in words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cases.matching.near import Reach, change_of, near_of, reach_of
from cases.matching.weighing import Weighed
from cases.placing_rule import PlacingKind
from cases.run import Near
from cases.words.changes import Audience
from cases.words.facts import reason_short_words, reason_words
from cases.words.parts import PartRow, part_row
from cases.words.refusals import UNRESOLVED, refused_words
from cases.words.settled import settled_words
from matcher.eligibility import Reason
from matcher.explanation import PairExplanation, explain_pair
from matcher.relaxation import relax_pairs


@dataclass(frozen=True, slots=True)
class PairStory:
    """Why a person and an opening fit, or why not, in codes and in words.

    Attributes
    ----------
    reason, short
        The sentence of the match and its facts for a cell; empty where a rule refuses.
    rules
        Names of the rules that refuse, in the order of telling; empty for a candidate.
    refusal
        The sentence of the first of them.
    change
        What would make it possible, as a condition; empty for a candidate, or where nothing may.
    overridden
        Names of the rules that the office set aside for this pair.
    settled
        `lock` or `exclusion`, where the office has decided so about this pair.
    """

    participant_id: str
    opening_id: str
    explanation: PairExplanation
    reason: str = ""
    short: str = ""
    rules: tuple[str, ...] = ()
    refusal: str = ""
    change: str = ""
    overridden: tuple[str, ...] = ()
    settled: str = ""


def tell_pair(weighed: Weighed, participant_id: str, opening_id: str) -> PairStory:
    """Say why a person and an opening fit, or why not.

    Raises
    ------
    NotFound
        Where either took no part.
    """
    i, j = weighed.row(participant_id), weighed.column(opening_id)
    return tell_pairs(weighed, np.array([i]), np.array([j]))[0]


def tell_parts(weighed: Weighed, story: PairStory) -> tuple[PartRow, ...]:
    """Return the fit of a pair part by part, what added most first, in words."""
    i, j = weighed.row(story.participant_id), weighed.column(story.opening_id)
    facts, vocabulary = weighed.inputs.facts(i, j), weighed.inputs.city.vocabulary
    return tuple(part_row(part, facts, vocabulary) for part in story.explanation.parts)


def why_not(weighed: Weighed, participant_id: str, opening_id: str) -> str:
    """Return the sentence of the first rule that refuses a pair, nothing for a candidate."""
    return tell_pair(weighed, participant_id, opening_id).refusal


def tell_reach(
    weighed: Weighed,
    participant_id: str,
    opening_id: str,
    audience: Audience = Audience.COORDINATOR,
) -> Reach:
    """Say what would make a refused pair possible, as the audience may know it.

    Raises
    ------
    NotFound
        Where either took no part.
    """
    i, j = weighed.row(participant_id), weighed.column(opening_id)
    return reach_of(weighed.inputs, weighed.considered, i, j, audience)


def near_for_participant(weighed: Weighed, participant_id: str) -> tuple[Near, ...]:
    """Return the nearest openings that refuse a person, with what would have to change."""
    return near_of(weighed.inputs, weighed.considered, weighed.row(participant_id))


def tell_pairs(weighed: Weighed, i: NDArray[np.intp], j: NDArray[np.intp]) -> list[PairStory]:
    """Tell many pairs, each by the positions of its person and its opening."""
    kinds = relax_pairs(weighed.considered, i, j, weighed.inputs.latitude).kinds.tolist()
    each = zip(i.tolist(), j.tolist(), kinds, strict=True)
    return [tell_at(weighed, *pair) for pair in each]


def tell_at(weighed: Weighed, i: int, j: int, kinds: int = 0) -> PairStory:
    """Tell a pair; `kinds` are those of the lightest changes."""
    explanation = explain_pair(weighed.considered, i, j)
    facts, vocabulary = weighed.inputs.facts(i, j), weighed.inputs.city.vocabulary
    ids = weighed.considered.profiles.ids[i], weighed.considered.offers.ids[j]
    overridden, settled = _overridden(weighed, i, j), _settled(weighed, j, *ids)
    if explanation.reasons:
        rules = tuple(
            rule_name(reason) if facts.place_known or reason is not Reason.NOT_OPEN else UNRESOLVED
            for reason in explanation.reasons
        )
        refusal = refused_words(rules[0], facts, vocabulary)
        change = change_of(weighed.inputs, weighed.considered, i, j, kinds)
        return PairStory(
            *ids,
            explanation,
            rules=rules,
            refusal=refusal,
            change=change,
            overridden=overridden,
            settled=settled,
        )
    told = explanation.strongest
    return PairStory(
        *ids,
        explanation,
        reason=settled_words(settled, overridden) + reason_words(told, facts, vocabulary),
        short=reason_short_words(told, facts, vocabulary),
        overridden=overridden,
        settled=settled,
    )


def _overridden(weighed: Weighed, i: int, j: int) -> tuple[str, ...]:
    """Return the rules that would refuse a pair, had the office not set them aside."""
    if not weighed.set_aside.size:
        return ()
    mask = int(weighed.set_aside[i, j])
    return tuple(rule_name(reason) for reason in Reason if mask >> reason & 1)


def _settled(weighed: Weighed, j: int, participant_id: str, opening_id: str) -> str:
    host_id = weighed.inputs.receiving[j].opening.host_id
    for kind in (PlacingKind.LOCK, PlacingKind.EXCLUSION):
        if weighed.inputs.arranged.find(kind, participant_id, opening_id, host_id):
            return str(kind)
    return ""


def rule_name(reason: Reason) -> str:
    """Return the code of a rule, as it is stored and looked up in the wording."""
    return reason.name.lower()
