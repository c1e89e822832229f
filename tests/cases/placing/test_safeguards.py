"""Insurance, 確認書 and labour law by kind of opening."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from cases.life import Required
from cases.participant import ParticipantStatus
from cases.placing.safeguards import own_safeguards
from catalog.opening import Stage
from catalog.vocabulary import load_vocabulary
from tests.cases.placing.test_asking import OPENING

RULES = own_safeguards()
VOCABULARY = load_vocabulary()
ON = date(2026, 11, 4)


def test_every_kind_of_opening_and_of_end_is_known() -> None:
    assert set(RULES.forms) - {"otherwise"} == set(VOCABULARY.codes("form"))
    assert set(RULES.ends) - {"otherwise"} <= set(VOCABULARY.codes("end_reason"))
    for each in RULES.forms.values():
        assert set(each.insurance) <= set(VOCABULARY.codes("insurance"))
    for ending in RULES.ends.values():
        assert ParticipantStatus(ending.person)
        assert ending.sets_aside in {"", *VOCABULARY.codes("set_aside_reason")}
    assert "要確認" in RULES.source


@pytest.mark.parametrize(
    ("form", "stage", "lacks"),
    [
        ("ibasho", Stage.ROLE, set()),
        ("volunteering", Stage.TRIAL, set()),
        ("volunteering", Stage.PARTICIPATION, {Required.INSURANCE}),
        ("work_experience", Stage.VISIT, set()),
        ("work_experience", Stage.TRIAL, {Required.INSURANCE, Required.AGREEMENT}),
        ("work_training_employed", Stage.TRIAL, {Required.INSURANCE}),
    ],
)
def test_what_a_step_lacks(form: str, stage: Stage, lacks: set[Required]) -> None:
    rule = RULES.of(replace(OPENING, form=form))
    assert rule.missing(stage, "", None) == lacks
    assert rule.missing(stage, "none", None) == lacks
    assert not rule.missing(stage, (rule.insurance or ("",))[0], ON)


def test_a_host_that_asks_for_an_agreement_gets_one_from_the_trial_on() -> None:
    rule = RULES.of(replace(OPENING, agreement_required=True))
    assert rule.missing(Stage.TRIAL, "", None) == {Required.AGREEMENT}


def test_work_without_a_contract_that_looks_like_one_is_warned_about() -> None:
    plain = replace(OPENING, form="work_experience")
    assert not RULES.warnings(plain)
    assert (
        len(RULES.warnings(replace(plain, stipend_yen=500, quota=True, leave_early_ok=False))) == 3
    )
    assert not RULES.warnings(replace(OPENING, stipend_yen=500))  # a place to be is no work
    assert RULES.warnings(replace(OPENING, form="work_training_employed"))
