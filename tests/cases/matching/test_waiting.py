"""Who waits, and which of them may be matched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest

from cases.consent import Consent, ConsentState
from cases.matching.waiting import Waiting, sort_waiting
from cases.need import Need, Wish
from cases.participant import Participant, ParticipantStatus
from cases.proposal import Proposal, ProposalStatus
from cases.words.wording import not_considered_words
from tests.cases.small_city import TODAY, city, consent, need, person

ADVANCED = Proposal(
    id="d1",
    run_id="r0",
    participant_id="p1",
    opening_id="o-field",
    score=0.5,
    parts=(),
    status=ProposalStatus.ADVANCED,
)


def sort(
    who: Participant,
    of_need: Need | None,
    consents: Sequence[Consent],
    decided: Sequence[Proposal] = (),
) -> Waiting:
    """Sort one person."""
    needs = {who.id: of_need} if of_need else {}
    return sort_waiting([who], needs, {who.id: consents}, decided, city(), TODAY)


def test_who_consented_and_has_a_need_is_matched() -> None:
    waiting = sort(person("p1"), need("p1"), [consent("p1")])
    assert [each.participant.id for each in waiting.consented] == ["p1"]
    assert waiting.not_considered == ()


def resting(until_on: date) -> Participant:
    """Return a person who pauses until a day."""
    return person("p1", status=ParticipantStatus.PAUSED, paused_until_on=until_on)


def test_who_paused_until_today_waits_again_by_themselves() -> None:
    waiting = sort(resting(TODAY), need("p1"), [consent("p1")])
    (again,) = waiting.consented
    assert again.participant.status is ParticipantStatus.WAITING


WITHDRAWN = replace(consent("p1"), state=ConsentState.WITHDRAWN, on=date(2026, 11, 1))


@pytest.mark.parametrize(
    ("who", "of_need", "consents", "decided", "why"),
    [
        (person("p1"), need("p1"), [], [], "consent_none_yet"),
        (person("p1"), need("p1"), [consent("p1"), WITHDRAWN], [], "consent_withdrawn"),
        (
            person("p1", status=ParticipantStatus.PAUSED),
            need("p1"),
            [consent("p1")],
            [],
            "paused",
        ),
        (resting(date(2026, 11, 13)), need("p1"), [consent("p1")], [], "paused_until"),
        (person("p1"), need("p1"), [consent("p1")], [ADVANCED], "advanced"),
        (person("p1"), None, [consent("p1")], [], "no_need"),
        (person("p1"), need("p1", until_on=date(2026, 11, 11)), [consent("p1")], [], "need_ended"),
        (person("p1", town_id="z"), need("p1"), [consent("p1")], [], "place_unknown"),
        (person("p1", town_id=None), need("p1"), [consent("p1")], [], "place_unknown"),
        (
            person("p1"),
            need("p1", wishes=(Wish("no_such_code", 3),)),
            [consent("p1")],
            [],
            "code_unknown",
        ),
        (person("p1", fields=("no_such",)), need("p1"), [consent("p1")], [], "code_unknown"),
    ],
)
def test_each_reason_for_not_being_considered(
    who: Participant,
    of_need: Need | None,
    consents: list[Consent],
    decided: list[Proposal],
    why: str,
) -> None:
    waiting = sort(who, of_need, consents, decided)
    assert waiting.consented == ()
    assert [each.why for each in waiting.not_considered] == [why]
    assert not_considered_words(why).endswith(("る", "く", "扱う", "ぶ", "す"))


@pytest.mark.parametrize("status", [ParticipantStatus.PLACED, ParticipantStatus.CLOSED])
def test_who_does_not_wait_is_not_counted_at_all(status: ParticipantStatus) -> None:
    waiting = sort(person("p1", status=status), need("p1"), [consent("p1")])
    assert waiting == Waiting((), ())


def test_everyone_who_waits_is_in_exactly_one_part() -> None:
    people = [person(f"p{n}", town_id="abz"[n % 3]) for n in range(6)]
    needs = {p.id: need(p.id) for p in people}
    consents = {p.id: [consent(p.id)] for p in people[::2]}
    waiting = sort_waiting(people, needs, consents, [], city(), TODAY)
    ids = [each.participant.id for each in waiting.consented]
    ids += [each.participant_id for each in waiting.not_considered]
    assert sorted(ids) == [p.id for p in people]


def test_a_plausible_point_stands_for_a_town_and_one_far_away_does_not() -> None:
    here = person("p1", town_id=None, lat=35.8, lon=139.5)
    tokyo_bay = person("p1", town_id=None, lat=33.0, lon=131.0)
    where = city(plane_zone=9)
    for who, consented in ((here, 1), (tokyo_bay, 0)):
        waiting = sort_waiting([who], {"p1": need("p1")}, {"p1": [consent("p1")]}, [], where, TODAY)
        assert len(waiting.consented) == consented
