"""What is known of a person and what they want, as rows of words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final, TypeAlias

from api.pages.people.head import date_without_weekday
from api.pages.people.options import Options, district_words
from cases.need import Need
from cases.participant import Participant, age_on
from cases.words.dates import available_words, minutes_words, yen_words
from cases.words.facts import menu_words
from cases.words.refusals import modes_words
from cases.words.wording import own_wording

Rows: TypeAlias = tuple[tuple[str, str], ...]
NO_LIMIT: Final = 3


def person_rows(person: Participant, options: Options, today: date) -> Rows:
    """Return what is known of a person, but for where they live."""
    age = age_on(person.birth_on, today)
    born = "" if person.birth_on is None else f"{date_without_weekday(person.birth_on)}（{age}歳）"
    coordinator = options.user(person.coordinator_id)
    fields = options.of_person["fields"]
    return _filled(
        ("生年月日", born),
        ("性別", own_wording().tables["sex"].get(person.sex, "")),
        ("分野", "、".join(fields[code] for code in person.fields if code in fields)),
        ("担当", coordinator.name if coordinator else ""),
        ("相談の始まり", date_without_weekday(person.since_on)),
        ("覚え書き", person.note),
    )


def whereabouts_rows(person: Participant, options: Options) -> Rows:
    """Return where a person lives and how to reach them."""
    towns = options.towns
    town = towns[person.town_id].name if person.town_id in towns.position else ""
    # The address may begin with the town, or go on after it.
    address = person.address if town and town in person.address else f"{town}{person.address}"
    return _filled(("住まい", address), ("電話", person.phone))


def need_rows(need: Need, options: Options) -> Rows:
    """Return what a person wants and what it takes, shortly; what was not said is left out."""
    wording, vocabulary = own_wording(), options.vocabulary
    wishes = sorted(need.wishes, key=lambda wish: -wish.strength)
    avoided = (
        _labels(need.avoid_menu, options.of_need["avoid_menu"]),
        *(options.hosts[each].name for each in need.avoid_host_ids if each in options.hosts),
        *(district_words(name) for _, name in sorted(need.avoid_districts)),
    )
    calm = [
        wording.say(f"{what}_limit", limit)
        for what, limit in (("noise", need.noise_limit), ("crowd", need.crowd_limit))
        if limit < NO_LIMIT
    ]
    return _filled(
        ("希望", options.of_need["kind"].get(need.kind, "")),
        ("やりたい", menu_words((wish.menu for wish in wishes), vocabulary, "、")),
        ("ことばで", need.wishes_text),
        ("必ず避ける", "、".join(filter(None, avoided))),
        ("避けたい", _labels(need.dislike_menu, options.of_need["avoid_menu"])),
        ("苦手なこと", need.avoid_text),
        ("時間", _times(need)),
        ("行き方", f"{modes_words(need)} {minutes_words(need.travel_limit_minutes)}まで"),
        ("付きそい", wording.say("companion", need.companion)),
        ("次の一歩", _next_step(need)),
        ("行ったことのある場所", _labels(need.known_place_ids, options.places)),
        ("知っている受け入れ先", _labels(need.known_host_ids, options.of_need["known_host"])),
        ("音・人数", "、".join(calm)),
        ("配慮", _labels(need.accommodations, options.of_need["accommodations"])),
        ("子ども", "子どもと一緒に行きたい" if need.with_child else ""),
        ("費用", _cost(need)),
        ("得意なこと", need.strengths),
        ("目指す姿", need.goal),
        ("今ある制度", need.existing_options),
        ("期限", date_without_weekday(need.until_on) if need.until_on else ""),
    )


def _next_step(need: Need) -> str:
    """Return where the person goes where they have said so, with reason and day."""
    if need.next_step_on is None:
        return ""
    wish = own_wording().say("next_step_wish", need.next_step)
    said_on = date_without_weekday(need.next_step_on)
    return f"{wish}（{'・'.join(filter(None, (need.next_step_reason, said_on)))}）"


def _times(need: Need) -> str:
    slots = available_words(need.available)
    longest = f"1回{minutes_words(need.max_minutes)}まで" if need.max_minutes else ""
    return "、".join(filter(None, (slots, longest)))


def _cost(need: Need) -> str:
    if need.cost_limit_yen is None:
        return ""
    limit = need.cost_limit_yen
    return f"1回{yen_words(limit)}まで" if limit else "無料のところ"


def _labels(codes: Iterable[str], labels: Mapping[str, str]) -> str:
    """Return labels in the order of their list."""
    chosen = set(codes)
    return "、".join(label for code, label in labels.items() if code in chosen)


def _filled(*rows: tuple[str, str]) -> Rows:
    return tuple((label, words) for label, words in rows if words)
