"""What the templates of the policy show: the present policy, a draft of one, what it would do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from api.answers import Typed
from api.pages.policies.form import NumberGroup
from cases.actions.cataloguing import seen_openings, seen_places
from cases.actions.matching import Stores
from cases.city_policy import policy_of
from cases.matching.policy_preview import (
    By,
    Effect,
    GroupEffects,
    PersonEffect,
    Placing,
    PolicyPreview,
    effect_words,
    figure_words,
    preview_words,
)
from cases.participant import Participant
from cases.permissions import PeopleScope
from cases.words.dates import date_words
from cases.words.policy import change_of_value_words
from cases.words.wording import fit_word, own_wording
from catalog.actor import Actor
from catalog.dates import day_in_japan
from db.users import SqlUserStore
from matcher.policy import Policy
from matcher.policy_text import read_policy

CHANGES = (Effect.PLACED, Effect.NO_LONGER, Effect.BETTER, Effect.WORSE, Effect.ELSEWHERE)
"""The effects by which somebody's place changes, in the order in which people are listed."""

COLUMNS = {
    "待つ人": "people",
    "今の案": "before",
    "下書きの案": "after",
    "増える": "gained",
    "減る": "lost",
    "枠が変わる": "moved",
}
"""What is counted of each group, by the head of its column."""
TOLD_TO_ALL = {head: name for head, name in COLUMNS.items() if name not in ("before", "after")}
"""The columns of a reader who may read no small figures."""


@dataclass(frozen=True, slots=True)
class Adopted:
    """A policy that was adopted: when it holds, who adopted it when, and why."""

    from_words: str
    source: str
    reason: str
    who: str
    when: str
    is_in_force: bool


@dataclass(frozen=True, slots=True)
class PolicyPage:
    """The present policy with the form of a draft; `history` begins with the newest."""

    sentence: str
    source: str
    note: str
    version: str
    groups: tuple[NumberGroup, ...]
    typed: Typed
    history: tuple[Adopted, ...]
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Place:
    """An opening and the word of the fit; empty where there is none."""

    name: str = ""
    word: str = ""


@dataclass(frozen=True, slots=True)
class PersonRow:
    """Somebody whose place changes."""

    name: str
    href: str
    is_protected: bool
    what: str
    before: Place
    after: Place


@dataclass(frozen=True, slots=True)
class GroupRow:
    """The figures of a group, in the order of the columns."""

    words: str
    figures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PreviewPage:
    """What a draft would do.

    Attributes
    ----------
    text
        The draft as a file, to try again, to adopt or to keep.
    counts
        Words and number of each effect, which add up to everybody; fewer where not all are told.
    columns, by
        What is counted, and each dimension with its rows; each adds up to everybody.
    untold
        Why some figures are not told; empty where all are.
    people
        Whose place changes; empty for a reader who sees only counts.
    may_adopt
        Whether the reader may let it hold.
    """

    sentence: str
    from_words: str
    source: str
    text: str
    changed: tuple[str, ...]
    counts: tuple[tuple[str, str], ...]
    columns: tuple[str, ...]
    by: tuple[tuple[str, tuple[GroupRow, ...]], ...]
    people: tuple[PersonRow, ...]
    sees_people: bool
    proven: bool
    may_adopt: bool
    untold: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""


def adopted_rows(stores: Stores, users: SqlUserStore, policy: Policy) -> tuple[Adopted, ...]:
    """Return the adopted policies, the newest first, then what held before."""
    names = {user.id: user.name for user in users.users()}
    policies = stores.municipality.policies()
    rows = [
        Adopted(
            date_words(each.from_on),
            read_policy(each.text).source,
            each.reason,
            names.get(each.adopted_by, "—"),
            date_words(day_in_japan(each.adopted_at)),
            each.version == policy.version,
        )
        for each in policies
    ]
    first = policy_of(stores.municipality.settings())
    start = Adopted(
        date_words(first.from_on),
        first.source,
        "はじめの決まり",
        "—",
        "—",
        first.version == policy.version,
    )
    return (*reversed(rows), start)


def preview_page(
    actor: Actor, stores: Stores, found: PolicyPreview, text: str, *, may_adopt: bool
) -> PreviewPage:
    """Build the page of what a draft would do."""
    say = own_wording().say
    people = {each.id: each for each in stores.cases.participants(PeopleScope(actor))}
    names = _opening_names(actor, stores)
    changed = [each for effect in CHANGES for each in found.people if each.effect is effect]
    return PreviewPage(
        sentence=preview_words(found.figures),
        from_words=date_words(found.draft.from_on),
        source=found.draft.source,
        text=text,
        changed=tuple(map(change_of_value_words, found.changed)),
        counts=_counts(found),
        columns=tuple(COLUMNS),
        by=tuple(
            (
                say("policy_by", by),
                tuple(_group(each) for each in found.groups if each.by is by),
            )
            for by in (By if found.groups else ())
        ),
        people=tuple(_person(people[each.participant_id], each, names) for each in changed),
        sees_people=bool(found.people),
        proven=found.proven,
        may_adopt=may_adopt,
        untold="" if found.counts else say("figure", "why_untold"),
    )


def _counts(found: PolicyPreview) -> tuple[tuple[str, str], ...]:
    """Return everyone by effect, or the few figures of those who may read no small ones."""
    if found.counts:
        return tuple((effect_words(each), figure_words(found.counts[each])) for each in Effect)
    return tuple(
        (words, figure_words(getattr(found.figures, name))) for words, name in TOLD_TO_ALL.items()
    )


def _opening_names(actor: Actor, stores: Stores) -> dict[str, str]:
    places = seen_places(actor, stores.catalog)
    return {
        each.id: f"{places[each.resource_id].name}「{each.name}」"
        for each in seen_openings(actor, stores.catalog).values()
    }


def _group(group: GroupEffects) -> GroupRow:
    figures = (getattr(group.figures, name) for name in COLUMNS.values())
    return GroupRow(group.words, tuple(map(figure_words, figures)))


def _person(person: Participant, change: PersonEffect, names: Mapping[str, str]) -> PersonRow:
    return PersonRow(
        name=person.name,
        href=f"/people/{person.id}/openings",
        is_protected=person.address_protected,
        what=effect_words(change.effect),
        before=_place(change.before, names),
        after=_place(change.after, names),
    )


def _place(placing: Placing | None, names: Mapping[str, str]) -> Place:
    if placing is None:
        return Place()
    return Place(names[placing.opening_id], fit_word(placing.word))
