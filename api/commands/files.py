"""`import` and `export`: files of the city in and out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from api.commands.office import actor_of, open_office, present
from api.commands.terminal import keep_group, working

KINDS: Final = "towns districts boundaries population resources openings participants"
LAYERED: Final = ("districts", "boundaries")
"""Kinds whose files are about one layer."""
KEPT_OUT: Final = (
    "取り込めない行があるため（--strict）、このファイルは入れませんでした。"
    "行を直して、もう一度 取り込んでください。"
)


HELP: Final = "町・圏域・人口・場所・枠・本人の一覧を取り込みます。"
EXPORT_TOWNS_HELP: Final = (
    "町の一覧を CSV で書き出します（id,name,lat,lon と、圏域の層ごとの名前）。"
)
export_commands = typer.Typer(no_args_is_help=True, help="ファイルに書き出します。")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("import", help=HELP)(import_)
    export_commands.command("towns", help=EXPORT_TOWNS_HELP)(export_towns)
    export_commands.callback()(keep_group)
    app.add_typer(export_commands, name="export")


def import_(
    kind: Annotated[str, typer.Argument(metavar="KIND", help=f"何の一覧か: {KINDS}。")],
    paths: Annotated[
        list[Path], typer.Argument(metavar="FILE", help="Excel、CSV、GeoJSON など。いくつでも。")
    ],
    layer: Annotated[
        str,
        typer.Option(metavar="層", help="何の境界か: outline（市）、towns（町）、または圏域の層。"),
    ] = "",
    strict: Annotated[
        bool, typer.Option("--strict", help="だめな行が一つでもあれば、そのファイルを入れない。")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="ためすだけ。何も保存しない。")
    ] = False,
    report: Annotated[
        Path | None, typer.Option(metavar="R.json", help="行ごとの結果を、すべてここに書く。")
    ] = None,
) -> int:
    """Import lists of one kind.

    Returns
    -------
    int
        2 where a file could not be read at all, 1 where `strict` kept one out.
    """
    from exchange.files import write_bytes
    from exchange.importing import import_files
    from exchange.messages import in_japanese
    from exchange.report import in_japanese as reports_in_japanese
    from exchange.report import to_json
    from exchange.target import Target

    if layer and kind not in LAYERED:
        raise typer.BadParameter(f"--layer は {' と '.join(LAYERED)} にだけ付けられます。")
    if report is not None:
        _check_report(report, paths)
    with open_office() as office:
        keyring = office.keyring() if kind == "participants" else None
        target = Target(office.database, actor_of(office), present(), keyring, layer)
        with working("取り込んでいます…"):
            done = import_files(kind, paths, target, strict=strict, dry_run=dry_run)
    if done.reports:
        typer.echo(reports_in_japanese(done.reports), nl=False)
    if dry_run:
        typer.echo("ためしただけで、何も保存していません。")
    kept_out = dict.fromkeys(each.file for each in done.reports if strict and each.rejected)
    for name in kept_out:
        typer.echo(f"✕ {name}: {KEPT_OUT}", err=True)
    for path, error in done.refused:
        typer.echo(f"✕ {path}: {in_japanese(error)}", err=True)
    if report is not None:
        write_bytes(report, to_json(done.reports).encode())
    return 2 if done.refused else int(bool(kept_out))


def _check_report(report: Path, paths: list[Path]) -> None:
    """Refuse a place for the report that would only fail when all is done, or cost a file."""
    if report.is_dir() or not report.parent.is_dir():
        raise typer.BadParameter(
            f"--report の「{report}」に書けません。フォルダーを確かめてください。"
        )
    if report.resolve() in {path.resolve() for path in paths}:
        raise typer.BadParameter("--report は、取り込むファイルとは別の名前にしてください。")


def export_towns(
    out: Annotated[Path, typer.Argument(metavar="OUT.csv", help="書き出すファイル。")],
) -> None:
    """Write the towns with the name of their 圏域 in every layer."""
    from catalog.dates import day_in_japan
    from exchange.town_list import write_towns

    with open_office() as office:
        towns = office.ground.towns()
        memberships = office.ground.memberships(day_in_japan(present()))
        layers = [layer.key for layer in office.municipality.districts]
    write_towns(out, towns, layers, memberships)
    typer.echo(f"✓ {len(towns)}町を {out} に書きました。", err=True)
