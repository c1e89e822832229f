"""Which passwords are refused: short ones, and what everybody would try first."""

from __future__ import annotations

import pytest
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from cases import passwords
from cases.accounts import AccountError, account_rules
from cases.passwords import check_password, password_text

RULE = account_rules().password
NAMES = ("mizuno", "水野", "つなぎ市", "つながり相談室")


def refusal(password: str) -> str:
    """Return the code of the refusal, or nothing."""
    try:
        check_password(password, NAMES, RULE)
    except AccountError as error:
        return error.code
    return ""


@pytest.mark.parametrize(
    "password",
    [
        "mihon-no-machi",
        "kotori no ie 26",
        "correct horse battery staple",
        "春の野に すみれ つみにと 来し",
        "あさごはんは なっとう と みそしる",
        "aaqqz mvkw ppt rd",
        "x7$Kd9!mQ2vL",
        "きつねとたぬきのかいだん",
        "long one " + "".join(chr(0x4E00 + 37 * n) for n in range(60)),
    ],
)
def test_good_passwords_of_any_kind_are_taken(password: str) -> None:
    assert refusal(password) == ""


@pytest.mark.parametrize(
    "password",
    [
        "password1234",
        "Password2026!",
        "P@ssw0rd1234",
        "passwordpassword",
        "123456789012",
        "987654321098",
        "qwertyuiop12",
        "1q2w3e4r5t6y",
        "1qaz2wsx3edc",
        "aaaaaaaaaaaa",
        "abcabcabcabc",
        "abcdefghijkl",
        "iloveyou2024",
        "sunshine1999",
        "Welcome12345",
        "administrator",
        "changeme1234",
        "パスワード123456789",
        "あいうえおかきくけこ12",
        "himitsu2026!",
        "ｐａｓｓｗｏｒｄ１２３４",
        "            ",
    ],
)
def test_what_everybody_tries_first_is_refused(password: str) -> None:
    assert refusal(password) == "password_easy"


@pytest.mark.parametrize(
    "password",
    [
        "mizuno-mizuno",
        "MIZUNO2026!!x",
        "tsunagite-202",
        "つなぎ市つなぎ市つなぎ市",
        "水野水野水野水野水野水野!",
    ],
)
def test_names_of_the_place_make_no_password(password: str) -> None:
    assert refusal(password) in {"password_of_names", "password_easy"}
    assert refusal("mizuno qs7 kvb") == ""


KNOWN = [
    "chickenwing101",
    "ChickenWing101",
    "chickenwing1012026",
    "maurolarastefy",
    "counterstrike7",
    "d0lphins20261123",
    "contortionist",
    "ｃｏｎｔｏｒｔｉｏｎｉｓｔ",
    "dolphins20261123",
]


@pytest.mark.parametrize("password", KNOWN)
def test_what_many_others_have_is_refused_with_figures_behind_it_too(password: str) -> None:
    assert refusal(password) == "password_known"


def test_without_the_lists_they_would_be_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the test above sees is that defence and no other."""
    monkeypatch.setattr(passwords, "_most_used", frozenset)
    assert {refusal(each) for each in KNOWN} == {""}


def test_more_than_three_thousand_of_the_lists_are_long_enough_for_us() -> None:
    """So many ASVS 5.0 V6.2.4 asks for; every one of them is refused."""
    long_ones = [
        each
        for kind in FREQUENCY_LISTS.values()
        for each in kind
        if len(each) >= RULE.least_characters
    ]
    assert len(set(long_ones)) > 3000
    assert "" not in {refusal(each) for each in long_ones}


def test_the_length_has_bounds_and_no_kind_of_character_is_asked_for() -> None:
    assert refusal("q7mvkwpxtrd") == "password_length"
    assert refusal("q7mvkwpxtrdh") == ""
    assert RULE.least_characters >= 8
    assert RULE.most_characters >= 64
    assert refusal("春夏" * 501) == "password_length"


def test_full_width_letters_are_the_same_password_and_capitals_are_not() -> None:
    assert password_text("ｍｉｈｏｎ １") == "mihon 1"
    assert password_text("Mihon") != password_text("mihon")
