"""When an opening takes place, put together from a few choices: how often, weekdays, hours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, time
from typing import Final, TypeAlias

from api.answers import Answers
from cases.messages import in_japanese
from cases.words.dates import WEEKDAYS_JA, recurrence_words
from catalog.errors import CatalogError
from catalog.schedule import (
    EVERY_OTHER_WEEK,
    EVERY_WEEK,
    LAST_WEEK,
    ClosedPeriod,
    Recurrence,
    Schedule,
)
from exchange import cells
from exchange.errors import ExchangeError

Choices: TypeAlias = Mapping[str, str]

WEEKLY: Final = "weekly"
FORTNIGHTLY: Final = "fortnightly"
MONTHLY: Final = "monthly"
ARRANGED: Final = "arranged"
KEPT: Final = "kept"
OFTEN: Final[Choices] = {
    WEEKLY: "毎週",
    FORTNIGHTLY: "隔週",
    MONTHLY: "毎月 きまった週",
    ARRANGED: "相談して決める",
}
WEEKS: Final[Choices] = {**{str(n): f"第{n}" for n in range(1, 6)}, str(LAST_WEEK): "最終"}
WEEKDAYS: Final[Choices] = {str(day): WEEKDAYS_JA[day] for day in range(7)}
HOLIDAYS: Final = "holidays"
USUAL_PERIODS: Final = (
    ClosedPeriod("12-29", "01-03", "年末年始は休み"),
    ClosedPeriod("08-01", "08-31", "8月は休み"),
)
_FIELD_OF: Final[Mapping[str, str]] = {
    "schedule_times": "ends_at",
    "anchor_missing": "anchor_on",
    "anchor_weekday": "anchor_on",
}


def often_choices(kept: Schedule | None) -> Choices:
    """Return how often it may take place; what is woven too finely for the form can stay."""
    if kept is None or _often_of(kept.recurrence) != KEPT:
        return OFTEN
    return {KEPT: f"今のまま（{recurrence_words(kept)}）", **OFTEN}


def closed_choices(kept: Schedule | None) -> Choices:
    """Return the days off that can be ticked: the usual ones and those there are."""
    periods = {_value_of(each): _words_of(each) for each in _periods(kept)}
    return {HOLIDAYS: "祝日", **periods}


def _periods(kept: Schedule | None) -> Sequence[ClosedPeriod]:
    own = kept.closed if kept else ()
    return tuple(dict.fromkeys((*USUAL_PERIODS, *own)))


def _value_of(period: ClosedPeriod) -> str:
    return f"{period.first}/{period.last}"


def _words_of(period: ClosedPeriod) -> str:
    return period.words.removesuffix("は休み") or f"{period.first}〜{period.last}"


def _often_of(recurrence: Recurrence) -> str:
    """Return the choice that says a recurrence, `KEPT` where none does."""
    if len({weeks for _, weeks in recurrence.days}) > 1:
        return KEPT
    usual: dict[tuple[int, ...], str] = {(EVERY_WEEK,): WEEKLY, (EVERY_OTHER_WEEK,): FORTNIGHTLY}
    return usual.get(recurrence.days[0][1], MONTHLY)


def fields_of(schedule: Schedule | None) -> dict[str, tuple[str, ...]]:
    """Return the fields of a schedule as it is kept; None is by arrangement."""
    if schedule is None:
        return {"often": (ARRANGED,)}
    often = _often_of(schedule.recurrence)
    weeks = schedule.recurrence.days[0][1] if often == MONTHLY else ()
    closed = [_value_of(each) for each in schedule.closed]
    anchor = schedule.anchor_on
    return {
        "often": (often,),
        "weeks": tuple(str(week) for week in weeks),
        "weekdays": tuple(str(day) for day in schedule.recurrence.weekdays),
        "anchor_on": (anchor.isoformat() if anchor else "",),
        "starts_at": (f"{schedule.starts_at:%H:%M}",),
        "ends_at": (f"{schedule.ends_at:%H:%M}",),
        "closed": (*([HOLIDAYS] if schedule.closed_on_holidays else []), *closed),
    }


def read_schedule(form: Answers, kept: Schedule | None) -> Schedule | None:
    """Read the schedule; None by arrangement, or with a mistake noted where it cannot be read.

    Parameters
    ----------
    kept
        The schedule that the form changes.
    """
    often = form.choice("often", often_choices(kept))
    if not often:
        form.wrong(
            "often", "くりかえしが選ばれていません。決まっていなければ「相談して決める」を。"
        )
    if not often or often == ARRANGED:
        return None
    starts_at, ends_at = _clock(form, "starts_at"), _clock(form, "ends_at")
    recurrence, anchor_on = _recurrence(form, often, kept)
    closed = form.choices("closed", closed_choices(kept))
    if recurrence is None or starts_at is None or ends_at is None:
        return None
    try:
        return Schedule(
            recurrence=recurrence,
            starts_at=starts_at,
            ends_at=ends_at,
            anchor_on=anchor_on,
            starts_on=kept.starts_on if kept else None,
            ends_on=kept.ends_on if kept else None,
            closed_on_holidays=HOLIDAYS in closed,
            closed=tuple(each for each in _periods(kept) if _value_of(each) in closed),
        )
    except CatalogError as error:
        form.wrong(_FIELD_OF[error.code], in_japanese(error))
        return None


def _recurrence(
    form: Answers, often: str, kept: Schedule | None
) -> tuple[Recurrence | None, date | None]:
    """Read on which days it takes place, and for every other week one of them."""
    if often == KEPT and kept is not None:
        return kept.recurrence, kept.anchor_on
    weekdays = sorted(map(int, form.choices("weekdays", WEEKDAYS)))
    if not weekdays:
        form.wrong("weekdays", "曜日が選ばれていません。1つは選んでください。")
    weeks: tuple[int, ...] = (EVERY_WEEK,)
    anchor_on = None
    if often == MONTHLY:
        weeks = tuple(sorted(map(int, form.choices("weeks", WEEKS))))
        if not weeks:
            form.wrong("weeks", "第何週かが選ばれていません。1つは選んでください。")
    elif often == FORTNIGHTLY:
        weeks, anchor_on = (EVERY_OTHER_WEEK,), form.day("anchor_on")
        if anchor_on is None:
            form.wrong("anchor_on", "隔週のときは、行う日を1つ書いてください（例：2026/4/6）。")
        elif weekdays and anchor_on.weekday() not in weekdays:
            day = WEEKDAYS_JA[anchor_on.weekday()]
            form.wrong(
                "anchor_on",
                f"この日は{day}曜で、選んだ曜日と合いません。日付か曜日を直してください。",
            )
    if form.errors.keys() & {"weekdays", "weeks", "anchor_on"}:
        return None, None
    return Recurrence(tuple((day, weeks) for day in weekdays)), anchor_on


def _clock(form: Answers, name: str) -> time | None:
    written = form.text(name)
    try:
        found = cells.clock(written)
    except ExchangeError:
        form.wrong(
            name,
            f"{form.labels[name]}「{written}」は、時刻として読めません。"
            "9:30 のように書いてください。",
        )
        return None
    if found is None:
        form.wrong(name, f"{form.labels[name]}がありません。9:30 のように書いてください。")
    return found
