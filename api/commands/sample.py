"""`sample load`: the fictional city that shows everything."""

from __future__ import annotations

from typing import Annotated, Final

import typer

from api.commands.office import Office, open_office, present
from api.commands.terminal import keep_group, working

commands = typer.Typer(no_args_is_help=True, help="架空の見本の市（つなぎ市）を入れます。")


HELP: Final = {
    "load": "見本の市の人・場所・枠・アカウントを入れます。",
    "run": "見本の市を用意し、つなぎ先をまとめて探して見せ、画面を動かします。",
}


def register(app: typer.Typer) -> None:
    """Add the commands."""
    commands.command("load", help=HELP["load"])(load)
    commands.command("run", help=HELP["run"])(run_all)
    commands.callback()(keep_group)
    app.add_typer(commands, name="sample")


def load(
    once: Annotated[
        bool, typer.Option("--once", help="もう入っていれば、何もしないで終わる。")
    ] = False,
) -> None:
    """Fill the sample city."""
    from api.passwords import hash_password
    from db.sample.load import load_sample

    with open_office() as office:
        if once and office.is_sample and office.ground.towns():
            typer.echo(f"{office.municipality.name}のデータは、もう入っています。")
            return
        with working("見本の市を作っています…"):
            load_sample(office.database, office.code, office.keyring(), present(), hash_password)
        _tell(office)


def run_all(
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="番号。0 なら空いている番号。")
    ] = 8000,
) -> None:
    """Do all that is needed to see the product: what `make run` and its twin without make do."""
    from api.commands.matching import match
    from api.commands.serving import serve
    from api.commands.setting_up import initialise

    initialise("sample", if_missing=True)
    load(once=True)
    match(reuse=True)
    serve(port)


def _tell(office: Office) -> None:
    from api.labels import ROLES
    from cases.participant import ParticipantStatus
    from cases.permissions import scope_of_everyone
    from db.cases import SqlCaseStore
    from db.catalog import SqlCatalogStore
    from db.sample.accounts import SAMPLE_ACCOUNTS

    people = SqlCaseStore(office.database, office.code, office.keyring()).participants(
        scope_of_everyone(office.code), ParticipantStatus.WAITING
    )
    catalog = SqlCatalogStore(office.database, office.code)
    typer.echo(f"✓ {office.municipality.name}を入れました。すべて架空の人と場所です。")
    typer.echo(
        f"  {len(office.ground.towns())}町・場所 {len(catalog.resources())}"
        f"・枠 {len(catalog.openings())}・待っている方 {len(people)}人"
    )
    typer.echo("  見本のアカウント（アカウント名／パスワード）")
    for account in SAMPLE_ACCOUNTS:
        typer.echo(
            f"    {account.login}／{account.password}　{ROLES[account.role]}（{account.sees}）"
        )
    typer.echo("次は: tsunagite match")
