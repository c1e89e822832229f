"""The form about what somebody offers as a helper: from a helper to fields, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from api.answers import TEXT, Answers, Typed
from api.pages.people.options import MODES, SLOTS, Options
from api.pages.people.person_form import read_town, written_day
from cases.errors import CaseError
from cases.helper import MOST_GROUPS, Helper
from cases.messages import in_japanese
from cases.participant import Participant
from catalog.schedule import Band

LABELS: Final[Mapping[str, str]] = {
    "name": "名前",
    "name_kana": "ふりがな",
    "phone": "電話",
    "town": "町",
    "menu": "手伝いたいこと",
    "strengths": "得意なこと",
    "available": "手伝える曜日と時間",
    "modes": "行き方",
    "travel_limit_minutes": "片道の上限",
    "most_groups": "手伝える会の数",
    "known_place": "知っている場所",
    "agreed_on": "了承した日",
    "until_on": "申し出の期限",
    "note": "覚え書き",
}
ROWS: Final = 3
OWN_MODES: Final = {mode: words for mode, words in MODES.items() if mode != "pickup"}
_FIELD_OF: Final[Mapping[str, str]] = {
    "helper_name_missing": "name",
    "modes_missing": "modes",
}


@dataclass(frozen=True, slots=True)
class HelperRead:
    """What the form says; without errors there is a helper."""

    helper: Helper | None
    errors: Mapping[str, str]


def typed_of(helper: Helper | None, options: Options) -> Typed:
    """Return the fields as they are kept; for a new helper, where one usually begins."""
    if helper is None:
        return Typed({"modes": ("walk",), "travel_limit_minutes": ("30",), "most_groups": ("1",)})
    towns = options.towns
    town = towns[helper.town_id].name if helper.town_id in towns.position else ""
    return Typed(
        {
            "name": (helper.name,),
            "name_kana": (helper.name_kana,),
            "phone": (helper.phone,),
            "town": (town,),
            "menu": tuple(sorted(helper.menu)),
            "strengths": (helper.strengths,),
            "available": tuple(f"{day}-{int(band)}" for day, band in sorted(helper.available)),
            "modes": helper.modes,
            "travel_limit_minutes": (str(helper.travel_limit_minutes),),
            "most_groups": (str(helper.most_groups),),
            "experienced": ("yes",) if helper.experienced else (),
            "known_place": tuple(sorted(helper.known_place_ids)),
            "agreed_on": (written_day(helper.agreed_on),),
            "until_on": (written_day(helper.until_on),),
            "note": (helper.note,),
        }
    )


def read_helper(
    typed: Typed, options: Options, start: Helper, client: Participant | None, today: date
) -> HelperRead:
    """Read the fields.

    Parameters
    ----------
    start
        The helper whom the form changes; of a new one its id, and the person whom they are.
    client
        That person: name and town are theirs and stand in no field.
    """
    form = Answers(typed, LABELS)
    menu = tuple(filter(None, typed.all("menu")))
    places = tuple(filter(None, typed.all("known_place")))
    own = Answers(Typed({"menu": menu, "known_place": places}), LABELS)
    agreed_on = form.day("agreed_on")
    if agreed_on is not None and agreed_on > today:
        form.wrong("agreed_on", "了承した日が、今日より先です。日付を直してください。")
    values: dict[str, Any] = {
        "menu": frozenset(own.choices("menu", options.of_need["wish_menu"])),
        "known_place_ids": frozenset(own.choices("known_place", options.places)),
        "strengths": form.text("strengths", TEXT),
        "available": frozenset(map(_slot, form.choices("available", SLOTS))),
        "modes": form.choices("modes", OWN_MODES),
        "travel_limit_minutes": form.integer("travel_limit_minutes", 1, 1440) or 30,
        "most_groups": form.integer("most_groups", 1, MOST_GROUPS) or 1,
        "experienced": form.ticked("experienced"),
        "agreed_on": agreed_on,
        "until_on": form.day("until_on"),
        "note": form.text("note", TEXT),
        **(_as_client(client) if client else _as_volunteer(form, options)),
    }
    for name, sentence in own.errors.items():
        form.wrong(name, sentence)
    try:
        helper = replace(start, **values)
    except CaseError as error:
        form.wrong(_FIELD_OF.get(error.code, "name"), in_japanese(error))
        return HelperRead(None, form.errors)
    return HelperRead(None if form.errors else helper, form.errors)


def _as_client(client: Participant) -> dict[str, Any]:
    return {"name": client.name, "name_kana": client.name_kana, "town_id": None, "phone": ""}


def _as_volunteer(form: Answers, options: Options) -> dict[str, Any]:
    return {
        "name": form.required("name", "名前がありません。呼び名でもかまいません。") or "?",
        "name_kana": form.text("name_kana"),
        "phone": form.text("phone"),
        "town_id": read_town(form, options.towns, ""),
    }


def _slot(written: str) -> tuple[int, Band]:
    weekday, _, band = written.partition("-")
    return int(weekday), Band(int(band))
