"""Settling things before a search on real databases: who may, what is kept, what it does."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from cases.actions.consenting import withdraw_consent
from cases.actions.matching import Stores, start_matching
from cases.actions.settling import bind, look_at_rules, settle_placing, unbind, undo_placing
from cases.bond import BondKind
from cases.contradiction import RulesContradict
from cases.errors import CaseError, ConsentMissing, NotFound, NotPermitted
from cases.matching.arrangements import NOTHING_ARRANGED
from cases.messages import in_japanese
from cases.permissions import scope_of_everyone
from cases.placing_rule import PlacingKind
from cases.words.settled import conflict_words, rule_words, used_words
from catalog.actor import Role
from db.errors import DatabaseError
from tests.cases.conftest import CODE, COORDINATOR, an_event, clock
from tests.cases.small_city import FIELD, consent, need, person
from tests.cases.test_actions import events, freeze, last_events

LOCK, EXCLUSION, OVERRIDE = PlacingKind
LEAD = replace(COORDINATOR, user_id="u7", role=Role.LEAD_AGENCY, office_id="o1")
MEMBER = replace(COORDINATOR, role=Role.MEMBER_AGENCY)
EVERYONE = scope_of_everyone(CODE)
NAMES = {"p1": "青葉さん", "p3": "若葉さん"}
PLACES = {"o-field": "畑の手伝い", "h-farm": "農園"}


def add_person(stores: Stores, id_: str, **fields: object) -> None:
    """Register somebody who consented."""
    stores.cases.save_participant(person(id_, **fields), an_event("participant_registered"))
    stores.cases.save_need(need(id_), an_event("need_changed"))
    stores.cases.add_consent(consent(id_), an_event("consent_recorded"))


def test_a_lock_is_kept_with_its_event_and_undone(two_people: Stores) -> None:
    """The next run keeps to it and says so; undone, nothing is left of it."""
    rule = settle_placing(
        COORDINATOR, two_people, clock, LOCK, "p1", reason=" 本人の希望 ", opening_id="o-field"
    )
    assert (rule.reason, rule.made_by) == ("本人の希望", "u1")
    assert last_events(two_people, 1) == [("lock_settled", "p1")]
    assert "本人" not in str(events(two_people)[-1].detail)
    run = start_matching(COORDINATOR, two_people, clock, freeze, "0").run
    assert [(each.kind, each.rule_id) for each in run.used] == [("lock", rule.id)]
    assert events(two_people)[-1].detail["settled"] == "1"
    (proposal,) = two_people.runs.proposals(EVERYONE, run.id)[:1]
    assert proposal.reason.startswith("決めておいた枠です。")
    undo_placing(COORDINATOR, two_people, clock, rule.id)
    assert last_events(two_people, 1) == [("lock_undone", "p1")]
    assert look_at_rules(COORDINATOR, two_people, clock).rules == ()
    assert start_matching(COORDINATOR, two_people, clock, freeze, "0").run.used == ()
    with pytest.raises(CaseError, match="rule_already_undone"):
        undo_placing(COORDINATOR, two_people, clock, rule.id)


def test_an_override_takes_the_rules_that_refuse_today(two_people: Stores) -> None:
    """It opens the way for the next run, and the run counts it."""
    rule = settle_placing(
        COORDINATOR, two_people, clock, OVERRIDE, "p1", reason="家族が送る", opening_id="o-shed"
    )
    assert rule.overrides == ("time",)
    run = start_matching(COORDINATOR, two_people, clock, freeze, "0").run
    assert [each.kind for each in run.used] == ["override"]
    assert events(two_people)[-1].detail["overrides"] == "1"
    with pytest.raises(CaseError, match="nothing_to_override"):
        settle_placing(
            COORDINATOR, two_people, clock, OVERRIDE, "p1", reason="また", opening_id="o-shed"
        )


def test_what_may_never_be_overridden_is_named(two_people: Stores) -> None:
    """A full opening is asked of the host; the message says which condition it is."""
    full = replace(FIELD, taken=FIELD.capacity)
    two_people.catalog.save_opening(full, an_event("opening_changed"), seen=FIELD.taken)
    with pytest.raises(CaseError, match="override_not_allowed") as caught:
        settle_placing(
            COORDINATOR, two_people, clock, OVERRIDE, "p1", reason="どうしても", opening_id=full.id
        )
    assert in_japanese(caught.value).startswith("「空き」は、")


def test_without_consent_nothing_is_overridden(two_people: Stores) -> None:
    """Consent is no rule that the office could set aside."""
    withdraw_consent(
        COORDINATOR, two_people.cases, two_people.runs, two_people.helping, "p1", clock
    )
    with pytest.raises(ConsentMissing):
        settle_placing(
            COORDINATOR, two_people, clock, OVERRIDE, "p1", reason="急ぎ", opening_id="o-shed"
        )


def test_rules_that_repeat_or_contradict_are_refused(two_people: Stores) -> None:
    """One lock for a person, nothing locked and excluded at once."""

    def settle(kind: PlacingKind, opening_id: str | None = None, host_id: str | None = None) -> str:
        rule = settle_placing(
            COORDINATOR, two_people, clock, kind, "p1",
            reason="理由", opening_id=opening_id, host_id=host_id,
        )  # fmt: skip
        return rule.id

    settle(LOCK, "o-field")
    settle(EXCLUSION, host_id="h-salon")
    for kind, place, code in (
        (LOCK, {"opening_id": "o-shed"}, "already_locked"),
        (EXCLUSION, {"opening_id": "o-field"}, "already_locked"),
        (EXCLUSION, {"host_id": "h-salon"}, "already_settled"),
        (EXCLUSION, {}, "rule_needs_one_place"),
    ):
        with pytest.raises(CaseError, match=code):
            settle(kind, **place)
    with pytest.raises(NotFound, match="opening_not_found"):
        settle(LOCK, "nowhere")
    with pytest.raises(NotFound, match="host_not_found"):
        settle(EXCLUSION, host_id="nobody")
    with pytest.raises(CaseError, match="rule_ends_in_past"):
        settle_placing(
            COORDINATOR, two_people, clock, LOCK, "p1",
            reason="理由", opening_id="o-shed", until_on=date(2026, 11, 11),
        )  # fmt: skip
    assert len(look_at_rules(COORDINATOR, two_people, clock).rules) == 2


def test_people_are_bound_and_unbound(two_people: Stores) -> None:
    """A bond is settled once, in any order of its people."""
    add_person(two_people, "p3")
    together = BondKind.SAME_OPENING
    bond = bind(COORDINATOR, two_people, clock, together, ["p3", "p1"], reason="親子")
    assert last_events(two_people, 1) == [("bond_settled", bond.id)]
    with pytest.raises(CaseError, match="already_settled"):
        bind(COORDINATOR, two_people, clock, together, ["p1", "p3"], reason="親子")
    assert look_at_rules(COORDINATOR, two_people, clock).bonds == (bond,)
    run = start_matching(COORDINATOR, two_people, clock, freeze, "0").run
    assert {each.kind for each in run.used} == {"same_opening"}
    unbind(COORDINATOR, two_people, clock, bond.id)
    assert last_events(two_people, 1) == [("bond_undone", bond.id)]
    assert look_at_rules(COORDINATOR, two_people, clock).bonds == ()


def test_nobody_settles_anything_about_people_they_may_not_know(two_people: Stores) -> None:
    """The second person is protected: nothing about them is found, listed or told."""
    protected = replace(COORDINATOR, user_id="u9")
    lock = settle_placing(
        protected, two_people, clock, LOCK, "p2", reason="本人の希望", opening_id="o-field"
    )
    bond = bind(protected, two_people, clock, BondKind.APART_HOST, ["p1", "p2"], reason="理由")
    assert len(look_at_rules(protected, two_people, clock).rules) == 1
    seen = look_at_rules(COORDINATOR, two_people, clock)
    assert (seen.rules, seen.bonds) == ((), ())
    with pytest.raises(NotFound, match="person_not_found"):
        settle_placing(
            COORDINATOR, two_people, clock, LOCK, "p2", reason="理由", opening_id="o-shed"
        )
    with pytest.raises(NotFound, match="rule_not_found"):
        undo_placing(COORDINATOR, two_people, clock, lock.id)
    with pytest.raises(NotFound, match="rule_not_found"):
        unbind(COORDINATOR, two_people, clock, bond.id)
    run = start_matching(COORDINATOR, two_people, clock, freeze, "0").run
    assert run.used == ()
    whole = two_people.runs.run(EVERYONE, run.id)
    assert whole is not None
    assert len(whole.used) == 2


def test_an_agency_settles_for_its_own_people_and_overrides_nothing(two_people: Stores) -> None:
    """Members of the meeting settle nothing at all."""
    add_person(two_people, "p3", office_id="o1")
    rule = settle_placing(
        LEAD, two_people, clock, EXCLUSION, "p3", reason="本人の希望", host_id="h-farm"
    )
    assert look_at_rules(LEAD, two_people, clock).rules == (rule,)
    with pytest.raises(NotPermitted):
        settle_placing(LEAD, two_people, clock, OVERRIDE, "p3", reason="理由", opening_id="o-shed")
    with pytest.raises(NotFound):
        settle_placing(LEAD, two_people, clock, LOCK, "p1", reason="理由", opening_id="o-shed")
    with pytest.raises(NotPermitted):
        look_at_rules(MEMBER, two_people, clock)


def test_a_run_that_cannot_keep_everything_keeps_nothing(two_people: Stores) -> None:
    """The conflict is told in words; of a person whom the reader may not know it says nothing."""
    add_person(two_people, "p3")
    for who in ("p1", "p3"):
        settle_placing(
            COORDINATOR, two_people, clock, LOCK, who, reason="本人の希望", opening_id="o-field"
        )
    before = len(events(two_people))
    with pytest.raises(RulesContradict) as caught:
        start_matching(COORDINATOR, two_people, clock, freeze, "0")
    assert len(events(two_people)) == before
    assert two_people.runs.latest_run(EVERYONE) is None
    assert set(conflict_words(caught.value.conflict, NAMES, PLACES)) == {
        "青葉さんは、「畑の手伝い」に決めてから ほかの方を探します。",
        "若葉さんは、「畑の手伝い」に決めてから ほかの方を探します。",
    }
    one_known = conflict_words(caught.value.conflict, {"p1": "青葉さん"}, PLACES)
    assert one_known[1:] == ["ほかの担当の決めごとも、いっしょに ぶつかっています。"]
    assert not any(
        sign.isdigit() for sign in in_japanese(caught.value)
    )  # a count would tell of others


def test_proposals_of_the_last_run_can_be_kept(two_people: Stores) -> None:
    """Whoever has a proposal keeps it, unless that would cost somebody a place."""
    first = start_matching(COORDINATOR, two_people, clock, freeze, "0").run
    had = {each.participant_id: each.opening_id
           for each in two_people.runs.proposals(EVERYONE, first.id)}  # fmt: skip
    again = start_matching(COORDINATOR, two_people, clock, freeze, "0", stay=True)
    assert again.is_new
    assert had == {each.participant_id: each.opening_id
                   for each in two_people.runs.proposals(EVERYONE, again.run.id)}  # fmt: skip


def test_a_rule_is_told_with_what_it_is_about(two_people: Stores) -> None:
    """Without the opening, once it is gone, and with the conditions of an override."""
    rule = settle_placing(
        COORDINATOR, two_people, clock, OVERRIDE, "p1", reason="理由", opening_id="o-shed"
    )
    run = start_matching(COORDINATOR, two_people, clock, freeze, "0").run
    words = rule_words(run.used[0], NAMES, {}, rule.overrides)
    assert words.startswith("青葉さんと前にあった枠は、相談室の判断で「曜日・時間」")
    assert used_words(0) == ""
    assert "2件" in used_words(2)
    assert NOTHING_ARRANGED.bonds == ()
    with pytest.raises(DatabaseError, match="undone_meanwhile"):
        two_people.rules.undo_placing_rule(replace(rule, id="gone"), an_event("lock_undone"))
