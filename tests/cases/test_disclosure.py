"""What is told to whom has a basis in law; a consent covers whom and what it names, in its time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from cases.consent import Consent, ConsentState
from cases.disclosure import Disclosure, check_covered, not_covered, own_legal_bases
from cases.errors import CaseError

AT = datetime(2026, 11, 4, tzinfo=UTC)
CONSENT = Consent(
    id="c1",
    participant_id="p",
    state=ConsentState.WRITTEN,
    given_by="本人",
    on=date(2026, 4, 1),
    agencies=frozenset({"hosts", "社協"}),
    categories=frozenset({"属性", "生活歴・課題"}),
    until_on=date(2027, 3, 31),
    recorded_at=AT,
)
TOLD = Disclosure(
    id="d",
    participant_id="p",
    on=date(2026, 11, 4),
    recipient="社協",
    categories=frozenset({"属性"}),
    basis="consent",
    reason="見学の相談",
    approved_by="課長",
)


def test_one_that_is_named_of_those_in_the_consent_is_covered() -> None:
    """The consent says 受け入れ先; the record says which one."""
    told = replace(TOLD, recipient="hosts：こもれび文庫")
    assert (told.agency, told.name) == ("hosts", "こもれび文庫")
    assert not_covered(told, [CONSENT]) is None
    only_agency = replace(CONSENT, agencies=frozenset({"社協"}))
    assert not_covered(told, [only_agency]) is not None


def test_what_the_consent_names_is_covered() -> None:
    assert not_covered(TOLD, [CONSENT]) is None
    check_covered(TOLD, [CONSENT])


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({"recipient": "民生委員"}, {"属性"}),
        ({"categories": frozenset({"属性", "収入・資産・債務"})}, {"収入・資産・債務"}),
        ({"on": date(2026, 3, 31)}, {"属性"}),
        ({"on": date(2027, 4, 1)}, {"属性"}),
    ],
)
def test_what_it_does_not_name_is_not(changes: dict[str, Any], missing: set[str]) -> None:
    told = replace(TOLD, **changes)
    found = not_covered(told, [CONSENT])
    assert found is not None
    assert found.categories == missing
    with pytest.raises(CaseError, match="disclosure_not_covered"):
        check_covered(told, [CONSENT])


@pytest.mark.parametrize("state", [ConsentState.WITHDRAWN, ConsentState.REFUSED])
def test_taking_it_back_ends_it_and_a_new_one_counts_again(state: ConsentState) -> None:
    back = replace(CONSENT, id="c2", state=state, on=TOLD.on, recorded_at=AT + timedelta(hours=1))
    again = replace(CONSENT, id="c3", on=TOLD.on, recorded_at=AT + timedelta(hours=2))
    assert not_covered(TOLD, [back, CONSENT]) is not None
    assert not_covered(TOLD, [again, back, CONSENT]) is None


def test_two_consents_add_up() -> None:
    """A talk about money later adds to what was said before."""
    more = replace(CONSENT, id="c2", on=date(2026, 5, 1), categories=frozenset({"福祉制度利用"}))
    both = replace(TOLD, categories=frozenset({"属性", "福祉制度利用"}))
    assert not_covered(both, [CONSENT]) is not None
    assert not_covered(both, [CONSENT, more]) is None


def test_other_bases_ask_for_no_consent() -> None:
    bases = own_legal_bases().bases
    assert [each.code for each in bases if each.needs_consent] == ["consent"]
    for basis in bases:
        if not basis.needs_consent:
            check_covered(replace(TOLD, basis=basis.code), [])


@pytest.mark.parametrize(
    "changes",
    [{"recipient": ""}, {"reason": " "}, {"approved_by": ""}, {"categories": frozenset()}],
)
def test_a_record_is_complete(changes: dict[str, Any]) -> None:
    with pytest.raises(CaseError, match="disclosure_incomplete"):
        replace(TOLD, **changes)


def test_an_unknown_basis_is_refused() -> None:
    with pytest.raises(CaseError, match="basis_unknown"):
        replace(TOLD, basis="because")
