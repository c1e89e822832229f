"""`match --helpers`: who could help at which group."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

import typer

from api.commands.office import Office, onlooker_of, present
from api.commands.terminal import sentence_table, show, working, write_json

if TYPE_CHECKING:
    from cases.actions.helping import HelpersMatched
    from cases.actions.matching import Stores
    from cases.helper import Helper
    from catalog.opening import Opening


def match_helpers(
    office: Office, stores: Stores, code_version: str, as_of: date | None, as_json: bool
) -> None:
    """Match helpers and groups, keep the run, and show it."""
    from cases.actions.helping import start_helping
    from cases.permissions import PeopleScope
    from exchange.frozen_runs import freeze

    actor = onlooker_of(office)
    with working("手伝いたい方と会を組み合わせています…"):
        found = start_helping(actor, stores, present, freeze, code_version, as_of)
    if as_json:
        write_json(document_of(found))
        return
    helpers = {each.id: each for each in stores.helping.helpers(PeopleScope(actor))}
    openings = {each.id: each for each in stores.catalog.openings()}
    names = {id_: each.name if office.is_sample else id_ for id_, each in helpers.items()}
    _show(found, names, helpers, openings)


def document_of(found: HelpersMatched) -> dict[str, object]:
    """Return what a program is told: ids, codes and sentences, no name."""
    from cases.words.wording import unplaced_words

    run = found.run
    return {
        "format": "tsunagite.helpers/1",
        "run": run.id,
        "on": run.on.isoformat(),
        "certified": run.certified,
        "rounds": len(run.rounds),
        "proposals": [
            {
                "helper": each.participant_id,
                "opening": each.opening_id,
                "score": each.score,
                "reason": each.reason,
            }
            for each in found.proposals
        ],
        "unplaced": [
            {"helper": each.participant_id, "reason": each.reason, "words": unplaced_words(each)}
            for each in run.unplaced
        ],
        "not_considered": [
            {"helper": each.participant_id, "why": each.why} for each in run.not_considered
        ],
        "unfilled": [
            {"opening": each.opening_id, "missing": each.missing, "why": each.why}
            for each in found.lacking
        ],
    }


def _show(
    found: HelpersMatched,
    names: Mapping[str, str],
    helpers: Mapping[str, Helper],
    openings: Mapping[str, Opening],
) -> None:
    from cases.words.helping import lack_words, left_words
    from cases.words.wording import fit_word, unplaced_words

    run = found.run
    made = [each for each in found.proposals if each.participant_id in helpers]
    if made:
        rows = [
            (names[p.participant_id], openings[p.opening_id].name, fit_word(p.word), p.reason)
            for p in made
        ]
        show(sentence_table(("手伝う方", "会", "合い方", "理由"), rows))
    left = [(names[each.participant_id], unplaced_words(each)) for each in run.unplaced]
    left += [(names[each.participant_id], left_words(each.why)) for each in run.not_considered]
    if left:
        typer.echo(f"\n今は 会の案がない方（{len(left)}人）\n")
        show(sentence_table(("手伝う方", "どうして"), left))
    if found.lacking:
        lacking = [
            (openings[u.opening_id].name, f"あと{u.missing}人", lack_words(u.why))
            for u in found.lacking
        ]
        typer.echo(f"\n手伝いの方が足りない会（{len(lacking)}つ）\n")
        show(sentence_table(("会", "あと何人", "どうして"), lacking))
    placed = len({each.participant_id for each in made})
    typer.echo(
        f"\n手伝いたい方 {placed + len(left)}人のうち {placed}人に、手伝う会の案があります。"
    )
    typer.echo("検算ずみ" if run.certified else "検算が合いませんでした。")
    typer.echo(f"記録: {run.id}")
