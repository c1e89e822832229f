"""Seeded people, openings and pairs for measuring eligibility, scoring and ranking."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from matcher.profiles import Offers, Pairs, Profiles

MENUS = 17
SLOTS = 3
ACCOMMODATIONS = 12
FIELDS = 8


def _bits(
    rng: np.random.Generator, shape: tuple[int, ...], width: int, share: float
) -> NDArray[np.int64]:
    """Draw masks of `width` bits, each set with probability `share`."""
    drawn = rng.random((*shape, width)) < share
    masks: NDArray[np.int64] = drawn @ (1 << np.arange(width))
    return masks


def people(count: int, seed: int) -> Profiles:
    """Draw people of all ages who are free in half of the week and name three wishes or so."""
    rng = np.random.default_rng((seed, 1))
    wished = rng.random((count, MENUS)) < 3 / MENUS
    return Profiles(
        tuple(f"p{place:07}" for place in range(count)),
        age=rng.integers(16, 90, count, np.int16),
        sex=rng.integers(1, 3, count, np.int8),
        available=_bits(rng, (count,), 21, 0.5),
        max_minutes=rng.choice(np.array([0, 60, 90, 120, 180], np.int16), count),
        travel_limit_minutes=rng.choice(np.array([15, 20, 30, 45], np.float32), count),
        needs=_bits(rng, (count,), ACCOMMODATIONS, 0.04),
        noise_limit=rng.integers(1, 4, count, np.int8),
        crowd_limit=rng.integers(1, 4, count, np.int8),
        companion=rng.choice(np.array([0, 0, 1, 2], np.int8), count),
        with_child=rng.random(count) < 0.1,
        cost_limit_yen=rng.choice(np.array([-1, -1, 300, 500], np.int32), count),
        stage=rng.choice(np.array([0, 0, 0, 1, 2], np.int8), count),
        next_step=np.ones(count, np.int8),
        fields=1 << rng.integers(0, FIELDS, count, np.int64),
        wants=(wished * rng.integers(1, 6, (count, MENUS)) / 5).astype(np.float32),
        avoids=~wished & (rng.random((count, MENUS)) < 0.03),
        dislikes=~wished & (rng.random((count, MENUS)) < 0.05),
    )


def openings(count: int, seed: int) -> Offers:
    """Draw openings of which most are open to most people."""
    rng = np.random.default_rng((seed, 2))
    slots = np.zeros((count, SLOTS), np.int64)
    for column in range(SLOTS):
        day, band = rng.integers(0, 7, count), rng.integers(0, 3, count)
        used = (rng.random(count) < 0.4) | (column == 0)
        slots[:, column] = used * (np.int64(1) << (day * 3 + band))
    first_stage = rng.choice(np.array([1, 1, 1, 2, 3], np.int8), count)
    return Offers(
        tuple(f"o{place:07}" for place in range(count)),
        free=rng.integers(0, 6, count, np.int32),
        open=rng.random(count) < 0.95,
        min_age=rng.choice(np.array([-1, -1, -1, 18, 65], np.int16), count),
        max_age=rng.choice(np.array([-1, -1, -1, -1, 39], np.int16), count),
        sex=rng.choice(np.array([0] * 9 + [2], np.int8), count),
        slots=slots,
        by_arrangement=rng.random(count) < 0.15,
        min_minutes=rng.choice(np.array([30, 60, 90, 120], np.int16), count),
        leave_early=rng.random(count) < 0.7,
        provides=_bits(rng, (count,), ACCOMMODATIONS, 0.6),
        noise=rng.integers(1, 4, count, np.int8),
        crowd=rng.integers(1, 4, count, np.int8),
        companion_welcome=rng.random(count) < 0.8,
        child=rng.choice(np.array([0] * 8 + [1, 2], np.int8), count),
        cost_yen=rng.choice(np.array([0, 0, 100, 300, 1000], np.int32), count),
        first_stage=first_stage,
        last_stage=np.full(count, 3, np.int8),
        fields=np.where(rng.random(count) < 0.7, 0, _bits(rng, (count,), FIELDS, 0.4)),
        menu=rng.random((count, MENUS)) < 2 / MENUS,
        people=rng.integers(-1, 40, count, np.int16),
        confirmed_days=rng.integers(-1, 700, count, np.int32),
        pickup=rng.random(count) < 0.05,
    )


def pairs_between(people_count: int, opening_count: int, seed: int) -> Pairs:
    """Draw homes and places in a town of 8 x 8 km, walked at 80 metres a minute."""
    rng = np.random.default_rng((seed, 3))
    homes, places = rng.random((people_count, 1, 2)) * 8000, rng.random((opening_count, 2)) * 8000
    shape = (people_count, opening_count)
    return Pairs(
        travel_minutes=(np.hypot(*(homes - places).transpose(2, 0, 1)) / 80).astype(np.float32),
        in_area=rng.random(shape) < 0.8,
        avoided=rng.random(shape) < 0.01,
        similarity=(rng.random(shape) ** 4).astype(np.float32),
    )
