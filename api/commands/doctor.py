"""`doctor`: is everything in order, and what to do where it is not."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from api.commands.office import Office, current_revision, open_office, present, read_settings
from api.commands.terminal import write_json
from api.errors import in_japanese

if TYPE_CHECKING:
    from api.settings import Settings

LEAST_FREE_GB: Final = 1
CLOCK_SLACK: Final = timedelta(minutes=5)
HELP: Final = "つなぎ手の具合を調べ、なおすところを言います。"


class Level(StrEnum):
    """How things stand: well, worth a look, not as it must be."""

    OK = "ok"
    WARN = "warn"
    BAD = "bad"


MARKS: Final = {Level.OK: "✓", Level.WARN: "△", Level.BAD: "✕"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the check-up; `remedy` says what to do where something is wrong."""

    told: str
    remedy: str = ""
    is_mild: bool = False

    @property
    def level(self) -> Level:
        """How bad it is."""
        if not self.remedy:
            return Level.OK
        return Level.WARN if self.is_mild else Level.BAD


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("doctor", help=HELP)(examine)


def examine(
    as_json: Annotated[bool, typer.Option("--json", help="機械で読める形で答える。")] = False,
) -> None:
    """Say of everything whether it is well; end with 1 where something must be mended."""
    findings = []
    for finding in check_up():
        findings.append(finding)
        if not as_json:
            typer.echo(f"{MARKS[finding.level]} {finding.told}")
            if finding.remedy:
                typer.echo(f"  → {finding.remedy}")
    if as_json:
        lines = [
            {"level": str(each.level), "told": each.told, "remedy": each.remedy}
            for each in findings
        ]
        write_json({"format": "tsunagite.doctor/1", "findings": lines})
    if any(each.level is Level.BAD for each in findings):
        raise typer.Exit(1)


def check_up() -> Iterator[Finding]:
    """Look at one thing after the other; what cannot be reached ends the look."""
    settings = read_settings()
    yield _examined(partial(check_space, settings))
    yield _examined(partial(check_rights, settings))
    for check in (check_database, check_tables):
        finding = _examined(partial(check, settings))
        yield finding
        if finding.level is not Level.OK:
            return
    with open_office() as office:
        for look in (check_whole, check_chain, check_keys, check_lists, check_clock, check_backup):
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


def check_rights(settings: Settings) -> Finding:
    """Look whether anybody but the owner may open what lies in the home folder."""
    if os.name != "posix" or not settings.home.exists():
        return Finding(f"フォルダー {settings.home}")
    own = [path for path in sorted(settings.home.glob("*")) if path != settings.key_file]
    is_closed = not stat.S_IMODE(settings.home.stat().st_mode) & 0o077
    open_to_all = [
        path.name for path in own if not is_closed and stat.S_IMODE(path.stat().st_mode) & 0o077
    ]
    if not open_to_all:
        return Finding(f"フォルダー {settings.home} は、持ち主だけが開ける")
    return Finding(
        f"{settings.home} の {'、'.join(open_to_all[:3])} を、ほかの人も開ける",
        f"持ち主だけが開けるようにする（chmod 700 {settings.home}）。",
    )


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
    told = f"データベースの表は {revision}、この版は {head}"
    if revision not in migrate.known_revisions():
        return Finding(told, "つなぎ手を、このデータベースを作った新しい版にする。")
    return Finding(told, "tsunagite migrate を実行する。")


def check_whole(office: Office) -> Finding:
    """Look for damage in the database."""
    from db.health import find_faults

    faults = find_faults(office.database)
    if not faults:
        return Finding(f"データベースに傷みはない（{office.municipality.name}）")
    return Finding(
        f"データベースに傷みがある: {faults[0]}",
        "使うのを止め、var フォルダーの写しを取ってから、控えを戻す（tsunagite restore）。",
    )


def check_chain(office: Office) -> Finding:
    """Look whether the audit record is unbroken."""
    from api.commands.auditing import examine_chain

    found = examine_chain(office).found
    told = f"監査の記録は {found.count}件、とぎれていない"
    if not found.setbacks:
        return Finding(told)
    where = f"{told}が、{len(found.setbacks)}か所で時計がもどっている"
    return Finding(where, "tsunagite audit verify で、いつかを確かめる。", is_mild=True)


def check_keys(office: Office) -> Finding:
    """Look whether the key file opens everyone's data, and finds everyone by name."""
    from db.keys import report

    found = report(office.database, office.code, office.keyring())
    told = f"個人情報の鍵 {office.settings.key_file}"
    if found.unreadable:
        return Finding(
            f"{told} では開けないものが {found.unreadable}件ある", "正しい鍵ファイルの控えを戻す。"
        )
    if found.old_tokens:
        return Finding(
            f"{told} では、名前で さがせない方が {found.old_tokens}人いる",
            "tsunagite keys rotate --names で、さがすための印を作りなおす。",
        )
    return Finding(told)


def check_lists(office: Office) -> Finding:
    """Look whether an upgrade was broken off before everybody could be found again."""
    from db.scope_filling import people_left

    if not (left := people_left(office.database, office.code)):
        return Finding("どの方も、担当の方の一覧に出る")
    return Finding(
        f"前の版で書いた {left:,}人が、圏域や事業を担当する方の一覧に まだ出ない",
        "tsunagite migrate を もう一度 実行する。続きからできる。",
    )


def check_clock(office: Office) -> Finding:
    """Look whether the clock of this machine has gone back behind what is recorded."""
    from catalog.dates import TOKYO
    from db import audit

    with office.database.reading() as connection:
        newest = audit.events(connection, office.code, newest=1)
    now = present()
    told = f"この機械の時計 {now.astimezone(TOKYO):%Y-%m-%d %H:%M}"
    if not newest or newest[0].at <= now + CLOCK_SLACK:
        return Finding(told)
    last = newest[0].at.astimezone(TOKYO)
    return Finding(
        f"{told} が、最後の記録（{last:%Y-%m-%d %H:%M}）より遅れている",
        "時計を合わせる。合わせるまで、同意の期限や記録の日時が正しくならない。",
    )


def check_backup(office: Office) -> Finding:
    """Look how old the last backup is."""
    from api.backups import HOW, age_words, is_too_old
    from db.backup import last_made_at

    if office.is_sample:
        return Finding("見本の市なので、控えは要らない")
    last, now = last_made_at(office.database, office.code), present()
    told = age_words(last, now)
    return Finding(told, HOW, is_mild=True) if is_too_old(last, now) else Finding(told)
