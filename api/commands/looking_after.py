"""`doctor` and `audit`: is everything in order, and what was done."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from api.command_refusals import CommandRefused
from api.commands.office import Office, current_revision, open_office, read_settings
from api.commands.terminal import plain_table, show
from api.errors import in_japanese

if TYPE_CHECKING:
    from api.settings import Settings
    from db.audit import Head

LEAST_FREE_GB: Final = 1
audit_commands = typer.Typer(no_args_is_help=True, help="監査の記録を確かめ、見ます。")


HELP: Final = {
    "doctor": "つなぎ手の具合を調べ、なおすところを言います。",
    "verify": "監査の記録が、書きかえられていないかを調べます。",
    "show": "監査の記録を、新しい順に見せます（個人の名前や中身は出ません）。",
}


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("doctor", help=HELP["doctor"])(examine)
    audit_commands.command("verify", help=HELP["verify"])(verify_audit)
    audit_commands.command("show", help=HELP["show"])(show_audit)
    app.add_typer(audit_commands, name="audit")


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the check-up; `remedy` says what to do where something is wrong."""

    told: str
    remedy: str = ""

    @property
    def is_well(self) -> bool:
        """Whether nothing has to be done."""
        return not self.remedy


def examine() -> None:
    """Say of everything whether it is well; end with 1 where something is not."""
    all_well = True
    for finding in check_up():
        typer.echo(f"{'✓' if finding.is_well else '✕'} {finding.told}")
        if not finding.is_well:
            typer.echo(f"  → {finding.remedy}")
            all_well = False
    if not all_well:
        raise typer.Exit(1)


def check_up() -> Iterator[Finding]:
    """Look at one thing after the other; what cannot be reached ends the look."""
    settings = read_settings()
    for check in (check_space, check_database, check_tables):
        finding = _examined(partial(check, settings))
        yield finding
        if not finding.is_well and check is not check_space:
            return
    with open_office() as office:
        for look in (check_whole, check_chain, check_keys):
            yield _examined(partial(look, office))


def _examined(check: Callable[[], Finding]) -> Finding:
    """Do one check; one that breaks off is a finding as well."""
    try:
        return check()
    except Exception as error:
        return Finding(in_japanese(error), "なおしてから、もう一度 tsunagite doctor を実行する。")


def check_space(settings: Settings) -> Finding:
    """Look at the free space of the home folder's disk."""
    import shutil

    folder = settings.home if settings.home.exists() else Path()
    free_gb = shutil.disk_usage(folder).free / 1e9
    told = f"空き容量 {free_gb:.1f}GB（{settings.home}）"
    is_short = free_gb < LEAST_FREE_GB
    remedy = f"{LEAST_FREE_GB}GB より多く空ける。いっぱいになると、記録を保存できない。"
    return Finding(told, remedy if is_short else "")


def check_database(settings: Settings) -> Finding:
    """Look whether the database answers and holds tables."""
    from db.health import shown_address

    told = f"データベース {shown_address(settings.database_url)}"
    if current_revision(settings.database_url) is None:
        return Finding(told, "まだ用意されていない。tsunagite init --municipality … を実行する。")
    return Finding(told)


def check_tables(settings: Settings) -> Finding:
    """Look whether the tables are those of this version."""
    from db import migrate

    revision, head = current_revision(settings.database_url), migrate.head()
    if revision == head:
        return Finding(f"データベースの表は最新（{revision}）")
    return Finding(
        f"データベースの表は {revision}、この版は {head}", "tsunagite migrate を実行する。"
    )


def check_whole(office: Office) -> Finding:
    """Look for damage in the database."""
    from db.health import find_faults

    faults = find_faults(office.database)
    if not faults:
        return Finding(f"データベースに傷みはない（{office.municipality.name}）")
    return Finding(
        f"データベースに傷みがある: {faults[0]}",
        "使うのを止め、var フォルダーの写しを取ってから、控えを戻す。",
    )


def check_chain(office: Office) -> Finding:
    """Look whether the audit record is unbroken."""
    end = _verified(office)
    return Finding(f"監査の記録は {end.number}件、とぎれていない")


def check_keys(office: Office) -> Finding:
    """Look whether the key file opens everyone's data."""
    from db.health import unreadable_subjects

    unreadable = unreadable_subjects(office.database, office.code, office.keyring())
    told = f"個人情報の鍵 {office.settings.key_file}"
    if not unreadable:
        return Finding(told)
    return Finding(
        f"{told} では開けない方が {len(unreadable)}人いる", "正しい鍵ファイルの控えを戻す。"
    )


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
