"""What another policy would do: everyone who waits matched twice, and who gains or loses by it.

Nothing is kept. The two matchings rest on the same people, needs and openings of one day, so that
every difference comes from the policy.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Final

from cases.matching.checking import is_proven
from cases.matching.everyone import solve
from cases.matching.inputs import MatchInputs
from cases.matching.weighing import Weighed, weigh
from cases.need import Need
from cases.participant import Participant, age_on
from cases.small_figures import unless_small
from cases.words.wording import own_wording
from catalog.vocabulary import Vocabulary
from matcher.explanation import Word, word_of
from matcher.policy import Policy
from matcher.policy_text import Changed, changed_values
from matcher.result import Assignment

AGE_BANDS: Final = ((0, 17), (18, 39), (40, 64), (65, 74), (75, None))
"""Children, young adults, 40 (介護保険の被保険者) and 65, 75 (前期・後期高齢者), in whole years."""
NOT_KNOWN: Final = "unknown"


class Effect(StrEnum):
    """What a policy does to someone; everybody has exactly one."""

    PLACED = "placed"
    BETTER = "better"
    ELSEWHERE = "elsewhere"
    STAYS = "stays"
    WITHOUT = "without"
    WORSE = "worse"
    NO_LONGER = "no_longer"


class By(StrEnum):
    """What people are grouped by."""

    DISTRICT = "district"
    NEED = "need"
    AGE = "age"
    SEX = "sex"
    STAGE = "stage"


@dataclass(frozen=True, slots=True)
class Placing:
    """An opening with the word of the fit."""

    opening_id: str
    word: Word


@dataclass(frozen=True, slots=True)
class PersonEffect:
    """What becomes of one person: the places under the present and under the drafted policy."""

    participant_id: str
    effect: Effect
    before: Placing | None
    after: Placing | None


@dataclass(frozen=True, slots=True)
class Figures:
    """How many people there are, and what a policy does to them; None is not told.

    Attributes
    ----------
    before, after
        With a place under the present, and under the drafted policy.
    gained, lost, moved
        With a new place, with none any more, with another one.
    """

    people: int | None
    gained: int | None
    lost: int | None
    moved: int | None
    before: int | None = None
    after: int | None = None


@dataclass(frozen=True, slots=True)
class GroupEffects:
    """How many people of a group a policy does what to; the counts add up to the group.

    `group` is a code (a name for a 圏域); `words` is what people read.
    """

    by: By
    group: str
    words: str
    figures: Figures
    counts: Mapping[Effect, int]


@dataclass(frozen=True, slots=True)
class PolicyPreview:
    """What a drafted policy would change, as far as one reader may know.

    Attributes
    ----------
    changed
        Values that differ.
    figures
        Of everyone; each dimension of `groups` adds up to it.
    groups
        None for a reader who may read no small figures (`cases.small_figures`).
    counts
        Everyone by effect; empty for a reader who may read no small figures.
    people
        One for each person; empty for a reader who sees no people.
    proven
        Whether it is shown, apart from the solver, that both matchings are the best there are.
    """

    on: date
    present: Policy
    draft: Policy
    changed: tuple[Changed, ...]
    figures: Figures
    groups: tuple[GroupEffects, ...]
    counts: Mapping[Effect, int] = field(default_factory=dict)
    people: tuple[PersonEffect, ...] = field(default=(), repr=False)
    proven: bool = True


def preview(
    inputs: MatchInputs,
    present: Policy,
    draft: Policy,
    is_counted: Callable[[Participant], bool],
    *,
    with_people: bool,
    with_small_figures: bool,
) -> PolicyPreview:
    """Match everyone with both policies and compare.

    Parameters
    ----------
    is_counted
        Whether the reader may know of a person. Everybody takes part, for everybody takes a
        place; who is not counted is in no figure.
    with_people
        Whether the reader sees people, or counts alone.
    with_small_figures
        Whether the reader may read how many there are where there are few (`small_figures`).

    Raises
    ------
    RulesContradict
        Where with one of the policies not everything that was settled can hold.
    """
    before, after = weigh(inputs, present), weigh(inputs, draft)
    (one, first), (other, second) = solve(before), solve(after)
    counted = [is_counted(person) for person in inputs.participants]
    effects = [
        each
        for each, kept in zip(_effects(before, first, after, second), counted, strict=True)
        if kept
    ]
    kept = [at for at, is_kept in enumerate(counted) if is_kept]
    counts = _counts(effects)
    found = PolicyPreview(
        on=inputs.on,
        present=present,
        draft=draft,
        changed=changed_values(present, draft),
        figures=figures_of(counts),
        groups=tuple(_groups(inputs, kept, effects)),
        counts=counts,
        people=tuple(effects) if with_people else (),
        proven=is_proven(one.problem, first) and is_proven(other.problem, second),
    )
    return found if with_small_figures else _totals_alone(found)


def figures_of(counts: Mapping[Effect, int]) -> Figures:
    """Return the figures of a group of which everybody has exactly one effect."""
    people, gained, lost = sum(counts.values()), counts[Effect.PLACED], counts[Effect.NO_LONGER]
    return Figures(
        people=people,
        gained=gained,
        lost=lost,
        moved=counts[Effect.BETTER] + counts[Effect.ELSEWHERE] + counts[Effect.WORSE],
        before=people - gained - counts[Effect.WITHOUT],
        after=people - lost - counts[Effect.WITHOUT],
    )


def _totals_alone(found: PolicyPreview) -> PolicyPreview:
    """Leave out what tells of few people: how many are placed would tell how many gain or lose."""
    told = {
        name: unless_small(getattr(found.figures, name))
        for name in ("people", "gained", "lost", "moved")
    }
    return replace(found, figures=Figures(**told), counts={}, groups=())


def _effects(
    before: Weighed, first: Assignment, after: Weighed, second: Assignment
) -> Iterator[PersonEffect]:
    old, new = _placings(before, first), _placings(after, second)
    for id_, was, becomes in zip(before.considered.profiles.ids, old, new, strict=True):
        yield PersonEffect(id_, effect_of(was, becomes), was, becomes)


def _placings(weighed: Weighed, assignment: Assignment) -> Iterator[Placing | None]:
    ids, total = weighed.considered.offers.ids, weighed.considered.scores.total
    for i, j in enumerate(assignment.opening_of.tolist()):
        fits = word_of(float(total[i, j]), weighed.considered.policy)
        yield Placing(ids[j], fits) if j >= 0 else None


def effect_of(before: Placing | None, after: Placing | None) -> Effect:
    """Say what becomes of someone; a place elsewhere is better or worse by the word of the fit."""
    if before is None:
        return Effect.WITHOUT if after is None else Effect.PLACED
    if after is None:
        return Effect.NO_LONGER
    if before.opening_id == after.opening_id:
        return Effect.STAYS
    order = list(Word)  # the best first
    step = order.index(after.word) - order.index(before.word)
    return Effect.ELSEWHERE if step == 0 else Effect.BETTER if step < 0 else Effect.WORSE


def _counts(effects: Iterable[PersonEffect]) -> dict[Effect, int]:
    found = Counter(each.effect for each in effects)
    return {effect: found[effect] for effect in Effect}


def _groups(
    inputs: MatchInputs, kept: Sequence[int], effects: Sequence[PersonEffect]
) -> Iterator[GroupEffects]:
    """Return the groups that somebody is in, dimension by dimension, in a fixed order."""
    for by in By:
        members: dict[str, list[PersonEffect]] = {}
        for at, effect in zip(kept, effects, strict=True):
            members.setdefault(_group_of(inputs, at, by), []).append(effect)
        for group in sorted(
            members, key=lambda code: (code == NOT_KNOWN, _place(inputs, by, code))
        ):
            words = group_words(by, group, inputs.city.vocabulary)
            counts = _counts(members[group])
            yield GroupEffects(by, group, words, figures_of(counts), counts)


def _group_of(inputs: MatchInputs, at: int, by: By) -> str:
    person: Participant = inputs.participants[at]
    need: Need = inputs.needs[at]
    match by:
        case By.DISTRICT:
            return _district(inputs, at)
        case By.NEED:
            return need.kind
        case By.AGE:
            return age_band(age_on(person.birth_on, inputs.on))
        case By.SEX:
            return person.sex or NOT_KNOWN
        case By.STAGE:
            return str(int(person.stage))


def _district(inputs: MatchInputs, at: int) -> str:
    """Return the 圏域 of the first layer; nothing is told of where a protected person lives."""
    town = int(inputs.people_at.towns[at])
    layer = next(iter(inputs.city.districts.values()), {})
    if inputs.participants[at].address_protected or town >= len(inputs.city.towns):
        return NOT_KNOWN
    return layer.get(inputs.city.towns.towns[town].id, NOT_KNOWN)


def age_band(age: int | None) -> str:
    """Return the band of an age, as the years in which it begins and ends: 40-64, 75-."""
    for first, last in AGE_BANDS:
        if age is not None and first <= age and (last is None or age <= last):
            return f"{first}-{'' if last is None else last}"
    return NOT_KNOWN


def _place(inputs: MatchInputs, by: By, group: str) -> tuple[int, str]:
    """Return where a group stands among those of its dimension."""
    match by:
        case By.AGE:
            return int(group.partition("-")[0] or 0) if group != NOT_KNOWN else 0, group
        case By.NEED:
            codes = list(inputs.city.vocabulary.codes("need_kind"))
            return codes.index(group) if group in codes else len(codes), group
        case _:
            return 0, group


def group_words(by: By, group: str, vocabulary: Vocabulary) -> str:
    """Return what people call a group: 40〜64歳, 居場所がほしい."""
    wording = own_wording()
    if group == NOT_KNOWN:
        return wording.say("group_unknown", by)
    match by:
        case By.DISTRICT:
            return group
        case By.NEED:
            known = vocabulary.codes("need_kind").get(group)
            return known.label if known else group
        case By.AGE:
            first, _, last = group.partition("-")
            code = "youngest" if first == "0" else "between" if last else "oldest"
            return wording.say("age_band", code, first=first, last=last)
        case By.SEX:
            return wording.say("sex", group)
        case By.STAGE:
            return wording.say("stage", group)


def preview_words(figures: Figures) -> str:
    """Return the first line of a preview: who gains a place and who loses one."""
    told = (figures.gained, figures.lost, figures.moved)
    code = (
        "nobody" if figures.people == 0 else "some" if any(each != 0 for each in told) else "none"
    )
    return own_wording().say(
        "policy_preview",
        code,
        people=figure_words(figures.people),
        gained=figure_words(figures.gained),
        lost=figure_words(figures.lost),
        moved=figure_words(figures.moved),
    )


def figure_words(figure: int | None) -> str:
    """Return a number of people; a dash where it is not told."""
    return own_wording().say("figure", "untold" if figure is None else "told", people=figure)


def effect_words(effect: Effect) -> str:
    """Return what becomes of someone: 新しく案ができる."""
    return own_wording().say("policy_effect", effect)
