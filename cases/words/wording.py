"""The Japanese sentences about matching, made from codes and dated templates.

A sentence names only what the score or the rule looked at, and never judges the person: what is
missing lies outside (満員, 曜日, 距離, 設備). The facts of a match are in `cases.words.facts`, the
reasons against one in `cases.words.refusals`, dates and amounts in `cases.words.dates`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from cases.own_data import own_data
from cases.run import Unplaced


@dataclass(frozen=True, slots=True)
class Wording:
    """One dated set of templates, in tables."""

    version: str
    source: str
    tables: Mapping[str, Mapping[str, str]]

    def say(self, table: str, code: object, **values: object) -> str:
        """Return the text of a code, with its values filled in."""
        return self.tables[table][str(code)].format(**values)


@cache
def own_wording() -> Wording:
    """Return the templates that come with the product (`cases/data/wording.toml`)."""
    data = own_data("wording")
    return Wording(data.pop("version"), data.pop("source"), data)


def grouped_counts(refused: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    """Return the counts by rule under the words people read, the largest first."""
    groups: Counter[str] = Counter()
    for rule, count in refused:
        groups[own_wording().say("refused_group", rule)] += count
    return sorted(groups.items(), key=lambda group: (-group[1], group[0]))


def counts_words(refused: Iterable[tuple[str, int]]) -> str:
    """Return the counts in a line: 曜日・時間 58、距離 39."""
    return "、".join(f"{label} {count}" for label, count in grouped_counts(refused))


def unplaced_words(unplaced: Unplaced) -> str:
    """Return why someone got no place in a run; the missing thing is never in the person."""
    openings = unplaced.candidates + sum(count for _, count in unplaced.refused)
    code = unplaced.reason if openings else "no_openings"
    return own_wording().say(
        "unplaced",
        code,
        candidates=unplaced.candidates,
        openings=openings,
        counts=counts_words(unplaced.refused),
    )


def not_considered_words(why: str) -> str:
    """Return why someone who waits was not matched, and what can be done now."""
    return own_wording().say("not_considered", why)


def fit_word(word: str) -> str:
    """Return the word for the fit of a pair: よく合う, 合う, あと一つで合う, 今は合わない."""
    return own_wording().say("fit", word)


def part_fit_word(word: str) -> str:
    """Return the word for one part: ぴったり, 無理なく, 少し工夫がいる, 今は難しい."""
    return own_wording().say("part_fit", word)


def part_name(part: str) -> str:
    """Return what people call a part of the fit: やりたいこと."""
    return own_wording().say("part", part)


def result_words(people: int, placed: int) -> str:
    """Return the first line of a run: 80人のうち 68人に、つなぎ先の案があります。."""
    if not people:
        return own_wording().say("result", "nobody")
    return own_wording().say("result", "some" if placed else "none", people=people, placed=placed)


def one_more_words(opening: str) -> str:
    """Return what one more place at an opening would do."""
    return own_wording().say("one_more", "place", opening=opening)
