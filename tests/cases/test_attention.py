"""What to keep in mind: nobody is forgotten, nobody who decided is pressed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from cases.attention import Attention, Care, attention_words, find_attentions
from cases.consent import Consent, WhyNot
from cases.next_step import Standing
from cases.participant import ParticipantStatus
from cases.run import Unplaced
from tests.cases.runs import run_of
from tests.cases.small_city import consent, person

TODAY = date(2026, 11, 12)


def standing(
    id_: str, said: Consent | WhyNot, waited_days: int = 40, why_not: str = ""
) -> Standing:
    """Return someone who waits."""
    since = TODAY - timedelta(days=waited_days)
    return Standing(person(id_, since_on=since, birth_on=date(1976, 1, 1)), said, why_not)


def until(days: int) -> Consent:
    """Return a written consent with so many days left."""
    return replace(consent("p"), on=TODAY - timedelta(400), until_on=TODAY + timedelta(days))


def found(*standings: Standing, without_place: tuple[str, ...] = ()) -> list[tuple[str, str, int]]:
    """Return what is found: kind, person and days."""
    run = run_of(
        unplaced=tuple(
            Unplaced(participant_id=id_, reason="no_pair", candidates=0, refused=(), words="…")
            for id_ in without_place
        )
    )
    attentions = find_attentions(standings, run, TODAY)
    return [(each.care, each.participant.id, each.days) for each in attentions]


def test_the_most_urgent_comes_first() -> None:
    assert found(
        standing("long", until(200), waited_days=142),
        standing("none", WhyNot.NONE_YET, waited_days=20),
        standing("later", until(30)),
        standing("soon", until(3)),
        standing("ended", WhyNot.EXPIRED),
        without_place=("long",),
    ) == [
        (Care.CONSENT_ENDED, "ended", 0),
        (Care.CONSENT_ENDS, "soon", 3),
        (Care.CONSENT_ENDS, "later", 30),
        (Care.CONSENT_MISSING, "none", 20),
        (Care.WAITS_LONG, "long", 142),
    ]


def test_a_consent_without_end_or_with_time_left_needs_no_care() -> None:
    endless = replace(until(1), until_on=None)
    assert found(standing("p1", until(31)), standing("p2", endless)) == []


def test_who_refused_or_withdrew_is_not_pressed() -> None:
    assert found(standing("p1", WhyNot.REFUSED), standing("p2", WhyNot.WITHDRAWN)) == []


def test_who_does_not_wait_needs_no_consent_now() -> None:
    resting = standing("p1", WhyNot.EXPIRED, why_not="paused")
    paused = replace(resting.participant, status=ParticipantStatus.PAUSED)
    assert found(replace(resting, participant=paused)) == []


def test_three_who_waited_longest_without_a_place() -> None:
    waiting = [standing(f"p{days}", until(200), waited_days=days) for days in (10, 40, 30, 20)]
    going = standing("p50", until(200), waited_days=50, why_not="advanced")
    ids = tuple(each.participant.id for each in (*waiting, going))
    assert [days for _, _, days in found(*waiting, going, without_place=ids)] == [40, 30, 20]
    assert found(*waiting) == []


def test_every_care_has_its_words() -> None:
    ending = Attention(Care.CONSENT_ENDS, person("p1"), 3, until_on=date(2026, 11, 15))
    assert attention_words(ending).startswith("文書の同意は 11月15日（日）まで。")
    long = Attention(Care.WAITS_LONG, person("p1"), 142, missing="希望の曜日・時間の枠がない")
    assert attention_words(long) == "希望の曜日・時間の枠がないため、案が見つかっていません。"
    for why in (WhyNot.EXPIRED, WhyNot.NONE_YET, WhyNot.VERBAL_ONLY, WhyNot.HOSTS_NOT_INCLUDED):
        missing = Attention(Care.CONSENT_MISSING, person("p1"), why=why)
        assert attention_words(missing).endswith("ため、つなぎ先を探せません。")


def test_before_the_first_run_only_consent_counts() -> None:
    assert find_attentions([standing("p1", until(200))], None, TODAY) == []
