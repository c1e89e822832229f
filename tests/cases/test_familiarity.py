"""What somebody already knows makes a beginning easier, and tells nothing of others."""

from __future__ import annotations

from dataclasses import replace

from cases.familiarity import whereabouts_of
from cases.participant import Participant, ParticipantStatus
from cases.proposal import Proposal, ProposalStatus
from cases.stories import tell_pair
from cases.weighing import weigh
from matcher.explanation import FactCode
from matcher.policy import own_policy
from tests.cases.small_city import FIELD, OPENINGS, city, inputs, need, person

PLACED = ParticipantStatus.PLACED
AT_THE_FIELD = Proposal(
    id="q1",
    run_id="r1",
    participant_id="p2",
    opening_id=FIELD.id,
    score=0.5,
    parts=(),
    status=ProposalStatus.ADVANCED,
)


def ease(known: Participant | None = None, **of_need: frozenset[str]) -> tuple[float, str]:
    """Return the ease of p1 at the field, and what is said of it."""
    found = whereabouts_of([AT_THE_FIELD], [known] if known else [])
    where = city((replace(FIELD, leave_early_ok=False),))
    given = inputs([person("p1")], [need("p1", **of_need)], where, whereabouts=found)
    story = tell_pair(weigh(given, own_policy()), "p1", FIELD.id)
    part = next(part for part in story.explanation.parts if part.name == "ease")
    return part.value, str(part.fact.code) if part.fact else ""


def test_a_known_place_or_host_is_easier() -> None:
    plain, _ = ease()
    by_place = ease(known_place_ids=frozenset({FIELD.resource_id}))
    by_host = ease(known_host_ids=frozenset({FIELD.host_id}))
    assert by_place == by_host
    assert by_place[0] > plain
    assert by_place[1] == FactCode.FAMILIAR


def test_a_place_known_elsewhere_says_nothing() -> None:
    other = next(each for each in OPENINGS if each.resource_id != FIELD.resource_id)
    assert ease(known_place_ids=frozenset({other.resource_id})) == ease()


def test_someone_whom_one_knows_is_there() -> None:
    knows = frozenset({"p2"})
    easier, said = ease(person("p2", status=PLACED), known_person_ids=knows)
    assert easier > ease()[0]
    assert said == FactCode.ACQUAINTED


def test_what_is_only_under_way_is_not_there_yet() -> None:
    assert ease(person("p2"), known_person_ids=frozenset({"p2"})) == ease()


def test_nobody_learns_where_a_protected_person_is() -> None:
    hidden = person("p2", status=PLACED, address_protected=True)
    assert ease(hidden, known_person_ids=frozenset({"p2"})) == ease()


def test_who_is_placed_knows_their_own_place() -> None:
    own = replace(AT_THE_FIELD, participant_id="p1")
    found = whereabouts_of([own], [person("p1", status=PLACED)])
    given = inputs([person("p1")], [need("p1")], whereabouts=found)
    at = [each.opening.id for each in given.receiving].index(FIELD.id)
    assert given.pairs.familiar[0, at]
    assert not given.pairs.acquainted.any()
