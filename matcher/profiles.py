"""What the matcher knows of people, openings and their pairs: arrays, opaque ids, no words.

Three values hold every input of eligibility and scoring. `n` people, `m` openings, `A` menu codes,
`S` weekly slots at most. Times of the week are bits: weekday (Monday 0) x 3 + band (0 morning,
1 afternoon, 2 evening), so 21 bits. Which bit or column means which code of the vocabulary is
known to the caller alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, NamedTuple, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from matcher.errors import MatcherError

Bools: TypeAlias = NDArray[np.bool_]
Int8s: TypeAlias = NDArray[np.int8]
Int16s: TypeAlias = NDArray[np.int16]
Int32s: TypeAlias = NDArray[np.int32]
Int64s: TypeAlias = NDArray[np.int64]
Float32s: TypeAlias = NDArray[np.float32]
Index: TypeAlias = slice | Sequence[int] | NDArray[np.intp]
_Table = TypeVar("_Table", "Profiles", "Offers", "Pairs")

WEEK_BITS = 21
_WEEK = (1 << WEEK_BITS) - 1
_MOST_BITS = (1 << 62) - 1


class Column(NamedTuple):
    """What one array must be: its type, its axes, its least and greatest value."""

    dtype: type[np.generic]
    axes: str
    low: float = -np.inf
    high: float = np.inf


PROFILE_COLUMNS: Mapping[str, Column] = {
    "age": Column(np.int16, "n", -1),
    "sex": Column(np.int8, "n", 0, 2),
    "available": Column(np.int64, "n", 0, _WEEK),
    "max_minutes": Column(np.int16, "n", 0),
    "travel_limit_minutes": Column(np.float32, "n", 0),
    "needs": Column(np.int64, "n", 0, _MOST_BITS),
    "noise_limit": Column(np.int8, "n", 1, 3),
    "crowd_limit": Column(np.int8, "n", 1, 3),
    "companion": Column(np.int8, "n", 0, 2),
    "with_child": Column(np.bool_, "n"),
    "cost_limit_yen": Column(np.int32, "n", -1),
    "stage": Column(np.int8, "n", 0, 5),
    "next_step": Column(np.int8, "n", -1, 1),
    "fields": Column(np.int64, "n", 0, _MOST_BITS),
    "wants": Column(np.float32, "nA", 0, 1),
    "avoids": Column(np.bool_, "nA"),
    "dislikes": Column(np.bool_, "nA"),
}

OFFER_COLUMNS: Mapping[str, Column] = {
    "free": Column(np.int32, "m", 0),
    "open": Column(np.bool_, "m"),
    "min_age": Column(np.int16, "m", -1),
    "max_age": Column(np.int16, "m", -1),
    "sex": Column(np.int8, "m", 0, 2),
    "slots": Column(np.int64, "mS", 0, _WEEK),
    "by_arrangement": Column(np.bool_, "m"),
    "min_minutes": Column(np.int16, "m", 0),
    "leave_early": Column(np.bool_, "m"),
    "provides": Column(np.int64, "m", 0, _MOST_BITS),
    "noise": Column(np.int8, "m", 1, 3),
    "crowd": Column(np.int8, "m", 1, 3),
    "companion_welcome": Column(np.bool_, "m"),
    "child": Column(np.int8, "m", 0, 2),
    "cost_yen": Column(np.int32, "m", 0),
    "first_stage": Column(np.int8, "m", 0, 5),
    "last_stage": Column(np.int8, "m", 0, 5),
    "fields": Column(np.int64, "m", 0, _MOST_BITS),
    "menu": Column(np.bool_, "mA"),
    "people": Column(np.int16, "m", -1),
    "confirmed_days": Column(np.int32, "m", -1),
    "pickup": Column(np.bool_, "m"),
}

PAIR_COLUMNS: Mapping[str, Column] = {
    "travel_minutes": Column(np.float32, "nm", 0),
    "in_area": Column(np.bool_, "nm"),
    "avoided": Column(np.bool_, "nm"),
    "similarity": Column(np.float32, "nm", 0, 1),
    "familiar": Column(np.bool_, "nm"),
    "acquainted": Column(np.bool_, "nm"),
    "glad": Column(np.int8, "nm", -1, 100),
}


@dataclass(frozen=True, slots=True, eq=False)
class Profiles:
    """People who wait, as the matcher may see them.

    Attributes
    ----------
    ids
        Opaque and unique; ties are broken in their order.
    age
        Whole years, [n]; -1 unknown.
    sex
        [n]; 0 unknown, 1 male, 2 female.
    available
        Bits of the week in which the person can come, [n]; 0 is never.
    max_minutes
        Longest bearable visit, [n]; 0 no limit.
    travel_limit_minutes
        Longest bearable way, one direction, [n]; infinity is no limit.
    needs
        Bits of the accommodations without which the person cannot come, [n].
    noise_limit, crowd_limit
        What the person bears, [n]; 1 little, 3 anything.
    companion
        [n]; 0 comes alone, 1 wishes company, 2 cannot come without.
    with_child
        Whether a child comes along, [n].
    cost_limit_yen
        Most that a visit may cost, [n]; -1 no limit.
    stage
        Present stage of taking part, [n]; 0 consultation to 5 work.
    next_step
        Where the person goes from there, [n]; -1 a stage back, 0 stays, 1 a stage on.
    fields
        Bits of the fields of support (分野) the person belongs to, [n].
    wants
        How much each menu code is wished, 0 to 1, [n, A].
    avoids, dislikes
        Menu codes that are ruled out, and that only weigh against, [n, A].
    id_rank
        Place of each id in the order of all ids, [n]; computed.
    """

    ids: tuple[str, ...]
    age: Int16s
    sex: Int8s
    available: Int64s
    max_minutes: Int16s
    travel_limit_minutes: Float32s
    needs: Int64s
    noise_limit: Int8s
    crowd_limit: Int8s
    companion: Int8s
    with_child: Bools
    cost_limit_yen: Int32s
    stage: Int8s
    next_step: Int8s
    fields: Int64s
    wants: Float32s
    avoids: Bools
    dislikes: Bools
    id_rank: Int64s = field(init=False, repr=False)

    def __post_init__(self) -> None:
        _freeze(self, PROFILE_COLUMNS, {"n": len(self.ids)})
        object.__setattr__(self, "id_rank", _id_rank(self.ids))

    def __len__(self) -> int:
        return len(self.ids)

    def take(self, rows: Index) -> Profiles:
        """Return only these people, in this order."""
        return _take(self, PROFILE_COLUMNS, {"n": rows}, ids=_pick(self.ids, rows))


@dataclass(frozen=True, slots=True, eq=False)
class Offers:
    """Openings of hosts.

    Attributes
    ----------
    ids
        Opaque and unique; ties are broken in their order.
    free
        Free places, [m].
    open
        Whether status and dates let anyone in, [m].
    min_age, max_age
        Whole years, both ends included, [m]; -1 no limit.
    sex
        [m]; 0 anyone, 1 men only, 2 women only.
    slots
        Bits of the bands of each weekly slot, [m, S]; 0 is no slot.
    by_arrangement
        Whether times are agreed with each person, [m].
    min_minutes
        Shortest visit that makes sense there, [m].
    leave_early
        Whether one may go before the end, [m].
    provides
        Bits of the accommodations that are there, [m].
    noise, crowd
        [m]; 1 quiet or few, 3 loud or many.
    companion_welcome
        Whether someone may come along, [m].
    child
        [m]; 0 either, 1 only with a child, 2 no children.
    cost_yen
        Cost of a visit, [m].
    first_stage, last_stage
        Stages on offer, [m]; 0 consultation to 5 work, the first not after the last.
    fields
        Bits of the fields of support that are welcome, [m]; 0 is all.
    menu
        What one does there, [m, A].
    people
        How many usually come, [m]; -1 unknown.
    confirmed_days
        Days since someone last asked the host, [m]; -1 never.
    pickup
        Whether the place fetches people, [m].
    id_rank
        Place of each id in the order of all ids, [m]; computed.
    """

    ids: tuple[str, ...]
    free: Int32s
    open: Bools
    min_age: Int16s
    max_age: Int16s
    sex: Int8s
    slots: Int64s
    by_arrangement: Bools
    min_minutes: Int16s
    leave_early: Bools
    provides: Int64s
    noise: Int8s
    crowd: Int8s
    companion_welcome: Bools
    child: Int8s
    cost_yen: Int32s
    first_stage: Int8s
    last_stage: Int8s
    fields: Int64s
    menu: Bools
    people: Int16s
    confirmed_days: Int32s
    pickup: Bools
    id_rank: Int64s = field(init=False, repr=False)

    def __post_init__(self) -> None:
        _freeze(self, OFFER_COLUMNS, {"m": len(self.ids)})
        object.__setattr__(self, "id_rank", _id_rank(self.ids))

    def __len__(self) -> int:
        return len(self.ids)

    def take(self, rows: Index) -> Offers:
        """Return only these openings, in this order."""
        return _take(self, OFFER_COLUMNS, {"m": rows}, ids=_pick(self.ids, rows))


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """What only a person and an opening together have.

    Attributes
    ----------
    travel_minutes
        One way, by the best of the person's modes, [n, m]; infinity where none of them leads.
    in_area
        Whether the opening serves where the person lives, [n, m].
    avoided
        Whether host, district or someone there is to be avoided, [n, m].
    similarity
        Likeness of the person's own words and the description, 0 to 1, [n, m].
    familiar
        Whether the person already knows the place, [n, m]; all unknown if left out.
    acquainted
        Whether someone whom the person knows is there, [n, m]; all unknown if left out.
    glad
        How much of what the host named the person meets, whole percent, [n, m]; -1 where nothing
        was named, everywhere if left out.
    """

    travel_minutes: Float32s
    in_area: Bools
    avoided: Bools
    similarity: Float32s
    familiar: Bools = field(default_factory=lambda: np.zeros((0, 0), bool))
    acquainted: Bools = field(default_factory=lambda: np.zeros((0, 0), bool))
    glad: Int8s = field(default_factory=lambda: np.zeros((0, 0), np.int8))

    def __post_init__(self) -> None:
        shape = self.travel_minutes.shape
        for name in ("familiar", "acquainted"):
            if getattr(self, name).size == 0:
                object.__setattr__(self, name, np.zeros(shape, bool))
        if self.glad.size == 0:
            object.__setattr__(self, "glad", np.broadcast_to(np.int8(-1), shape))
        _freeze(self, PAIR_COLUMNS, {})

    def take(self, profiles: Index = slice(None), offers: Index = slice(None)) -> Pairs:
        """Return only the pairs of these people and these openings, in this order."""
        return _take(self, PAIR_COLUMNS, {"n": profiles, "m": offers})


def check_sizes(profiles: Profiles, offers: Offers, pairs: Pairs) -> None:
    """Refuse three values that do not belong together.

    Raises
    ------
    MatcherError
        `sizes_differ`, with what stands against what.
    """
    expected = (len(profiles), len(offers))
    if pairs.travel_minutes.shape != expected:
        raise MatcherError("sizes_differ", what="pairs", expected=expected,
                           given=pairs.travel_minutes.shape)  # fmt: skip
    if profiles.wants.shape[1] != offers.menu.shape[1]:
        raise MatcherError("sizes_differ", what="menu", expected=profiles.wants.shape[1],
                           given=offers.menu.shape[1])  # fmt: skip


def _freeze(table: _Table, columns: Mapping[str, Column], sizes: dict[str, int]) -> None:
    for name, column in columns.items():
        array = getattr(table, name)
        _check_column(name, array, column, sizes)
        view = array.view()
        view.flags.writeable = False
        object.__setattr__(table, name, view)


def _check_column(name: str, array: Any, column: Column, sizes: dict[str, int]) -> None:
    if not isinstance(array, np.ndarray) or array.dtype != column.dtype:
        raise MatcherError("column_type", column=name, expected=column.dtype.__name__,
                           given=str(getattr(array, "dtype", type(array).__name__)))  # fmt: skip
    shape = array.shape
    known = len(shape) == len(column.axes) and all(
        sizes.setdefault(axis, size) == size for axis, size in zip(column.axes, shape, strict=True)
    )
    if not known:
        expected = tuple(sizes.get(axis, axis) for axis in column.axes)
        raise MatcherError("column_shape", column=name, expected=expected, given=shape)
    # Not-a-number fails each comparison, so it is refused with the rest.
    if column.dtype is not np.bool_ and not bool(
        ((array >= column.low) & (array <= column.high)).all()
    ):
        raise MatcherError("column_range", column=name, low=column.low, high=column.high)


def _id_rank(ids: Sequence[str]) -> Int64s:
    order = sorted(range(len(ids)), key=ids.__getitem__)
    for before, after in pairwise(order):
        if ids[before] == ids[after]:
            raise MatcherError("id_twice", id=ids[after])
    rank = np.empty(len(ids), np.int64)
    rank[order] = np.arange(len(ids))
    rank.flags.writeable = False
    return rank


def _pick(ids: tuple[str, ...], rows: Index) -> tuple[str, ...]:
    return ids[rows] if isinstance(rows, slice) else tuple(ids[int(row)] for row in rows)


def _take(
    table: _Table, columns: Mapping[str, Column], rows: Mapping[str, Index], **others: Any
) -> _Table:
    taken = dict(others)
    for name, column in columns.items():
        array = getattr(table, name)
        for axis, letter in enumerate(column.axes):
            if letter in rows:
                array = array[(slice(None),) * axis + (rows[letter],)]
        taken[name] = array
    return type(table)(**taken)


def people_blocks(people: int, openings: int, most_pairs: int = 1 << 19) -> Iterator[slice]:
    """Cut the people into runs whose pairs with all openings stay in the processor's cache."""
    step = max(1, most_pairs // max(1, openings))
    for first in range(0, people, step):
        yield slice(first, min(first + step, people))
