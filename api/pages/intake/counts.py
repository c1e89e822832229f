"""How many first words there were, beside what the plan wants; no words, nobody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from api.pages.intake.form import NO_WINDOW, UNKNOWN
from api.pages.intake.listing import ADDRESS
from api.pages.people.head import date_without_weekday
from api.pages.people.options import district_words
from api.pages.surroundings import can, frame_for
from api.rendering import render
from api.rights import SeesPlanning
from api.wiring import Wired
from cases.intake.counting import APRIL, MONTHS, YearCount, count_heard, fiscal_year
from cases.intake.referral import ReferralState
from cases.permissions import Action
from cases.small_figures import unless_small
from catalog.dates import day_in_japan
from catalog.municipality import Municipality, Target

router = APIRouter(include_in_schema=False)

UNKEPT: Final = "記録なし"
"""What stands for a year in which nothing was kept here."""
PASSED: Final = {
    ReferralState.SOLVED: "多機関協働なしで、機関どうしで解決した",
    ReferralState.HANDED_ON: "多機関協働へ つないだ",
}
FEW: Final = "少ない"
"""What stands for a figure that is not told."""


@dataclass(frozen=True, slots=True)
class CountRow:
    """A line of figures, its sum last."""

    name: str
    figures: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class TargetRow:
    """One year of a target beside what was counted."""

    name: str
    year: str
    target: str
    counted: str


@dataclass(frozen=True, slots=True)
class CountsPage:
    """The figures of one fiscal year; `exact` readers see each of them, others the targets."""

    year: str
    years: tuple[tuple[int, str], ...]
    shown: int
    exact: bool
    total: int
    by_month: tuple[CountRow, ...]
    windows: tuple[str, ...]
    by_field: tuple[CountRow, ...]
    districts: tuple[tuple[str, int], ...]
    targets: tuple[TargetRow, ...]
    may_list: bool
    passed: tuple[tuple[str, str], ...]
    months: tuple[int, ...] = MONTHS


@router.get(ADDRESS + "/counts")
def counts(
    request: Request, actor: SeesPlanning, wiring: Wired, year: Annotated[int, Query()] = 0
) -> HTMLResponse:
    """Show the figures of a fiscal year, of the present one first."""
    now = fiscal_year(day_in_japan(wiring.clock()))
    found = count_heard(wiring.intake.heard())
    years = sorted({*found, now}, reverse=True)
    shown = year if year in years else now
    count = found.get(shown, YearCount(shown))
    settings = wiring.ground.settings()
    exact = not actor.remits
    fields = {each.code: each.label for each in wiring.vocabulary.codes("field").values()}
    windows = _windows(settings, count)
    content = CountsPage(
        year=year_words(shown),
        years=tuple((each, year_words(each)) for each in years),
        shown=shown,
        exact=exact,
        total=count.total() if exact else 0,
        by_month=_by_month(count, windows) if exact else (),
        windows=tuple(each or NO_WINDOW for each in windows),
        by_field=_by_field(count, windows, fields) if exact else (),
        districts=_by_district(count, settings) if exact else (),
        targets=tuple(_targets(settings.targets, found, now, exact=exact)),
        may_list=can(actor, Action.SEE_RECEPTIONS),
        passed=_passed(wiring.referrals.ends(), shown, exact=exact),
    )
    frame = frame_for(request, actor, "受付の数", current=ADDRESS)
    return render(request, "pages/intake/counts.html", frame, content)


def year_words(year: int) -> str:
    """Return a fiscal year as people say it.

    >>> year_words(2026)
    '令和8年度'
    """
    return date_without_weekday(date(year, APRIL, 1)).partition("年")[0] + "年度"


def _windows(settings: Municipality, count: YearCount) -> tuple[str, ...]:
    """Return the windows of the settings, then others at which something was received."""
    own = [each.name for each in settings.windows]
    return (*own, *sorted(count.windows - {*own}, key=lambda name: (not name, name)))


def _by_month(count: YearCount, windows: Sequence[str]) -> tuple[CountRow, ...]:
    rows = [
        CountRow(
            window or NO_WINDOW,
            (*(count.by_month[window, month] for month in MONTHS), count.total(window)),
        )
        for window in windows
    ]
    sums = tuple(sum(column) for column in zip(*(row.figures for row in rows), strict=True))
    return (*rows, CountRow("合計", sums)) if rows else ()


def _by_field(
    count: YearCount, windows: Sequence[str], names: Mapping[str, str]
) -> tuple[CountRow, ...]:
    found = {field for _, field in count.by_field}
    order = [*(each for each in names if each in found), *sorted(found - {*names})]
    rows = []
    for field in order:
        figures = tuple(count.by_field[window, field] for window in windows)
        rows.append(CountRow(names.get(field, field) or UNKNOWN, (*figures, sum(figures))))
    return tuple(rows)


def _by_district(count: YearCount, settings: Municipality) -> tuple[tuple[str, int], ...]:
    """Return how many each 圏域 of the first layer connected, those without any too."""
    named = [each.name for layer in settings.districts[:1] for each in layer.districts]
    others = sorted(count.connecting_districts() - {*named})
    return tuple(
        (
            district_words(name),
            sum(many for (_, at), many in count.by_district.items() if at == name),
        )
        for name in (*named, *others)
    )


def _targets(
    targets: Sequence[Target], found: Mapping[int, YearCount], now: int, *, exact: bool
) -> Iterator[TargetRow]:
    for each in targets:
        if not each.measure:
            continue
        wanted = {year: f"{value}{each.unit}" for year, value in each.values.items()}
        if each.baseline_year is not None:
            wanted[each.baseline_year] = f"はじめの値 {each.baseline}{each.unit}"
        for year in sorted({*wanted, now}):
            counted = UNKEPT if year < min(found, default=now) else ""
            if not counted and year <= now:
                figure = _measured(each, found.get(year, YearCount(year)))
                told = figure if exact else unless_small(figure)
                counted = FEW if told is None else f"{told}{each.unit}"
            yield TargetRow(each.name, year_words(year), wanted.get(year, ""), counted)


def _passed(
    ends: Sequence[tuple[date, ReferralState]], year: int, *, exact: bool
) -> tuple[tuple[str, str], ...]:
    """Return how what agencies asked of one another ended in a fiscal year."""
    found = Counter(state for on, state in ends if fiscal_year(on) == year)
    told = ((words, found[state]) for state, words in PASSED.items())
    shown = ((words, many if exact else unless_small(many)) for words, many in told)
    return tuple((words, FEW if many is None else f"{many}件") for words, many in shown)


def _measured(target: Target, count: YearCount) -> int:
    window = target.window or None
    if target.measure == "receptions":
        return count.total(window)
    return len(count.connecting_districts(window))
