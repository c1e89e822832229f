"""What is supposed of a person, and what would then be, as a sentence."""

from __future__ import annotations

import pytest

from cases.matching.supposing import condition_words, everyone_words, fitting_words
from cases.matching.what_if import ForEveryone, Moved, WhatIf
from catalog.schedule import Band
from matcher.explanation import Word
from tests.cases.small_city import need

THURSDAY = frozenset({(3, Band.AFTERNOON)})


@pytest.mark.parametrize(
    ("what_if", "words"),
    [
        (WhatIf(is_fetched=True), "送り迎えがあれば"),
        (WhatIf(modes=("car",)), "車でも 行けるなら"),
        (WhatIf(longer_minutes=20), "片道で あと20分 長く 出かけられるなら"),
        (WhatIf(one_more_at="o1"), "畑の手伝いの定員があと1人 ふえれば"),
    ],
)
def test_each_thing_that_can_be_supposed(what_if: WhatIf, words: str) -> None:
    assert condition_words(what_if, need("p1"), {"o1": "畑の手伝い"}) == words


def test_a_first_half_day_is_not_called_a_further_one() -> None:
    """木曜の午後「も」 tells of days that were named before."""
    what_if = WhatIf(slots=THURSDAY)
    further = condition_words(what_if, need("p1"), {})
    first = condition_words(what_if, need("p1", available=frozenset()), {})
    assert "木曜の午後も" in further
    assert "木曜の午後も" not in first
    assert "木曜の午後" in first


def test_all_that_is_supposed_is_one_condition() -> None:
    what_if = WhatIf(slots=THURSDAY, is_fetched=True, modes=("bus",), one_more_at="o1")
    words = condition_words(what_if, need("p1"), {"o1": "畑の手伝い"})
    parts = [words.index(part) for part in ("木曜の午後", "送り迎え", "バス", "畑の手伝い")]
    assert parts == sorted(parts)
    assert words.endswith("ふえれば")


def test_how_many_openings_would_fit() -> None:
    assert fitting_words("送り迎えがあれば", 3, 5) == (
        "送り迎えがあれば、合う枠が 3枠から 5枠に ふえます。"
    )
    assert fitting_words("送り迎えがあれば", 3, 3) == "送り迎えがあれば、合う枠は 3枠のままです。"


def moved(id_: str, before: str | None, after: str | None) -> Moved:
    """Return somebody who goes elsewhere."""
    return Moved(id_, before, after, Word.GOOD if before else None, Word.GOOD if after else None)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (ForEveryone((), {}), "みんなで見ても、だれの案も変わりません。"),
        (ForEveryone((), {}, is_all=False),
         "あなたが開ける方だけで見ても、だれの案も変わりません。"),
        (ForEveryone((moved("p1", None, "a"),), {"p1": 9}),
         "みんなで見ると、案のある方が あと1人 ふえます。"),
        (ForEveryone((moved("p1", "a", None),), {"p1": -9}),
         "みんなで見ると、案のある方が 1人 へります。"),
        (ForEveryone((moved("p1", "a", "b"),), {"p1": 9}),
         "みんなで見ても、ほかの方の案は変わりません。この方の案だけが変わります。"),
        (ForEveryone((moved("p1", "a", "b"), moved("p2", "b", "a")), {"p1": 9, "p2": -2}),
         "みんなで見ると、案のある方の数は同じで、2人の案が変わります。"
         "合い方は、合わせると よくなります。"),
        (ForEveryone((moved("p1", "a", "b"), moved("p2", "b", "a")), {"p1": 2, "p2": -9}),
         "みんなで見ると、案のある方の数は同じで、2人の案が変わります。"
         "合い方は、合わせると弱くなります。"),
        (ForEveryone((moved("p1", "a", "b"), moved("p2", "b", "a")), {"p1": 9, "p2": -9}),
         "みんなで見ると、案のある方の数は同じで、2人の案が変わります。"
         "合い方は、合わせると同じです。"),
    ],
)  # fmt: skip
def test_what_it_would_do_for_everyone(found: ForEveryone, words: str) -> None:
    assert everyone_words(found, "p1") == words
