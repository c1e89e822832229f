"""One place for one person, as cards and pages show it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

from api.wiring import Wiring
from cases.actions.matching import Stores, weigh_person
from cases.errors import CaseError, NotFound
from cases.matching.stories import PairStory, tell_parts
from cases.matching.weighing import Weighed
from cases.next_step import Standing
from cases.permissions import Action, PeopleScope, may_with
from cases.proposal import Proposal, ProposalStatus
from cases.words.dates import schedule_words
from cases.words.facts import PairFacts, way_words
from cases.words.parts import PartRow
from cases.words.places import Freshness, freshness_of
from cases.words.wording import fit_word, own_wording
from catalog.actor import Actor
from catalog.vocabulary import Vocabulary
from matcher.policy import HOST_PART, PART_NAMES

Parts: TypeAlias = tuple[tuple[str, int, str], ...]
"""Name, filled cells of four, and word of each part of the fit."""
Reasons: TypeAlias = tuple[tuple[str, str, str], ...]
"""Code and words of each reason for setting aside, and what follows from it."""


PARTS: Final = (*PART_NAMES, HOST_PART)


@dataclass(frozen=True, slots=True)
class Card:
    """One place for the person: the sentence, the facts, the parts, what was decided."""

    opening_id: str
    title: str
    name: str
    word: str
    sentence: str
    facts: tuple[tuple[str, str], ...]
    parts: Parts
    fresh: Freshness
    proposal_id: str = ""
    status: str = ""
    settled: str = ""


def weigh_or_none(
    actor: Actor, wiring: Wiring, stores: Stores, participant_id: str
) -> Weighed | None:
    """Weigh all openings for the person, or return None where a rule or a gap forbids it."""
    try:
        return weigh_person(actor, stores, wiring.clock, participant_id)
    except NotFound:
        raise
    except CaseError:
        return None


def proposals_of(standing: Standing, actor: Actor, stores: Stores) -> dict[str, Proposal]:
    """Return the proposals of the person that can be decided about, by opening."""
    who = standing.participant
    if not may_with(actor, Action.DECIDE_PROPOSAL, who):
        return {}
    last = stores.runs.latest_run(PeopleScope(actor))
    found = stores.runs.proposals_for(PeopleScope(actor), who.id)
    return {
        each.opening_id: each
        for each in reversed(found)
        if (last and each.run_id == last.id) or each.status is ProposalStatus.ADVANCED
    }


def card_of(weighed: Weighed, story: PairStory, proposal: Proposal | None) -> Card:
    """Build the card of a pair."""
    facts = facts_of(weighed, story)
    opening = facts.opening
    resource = facts.receiving.resource
    return Card(
        opening_id=opening.id,
        title=resource.name if resource else opening.name,
        name=opening.name,
        word=fit_word(story.explanation.word),
        sentence=story.reason or story.refusal,
        facts=tuple(filter(None, (_way(facts), _free(facts), _schedule(facts)))),
        parts=tuple((row.name, row.cells, row.word) for row in parts_in_order(weighed, story)),
        fresh=freshness_of(opening.last_confirmed_on, facts.on),
        proposal_id=proposal.id if proposal else "",
        status=proposal.status if proposal else "",
        settled=own_wording().tables["settled_chip"].get(story.settled, ""),
    )


def parts_in_order(weighed: Weighed, story: PairStory) -> list[PartRow]:
    """Return the parts in the order of the policy, so that cards can be compared."""
    rows = zip(story.explanation.parts, tell_parts(weighed, story), strict=True)
    return [row for part, row in sorted(rows, key=lambda each: PARTS.index(each[0].name))]


def facts_of(weighed: Weighed, story: PairStory) -> PairFacts:
    """Return what the words about a pair may speak of."""
    i, j = weighed.row(story.participant_id), weighed.column(story.opening_id)
    return weighed.inputs.facts(i, j)


def _way(facts: PairFacts) -> tuple[str, str] | None:
    if facts.comes_to:
        return "pin", own_wording().say("fact_short", facts.comes_to)
    return ("walk", f"{way_words(facts.way)}ほど") if facts.way else None


def _free(facts: PairFacts) -> tuple[str, str]:
    return "people", f"空き {facts.receiving.free}／{facts.opening.capacity}人"


def _schedule(facts: PairFacts) -> tuple[str, str]:
    return "calendar", schedule_words(facts.opening.schedule)


def set_aside_reasons(vocabulary: Vocabulary) -> Reasons:
    """Return the reasons for setting aside: code, words, what follows from it."""
    entries = vocabulary.codes("set_aside_reason").values()
    return tuple((entry.code, entry.label, entry.note) for entry in entries)
