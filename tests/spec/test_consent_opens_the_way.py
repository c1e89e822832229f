"""Consent: when a person may be matched, as tables that are asked row by row.

つなぎ先を探せるのは、受け入れ先を範囲に含む文書の同意が、その日に生きている方だけです。
表の一行ずつを、実際のしくみに確かめています。
"""

from __future__ import annotations

from datetime import date, timedelta

from cases.consent import HOSTS, Consent, ConsentState, WhyNot, find_consent
from cases.words.wording import not_considered_words, own_wording
from tests.spec.tables import rows

TODAY = date(2026, 11, 12)
STATES = {word: ConsentState(state) for state, word in own_wording().tables["consent"].items()}


def days(words: str) -> date | None:
    """Read きょう, 3日前, 3日後; なし is no date."""
    if words == "なし":
        return None
    if words == "きょう":
        return TODAY
    count = int("".join(each for each in words if each.isdigit()))
    return TODAY + timedelta(-count if words.endswith("前") else count)


def statement(words: str, on: date, until_on: date | None = None, hosts: bool = True) -> Consent:
    """Return a statement with its state in the words of the screen."""
    return Consent(
        id=f"{words}{on}",
        participant_id="p1",
        state=STATES[words],
        given_by="本人",
        on=on,
        agencies=frozenset({HOSTS}) if hosts else frozenset({"council"}),
        until_on=until_on,
    )


def answer(consents: list[Consent]) -> str:
    """Return ○, or the beginning of what the screen says."""
    found = find_consent(consents, TODAY)
    return not_considered_words(f"consent_{found}") if isinstance(found, WhyNot) else "○"


def test_one_statement() -> None:
    """Only consent in writing that includes hosts, on its days, opens the way.

    同意の日と、期限の日も含みます。

    | 本人の返事 | いつ | 期限 | 受け入れ先を含む | 答え |
    |---|---|---|---|---|
    | 文書 | 30日前 | なし | はい | ○ |
    | 文書 | きょう | きょう | はい | ○ |
    | 文書 | 30日前 | 1日前 | はい | 同意の期限が過ぎたため |
    | 文書 | 30日前 | なし | いいえ | 同意の範囲に受け入れ先が入っていないため |
    | 文書 | 1日後 | なし | はい | 同意がまだないため |
    | 口頭 | 30日前 | なし | はい | 同意が口頭だけのため |
    | ことわり | 30日前 | なし | はい | 同意は ことわりのため |
    | まだ | 30日前 | なし | はい | 同意がまだないため |
    """
    for row in rows(test_one_statement):
        on = days(row["いつ"])
        assert on is not None
        said = statement(
            row["本人の返事"], on, days(row["期限"]), hosts=row["受け入れ先を含む"] == "はい"
        )
        assert answer([said]).startswith(row["答え"]), row


def test_one_after_the_other() -> None:
    """A refusal or withdrawal ends everything before; a verbal word ends nothing.

    ことわりと撤回は、それまでの同意をすべて止めます。口頭の返事は、前の文書を止めません。

    | はじめ | 次 | 答え |
    |---|---|---|
    | 文書 | 撤回 | 同意が撤回されたため |
    | 文書 | ことわり | 同意は ことわりのため |
    | 文書 | 口頭 | ○ |
    | 口頭 | 文書 | ○ |
    | 撤回 | 文書 | ○ |
    | ことわり | 口頭 | 同意が口頭だけのため |
    """
    for row in rows(test_one_after_the_other):
        first = statement(row["はじめ"], TODAY - timedelta(20))
        second = statement(row["次"], TODAY - timedelta(10))
        assert answer([second, first]).startswith(row["答え"]), row
