"""`audit`: is the record of what was done still what was written, and what does it say."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from api.command_refusals import CommandRefused
from api.commands.office import Office, open_office, present
from api.commands.terminal import plain_table, show

if TYPE_CHECKING:
    from datetime import datetime

    from db.audit import Examination, Head

audit_commands = typer.Typer(no_args_is_help=True, help="監査の記録を確かめ、見ます。")
HELP: Final = {
    "verify": "監査の記録が、書きかえられていないかを調べます。",
    "anchor": "監査の記録の末尾を、データベースの外のファイルに書きとめます。",
    "show": "監査の記録を、新しい順に見せます（個人の名前や中身は出ません）。",
}


def register(app: typer.Typer) -> None:
    """Add the commands."""
    audit_commands.command("verify", help=HELP["verify"])(verify_audit)
    audit_commands.command("anchor", help=HELP["anchor"])(anchor_audit)
    audit_commands.command("show", help=HELP["show"])(show_audit)
    app.add_typer(audit_commands, name="audit")


def examine_chain(office: Office, kept: tuple[Head, ...] = ()) -> Examination:
    """Compute the chain again, and compare it with what is kept in the folder of anchors.

    Raises
    ------
    DatabaseError
        As `db.audit.examine` and `db.audit_anchors.read_anchors`.
    """
    from db import audit

    with office.database.reading() as connection:
        return audit.examine(connection, office.code, (*kept, *_kept_in_folder(office)))


def _kept_in_folder(office: Office) -> tuple[Head, ...]:
    from db.audit_anchors import file_in, read_anchors

    folder = office.settings.anchor_folder
    path = None if folder is None else file_in(folder, office.code)
    if path is None or not path.exists():
        return ()
    return tuple(each.head for each in read_anchors(path, office.code))


def verify_audit(
    kept: Annotated[
        str,
        typer.Option(
            metavar="番号:文字列", help="前に書きとめた末尾。そのあと切り取られていないかも調べる。"
        ),
    ] = "",
    anchor: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="ファイル", help="audit anchor で書きとめたファイル。何度でも指定できる。"
        ),
    ] = None,
) -> None:
    """Compute the audit chain again."""
    from db.audit_anchors import read_anchors

    noted = [_read_head(kept)] if kept else []
    with open_office() as office:
        for path in anchor or ():
            noted += [each.head for each in read_anchors(path, office.code)]
        found = examine_chain(office, tuple(noted))
        compared = len(noted) + len(_kept_in_folder(office))
    typer.echo(f"✓ 監査の記録は {found.head.number}件、とぎれていません。")
    if compared:
        typer.echo(f"✓ 書きとめてあった {compared}か所の末尾と合いました。")
    for each in found.setbacks:
        typer.echo(
            f"△ {each.number}番目で、時計が {_shown(each.before)} から "
            f"{_shown(each.at)} にもどっています。機械の時計を確かめてください。"
        )
    typer.echo(f"  末尾 {found.head.number}:{found.head.hash.hex()}")
    typer.echo("  データベースの外に書きとめておくと、あとで切り取られても分かります。")


def anchor_audit(
    file: Annotated[
        Path, typer.Argument(metavar="ファイル", help="書き足すファイル。別の機械の上がよい。")
    ],
) -> None:
    """Note the end of the chain in a file, after it was computed again."""
    from db.audit_anchors import Anchor, write_anchor

    with open_office() as office:
        end = examine_chain(office).head
        try:
            write_anchor(file, Anchor(office.code, end, present()))
        except OSError as error:
            raise CommandRefused("anchor_unwritable", file=file, reason=error.strerror) from error
    typer.echo(f"✓ 監査の記録の末尾（{end.number}件め）を {file} に書きとめました。")
    typer.echo(f"  確かめるには tsunagite audit verify --anchor {file} を実行してください。")


def _read_head(written: str) -> Head:
    from db.audit import Head

    number, _, digits = written.partition(":")
    try:
        return Head(int(number), bytes.fromhex(digits))
    except ValueError as error:
        raise CommandRefused("head_malformed", value=written) from error


def show_audit(
    last: Annotated[int, typer.Option(min=1, help="新しいほうから何件か。")] = 20,
) -> None:
    """List the newest audit events."""
    from cases.audit_words import event_words
    from db import audit

    with open_office() as office, office.database.reading() as connection:
        events = audit.events(connection, office.code, newest=last)
    table = plain_table("日時", "したこと", "だれが", "何に")
    for each in events:
        many = len(audit.people_of(each.detail))
        whom = f"{many}人" if many else f"{each.subject_kind} {each.subject_id}"
        table.add_row(_shown(each.at), f"{event_words(each.kind)}", each.actor_id, whom)
    show(table)


def _shown(at: datetime) -> str:
    from catalog.dates import TOKYO

    return at.astimezone(TOKYO).strftime("%Y-%m-%d %H:%M:%S")
