"""Every code that the lower packages raise has its Japanese sentence, with the right values."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Callable
from datetime import date, time
from pathlib import Path

import pytest

from cases.consent import WhyNot
from cases.errors import CaseError, NotPermitted
from cases.messages import MESSAGES, in_japanese
from cases.need import Need, Wish
from cases.participant import Participant, ParticipantStatus
from cases.permissions import Action
from catalog.actor import Role
from catalog.errors import ENGLISH, CatalogError
from catalog.opening import Opening, OpeningStatus
from catalog.schedule import Schedule, parse_recurrence
from catalog.vocabulary import load_vocabulary
from matcher import policy
from matcher.errors import MatcherError
from tests.cases.raised_codes import BASES, error_classes, raised_codes
from tests.cases.words.test_wording import NEVER

# What the codes that are put together can be.
PUT_TOGETHER = {
    "consent_{found}": [f"consent_{why}" for why in WhyNot],
    "person_{participant.status}": [
        f"person_{status}"
        for status in ParticipantStatus
        if status is not ParticipantStatus.WAITING
    ],
    "missing_{why}": [
        f"missing_{why}" for why in ("no_need", "need_ended", "code_unknown", "place_unknown")
    ],
    "{what}_unknown": [f"{w}_unknown" for w in ("participant", "opening", "host", "group")],
}


def placeholders(template: str) -> set[str]:
    """Return the names in braces."""
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def test_the_scan_sees_errors_and_helpers() -> None:
    """The proofs below rest on the scan, so it must find what is known to be there."""
    assert {"ConsentMissing", "InvalidProblem"} | BASES <= error_classes()
    found = {raised.code for raised in raised_codes()}
    assert len(found) > 100
    assert {
        "not_permitted",
        "recurrence_week",
        "half_point",
        "id_twice",
        "consent_{found}",
    } <= found
    assert "score_differs" in found, "raised through a helper"


def test_every_raised_code_has_a_sentence() -> None:
    raised = {r.code: r.where for r in raised_codes() if "{" not in r.code}
    assert {code: where for code, where in raised.items() if code not in MESSAGES} == {}
    joined = {r.code: r.where for r in raised_codes() if "{" in r.code}
    assert {code: where for code, where in joined.items() if code not in PUT_TOGETHER} == {}
    assert [c for codes in PUT_TOGETHER.values() for c in codes if c not in MESSAGES] == []


def test_no_sentence_asks_for_a_value_that_is_not_given() -> None:
    wrong = [
        (raised.where, code, missing)
        for raised in raised_codes()
        if raised.params is not None
        for code in PUT_TOGETHER.get(raised.code, [raised.code])
        if (missing := placeholders(MESSAGES[code]) - raised.params)
    ]
    assert wrong == []


def test_the_catalogue_has_the_same_codes_and_values_in_english() -> None:
    assert {c for c in ENGLISH if placeholders(MESSAGES[c]) - placeholders(ENGLISH[c])} == set()


def test_every_sentence_is_kind_and_says_what_to_do() -> None:
    for code, sentence in MESSAGES.items():
        assert not NEVER.search(sentence), code
        assert re.search(r"[ぁ-ん]", sentence), code
        assert sentence.endswith(("。", "」")) or "→ " in sentence or "{near}" in sentence, code


WEDNESDAY = parse_recurrence("0We")


@pytest.mark.parametrize(
    ("cause", "words"),
    [
        (lambda: Schedule(WEDNESDAY, time(10), time(9)),
         "終わる時刻（09:00）が、始まる時刻（10:00）より後ではありません。どちらかを直してください。"),
        (lambda: parse_recurrence("9We"),
         "繰り返しの式「9We」の週の番号「9」は使えません。0から7で書いてください。"),
        (lambda: Opening("o", "r", "h", "枠", (), "ibasho", "participant", 0),
         "枠の定員 0 は小さすぎます。1以上で書いてください。"),
        (lambda: Opening("o", "r", "h", "", (), "ibasho", "participant", 1),
         "枠の名前が空です。書いてください。"),
        (lambda: load_vocabulary().check("menu", "gardning"),
         "「gardning」は、コード表「すること」にありません。"
         "（もしかして：gardening, relearning, walking）"
         "言い方を直すか、設定の [codes] に足してください。"),
        (lambda: Participant(id="p", case_no="K-1", name="あ", since_on=date(2026, 4, 1),
                             birth_on=date(2026, 11, 12)),
         "生年月日（令和8年11月12日）が、相談が始まった日（令和8年4月1日）より後です。"
         "どちらかを直してください。"),
        (lambda: Need(participant_id="p", kind="other", wishes=(Wish("gardening", 1),),
                      avoid_menu=frozenset({"gardening"})),
         "「畑・庭の手入れ」が、やりたいことと避けたいことの両方にあります。"
         "どちらかを消してください。"),
    ],
)  # fmt: skip
def test_what_a_person_reads(cause: Callable[[], object], words: str) -> None:
    with pytest.raises((CaseError, CatalogError)) as caught:
        cause()
    assert in_japanese(caught.value) == words


def test_roles_actions_and_states_are_said_in_japanese() -> None:
    refused = NotPermitted("not_permitted", role=Role.HOST, action=Action.RUN_MATCHING)
    assert in_japanese(refused).startswith("受け入れ先の役割では、「まとめて探す」はできません。")
    for role in Role:
        for action in Action:
            words = in_japanese(NotPermitted("not_permitted", role=role, action=action))
            assert not re.search("[a-z]", words)
    for status in OpeningStatus:
        stuck = CatalogError("transition_unknown", from_status=status, to_status=status)
        assert not re.search("[a-z]", in_japanese(stuck))


def test_missing_fields_are_named() -> None:
    error = CatalogError("opening_incomplete", missing="menu, insurance")
    assert in_japanese(error) == "枠を出す前に、すること・保険 を書いてください。"


def test_nothing_near_says_nothing() -> None:
    error = MatcherError("policy_unknown", key="wait", near="")
    assert in_japanese(error) == "方針に「wait」は使えません。名前を直してください。"


def test_what_a_policy_wants_is_said_in_japanese() -> None:
    """Every expectation written in the matcher's source has its words."""
    source = Path(policy.__file__).read_text("utf-8")
    wanted = {
        call.args[2].value
        for call in ast.walk(ast.parse(source))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id == "_check"
        and isinstance(call.args[2], ast.Constant)
    }
    assert "0 to 1" in wanted
    for expected in wanted:
        error = MatcherError("policy_value", key="方針", expected=expected, given=0)
        assert str(expected) not in in_japanese(error)


@pytest.mark.parametrize("error", [ValueError("x"), CaseError("no_such_code")])
def test_an_unexpected_error_still_says_something(error: Exception) -> None:
    assert in_japanese(error).startswith("思いがけないことが起きました（")


def test_a_nameless_sentence_names_nobody() -> None:
    """Where a case number would stand, そ and の方 become その方; it never stands alone."""
    error = CaseError("consent_none_yet", case_no="T-0412")
    assert in_japanese(error, nameless=True).startswith("その方の同意がまだないため")
    assert in_japanese(error).startswith("T-0412の方の同意")
    for template in MESSAGES.values():
        assert template.count("{case_no}") == template.count("{case_no}の方")
