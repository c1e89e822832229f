"""Helpers to groups: a second matching with the same core (戸田市 matches 介護予防リーダー so).

Groups are openings that want helpers; what limits people who take part there does not limit a
helper. Whoever offers to help at several groups gets them one after the other: in each round
everybody at most one, on half days that are still free, and never the same place twice. So
nobody gets a second group before everybody has had the chance of a first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from typing import Final

import numpy as np

from cases.helper import Agreed, Helper
from cases.helper_run import Unfilled
from cases.matching.checking import is_accepted
from cases.matching.city import City, locate
from cases.matching.encoding import encode_openings, encode_people
from cases.need import Need, NextStep, Wish, availability_mask
from cases.own_data import own_data
from cases.participant import Participant
from cases.proposal import Proposal
from cases.receiving import Receiving
from cases.run import NotConsidered, Unplaced
from cases.words.facts import PairFacts, Way, reason_short_words, reason_words, way_words
from catalog.ids import IdSource, new_id
from catalog.opening import Opening, OpeningStatus, Stage, Welcome
from catalog.schedule import Band, slot_masks
from geo.speeds import TravelMode
from geo.travel import BestTravel, best_minutes
from matcher.assignment import assign
from matcher.consideration import Consideration, consider
from matcher.eligibility import Reason
from matcher.explanation import (
    MOST_FACTS,
    Fact,
    FactCode,
    PairExplanation,
    PartWord,
    explain_pair,
)
from matcher.policy import Policy, policy_from
from matcher.problem import Problem, whole_units
from matcher.profiles import Pairs
from matcher.result import Assignment

MODES: Final = tuple(TravelMode)


@cache
def helping_policy() -> Policy:
    """Return how helpers and groups are weighed (`cases/data/helping.toml`)."""
    return policy_from(own_data("helping"))


@dataclass(frozen=True, slots=True)
class Engaged:
    """What a helper has taken on already: half days (21 bits), places, and groups to help at.

    The half days and the place at which they take part themselves count as well.
    """

    half_days: int = 0
    resource_ids: frozenset[str] = frozenset()
    groups: int = 0

    def joined_by(self, opening: Opening, half_days: int) -> Engaged:
        """Return this with one more group."""
        return Engaged(
            self.half_days | half_days,
            self.resource_ids | {opening.resource_id},
            self.groups + 1,
        )


NOTHING: Final = Engaged()


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class HelpInputs:
    """Everything that a matching of helpers and groups rests on.

    Attributes
    ----------
    engaged
        What helpers have taken on already, by their ids.
    held
        Helpers whom a group has already, by the id of its opening.
    away
        Pairs of helper and opening that were set aside.
    """

    on: date
    agreed: tuple[Agreed, ...]
    city: City
    engaged: Mapping[str, Engaged] = field(default_factory=dict)
    held: Mapping[str, int] = field(default_factory=dict)
    away: frozenset[tuple[str, str]] = frozenset()

    @property
    def groups(self) -> list[Opening]:
        """The openings that want helpers and are known well enough, by id."""
        wanting = (each for each in self.city.openings if each.helpers_wanted)
        known = (each for each in wanting if each.resource_id in self.city.resources)
        return sorted(known, key=lambda each: each.id)


@dataclass(frozen=True, slots=True, eq=False)
class Round:
    """One assignment of helpers to groups, each helper to one at most."""

    considered: Consideration
    travel: BestTravel
    problem: Problem
    assignment: Assignment
    certified: bool


@dataclass(frozen=True, slots=True, eq=False)
class HelpOutcome:
    """What a matching of helpers and groups found."""

    rounds: tuple[Round, ...]
    proposals: tuple[Proposal, ...]
    unplaced: tuple[Unplaced, ...]
    unfilled: tuple[Unfilled, ...]

    @property
    def certified(self) -> bool:
        """Whether the independent check accepted every round."""
        return all(each.certified for each in self.rounds)


def match_helpers(
    inputs: HelpInputs, policy: Policy, run_id: str = "", ids: IdSource = new_id
) -> HelpOutcome:
    """Give groups to helpers, round by round: most helpers first, then the best total fit."""
    engaged, held = dict(inputs.engaged), Counter(inputs.held)
    asked = [
        each
        for each in sorted(inputs.agreed, key=lambda each: each.helper.id)
        if engaged.get(each.helper.id, NOTHING).groups < each.helper.most_groups
    ]
    rounds: list[Round] = []
    proposals: list[Proposal] = []
    unplaced: tuple[Unplaced, ...] = ()
    while asked:
        played = _play(inputs, asked, engaged, held, policy)
        made = _proposals(inputs, asked, played, run_id, ids)
        if not rounds:
            unplaced = _unplaced(asked, played)
        elif not made:
            break
        rounds.append(played)
        proposals += made
        _take_on(inputs, asked, made, engaged, held)
        helping = {each.participant_id for each in made}
        asked = [
            each
            for each in asked
            if each.helper.id in helping
            and engaged[each.helper.id].groups < each.helper.most_groups
        ]
    unfilled = _unfilled(inputs, held, rounds[0] if rounds else None)
    return HelpOutcome(tuple(rounds), tuple(proposals), unplaced, unfilled)


def half_days_of(opening: Opening, available: int = (1 << 21) - 1) -> int:
    """Return the half days of the first slot in which somebody is free, 21 bits; 0 for none."""
    slots = slot_masks(opening.schedule) if opening.schedule else ()
    return next((slot for slot in slots if not slot & ~available), 0)


def all_half_days_of(opening: Opening) -> int:
    """Return all half days on which an opening takes place, 21 bits."""
    slots = slot_masks(opening.schedule) if opening.schedule else ()
    return sum(1 << bit for bit in range(21) if any(slot >> bit & 1 for slot in slots))


def find_helper_gap(helper: Helper, is_located: bool, city: City) -> str:
    """Return what is still to be asked before a helper can be matched, nothing if all is known."""
    if not helper.available:
        return "no_half_days"
    if not city.vocabulary.codes("menu").keys() >= helper.menu:
        return "code_unknown"
    return "" if is_located else "place_unknown"


def as_helper_place(opening: Opening) -> Opening:
    """Return a group as it is for a helper: what limits those who take part is left out."""
    shown = opening.status in (OpeningStatus.OPEN, OpeningStatus.FULL)
    return replace(
        opening,
        capacity=max(opening.helpers_wanted, 1),
        taken=0,
        status=OpeningStatus.OPEN if shown else opening.status,
        first_stage=Stage.ROLE,
        last_stage=max(Stage.ROLE, opening.last_stage),
        welcome=Welcome(residents_only=False),
        leave_early_ok=False,  # a helper stays to the end
        min_minutes=1,
        max_minutes=None,
        transport=(),
        cost_yen=0,
        noise=1,
        crowd=1,
        typical_people=None,
    )


def _play(
    inputs: HelpInputs,
    asked: Sequence[Agreed],
    engaged: Mapping[str, Engaged],
    held: Mapping[str, int],
    policy: Policy,
) -> Round:
    city, groups = inputs.city, inputs.groups
    receiving = [
        Receiving(as_helper_place(each), city.resources[each.resource_id], held.get(each.id, 0))
        for each in groups
    ]
    places = locate(
        [each.resource.town_id if each.resource else None for each in receiving],
        [(each.resource.lat, each.resource.lon) if each.resource else (None, None)
         for each in receiving],
        city,
    )  # fmt: skip
    people = [_as_person(each, engaged.get(each.helper.id, NOTHING), inputs.on) for each in asked]
    homes = locate([p.town_id for p, _ in people], [(p.lat, p.lon) for p, _ in people], city)
    travel = best_minutes(
        homes.points,
        places.points,
        [need.modes for _, need in people],
        np.full(len(people), city.speeds.profile_of(None, False), np.intp),
        city.speeds,
        fetching=np.zeros(len(receiving), np.bool_),
    )
    shape = (len(people), len(receiving))
    known = np.array([each.has_known_codes(city.vocabulary) for each in receiving], np.bool_)
    considered = consider(
        encode_people(people, city.vocabulary, inputs.on),
        encode_openings(receiving, known & places.known, city.vocabulary, inputs.on),
        Pairs(
            travel_minutes=travel.known_minutes,
            in_area=np.ones(shape, np.bool_),
            avoided=_taken(inputs, asked, groups, engaged),
            similarity=np.zeros(shape, np.float32),
            familiar=np.array(
                [[group.resource_id in each.helper.known_place_ids for group in groups]
                 for each in asked], np.bool_,
            ).reshape(shape),
        ),
        policy,
    )  # fmt: skip
    problem = _problem(considered)
    assignment = assign(problem)
    return Round(considered, travel, problem, assignment, is_accepted(problem, assignment))


def _as_person(agreed: Agreed, engaged: Engaged, on: date) -> tuple[Participant, Need]:
    """Return a helper in the shape that the encoding reads; it is never kept."""
    helper, client = agreed.helper, agreed.consented.participant if agreed.consented else None
    free = frozenset(
        (weekday, band)
        for weekday, band in helper.available
        if not engaged.half_days >> (weekday * len(Band) + band) & 1
    )
    person = Participant(
        id=helper.id,
        case_no="-",
        name=helper.name,
        town_id=client.town_id if client else helper.town_id,
        lat=client.lat if client else None,
        lon=client.lon if client else None,
        since_on=on,
        stage=Stage.ROLE if helper.experienced else Stage.PARTICIPATION,
    )
    need = Need(
        participant_id=helper.id,
        kind="",
        wishes=tuple(Wish(menu, 5) for menu in sorted(helper.menu)),
        available=free,
        modes=helper.modes,
        travel_limit_minutes=helper.travel_limit_minutes,
        next_step=NextStep.STAY,
    )
    return person, need


def _taken(
    inputs: HelpInputs,
    asked: Sequence[Agreed],
    groups: Sequence[Opening],
    engaged: Mapping[str, Engaged],
) -> np.ndarray:
    """Tell at which groups a helper is already, or will not be asked for again, [n, m]."""
    taken = np.zeros((len(asked), len(groups)), np.bool_)
    for row, each in enumerate(asked):
        at = engaged.get(each.helper.id, NOTHING).resource_ids
        taken[row] = [
            group.resource_id in at or (each.helper.id, group.id) in inputs.away for group in groups
        ]
    return taken


def _problem(considered: Consideration) -> Problem:
    helper, group = np.nonzero(considered.eligibility.candidates())
    return Problem.from_arrays(
        participant_ids=considered.profiles.ids,
        opening_ids=considered.offers.ids,
        capacity=considered.offers.free,
        pair_participant=helper,
        pair_opening=group,
        pair_score=whole_units(considered.scores.total[helper, group]),
    )


def _proposals(
    inputs: HelpInputs, asked: Sequence[Agreed], played: Round, run_id: str, ids: IdSource
) -> list[Proposal]:
    scores, groups = played.considered.scores, inputs.groups
    made = []
    for i, j in enumerate(played.assignment.opening_of.tolist()):
        if j < 0:
            continue
        told = explain_pair(played.considered, i, j)
        strongest = _strongest(told)
        facts = _facts(inputs, asked[i], groups[j], played, i, j)
        values = (round(float(value), 6) for value in scores.parts[i, j])
        made.append(
            Proposal(
                id=ids(),
                run_id=run_id,
                participant_id=asked[i].helper.id,
                opening_id=groups[j].id,
                score=float(scores.total[i, j]),
                parts=tuple(zip(scores.part_names, values, strict=True)),
                word=str(told.word),
                reason=reason_words(strongest, facts, inputs.city.vocabulary),
                short=reason_short_words(strongest, facts, inputs.city.vocabulary),
                way=way_words(facts.way) if facts.way else "",
            )
        )
    return made


def _strongest(told: PairExplanation) -> list[Fact]:
    """Return what speaks for a helper at a group: of parts that count, but for the stage."""
    facts = [
        part.fact
        for part in told.parts
        if part.weight_share and part.fact and part.word in (PartWord.EXACT, PartWord.EASY)
    ]
    return [fact for fact in facts if fact.code is not FactCode.NEXT_STAGE][:MOST_FACTS]


def _facts(
    inputs: HelpInputs, agreed: Agreed, group: Opening, played: Round, i: int, j: int
) -> PairFacts:
    person, need = _as_person(agreed, NOTHING, inputs.on)
    mode, minutes = int(played.travel.mode[i, j]), float(played.travel.minutes[i, j])
    return PairFacts(
        participant=person,
        need=need,
        receiving=Receiving(group, inputs.city.resources.get(group.resource_id)),
        on=inputs.on,
        way=Way(MODES[mode].value, minutes) if mode >= 0 and np.isfinite(minutes) else None,
    )


def _unplaced(asked: Sequence[Agreed], played: Round) -> tuple[Unplaced, ...]:
    eligibility = played.considered.eligibility
    candidates = eligibility.candidates().sum(axis=1)
    found = []
    for i, reason in enumerate(played.assignment.unplaced):
        if reason is None:
            continue
        counts = eligibility.counts(i).items()
        found.append(
            Unplaced(
                participant_id=asked[i].helper.id,
                reason=str(reason),
                candidates=int(candidates[i]),
                refused=tuple((rule.name.lower(), count) for rule, count in counts),
            )
        )
    return tuple(found)


def _take_on(
    inputs: HelpInputs,
    asked: Sequence[Agreed],
    made: Iterable[Proposal],
    engaged: dict[str, Engaged],
    held: Counter[str],
) -> None:
    """Note what each helper has taken on, so that the next round leaves it free of them."""
    group_of = {each.id: each for each in inputs.groups}
    free_of = {each.helper.id: availability_mask(each.helper.available) for each in asked}
    for proposal in made:
        helper, group = proposal.participant_id, group_of[proposal.opening_id]
        before = engaged.get(helper, NOTHING)
        half_days = half_days_of(group, free_of[helper] & ~before.half_days)
        engaged[helper] = before.joined_by(group, half_days)
        held[group.id] += 1


def _unfilled(
    inputs: HelpInputs, held: Mapping[str, int], first: Round | None
) -> tuple[Unfilled, ...]:
    found = []
    for j, group in enumerate(inputs.groups):
        missing = group.helpers_wanted - held.get(group.id, 0)
        if missing > 0 and is_asking(group):
            kept_away = _kept_away(first.considered, j) if first else ()
            found.append(Unfilled(opening_id=group.id, missing=missing, kept_away=kept_away))
    return tuple(found)


def _kept_away(considered: Consideration, j: int) -> tuple[tuple[str, str], ...]:
    reasons = considered.eligibility.first_reasons()[:, j].tolist()
    ids = considered.profiles.ids
    return tuple(
        (id_, Reason(why).name.lower()) for id_, why in zip(ids, reasons, strict=True) if why >= 0
    )


def lacking_groups(
    groups: Iterable[Opening],
    unfilled: Iterable[Unfilled],
    helping: Mapping[str, int],
    known: Container[str],
) -> tuple[Unfilled, ...]:
    """Return the groups that lack helpers, as far as a reader may know of helpers.

    Parameters
    ----------
    groups
        The openings that the reader may see.
    unfilled
        What a run found, of all helpers.
    helping
        How many of those whom the reader may know help there, or could, by the id of the opening.
    known
        Ids of the helpers whom the reader may know.
    """
    kept_away = {each.opening_id: each.kept_away for each in unfilled}
    found = []
    for group in sorted(groups, key=lambda each: each.id):
        missing = group.helpers_wanted - helping.get(group.id, 0)
        if missing > 0 and is_asking(group):
            rules = Counter(rule for id_, rule in kept_away.get(group.id, ()) if id_ in known)
            why = rules.most_common(1)[0][0] if rules else ""
            found.append(Unfilled(opening_id=group.id, missing=missing, why=why))
    return tuple(found)


def is_asking(group: Opening) -> bool:
    """Tell whether a group is shown at all; who pauses or has ended asks for nobody."""
    return group.status in (OpeningStatus.OPEN, OpeningStatus.FULL)


def sort_helpers(
    helpers: Iterable[Helper],
    agreed_or_why: Mapping[str, Agreed | str],
    city: City,
) -> tuple[tuple[Agreed, ...], tuple[NotConsidered, ...]]:
    """Part helpers into those who are matched and those who are not, with the reason.

    Parameters
    ----------
    agreed_or_why
        For each helper id the proof of agreement, or the code of why there is none.
    """
    everyone = sorted(helpers, key=lambda each: each.id)
    agreed: list[Agreed] = []
    left_out: list[NotConsidered] = []
    for helper in everyone:
        found = agreed_or_why[helper.id]
        why = (
            found
            if isinstance(found, str)
            else find_helper_gap(helper, _is_located(found, city), city)
        )
        if why or isinstance(found, str):
            left_out.append(NotConsidered(participant_id=helper.id, why=why))
        else:
            agreed.append(found)
    return tuple(agreed), tuple(left_out)


def _is_located(agreed: Agreed, city: City) -> bool:
    client = agreed.consented.participant if agreed.consented else None
    town = client.town_id if client else agreed.helper.town_id
    point = (client.lat, client.lon) if client else (None, None)
    return bool(locate([town], [point], city).known[0])
