"""The form of an evaluation, and what one says in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from api.answers import TEXT, Answers, Typed
from api.pages.people.person_form import written_day
from cases.closing import Evaluation
from cases.errors import CaseError
from cases.messages import in_japanese
from cases.words.dates import date_words
from catalog.ids import new_id
from catalog.vocabulary import Vocabulary

LABELS: Final[Mapping[str, str]] = {
    "on": "評価の日",
    "judgement": "判断",
    "reason": "終結の理由",
    "reached": "できたこと",
    "changes": "変わったこと",
    "left": "残っていること",
}
LISTS: Final[Mapping[str, str]] = {
    "judgement": "evaluation_judgement",
    "reason": "closure_reason",
    "changes": "change_seen",
}
"""The code list of each field that has one."""


@dataclass(frozen=True, slots=True)
class EvaluationRead:
    """What the form says; without errors there is an evaluation."""

    evaluation: Evaluation | None
    errors: Mapping[str, str]


def codes_of(vocabulary: Vocabulary, field: str) -> dict[str, str]:
    """Return what can be chosen in a field, by code."""
    return {code: each.label for code, each in vocabulary.codes(LISTS[field]).items()}


def typed_of(evaluation: Evaluation) -> Typed:
    """Return the fields as they are kept."""
    return Typed(
        {
            "evaluation": (evaluation.id,),
            "seen": (str(evaluation.version),),
            "on": (written_day(evaluation.on),),
            "judgement": (evaluation.judgement,),
            "reason": (evaluation.reason,),
            "reached": (evaluation.reached,),
            "changes": evaluation.changes,
            "left": (evaluation.left,),
        }
    )


def read_evaluation(
    typed: Typed, vocabulary: Vocabulary, participant_id: str, today: date
) -> EvaluationRead:
    """Read the fields; a new evaluation gets an id of its own."""
    form = Answers(typed, LABELS)
    on = form.day("on") or today
    if on > today:
        form.wrong("on", in_japanese(CaseError("evaluation_in_future", on=on)))
    judgement = form.choice("judgement", codes_of(vocabulary, "judgement"))
    if not judgement:
        form.wrong("judgement", "これから どうするかを選んでください。")
    reached = form.text("reached", TEXT)
    if not reached:
        form.wrong("reached", "できたことを、小さなことでも 書いてください。")
    seen = typed.one("seen")
    try:
        evaluation = Evaluation(
            id=typed.one("evaluation") or new_id(),
            participant_id=participant_id,
            version=int(seen) if seen.isdecimal() and len(seen) < 6 else 0,
            on=on,
            judgement=judgement,
            reason=form.choice("reason", codes_of(vocabulary, "reason")),
            reached=reached,
            changes=form.choices("changes", codes_of(vocabulary, "changes")),
            left=form.text("left", TEXT),
        )
    except CaseError as error:
        form.wrong("reason", in_japanese(error))
        return EvaluationRead(None, form.errors)
    return EvaluationRead(None if form.errors else evaluation, form.errors)


def in_words(evaluation: Evaluation | None, vocabulary: Vocabulary) -> dict[str, str]:
    """Return what an evaluation says, in words by label; empty words where there is none."""
    if evaluation is None:
        return dict.fromkeys(LABELS.values(), "")
    named = {name: codes_of(vocabulary, name) for name in LISTS}
    return {
        LABELS["on"]: date_words(evaluation.on),
        LABELS["judgement"]: named["judgement"].get(evaluation.judgement, evaluation.judgement),
        LABELS["reason"]: named["reason"].get(evaluation.reason, evaluation.reason),
        LABELS["reached"]: evaluation.reached,
        LABELS["changes"]: "、".join(named["changes"].get(e, e) for e in evaluation.changes),
        LABELS["left"]: evaluation.left,
    }


def ended_words(evaluation: Evaluation) -> tuple[tuple[str, str], ...]:
    """Return when support ended with an evaluation and began again, as far as it did."""
    rows = (
        ("支援の終わり", date_words(evaluation.closed_on) if evaluation.closed_on else ""),
        ("見守らない理由", evaluation.no_watch_reason),
        (
            "支援の再開",
            f"{date_words(evaluation.reopened_on)}　{evaluation.reopen_reason}"
            if evaluation.reopened_on
            else "",
        ),
    )
    return tuple(each for each in rows if each[1])
