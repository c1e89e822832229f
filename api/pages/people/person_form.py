"""The form about who somebody is: from a person to fields, and from fields to a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches
from typing import Any, Final

from api.answers import TEXT, Answers, Typed
from api.pages.people.options import NEW_HOUSEHOLD, Options, by_name
from cases.errors import CaseError
from cases.messages import in_japanese
from cases.participant import Household, Participant, ParticipantStatus
from cases.words.dates import date_words
from catalog.ids import new_id
from catalog.opening import Stage
from catalog.text_key import search_key
from geo.towns import Town, TownIndex

LABELS: Final[Mapping[str, str]] = {
    "name": "名前",
    "name_kana": "ふりがな",
    "birth_on": "生年月日",
    "sex": "性別",
    "own_words": "本人の言葉",
    "town": "町",
    "address": "番地など",
    "phone": "電話",
    "household": "世帯",
    "household_name": "新しい世帯の名前",
    "relation": "世帯の中での続柄",
    "since_on": "相談が始まった日",
    "coordinator_id": "担当",
    "stage": "いまの段階",
    "status": "いまの様子",
    "paused_until_on": "また探す日",
    "fields": "分野",
    "note": "職員だけの覚え書き",
    "address_protected": "住まいの保護",
    "named_staff_ids": "この方を開ける職員",
    "programmes": "支援している事業",
    "member_office_ids": "プランに加わる機関",
}
HIDDEN_WHERE_PROTECTED: Final = ("town", "address", "phone")
"""Fields that show nothing of a protected person; left empty they stay as they are."""
_FIELD_OF: Final[Mapping[str, str]] = {
    "name_missing": "name",
    "sex_unknown": "sex",
    "born_after_registration": "birth_on",
    "born_too_long_ago": "birth_on",
}
_MOST_NAMES: Final = 4


@dataclass(frozen=True, slots=True)
class PersonRead:
    """What the form says; without errors there is a person, and a household if it is a new one."""

    participant: Participant | None
    household: Household | None
    errors: Mapping[str, str]


def blank(actor_id: str, options: Options, today: date) -> Typed:
    """Return the fields of a form for somebody new."""
    coordinator = actor_id if actor_id in options.of_person["coordinator_id"] else ""
    return Typed(
        {"since_on": (written_day(today),), "coordinator_id": (coordinator,), "sex": ("",)}
    )


def typed_of(person: Participant, options: Options) -> Typed:
    """Return the fields as they are kept; where somebody lives is left out of a protected one."""
    towns = options.towns
    town = towns[person.town_id].name if person.town_id in towns.position else ""
    fields = {
        "name": (person.name,),
        "name_kana": (person.name_kana,),
        "birth_on": (written_day(person.birth_on),),
        "sex": (person.sex,),
        "own_words": (person.own_words,),
        "town": (town,),
        "address": (person.address,),
        "phone": (person.phone,),
        "household": (person.household_id or "",),
        "relation": (person.relation,),
        "since_on": (written_day(person.since_on),),
        "coordinator_id": (person.coordinator_id or "",),
        "stage": (str(int(person.stage)),),
        "status": (person.status.value,),
        "paused_until_on": (written_day(person.paused_until_on),),
        "fields": person.fields,
        "note": (person.note,),
        "address_protected": ("yes",) if person.address_protected else (),
        "named_staff_ids": tuple(sorted(person.named_staff_ids)),
        "programmes": person.programmes,
        "member_office_ids": tuple(sorted(person.member_office_ids)),
    }
    if person.address_protected:
        fields |= dict.fromkeys(HIDDEN_WHERE_PROTECTED, ("",))
    return Typed(fields)


def read_person(
    typed: Typed, options: Options, today: date, before: Participant | None = None
) -> PersonRead:
    """Read the fields.

    Parameters
    ----------
    before
        Whom the form changes; None registers somebody, whose id and case number are given when
        they are kept.
    """
    form = Answers(typed, LABELS)
    start = before or Participant(id="?", case_no="?", name="?", since_on=today)
    household, new_household = _household(form, options)
    since_on = form.day("since_on") or start.since_on
    if since_on > today:
        form.wrong("since_on", "相談が始まった日が、今日より先です。日付を直してください。")
    coordinator_id = form.choice("coordinator_id", options.of_person["coordinator_id"])
    coordinator = options.user(coordinator_id)
    # Whoever has left the office since brings the case along by no edit of anything else.
    is_new_case = (coordinator_id or None) != start.coordinator_id
    values: dict[str, Any] = {
        "name": form.required(
            "name", "名前がありません。分からないときは、呼び名を書いてください。"
        )
        or "?",
        "name_kana": form.text("name_kana"),
        "birth_on": form.day("birth_on"),
        "sex": form.choice("sex", options.of_person["sex"]),
        "own_words": form.text("own_words", TEXT),
        "household_id": household,
        "relation": form.text("relation"),
        "since_on": since_on,
        "coordinator_id": coordinator_id or None,
        "office_id": coordinator.office_id if coordinator and is_new_case else start.office_id,
        "fields": form.choices("fields", options.of_person["fields"]),
        "note": form.text("note", TEXT),
        "address_protected": form.ticked("address_protected"),
        "named_staff_ids": frozenset(
            form.choices("named_staff_ids", options.of_person["named_staff_ids"])
        ),
        "programmes": tuple(form.choices("programmes", options.of_person["programmes"])),
        "member_office_ids": frozenset(
            form.choices("member_office_ids", options.of_person["member_office_ids"])
        ),
        **_whereabouts(form, options.towns, before),
        **_progress(form, options, start),
    }
    try:
        person = replace(start, **values)
    except CaseError as error:
        form.wrong(_FIELD_OF.get(error.code, "name"), in_japanese(error))
        person = None
    return PersonRead(None if form.errors else person, new_household, form.errors)


def _household(form: Answers, options: Options) -> tuple[str | None, Household | None]:
    """Return the id of the household, and the household itself where it is a new one."""
    chosen = form.choice("household", options.of_person["household"])
    name = form.text("household_name")
    if chosen == NEW_HOUSEHOLD or (name and not chosen):
        if not name:
            form.wrong("household_name", "新しい世帯の名前がありません。例のように書いてください。")
            return None, None
        household = Household(id=new_id(), name=name)
        return household.id, household
    return chosen or None, None


def _whereabouts(form: Answers, towns: TownIndex, before: Participant | None) -> dict[str, Any]:
    """Read where somebody lives; a point measured at another address no longer counts."""
    typed = form.typed
    if (
        before is not None
        and before.address_protected
        and not any(typed.one(name).strip() for name in HIDDEN_WHERE_PROTECTED)
    ):
        return {}
    address = form.text("address")
    where: dict[str, Any] = {
        "town_id": read_town(form, towns, address),
        "address": address,
        "phone": form.text("phone"),
    }
    if before is None or (where["town_id"], address) != (before.town_id, before.address):
        where |= {"lat": None, "lon": None}
    return where


def read_town(form: Answers, towns: TownIndex, address: str) -> str | None:
    """Return the town that is meant by its name, by its reading, or else by the address."""
    written = form.text("town")
    if not written:
        found = towns.find_in_address(address) if address else None
        return found.town.id if found and found.town else None
    match = towns.find(written)
    meant = match.towns or towns.find_covered(written).towns or _by_reading(towns, written)
    if len(meant) == 1:
        return meant[0].id
    if meant:
        names = "、".join(town.name for town in by_name(meant)[:_MOST_NAMES])
        more = " など" if len(meant) > _MOST_NAMES else ""
        form.wrong(
            "town",
            f"「{written}」に当たる町が {len(meant)}つあります（{names}{more}）。"
            "1つを選んでください。",
        )
        return None
    near = get_close_matches(written, [town.name for town in towns], n=1, cutoff=0.5)
    hint = f"「{near[0]}」のことですか。" if near else ""
    form.wrong(
        "town",
        f"「{written}」は、この市の町の一覧にありません。{hint}"
        "市の外や分からないときは、空にしてください。",
    )
    return None


def _by_reading(towns: TownIndex, written: str) -> tuple[Town, ...]:
    key = search_key(written)
    exact = tuple(town for town in towns if search_key(town.kana) == key)
    return exact or tuple(town for town in towns if search_key(town.kana).startswith(key))


def _progress(form: Answers, options: Options, start: Participant) -> dict[str, Any]:
    """Read stage, status and pause; a form without them changes none."""
    stage = form.choice("stage", options.of_person["stage"], str(int(start.stage)))
    status = form.choice("status", options.of_person["status"], start.status.value)
    progress = {"stage": Stage(int(stage)), "status": ParticipantStatus(status)}
    if not form.typed.all("status"):
        return progress
    until_on = form.day("paused_until_on")
    if until_on and progress["status"] is not ParticipantStatus.PAUSED:
        until_on = None  # a day left over from an earlier pause
    return {**progress, "paused_until_on": until_on}


def written_day(day: date | None) -> str:
    """Return a day as people write it, in its era and without the weekday."""
    return date_words(day).partition("（")[0] if day else ""
