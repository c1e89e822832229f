"""Why a place fits a person, or everything that stands between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from api.frame import SEARCH, KeyHint
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
from api.wiring import SignedIn, Wired
from cases.actions.looking import look_at
from cases.matching import (
    PairStory,
    Weighed,
    rank_for_participant,
    tell_pair,
    tell_parts,
    tell_reach,
)
from cases.proposal import Proposal
from cases.what_if import trial_for
from cases.wording import own_wording
from cases.wording_dates import closed_words, schedule_words
from cases.wording_facts import PairFacts
from cases.wording_places import (
    atmosphere_words,
    cost_words,
    freshness_of,
    labels_of,
    length_words,
    stages_words,
    welcome_words,
)
from cases.wording_refusals import refused_words
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
class WhyPage:
    """Why a place fits, or why not.

    Attributes
    ----------
    reach
        What would make it fit, or why nothing may change; empty where it fits.
    trial_href
        Where that can be tried; empty where it cannot.
    ways
        Condition by condition: who could change what.
    """

    head: Head
    card: Card
    met: tuple[str, ...]
    failed: tuple[str, ...]
    rows: tuple[tuple[str, str, str, int, str, str], ...]
    figures: tuple[PartFigures, ...]
    total: str
    others: tuple[Card, ...]
    place: tuple[tuple[str, str], ...]
    policy: str
    reasons: Reasons
    reach: str = ""
    trial_href: str = ""
    ways: tuple[tuple[str, str, str], ...] = ()


@router.get("/people/{participant_id}/openings/{opening_id}")
def why(
    request: Request, actor: SignedIn, wiring: Wired, participant_id: str, opening_id: str
) -> Response:
    """Show why a place fits the person, or everything that stands between them."""
    with wiring.reading() as stores:
        standing = look_at(actor, stores, wiring.clock, participant_id)
        weighed = weigh_or_none(actor, wiring, stores, participant_id)
        if weighed is None:
            return RedirectResponse(f"/people/{participant_id}/openings", status_code=303)
        story = tell_pair(weighed, participant_id, opening_id)
        proposal = proposals_of(standing, actor, stores).get(opening_id)
        head = head_of(standing, actor, stores, day_in_japan(wiring.clock()))
        hosts = {id_: each.name for id_, each in stores.catalog.organisations().items()}
    content = _why_page(weighed, story, head, proposal, hosts)
    keys = (KeyHint(("A",), "進める"), KeyHint(("S",), "見送る")) if proposal else ()
    frame = frame_for(request, actor, "合い方の理由", current="/people", keys=(*keys, SEARCH))
    return render(request, "pages/people/why.html", frame, content)


def _why_page(
    weighed: Weighed,
    story: PairStory,
    head: Head,
    proposal: Proposal | None,
    hosts: dict[str, str],
) -> WhyPage:
    facts, vocabulary = facts_of(weighed, story), weighed.inputs.city.vocabulary
    ranking = rank_for_participant(weighed, head.id, top=OTHERS + 1)
    others = [each for each in ranking.ranked if each.opening_id != story.opening_id][:OTHERS]
    parts = parts_in_order(weighed, story)
    policy = weighed.considered.policy
    conditions = own_wording().tables["condition"]
    failing = {conditions[rule] for rule in story.rules}
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
        others=tuple(card_of(weighed, each, None) for each in others),
        place=_place_rows(facts, vocabulary, hosts),
        policy=f"{policy.version}・{policy.source}",
        reasons=set_aside_reasons(vocabulary),
        reach=reach.sentence if reach else "",
        trial_href=address_of(head.id, trial, story.opening_id) if trial else "",
        ways=tuple((conditions[w.rule], w.side, w.words) for w in reach.ways) if reach else (),
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
