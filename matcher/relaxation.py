"""The smallest change that would make a refused pair possible.

A pair is refused by the rules it fails, and each of them refuses by itself: so every failing rule
alone is a minimal reason against the pair, and the minimal set that has to give way is all of
them. For each rule there are changes, on the side of the person, of the host or of the way. The
lightest set of changes after which no rule refuses is found exactly, because the rules fall into
groups that share no change: each group is settled by itself, and the parts add up.

One group is larger than a rule. Leaving early shortens the time one must be free and is an
accommodation itself; welcoming a companion cures its own rule and is an accommodation too. So
times, accommodations and company are weighed together. A pick-up replaces the whole way, short
or long. The length of a visit does not depend on which slot it falls into: the rules ask for the
shortest visit of the opening, whenever that is.

What the person must avoid is never changed, and what law fixes for an opening (`Latitude.fixed`)
is not asked of the host. Weights are policy data (`Policy.relax`); they count in whole
thousandths, so sums and ties are exact. Of equally light sets the one with fewer changes is
taken, then the one whose kinds come first in `Kind`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from matcher.change import Change, Kind, Latitude, Side, changed, full_latitude, side_of
from matcher.consideration import Consideration
from matcher.eligibility import Reason, check_eligibility
from matcher.errors import MatcherError
from matcher.policy import RELAX_UNITS, Policy
from matcher.profiles import Int64s, people_blocks

Places: TypeAlias = NDArray[np.intp]
Masks: TypeAlias = NDArray[np.uint32]
Weights: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Way:
    """What one side alone could do about one rule: the lightest changes that cure it."""

    rule: Reason
    side: Side
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Relaxation:
    """What would have to change for a pair.

    Attributes
    ----------
    rules
        Every rule that refuses, in the order of telling: all of them have to give way.
    never
        Those of them that nothing may change; then there are no changes and `weight` is infinite.
    changes
        The lightest set after which no rule refuses, in the order of `Kind`.
    ways
        For each rule that can give way, what each side alone could do.
    """

    rules: tuple[Reason, ...]
    never: tuple[Reason, ...]
    changes: tuple[Change, ...]
    weight: float
    ways: tuple[Way, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Relaxations:
    """The lightest changes of many pairs, in the shape that was asked for.

    Attributes
    ----------
    weight
        Their weights; 0 for a candidate, infinite where nothing may make it possible.
    kinds
        One bit for each `Kind` of them.
    """

    weight: Weights
    kinds: Masks


class _Asked(NamedTuple):
    """Refused pairs side by side, [K]: person i[k] at opening j[k]."""

    considered: Consideration
    latitude: Latitude
    i: Places
    j: Places

    def at(self, chosen: Places) -> _Asked:
        return self._replace(i=self.i[chosen], j=self.j[chosen])


# ------------------------------------------------------------------ sizes
Size: TypeAlias = Callable[[_Asked], Weights]


def _one(asked: _Asked) -> Weights:
    return np.ones(len(asked.i))


def _years(asked: _Asked) -> Weights:
    age, low, high = _ages(asked)
    too_young = np.where(low >= 0, np.maximum(low - age, 0), 0)
    too_old = np.where(high >= 0, np.maximum(age - high, 0), 0)
    return np.where(age < 0, np.inf, too_young + too_old)


def _age_unknown(asked: _Asked) -> Weights:
    age, low, high = _ages(asked)
    some_age_is_welcome = (low < 0) | (high < 0) | (low <= high)
    return np.where((age < 0) & some_age_is_welcome, 1.0, np.inf)


def _ages(asked: _Asked) -> tuple[Weights, Weights, Weights]:
    profiles, offers = asked.considered.profiles, asked.considered.offers
    columns = profiles.age[asked.i], offers.min_age[asked.j], offers.max_age[asked.j]
    age, low, high = (column.astype(np.float64) for column in columns)
    return age, low, high


def _sex_unknown(asked: _Asked) -> Weights:
    return np.where(asked.considered.profiles.sex[asked.i] == 0, 1.0, np.inf)


def _above(most: str, there: str) -> Size:
    """Return how far what is there lies above what the person bears, in whole steps."""

    def size(asked: _Asked) -> Weights:
        borne = getattr(asked.considered.profiles, most)[asked.i].astype(np.float64)
        found = getattr(asked.considered.offers, there)[asked.j]
        above: Weights = found - borne
        return above

    return size


def _stages(asked: _Asked) -> Weights:
    considered = asked.considered
    above = _above("stage", "first_stage")(asked) - considered.profiles.next_step[asked.i]
    return np.ceil(above - (considered.policy.stage.most_steps - 1))


def _stages_back(asked: _Asked) -> Weights:
    return -_above("stage", "last_stage")(asked)


def _way_minutes(asked: _Asked) -> Weights:
    minutes = asked.considered.pairs.travel_minutes[asked.i, asked.j].astype(np.float64)
    return np.ceil(minutes - asked.considered.profiles.travel_limit_minutes[asked.i])


def _missing(asked: _Asked) -> Int64s:
    missing: Int64s = (
        asked.considered.profiles.needs[asked.i] & ~asked.considered.offers.provides[asked.j]
    )
    return missing


_OPTIONS: Mapping[Reason, Mapping[Kind, Size]] = MappingProxyType(
    {
        Reason.NOT_OPEN: {Kind.OPEN: _one},
        Reason.FULL: {Kind.PLACE: _one},
        Reason.OUTSIDE_AREA: {Kind.AREA: _one},
        Reason.AVOIDED: {},
        Reason.AVOIDED_ACTIVITY: {},
        Reason.AGE: {Kind.AGE_LIMIT: _years, Kind.ASK_AGE: _age_unknown},
        # A place for one sex has its reason and stays so; only the unknown can be asked.
        Reason.SEX: {Kind.ASK_SEX: _sex_unknown},
        Reason.CHILD: {Kind.CHILD: _one},
        Reason.FIELD: {Kind.FIELD: _one},
        Reason.STAGE: {Kind.LOWER_START: _stages, Kind.STEP_UP: _stages},
        Reason.LOWER_STAGE: {Kind.GO_ON: _stages_back, Kind.STEP_BACK: _one},
        Reason.DURATION: {
            Kind.SHORTER_VISIT: _above("max_minutes", "min_minutes"),
            Kind.LONGER_VISIT: _above("max_minutes", "min_minutes"),
        },
        Reason.TRAVEL: {Kind.LONGER_WAY: _way_minutes, Kind.PICKUP: _one},
        Reason.UNREACHABLE: {Kind.PICKUP: _one},
        Reason.NOISE: {
            Kind.QUIETER: _above("noise_limit", "noise"),
            Kind.BEAR_NOISE: _above("noise_limit", "noise"),
        },
        Reason.CROWD: {
            Kind.ROOMIER: _above("crowd_limit", "crowd"),
            Kind.BEAR_CROWD: _above("crowd_limit", "crowd"),
        },
        Reason.COST: {
            Kind.CHEAPER: _above("cost_limit_yen", "cost_yen"),
            Kind.PAY_MORE: _above("cost_limit_yen", "cost_yen"),
        },
    }
)
"""What cures each rule that shares no change with another, and how large it has to be."""
_TOGETHER: Final = (Reason.TIME, Reason.ACCOMMODATION, Reason.COMPANION)
_RULE_OF: Final[Mapping[Kind, Reason]] = {
    **{kind: rule for rule, options in _OPTIONS.items() for kind in options},
    **dict.fromkeys((Kind.SLOT, Kind.ARRANGED, Kind.LEAVE_EARLY), Reason.TIME),
    Kind.PROVIDE: Reason.ACCOMMODATION,
    Kind.COMPANION: Reason.COMPANION,
}
_SIZE_OF: Final[Mapping[Kind, Size]] = {
    kind: size for options in _OPTIONS.values() for kind, size in options.items()
}
ALL_KINDS: Final = (1 << len(Kind)) - 1


# ------------------------------------------------------------------ weights
@dataclass(frozen=True, slots=True, eq=False)
class _Lightest:
    """The lightest changes found so far, [K]: weight in thousandths, and kinds."""

    weight: Weights
    kinds: Masks

    @staticmethod
    def none(count: int) -> _Lightest:
        return _Lightest(np.full(count, np.inf), np.zeros(count, np.uint32))

    def offer(self, weight: Weights, kinds: Masks) -> None:
        """Take over what is lighter; of equals fewer changes, then those that come first."""
        few, before = np.bitwise_count(kinds), np.bitwise_count(self.kinds)
        tied = (few < before) | ((few == before) & (kinds < self.kinds))
        better = (weight < self.weight) | ((weight == self.weight) & tied)
        np.copyto(self.weight, weight, where=better)
        np.copyto(self.kinds, kinds, where=better)


def _units(policy: Policy, kind: Kind) -> tuple[float, float]:
    once, each = getattr(policy.relax, kind.name.lower())
    return float(round(once * RELAX_UNITS)), float(round(each * RELAX_UNITS))


def _weight(asked: _Asked, allowed: int, kind: Kind, size: Weights) -> Weights:
    """Return what a change weighs, in thousandths: infinite where it is not to be had."""
    if not allowed >> kind & 1:
        return np.full(len(size), np.inf)
    once, each = _units(asked.considered.policy, kind)
    weight = once + each * np.where(np.isfinite(size), size, 0)
    barred = ~np.isfinite(size)
    if side_of(kind) is Side.HOST:
        barred |= (asked.latitude.fixed[asked.j] >> np.uint32(_RULE_OF[kind]) & 1) > 0
    return np.where(barred, np.inf, weight)


def _bit(kind: Kind) -> np.uint32:
    return np.uint32(1 << kind)


def _lightest(asked: _Asked, failed: Masks, allowed: int = ALL_KINDS) -> _Lightest:
    """Return the lightest changes of allowed kinds after which no rule in `failed` refuses."""
    count = len(asked.i)
    found = _Lightest(np.zeros(count), np.zeros(count, np.uint32))
    for rule, options in _OPTIONS.items():
        at = _failing(failed, rule)
        if at.size:
            _add(found, at, _cheapest(asked.at(at), allowed, options))
    at = _failing(failed, *_TOGETHER)
    if at.size:
        _add(found, at, _together(asked.at(at), failed[at], allowed))
    found.kinds[np.isinf(found.weight)] = 0
    return found


def _failing(failed: Masks, *rules: Reason) -> Places:
    bits = np.uint32(sum(1 << rule for rule in rules))
    return np.flatnonzero(failed & bits)


def _add(found: _Lightest, at: Places, part: _Lightest) -> None:
    found.weight[at] += part.weight
    found.kinds[at] |= part.kinds


def _cheapest(asked: _Asked, allowed: int, options: Mapping[Kind, Size]) -> _Lightest:
    best = _Lightest.none(len(asked.i))
    for kind, size in options.items():
        weight = _weight(asked, allowed, kind, size(asked))
        best.offer(weight, np.full(len(weight), _bit(kind)))
    return best


def _together(asked: _Asked, failed: Masks, allowed: int) -> _Lightest:
    """Weigh times, accommodations and company, with and without the two that serve twice."""
    offers, latitude = asked.considered.offers, asked.latitude
    wants_time, lacks, wants_company = (failed >> np.uint32(rule) & 1 > 0 for rule in _TOGETHER)
    missing = np.where(lacks, _missing(asked), 0)
    switched = {
        Kind.LEAVE_EARLY: np.where(offers.leave_early[asked.j], np.inf, 1.0),
        Kind.COMPANION: np.where(offers.companion_welcome[asked.j], np.inf, 1.0),
    }
    weights = {kind: _weight(asked, allowed, kind, on) for kind, on in switched.items()}
    best = _Lightest.none(len(asked.i))
    for early in (False, True):
        time = _times(asked, wants_time, allowed, early)
        for company in (False, True):
            weight, kinds = time.weight.copy(), time.kinds.copy()
            brought = 0
            if early:
                weight += weights[Kind.LEAVE_EARLY]
                kinds |= _bit(Kind.LEAVE_EARLY)
                brought |= latitude.leave_early_brings
            if company:
                weight += weights[Kind.COMPANION]
                kinds |= _bit(Kind.COMPANION)
                brought |= latitude.companion_brings
            else:
                weight[wants_company] = np.inf
            lacking = np.bitwise_count(missing & ~np.int64(brought))
            provided = _weight(asked, allowed, Kind.PROVIDE, lacking.astype(np.float64))
            weight += np.where(lacking > 0, provided, 0)
            kinds |= np.where(lacking > 0, _bit(Kind.PROVIDE), np.uint32(0))
            best.offer(weight, kinds)
    return best


def _times(asked: _Asked, wanted: NDArray[np.bool_], allowed: int, early: bool) -> _Lightest:
    """Return the lightest way to a common time; nothing where none is wanted."""
    bands = _bands_missing(asked, early)
    best = _Lightest.none(len(asked.i))
    fits = ~wanted | (bands == 0)
    best.offer(np.where(fits, 0.0, np.inf), np.zeros(len(bands), np.uint32))
    for kind, size in ((Kind.SLOT, bands), (Kind.ARRANGED, _one(asked))):
        best.offer(_weight(asked, allowed, kind, size), np.full(len(bands), _bit(kind)))
    return best


def _bands_missing(asked: _Asked, early: bool) -> Weights:
    """Return how many further bands of the week the easiest slot asks for."""
    fewest = np.full(len(asked.i), np.inf)
    for slot, missing in _slots_missing(asked, early):
        count = np.where(slot > 0, np.bitwise_count(missing), np.inf)
        np.minimum(fewest, count, out=fewest)
    return fewest


def _slots_missing(asked: _Asked, early: bool) -> Iterable[tuple[Int64s, Int64s]]:
    profiles, offers = asked.considered.profiles, asked.considered.offers
    busy = ~profiles.available[asked.i]
    leaves = offers.leave_early[asked.j] | early
    for column in offers.slots.T:
        slot = column[asked.j]
        yield slot, np.where(leaves, slot & -slot, slot) & busy


# ------------------------------------------------------------------ many pairs
def relax_all(considered: Consideration, latitude: Latitude | None = None) -> Relaxations:
    """Return the lightest changes of every pair, as arrays [n, m].

    Sums over people or openings (how much is near for whom) need no loop over pairs.
    """
    failed = considered.eligibility.failed
    weight = np.zeros(failed.shape)
    kinds = np.zeros(failed.shape, np.uint32)
    for rows in people_blocks(*failed.shape):
        i, j = np.nonzero(failed[rows])
        i += rows.start
        found = relax_pairs(considered, i, j, latitude)
        weight[i, j], kinds[i, j] = found.weight, found.kinds
    return Relaxations(weight, kinds)


def relax_pairs(
    considered: Consideration, i: Places, j: Places, latitude: Latitude | None = None
) -> Relaxations:
    """Return the lightest changes of the pairs of person i[k] and opening j[k], as arrays [k]."""
    latitude = latitude or full_latitude(considered.offers)
    failed = considered.eligibility.failed[i, j]
    found = _lightest(_Asked(considered, latitude, i, j), failed)
    return Relaxations(found.weight / RELAX_UNITS, found.kinds)


@dataclass(frozen=True, slots=True, eq=False)
class NearMisses:
    """Openings that a change would make possible for a person, the lightest change first.

    Attributes
    ----------
    places
        Their columns, [k].
    weights
        What their changes weigh, [k].
    kinds
        One bit for each `Kind` of change, [k].
    """

    places: Places
    weights: Weights
    kinds: Masks

    def __len__(self) -> int:
        return len(self.places)


def near_misses(
    considered: Consideration,
    i: int,
    k: int,
    latitude: Latitude | None = None,
    most_changes: int = len(Kind),
) -> NearMisses:
    """Return the `k` refused openings of person `i` that are nearest.

    By the weight of the lightest changes, then by fit, then in the order of the ids.

    Parameters
    ----------
    most_changes
        Only openings that need no more changes than this.

    Raises
    ------
    MatcherError
        `top_too_small` if `k` is below 1.
    """
    if k < 1:
        raise MatcherError("top_too_small", top=k)
    j = np.flatnonzero(considered.eligibility.failed[i])
    found = relax_pairs(considered, np.full(len(j), i), j, latitude)
    near = np.isfinite(found.weight) & (np.bitwise_count(found.kinds) <= most_changes)
    places, weight, kinds = j[near], found.weight[near], found.kinds[near]
    scores = considered.scores
    order = np.lexsort((scores.offer_rank[places], -scores.total[i, places], weight))[:k]
    return NearMisses(places[order], weight[order], kinds[order])


# ------------------------------------------------------------------ one pair
def relax(
    considered: Consideration, i: int, j: int, latitude: Latitude | None = None
) -> Relaxation:
    """Say what would have to change for person `i` at opening `j`; nothing for a candidate.

    Raises
    ------
    AssertionError
        If the rules, asked again after the changes, should still refuse.
    """
    latitude = latitude or full_latitude(considered.offers)
    rules = considered.eligibility.reasons(i, j)
    asked = _Asked(considered, latitude, np.array([i]), np.array([j]))
    ways = tuple(
        Way(rule, side, changes)
        for rule in rules
        for side in Side
        if (changes := _changes(asked, (rule,), _KINDS_OF[side]))
    )
    curable = {way.rule for way in ways}
    # What no side can cure alone may still give way to two of them.
    never = tuple(r for r in rules if r not in curable and not _changes(asked, (r,)))
    if never:
        return Relaxation(rules, never, (), float("inf"), ways)
    changes = _changes(asked, rules)
    told = changed(considered, i, j, changes, latitude)
    assert not check_eligibility(*told, considered.policy).failed.any(), "a rule still refuses"
    units = sum(round(change.weight * RELAX_UNITS) for change in changes)
    return Relaxation(rules, (), changes, units / RELAX_UNITS, ways)


def changes_of(
    considered: Consideration, i: int, j: int, kinds: int, latitude: Latitude | None = None
) -> tuple[Change, ...]:
    """Return the changes behind the bits of `Relaxations.kinds` or `NearMisses.kinds`."""
    latitude = latitude or full_latitude(considered.offers)
    asked = _Asked(considered, latitude, np.array([i]), np.array([j]))
    return _each(asked, kinds)


_KINDS_OF: Final[Mapping[Side, int]] = {
    side: sum(1 << kind for kind in Kind if side_of(kind) is side) for side in Side
}


def _changes(
    asked: _Asked, rules: tuple[Reason, ...], allowed: int = ALL_KINDS
) -> tuple[Change, ...]:
    """Return the lightest changes that cure these rules of one pair; nothing if there are none."""
    failed = np.array([sum(1 << rule for rule in rules)], np.uint32)
    kinds = int(_lightest(asked, failed, allowed).kinds[0])
    return _each(asked, kinds)


def _each(asked: _Asked, kinds: int) -> tuple[Change, ...]:
    return tuple(_change(asked, kind, kinds) for kind in Kind if kinds >> kind & 1)


def _change(asked: _Asked, kind: Kind, kinds: int) -> Change:
    bits = 0
    if kind is Kind.SLOT:
        bits = _easiest_bands(asked, bool(kinds >> Kind.LEAVE_EARLY & 1))
    elif kind is Kind.PROVIDE:
        bits = int(_missing(asked)[0]) & ~_brought(kinds, asked.latitude)
    size = bits.bit_count() if bits else int(_SIZE_OF.get(kind, _one)(asked)[0])
    once, each = _units(asked.considered.policy, kind)
    return Change(kind, size, (once + each * size) / RELAX_UNITS, bits)


def _brought(kinds: int, latitude: Latitude) -> int:
    early = latitude.leave_early_brings if kinds >> Kind.LEAVE_EARLY & 1 else 0
    return early | (latitude.companion_brings if kinds >> Kind.COMPANION & 1 else 0)


def _easiest_bands(asked: _Asked, early: bool) -> int:
    """Return the bands that the easiest slot still asks for; of equals the first of the week."""
    missing = [int(bits[0]) for slot, bits in _slots_missing(asked, early) if slot[0] > 0]
    return min(missing, key=lambda bits: (bits.bit_count(), bits))
