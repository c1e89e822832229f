"""`audit`: is the record of what was done still what was written, and what does it say."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from api.command_refusals import CommandRefused
from api.commands.office import ACTOR, Office, open_office, present
from api.commands.terminal import sentence_table, show

if TYPE_CHECKING:
    from datetime import datetime

    from catalog.audit import AuditEvent
    from db.audit import Examination, Head
    from db.audit_anchors import Anchor
    from db.audit_cutting import AnchorFile

audit_commands = typer.Typer(no_args_is_help=True, help="監査の記録を確かめ、見ます。")
HELP: Final = {
    "verify": "監査の記録が、書きかえられていないかを調べます。",
    "anchor": "監査の記録の末尾を、データベースの外のファイルに書きとめます。",
    "cut": "残しておく期間がすぎた監査の記録を、書きとめてある末尾まで切り取ります。",
    "show": "監査の記録を、新しい順に見せます（個人の名前や中身は出ません）。",
}


def register(app: typer.Typer) -> None:
    """Add the commands."""
    audit_commands.command("verify", help=HELP["verify"])(verify_audit)
    audit_commands.command("anchor", help=HELP["anchor"])(anchor_audit)
    audit_commands.command("cut", help=HELP["cut"])(cut_audit)
    audit_commands.command("show", help=HELP["show"])(show_audit)
    app.add_typer(audit_commands, name="audit")


@dataclass(frozen=True, slots=True)
class Examined:
    """What computing the chain again has found, and what the files of anchors say to it.

    Attributes
    ----------
    compared
        With how many ends that were noted earlier it was compared.
    is_cut_noted
        Whether a file knows of the last cut; None where nothing was cut or there is no file.
    """

    found: Examination
    files: tuple[AnchorFile, ...]
    compared: int
    is_cut_noted: bool | None

    @property
    def ends(self) -> tuple[Head, ...]:
        """The ends that stand in the files."""
        return _ends(self.files)


def examine_chain(
    office: Office, kept: tuple[Head, ...] = (), files: tuple[AnchorFile, ...] = ()
) -> Examined:
    """Compute the chain again, and compare it with what is kept in the folder of anchors.

    Raises
    ------
    DatabaseError
        As `db.audit.examine`, `db.audit_anchors.read_anchors` and `db.audit_cutting.is_noted`.
    """
    from cases.retention import AUDIT, own_retention
    from db import audit
    from db.audit_cutting import is_noted

    files = (*files, *_kept_in_folder(office))
    ends = (*kept, *_ends(files))
    with office.database.reading() as connection:
        found = audit.examine(connection, office.code, ends)
    years, noted = own_retention().rule(AUDIT).years, None
    if found.cuts and files and years is not None:
        noted = is_noted(found, files, present(), years)
    return Examined(found, files, len(ends), noted)


def anchor_files(office: Office, paths: Iterable[Path]) -> tuple[AnchorFile, ...]:
    """Read files of anchors that the user names."""
    from db.audit_anchors import read_anchors
    from db.audit_cutting import AnchorFile

    return tuple(AnchorFile(read_anchors(path, office.code)) for path in paths)


def own_anchor_file(office: Office) -> Path | None:
    """Return the file of anchors that the application writes, if a folder for it was set."""
    from db.audit_anchors import file_in

    folder = office.settings.anchor_folder
    return None if folder is None else file_in(folder, office.code)


def write_note(path: Path, anchor: Anchor) -> None:
    """Add an anchor to a file.

    Raises
    ------
    CommandRefused
        ``anchor_unwritable``.
    """
    from db.audit_anchors import write_anchor

    try:
        write_anchor(path, anchor)
    except OSError as error:
        raise CommandRefused("anchor_unwritable", file=path, reason=error.strerror) from error


def _ends(files: Iterable[AnchorFile]) -> tuple[Head, ...]:
    return tuple(each.head for file in files for each in file.anchors if not each.is_cut)


def _kept_in_folder(office: Office) -> tuple[AnchorFile, ...]:
    path = own_anchor_file(office)
    return () if path is None or not path.exists() else _that_goes_on(office, path)


def _that_goes_on(office: Office, path: Path) -> tuple[AnchorFile, ...]:
    return tuple(replace(each, goes_on=True) for each in anchor_files(office, [path]))


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
    noted = (_read_head(kept),) if kept else ()
    with open_office() as office:
        examined = examine_chain(office, noted, anchor_files(office, anchor or ()))
    found = examined.found
    typer.echo(f"✓ 監査の記録は {found.count}件、とぎれていません。")
    for line in (*reach_words(found), *_words_of_files(examined)):
        typer.echo(line)
    for each in found.setbacks:
        typer.echo(
            f"△ {each.number}番目で、時計が {_shown(each.before)} から "
            f"{_shown(each.at)} にもどっています。機械の時計を確かめてください。"
        )
    typer.echo(f"  末尾 {found.head.number}:{found.head.hash.hex()}")
    typer.echo("  データベースの外に書きとめておくと、あとで切り取られても分かります。")


def reach_words(found: Examination) -> Iterator[str]:
    """Say since when the record reaches back, and what became of what was before."""
    if found.since is None:
        return
    yield f"  記録は {_day(found.since)} からのものです。"
    for cut in found.cuts[-1:]:
        yield (
            f"  それより前の記録（{_day(cut.last_at)} まで、{cut.number}番目まで）は、"
            f"残しておく期間（{cut.years}年）がすぎたので、{_day(cut.at)} に切り取りました。"
            f"決めた人: {cut.decided_by}"
        )


def _words_of_files(examined: Examined) -> Iterator[str]:
    """Say what ends that were noted earlier prove, and what they no longer can."""
    before = examined.found.before_cut
    if agreed := examined.compared - before:
        yield f"✓ 書きとめてあった {agreed}か所の末尾と合いました。"
    if before:
        yield (
            f"△ 書きとめてあった {before}か所は、切り取りより前のものです。そこまでの記録は"
            "もうないので、くらべられません（書きかえられたという意味ではありません）。"
        )
    if examined.is_cut_noted:
        yield "✓ この切り取りは、書きとめたファイルにもあります。"
    elif examined.is_cut_noted is not None:
        yield (
            "△ 書きとめたファイルは、切り取りより前に終わっているか、あとで始まっています。"
            "正しい切り取りかどうかは、そのあいだも書きとめているファイルで確かめてください。"
        )


def anchor_audit(
    file: Annotated[
        Path, typer.Argument(metavar="ファイル", help="書き足すファイル。別の機械の上がよい。")
    ],
) -> None:
    """Note the end of the chain in a file, after it was computed again."""
    from db.audit import Head
    from db.audit_anchors import Anchor

    with open_office() as office:
        there = _that_goes_on(office, file) if file.is_file() and file.stat().st_size else ()
        examined = examine_chain(office, files=there)
        end, now = examined.found.head, present()
        if examined.is_cut_noted:
            cut = examined.found.cuts[-1]
            if not any(each.is_cut_at(cut) for known in there for each in known.anchors):
                at_cut = Head(cut.number, cut.hash)
                write_note(file, Anchor(office.code, at_cut, now, is_cut=True))
        write_note(file, Anchor(office.code, end, now))
    typer.echo(f"✓ 監査の記録の末尾（{end.number}件め）を {file} に書きとめました。")
    typer.echo(f"  確かめるには tsunagite audit verify --anchor {file} を実行してください。")


def cut_audit(
    by: Annotated[str, typer.Option(metavar="職名や名前", help="切り取ると決めた人。")],
    anchor: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="ファイル",
            help="audit anchor で書きとめたファイル。切り取りも書き足す。何度でも指定できる。",
        ),
    ] = None,
    confirm: Annotated[
        str,
        typer.Option(metavar="年-月-日", help="切り取る最後の日。端末ではたずねるので、要らない。"),
    ] = "",
) -> None:
    """Remove what of the record is older than it has to be kept, up to a noted end."""
    from cases.retention import AUDIT, own_retention
    from catalog.dates import day_in_japan
    from db import audit_cutting
    from db.audit import Head
    from db.audit_anchors import Anchor
    from db.audit_cuts import Cut
    from db.forgetting import wipe_traces

    if not by.strip():
        raise typer.BadParameter("決めた人を書いてください。")
    rules = own_retention()
    years = rules.rule(AUDIT).years
    assert years is not None, "the record of what was done is not kept for ever"
    with open_office() as office:
        paths = list(anchor or ())
        examined = examine_chain(office, files=anchor_files(office, paths))
        paths += filter(None, [own_anchor_file(office)])
        now = present()
        with office.database.reading() as connection:
            plan = audit_cutting.plan_cut(
                connection, office.code, examined.ends, day_in_japan(now), years
            )
        typer.echo(
            f"操作の記録のうち、{plan.last_on} までの {plan.count}件を 切り取ります。"
            f"残しておく期間（{years}年）が すぎています。元には もどせません。"
        )
        _check_confirmed(confirm, f"{plan.last_on}")
        cut = Cut(
            number=plan.to.number,
            hash=plan.to.hash,
            last_at=plan.last_at,
            at=present(),
            actor_id=ACTOR,
            decided_by=by.strip(),
            years=years,
            rules=rules.version,
        )

        def note(made: Cut) -> None:
            for path in paths:
                at_cut = Head(made.number, made.hash)
                write_note(path, Anchor(office.code, at_cut, made.at, is_cut=True))

        audit_cutting.carry_out(office.database, office.code, cut, note)
        wipe_traces(office.database)
        left = examine_chain(office).found
    typer.echo(f"✓ {plan.count}件を切り取り、残りの {left.count}件が確かなことを調べました。")
    for line in reach_words(left):
        typer.echo(line)


def _check_confirmed(confirmed: str, last_on: str) -> None:
    """Have the last day of what goes typed once more: whose clock is wrong notices it there."""
    if not confirmed:
        if not sys.stdin.isatty():
            raise CommandRefused("cut_not_asked", last_on=last_on)
        confirmed = typer.prompt(
            f"よければ、切り取る最後の日を そのまま入れてください（{last_on}）"
        )
    if confirmed.strip() != last_on:
        raise CommandRefused("cut_not_confirmed", last_on=last_on)


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
    """List the newest audit events; people stand there under names that say nothing."""
    from cases.words.audit import deed_words, was_emergency, where_words
    from catalog.dates import TOKYO
    from db import audit
    from db.users import SqlUserStore

    with open_office() as office, office.database.reading() as connection:
        events = audit.events(connection, office.code, newest=last)
        names = {each.id: each.name for each in SqlUserStore(office.database, office.code).users()}
    names[ACTOR] = "サーバーの端末"
    rows = []
    for each in events:
        mark = "【緊急閲覧】" if was_emergency(each) else ""
        where = where_words(each)
        deed = mark + deed_words(each) + (f"（{where}）" if where else "")
        who = names.get(each.actor_id, "登録のない利用者")
        at = f"{each.at.astimezone(TOKYO):%Y-%m-%d %H:%M}"
        rows.append((at, who, _whom(each, names, office.code), deed))
    show(sentence_table(("日時", "だれが", "何に", "したこと"), rows))


def _whom(event: AuditEvent, names: Mapping[str, str], code: str) -> str:
    from db.audit import people_of
    from db.audit_people import pseudonym

    if many := len(people_of(event.detail)):
        return f"{many}人"
    if event.subject_kind == "participant":
        return f"本人 {pseudonym(code, event.subject_id)[:6]}"
    return names.get(event.subject_id, "")


def _day(at: datetime) -> str:
    from catalog.dates import day_in_japan

    return f"{day_in_japan(at)}"


def _shown(at: datetime) -> str:
    from catalog.dates import TOKYO

    return at.astimezone(TOKYO).strftime("%Y-%m-%d %H:%M:%S")
