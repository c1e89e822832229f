"""The form about what somebody wants and what it takes: from a need to fields, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import zip_longest
from typing import Any, Final

from api.answers import TEXT, Answers, Typed
from api.pages.people import conflict
from api.pages.people.options import AVOID_MUST, Options
from api.pages.people.person_form import written_day
from cases.errors import CaseError
from cases.messages import in_japanese
from cases.need import Need, NextStep, Wish
from catalog.schedule import Band

LABELS: Final[Mapping[str, str]] = {
    "kind": "いちばんの希望",
    "goal": "目指す姿",
    "wish_menu": "やりたいこと",
    "wish_strength": "やりたい強さ",
    "wishes_text": "やりたいこと（ことばで）",
    "avoid_menu": "避けたいこと",
    "avoid_how": "避けたい強さ",
    "avoid_text": "避けたいこと（ことばで）",
    "avoid_host": "行きたくない受け入れ先",
    "avoid_districts": "行きたくない圏域",
    "strengths": "得意なこと・してきたこと",
    "available": "行ける曜日と時間",
    "max_minutes": "1回に続けられる時間",
    "modes": "行き方",
    "travel_limit_minutes": "片道の上限",
    "companion": "付きそい",
    "noise_limit": "音",
    "crowd_limit": "人の多さ",
    "accommodations": "必要な配慮",
    "with_child": "子ども連れ",
    "cost_limit_yen": "1回の費用の上限",
    "existing_options": "今ある制度で足りないところ",
    "until_on": "この希望の期限",
    "next_step": "次の一歩",
    "next_step_reason": "そのわけ",
    "known_place": "行ったことのある場所",
    "known_host": "知っている受け入れ先",
    "known_person": "知っている方",
}
UNDECIDED: Final = "not_sure_yet"
ROWS: Final = 4
MOST_MINUTES: Final = 1440
MOST_YEN: Final = 1_000_000
DEFAULT_LIMIT_MINUTES: Final = 30
_FIELD_OF: Final[Mapping[str, str]] = {
    "wish_twice": "wish_menu",
    "wish_is_avoided": "avoid_menu",
    "modes_missing": "modes",
}


@dataclass(frozen=True, slots=True)
class NeedRead:
    """What the form says; without errors there is a need."""

    need: Need | None
    errors: Mapping[str, str]


def typed_of(need: Need | None) -> Typed:
    """Return the fields as they are kept; for the first need, where one usually begins."""
    if need is None:
        return Typed(
            {
                "kind": (UNDECIDED,),
                "modes": ("walk",),
                "travel_limit_minutes": (str(DEFAULT_LIMIT_MINUTES),),
                "companion": ("none",),
                "noise_limit": ("3",),
                "crowd_limit": ("3",),
                "next_step": (NextStep.UP.value,),
            }
        )
    wishes = sorted(need.wishes, key=lambda wish: -wish.strength)
    avoided = [(menu, AVOID_MUST) for menu in sorted(need.avoid_menu)]
    avoided += [(menu, "rather") for menu in sorted(need.dislike_menu)]
    return Typed(
        {
            "kind": (need.kind,),
            "goal": (need.goal,),
            "wish_menu": tuple(wish.menu for wish in wishes),
            "wish_strength": tuple(str(wish.strength) for wish in wishes),
            "wishes_text": (need.wishes_text,),
            "avoid_menu": tuple(menu for menu, _ in avoided),
            "avoid_how": tuple(how for _, how in avoided),
            "avoid_text": (need.avoid_text,),
            "avoid_host": tuple(sorted(need.avoid_host_ids)),
            "avoid_districts": tuple(f"{layer}/{name}" for layer, name in need.avoid_districts),
            "strengths": (need.strengths,),
            "available": tuple(f"{day}-{int(band)}" for day, band in sorted(need.available)),
            "max_minutes": (_number(need.max_minutes),),
            "modes": need.modes,
            "travel_limit_minutes": (str(need.travel_limit_minutes),),
            "companion": (need.companion,),
            "noise_limit": (str(need.noise_limit),),
            "crowd_limit": (str(need.crowd_limit),),
            "accommodations": tuple(sorted(need.accommodations)),
            "with_child": ("yes",) if need.with_child else (),
            "cost_limit_yen": (_number(need.cost_limit_yen),),
            "existing_options": (need.existing_options,),
            "until_on": (written_day(need.until_on),),
            "next_step": (need.next_step.value,),
            "next_step_reason": (need.next_step_reason,),
            "known_place": tuple(sorted(need.known_place_ids)),
            "known_host": tuple(sorted(need.known_host_ids)),
            "known_person": tuple(sorted(need.known_person_ids)),
        }
    )


def read_need(
    typed: Typed, options: Options, participant_id: str, today: date, before: Need | None = None
) -> NeedRead:
    """Read the fields.

    Parameters
    ----------
    before
        The need that the form changes. Whom and where to avoid, and what is known, stays where
        the form could not show it: nothing that protects somebody is lost without a word.
    """
    form, choices = Answers(typed, LABELS), options.of_need
    kept_hosts, kept_districts = _not_shown(before, options)
    avoid_must, avoid_rather = _avoided(form, options)
    until_on = form.day("until_on")
    if until_on is not None and until_on < today:
        form.wrong("until_on", "この希望の期限が、今日より前です。日付を直すか、空にしてください。")
    try:
        need = Need(
            participant_id=participant_id,
            kind=form.choice("kind", choices["kind"], UNDECIDED),
            goal=form.text("goal", TEXT),
            wishes=_wishes(form, options),
            wishes_text=form.text("wishes_text", TEXT),
            avoid_menu=avoid_must,
            dislike_menu=avoid_rather,
            avoid_text=form.text("avoid_text", TEXT),
            strengths=form.text("strengths", TEXT),
            available=frozenset(map(_slot, form.choices("available", choices["available"]))),
            max_minutes=form.integer("max_minutes", 1, MOST_MINUTES),
            modes=form.choices("modes", choices["modes"]),
            travel_limit_minutes=form.integer("travel_limit_minutes", 1, MOST_MINUTES)
            or DEFAULT_LIMIT_MINUTES,
            companion=form.choice("companion", choices["companion"], "none"),
            noise_limit=int(form.choice("noise_limit", choices["noise_limit"], "3")),
            crowd_limit=int(form.choice("crowd_limit", choices["crowd_limit"], "3")),
            accommodations=frozenset(form.choices("accommodations", choices["accommodations"])),
            with_child=form.ticked("with_child"),
            cost_limit_yen=form.integer("cost_limit_yen", 0, MOST_YEN),
            avoid_host_ids=kept_hosts | {*_rows(form, "avoid_host", choices["avoid_host"])},
            avoid_districts=kept_districts
            | {
                _district(each)
                for each in form.choices("avoid_districts", choices["avoid_districts"])
            },
            existing_options=form.text("existing_options", TEXT),
            until_on=until_on,
        )
        need = replace(
            need, **_next_step(form, options, before, today), **_known(form, options, before)
        )
    except CaseError as error:
        field = _FIELD_OF.get(error.code)
        if field is None:
            raise
        form.wrong(field, _with_labels(error, options))
        return NeedRead(None, form.errors)
    return NeedRead(None if form.errors else need, form.errors)


def in_words(typed: Typed, options: Options) -> dict[str, str]:
    """Return what stands in the fields, in words by label; each wish with its strength."""
    choices = options.of_need
    paired = {
        "wish_menu": ("wish_strength", choices["wish_strength"]),
        "avoid_menu": ("avoid_how", choices["avoid_how"]),
    }
    labels = {n: label for n, label in LABELS.items() if n not in ("wish_strength", "avoid_how")}
    words = conflict.in_words(typed, labels, choices)
    for name, (degree, degrees) in paired.items():
        rows = zip_longest(typed.all(name), typed.all(degree), fillvalue="")
        told = [f"{choices[name].get(m, m)}（{degrees.get(d, d)}）" for m, d in rows if m]
        words[labels[name]] = "、".join(sorted(told))
    return words


def _next_step(form: Answers, options: Options, before: Need | None, today: date) -> dict[str, Any]:
    """Read where the person goes; the day is that on which it was last said otherwise."""
    step = NextStep(form.choice("next_step", options.of_need["next_step"], NextStep.UP.value))
    reason = form.text("next_step_reason", TEXT)
    said_before = before is not None and (before.next_step, before.next_step_reason)
    unchanged = (step, reason) == (said_before or (NextStep.UP, ""))
    said_on = (before.next_step_on if before else None) if unchanged else today
    return {"next_step": step, "next_step_reason": reason, "next_step_on": said_on}


def _known(form: Answers, options: Options, before: Need | None) -> dict[str, Any]:
    """Read what is known; what the form could not offer stays."""
    known: dict[str, Any] = {}
    for field in ("place", "host", "person"):
        name, offered = f"known_{field}_ids", options.of_need[f"known_{field}"]
        kept = getattr(before, name) - offered.keys() if before else frozenset()
        known[name] = kept | {*_rows(form, f"known_{field}", offered)}
    return known


def _not_shown(
    before: Need | None, options: Options
) -> tuple[frozenset[str], frozenset[tuple[str, str]]]:
    """Return the hosts and 圏域 to avoid that are no longer in the lists to choose from."""
    if before is None:
        return frozenset(), frozenset()
    shown = {_district(each) for each in options.districts}
    return before.avoid_host_ids - options.hosts.keys(), before.avoid_districts - shown


def _wishes(form: Answers, options: Options) -> tuple[Wish, ...]:
    """Read the rows of what is wished; a row without an activity says nothing."""
    menus, strengths = options.of_need["wish_menu"], options.of_need["wish_strength"]
    wishes = []
    pairs = zip_longest(form.typed.all("wish_menu"), form.typed.all("wish_strength"), fillvalue="")
    for menu, strength in pairs:
        if not menu:
            continue
        if menu not in menus or strength not in strengths:
            form.wrong("wish_menu", "やりたいことを、もう一度 選んでください。")
            continue
        wishes.append(Wish(menu, int(strength)))
    return tuple(wishes)


def _avoided(form: Answers, options: Options) -> tuple[frozenset[str], frozenset[str]]:
    """Read the rows of what is to be avoided: in any case, and if possible."""
    choices = options.of_need
    found: dict[bool, set[str]] = {True: set(), False: set()}
    pairs = zip_longest(form.typed.all("avoid_menu"), form.typed.all("avoid_how"), fillvalue="")
    for menu, how in pairs:
        if not menu:
            continue
        if menu not in choices["avoid_menu"] or how not in choices["avoid_how"]:
            form.wrong("avoid_menu", "避けたいことを、もう一度 選んでください。")
            continue
        found[how == AVOID_MUST].add(menu)
    return frozenset(found[True]), frozenset(found[False] - found[True])


def _rows(form: Answers, name: str, allowed: Mapping[str, str]) -> tuple[str, ...]:
    """Read rows of one choice each; empty ones say nothing."""
    filled = Typed({name: tuple(filter(None, form.typed.all(name)))})
    reader = Answers(filled, LABELS)
    chosen = reader.choices(name, allowed)
    for field, sentence in reader.errors.items():
        form.wrong(field, sentence)
    return chosen


def _with_labels(error: CaseError, options: Options) -> str:
    """Return the sentence with the city's own name of the activity."""
    menus = options.of_need["wish_menu"]
    named = {
        name: menus.get(str(value), value) if name == "menu" else value
        for name, value in error.params.items()
    }
    return in_japanese(CaseError(error.code, **named))


def _slot(written: str) -> tuple[int, Band]:
    weekday, _, band = written.partition("-")
    return int(weekday), Band(int(band))


def _district(written: str) -> tuple[str, str]:
    layer, _, name = written.partition("/")
    return layer, name


def _number(value: int | None) -> str:
    return "" if value is None else str(value)
