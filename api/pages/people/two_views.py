"""What fits this person best, beside what is best when everyone who waits is counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from api.pages.people.cards import Card
from cases.matching.waiting_counted import Counted, Effect, effect_words
from cases.words.wording import own_wording

SHOWN: Final = 3


@dataclass(frozen=True, slots=True)
class Viewed:
    """One place in an order; `effect` is what taking it does to others, empty where nothing."""

    opening_id: str
    name: str
    fit: str
    effect: str = ""


@dataclass(frozen=True, slots=True)
class TwoViews:
    """Both orders, the best first, and in one sentence whether they begin alike.

    `effects` says of openings, by id, what taking them does to others, where it does something.
    """

    sentence: str
    own: tuple[Viewed, ...]
    counted: tuple[Viewed, ...]
    effects: Mapping[str, str]


def two_views(cards: Sequence[Card], counted: Sequence[Counted]) -> TwoViews | None:
    """Put both orders side by side; None where the others cannot be counted.

    Parameters
    ----------
    cards
        Every place that fits, the best fit first.
    """
    of = {card.opening_id: card for card in cards}
    told = [each for each in counted if each.opening_id in of]
    if len(told) < 2:
        return None
    own, best = _name(cards[0]), _name(of[told[0].opening_id])
    code = "same" if cards[0].opening_id == told[0].opening_id else "other"
    return TwoViews(
        sentence=own_wording().say("two_views", code, own=own, best=best),
        own=tuple(_viewed(card) for card in cards[:SHOWN]),
        counted=tuple(_viewed(of[each.opening_id], each.effect) for each in told[:SHOWN]),
        effects={
            each.opening_id: effect_words(each.effect)
            for each in told
            if each.effect is not Effect.NONE
        },
    )


def _viewed(card: Card, effect: Effect = Effect.NONE) -> Viewed:
    words = "" if effect is Effect.NONE else effect_words(effect)
    return Viewed(card.opening_id, _name(card), card.word, words)


def _name(card: Card) -> str:
    return card.title if card.title == card.name else f"{card.title}「{card.name}」"
