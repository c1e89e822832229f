"""The list of the last runs."""

from __future__ import annotations

from collections import Counter
from typing import Final

from api.pages.matching.contexts import RunRow, RunsPage
from api.pages.matching.page import address_of, moment_words, sums_of
from api.pages.records.words import deleted_count
from api.pages.surroundings import can
from cases.actions.matching import Stores
from cases.matching.run_changes import change_words, changes_between
from cases.permissions import Action, PeopleScope
from cases.proposal import Proposal
from cases.run import MatchRun
from catalog.actor import Actor
from db.records import SqlRecordStore
from db.users import SqlUserStore

SHOWN: Final = 10


def runs_page(
    actor: Actor, stores: Stores, users: SqlUserStore, records: SqlRecordStore
) -> RunsPage:
    """Build the page, the newest run first."""
    scope = PeopleScope(actor)
    names = {user.id: user.name for user in users.users()}
    runs = list(stores.runs.runs(scope, SHOWN + 1))  # the oldest shown is compared, too
    made = [list(stores.runs.proposals(scope, run.id)) for run in runs]
    shown = tuple(
        _row(
            run,
            proposals,
            before,
            names.get(run.started_by, "自動"),
            deleted_count(records.deleted_in(scope, run.id)),
        )
        for run, proposals, before in zip(runs, made, [*made[1:], None], strict=False)
    )[:SHOWN]
    sentence = (
        f"これまでに {runs[0].number}回 調べました。"
        if runs
        else "まだ一度も調べていません。待っている方のつなぎ先を まとめて探せます。"
    )
    return RunsPage(sentence, shown, can(actor, Action.RUN_MATCHING))


def _row(
    run: MatchRun,
    proposals: list[Proposal],
    before: list[Proposal] | None,
    who: str,
    deleted: str,
) -> RunRow:
    everybody = len(proposals) + len(run.unplaced) + len(run.not_considered)
    sums = sums_of(proposals)
    return RunRow(
        number=f"R-{run.number}",
        href=address_of(run),
        when=moment_words(run.started_at),
        who=who,
        found=f"{everybody}人のうち {len(proposals)}人に案",
        deleted=deleted,
        changes=_changes(run, proposals, before),
        decided=f"進める {sums.advanced}人・見送り {sums.aside}人・まだ {sums.undecided}人",
        checked=run.certified,
    )


def _changes(run: MatchRun, proposals: list[Proposal], before: list[Proposal] | None) -> str:
    if before is None:
        return "はじめての計算" if run.number == 1 else ""
    counts = Counter(each.kind for each in changes_between(before, run, proposals))
    return "・".join(f"{change_words(kind)} {count}人" for kind, count in counts.items()) or "なし"
