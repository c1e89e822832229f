"""Whatever is settled: a run keeps all of it, places as many as can be, or nothing can keep it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping

from hypothesis import given, settings
from hypothesis import strategies as st

from cases.bond import Bond, BondKind
from cases.contradiction import RulesContradict
from cases.matching.everyone import run_matching
from cases.matching.weighing import weigh
from cases.placing_rule import PlacingKind, PlacingRule
from catalog.opening import Opening
from catalog.schedule import slot_masks
from matcher.policy import own_policy
from tests.cases.matching.test_settled_rules import ANY_TIME, bond, lock, settled
from tests.cases.small_city import FIELD, SHED, TALK, city, inputs, need, person

PEOPLE = ("p1", "p2", "p3")
OPENINGS = {each.id: each for each in (FIELD, SHED, TALK)}
Placing = Mapping[str, Opening | None]

_people = st.sampled_from(PEOPLE)
_openings = st.sampled_from(sorted(OPENINGS))
_locks = st.builds(lock, _people, _openings)
_exclusions = st.builds(lock, _people, _openings, kind=st.just(PlacingKind.EXCLUSION))
_hosts = st.builds(
    lambda who, host: lock(who, "", kind=PlacingKind.EXCLUSION, host_id=host),
    _people,
    st.sampled_from(["h-farm", "h-club"]),
)
_bonds = st.builds(
    lambda kind, people: bond(kind, *people),
    st.sampled_from(BondKind),
    st.lists(_people, min_size=2, max_size=3, unique=True),
)
_rules = st.lists(st.one_of(_locks, _exclusions, _hosts, _bonds, _bonds), max_size=4)


def placings() -> Iterator[Placing]:
    """Return every way to place three people within the capacities."""
    for chosen in itertools.product([None, *OPENINGS.values()], repeat=len(PEOPLE)):
        if all(chosen.count(each) <= each.capacity for each in OPENINGS.values()):
            yield dict(zip(PEOPLE, chosen, strict=True))


def keeps(rule: PlacingRule | Bond, placing: Placing) -> bool:
    """Tell, in the plain words of each kind, whether a placing keeps to a rule."""
    if isinstance(rule, PlacingRule):
        at = placing[rule.participant_id]
        if rule.kind is PlacingKind.LOCK:
            return at is not None and at.id == rule.opening_id
        return at is None or (at.id != rule.opening_id and at.host_id != rule.host_id)
    placed = [at for id_ in rule.participant_ids if (at := placing[id_]) is not None]
    everyone = len(placed) == len(rule.participant_ids)
    match rule.kind:
        case BondKind.SAME_OPENING:
            return not placed or (everyone and len({at.id for at in placed}) == 1)
        case BondKind.SAME_SLOT:
            halves = {slot_masks(at.schedule) for at in placed if at.schedule}
            return not placed or (everyone and len(halves) == 1)
        case BondKind.ALL_OR_NONE:
            return not placed or everyone
        case BondKind.APART_OPENING:
            return len({at.id for at in placed}) == len(placed)
        case BondKind.APART_HOST:
            return len({at.host_id for at in placed}) == len(placed)


@settings(max_examples=30)
@given(_rules)
def test_a_run_keeps_to_everything_or_nothing_can(rules: list[PlacingRule | Bond]) -> None:
    """Against every placing there is: as many are placed, and a conflict is one indeed."""
    people = [person(id_) for id_ in PEOPLE]
    needs = [need(id_, available=ANY_TIME) for id_ in PEOPLE]
    where = city(list(OPENINGS.values()))
    given_ = inputs(people, needs, where, arranged=settled(*rules))
    assert weigh(given_, own_policy()).considered.eligibility.candidates().all()
    allowed = [each for each in placings() if all(keeps(rule, each) for rule in rules)]
    try:
        outcome = run_matching(given_, own_policy())
    except RulesContradict as contradiction:
        assert allowed == []
        named = {each.rule.rule_id for each in contradiction.conflict}
        fewest = [rule for rule in rules if rule.id in named]
        assert not any(all(keeps(rule, each) for rule in fewest) for each in placings())
        return
    found = dict.fromkeys(PEOPLE) | {
        each.participant_id: OPENINGS[each.opening_id] for each in outcome.proposals
    }
    assert all(keeps(rule, found) for rule in rules)
    assert outcome.certified
    most = max(sum(at is not None for at in each.values()) for each in allowed)
    assert len(outcome.proposals) == most
