"""Openings: one row for each offer of a host, found at a resource that is known already."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from functools import cached_property

from catalog.errors import CatalogError
from catalog.opening import Opening, OpeningStatus, Preference, Stage, Welcome
from catalog.organisation import Organisation
from catalog.resource import Resource
from catalog.schedule import ClosedPeriod, Schedule
from exchange import cells
from exchange.city import City
from exchange.columns import load_columns
from exchange.errors import ExchangeError
from exchange.readers.resources import organisation_kind, read_visibility
from exchange.rows import Reading, Row, choices, read_rows
from exchange.tabular import Table
from exchange.weekly import closed_periods, recurrence_of

COLUMNS = load_columns("openings")
STAGES: Mapping[str, Stage] = {
    "相談": Stage.CONSULTATION,
    "見学": Stage.VISIT,
    "体験": Stage.TRIAL,
    "参加": Stage.PARTICIPATION,
    "役割": Stage.ROLE,
    "担い手": Stage.ROLE,
    "就労": Stage.WORK,
}
STATUSES: Mapping[str, OpeningStatus] = {
    "受付中": OpeningStatus.OPEN,
    "受け入れ中": OpeningStatus.OPEN,
    "満員": OpeningStatus.FULL,
    "休止": OpeningStatus.PAUSED,
    "お休み": OpeningStatus.PAUSED,
    "終了": OpeningStatus.ENDED,
    "下書き": OpeningStatus.DRAFT,
    "承認待ち": OpeningStatus.SUBMITTED,
}
SEXES: Mapping[str, str | None] = {
    "女性": "female",
    "女性のみ": "female",
    "女": "female",
    "男性": "male",
    "男性のみ": "male",
    "男": "male",
    "どちらも": None,
    "限定なし": None,
    "なし": None,
}
WITH_CHILD: Mapping[str, bool | None] = {
    "親子のみ": True,
    "親子": True,
    "子ども不可": False,
    "大人のみ": False,
    "どちらも": None,
    "可": None,
}
BY_ARRANGEMENT = frozenset({"応相談", "要相談", "相談", "相談して決める", "随時", "不定期"})
"""What stands for days or times where they are settled with each person."""
WHEN = ("days", "recurrence", "starts_at", "ends_at", "hours")
"""Where it may stand when an opening takes place, the weekday first."""
WEEKDAY_WORDS = "月、火、水、木、金、土、日、平日、毎日"
LEVELS: Mapping[str, int] = {
    "1": 1,
    "2": 2,
    "3": 3,
    "静か": 1,
    "少ない": 1,
    "ふつう": 2,
    "普通": 2,
    "にぎやか": 3,
    "多い": 3,
}


@dataclass(frozen=True)
class Known:
    """Resources and organisations that openings may name."""

    resources: Sequence[Resource] = ()
    organisations: Sequence[Organisation] = ()

    @cached_property
    def resource_of(self) -> Mapping[str, tuple[Resource, ...]]:
        """Resources by id, by the id in their source, and by name."""
        found: dict[str, dict[str, Resource]] = {}
        for each in self.resources:
            for name in {each.id, each.external_id, each.name} - {""}:
                found.setdefault(cells.key(name), {})[each.id] = each
        return {name: tuple(by_id.values()) for name, by_id in found.items()}

    @cached_property
    def organisation_of(self) -> Mapping[str, Organisation]:
        """Organisations by id and by name."""
        by_name = {cells.key(each.name): each for each in reversed(self.organisations)}
        return by_name | {cells.key(each.id): each for each in self.organisations}


@dataclass(frozen=True, slots=True)
class OpeningRow:
    """An opening, the number it has in the file, and its host where nobody knew it yet."""

    opening: Opening
    own_id: str = ""
    new_host: Organisation | None = None


def read_openings(table: Table, city: City, known: Known) -> Reading[OpeningRow]:
    """Read openings.

    A capacity below 1, an impossible recurrence code, an end before its start, an unknown
    resource and a second use of an id are rejected; unknown codes are unresolved.
    """
    seen: dict[tuple[str, ...], int] = {}
    hosts: dict[str, Organisation] = {}

    def read(row: Row) -> OpeningRow:
        name = row.required_text("name")
        resource = _resource(row, known)
        own_id = row.text("id")
        key = (own_id,) if own_id else (resource.id if resource else "", cells.key(name))
        if key in seen:
            column, code = ("id", "id_twice") if own_id else ("name", "opening_twice")
            row.reject(column, ExchangeError(code, value=own_id or name, row=seen[key]))
        seen.setdefault(key, row.row)
        host, new_host = _host(row, city, known, resource, hosts)
        capacity = _capacity(row)
        opening = _opening(row, city, resource.id if resource else "?", host, max(capacity, 1))
        return OpeningRow(opening, own_id, new_host)

    return read_rows(table, COLUMNS, "openings", read, (CatalogError,))


def stable_id(municipality_code: str, *identity: str) -> str:
    """Return the id of what a file itself identifies, the same at every import."""
    digest = hashlib.sha256("\x1f".join((municipality_code, *identity)).encode()).digest()
    return urlsafe_b64encode(digest[:16]).decode().rstrip("=")


def id_of_own(municipality_code: str, own_id: str) -> str:
    """Return the id of the opening to which an office's own list gives a number."""
    return stable_id(municipality_code, "opening", own_id)


