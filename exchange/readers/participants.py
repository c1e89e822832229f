"""People with their need and what they consented to: one row for each person."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from cases.consent import AGREEING, HOSTS, PERSON, Consent, ConsentState
from cases.errors import CaseError
from cases.need import Need, NextStep, Wish
from cases.participant import Household, Participant, ParticipantStatus
from cases.support import programmes_of
from catalog.errors import CatalogError
from catalog.opening import Stage
from catalog.organisation import Organisation
from catalog.schedule import Band
from exchange import cells
from exchange.city import City, Place, read_place
from exchange.columns import load_columns
from exchange.errors import ExchangeError
from exchange.readers.openings import LEVELS, STAGES
from exchange.rows import Reading, Row, choices, read_rows, split_labels
from exchange.tabular import Table
from exchange.weekly import BANDS, DAYS, availability_of
from geo.speeds import TravelMode

COLUMNS = load_columns("participants")
SEXES: Mapping[str, str] = {
    "女": "female",
    "女性": "female",
    "2": "female",
    "男": "male",
    "男性": "male",
    "1": "male",
    "答えない": "",
    "その他": "",
    "不明": "",
    "0": "",
    "9": "",
}
"""Also the national codes 0 1 2 9 (GIF 438-1)."""
STATUSES: Mapping[str, ParticipantStatus] = {
    "待っている": ParticipantStatus.WAITING,
    "待機中": ParticipantStatus.WAITING,
    "休み": ParticipantStatus.PAUSED,
    "お休み": ParticipantStatus.PAUSED,
    "参加中": ParticipantStatus.PLACED,
    "終わり": ParticipantStatus.CLOSED,
    "終結": ParticipantStatus.CLOSED,
}
NEXT_STEPS: Mapping[str, NextStep] = {
    "すすむ": NextStep.UP,
    "次の段へ": NextStep.UP,
    "続ける": NextStep.STAY,
    "いまの段": NextStep.STAY,
    "もどる": NextStep.BACK,
    "前の段へ": NextStep.BACK,
}
MODES: Mapping[str, TravelMode] = {
    "徒歩": TravelMode.WALK,
    "歩き": TravelMode.WALK,
    "自転車": TravelMode.BICYCLE,
    "バス": TravelMode.BUS,
    "車": TravelMode.CAR,
    "自動車": TravelMode.CAR,
    "電車": TravelMode.TRAIN,
    "送迎": TravelMode.PICKUP,
    "送迎のみ": TravelMode.PICKUP,
}
COMPANIONS: Mapping[str, str] = {
    "なし": "none",
    "不要": "none",
    "ひとりでよい": "none",
    "希望": "wish",
    "できれば": "wish",
    "必要": "must",
    "必ず": "must",
}
CONSENTS: Mapping[str, ConsentState] = {
    "まだ": ConsentState.NONE_YET,
    "未": ConsentState.NONE_YET,
    "なし": ConsentState.NONE_YET,
    "口頭": ConsentState.VERBAL,
    "文書": ConsentState.WRITTEN,
    "書面": ConsentState.WRITTEN,
    "撤回": ConsentState.WITHDRAWN,
    "ことわり": ConsentState.REFUSED,
    "拒否": ConsentState.REFUSED,
}
HOST_WORDS = frozenset({"受け入れ先", "受入先", "受け入れ団体", HOSTS})
_STRENGTH = re.compile(r"(.+?)[\s:=×(]*([1-5])\)?")
DEFAULT_STRENGTH = 3
UNKNOWN_NAME = "まだ分からない名前: "
"""What stands in `Need.avoid_text` before each name to avoid that nobody knows yet."""


@dataclass(frozen=True, slots=True)
class ParticipantRow:
    """A person with everything that one row says about them."""

    participant: Participant
    household: Household | None = None
    need: Need | None = None
    consent: Consent | None = None


@dataclass(frozen=True)
class KnownPeople:
    """Whom the database has already, so that a second import changes and does not double.

    Parameters
    ----------
    participants
        By case number.
        Those whom the one who imports may open and change.
    taken
        All case numbers, also of people who are not told about here.
    households
        By name.
    """

    participants: Mapping[str, Participant] = field(default_factory=dict)
    taken: frozenset[str] = frozenset()
    households: Mapping[str, Household] = field(default_factory=dict)
    organisations: Sequence[Organisation] = ()


def read_participants(table: Table, city: City, known: KnownPeople) -> Reading[ParticipantRow]:
    """Read people.

    A second use of a case number is rejected. An unknown town or code is unresolved. A host or
    a 圏域 to avoid that nobody knows stays in words (`unknown_to_avoid`); whoever keeps the
    person must see to it that nothing is proposed there by mistake.
    """
    seen: dict[str, int] = {}
    households = dict(known.households)

    def read(row: Row) -> ParticipantRow:
        case_no = cells.plain(row.required_text("case_no"))
        if case_no in seen:
            row.reject("case_no", ExchangeError("id_twice", value=case_no, row=seen[case_no]))
        seen.setdefault(case_no, row.row)
        before = known.participants.get(case_no)
        if before is None and case_no in known.taken:
            row.reject("case_no", ExchangeError("case_no_not_yours", value=case_no))
        person_id = before.id if before else city.ids()
        household = _household(row, city, households)
        since_on = row.day("since_on") or (before.since_on if before else city.today)
        place = read_place(row, city)
        need = _need(row, city, known, person_id)
        participant = _participant(row, case_no or "?", person_id, household, since_on, place, city)
        return ParticipantRow(participant, household, need, _consent(row, city, participant))

    return read_rows(table, COLUMNS, "participants", read, (CaseError, CatalogError))


def _household(row: Row, city: City, households: dict[str, Household]) -> Household | None:
    name = row.text("household")
    if not name:
        return None
    if name not in households:
        households[name] = Household(id=city.ids(), name=name)
    return households[name]


def _participant(
    row: Row,
    case_no: str,
    person_id: str,
    household: Household | None,
    since_on: date,
    place: Place,
    city: City,
) -> Participant:
    birth_on = row.day("birth_on")
    if birth_on and birth_on > since_on:
        row.reject("birth_on", ExchangeError("born_later", born=birth_on, since=since_on))
        birth_on = None
    return Participant(
        id=person_id,
        case_no=case_no,
        name=row.required_text("name") or "?",
        name_kana=row.text("name_kana"),
        birth_on=birth_on,
        sex=row.choice("sex", SEXES, ""),
        household_id=household.id if household else None,
        relation=row.text("relation"),
        town_id=place.town_id,
        address=place.address,
        phone=row.phone("phone"),
        lat=place.lat,
        lon=place.lon,
        fields=row.codes("fields", city.vocabulary, "field"),
        own_words=row.text("own_words"),
        note=row.text("note"),
        since_on=since_on,
        stage=row.choice("stage", STAGES, Stage.CONSULTATION),
        status=row.choice("status", STATUSES, ParticipantStatus.WAITING),
        address_protected=row.yes_no("address_protected", default=False),
        weight=row.integer("weight", least=1) or 1,
        paused_until_on=row.day("paused_until_on"),
        programmes=row.names("programmes", programmes_of(city.municipality), "programme_unknown"),
        member_office_ids=frozenset(row.names("member_agencies", city.offices, "office_unknown")),
    )


# ------------------------------------------------------------------ need
NEED_COLUMNS = (
    "kind", "goal", "wishes", "wishes_text", "avoid_menu", "dislike_menu", "avoid_text",
    "strengths", "available", "max_minutes", "modes", "travel_limit_minutes", "companion",
    "noise_limit", "crowd_limit", "accommodations", "with_child", "cost_limit_yen", "avoid_hosts",
    "avoid_districts", "existing_options", "until_on", "next_step", "next_step_reason",
    "next_step_on",
)  # fmt: skip


def unknown_to_avoid(need: Need | None) -> tuple[str, ...]:
    """Return the lines that name whom or what to avoid without anybody knowing it."""
    lines = need.avoid_text.splitlines() if need else ()
    return tuple(line for line in lines if line.startswith(UNKNOWN_NAME))


def avoid_words(said: str, unknown: Sequence[str]) -> str:
    """Return the words of `Need.avoid_text` with these lines of unknown names and no others."""
    own = [line for line in said.splitlines() if not line.startswith(UNKNOWN_NAME)]
    return "\n".join((*own, *unknown))


def _need(row: Row, city: City, known: KnownPeople, person_id: str) -> Need | None:
    """Read the need, None where the row says nothing of one."""
    slots = row.families.get("slots", {})
    if not any(row.has(name) for name in NEED_COLUMNS) and not any(map(cells.text, slots.values())):
        return None
    words = city.vocabulary
    hosts, unknown_hosts = _avoided_hosts(row, known)
    districts, unknown_districts = _avoided_districts(row, city)
    unknown = [UNKNOWN_NAME + name for name in (*unknown_hosts, *unknown_districts)]
    wishes = _wishes(row, city)
    avoid_menu = frozenset(row.codes("avoid_menu", words, "menu"))
    for wish in wishes:
        if wish.menu in avoid_menu:
            row.reject("avoid_menu", ExchangeError("wish_also_avoided", value=_label(city, wish)))
            avoid_menu -= {wish.menu}
    return Need(
        participant_id=person_id,
        kind=row.code("kind", words, "need_kind", "not_sure_yet"),
        goal=row.text("goal"),
        wishes=wishes,
        wishes_text=row.text("wishes_text"),
        avoid_menu=avoid_menu,
        dislike_menu=frozenset(row.codes("dislike_menu", words, "menu")),
        avoid_text=avoid_words(row.text("avoid_text"), unknown),
        strengths=row.text("strengths"),
        available=_available(row),
        max_minutes=row.integer("max_minutes", least=1),
        modes=_modes(row),
        travel_limit_minutes=row.integer("travel_limit_minutes", least=1) or 30,
        companion=row.choice("companion", COMPANIONS, "none"),
        noise_limit=row.choice("noise_limit", LEVELS, 3),
        crowd_limit=row.choice("crowd_limit", LEVELS, 3),
        accommodations=frozenset(row.codes("accommodations", words, "accommodation")),
        with_child=row.yes_no("with_child", default=False),
        cost_limit_yen=row.integer("cost_limit_yen", least=0),
        avoid_host_ids=hosts,
        avoid_districts=districts,
        existing_options=row.text("existing_options"),
        until_on=row.day("until_on"),
        next_step=row.choice("next_step", NEXT_STEPS, NextStep.UP),
        next_step_reason=row.text("next_step_reason"),
        next_step_on=row.day("next_step_on"),
    )


def _label(city: City, wish: Wish) -> str:
    codes = city.vocabulary.codes("menu")
    return codes[wish.menu].label if wish.menu in codes else wish.menu


def _wishes(row: Row, city: City) -> tuple[Wish, ...]:
    """Read menus with their strength (畑・庭の手入れ:5); of two of one menu the stronger."""
    words = city.vocabulary
    strengths: dict[str, int] = {}
    for piece in _wish_pieces(row, city):
        match = _STRENGTH.fullmatch(cells.plain(piece))
        named = words.find("menu", piece) is None and match is not None
        label = match[1].strip() if named and match else piece
        found = words.find("menu", label)
        if found is None:
            labels = [entry.label for entry in words.codes("menu").values()]
            hint = row.did_you_mean(label, labels)
            row.unresolve("wishes", "unknown_code_in_file", value=label, hint=hint)
        menu = found.code if found else label
        strength = int(match[2]) if named and match else DEFAULT_STRENGTH
        strengths[menu] = max(strength, strengths.get(menu, 0))
    return tuple(Wish(menu, strength) for menu, strength in strengths.items())


def _wish_pieces(row: Row, city: City) -> list[str]:
    def find(piece: str) -> object:
        match = _STRENGTH.fullmatch(cells.plain(piece))
        found = city.vocabulary.find("menu", piece)
        return found or (city.vocabulary.find("menu", match[1].strip()) if match else None)

    return split_labels(row.cell("wishes"), find)


def _available(row: Row) -> frozenset[tuple[int, Band]]:
    """Read when the person can come, from words or from one column for each slot."""
    slots = {
        (DAYS.index(day), band)
        for (day, words), cell in row.families.get("slots", {}).items()
        if cells.key(cell) in cells.YES
        for band in BANDS[words]
    }
    if not row.has("available"):
        return frozenset(slots)
    try:
        return frozenset(slots) | availability_of(row.text("available"))
    except ExchangeError as error:
        row.reject("available", error)
        return frozenset(slots)


def _modes(row: Row) -> tuple[str, ...]:
    modes: dict[str, None] = {}
    for piece in cells.parts(row.cell("modes")):
        found = next((m for word, m in MODES.items() if cells.key(word) == cells.key(piece)), None)
        if found is None:
            error = ExchangeError("cell_not_a_choice", value=piece, allowed=choices(MODES))
            row.reject("modes", error)
        else:
            modes[found] = None
    return tuple(modes) or (TravelMode.WALK,)


def _avoided_hosts(row: Row, known: KnownPeople) -> tuple[frozenset[str], list[str]]:
    """Read hosts by name or id; also the names that nobody knows."""
    by_name = {cells.key(each.name): each.id for each in known.organisations}
    by_name |= {cells.key(each.id): each.id for each in known.organisations}
    ids, unknown = set(), []
    for piece in split_labels(row.cell("avoid_hosts"), lambda p: by_name.get(cells.key(p))):
        if cells.key(piece) in by_name:
            ids.add(by_name[cells.key(piece)])
        else:
            unknown.append(piece)
            hint = row.did_you_mean(piece, (each.name for each in known.organisations))
            row.unresolve("avoid_hosts", "avoided_unknown", value=piece, hint=hint)
    return frozenset(ids), unknown


def _avoided_districts(row: Row, city: City) -> tuple[frozenset[tuple[str, str]], list[str]]:
    """Read 圏域 by name, in every layer that has one of this name; also those nobody knows."""
    found: set[tuple[str, str]] = set()
    unknown = []
    for piece in cells.parts(row.cell("avoid_districts")):
        here = {each for each in city.district_names if cells.key(each[1]) == cells.key(piece)}
        found |= here
        if not here:
            unknown.append(piece)
            hint = row.did_you_mean(piece, (name for _, name in city.district_names))
            row.unresolve("avoid_districts", "avoided_unknown", value=piece, hint=hint)
    return frozenset(found), unknown


# ------------------------------------------------------------------ consent
def _consent(row: Row, city: City, participant: Participant) -> Consent | None:
    """Read one statement of consent; nothing said is none, and no more than said is allowed."""
    state = row.choice("consent_state", CONSENTS, ConsentState.NONE_YET)
    on, until_on = row.day("consent_on"), row.day("consent_until_on")
    if on and until_on and until_on < on:
        row.reject("consent_until_on", ExchangeError("end_before_start", start=on, end=until_on))
        until_on = None
    if state is ConsentState.NONE_YET:
        return None
    pieces = cells.parts(row.cell("consent_agencies"))
    agencies = frozenset(HOSTS if piece in HOST_WORDS else piece for piece in pieces)
    if state is ConsentState.WRITTEN and HOSTS not in agencies:
        row.unresolve("consent_agencies", "consent_without_hosts", value="、".join(pieces))
    giver = row.code("consent_giver", city.vocabulary, "consent_giver") or None
    capacity = row.text("consent_capacity") or None
    if giver not in (None, PERSON) and state in AGREEING and capacity is None:
        row.reject("consent_capacity", CaseError("consent_without_capacity"))
        giver = None
    return Consent(
        id=city.ids(),
        participant_id=participant.id,
        state=state,
        given_by=row.text("consent_given_by") or "本人",
        on=on or participant.since_on,
        agencies=agencies,
        categories=frozenset(cells.parts(row.cell("consent_categories"))),
        until_on=until_on,
        giver=giver,
        capacity=capacity,
    )
