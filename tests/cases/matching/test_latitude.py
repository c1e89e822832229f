"""What law fixes is not asked of a host, and of a place nobody knows nothing is promised."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cases.matching.latitude import latitude_of, laws_of, legal_limits
from cases.receiving import Receiving
from catalog.vocabulary import load_vocabulary
from matcher.eligibility import Reason
from tests.cases.small_city import FARM, FIELD

VOCABULARY = load_vocabulary()


@pytest.mark.parametrize(
    ("kind", "form", "rules"),
    [
        ("farm", "volunteering", set()),
        ("childrens_hall", "ibasho", {Reason.AGE}),
        ("child_rearing_hub", "ibasho", {Reason.CHILD}),
        ("activity_center", "ibasho", {Reason.FIELD}),
        ("workplace", "work_training_employed", {Reason.AGE}),
        ("activity_center", "work_training_employed", {Reason.FIELD, Reason.AGE}),
        ("workplace", "work_training_unemployed", set()),
    ],
)
def test_the_kind_of_the_place_and_the_form_decide(
    kind: str, form: str, rules: set[Reason]
) -> None:
    receiving = Receiving(replace(FIELD, form=form), replace(FARM, kind=kind))
    assert laws_of(receiving).keys() == rules
    (bits,) = latitude_of([receiving], np.array([True]), VOCABULARY).fixed.tolist()
    assert bits == sum(1 << rule for rule in rules)


def test_an_opening_without_its_place_goes_by_its_form() -> None:
    assert laws_of(Receiving(FIELD, None)) == {}
    assert laws_of(Receiving(replace(FIELD, form="work_training_employed"), None)) == {
        Reason.AGE: "労働基準法第56条（雇用できる最低の年齢）"
    }


def test_a_place_that_is_not_known_yet_cannot_be_opened_by_asking() -> None:
    both = [Receiving(FIELD, FARM), Receiving(FIELD, None)]
    latitude = latitude_of(both, np.array([True, False]), VOCABULARY)
    assert latitude.fixed.tolist() == [0, 1 << Reason.NOT_OPEN]


def test_company_and_leaving_early_are_accommodations_too() -> None:
    latitude = latitude_of([], np.zeros(0, bool), VOCABULARY)
    codes = list(VOCABULARY.codes("accommodation"))
    assert codes[latitude.companion_brings.bit_length() - 1] == "companion"
    assert codes[latitude.leave_early_brings.bit_length() - 1] == "leave_early"


def test_each_limit_names_its_law_and_a_known_code() -> None:
    assert legal_limits().source
    for limit in legal_limits().limits:
        assert "第" in limit.law
        assert limit.rules
        if limit.resource_kind:
            VOCABULARY.check("resource_kind", limit.resource_kind)
        else:
            VOCABULARY.check("form", limit.form)
