"""`init` and `migrate`: from nothing to a database with a city in it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Annotated, Final

import typer

from api.command_refusals import CommandRefused
from api.commands.office import Office, current_revision, event, open_office, read_settings

if TYPE_CHECKING:
    from api.settings import Settings
    from catalog.audit import AuditEvent
    from catalog.municipality import Municipality
    from db.session import Database
    from geo.districts import Membership


AFTER_SAMPLE: Final = "tsunagite sample load"
AFTER_CITY: Final = "tsunagite import towns 町の一覧.csv、tsunagite user add アカウント名"


HELP: Final = {
    "init": "データベースを作り、市の設定（会議・機関・圏域・目標）を入れます。",
    "migrate": "データベースの表を、このつなぎ手の版に合わせます。",
}


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("init", help=HELP["init"])(initialise)
    app.command("migrate", help=HELP["migrate"])(migrate_tables)


def initialise(
    municipality: Annotated[
        str,
        typer.Option(
            metavar="sample|niiza|toda|FILE.toml", help="用意してある市の名前か、市の設定ファイル。"
        ),
    ],
    if_missing: Annotated[
        bool, typer.Option("--if-missing", help="同じ市がもう入っていれば、何もしないで終わる。")
    ] = False,
) -> None:
    """Create the database, the keys, and the city in it."""
    from db import migrate
    from db.health import shown_address
    from db.municipality import municipality_codes
    from db.secrets import Keyring
    from db.session import Database
    from exchange.municipality import load_municipality

    wanted = load_municipality(municipality)
    settings = read_settings()
    settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    current_revision(settings.database_url)  # says in words what cannot be reached
    migrate.upgrade(settings.database_url, keys=partial(Keyring.load, settings.key_file))
    database = Database(settings.database_url)
    try:
        codes = municipality_codes(database)
        if codes:
            _keep_what_is_there(database, codes[0], wanted, if_missing)
            return
        new_keys = _ensure_keys(settings)
        resolved = _store(database, wanted, is_sample=municipality == "sample")
    finally:
        database.close()
    typer.echo(f"✓ {wanted.name}を用意しました（{shown_address(settings.database_url)}）。")
    _tell_of_city(wanted, resolved)
    _tell_of_keys(settings, new_keys)
    is_sample = municipality == "sample"
    typer.echo("次は: " + (AFTER_SAMPLE if is_sample else AFTER_CITY))


def _keep_what_is_there(
    database: Database, code: str, wanted: Municipality, if_missing: bool
) -> None:
    """Change nothing: a second city is refused, the same one only noted if that was asked."""
    from db.municipality import SqlMunicipalityStore

    there = SqlMunicipalityStore(database, code).settings()
    if not if_missing or there.code != wanted.code:
        raise CommandRefused("already_initialised", name=there.name, code=there.code)
    typer.echo(f"{there.name}は、もう用意されています。何も変えていません。")


def _ensure_keys(settings: Settings) -> bool:
    """Make the key file; return False where an earlier attempt left one behind."""
    from db.secrets import Keyring

    if settings.key_file.exists():
        Keyring.load(settings.key_file)
        return False
    Keyring.create(settings.key_file)
    return True


def _store(database: Database, wanted: Municipality, *, is_sample: bool) -> dict[str, Membership]:
    from db.municipality import SqlMunicipalityStore

    store = SqlMunicipalityStore(database, wanted.code)
    done = event("municipality_saved", "municipality", wanted.code)
    return store.save_settings(wanted, done, is_sample=is_sample)


def _tell_of_city(wanted: Municipality, resolved: Mapping[str, Membership]) -> None:
    counts = (len(wanted.agencies), len(wanted.meetings), len(wanted.targets))
    typer.echo("  機関 {}・会議 {}・目標 {}".format(*counts))
    for layer in wanted.districts:
        towns = len(resolved[layer.key].district_of)
        waits = "" if towns else "（町の一覧を取り込むと結びつきます）"
        typer.echo(f"  {layer.label}: {len(layer.districts)}圏域、{towns}町{waits}")


def _tell_of_keys(settings: Settings, new_keys: bool) -> None:
    if not new_keys:
        typer.echo(f"✓ 前からある個人情報の鍵を使います（{settings.key_file}）。")
        return
    typer.echo(f"✓ 個人情報の鍵を作りました（{settings.key_file}）。")
    typer.echo("  このファイルをなくすと、個人情報は二度と読めません。")
    typer.echo("  データベースとは別の場所に、写しを保管してください。")


def migrate_tables() -> None:
    """Bring the tables up to date."""
    from db import migrate
    from db.secrets import Keyring

    settings = read_settings()
    url = settings.database_url
    before = current_revision(url)
    if before is None:
        raise CommandRefused("not_initialised")
    migrate.upgrade(url, keys=partial(Keyring.load, settings.key_file), tell=_tell_of_sealing)
    after = current_revision(url)
    told = "もう最新です。" if before == after else f"{before} から {after} にしました。"
    typer.echo(f"✓ データベースの表は、{told}")
    if _has_city(url):
        with open_office() as office:
            fill_scopes(office)


def _tell_of_sealing(left: int) -> None:
    typer.echo(f"  これまでの計算の記録に封をしています… あと {left:,}件")


def fill_scopes(office: Office) -> None:
    """Have those whose work is limited meet everybody whom an earlier version wrote down."""
    from db.scope_filling import fill, people_left

    def event_of(count: int) -> AuditEvent:
        return event("scopes_indexed", "database", office.code, count=str(count))

    count = people_left(office.database, office.code)
    if not count:
        return
    typer.echo(f"  前の版で書いた {count:,}人を、担当の方の一覧に出るようにしています…")
    typer.echo("  とちゅうで止まっても、tsunagite migrate で続きからできます。")
    for left in fill(office.database, office.code, office.keyring(), event_of):
        if left:
            typer.echo(f"  あと {left:,}人")
    typer.echo(f"✓ {count:,}人が、担当の方の一覧に出るようになりました。")


def _has_city(url: str) -> bool:
    from db.municipality import municipality_codes
    from db.session import Database

    database = Database(url)
    try:
        return bool(municipality_codes(database))
    finally:
        database.close()
