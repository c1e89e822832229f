"""The form of a support plan: goals in the person's words, who does what by when."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from api.answers import TEXT, Answers, Typed
from api.pages.people.options import Options
from api.pages.people.person_form import written_day
from cases.errors import CaseError
from cases.messages import in_japanese
from cases.plan import PlanRole, SupportPlan
from cases.words.dates import date_words
from catalog.ids import new_id

ROWS: Final = 4
"""Rows of who does what; a plan with more gets two empty ones besides its own."""
MOST_ROWS: Final = 30
LABELS: Final[Mapping[str, str]] = {
    "made_on": "作った日",
    "aim": "目指す姿",
    "long_goal": "長い目で見た目標",
    "short_goal": "まず めざすこと",
    "lead_office_id": "中心になる機関",
    "services": "使う事業",
    "direction": "支援の方針",
    "starts_on": "はじめる日",
    "review_on": "見直す日",
}
ROLE_LABELS: Final[Mapping[str, str]] = {"who": "だれが", "does": "なにを", "by": "いつまで"}


@dataclass(frozen=True, slots=True)
class PlanRead:
    """What the form says; without errors there is a plan."""

    plan: SupportPlan | None
    errors: Mapping[str, str]


def services_of(options: Options) -> Mapping[str, str]:
    """Return what can be ticked."""
    return {each.code: each.label for each in options.vocabulary.codes("plan_service").values()}


def offices_of_plan(options: Options) -> Mapping[str, str]:
    """Return the offices that can lead a plan or take part in it."""
    return options.of_person["member_office_ids"]


def typed_of(plan: SupportPlan) -> Typed:
    """Return the fields as they are kept."""
    fields: dict[str, tuple[str, ...]] = {
        "plan": (plan.id,),
        "seen": (str(plan.version),),
        "made_on": (written_day(plan.made_on),),
        "aim": (plan.aim,),
        "long_goal": (plan.long_goal,),
        "short_goal": (plan.short_goal,),
        "lead_office_id": (plan.lead_office_id,),
        "services": plan.services,
        "direction": (plan.direction,),
        "starts_on": (_day(plan.starts_on),),
        "review_on": (_day(plan.review_on),),
    }
    for at, role in enumerate(plan.roles):
        fields |= {
            f"who_{at}": (role.who,),
            f"does_{at}": (role.does,),
            f"by_{at}": (_day(role.by_on),),
        }
    return Typed(fields)


def rows_in(typed: Typed) -> int:
    """Return how many rows of who does what the form shows."""
    used = [at for at in range(MOST_ROWS) if typed.one(f"who_{at}") or typed.one(f"does_{at}")]
    return min(MOST_ROWS, max(ROWS, (used[-1] if used else 0) + 3))


def read_plan(typed: Typed, options: Options, participant_id: str, today: date) -> PlanRead:
    """Read the fields; a new plan gets an id of its own."""
    count = rows_in(typed)
    rows = {
        f"{name}_{at}": f"{at + 1}つめの「{label}」"
        for at in range(count)
        for name, label in ROLE_LABELS.items()
    }
    form = Answers(typed, {**LABELS, **rows})
    services, offices = services_of(options), offices_of_plan(options)
    roles = [each for at in range(count) if (each := _role(form, at)) is not None]
    aim = form.text("aim", TEXT)
    if not aim:
        form.wrong("aim", "目指す姿を、本人の言葉で書いてください。")
    seen = typed.one("seen")
    try:
        plan = SupportPlan(
            id=typed.one("plan") or new_id(),
            participant_id=participant_id,
            version=int(seen) if seen.isdecimal() and len(seen) < 6 else 0,
            made_on=form.day("made_on") or today,
            lead_office_id=form.choice("lead_office_id", offices),
            roles=tuple(roles),
            services=form.choices("services", services),
            direction=form.text("direction", TEXT),
            starts_on=form.day("starts_on"),
            review_on=form.day("review_on"),
            aim=aim,
            long_goal=form.text("long_goal", TEXT),
            short_goal=form.text("short_goal", TEXT),
        )
    except CaseError as error:
        form.wrong("review_on", in_japanese(error))
        return PlanRead(None, form.errors)
    return PlanRead(None if form.errors else plan, form.errors)


def _role(form: Answers, at: int) -> PlanRole | None:
    who, does = form.text(f"who_{at}"), form.text(f"does_{at}", TEXT)
    by_on = form.day(f"by_{at}")
    if not (who or does or by_on):
        return None
    if not who:
        form.wrong(f"who_{at}", f"{at + 1}つめに、だれがするかを 書いてください。")
    if not does:
        form.wrong(f"does_{at}", f"{at + 1}つめに、なにをするかを 書いてください。")
    return PlanRole(who, does, by_on)


def in_words(plan: SupportPlan | None, services: Mapping[str, str]) -> dict[str, str]:
    """Return what a plan says, in words by label; empty words where there is none."""
    if plan is None:
        return dict.fromkeys([*LABELS.values(), "すること"], "")
    ticked = "、".join(services.get(each, each) for each in plan.services)
    roles = "\n".join(
        f"{each.who}：{each.does}" + (f"（{date_words(each.by_on)}まで）" if each.by_on else "")
        for each in plan.roles
    )
    return {
        LABELS["made_on"]: date_words(plan.made_on),
        LABELS["aim"]: plan.aim,
        LABELS["long_goal"]: plan.long_goal,
        LABELS["short_goal"]: plan.short_goal,
        LABELS["lead_office_id"]: plan.lead_office_id,
        LABELS["services"]: ticked,
        LABELS["direction"]: plan.direction,
        LABELS["starts_on"]: _words(plan.starts_on),
        LABELS["review_on"]: _words(plan.review_on),
        "すること": roles,
    }


def agreed_words(
    plan: SupportPlan, judged: Mapping[str, str] | None = None
) -> tuple[tuple[str, str], ...]:
    """Return who signed and what was decided, as far as it is so.

    Parameters
    ----------
    judged
        The words of the sittings that the reader may see, by the item that decided.
    """
    where = (judged or {}).get(plan.decided_in or "", "")
    rows = (
        ("署名", f"{plan.signed_by}（{_words(plan.signed_on)}）" if plan.signed_by else ""),
        ("会議の判断", where or _words(plan.decided_on)),
        ("終わり", f"{_words(plan.ended_on)}　{plan.end_reason}" if plan.ended_on else ""),
    )
    return tuple(each for each in rows if each[1])


def chosen(offices: Collection[str]) -> tuple[tuple[str, str], ...]:
    """Return offices as options of a list, with none first."""
    return (("", "まだ決めていない"), *((each, each) for each in offices))


def _words(day: date | None) -> str:
    return date_words(day) if day else ""


def _day(day: date | None) -> str:
    return written_day(day) if day else ""
