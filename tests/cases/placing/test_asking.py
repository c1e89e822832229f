"""Who is to be asked today, and what a host is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.errors import CaseError
from cases.need import Need, Wish
from cases.participant import Participant
from cases.placing.answers import own_rules
from cases.placing.asking import NO, YES, Task, due, to_do
from cases.placing.enquiry import Enquiry, EnquiryState
from cases.set_aside import effect_of
from cases.words.enquiry import age_band, check_anonymous, enquiry_text, last_line, short_code
from catalog.opening import Opening
from catalog.vocabulary import load_vocabulary

ON = date(2026, 11, 4)
RULES = own_rules()
VOCABULARY = load_vocabulary()
SENT = Enquiry(
    id="e", code="K7M2PX", participant_id="p", opening_id="o", host_id="h",
    state=EnquiryState.SENT, how="phone", sent_on=ON, answer_by_on=date(2026, 11, 11),
)  # fmt: skip
PERSON = Participant(
    id="p", case_no="T-0412", name="山本 花子", name_kana="やまもと はなこ", since_on=ON,
    birth_on=date(1981, 5, 1), address="つばめ町二丁目3-4", phone="048-111-2222",
)  # fmt: skip
OPENING = Opening(
    id="o", resource_id="r", host_id="h", name="花だんの手入れ", menu=("gardening",), form="ibasho",
    role="participant", capacity=3,
)  # fmt: skip
NEED = Need(
    participant_id="p", kind="place_to_belong", wishes=(Wish("gardening", 5), Wish("cooking", 4)),
    wishes_text="母の形見のばらを育てたい", companion="wish", max_minutes=60,
)  # fmt: skip


def test_one_asks_whether_it_arrived_then_waits_no_more() -> None:
    assert to_do(SENT, RULES) == to_do(replace(SENT, person_answer=YES), RULES)
    first, then = to_do(SENT, RULES), to_do(replace(SENT, nudged_on=ON), RULES)
    assert first is not None
    assert then is not None
    assert (first.task, first.due_on) == (Task.NUDGE, date(2026, 11, 7))
    assert (then.task, then.due_on) == (Task.MOVE_ON, date(2026, 11, 12))


def test_the_longest_due_comes_first_and_nothing_before_its_day() -> None:
    """On the day itself it is due, on the day before it is not."""
    older = replace(SENT, id="older", sent_on=ON - timedelta(1))
    assert [each.id for _, each in due([SENT, older], RULES, date(2026, 11, 7))] == ["older", "e"]
    assert [each.id for _, each in due([SENT, older], RULES, date(2026, 11, 6))] == ["older"]


def test_after_a_yes_of_the_host_the_person_is_asked_then_it_begins() -> None:
    yes = replace(SENT, state=EnquiryState.ACCEPTED, answered_on=ON)
    tasks = {"": Task.ASK_PERSON, "hesitates": Task.ASK_PERSON, YES: Task.BEGIN}
    for answer, task in tasks.items():
        answered = replace(yes, person_answer=answer, person_answered_on=ON if answer else None)
        what = to_do(answered, RULES)
        assert what is not None
        assert what.task is task
        waits = RULES.person_again_days if answer == "hesitates" else 0
        assert what.due_on == ON + timedelta(waits)
    assert to_do(replace(yes, person_answer=NO, person_answered_on=ON), RULES) is None


@given(st.sampled_from(list(EnquiryState)), st.dates(date(2026, 1, 1), date(2027, 1, 1)))
def test_only_what_stands_open_asks_anybody(state: EnquiryState, on: date) -> None:
    again = ON + timedelta(14)
    each = replace(SENT, state=state, answered_on=ON, ask_again_on=again)
    asks = {EnquiryState.SENT, EnquiryState.LATER, EnquiryState.ACCEPTED}
    assert bool(due([each], RULES, on)) <= (state in asks)


def test_every_reason_of_a_host_has_a_consequence_that_the_matching_knows() -> None:
    known = VOCABULARY.codes("set_aside_reason")
    for code in VOCABULARY.codes("host_answer_reason"):
        follows = RULES.consequence(code)
        assert follows.words
        assert follows.sets_aside in {"", *known}
        assert not follows.sets_aside or effect_of(follows.sets_aside).keeps_away


def test_the_host_hears_what_matters_there_and_not_who_it_is() -> None:
    text = enquiry_text(PERSON, NEED, OPENING, VOCABULARY, office="相談室", today=ON)
    assert "40代の方" in text
    assert "畑・庭の手入れ" in text
    assert "料理" not in text  # not offered there
    assert "ばら" not in text  # own words may tell who it is
    check_anonymous(text, PERSON, ["つばめ町二丁目"])
    assert "K7M2PX" in last_line("K7M2PX", ON)


def test_of_a_protected_person_the_text_carries_nothing() -> None:
    """Two people of whom everything differs are asked about in the same words."""
    one = replace(PERSON, address_protected=True)
    other = replace(one, birth_on=None, name="月丘 澄")
    said = {enquiry_text(each, need, OPENING, VOCABULARY, office="相談室", today=ON)
            for each, need in ((one, NEED), (other, None))}  # fmt: skip
    assert len(said) == 1
    assert "代" not in said.pop()


@pytest.mark.parametrize(
    "told",
    ["山本さん", "やまもと はなこ", "０４８１１１２２２２", "Ｔ-0412",
     "つばめ町 二丁目 3-4"],
)  # fmt: skip
def test_a_text_that_names_somebody_is_refused(told: str) -> None:
    with pytest.raises(CaseError) as refused:
        check_anonymous(f"40代の方です。{told}", PERSON, [])
    assert refused.value.code == "enquiry_names_person"
    assert told not in str(refused.value)


def test_an_age_is_a_band() -> None:
    bands = [age_band(date(year, 1, 1), ON) for year in (2015, 2006, 1987, 1931)]
    assert bands == ["10代まで", "20代", "30代", "80代以上"]
    assert age_band(None, ON) == ""


def test_a_number_can_be_read_aloud() -> None:
    codes = {short_code(str(n)) for n in range(500)}
    assert len(codes) == 500
    assert not set("".join(codes)) & set("01OIL")
