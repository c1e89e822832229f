"""People and openings as the arrays that the matcher reads: numbers and opaque ids, no words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from cases.need import COMPANIONS, Need, NextStep, availability_mask
from cases.participant import Participant, age_on
from cases.receiving import Receiving
from catalog.freshness import days_since_confirmed
from catalog.opening import Opening, Stage
from catalog.schedule import slot_masks
from catalog.vocabulary import Vocabulary
from matcher.profiles import Bools, Float32s, Int64s, Offers, Profiles

_Whole = TypeVar("_Whole", np.int16, np.int32)

STRONGEST_WISH: Final = 5
UNLIMITED_FIELDS: Final = frozenset({"everyone", "multiple"})
"""Codes of the list `field` that keep nobody out."""
_SEXES: Final[Mapping[str | None, int]] = {"": 0, None: 0, "male": 1, "female": 2}
_STEPS: Final[Mapping[NextStep, int]] = {NextStep.UP: 1, NextStep.STAY: 0, NextStep.BACK: -1}
_CHILD: Final[Mapping[bool | None, int]] = {None: 0, True: 1, False: 2}


def need_has_known_codes(participant: Participant, need: Need, vocabulary: Vocabulary) -> bool:
    """Tell whether every code that a rule or a part of the fit reads is in the lists."""
    menu = {wish.menu for wish in need.wishes} | need.avoid_menu | need.dislike_menu
    return (
        vocabulary.codes("menu").keys() >= menu
        and vocabulary.codes("field").keys() >= set(participant.fields)
        and vocabulary.codes("accommodation").keys() >= need.accommodations
    )


def encode_people(
    people: Sequence[tuple[Participant, Need]], vocabulary: Vocabulary, on: date
) -> Profiles:
    """Return the people as arrays.

    Raises
    ------
    CatalogError
        `unknown_code` where a code is not in the lists (see `need_has_known_codes`).
    """
    persons, needs = [person for person, _ in people], [need for _, need in people]
    ages = [age_on(person.birth_on, on) for person in persons]
    return Profiles(
        ids=tuple(person.id for person in persons),
        age=_clipped(ages, np.int16),
        sex=np.array([_SEXES[person.sex] for person in persons], np.int8),
        available=np.array([availability_mask(need.available) for need in needs], np.int64),
        max_minutes=_clipped((need.max_minutes or 0 for need in needs), np.int16),
        travel_limit_minutes=np.array([need.travel_limit_minutes for need in needs], np.float32),
        needs=_masks(vocabulary, "accommodation", [need.accommodations for need in needs]),
        noise_limit=np.array([need.noise_limit for need in needs], np.int8),
        crowd_limit=np.array([need.crowd_limit for need in needs], np.int8),
        companion=np.array([COMPANIONS.index(need.companion) for need in needs], np.int8),
        with_child=np.array([need.with_child for need in needs], np.bool_),
        cost_limit_yen=_clipped((need.cost_limit_yen for need in needs), np.int32),
        stage=np.array([int(person.stage) for person in persons], np.int8),
        next_step=np.array([_step(*each) for each in people], np.int8),
        fields=_masks(vocabulary, "field", [frozenset(person.fields) for person in persons]),
        wants=_wants(vocabulary, needs),
        avoids=_menu(vocabulary, [need.avoid_menu for need in needs]),
        dislikes=_menu(vocabulary, [need.dislike_menu for need in needs]),
    )


def _step(person: Participant, need: Need) -> int:
    """Return where the person goes; beyond either end of the stages they stay."""
    goal = int(person.stage) + _STEPS[need.next_step]
    return min(max(goal, Stage.CONSULTATION), Stage.WORK) - int(person.stage)


def encode_openings(
    receiving: Sequence[Receiving], takes_part: Bools, vocabulary: Vocabulary, on: date
) -> Offers:
    """Return the openings as arrays.

    Parameters
    ----------
    takes_part
        Openings whose place and codes are known, [m]; others are offered to nobody.
    """
    openings = [each.opening for each in receiving]
    menu, fields, provides = [], [], []
    for each, known in zip(receiving, takes_part.tolist(), strict=True):
        # What is not known yet is offered to nobody, so its codes need not be read.
        menu.append(frozenset(each.opening.menu) if known else frozenset())
        limits = each.opening.welcome.fields if known else frozenset()
        fields.append(frozenset() if limits & UNLIMITED_FIELDS else limits)
        provides.append(each.provides if known else frozenset())
    days = [days_since_confirmed(opening.last_confirmed_on, on) for opening in openings]
    takes_people = np.array([each.takes_people(on) for each in receiving], np.bool_)
    return Offers(
        ids=tuple(opening.id for opening in openings),
        free=_clipped((each.free for each in receiving), np.int32),
        open=takes_people & takes_part,
        min_age=_clipped((opening.welcome.min_age for opening in openings), np.int16),
        max_age=_clipped((opening.welcome.max_age for opening in openings), np.int16),
        sex=np.array([_SEXES[opening.welcome.sex] for opening in openings], np.int8),
        slots=_slots(openings),
        by_arrangement=np.array([opening.schedule is None for opening in openings], np.bool_),
        min_minutes=_clipped((opening.min_minutes for opening in openings), np.int16),
        leave_early=np.array([opening.leave_early_ok for opening in openings], np.bool_),
        provides=_masks(vocabulary, "accommodation", provides),
        noise=np.array([opening.noise for opening in openings], np.int8),
        crowd=np.array([opening.crowd for opening in openings], np.int8),
        companion_welcome=np.array([opening.companion_welcome for opening in openings], np.bool_),
        child=np.array([_CHILD[opening.welcome.with_child] for opening in openings], np.int8),
        cost_yen=_clipped((opening.cost_yen for opening in openings), np.int32),
        first_stage=np.array([int(opening.first_stage) for opening in openings], np.int8),
        last_stage=np.array([int(opening.last_stage) for opening in openings], np.int8),
        fields=_masks(vocabulary, "field", fields),
        menu=_menu(vocabulary, menu),
        people=_clipped((opening.typical_people for opening in openings), np.int16),
        confirmed_days=_clipped(days, np.int32),
        pickup=np.array([each.fetches for each in receiving], np.bool_),
    )


def _clipped(values: Iterable[int | None], dtype: type[_Whole]) -> NDArray[_Whole]:
    """Return numbers as a column, unknown ones as -1, absurdly large ones as the largest."""
    most = int(np.iinfo(dtype).max)
    return np.array([-1 if value is None else min(value, most) for value in values], dtype)


def _masks(vocabulary: Vocabulary, list_name: str, codes: Sequence[frozenset[str]]) -> Int64s:
    mask_of = {each: vocabulary.mask(list_name, each) for each in set(codes)}
    return np.array([mask_of[each] for each in codes], np.int64)


def _menu(vocabulary: Vocabulary, codes: Sequence[frozenset[str]]) -> Bools:
    position = {code: at for at, code in enumerate(vocabulary.codes("menu"))}
    table = np.zeros((len(codes), len(position)), np.bool_)
    for row, each in enumerate(codes):
        table[row, [position[code] for code in each]] = True
    return table


def _wants(vocabulary: Vocabulary, needs: Sequence[Need]) -> Float32s:
    position = {code: at for at, code in enumerate(vocabulary.codes("menu"))}
    table = np.zeros((len(needs), len(position)), np.float32)
    for row, need in enumerate(needs):
        for wish in need.wishes:
            table[row, position[wish.menu]] = wish.strength / STRONGEST_WISH
    return table


def _slots(openings: Sequence[Opening]) -> Int64s:
    masks = [slot_masks(opening.schedule) if opening.schedule else () for opening in openings]
    table = np.zeros((len(openings), max((len(each) for each in masks), default=1) or 1), np.int64)
    for row, each in enumerate(masks):
        table[row, : len(each)] = each
    return table
