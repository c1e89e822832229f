"""Asking both sides of a placement how it goes, and writing down what they say."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from cases.actions.intake import Clock, check_may_edit, find_person
from cases.errors import CaseError, NotFound
from cases.following.dangers import danger_of
from cases.following.follow_up import LIFE, FollowUp, FollowUpState, FollowUpStep, Side
from cases.following.rhythm import Due, OpenPlacement, due_of, own_rhythm
from cases.following.scale_packs import scale_of
from cases.life import Required
from cases.participant import Participant
from cases.permissions import PeopleScope
from cases.placing.placement import Placement, PlacementState
from cases.ports import CaseStore, FollowUpStore, PlacementStore
from catalog.actor import Actor
from catalog.audit import AuditEvent
from catalog.dates import day_in_japan
from catalog.ids import IdSource, new_id


@dataclass(frozen=True, slots=True)
class DueTalk:
    """A talk that is to be made: about which placement, with whom, when, why."""

    placement: OpenPlacement
    due: Due


@dataclass(frozen=True, slots=True)
class Thread:
    """A placement with its person, all talks about it so far, and what is due on each side."""

    placement: Placement
    person: Participant
    talks: tuple[FollowUp, ...]
    dues: tuple[Due, ...]


def due_talks(actor: Actor, following: FollowUpStore, last: date) -> tuple[DueTalk, ...]:
    """Return what is due up to a day on each side of each placement, the earliest first."""
    rhythm = own_rhythm()
    found = [
        DueTalk(thread.placement, due)
        for thread in following.open_threads(PeopleScope(actor))
        for due in due_of(thread.placement, thread.talks, rhythm)
        if due.due_on <= last
    ]
    return tuple(sorted(found, key=_in_order))


def _in_order(talk: DueTalk) -> tuple[date, str, bool]:
    """Order talks by day; of one placement the person is asked before the host."""
    return talk.due.due_on, talk.placement.id, talk.due.side is Side.HOST


def find_thread(
    actor: Actor,
    store: CaseStore,
    placing: PlacementStore,
    following: FollowUpStore,
    placement_id: str,
) -> Thread:
    """Return a placement with what was said about it.

    Raises
    ------
    NotFound
        ``placement_not_found``, whether there is none or the actor may not know its person.
    """
    placement = placing.placement(PeopleScope(actor), placement_id)
    if placement is None:
        raise NotFound("placement_not_found")
    person = find_person(actor, store, placement.participant_id)
    talks = tuple(
        each
        for each in following.follow_ups_of(PeopleScope(actor), person.id)
        if each.placement_id == placement.id
    )
    return Thread(placement, person, talks, due_of(placement, talks, own_rhythm()))


def write_talk_down(
    actor: Actor,
    store: CaseStore,
    placing: PlacementStore,
    following: FollowUpStore,
    clock: Clock,
    said: FollowUp,
    ids: IdSource = new_id,
) -> FollowUp:
    """Write down what was said in a talk; it counts for what was due.

    Parameters
    ----------
    said
        The talk as it was filled in; its id, its state, who wrote it and for which occasion it
        was are set here.

    Raises
    ------
    NotFound, NotPermitted
        Where the actor may not know the placement, or not write about its person.
    CaseError
        ``talk_after_end``, ``talk_in_future``, ``talk_before_begin``, ``next_talk_in_past``,
        ``scale_answer``, ``danger_unknown``.
    """
    thread = find_thread(actor, store, placing, following, said.placement_id)
    check_may_edit(actor, thread.person)
    now = clock()
    done_on = said.done_on or day_in_japan(now)
    if thread.placement.state is PlacementState.ENDED:
        raise CaseError("talk_after_end", on=thread.placement.ended_on)
    _check(thread.placement, replace(said, done_on=done_on), day_in_japan(now))
    due = next(each for each in thread.dues if each.side is said.side)
    counts = due.due_on <= done_on
    talk = replace(
        said,
        id=ids(),
        participant_id=thread.person.id,
        state=LIFE.take(FollowUpState.DUE, FollowUpStep.WRITE_DOWN, {Required.DAY}),
        done_on=done_on,
        due_on=due.due_on if counts else done_on,
        occasion=due.occasion if counts else said.occasion,
        made_by=actor.user_id,
        recorded_at=now,
    )
    return following.save_follow_up(talk, _event("talk_written", actor, talk, now))


def find_talk(
    actor: Actor,
    store: CaseStore,
    placing: PlacementStore,
    following: FollowUpStore,
    placement_id: str,
    talk_id: str,
) -> tuple[Thread, FollowUp]:
    """Return a talk that the actor may put right, with all that was said beside it.

    Raises
    ------
    NotFound, NotPermitted
        ``talk_not_found``, ``placement_not_found``; where the actor may only read.
    """
    thread = find_thread(actor, store, placing, following, placement_id)
    check_may_edit(actor, thread.person)
    found = next((each for each in thread.talks if each.id == talk_id), None)
    if found is None:
        raise NotFound("talk_not_found")
    return thread, found


def correct_talk(
    actor: Actor, following: FollowUpStore, clock: Clock, thread: Thread, talk: FollowUp
) -> FollowUp:
    """Keep a new version of a talk that was written down wrongly.

    Parameters
    ----------
    thread
        From `find_talk`.
    talk
        The talk as it should be; its version is the one that was seen.

    Raises
    ------
    CaseError
        As for `write_talk_down`.
    DatabaseError
        ``changed_meanwhile``.
    """
    now = clock()
    _check(thread.placement, talk, day_in_japan(now))
    event = _event("talk_corrected", actor, talk, now)
    new = replace(talk, made_by=actor.user_id, recorded_at=now)
    return following.save_follow_up(new, event, talk.version)


def _event(kind: str, actor: Actor, talk: FollowUp, at: datetime) -> AuditEvent:
    return AuditEvent(
        kind=kind,
        actor_id=actor.user_id,
        subject_kind="participant",
        subject_id=talk.participant_id,
        at=at,
        detail={"placement": talk.placement_id, "side": str(talk.side)},
    )


def _check(placement: Placement, talk: FollowUp, today: date) -> None:
    on = talk.done_on or today
    if on > today:
        raise CaseError("talk_in_future", on=on)
    if on < placement.begun_on:
        raise CaseError("talk_before_begin", on=on, begun=placement.begun_on)
    if talk.next_on is not None and talk.next_on <= on:
        raise CaseError("next_talk_in_past", on=talk.next_on)
    for scale_id, _, values in talk.scales:
        scale_of(scale_id).check(values)
    for code in talk.dangers:
        danger_of(code)
