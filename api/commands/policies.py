"""`policy preview`: what a change of the matching policy would do, before anybody adopts it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from api.commands.matching import AsJson, read_day, stores_of
from api.commands.office import onlooker_of, open_office, present
from api.commands.terminal import keep_group, plain_table, show, working, write_json

if TYPE_CHECKING:
    from cases.matching.policy_preview import GroupEffects, PolicyPreview

HELP: Final = {
    "policy": "案の決め方（方針）を変えると どうなるかを、決める前に見ます。",
    "preview": "下書きの方針で探したら、だれの案が増え、減るかを見せます（保存しません）。",
}
commands = typer.Typer(no_args_is_help=True, help=HELP["policy"])


def register(app: typer.Typer) -> None:
    """Add the commands."""
    commands.command("preview", help=HELP["preview"])(preview)
    commands.callback()(keep_group)
    app.add_typer(commands, name="policy")


def preview(
    path: Annotated[
        Path, typer.Argument(metavar="FILE.toml", help="市の方針の下書き。変える数だけ書けます。")
    ],
    as_of: Annotated[
        date | None,
        typer.Option(parser=read_day, metavar="2026-04-01", help="いつの時点で探すか。"),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Compare the present policy with the one of a file, on everyone who waits."""
    from cases.actions.policies import preview_policy
    from cases.permissions import PeopleScope
    from exchange.files import read_bytes
    from exchange.policy_documents import policy_text, preview_document

    text = policy_text(path.name, read_bytes(path))
    with open_office() as office:
        stores, reader = stores_of(office), onlooker_of(office)
        with working("いまの方針と 下書きの方針で 探しています…"):
            found = preview_policy(reader, stores, present, text, as_of)
        if as_json:
            people = stores.cases.participants(PeopleScope(reader))
            case_nos = {person.id: person.case_no for person in people}
            write_json(preview_document(found, case_nos))
            return
    show_preview(found)


def show_preview(found: PolicyPreview) -> None:
    """Show what differs, and then who gains and who loses, group by group."""
    from cases.matching.policy_preview import By, effect_words, preview_words
    from cases.words.policy import change_of_value_words
    from cases.words.wording import own_wording

    say = own_wording().say
    typer.echo(preview_words(found.figures))
    typer.echo("\n変える数")
    for each in found.changed:
        typer.echo(f"  {change_of_value_words(each)}")
    if not found.changed:
        typer.echo(f"  {say('policy_preview', 'no_values')}")
    typer.echo("\n全員")
    for effect, count in found.counts.items():
        typer.echo(f"  {effect_words(effect)}: {count}人")
    for by in By:
        table = plain_table(
            say("policy_by", by), "待つ人", "今の案", "下書きの案", "増える", "減る", "変わる"
        )
        for group in found.groups:
            if group.by is by:
                table.add_row(*group_cells(group))
        typer.echo()
        show(table)
    typer.echo("\nこの数は、庁内で見るためのものです。何も保存していません。")


def group_cells(group: GroupEffects) -> tuple[str, ...]:
    """Return the figures of a group: everyone, placed before and after, gained, lost, moved."""
    from cases.matching.policy_preview import figure_words

    of = group.figures
    figures = (of.people, of.before, of.after, of.gained, of.lost, of.moved)
    return group.words, *map(figure_words, figures)