def _resource(row: Row, known: Known) -> Resource | None:
    written = row.required_text("resource")
    found = known.resource_of.get(cells.key(written), ())
    if len(found) == 1:
        return found[0]
    if written:
        hint = row.did_you_mean(written, (each.name for each in known.resources))
        code = "resource_ambiguous" if found else "resource_unknown"
        row.reject("resource", ExchangeError(code, value=written, hint=hint))
    return None


def _host(
    row: Row,
    city: City,
    known: Known,
    resource: Resource | None,
    hosts: dict[str, Organisation],
) -> tuple[str, Organisation | None]:
    """Find who receives people: as named, else who runs the place, else the place itself."""
    written = row.text("host")
    if not written and resource and resource.organisation_id:
        return resource.organisation_id, None
    name = written or (resource.name if resource else "?")
    key = cells.key(name)
    if key in known.organisation_of:
        return known.organisation_of[key].id, None
    if key not in hosts:
        hosts[key] = Organisation(
            id=stable_id(city.municipality.code, "organisation", key),
            name=name,
            name_kana="",
            kind=organisation_kind(name, city),
        )
    return hosts[key].id, hosts[key]


def _capacity(row: Row) -> int:
    """Read how many people can come: at least one, or it is no opening."""
    row.required_text("capacity")
    capacity = row.integer("capacity")
    if capacity is not None and capacity < 1:
        row.reject("capacity", ExchangeError("capacity_below_one", value=capacity))
    return capacity or 1


def _opening(row: Row, city: City, resource_id: str, host_id: str, capacity: int) -> Opening:
    words = city.vocabulary
    own_id = row.text("id")
    name = row.text("name") or "?"
    starts_on, ends_on = _dates(row)
    taken = row.integer("taken", least=0) or 0
    if taken > capacity:
        row.reject("taken", ExchangeError("taken_above_capacity", taken=taken, capacity=capacity))
        taken = 0
    schedule, closed_words = _schedule(row)
    first, last = _stages(row)
    return Opening(
        id=id_of_own(city.municipality.code, own_id or f"{resource_id}\x1f{name}"),
        resource_id=resource_id,
        host_id=host_id,
        name=name,
        menu=row.codes("menu", words, "menu"),
        form=row.code("form", words, "form", "ibasho"),
        role=row.code("role", words, "role", "participant"),
        capacity=capacity,
        taken=taken,
        status=row.choice("status", STATUSES, OpeningStatus.OPEN),
        description="\n".join(filter(None, (row.text("description"), closed_words))),
        first_stage=first,
        last_stage=last,
        schedule=schedule,
        min_minutes=row.integer("min_minutes", least=1) or 30,
        max_minutes=row.integer("max_minutes", least=1),
        welcome=_welcome(row, city),
        preference=_preference(row, city),
        accommodations=frozenset(row.codes("accommodations", words, "accommodation")),
        noise=row.choice("noise", LEVELS, 1),
        crowd=row.choice("crowd", LEVELS, 1),
        typical_people=row.integer("typical_people", least=0),
        helpers_wanted=row.integer("helpers_wanted", least=0) or 0,
        companion_welcome=row.yes_no("companion_welcome", default=True),
        leave_early_ok=row.yes_no("leave_early_ok", default=True),
        quota=row.yes_no("quota", default=False),
        transport=row.codes("transport", words, "transport"),
        cost_yen=_yen(row, "cost_yen"),
        stipend_yen=_yen(row, "stipend_yen"),
        insurance=row.code("insurance", words, "insurance"),
        agreement_required=row.yes_no("agreement_required", default=False),
        starts_on=starts_on,
        ends_on=ends_on,
        visibility=read_visibility(row, city, "agencies"),
        found_by=row.text("found_by"),
        liaison=row.text("liaison"),
        last_confirmed_on=row.day("last_confirmed_on"),
        last_confirmed_by=row.text("last_confirmed_by"),
        last_confirmed_how=row.code("last_confirmed_how", words, "contact_method"),
    )


def _yen(row: Row, name: str) -> int:
    """Read an amount; 無料 is 0."""
    if cells.key(row.cell(name)) in {"無料", "なし"}:
        return 0
    return row.integer(name, least=0) or 0


def _dates(row: Row) -> tuple[date | None, date | None]:
    starts_on, ends_on = row.day("starts_on"), row.day("ends_on")
    if starts_on and ends_on and ends_on < starts_on:
        row.reject("ends_on", ExchangeError("end_before_start", start=starts_on, end=ends_on))
        return starts_on, None
    return starts_on, ends_on


