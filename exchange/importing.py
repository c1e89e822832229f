"""Import: read a file, compare it with the database, write what is new, say what was done.

A file is read in a process of its own, and written in one transaction. A trial (`dry_run`) does
everything and takes it back; `strict` takes everything back as soon as one row is rejected.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from cases.permissions import Action, Relation, check_may
from db.municipality import ImportRun
from exchange.columns import ColumnMap
from exchange.errors import ExchangeError
from exchange.keeping import catalogue, ground, people
from exchange.messages import in_japanese
from exchange.readers import (
    boundaries,
    districts,
    openings,
    participants,
    population,
    resources,
    towns,
)
from exchange.report import ImportReport
from exchange.rows import did_you_mean
from exchange.sources import tables_of
from exchange.target import Target
from exchange.worker import read_apart


@dataclass(frozen=True, slots=True)
class Kind:
    """What can be imported: how a file is read, knowing nothing, and how that is kept."""

    read: Callable[[Path], Any]
    keep: Callable[[Any, Target], Sequence[ImportReport]]


def _tables(columns: ColumnMap, keep: Callable[[Any, Target], Sequence[ImportReport]]) -> Kind:
    return Kind(partial(tables_of, columns=columns), keep)


KINDS: Mapping[str, Kind] = {
    "towns": _tables(towns.COLUMNS, ground.keep_towns),
    "districts": _tables(districts.COLUMNS, ground.keep_districts),
    "boundaries": Kind(boundaries.read_shapes, ground.keep_boundaries),
    "population": _tables(population.COLUMNS, ground.keep_population),
    "resources": _tables(resources.COLUMNS, catalogue.keep_resources),
    "openings": _tables(openings.COLUMNS, catalogue.keep_openings),
    "participants": _tables(participants.COLUMNS, people.keep_participants),
}

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
        check_may(target.actor, RIGHTS[kind], frozenset(Relation))
    said = read_apart(KINDS[kind].read, path)
    reports: list[ImportReport] = []
    try:
        with target.database.writing():
            reports += KINDS[kind].keep(said, target)
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
