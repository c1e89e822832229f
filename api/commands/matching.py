"""`match` and `rank`: the main job, and a look at one person or one opening."""

from __future__ import annotations

import sys
from datetime import date
from typing import TYPE_CHECKING, Annotated, Final

import typer

from api.command_refusals import CommandRefused, did_you_mean
from api.commands.office import Office, onlooker_of, open_office, present
from api.commands.shown_run import gather
from api.commands.terminal import working, write_json

if TYPE_CHECKING:
    from cases.actions.matching import Stores
    from cases.contradiction import RulesContradict
    from cases.participant import Participant
    from catalog.opening import Opening

SHOWN: Final = 20


HELP: Final = {
    "match": "待っている方みんなのつなぎ先を、まとめて探します。",
    "rank": "ひとりに合う枠、一つの枠に合う方を、合う順に見せます。",
}


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("match", help=HELP["match"])(match)
    app.command("rank", help=HELP["rank"])(rank)


def read_day(written: str) -> date:
    """Read a day as 2026-04-01.

    Raises
    ------
    typer.BadParameter
        It is no day.
    """
    try:
        return date.fromisoformat(written)
    except ValueError as error:
        told = f"「{written}」は日付として読めません。2026-04-01 のように書いてください。"
        raise typer.BadParameter(told) from error


AsJson = Annotated[bool, typer.Option("--json", help="機械で読む形（JSON）で答える。")]


def match(
    district: Annotated[
        str, typer.Option(metavar="圏域", help="この圏域に住む方だけ（層はどれでも）。")
    ] = "",
    as_of: Annotated[
        date | None,
        typer.Option(parser=read_day, metavar="2026-04-01", help="いつの時点で探すか。"),
    ] = None,
    as_json: AsJson = False,
    reuse: Annotated[
        bool, typer.Option("--reuse", help="前の回から何も変わっていなければ、その回を見せる。")
    ] = False,
    stay: Annotated[
        bool, typer.Option("--stay", help="前の回の案を、だれも損をしない限り変えない。")
    ] = False,
    helpers: Annotated[
        bool, typer.Option("--helpers", help="手伝いたい方と、手伝いの方をさがす会を組み合わせる。")
    ] = False,
) -> None:
    """Match everyone who waits, or helpers and groups; keep the run, and show it."""
    if helpers:
        if district or reuse or stay:
            raise typer.BadParameter("--helpers と一緒に使えるのは --as-of と --json だけです。")
        from api.commands.helping import match_helpers

        with open_office() as office:
            match_helpers(office, stores_of(office), code_version(), as_of, as_json)
        return
    from cases.actions.matching import start_matching
    from cases.contradiction import RulesContradict
    from exchange.frozen_runs import freeze

    with open_office() as office:
        stores = stores_of(office)
        try:
            with working("みんなのつなぎ先を探しています…"):
                matched = start_matching(
                    onlooker_of(office),
                    stores,
                    present,
                    freeze,
                    code_version(),
                    as_of,
                    district,
                    reuse=reuse,
                    stay=stay,
                )
        except RulesContradict as failure:
            tell_conflict(office, stores, failure, as_json)
            raise
        shown = gather(office, stores, matched.run)
    if as_json:
        write_json(shown.document())
        return
    from api.commands.match_tables import show_run

    show_run(shown, is_new=matched.is_new)


def tell_conflict(office: Office, stores: Stores, failure: RulesContradict, as_json: bool) -> None:
    """Name the fewest rules that contradict each other; no run was kept."""
    from cases.permissions import PeopleScope
    from exchange.match_documents import infeasible_document, told_conflict

    people = stores.cases.participants(PeopleScope(onlooker_of(office)))
    places = {each.id: each.name for each in stores.catalog.openings()}
    places |= {id_: each.name for id_, each in stores.catalog.organisations().items()}
    conflict = told_conflict(failure, {each.id: each.case_no for each in people}, places)
    if as_json:
        write_json(infeasible_document(conflict))
        return
    for each in conflict:
        typer.echo(f"・{each['words']}", err=True)


def stores_of(office: Office) -> Stores:
    """Return the stores of the city."""
    from cases.actions.matching import Stores
    from db.cases import SqlCaseStore
    from db.catalog import SqlCatalogStore
    from db.helping import SqlHelperStore
    from db.rules import SqlRuleStore
    from db.runs import SqlRunStore

    keyring = office.keyring()
    return Stores(
        cases=SqlCaseStore(office.database, office.code, keyring),
        catalog=SqlCatalogStore(office.database, office.code),
        municipality=office.ground,
        runs=SqlRunStore(office.database, office.code, keyring),
        rules=SqlRuleStore(office.database, office.code, keyring),
        helping=SqlHelperStore(office.database, office.code, keyring),
    )


