"""Import: read a file, compare it with the database, write what is new, say what was done.

One transaction for each file. A trial (`dry_run`) does everything and takes it back; `strict`
takes everything back as soon as one row is rejected.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from cases.permissions import Action, check_may
from db.municipality import ImportRun
from exchange.errors import ExchangeError
from exchange.keeping import catalogue, ground, people
from exchange.messages import in_japanese
from exchange.report import ImportReport
from exchange.rows import did_you_mean
from exchange.target import Target

KINDS: Mapping[str, Callable[[Path, Target], Sequence[ImportReport]]] = {
    "towns": ground.keep_towns,
    "districts": ground.keep_districts,
    "boundaries": ground.keep_boundaries,
    "population": ground.keep_population,
    "resources": catalogue.keep_resources,
    "openings": catalogue.keep_openings,
    "participants": people.keep_participants,
}
"""What can be imported, and how it is kept."""

RIGHTS: Mapping[str, Action] = {
    "resources": Action.EDIT_CATALOG,
    "openings": Action.EDIT_CATALOG,
    "participants": Action.EDIT_PEOPLE,
}
"""What one must be allowed beside importing."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of several files.

    Parameters
    ----------
    reports
        One for each sheet that was read.
    refused
        Files that could not be read at all, with the reason; nothing of them went in.
    """

    reports: tuple[ImportReport, ...]
    refused: tuple[tuple[Path, ExchangeError], ...] = ()


class _TakenBack(Exception):
    """Ends a transaction without keeping anything."""


def import_files(
    kind: str, paths: Sequence[Path], target: Target, *, strict: bool = False, dry_run: bool = False
) -> Imported:
    """Import files one after the other; one that cannot be read does not stop the others.

    Raises
    ------
    ExchangeError
        `kind_unknown_to_import`.
    NotPermitted
        The actor may not import this.
    """
    reports: list[ImportReport] = []
    refused: list[tuple[Path, ExchangeError]] = []
    for path in paths:
        try:
            reports += import_file(kind, path, target, strict=strict, dry_run=dry_run)
        except ExchangeError as error:
            if error.code == "kind_unknown_to_import":
                raise
            refused.append((path, error))
    return Imported(tuple(reports), tuple(refused))


def import_file(
    kind: str, path: Path, target: Target, *, strict: bool = False, dry_run: bool = False
) -> list[ImportReport]:
    """Import one file in one transaction and keep its report.

    Raises
    ------
    ExchangeError
        The file cannot be read at all, or the layer is not said; the database is unchanged.
    NotPermitted
        The actor may not import this.
    """
    if kind not in KINDS:
        hint, known = did_you_mean(kind, KINDS, least_like=0.6), "、".join(KINDS)
        raise ExchangeError("kind_unknown_to_import", kind=kind, hint=hint, known=known)
    check_may(target.actor, Action.IMPORT_DATA)
    if kind in RIGHTS:
        check_may(target.actor, RIGHTS[kind])
    reports: list[ImportReport] = []
    try:
        with target.database.writing():
            reports += KINDS[kind](path, target)
            if strict and any(report.rejected for report in reports):
                raise _TakenBack
            _keep_report(kind, reports, target)
            if dry_run:
                raise _TakenBack
    except _TakenBack:
        pass
    if strict and any(report.rejected for report in reports):
        why = in_japanese(ExchangeError("strict"))
        return [report.refused(why) for report in reports]
    return reports


def _keep_report(kind: str, reports: Sequence[ImportReport], target: Target) -> None:
    """Keep what was done; values of people stay out of it, they belong to the people."""
    kept = [_without_values(report) if kind == "participants" else report for report in reports]
    entries = [report.as_json() for report in kept]
    run = ImportRun(target.ids(), kind, target.actor.user_id, target.at, entries)
    target.municipality.add_import(run, target.event("import", kind, run.id))


def _without_values(report: ImportReport) -> ImportReport:
    """Keep row and column of each finding only: sentences, too, repeat the value."""
    return replace(
        report,
        rejected=tuple(replace(each, value="", why="") for each in report.rejected),
        unresolved=tuple(replace(each, value="", why="") for each in report.unresolved),
        repaired=tuple(replace(each, before="", after="") for each in report.repaired),
    )
