"""`audit`: what was done, and whether the record of it is whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

import typer

from api.command_refusals import CommandRefused
from api.commands.office import Office, open_office
from api.commands.terminal import plain_table, show

if TYPE_CHECKING:
    from db.audit import Head

audit_commands = typer.Typer(no_args_is_help=True, help="監査の記録を確かめ、見ます。")


HELP: Final = {
    "verify": "監査の記録が、書きかえられていないかを調べます。",
    "show": "監査の記録を、新しい順に見せます（個人の名前や中身は出ません）。",
}


def register(app: typer.Typer) -> None:
    """Add the commands."""
    audit_commands.command("verify", help=HELP["verify"])(verify_audit)
    audit_commands.command("show", help=HELP["show"])(show_audit)
    app.add_typer(audit_commands, name="audit")


def _verified(office: Office, kept: Head | None = None) -> Head:
    from db import audit

    with office.database.reading() as connection:
        return audit.verify(connection, office.code, kept)


def verify_audit(
    kept: Annotated[
        str,
        typer.Option(
            metavar="番号:文字列", help="前に書きとめた末尾。そのあと切り取られていないかも調べる。"
        ),
    ] = "",
) -> None:
    """Compute the audit chain again."""
    noted = _read_head(kept) if kept else None
    with open_office() as office:
        end = _verified(office, noted)
    typer.echo(f"✓ 監査の記録は {end.number}件、とぎれていません。")
    typer.echo(f"  末尾 {end.number}:{end.hash.hex()}")
    typer.echo("  データベースの外に書きとめておくと、あとで切り取られても分かります。")


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
    from catalog.dates import TOKYO
    from db import audit

    with open_office() as office, office.database.reading() as connection:
        events = audit.events(connection, office.code, newest=last)
    table = plain_table("日時", "したこと", "だれが", "何に")
    for each in events:
        at = each.at.astimezone(TOKYO).strftime("%Y-%m-%d %H:%M:%S")
        table.add_row(at, each.kind, each.actor_id, f"{each.subject_kind} {each.subject_id}")
    show(table)
