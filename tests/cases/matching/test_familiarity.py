"""What somebody already knows makes a beginning easier, and tells nothing of others."""

from __future__ import annotations

from dataclasses import replace

from cases.actions.matching import Stores, weigh_person
from cases.matching.everyone import run_matching
from cases.matching.familiarity import whereabouts_of
from cases.matching.stories import tell_pair
from cases.matching.weighing import weigh
from cases.participant import Participant, ParticipantStatus
from cases.proposal import Proposal, ProposalStatus
from catalog.actor import Actor, Role
from matcher.explanation import FactCode
from matcher.policy import own_policy
from matcher.policy_text import read_policy
from tests.cases.conftest import CODE, COORDINATOR, an_event, clock
from tests.cases.runs import run_of
from tests.cases.small_city import FIELD, OPENINGS, city, consent, inputs, need, person

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


def test_who_is_accompanied_elsewhere_is_not_counted() -> None:
    """Whoever may open p1 could otherwise learn where somebody of another office is."""
    knows = frozenset({"p2"})
    assert (
        ease(person("p2", status=PLACED, office_id="elsewhere"), known_person_ids=knows) == ease()
    )


def test_a_run_counts_it_but_says_it_to_nobody() -> None:
    """Its words are kept once for all its readers, and not all of them may open the other one."""
    found = whereabouts_of([AT_THE_FIELD], [person("p2", status=PLACED)])
    where = city((replace(FIELD, leave_early_ok=False),))
    knowing = need("p1", known_person_ids=frozenset({"p2"}))
    given = inputs([person("p1")], [knowing], where, whereabouts=found)
    policy = read_policy('from = 2026-11-12\nsource = "市"\n[weights]\nease = 90\n')
    (proposal,) = run_matching(given, policy).proposals
    assert "知っている方" in tell_pair(weigh(given, policy), "p1", FIELD.id).reason
    assert "知っている方" not in proposal.reason + proposal.short
    unknown = inputs([person("p1")], [need("p1")], where, whereabouts=found)
    (plain,) = run_matching(unknown, policy).proposals
    assert proposal.score > plain.score


def test_a_reader_learns_of_those_whom_they_may_open(stores: Stores) -> None:
    """The same person, read by two: one may open whom they know, the other may not."""
    people = (person("p1", office_id="o1"), person("p2", office_id="o2", status=PLACED))
    for who in people:
        stores.cases.save_participant(who, an_event("participant_registered"))
        stores.cases.save_need(
            need(who.id, known_person_ids=frozenset({"p2"} - {who.id})), an_event("need_changed")
        )
        stores.cases.add_consent(consent(who.id), an_event("consent_recorded"))
    stores.runs.add_run(
        run_of(), [replace(AT_THE_FIELD, status=ProposalStatus.PROPOSED)], an_event("matching_run")
    )
    decided = replace(AT_THE_FIELD, decided_by="u1", decided_at=clock())
    stores.runs.save_proposal(decided, an_event("proposal_advanced"))
    lead = Actor("u7", "佐藤", Role.LEAD_AGENCY, CODE, office_id="o1")
    told = {
        actor.user_id: bool(weigh_person(actor, stores, clock, "p1").inputs.pairs.acquainted.any())
        for actor in (lead, COORDINATOR)
    }
    assert told == {"u7": False, "u1": True}


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
