"""What the office settled before the search, in words: of a pair, of a list, of a conflict."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from cases.contradiction import Contradiction
from cases.run import UsedRule
from cases.words.wording import own_wording


def settled_words(settled: str, overridden: Sequence[str]) -> str:
    """Return what comes before the reason of a match: 「決めておいた枠です。」, or nothing.

    Parameters
    ----------
    settled
        `lock`, `exclusion` or nothing.
    overridden
        Names of the rules that were set aside.
    """
    say = own_wording().say
    words = say("settled", "lock") if settled == "lock" else ""
    if overridden:
        words += say("settled", "override", conditions=conditions_words(overridden))
    return words


def conditions_words(rules: Sequence[str]) -> str:
    """Return the conditions behind some rules, each once: 「曜日・時間」「費用」."""
    names = dict.fromkeys(own_wording().say("condition", rule) for rule in rules)
    return "".join(f"「{name}」" for name in names)


def rule_words(
    rule: UsedRule,
    people: Mapping[str, str],
    places: Mapping[str, str],
    overrides: Sequence[str] = (),
) -> str:
    """Return what was settled, as a sentence.

    Parameters
    ----------
    people
        How to name everyone it is about, by id.
    places
        How to name openings and hosts, by id.
    overrides
        The rules that an override sets aside, where they are known.
    """
    place = places.get(rule.opening_id or rule.host_id, "")
    return own_wording().say(
        "rule",
        rule.kind,
        who="と".join(people[id_] for id_ in rule.participant_ids),
        place=f"「{place}」" if place else "前にあった枠",
        conditions=f"{conditions_words(overrides)}を" if overrides else "",
    )


def conflict_words(
    conflict: Iterable[Contradiction], people: Mapping[str, str], places: Mapping[str, str]
) -> list[str]:
    """Return the rules that contradict each other, one sentence each.

    What is about anybody who is not in `people` is told together, without saying of whom.
    """
    told, hidden = [], False
    for each in conflict:
        if people.keys() >= set(each.rule.participant_ids):
            told.append(rule_words(each.rule, people, places) + each.why)
        else:
            hidden = True
    return [*told, own_wording().say("rule", "elsewhere")] if hidden else told


def kind_words(kind: str) -> str:
    """Return a kind of rule as a choice: いっしょの枠."""
    return own_wording().say("rule_kind", kind)


def used_words(count: int) -> str:
    """Return how much of what was settled a run kept to, nothing for nothing."""
    return own_wording().say("rules_used", "some", count=count) if count else ""
