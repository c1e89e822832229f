"""What a consent can be about."""

from __future__ import annotations

from cases.consent import HOSTS
from cases.consent_scope import agencies_to_ask, agency_words, in_order, own_consent_scope
from exchange.municipality import load_municipality


def test_hosts_come_first_and_nobody_twice() -> None:
    settings = load_municipality("sample")
    agencies = agencies_to_ask(settings, ["福祉相談室", "", "高齢者相談センター"])
    assert agencies[:3] == (HOSTS, "福祉相談室", "高齢者相談センター")
    assert len(set(agencies)) == len(agencies)
    assert {each.name for each in settings.agencies} <= set(agencies)


def test_hosts_are_called_in_japanese_and_offices_by_their_name() -> None:
    assert "受け入れ先" in agency_words(HOSTS)
    assert agency_words("福祉相談室") == "福祉相談室"


def test_kinds_of_data_are_told_in_the_order_of_the_list() -> None:
    told = in_order({"生活歴・課題", "むかしの区分", "属性"})
    assert told == ["属性", "生活歴・課題", "むかしの区分"]


def test_the_kinds_of_data_are_dated_and_each_is_explained() -> None:
    scope = own_consent_scope()
    assert scope.version
    assert scope.source
    assert len({each.name for each in scope.categories}) == len(scope.categories) == 6
    assert all(each.note for each in scope.categories)
