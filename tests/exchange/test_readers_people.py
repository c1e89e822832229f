"""People, needs and consents are read; nothing that protects a person is ever read away."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from cases.consent import HOSTS, ConsentState
from cases.need import NextStep, Wish
from cases.participant import Household, Participant, ParticipantStatus
from cases.support import offices_of
from catalog.municipality import Agency
from catalog.opening import Stage
from catalog.organisation import Organisation
from catalog.schedule import Band
from exchange.readers import participants
from exchange.readers.participants import KnownPeople, ParticipantRow
from exchange.rows import MOST_QUESTIONS, Reading
from geo.towns import town_id
from tests.exchange.cities import (
    CODE,
    TODAY,
    city,
    is_complete,
    read_csv,
    rejected,
    repaired,
    unresolved,
)

HOST = Organisation("o1", "つばめの会", "", "voluntary_group")
BEFORE = Participant(
    id="p1", case_no="T-1", name="前の 名", since_on=date(2025, 1, 1), coordinator_id="u1"
)
KNOWN = KnownPeople(
    participants={"T-1": BEFORE},
    taken=frozenset({"T-1", "T-9"}),
    households={"月丘": Household(id="h1", name="月丘")},
    organisations=(HOST,),
)


def read(folder: Path, text: str, known: KnownPeople = KNOWN) -> Reading[ParticipantRow]:
    here = city()
    return read_csv(
        folder,
        text,
        participants.COLUMNS,
        lambda table: participants.read_participants(table, here, known),
    )


def test_a_birth_too_long_ago_and_a_cell_without_end_name_their_column(tmp_path: Path) -> None:
    reading = read(
        tmp_path,
        f"番号,氏名,町名,生年月日,備考\nT-2,あ,東,1850-01-01,\nT-3,い,東,,{'長' * 5000}\n",
    )
    assert rejected(reading) == [(2, "生年月日"), (3, "備考")]
    assert len(reading.report.rejected[1].value) == 80


def test_a_person_with_need_and_consent(tmp_path: Path) -> None:
    reading = read(
        tmp_path,
        "番号,氏名,ふりがな,生年月日,性別,世帯,続柄,町名,分野,相談開始日,段階,希望の種類,したいこと,"
        "避けたいこと(必ず),苦手なこと,来られる曜日と時間帯,続けられる時間(分),移動の手段,"
        "移動できる時間(分),同行,にぎやかさの上限,人の多さの上限,必要な配慮,子ども連れ,払える額(円),"
        "会いたくない受け入れ先,行けない地区,同意,同意日,同意の期限,同意の相手,同意の項目\n"
        "Ｔ-2,月丘 二郎,つきおか じろう,S51.5.3,男,月丘,長男,本町一丁目,生活困窮,R8.3.1,見学,"
        "外に出るきっかけがほしい,畑・庭の手入れ:5、囲碁・将棋（2）、清掃・美化,接客,お茶・おしゃべり,"
        "火・水の午前,60分,徒歩、バス,20,希望,静か,2,静かな場所、途中退出可,無,0,つばめの会,南部,"
        "文書,2026-03-10,2027-03-31,受け入れ先、社協,属性\n",
    )
    assert reading.report.rejected == reading.report.unresolved == ()
    (one,) = reading.values
    person, need, consent = one.value.participant, one.value.need, one.value.consent
    assert (person.case_no, person.name, person.sex) == ("T-2", "月丘 二郎", "male")
    assert person.birth_on == date(1976, 5, 3)
    assert (person.household_id, person.relation) == ("h1", "長男")
    assert person.town_id == town_id(CODE, "本町一丁目")
    assert (person.fields, person.stage) == (("needy",), Stage.VISIT)
    assert (person.since_on, person.status) == (date(2026, 3, 1), ParticipantStatus.WAITING)
    assert need is not None
    assert need.participant_id == person.id
    assert need.kind == "going_out"
    assert need.wishes == (
        Wish("gardening", 5), Wish("go_shogi", 2), Wish("cleaning_beautifying", 3),
    )  # fmt: skip
    assert need.avoid_menu == {"customer_service"}
    assert need.dislike_menu == {"tea_chat"}
    assert need.available == {(1, Band.MORNING), (2, Band.MORNING)}
    assert (need.max_minutes, need.modes, need.travel_limit_minutes) == (60, ("walk", "bus"), 20)
    assert (need.companion, need.noise_limit, need.crowd_limit) == ("wish", 1, 2)
    assert need.accommodations == {"quiet_place", "leave_early"}
    assert need.cost_limit_yen == 0
    assert need.avoid_host_ids == {"o1"}
    assert need.avoid_districts == {("community_welfare", "南部")}
    assert consent is not None
    assert consent.participant_id == person.id
    assert (consent.state, consent.on) == (ConsentState.WRITTEN, date(2026, 3, 10))
    assert consent.until_on == date(2027, 3, 31)
    assert consent.agencies == {HOSTS, "社協"}
    assert consent.given_by == "本人"


def test_who_agreed_for_somebody_and_how_their_will_was_made_sure_of(tmp_path: Path) -> None:
    reading = read(
        tmp_path,
        "番号,氏名,町名,同意,同意日,同意した人,同意した人の立場,本人の意思の確かめ方,同意の相手\n"
        "T-2,月丘 二郎,本町一丁目,文書,2026-03-10,長女,family,うなずかれた,受け入れ先\n"
        "T-3,月丘 三郎,本町一丁目,文書,2026-03-10,娘,家族（本人のそばで）,,受け入れ先\n"
        "T-4,月丘 四郎,本町一丁目,文書,2026-03-10,本人,,,受け入れ先\n",
    )
    said = [one.value.consent for one in reading.values if one.value.consent]
    assert [(each.giver, each.capacity) for each in said] == [
        ("family", "うなずかれた"),
        (None, None),
    ]
    assert rejected(reading) == [(3, "本人の意思の確かめ方")]


def test_where_somebody_goes_from_here_and_until_when_they_pause(tmp_path: Path) -> None:
    reading = read(
        tmp_path,
        "番号,氏名,町名,状態,また探す日,次の一歩,次の一歩のわけ,次の一歩を聞いた日\n"
        "T-2,月丘 二郎,本町一丁目,休み,R8.12.20,もどる,体調をみて,2026-11-01\n",
    )
    (one,) = reading.values
    assert one.value.participant.paused_until_on == date(2026, 12, 20)
    need = one.value.need
    assert need is not None
    assert (need.next_step, need.next_step_reason) == (NextStep.BACK, "体調をみて")
    assert need.next_step_on == date(2026, 11, 1)


def test_one_column_for_each_weekday_and_time_of_day(tmp_path: Path) -> None:
    reading = read(
        tmp_path, "番号,氏名,町名,月午前,火曜の午後,土夜\n1,あ,東,○,,○\n2,い,東,,有,\n3,う,東,,,\n"
    )
    available = [
        set(each.value.need.available) if each.value.need else None for each in reading.values
    ]
    assert available == [
        {(0, Band.MORNING), (5, Band.EVENING)}, {(1, Band.AFTERNOON)}, None,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("state", "agencies", "expected"),
    [
        ("", "", None), ("まだ", "", None), ("口頭", "", ConsentState.VERBAL),
        ("ことわり", "", ConsentState.REFUSED), ("撤回", "", ConsentState.WITHDRAWN),
        ("文書", "受け入れ先", ConsentState.WRITTEN),
    ],
)  # fmt: skip
def test_states_of_consent(
    tmp_path: Path, state: str, agencies: str, expected: ConsentState | None
) -> None:
    reading = read(tmp_path, f"番号,氏名,町名,同意,同意の相手\n1,あ,東,{state},{agencies}\n")
    (one,) = reading.values
    assert (one.value.consent.state if one.value.consent else None) == expected
    assert unresolved(reading) == []


def test_written_consent_that_names_no_hosts_allows_none(tmp_path: Path) -> None:
    """Nothing is added to what was said: the hosts have to be named."""
    reading = read(tmp_path, "番号,氏名,町名,同意,同意の相手\n1,あ,東,文書,\n2,い,東,書面,社協\n")
    said = [read.value.consent for read in reading.values]
    assert [HOSTS in each.agencies for each in said if each] == [False, False]
    assert unresolved(reading) == [(2, "同意の相手", ""), (3, "同意の相手", "社協")]


def test_a_name_to_avoid_that_nobody_knows_stays_in_words(tmp_path: Path) -> None:
    """Keeping the person then sees to it that they rest until it is clear."""
    reading = read(
        tmp_path,
        "番号,氏名,町名,会いたくない受け入れ先,行けない地区,避けたいこと(自由)\n"
        "1,あ,東,すずめの会,,大きな声\n2,い,東,,火星,\n3,う,東,つばめの会,北部,犬\n",
    )
    needs = [read.value.need for read in reading.values]
    assert [need.avoid_text for need in needs if need] == [
        "大きな声\nまだ分からない名前: すずめの会", "まだ分からない名前: 火星", "犬",
    ]  # fmt: skip
    assert unresolved(reading) == [
        (2, "会いたくない受け入れ先", "すずめの会"), (3, "行けない地区", "火星"),
    ]  # fmt: skip
    assert "案は出しません" in reading.report.unresolved[0].why


@pytest.mark.parametrize(
    ("columns", "row", "column", "told"),
    [
        ("番号,氏名", ",あ", "番号", "空です"),
        ("番号,氏名", "1,", "氏名", "空です"),
        ("番号,氏名", "T-9,あ", "番号", "使えません"),
        ("番号,氏名,生年月日", "1,あ,2030-01-01", "生年月日", "より後です"),
        ("番号,氏名,生年月日", "1,あ,昭和の人", "生年月日", "日付として"),
        ("番号,氏名,性別", "1,あ,?", "性別", "どれか"),
        ("番号,氏名,移動の手段", "1,あ,気球", "移動の手段", "どれか"),
        ("番号,氏名,来られる曜日と時間帯", "1,あ,そのうち", "来られる曜日と時間帯", "火・水の午前"),
        ("番号,氏名,したいこと,避けたいこと(必ず)", "1,あ,接客,接客", "避けたいこと(必ず)", "接客"),
        ("番号,氏名,同意,同意日,同意の期限", "1,あ,文書,R8.4.1,R8.3.1", "同意の期限", "より前"),
        ("番号,氏名,続けられる時間(分)", "1,あ,0", "続けられる時間(分)", "1 以上"),
        ("番号,氏名,状態", "1,あ,宇宙", "状態", "どれか"),
    ],
)  # fmt: skip
def test_impossible_people_are_rejected_with_the_cell(
    tmp_path: Path, columns: str, row: str, column: str, told: str
) -> None:
    reading = read(
        tmp_path, f"{columns}\n{row}\n{'T-77,よい人' + ',' * (columns.count(',') - 1)}\n"
    )
    assert is_complete(reading)
    assert (2, column) in rejected(reading)
    assert told in next(e.why for e in reading.report.rejected if e.column == column)
    assert [each.row for each in reading.values] == [3]


def test_a_second_use_of_a_case_number(tmp_path: Path) -> None:
    reading = read(tmp_path, "番号,氏名,町名\nA-1,あ,東\nＡ-1,い,東\n")
    assert rejected(reading) == [(3, "番号")]


def test_a_known_case_number_keeps_its_person(tmp_path: Path) -> None:
    reading = read(tmp_path, "番号,氏名,町名\nT-1,新しい 名,東\n")
    (one,) = reading.values
    assert one.value.participant.id == "p1"
    assert one.value.participant.since_on == BEFORE.since_on


def test_people_of_one_household_share_it(tmp_path: Path) -> None:
    reading = read(tmp_path, "番号,氏名,町名,世帯\n1,A,東,H\n2,B,東,H\n3,C,東,\n")
    homes = [read.value.participant.household_id for read in reading.values]
    assert homes[0] == homes[1] is not None
    assert homes[2] is None


def test_unknown_towns_and_codes_go_in_and_are_listed(tmp_path: Path) -> None:
    reading = read(
        tmp_path,
        "番号,氏名,町名,したいこと,必要な配慮,電話番号\n1,あ,西町,うどん作り:4,魔法,90123456789\n",
    )
    (one,) = reading.values
    assert one.value.participant.town_id is None
    assert one.value.need is not None
    assert one.value.need.wishes == (Wish("うどん作り", 4),)
    assert one.value.need.accommodations == {"魔法"}
    assert unresolved(reading) == [
        (2, "町名", "西町"), (2, "したいこと", "うどん作り"), (2, "必要な配慮", "魔法"),
    ]  # fmt: skip
    assert repaired(reading) == []


def test_who_waits_since_the_import_unless_the_file_says_since_when(tmp_path: Path) -> None:
    reading = read(tmp_path, "番号,氏名,町名,受付日\n1,あ,東,\n2,い,東,46000\n")
    assert [read.value.participant.since_on for read in reading.values] == [
        TODAY,
        date(2025, 12, 9),
    ]
    assert repaired(reading) == [(3, "受付日", "46000", "2025-12-09")]


SUPPORTING = (
    Agency("参加支援事業", "つなぎ社協", "general"),
    Agency("自立相談支援事業", "相談支援センター・東", "needy"),
)


def read_support(folder: Path, programmes: str, agencies: str) -> Reading[ParticipantRow]:
    """Read one person in a city with two 事業 and an office of its staff."""
    plain = city()
    settings = replace(plain.municipality, agencies=SUPPORTING)
    here = replace(plain, municipality=settings, offices=offices_of(settings, ["南の窓口"]))
    text = (
        f"番号,氏名,町名,支援している事業,プランに加わる機関\nT-2,あ,東,{programmes},{agencies}\n"
    )
    return read_csv(
        folder,
        text,
        participants.COLUMNS,
        lambda table: participants.read_participants(table, here, KNOWN),
    )


def test_programmes_and_agencies_are_found_by_name(tmp_path: Path) -> None:
    """Several in a cell, in any width, each once and as the city writes it."""
    reading = read_support(
        tmp_path, "自立相談支援事業、参加支援事業、参加支援事業", "相談支援センター・東；南の窓口"
    )
    assert reading.report.rejected == reading.report.unresolved == ()
    (one,) = reading.values
    assert one.value.participant.programmes == ("自立相談支援事業", "参加支援事業")
    assert one.value.participant.member_office_ids == {"相談支援センター・東", "南の窓口"}


def test_what_the_city_has_not_is_refused_with_the_near_names(tmp_path: Path) -> None:
    """By row, column and name; nothing of the row goes in, whatever else it says well."""
    reading = read_support(tmp_path, "参加支援事業、自立相談", "つなぎ社境")
    assert reading.values == ()
    assert rejected(reading) == [(2, "支援している事業"), (2, "プランに加わる機関")]
    programme, office = reading.report.rejected
    assert "「自立相談」という事業は、市の設定にありません" in programme.why
    assert "「自立相談支援事業」のことですか" in programme.why
    assert "「つなぎ社境」という機関" in office.why
    assert "「つなぎ社協」のことですか" in office.why


def test_a_file_full_of_unknown_names_is_not_asked_about_without_end(tmp_path: Path) -> None:
    reading = read_support(tmp_path, "；".join(f"参加支援{n}" for n in range(300)), "")
    told = [each.why for each in reading.report.rejected]
    assert len(told) == 300
    assert sum("のことですか" in each for each in told) == MOST_QUESTIONS
