"""`keys`: do the keys of the personal data fit, and new ones for old."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Final

import typer

from api.command_refusals import CommandRefused
from api.commands.office import event, open_office
from api.commands.terminal import plain_table, show, working

if TYPE_CHECKING:
    from pathlib import Path

    from api.commands.office import Office
    from catalog.audit import AuditEvent
    from db.keys import EventOf, KeyReport

commands = typer.Typer(no_args_is_help=True, help="個人情報の鍵を確かめ、新しくします。")
HELP: Final = {
    "check": "鍵のファイルで、個人情報がすべて開けるかを調べます。",
    "rotate": "個人情報の鍵を新しくします。動かしたままで できます。",
    "drop": "もう使っていない古い鍵を、鍵のファイルから消します。",
}
Yes = Annotated[bool, typer.Option("--yes", help="控えがあることを確かめずに進む。")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    commands.command("check", help=HELP["check"])(check)
    commands.command("rotate", help=HELP["rotate"])(rotate)
    commands.command("drop", help=HELP["drop"])(drop)
    app.add_typer(commands, name="keys")


def check() -> None:
    """Say what each key seals, and whether everything can be read; end with 1 where not."""
    from db.keys import report

    with open_office() as office:
        found = report(office.database, office.code, office.keyring())
    table = plain_table("鍵", "封をしているもの", "")
    for id_, count in found.used.items():
        table.add_row(id_, f"{count:,}件", _remark(id_, found))
    show(table)
    for line in _findings(found):
        typer.echo(line)
    if not found.is_well:
        raise typer.Exit(1)


def _remark(id_: str, found: KeyReport) -> str:
    if id_ in found.unknown:
        return "鍵のファイルにない"
    if id_ == found.current:
        return "いま使っている"
    return "もう使っていない" if id_ in found.unused else "古い"


def _findings(found: KeyReport) -> list[str]:
    if found.unreadable:
        told = f"✕ この鍵のファイルでは、{found.unreadable}件の個人情報を開けません。"
        return [told, "  → 正しい鍵のファイルの控えを もどす。"]
    if found.old_tokens:
        told = f"✕ 名前で さがせない方が {found.old_tokens}人います。"
        return [told, "  → tsunagite keys rotate --names で、さがすための印を作りなおす。"]
    lines = ["✓ 個人情報は、すべてこの鍵のファイルで開けます。"]
    if found.is_between:
        lines.append("  鍵を新しくする途中です。tsunagite keys rotate で続きをします。")
    if found.unused:
        lines.append("  使っていない鍵は、tsunagite keys drop で消せます。")
    return lines


def rotate(
    names: Annotated[
        bool, typer.Option("--names", help="名前をさがすための鍵も、新しくする。")
    ] = False,
    yes: Yes = False,
) -> None:
    """Make a new key, seal all data keys anew, and make the tokens of names anew if asked."""
    from db.keys import add_key, change_index_key, changing, reseal

    with open_office() as office, changing(office.settings.key_file) as file:
        _ask_for_backup(file.path, yes)
        keyring = add_key(office.database, office.code, file, _event_of(office))
        typer.echo(f"✓ 鍵 {keyring.current} が、鍵のファイルに入っています。")
        with working("封をしなおしています…"):
            for _left in reseal(office.database, office.code, keyring, _event_of(office)):
                pass
        typer.echo("✓ 個人情報の封を、すべて新しい鍵でしなおしました。")
        if names:
            with working("名前の印を作りなおしています…"):
                count = change_index_key(office.database, office.code, file, _event_of(office))
            typer.echo(f"✓ 名前をさがすための印を、{count}人分 作りなおしました。")
    typer.echo(
        f"  いまの鍵のファイル（{file.path}）の写しを、データベースとは別の場所に取ってください。"
    )
    typer.echo("  これまでの控え（バックアップ）を もどすには、古い鍵も要ります。")


def drop(yes: Yes = False) -> None:
    """Remove the keys that seal nothing any more from the file."""
    from api.commands.office import present
    from db.keys import changing, drop_unused

    with open_office() as office, changing(office.settings.key_file) as file:
        _ask_for_backup(file.path, yes)
        dropped = drop_unused(office.database, office.code, file, present(), _event_of(office))
    if not dropped:
        typer.echo("消せる鍵はありません。何も変えていません。")
        return
    typer.echo(f"✓ 鍵 {'、'.join(dropped)} を、鍵のファイルから消しました。")
    typer.echo(
        "  前の鍵で取った控え（バックアップ）は、前の鍵のファイルの写しがないと もどせません。"
    )


def _ask_for_backup(path: Path, yes: bool) -> None:
    """Ask whether the file is kept elsewhere as well: without it everything is lost."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise CommandRefused("keys_not_asked")
    if not typer.confirm(f"鍵のファイル（{path}）の写しを、別の場所に取りましたか"):
        raise CommandRefused("keys_without_copy")


def _event_of(office: Office) -> EventOf:
    def made(kind: str, detail: Mapping[str, str]) -> AuditEvent:
        return event(kind, "keys", office.code, **detail)

    return made
