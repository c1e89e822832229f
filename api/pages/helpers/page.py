"""The page of helpers and groups: who could help where, who not yet, where one is still missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from api.pages.matching.contexts import ProposalRow, Who
from api.pages.matching.page import moment_words
from api.pages.surroundings import can
from cases.actions.cataloguing import seen_openings
from cases.actions.helping import HelpersMatched
from cases.actions.matching import Stores
from cases.helper import Helper
from cases.helper_run import HelperRun, Unfilled
from cases.permissions import WITH_VOLUNTEERS, Action, PeopleScope, may
from cases.proposal import Proposal
from cases.words.dates import available_words, schedule_words
from cases.words.helping import lack_words, left_words, offer_words
from cases.words.wording import fit_word, unplaced_words
from catalog.actor import Actor
from catalog.opening import Opening
from catalog.resource import Resource
from catalog.vocabulary import Vocabulary

PATH: Final = "/matching/helpers"
NEVER: Final = (
    "まだ一度も組み合わせていません。"
    "手伝いたい方と、手伝いの方をさがしている会を まとめて組み合わせます。"
)


@dataclass(frozen=True, slots=True)
class LeftRow:
    """A helper without a proposal: why, and where that can be mended."""

    name: str
    words: str
    href: str


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A group that still lacks helpers."""

    name: str
    href: str
    days: str
    missing: int
    words: str


@dataclass(frozen=True, slots=True)
class HelperRow:
    """A helper in the list: what they offer, shortly."""

    name: str
    href: str
    times: str
    offers: str
    agreed: bool
    person_href: str = ""


@dataclass(frozen=True, slots=True)
class HelpersPage:
    """Helpers and groups.

    Attributes
    ----------
    computed
        When the groups were last matched; empty before the first time.
    trouble
        Why a decision was not taken.
    """

    sentence: str
    computed: str
    can_run: bool
    can_write: bool
    checked: bool = False
    trouble: str = ""
    proposals: tuple[ProposalRow, ...] = ()
    left: tuple[LeftRow, ...] = ()
    groups: tuple[GroupRow, ...] = ()
    helpers: tuple[HelperRow, ...] = ()


@dataclass(frozen=True, slots=True)
class Names:
    """What the page calls helpers, groups and places by their ids."""

    helpers: Mapping[str, Helper]
    openings: Mapping[str, Opening]
    resources: Mapping[str, Resource]
    vocabulary: Vocabulary
    actor: Actor


def names_of(actor: Actor, stores: Stores, vocabulary: Vocabulary) -> Names:
    """Read what the page names, as far as the actor may know of it."""
    return Names(
        helpers={each.id: each for each in stores.helping.helpers(PeopleScope(actor))},
        openings=seen_openings(actor, stores.catalog),
        resources=dict(stores.catalog.resources()),
        vocabulary=vocabulary,
        actor=actor,
    )


def helpers_page(names: Names, last: HelpersMatched | None, trouble: str = "") -> HelpersPage:
    """Build the page; everything in it is of helpers whom the reader may open."""
    actor = names.actor
    page = HelpersPage(
        sentence=NEVER,
        computed="",
        can_run=can(actor, Action.RUN_MATCHING),
        can_write=may(actor, Action.EDIT_PEOPLE, WITH_VOLUNTEERS),
        trouble=trouble,
        helpers=tuple(_helper_row(each, names.vocabulary) for each in names.helpers.values()),
    )
    if last is None:
        return page
    run, made = last.run, last.proposals
    return HelpersPage(
        sentence=_sentence(last),
        computed=moment_words(run.started_at),
        can_run=page.can_run,
        can_write=page.can_write,
        checked=run.certified,
        trouble=trouble,
        proposals=tuple(proposal_row(names, each) for each in _best_first(made)),
        left=tuple(_left_rows(names, run)),
        groups=tuple(_group_row(names, each) for each in last.lacking),
        helpers=page.helpers,
    )


def proposal_row(names: Names, proposal: Proposal) -> ProposalRow:
    """Return a proposal as a row of the list."""
    helper, group = names.helpers[proposal.participant_id], names.openings[proposal.opening_id]
    place = names.resources.get(group.resource_id)
    may_decide = can(names.actor, Action.DECIDE_PROPOSAL)
    reason = names.vocabulary.codes("set_aside_reason").get(proposal.set_aside_reason)
    return ProposalRow(
        anchor=f"row-{proposal.id}",
        who=Who(helper.name, _edit_href(helper.id), available_words(helper.available)),
        place=place.name if place else group.name,
        what=f"「{group.name}」の手伝い",
        days=schedule_words(group.schedule),
        fit=fit_word(proposal.word),
        why=proposal.reason,
        reasons_href=f"/places/{group.resource_id}",
        status=str(proposal.status),
        action=f"{PATH}/proposals/{proposal.id}",
        aside=reason.label if reason else proposal.set_aside_reason,
        aside_effect=reason.note if reason else "",
        can_decide=may_decide,
        can_undo=may_decide,
    )


def _best_first(made: Sequence[Proposal]) -> list[Proposal]:
    return sorted(made, key=lambda each: (-each.score, each.id))


def _sentence(last: HelpersMatched) -> str:
    run, placed = last.run, {each.participant_id for each in last.proposals}
    everybody = len(placed) + len(run.unplaced) + len(run.not_considered)
    found = f"手伝いたい方 {everybody}人のうち {len(placed)}人に、手伝う会の案があります。"
    lacking = f"手伝いの方が足りない会が {len(last.lacking)}か所あります。" if last.lacking else ""
    return found + lacking


def _left_rows(names: Names, run: HelperRun) -> list[LeftRow]:
    told = [(each.participant_id, unplaced_words(each)) for each in run.unplaced]
    told += [(each.participant_id, left_words(each.why)) for each in run.not_considered]
    return [
        LeftRow(names.helpers[id_].name, words, _edit_href(id_))
        for id_, words in told
        if id_ in names.helpers
    ]


def _group_row(names: Names, unfilled: Unfilled) -> GroupRow:
    group = names.openings[unfilled.opening_id]
    place = names.resources.get(group.resource_id)
    return GroupRow(
        name=f"{place.name}「{group.name}」" if place else group.name,
        href=f"/places/{group.resource_id}",
        days=schedule_words(group.schedule),
        missing=unfilled.missing,
        words=lack_words(unfilled.why),
    )


def _helper_row(helper: Helper, vocabulary: Vocabulary) -> HelperRow:
    return HelperRow(
        name=helper.name,
        href=_edit_href(helper.id),
        times=available_words(helper.available) or "まだ聞いていません",
        offers=offer_words(helper, vocabulary),
        agreed=helper.agreed_on is not None,
        person_href=f"/people/{helper.participant_id}" if helper.participant_id else "",
    )


def _edit_href(helper_id: str) -> str:
    return f"{PATH}/{helper_id}/edit"
