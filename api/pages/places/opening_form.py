"""The form of an opening: from an opening to fields, and from fields to an opening."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final, TypeAlias

from api.answers import TEXT, Answers, Typed
from api.pages.places.schedule_form import (
    WEEKDAYS,
    WEEKS,
    closed_choices,
    fields_of,
    often_choices,
    read_schedule,
)
from cases.messages import in_japanese
from cases.words.wording import own_wording
from catalog.errors import CatalogError
from catalog.opening import (
    Opening,
    OpeningStatus,
    Preference,
    Stage,
    Welcome,
    missing_before_shown,
)
from catalog.organisation import Organisation
from catalog.schedule import Schedule, occurrences
from catalog.search import SHOWN_STATUSES
from catalog.vocabulary import Vocabulary

Choices: TypeAlias = Mapping[str, str]

LABELS: Final[Mapping[str, str]] = {
    "name": "枠の名前",
    "menu": "すること",
    "form": "形",
    "role": "役割",
    "description": "どんなことをするか",
    "first_stage": "どの段から",
    "last_stage": "どの段まで",
    "often": "くりかえし",
    "weeks": "第何週",
    "weekdays": "曜日",
    "anchor_on": "行う日を1つ",
    "starts_at": "始まる時刻",
    "ends_at": "終わる時刻",
    "closed": "お休み",
    "min_minutes": "1回の最短の時間",
    "max_minutes": "1回の最長の時間",
    "leave_early_ok": "途中で帰っても",
    "starts_on": "始まる日",
    "ends_on": "終わる日",
    "capacity": "定員",
    "taken": "いま来ている人数",
    "typical_people": "いつもの人数",
    "helpers_wanted": "手伝いの方の人数",
    "min_age": "何歳から",
    "max_age": "何歳まで",
    "sex": "性別",
    "sex_reason": "性別を限る理由",
    "with_child": "子ども連れ",
    "residents": "住まい",
    "fields": "分野",
    "glad_words": "こういう方だと うれしい",
    "glad_min_age": "何歳くらいから",
    "glad_max_age": "何歳くらいまで",
    "glad_stages": "今の段",
    "glad_menu": "好きなこと",
    "glad_weekdays": "来られる曜日",
    "noise": "音",
    "crowd": "人の多さ",
    "companion_welcome": "付きそいの人",
    "accommodations": "できる配慮",
    "transport": "通い方",
    "cost_yen": "1回の費用",
    "stipend_yen": "1回の応援金",
    "insurance": "保険",
    "agreement_required": "確認書",
    "host_id": "受け入れ先",
    "visibility": "見せる範囲",
}
"""What people call the fields, in the order of the form."""
YES: Final = "yes"
MOST_PEOPLE: Final = 999
MOST_MINUTES: Final = 1440
MOST_YEN: Final = 1_000_000
OLDEST: Final = 130
USUAL_MINUTES: Final = 30
_A_YEAR: Final = timedelta(days=366)
_FIELD_OF: Final[Mapping[str, str]] = {
    "taken_exceeds_capacity": "taken",
    "welcome.sex_reason": "sex_reason",
}
"""Where a mistake stands that the catalogue finds, unless its own field is in the form."""
MISSING: Final[Mapping[str, str]] = {
    "menu": "することが選ばれていません。1つは選んでください。",
    "sex_reason": "性別を限るときは、理由を書いてください（例：着がえがある）。",
    "insurance": "雇わない形で働くときは、保険が要ります。どの保険かを選んでください。",
    "agreement_required": "雇わない形で働くときは、確認書が要ります。「交わす」にしてください。",
}
"""What an opening lacks before people are sent there, by field."""


@dataclass(frozen=True, slots=True)
class OpeningChoices:
    """What can be chosen, value → words by field.

    Parameters
    ----------
    kept
        The opening that the form changes.
    """

    vocabulary: Vocabulary
    hosts: Mapping[str, Organisation]
    kept: Opening | None = None

    @property
    def by_field(self) -> Mapping[str, Choices]:
        """Return the choices of every field that offers any."""
        say = own_wording().say
        schedule = self.kept.schedule if self.kept else None
        stages = {str(int(each)): say("stage", int(each)) for each in Stage}
        lists = {
            "menu": "menu",
            "form": "form",
            "role": "role",
            "fields": "field",
            "glad_menu": "menu",
            "accommodations": "accommodation",
            "transport": "transport",
            "insurance": "insurance",
            "visibility": "visibility",
        }
        return {
            **{name: self._labels(list_name) for name, list_name in lists.items()},
            "first_stage": stages,
            "last_stage": stages,
            "glad_stages": stages,
            "glad_weekdays": WEEKDAYS,
            "often": often_choices(schedule),
            "weeks": WEEKS,
            "weekdays": WEEKDAYS,
            "closed": closed_choices(schedule),
            "leave_early_ok": {YES: "よい", "": "相談して"},
            "sex": {"": "限らない", "female": "女性の方", "male": "男性の方"},
            "with_child": {"": "どちらでも", "only": "親子で来る方", "without": "おとなだけ"},
            "residents": {YES: "市内の方", "": "市外の方も"},
            "noise": {str(each): say("noise", each) for each in (1, 2, 3)},
            "crowd": {str(each): say("crowd", each) for each in (1, 2, 3)},
            "companion_welcome": {YES: "いっしょに来てよい", "": "ひとりで来る"},
            "agreement_required": {"": "要らない", YES: "交わす"},
            "host_id": {id_: each.name for id_, each in self.hosts.items()},
        }

    def _labels(self, list_name: str) -> Choices:
        return {code: each.label for code, each in self.vocabulary.codes(list_name).items()}


@dataclass(frozen=True, slots=True)
class OpeningRead:
    """What the form says; without errors there is an opening.

    `schedule` is there as soon as the part about it can be read, so that it can be shown.
    """

    opening: Opening | None
    schedule: Schedule | None
    schedule_is_read: bool
    errors: Mapping[str, str]


def blank(host_id: str | None) -> Typed:
    """Return the fields of a form for something new."""
    return Typed(
        {
            "form": ("ibasho",),
            "role": ("participant",),
            "first_stage": (str(int(Stage.VISIT)),),
            "last_stage": (str(int(Stage.PARTICIPATION)),),
            "min_minutes": (str(USUAL_MINUTES),),
            "leave_early_ok": (YES,),
            "companion_welcome": (YES,),
            "residents": (YES,),
            "noise": ("1",),
            "crowd": ("1",),
            "taken": ("0",),
            "cost_yen": ("0",),
            "stipend_yen": ("0",),
            "visibility": ("agencies",),
            "host_id": (host_id or "",),
        }
    )


def typed_of(opening: Opening) -> Typed:
    """Return the fields of an opening as it is kept."""
    welcome, glad = opening.welcome, opening.preference or Preference()
    children = {None: "", True: "only", False: "without"}
    return Typed(
        {
            "name": (opening.name,),
            "menu": opening.menu,
            "form": (opening.form,),
            "role": (opening.role,),
            "description": (opening.description,),
            "first_stage": (str(int(opening.first_stage)),),
            "last_stage": (str(int(opening.last_stage)),),
            **fields_of(opening.schedule),
            "min_minutes": (str(opening.min_minutes),),
            "max_minutes": (_number(opening.max_minutes),),
            "leave_early_ok": _yes(opening.leave_early_ok),
            "starts_on": (_day(opening.starts_on),),
            "ends_on": (_day(opening.ends_on),),
            "capacity": (str(opening.capacity),),
            "taken": (str(opening.taken),),
            "typical_people": (_number(opening.typical_people),),
            "helpers_wanted": (_number(opening.helpers_wanted or None),),
            "min_age": (_number(welcome.min_age),),
            "max_age": (_number(welcome.max_age),),
            "sex": (welcome.sex or "",),
            "sex_reason": (welcome.sex_reason,),
            "with_child": (children[welcome.with_child],),
            "residents": _yes(welcome.residents_only),
            "fields": tuple(sorted(welcome.fields)),
            "glad_words": (glad.words,),
            "glad_min_age": (_number(glad.min_age),),
            "glad_max_age": (_number(glad.max_age),),
            "glad_stages": tuple(str(int(each)) for each in sorted(glad.stages)),
            "glad_menu": tuple(sorted(glad.menu)),
            "glad_weekdays": tuple(str(each) for each in sorted(glad.weekdays)),
            "noise": (str(opening.noise),),
            "crowd": (str(opening.crowd),),
            "companion_welcome": _yes(opening.companion_welcome),
            "accommodations": tuple(sorted(opening.accommodations)),
            "transport": opening.transport,
            "cost_yen": (str(opening.cost_yen),),
            "stipend_yen": (str(opening.stipend_yen),),
            "insurance": (opening.insurance,),
            "agreement_required": _yes(opening.agreement_required),
            "host_id": (opening.host_id,),
            "visibility": (opening.visibility,),
        }
    )


def read_opening(
    typed: Typed, choices: OpeningChoices, start: Opening, today: date, *, to_be_shown: bool
) -> OpeningRead:
    """Read the fields.

    Parameters
    ----------
    start
        The opening that the form changes, or a bare draft of a new one.
    to_be_shown
        Whether people are sent there from now on, so that nothing may be missing.
    """
    form, offered = Answers(typed, LABELS), choices.by_field
    schedule = read_schedule(form, choices.kept.schedule if choices.kept else None)
    is_read = not form.errors
    values: dict[str, Any] = {
        "name": form.required("name", "枠の名前がありません。本人にも伝わる名前を書いてください。")
        or start.name,
        "menu": _after_kept(form.choices("menu", offered["menu"]), start.menu),
        "form": form.choice("form", offered["form"], start.form),
        "role": form.choice("role", offered["role"], start.role),
        "description": form.text("description", TEXT),
        "schedule": schedule,
        "leave_early_ok": form.ticked("leave_early_ok"),
        "starts_on": form.day("starts_on"),
        "ends_on": form.day("ends_on"),
        "accommodations": frozenset(form.choices("accommodations", offered["accommodations"])),
        "transport": _after_kept(form.choices("transport", offered["transport"]), start.transport),
        "noise": int(form.choice("noise", offered["noise"], "1")),
        "crowd": int(form.choice("crowd", offered["crowd"], "1")),
        "companion_welcome": form.ticked("companion_welcome"),
        "insurance": form.choice("insurance", offered["insurance"]),
        "agreement_required": form.ticked("agreement_required"),
        "host_id": _host(form, offered["host_id"]) or start.host_id,
        "visibility": form.choice("visibility", offered["visibility"], start.visibility),
        "preference": _preference(form, offered),
        **_numbers(form, start),
        **_stages(form, offered["first_stage"]),
    }
    welcome = _welcome(form, offered)
    try:
        opening = replace(start, welcome=welcome or start.welcome, **values)
    except CatalogError as error:
        form.wrong(_field_of(error), in_japanese(error))
        return OpeningRead(None, schedule, is_read, _in_order(form.errors))
    if to_be_shown or opening.status in SHOWN_STATUSES:
        for field in missing_before_shown(opening):
            name = _FIELD_OF.get(field, field)
            form.wrong(name, MISSING[name])
    for name, sentence in _impossible(opening, today):
        form.wrong(name, sentence)
    errors = _in_order(form.errors)
    return OpeningRead(None if errors else opening, schedule, is_read, errors)


def _after_kept(chosen: tuple[str, ...], kept: tuple[str, ...]) -> tuple[str, ...]:
    """Return what is chosen: what was there in its old order, then what is new."""
    stays = tuple(code for code in kept if code in chosen)
    return (*stays, *(code for code in chosen if code not in stays))


def _in_order(errors: Mapping[str, str]) -> Mapping[str, str]:
    """Return mistakes as the form goes from top to bottom."""
    return {name: errors[name] for name in LABELS if name in errors}


def draft_of(opening_id: str, resource_id: str, host_id: str) -> Opening:
    """Return what a new opening begins from; its fields are still to be filled in."""
    return Opening(
        id=opening_id,
        resource_id=resource_id,
        host_id=host_id or "?",
        name="?",
        menu=(),
        form="ibasho",
        role="participant",
        capacity=1,
        status=OpeningStatus.DRAFT,
    )


def _numbers(form: Answers, start: Opening) -> dict[str, Any]:
    capacity = form.integer("capacity", 1, MOST_PEOPLE)
    if capacity is None:
        form.wrong("capacity", "定員がありません。何人まで来られるかを書いてください。")
    taken = form.integer("taken", 0, MOST_PEOPLE) or 0
    if capacity is not None and taken > capacity:
        form.wrong(
            "taken",
            f"いま来ている人数（{taken}人）が、定員（{capacity}人）より多くなっています。"
            "どちらかを直してください。",
        )
        taken = capacity
    least = form.integer("min_minutes", 1, MOST_MINUTES) or USUAL_MINUTES
    most = form.integer("max_minutes", 1, MOST_MINUTES)
    if most is not None and most < least:
        form.wrong(
            "max_minutes",
            f"{most}分は、最短の{least}分より短くなっています。どちらかを直してください。",
        )
        most = None
    return {
        "capacity": capacity or max(start.capacity, taken),
        "taken": taken,
        "typical_people": form.integer("typical_people", 1, MOST_PEOPLE),
        "helpers_wanted": form.integer("helpers_wanted", 0, MOST_PEOPLE) or 0,
        "min_minutes": least,
        "max_minutes": most,
        "cost_yen": form.integer("cost_yen", 0, MOST_YEN) or 0,
        "stipend_yen": form.integer("stipend_yen", 0, MOST_YEN) or 0,
    }


def _stages(form: Answers, stages: Choices) -> dict[str, Stage]:
    first = Stage(int(form.choice("first_stage", stages, str(int(Stage.VISIT)))))
    last = Stage(int(form.choice("last_stage", stages, str(int(Stage.PARTICIPATION)))))
    if first > last:
        form.wrong(
            "last_stage",
            f"「{stages[str(int(last))]}」は「{stages[str(int(first))]}」より前の段です。"
            "どちらかを選びなおしてください。",
        )
        last = first
    return {"first_stage": first, "last_stage": last}


def _welcome(form: Answers, offered: Mapping[str, Choices]) -> Welcome | None:
    children = {"": None, "only": True, "without": False}
    low, high = form.integer("min_age", 0, OLDEST), form.integer("max_age", 0, OLDEST)
    if low is not None and high is not None and low > high:
        form.wrong(
            "max_age",
            f"{high}歳は、{low}歳より下です。どちらかを直してください。",
        )
        return None
    return Welcome(
        min_age=low,
        max_age=high,
        sex=form.choice("sex", offered["sex"]) or None,
        sex_reason=form.text("sex_reason"),
        with_child=children[form.choice("with_child", offered["with_child"])],
        fields=frozenset(form.choices("fields", offered["fields"])),
        residents_only=form.ticked("residents"),
    )


def _preference(form: Answers, offered: Mapping[str, Choices]) -> Preference | None:
    """Read whom the host would be glad of; None where nothing was named."""
    low, high = form.integer("glad_min_age", 0, OLDEST), form.integer("glad_max_age", 0, OLDEST)
    if low is not None and high is not None and low > high:
        form.wrong("glad_max_age", f"{high}歳は、{low}歳より下です。どちらかを直してください。")
        high = None
    stages = form.choices("glad_stages", offered["glad_stages"])
    named = Preference(
        min_age=low,
        max_age=high,
        stages=frozenset(Stage(int(each)) for each in stages),
        menu=frozenset(form.choices("glad_menu", offered["glad_menu"])),
        weekdays=frozenset(map(int, form.choices("glad_weekdays", offered["glad_weekdays"]))),
        words=form.text("glad_words"),
    )
    return None if named == Preference() else named


def _host(form: Answers, hosts: Choices) -> str:
    host_id = form.choice("host_id", hosts)
    if not host_id:
        form.wrong("host_id", "受け入れ先が選ばれていません。だれが受け入れるかを選んでください。")
    return host_id


def _impossible(opening: Opening, today: date) -> Iterator[tuple[str, str]]:
    """Find what fits together in no week: no day at all, or a stay longer than the meeting."""
    schedule = opening.schedule
    if schedule is None:
        return
    first = max(day for day in (today, opening.starts_on, schedule.starts_on) if day)
    if opening.ends_on is None or opening.ends_on >= first:
        last = min(day for day in (first + _A_YEAR, opening.ends_on) if day)
        if not occurrences(schedule, first, last):
            yield (
                "weekdays",
                "この決め方では、行う日が1日もありません。曜日・週・お休み・期間を見なおしてください。",
            )
    held = _minutes_between(schedule)
    if opening.min_minutes > held:
        yield (
            "min_minutes",
            f"1回の最短の時間（{opening.min_minutes}分）が、行う時間（{held}分）より長くなっています。"
            "どちらかを直してください。",
        )


def _minutes_between(schedule: Schedule) -> int:
    start, end = (datetime.combine(date.min, at) for at in (schedule.starts_at, schedule.ends_at))
    return (end - start) // timedelta(minutes=1)


def _field_of(error: CatalogError) -> str:
    """Return the field at which a mistake stands."""
    named = error.params.get("last_field") or error.params.get("field") or ""
    return _FIELD_OF.get(error.code) or (str(named) if named in LABELS else "name")


def _number(value: int | None) -> str:
    return "" if value is None else str(value)


def _day(value: date | None) -> str:
    return "" if value is None else value.isoformat()


def _yes(value: bool) -> tuple[str, ...]:
    return (YES,) if value else ("",)
