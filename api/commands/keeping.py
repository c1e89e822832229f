"""`backup` and `restore`: a second life for the data when the machine is lost."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from api.command_refusals import CommandRefused
from api.commands.office import ACTOR, open_office, present, read_settings
from api.commands.terminal import working

if TYPE_CHECKING:
    from api.settings import Settings

HELP: Final = {
    "backup": "控え（バックアップ）を作ります。動かしたままで できます。",
    "restore": "控えから もどします。先に つなぎ手を止めてください。",
}


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("backup", help=HELP["backup"])(make_backup)
    app.command("restore", help=HELP["restore"])(restore_backup)


def make_backup(
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="FILE",
            help="どこに作るか。書かなければ TSUNAGITE_BACKUP_FOLDER に、日付の名前で作る。",
        ),
    ] = None,
    keep: Annotated[
        int | None,
        typer.Option(min=1, help="同じ場所にある日付の名前の控えを、新しいほうから何個のこすか。"),
    ] = None,
) -> None:
    """Make a backup and read it back."""
    from api.backups import back_up
    from db.forgetting import keep_deletions

    with open_office() as office, working("控えを作り、読みもどして確かめています…"):
        made = back_up(
            office.database,
            office.code,
            office.keyring(),
            office.settings,
            present(),
            ACTOR,
            file,
            keep,
        )
        keep_deletions(office.database, office.code, office.settings.deletions_file)
    size = made.backup.size_bytes / 1e6
    typer.echo(f"✓ 控えを作り、読みもどして確かめました: {made.file}（{size:.1f}MB）")
    if made.removed:
        typer.echo(f"  古い控えを {len(made.removed)}個 消しました。")
    typer.echo("  控えを開くには、鍵のファイルが要ります。鍵は控えには入っていません。")
    typer.echo(
        f"  鍵（{office.settings.key_file}）と、そのとなりの削除の記録"
        f"（{office.settings.deletions_file.name}）の写しを、いっしょに、この機械とも控えとも"
        "別の場所に保管してください。"
    )


def restore_backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="tsunagite backup で作った控え。")],
    yes: Annotated[
        bool, typer.Option("--yes", help="いまのデータと入れかえてよいかを、たずねない。")
    ] = False,
    without_deletions: Annotated[
        bool,
        typer.Option(
            "--without-deletions",
            help="削除の記録（deletions.jsonl）がなくても もどす。"
            "控えのあとに削除された方が、もどってくる。",
        ),
    ] = False,
) -> None:
    """Put a backup in the place of the database."""
    from catalog.dates import TOKYO
    from db import backup_file, restore
    from db.secrets import Keyring

    settings = read_settings()
    if not file.is_file():
        raise CommandRefused("backup_missing", file=file)
    about = backup_file.read_about(file)
    when = f"{about.made_at.astimezone(TOKYO):%Y-%m-%d %H:%M}"
    keys = Keyring.load(settings.key_file)
    if not yes:
        if not sys.stdin.isatty():
            raise CommandRefused("restore_not_asked")
        typer.confirm(
            f"{when} の控えに もどします。そのあとに書いたことは、いまのデータから消えます。"
            "よろしいですか",
            abort=True,
        )
    settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    at = present()
    with working("控えを確かめ、もどしています…"):
        done = restore.restore(
            settings.database_url,
            file,
            keys,
            at,
            settings.home,
            settings.deletions_file,
            without_deletions=without_deletions,
        )
    typer.echo(f"✓ {when} の控えに もどし、確かめました（監査の記録 {done.events}件まで）。")
    if done.deleted:
        typer.echo(f"  控えのあとに削除された方 {done.deleted}人を、もう一度 削除しました。")
    if done.protected:
        typer.echo(
            f"  控えのあとに 守ることにした方など {done.protected}人は、守ったままにしました。"
        )
    if done.ended:
        typer.echo(
            f"  控えのあとに 同意を ことわった・取り消した方 {done.ended}人は、そのままにしました。"
        )
    if done.kept:
        typer.echo(f"  もどす前のデータは {done.kept} という名前で残してあります。")
        typer.echo("  要らないと確かめたら、消してください。個人情報が入っています。")
    if anchors := _put_anchors_aside(settings, done.municipality_code, at):
        typer.echo(f"  記録の末尾の書きとめは {anchors} として残し、あらためて始めます。")
    typer.echo("  職員の役目・使った予備のコード・外した入り方は、もどす前のままです。")
    typer.echo("  どの方も、もう一度サインインが要ります。パスワードは、控えのときのものです。")


def _put_anchors_aside(settings: Settings, code: str, at: datetime) -> Path | None:
    """Rename the file of anchors: it knows the end of the record that was put aside."""
    from db.audit_anchors import file_in
    from db.restore import stamp

    if settings.anchor_folder is None:
        return None
    path = file_in(settings.anchor_folder, code)
    if not path.exists():
        return None
    return path.rename(path.with_name(f"{path.name}.before-{stamp(at)}"))