def _stages(row: Row) -> tuple[Stage, Stage]:
    first = row.choice("first_stage", STAGES, Stage.VISIT)
    last = row.choice("last_stage", STAGES, max(first, Stage.PARTICIPATION))
    if last < first:
        row.reject("last_stage", ExchangeError("stage_order"))
        return first, first
    return first, last


def _welcome(row: Row, city: City) -> Welcome:
    min_age, max_age = row.integer("min_age", 0, 130), row.integer("max_age", 0, 130)
    if min_age is not None and max_age is not None and max_age < min_age:
        row.reject("max_age", ExchangeError("age_order", least=min_age, most=max_age))
        max_age = None
    return Welcome(
        min_age=min_age,
        max_age=max_age,
        sex=row.choice("sex", SEXES, None),
        sex_reason=row.text("sex_reason"),
        with_child=row.choice("with_child", WITH_CHILD, None),
        fields=frozenset(row.codes("fields", city.vocabulary, "field")),
        residents_only=row.yes_no("residents_only", default=True),
    )


def _preference(row: Row, city: City) -> Preference | None:
    """Read whom the host would be glad of; None where no cell names anything."""
    min_age, max_age = row.integer("glad_min_age", 0, 130), row.integer("glad_max_age", 0, 130)
    if min_age is not None and max_age is not None and max_age < min_age:
        row.reject("glad_max_age", ExchangeError("age_order", least=min_age, most=max_age))
        max_age = None
    weekdays = cells.weekdays(row.cell("glad_days"))
    if row.has("glad_days") and weekdays is None:
        row.reject(
            "glad_days",
            ExchangeError("cell_not_a_choice", value=row.text("glad_days"), allowed=WEEKDAY_WORDS),
        )
    named = Preference(
        min_age=min_age,
        max_age=max_age,
        stages=_glad_stages(row),
        menu=frozenset(row.codes("glad_menu", city.vocabulary, "menu")),
        weekdays=frozenset(weekdays or ()),
        words=row.text("glad_words"),
    )
    return None if named == Preference() else named


def _glad_stages(row: Row) -> frozenset[Stage]:
    """Read several stages: 体験、参加."""
    found = set()
    for piece in cells.parts(row.cell("glad_stages")):
        if piece in STAGES:
            found.add(STAGES[piece])
        else:
            row.reject(
                "glad_stages",
                ExchangeError("cell_not_a_choice", value=piece, allowed=choices(STAGES)),
            )
    return frozenset(found)


def _schedule(row: Row) -> tuple[Schedule | None, str]:
    """Read when it takes place (None: by arrangement), and what of it is words only."""
    column = "recurrence" if row.has("recurrence") else "days"
    closed, closed_words = _closed(row)
    if cells.key(row.cell(column)) in BY_ARRANGEMENT:
        said = [row.text(name) for name in (column, "starts_at", "ends_at", "hours")]
        return None, "\n".join(filter(None, (" ".join(filter(None, said)), closed_words)))
    starts_at, ends_at = _times(row)
    anchor_on = row.day("anchor_on")
    if not row.has(column):
        if starts_at or ends_at:
            there = (each for each in WHEN if row.has_column(each))
            row.reject(next(there), ExchangeError("weekday_missing"))
        return None, closed_words
    try:
        recurrence = recurrence_of(row.text(column))
        if starts_at is None or ends_at is None:
            if not row.is_rejected:
                missing = "starts_at" if starts_at is None else "ends_at"
                row.reject(missing, ExchangeError("time_missing"))
            return None, closed_words
        _check_times(row, starts_at, ends_at)
        schedule = Schedule(
            recurrence=recurrence,
            starts_at=starts_at,
            ends_at=ends_at,
            anchor_on=anchor_on,
            closed_on_holidays=row.yes_no("closed_on_holidays", default=False),
            closed=closed,
        )
    except (CatalogError, ExchangeError) as error:
        if isinstance(error, CatalogError) and error.code.startswith("anchor"):
            column = "anchor_on"
        if not isinstance(error, CatalogError) or error.code != "schedule_times":
            row.reject(column, error)
        return None, closed_words
    return schedule, closed_words


def _times(row: Row) -> tuple[time | None, time | None]:
    """Read from when to when: of two columns, or of one (10:00〜12:00)."""
    if row.has("starts_at") or row.has("ends_at"):
        return row.clock("starts_at"), row.clock("ends_at")
    if cells.key(row.cell("hours")) in BY_ARRANGEMENT:
        return None, None
    return row.span("hours") or (None, None)


def _check_times(row: Row, starts_at: time, ends_at: time) -> None:
    if ends_at <= starts_at:
        start, end = f"{starts_at:%H:%M}", f"{ends_at:%H:%M}"
        row.reject("ends_at", ExchangeError("end_time_before_start", start=start, end=end))


def _closed(row: Row) -> tuple[tuple[ClosedPeriod, ...], str]:
    try:
        return closed_periods(row.cell("closed")), ""
    except ExchangeError:
        row.repair("closed", "", "repaired_words_to_description")
        return (), f"{row.column('closed')}: {row.text('closed')}"
    except CatalogError as error:
        row.reject("closed", error)
        return (), ""