def code_version() -> str:
    """Return the version of the product, as a run keeps it."""
    from importlib.metadata import version

    return version("tsunagite")


def rank(
    participant: Annotated[
        str, typer.Option(metavar="番号", help="この番号の方に合う枠を見る。")
    ] = "",
    opening: Annotated[
        str,
        typer.Option(metavar="枠", help="この枠に合う方を見る。枠の番号か ID、ただ一つの名前。"),
    ] = "",
    as_json: AsJson = False,
    top: Annotated[
        int | None,
        typer.Option(min=1, help=f"多くて何件まで。言わないときは {SHOWN}件、JSON では全部。"),
    ] = None,
) -> None:
    """Show the best openings for one person, or the best people for one opening."""
    if bool(participant) == bool(opening):
        raise typer.BadParameter("--participant か --opening の、どちらか一つを指定してください。")
    most = top or (sys.maxsize if as_json else SHOWN)
    with open_office() as office:
        stores = stores_of(office)
        if participant:
            rank_openings(office, stores, participant, as_json, most)
        else:
            rank_people(office, stores, opening, as_json, most)


def rank_openings(office: Office, stores: Stores, case_no: str, as_json: bool, top: int) -> None:
    """Show the best openings for one person."""
    from cases.actions.counting import count_for_person
    from cases.actions.matching import weigh_person
    from cases.matching.rankings import rank_for_participant, refused_for_participant
    from exchange.frozen_runs import thaw
    from exchange.match_documents import rank_document

    person = find_person(office, stores, case_no)
    with working("合う枠を探しています…"):
        weighed = weigh_person(onlooker_of(office), stores, present, person.id)
        counted = count_for_person(onlooker_of(office), stores, thaw, weighed, person.id)
    ranking = rank_for_participant(weighed, person.id, top)
    if as_json:
        refused = refused_for_participant(weighed, person.id)
        write_json(rank_document(person.case_no, ranking.ranked, refused, counted=counted))
        return
    from api.commands.match_tables import show_ranked_openings

    show_ranked_openings(office, weighed, person, ranking)


def rank_people(office: Office, stores: Stores, written: str, as_json: bool, top: int) -> None:
    """Show the people who wait and fit one opening best."""
    from cases.actions.matching import weigh_waiting
    from cases.matching.rankings import rank_for_opening, refused_for_opening
    from exchange.match_documents import rank_document

    opening = find_opening(office, stores, written)
    with working("合う方を探しています…"):
        weighed = weigh_waiting(onlooker_of(office), stores, present)
    ranking = rank_for_opening(weighed, opening.id, top)
    if as_json:
        case_nos = {person.id: person.case_no for person in weighed.inputs.participants}
        refused = refused_for_opening(weighed, opening.id)
        write_json(rank_document(opening.id, ranking.ranked, refused, case_nos))
        return
    from api.commands.match_tables import show_ranked_people

    show_ranked_people(office, weighed, opening, ranking)


def find_person(office: Office, stores: Stores, case_no: str) -> Participant:
    """Return the person with a case number, in whatever width and case it is typed.

    Raises
    ------
    CommandRefused
        ``unknown_case_no``; no other number is named, for that would be somebody else's.
    """
    from cases.permissions import PeopleScope
    from catalog.text_key import number_key

    scope = PeopleScope(onlooker_of(office))
    person = stores.cases.participant_by_case_no(scope, case_no)
    if person is not None:
        return person
    meant, people = number_key(case_no), stores.cases.participants(scope)
    found = [each for each in people if number_key(each.case_no) == meant]
    if len(found) != 1:
        raise CommandRefused("unknown_case_no", value=case_no)
    return found[0]


def find_opening(office: Office, stores: Stores, written: str) -> Opening:
    """Return the opening with an id, with a number of the office's own list, or the only so named.

    Raises
    ------
    CommandRefused
        ``unknown_opening`` with the nearest name, ``ambiguous_opening`` with the ids.
    """
    from exchange import cells
    from exchange.readers.openings import id_of_own

    openings = stores.catalog.openings()
    known_by, name = {written, id_of_own(office.code, cells.text(written))}, cells.key(written)
    found = [each for each in openings if each.id in known_by or cells.key(each.name) == name]
    if len(found) == 1:
        return found[0]
    if not found:
        hint = did_you_mean(written, [each.name for each in openings])
        raise CommandRefused("unknown_opening", value=written, hint=hint)
    ids = "、".join(each.id for each in found)
    raise CommandRefused("ambiguous_opening", value=written, ids=ids)
