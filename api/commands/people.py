"""`person`: one person's records for handing them over, and whose time of keeping is over."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from api.command_refusals import CommandRefused
from api.commands.office import onlooker_of, open_office
from api.commands.terminal import plain_table, show

commands = typer.Typer(no_args_is_help=True, help="1人の記録を出し、残しておく期間を見ます。")
HELP: Final = {
    "export": "1人の記録を、まとめてファイルに出します（本人の開示の求めに）。記録に残ります。",
    "retention": "支援が終わった方の記録を、いつまで残すかを見せます。",
}


def register(app: typer.Typer) -> None:
    """Add the commands."""
    commands.command("export", help=HELP["export"])(export)
    commands.command("retention", help=HELP["retention"])(retention)
    app.add_typer(commands, name="person")


def export(
    case_no: Annotated[str, typer.Argument(metavar="番号", help="この番号の方。")],
    out_dir: Annotated[Path, typer.Option(help="ファイルを書くフォルダー。")],
) -> None:
    """Write everything about a person; of a protected one only their staff do, on the page."""
    from api.pages.records.gathering import gather, printed
    from api.rendering import environment
    from api.wiring import Wiring
    from cases.permissions import PeopleScope
    from exchange.person_export import write_person

    with open_office() as office:
        actor, wiring = onlooker_of(office), Wiring(office.settings)
        try:
            with wiring.writing() as stores:
                person = stores.cases.participant_by_case_no(PeopleScope(actor), case_no)
                if person is None:
                    raise CommandRefused("unknown_case_no", value=case_no)
                record = gather(actor, wiring, stores, person.id)
                told = printed(record, actor, wiring, stores)
            page = environment().get_template("pages/records/file.html").render(told=told)
            out_dir.mkdir(parents=True, exist_ok=True)
            files = {
                "person.json": write_person(record, wiring.clock()),
                "person.html": page.encode(),
            }
            for name, content in files.items():
                _write_privately(out_dir / name, content)
        finally:
            wiring.close()
    typer.echo(f"✓ {out_dir} に person.json と person.html を書きました。")
    typer.echo(
        f"  渡す前に、ほかの方のことが書かれていないか、{len(told.to_read)}か所を読んでください。"
    )
    typer.echo("  渡したあとは、このファイルを消してください。")


def _write_privately(path: Path, content: bytes) -> None:
    """Write a file that only its owner may read."""
    path.unlink(missing_ok=True)
    path.touch(mode=0o600, exist_ok=False)
    path.write_bytes(content)


def retention() -> None:
    """List whose support has ended, by number only, and how long the records stay."""
    from api.pages.people.head import date_without_weekday
    from api.wiring import Wiring
    from cases.actions.keeping import kept_people
    from catalog.dates import day_in_japan

    with open_office() as office:
        wiring = Wiring(office.settings)
        try:
            with wiring.reading() as stores:
                kept = kept_people(onlooker_of(office), stores.cases, wiring.records, wiring.clock)
            today = day_in_japan(wiring.clock())
        finally:
            wiring.close()
    if not kept:
        typer.echo("支援が終わった方は、まだいません。")
        return
    table = plain_table("番号", "支援が終わった日", "残しておく最後の日", "")
    for each in kept:
        ended, until = each.keeping.ended_on, each.keeping.until_on
        state = "削除を止めている" if each.keeping.holds else ""
        state = "期間が終わった" if each.keeping.has_passed(today) else state
        table.add_row(
            each.participant.case_no,
            date_without_weekday(ended) if ended else "記録がない",
            date_without_weekday(until) if until else "—",
            state,
        )
    show(table)
