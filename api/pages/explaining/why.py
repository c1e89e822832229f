"""Why a place fits a person, or everything that stands between them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from api.frame import SEARCH, KeyHint
from api.pages.matching.displacing import Taking, Takings, takings_of_latest
from api.pages.people.cards import (
    Card,
    Reasons,
    card_of,
    facts_of,
    parts_in_order,
    proposals_of,
    set_aside_reasons,
    weigh_or_none,
)
from api.pages.people.head import Head, head_of
from api.pages.people.what_if import address_of
from api.pages.surroundings import frame_for
from api.rendering import render
from api.rights import SeesPeople
from api.wiring import Wired, Wiring
from cases.actions.cataloguing import seen_hosts
from cases.actions.looking import look_at
from cases.actions.matching import Stores
from cases.actions.settling import may_settle
from cases.matching.overriding import may_override
from cases.matching.rankings import rank_for_participant
from cases.matching.stories import PairStory, tell_pair, tell_parts, tell_reach
from cases.matching.weighing import Weighed
from cases.matching.what_if import trial_for
from cases.permissions import Action
from cases.proposal import Proposal
from cases.words.dates import closed_words, date_words, schedule_words
from cases.words.facts import PairFacts
from cases.words.places import (
    atmosphere_words,
    cost_words,
    freshness_of,
    labels_of,
    length_words,
    preference_words,
    stages_words,
    welcome_words,
)
from cases.words.refusals import refused_words
from cases.words.settled import conditions_words
from cases.words.wording import own_wording
from catalog.actor import Actor
from catalog.dates import day_in_japan
from catalog.vocabulary import Vocabulary

router = APIRouter(include_in_schema=False)

OTHERS: Final = 3


@dataclass(frozen=True, slots=True)
class PartFigures:
    """One part in figures, for who asks for them."""

    name: str
    value: str
    share: str
    contribution: str


@dataclass(frozen=True, slots=True)
class RunFoot:
    """The run whose list one came from: what is kept of it, and the way back.

    Why and how well the pair fits is asked anew, with what is known today; `knows` is what of the
    page is of the run itself.
    """

    number: str
    on: str
    knows: str
    policy: str
    checked: bool
    back_href: str
    record_href: str


@dataclass(frozen=True, slots=True)
class WhyPage:
    """Why a place fits, or why not.

    Attributes
    ----------
    reach
        What would make it fit, or why nothing may change; empty where it fits.
    others
        Other places for the person, each with what taking it would do to others.
    taking
        What taking it would do to others; None where no run knows of the pair.
    trial_href
        Where that can be tried; empty where it cannot.
    ways
        Condition by condition: who could change what.
    asked
        As of which day, and with which policy, the page says why and how well it fits.
    run
        The run whose list one came from, if any.
    overridden
        The conditions that hold by a decision of the office.
    may_override
        Whether every rule that refuses may be set aside by the reader.
    """

    head: Head
    card: Card
    met: tuple[str, ...]
    failed: tuple[str, ...]
    rows: tuple[tuple[str, str, str, int, str, str], ...]
    figures: tuple[PartFigures, ...]
    total: str
    others: tuple[tuple[Card, str], ...]
    place: tuple[tuple[str, str], ...]
    policy: str
    asked: str
    reasons: Reasons
    reach: str = ""
    trial_href: str = ""
    taking: Taking | None = None
    ways: tuple[tuple[str, str, str], ...] = ()
    run: RunFoot | None = None
    overridden: str = ""
    may_override: bool = False


@router.get("/people/{participant_id}/openings/{opening_id}")
def why(
    request: Request, actor: SeesPeople, wiring: Wired, participant_id: str, opening_id: str
) -> Response:
    """Show why a place fits the person, or everything that stands between them."""
    with wiring.reading() as stores:
        takings = takings_of_latest(wiring, stores, actor, participant_id)
        content = why_page(wiring, stores, actor, participant_id, opening_id, takings)
    if content is None:
        return RedirectResponse(f"/people/{participant_id}/openings", status_code=303)
    keys = keys_of(content)
    frame = frame_for(request, actor, "合い方の理由", current="/people", keys=keys)
    return render(request, "pages/people/why.html", frame, content)


def keys_of(page: WhyPage) -> tuple[KeyHint, ...]:
    """Return the keys that have something to press."""
    decides = (KeyHint(("A",), "進める"), KeyHint(("S",), "見送る"))
    return (*(decides if page.card.proposal_id else ()), SEARCH)


def why_page(
    wiring: Wiring,
    stores: Stores,
    actor: Actor,
    participant_id: str,
    opening_id: str,
    takings: Takings,
) -> WhyPage | None:
    """Build the page; None where a rule or a gap forbids to look for places.

    Raises
    ------
    NotFound
        Where the actor may not know the person, or there is no such opening.
    """
    standing = look_at(actor, stores, wiring.clock, participant_id)
    weighed = weigh_or_none(actor, wiring, stores, participant_id)
    if weighed is None:
        return None
    story = tell_pair(weighed, participant_id, opening_id)
    proposal = proposals_of(standing, actor, stores).get(opening_id)
    head = head_of(standing, actor, stores, day_in_japan(wiring.clock()))
    hosts = {id_: each.name for id_, each in seen_hosts(actor, stores.catalog).items()}
    page = _why_page(weighed, story, head, proposal, hosts, takings)
    may = may_settle(actor, standing.participant, Action.OVERRIDE_RULES)
    return replace(page, may_override=page.may_override and may)


def _why_page(
    weighed: Weighed,
    story: PairStory,
    head: Head,
    proposal: Proposal | None,
    hosts: dict[str, str],
    takings: Takings,
) -> WhyPage:
    facts, vocabulary = facts_of(weighed, story), weighed.inputs.city.vocabulary
    ranking = rank_for_participant(weighed, head.id, top=OTHERS + 1)
    others = [each for each in ranking.ranked if each.opening_id != story.opening_id][:OTHERS]
    parts = parts_in_order(weighed, story)
    policy = weighed.considered.policy
    conditions = own_wording().tables["condition"]
    failing = {conditions[rule] for rule in (*story.rules, *story.overridden)}
    reach = tell_reach(weighed, head.id, story.opening_id) if story.rules else None
    trial = trial_for(weighed, head.id, story.opening_id) if story.rules else None
    return WhyPage(
        head=head,
        card=card_of(weighed, story, proposal),
        met=("文書の同意", *(c for c in dict.fromkeys(conditions.values()) if c not in failing)),
        failed=tuple(refused_words(rule, facts, vocabulary) for rule in story.rules),
        rows=tuple((r.name, r.person, r.place, r.cells, r.word, r.weight) for r in parts),
        figures=tuple(
            PartFigures(
                row.name,
                f"{part.value:.2f}",
                f"{part.weight_share:.0%}",
                f"{part.contribution:.3f}",
            )
            for part, row in zip(story.explanation.parts, tell_parts(weighed, story), strict=True)
        ),
        total=f"{story.explanation.score:.3f}",
        others=tuple(
            (card_of(weighed, each, None), takings.words(each.opening_id)) for each in others
        ),
        place=_place_rows(facts, vocabulary, hosts),
        policy=f"{policy.version}・{policy.source}",
        asked=own_wording().say(
            "pair_foot", "asked", day=date_words(weighed.inputs.on), policy=policy.version
        ),
        reasons=set_aside_reasons(vocabulary),
        reach=reach.sentence if reach else "",
        taking=takings.at(story.opening_id),
        trial_href=address_of(head.id, trial, story.opening_id) if trial else "",
        ways=tuple((conditions[w.rule], w.side, w.words) for w in reach.ways) if reach else (),
        overridden=conditions_words(story.overridden),
        may_override=may_override(story.explanation.reasons, facts.receiving),
    )


def _place_rows(
    facts: PairFacts, vocabulary: Vocabulary, hosts: dict[str, str]
) -> tuple[tuple[str, str], ...]:
    """Return what is known of the opening and its place."""
    opening, resource = facts.opening, facts.receiving.resource
    schedule = opening.schedule
    rows = (
        ("すること", opening.description),
        ("活動", "、".join(labels_of("menu", frozenset(opening.menu), vocabulary))),
        ("いつ", schedule_words(schedule)),
        ("休み", closed_words(schedule) if schedule else ""),
        ("長さ", length_words(opening)),
        ("場所", resource.address if resource else ""),
        ("受け入れ先", hosts.get(opening.host_id, "")),
        ("どなたに", welcome_words(opening.welcome, vocabulary)),
        ("こういう方だと うれしい", preference_words(opening.preference, vocabulary)),
        ("様子", atmosphere_words(opening)),
        ("空き", f"{facts.receiving.free}人（定員 {opening.capacity}人）"),
        ("費用", cost_words(opening)),
        ("通い方", "、".join(labels_of("transport", opening.transport, vocabulary))),
        (
            "できる配慮",
            "、".join(labels_of("accommodation", facts.receiving.provides, vocabulary)),
        ),
        ("段階", stages_words(opening)),
        ("確認", freshness_of(opening.last_confirmed_on, facts.on).words),
    )
    return tuple((label, words) for label, words in rows if words)
