"""Two runs compared: who has a place now, another one or none any more, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.frame import NEXT_AND_PREVIOUS
from api.pages.matching.contexts import Who
from api.pages.matching.data import RunData, load_run
from api.pages.matching.page import address_of, moment_words
from api.pages.matching.rows import place_of, who_of
from api.pages.records.words import deleted_count
from api.pages.surroundings import frame_for
from api.rendering import render
from api.rights import SeesRuns
from api.wiring import Wired
from cases.matching.run_changes import Kind, change_words
from cases.matching.run_comparison import Comparison, Difference, RunSeen, compare
from cases.permissions import PeopleScope
from cases.proposal import Proposal
from cases.run import MatchRun
from cases.words.wording import fit_word, own_wording
from exchange.frozen_runs import thaw

router = APIRouter(include_in_schema=False)

OFFERED = 50
"""So many of the last runs can be chosen."""


@dataclass(frozen=True, slots=True)
class RunChoice:
    """A run that can be chosen."""

    id: str
    words: str


@dataclass(frozen=True, slots=True)
class ComparedRow:
    """What is different for someone: place and fit before and after, and why."""

    who: Who
    what: str
    before: str
    before_fit: str
    after: str
    after_fit: str
    why: str


@dataclass(frozen=True, slots=True)
class ComparePage:
    """Two runs compared.

    Attributes
    ----------
    facts
        What else is different between the runs.
    fits
        For each word of the fit how many have it, before and after.
    """

    runs: tuple[RunChoice, ...]
    before: str
    after: str
    sentence: str
    heads: tuple[tuple[str, str], ...] = ()
    rows: tuple[ComparedRow, ...] = ()
    facts: tuple[str, ...] = ()
    fits: tuple[tuple[str, int, int], ...] = ()


@router.get("/matching/compare")
def compare_runs(
    request: Request, actor: SeesRuns, wiring: Wired, before: str = "", after: str = ""
) -> HTMLResponse:
    """Compare two runs, the earlier one first; the last two where none are named."""
    with wiring.reading() as stores:
        runs = stores.runs.runs(PeopleScope(actor), OFFERED)
        ids = [each.id for each in runs]
        chosen = [
            each or usual for each, usual in zip((after, before), [*ids, "", ""], strict=False)
        ]
        data = [load_run(wiring, stores, actor, each) for each in chosen if each]
    if len(data) < 2:
        content = ComparePage(_choices(runs), "", "", "くらべられる計算は、まだ2回ありません。")
    else:
        content = _page(runs, *sorted(data, key=lambda each: each.run.number))
    keys = (NEXT_AND_PREVIOUS,)
    frame = frame_for(request, actor, "計算をくらべる", current="/matching", keys=keys)
    return render(request, "pages/matching/compare.html", frame, content)


def _choices(runs: Sequence[MatchRun]) -> tuple[RunChoice, ...]:
    return tuple(RunChoice(e.id, f"R-{e.number}　{moment_words(e.started_at)}") for e in runs)


def _page(runs: Sequence[MatchRun], before: RunData, after: RunData) -> ComparePage:
    found = compare(_seen(before), _seen(after))
    return ComparePage(
        runs=_choices(runs),
        before=before.run.id,
        after=after.run.id,
        sentence=_sentence(found),
        heads=tuple(
            (f"R-{each.run.number}　{moment_words(each.run.started_at)}", address_of(each.run))
            for each in (before, after)
        ),
        rows=tuple(_row(after, each) for each in found.differences),
        facts=_facts(found, before, after),
        fits=tuple((fit_word(word), had, have) for word, had, have in found.fits),
    )


def _seen(data: RunData) -> RunSeen:
    problem, _ = thaw(data.run.problem, data.run.result)
    return RunSeen(data.run, data.proposals, problem)


def _sentence(found: Comparison) -> str:
    counts = Counter(each.change.kind for each in found.differences)
    return own_wording().say(
        "comparison",
        "some" if found.differences else "none",
        people=len(found.differences),
        same=found.same,
        **{str(kind): counts[kind] for kind in Kind},
    )


def _facts(found: Comparison, before: RunData, after: RunData) -> tuple[str, ...]:
    """Return what else is different; what is counted over all only for who may know of all."""
    say, of = own_wording().say, found.openings
    versions = before.run.policy_version, after.run.policy_version
    policy = (
        say("comparison", "policy_other", before=versions[0], after=versions[1])
        if found.is_other_policy
        else say("comparison", "policy_same", version=versions[1])
    )
    deleted = tuple(
        f"R-{each.run.number} には、ほかに {deleted_count(each.deleted)}。"
        for each in (before, after)
        if each.deleted.total
    )
    if not (before.is_whole and after.is_whole):
        return (policy, *deleted)
    changed = any((of.new, of.closed, of.more, of.fewer))
    openings = say(
        "comparison",
        "openings" if changed else "openings_same",
        new=of.new,
        closed=of.closed,
        more=of.more,
        fewer=of.fewer,
    )
    return (policy, openings, *deleted)


def _row(data: RunData, difference: Difference) -> ComparedRow:
    change = difference.change

    def place(proposal: Proposal | None) -> tuple[str, str]:
        if proposal is None:
            return "案なし", ""
        return "　".join(filter(None, place_of(data, proposal))), fit_word(proposal.word)

    return ComparedRow(
        who_of(data, change.participant_id),
        change_words(change.kind),
        *place(change.before),
        *place(change.after),
        why=difference.words,
    )
